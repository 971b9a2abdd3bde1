// pace/peaks.h: how full a bucket has been since a certain take: the highest fill that any later
// take found. Kept as the few takes that found more than all after them; when they are too many,
// the oldest two are joined, which errs towards fuller.
// Depends on base. Invariants: number grows and fill falls along the list; after(n) is never below
// the highest fill noted by a take later than n.
#pragma once

#include <stdint.h>

namespace leat {

class Peaks {
public:
    void open() { count_ = 0; }
    // The take of that number (each larger than the last) found the bucket so full.
    void note(uint64_t number, uint64_t fill_ns);
    // All that was noted was too low by so much: it had been taken, and was given back.
    void raise(uint64_t more_ns);
    uint64_t after(uint64_t number) const;

private:
    static constexpr uint32_t notes_max = 16;

    struct Note {
        uint64_t number;
        uint64_t fill_ns;
    };
    Note notes_[notes_max] = {};
    uint32_t count_ = 0;
};

}  // namespace leat
