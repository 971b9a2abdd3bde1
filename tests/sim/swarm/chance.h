// tests/sim/swarm/chance.h: the chance of a scenario: whole numbers only, so that every compiler and
// every machine draws the same. Depends on nothing. Invariant: a draw depends on the seed and on the
// draws before it; fork() gives each purpose a stream of its own, so that one more draw for one
// purpose leaves the others as they were.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace swarm {

class Chance {
public:
    explicit Chance(uint64_t seed) : state_(seed) {}

    // SplitMix64 (Steele, Lea, Flood 2014).
    uint64_t next() {
        state_ += 0x9E3779B97F4A7C15u;
        uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
        return mixed ^ (mixed >> 31);
    }
    uint64_t below(uint64_t limit) { return limit == 0 ? 0 : next() % limit; }
    uint64_t between(uint64_t least, uint64_t most) { return least + below(most - least + 1); }
    uint32_t number(uint32_t least, uint32_t most) {
        return static_cast<uint32_t>(between(least, most));
    }
    bool one_in(uint64_t many) { return below(many) == 0; }
    bool percent(uint32_t share) { return below(100) < share; }

    template <typename T, size_t N>
    T pick(const T (&values)[N]) {
        return values[below(N)];
    }

    Chance fork(uint64_t purpose) const {
        Chance other(state_ ^ (purpose * 0xD6E8FEB86659FD93u));
        other.next();
        return other;
    }

private:
    uint64_t state_;
};

}  // namespace swarm
