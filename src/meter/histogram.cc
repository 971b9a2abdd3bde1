// meter/histogram.cc: see histogram.h. A bucket is the value's highest bit and the two bits behind it.
// Depends on base.
#include "meter/histogram.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {

namespace {
constexpr uint32_t parts = 4;  // of an octave
}  // namespace

uint32_t Histogram::bucket_of(uint64_t value) {
    if (value < parts) return static_cast<uint32_t>(value);
    const uint32_t high = 63 - static_cast<uint32_t>(__builtin_clzll(value));
    const uint32_t part = static_cast<uint32_t>(value >> (high - 2)) & (parts - 1);
    return min_of((high - 1) * parts + part, buckets_count - 1);
}

uint64_t Histogram::upper_end(uint32_t bucket) {
    if (bucket < parts) return bucket;
    const uint32_t high = bucket / parts + 1;
    const uint64_t part = bucket % parts;
    return ((parts + part + 1) << (high - 2)) - 1;
}

void Histogram::note(uint64_t value) {
    ++buckets_[bucket_of(value)];
    if (++count_ < fade_at) return;
    count_ = 0;
    for (uint32_t& bucket : buckets_) {
        bucket /= 2;
        count_ += bucket;
    }
}

uint64_t Histogram::quantile(double share) const {
    LEAT_CHECK(share >= 0.0 && share <= 1.0);
    if (count_ == 0) return 0;
    const double wanted = share * static_cast<double>(count_);
    uint64_t below = 0;
    for (uint32_t i = 0; i < buckets_count; ++i) {
        below += buckets_[i];
        if (below > 0 && static_cast<double>(below) >= wanted) return upper_end(i);
    }
    return upper_end(buckets_count - 1);
}

}  // namespace leat
