// meter/buckets.h: a histogram whose buckets are fixed beforehand and never fade, as metrics want it: how
// many values lay at or below each bound. (meter/histogram.h is for quantiles of the latest values.)
// Depends on base. Invariant: count is the sum of counts; counts[bounds.count] are those above all.
#pragma once

#include <stdint.h>

namespace leat {

constexpr uint32_t bounds_max = 20;

// Ascending; a value that equals one lies below it.
struct Bounds {
    const double* list;
    uint32_t count;
};

// What OpenTelemetry's conventions for generative AI state for gen_ai.client.operation.duration, in
// seconds, and for gen_ai.client.token.usage (Development, as of 2026).
extern const Bounds operation_bounds;
extern const Bounds token_bounds;
// The former, continued by doubling: items may wait for an hour.
extern const Bounds wait_bounds;

struct Buckets {
    uint64_t counts[bounds_max + 1] = {};
    uint64_t count = 0;
    double sum = 0;

    // NaN and negative values are not values: a time that never began.
    void note(const Bounds& bounds, double value);
};

}  // namespace leat
