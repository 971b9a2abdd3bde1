// pace/daily.cc: see daily.h. An hour is a slot of a ring; a slot of an hour long gone counts
// nothing.
// Depends on base.
#include "pace/daily.h"

#include "base/check.h"
#include "base/narrow.h"
#include "base/timers.h"

namespace leat {

namespace {
constexpr uint64_t hour_ns = UINT64_C(3600) * 1000000000;
// An answer may claim any usage: the sum of a day's hours stays far from overflow.
constexpr uint64_t count_max = UINT64_MAX / 32;
}  // namespace

void Daily::open(uint64_t limit) {
    *this = Daily{};
    limit_ = limit;
}

uint64_t Daily::ready_at(uint64_t now_ns, uint64_t count) const {
    if (!limited()) return now_ns;
    const uint64_t hour = now_ns / hour_ns;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < hours_max; ++i) {
        if (counts_[i] != 0 && hour - hours_[i] < hours_max) sum += counts_[i];
    }
    if (sum == 0) return now_ns;  // more than a whole day's goes alone
    // The oldest hours fall away, one after the other, until there is room.
    uint64_t at_ns = now_ns;
    for (uint32_t age = hours_max - 1; age < hours_max; --age) {
        if (saturating_add(sum, count, UINT64_MAX) <= limit_) return at_ns;
        if (age > hour) continue;
        const uint64_t slot = (hour - age) % hours_max;
        if (counts_[slot] == 0 || hours_[slot] != hour - age) continue;
        sum -= min_of(sum, counts_[slot]);
        at_ns = (hour - age + hours_max) * hour_ns;
    }
    return at_ns;
}

void Daily::take(uint64_t now_ns, uint64_t count) {
    if (!limited()) return;
    const uint64_t hour = now_ns / hour_ns;
    const uint64_t slot = hour % hours_max;
    if (hours_[slot] != hour) counts_[slot] = 0;
    hours_[slot] = hour;
    counts_[slot] = saturating_add(counts_[slot], count, count_max);
}

void Daily::settle(uint64_t taken_ns, uint64_t reserved, uint64_t used) {
    if (!limited()) return;
    const uint64_t hour = taken_ns / hour_ns;
    const uint64_t slot = hour % hours_max;
    if (hours_[slot] != hour) return;  // more than a day ago
    if (used >= reserved) {
        counts_[slot] = saturating_add(counts_[slot], used - reserved, count_max);
    } else {
        counts_[slot] -= min_of(counts_[slot], reserved - used);
    }
}

}  // namespace leat
