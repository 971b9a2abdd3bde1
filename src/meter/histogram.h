// meter/histogram.h: how values are distributed, in fixed memory: buckets that grow by a quarter of an
// octave, so that a quantile is right within a tenth. Old values fade: when there are many, all counts
// are halved.
// Depends on base. Invariant: count_ is the sum of the buckets.
#pragma once

#include <stdint.h>

namespace leat {

class Histogram {
public:
    static constexpr uint32_t buckets_count = 128;

    void open() { *this = Histogram{}; }
    void note(uint64_t value);
    uint64_t count() const { return count_; }
    // The value below which that share (0..1) lies: the upper end of its bucket. 0 when empty.
    uint64_t quantile(double share) const;

private:
    static constexpr uint64_t fade_at = 4096;

    static uint32_t bucket_of(uint64_t value);
    static uint64_t upper_end(uint32_t bucket);

    uint32_t buckets_[buckets_count] = {};
    uint64_t count_ = 0;
};

}  // namespace leat
