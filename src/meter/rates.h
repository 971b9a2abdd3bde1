// meter/rates.h: means, shares and places in a sorted list, as the reference systems define them
// (features section 10: B51, M16), so that all reports agree. Depends on base. Pure.
// Invariant: of nothing the mean is 0, and so is a share.
#pragma once

#include <leat/result.h>
#include <stdint.h>

#include "base/narrow.h"

namespace leat {

// avg_processing_time: sum / count.
inline double mean_of(double sum, uint64_t count) {
    return count == 0 ? 0 : sum / static_cast<double>(count);
}

// success_rate: succeeded / processed.
inline double share_of(uint64_t part, uint64_t whole) {
    return mean_of(static_cast<double>(part), whole);
}

// sorted[int(share * count)], clamped to the last one. count > 0.
inline uint64_t percentile_place(double share, uint64_t count) {
    const double place = share * static_cast<double>(count);
    const uint64_t last = count - min_of<uint64_t>(count, 1);
    return place <= 0 ? 0 : min_of(static_cast<uint64_t>(place), last);
}

// How long an item was worked on, from its first send to its end: what it waited for its turn is not its
// own (G9, G18). 0 when it was never sent.
inline double worked_ms(const leat_timing& timing) {
    const double worked = timing.item_ms - timing.queued_ms;
    return timing.queued_ms >= 0 && worked > 0 ? worked : 0;
}

}  // namespace leat
