// base/random.h: a small seeded generator for jitter, never for keys. Same seed, same sequence, on
// every machine. The algorithm is SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom
// number generators", 2014).
#pragma once

#include <stdint.h>

namespace leat {

class Random {
public:
    void open(uint64_t seed) { state_ = seed; }

    uint64_t next() {
        state_ += 0x9E3779B97F4A7C15u;
        uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }

    // Uniform in [0, 1): 53 bits, so every value is exact.
    double unit() { return static_cast<double>(next() >> 11) * (1.0 / 9007199254740992.0); }

private:
    uint64_t state_ = 0;
};

}  // namespace leat
