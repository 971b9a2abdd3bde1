// pace/bucket.cc: see bucket.h. Costs are rounded up and the burst down, so that rounding never
// lets more through than the limit says.
#include "pace/bucket.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {

namespace {
constexpr uint64_t minute_ns = 60'000'000'000u;
// No cost is above a year: keeps every sum below far from overflow.
constexpr uint64_t cost_max_ns = UINT64_C(365) * 24 * 3600 * 1'000'000'000;
}  // namespace

void Bucket::open(uint64_t per_minute, uint64_t burst) {
    LEAT_CHECK(burst >= 1);
    per_minute_ = per_minute;
    burst_ = burst;
    full_at_ns_ = 0;
    uint64_t scaled = 0;
    burst_ns_ = 0;
    if (per_minute == 0) return;
    burst_ns_ = checked_mul(burst, minute_ns, &scaled) ? scaled / per_minute : cost_max_ns;
    // Rounding down must not make a single token impossible.
    burst_ns_ = min_of(max_of(burst_ns_, cost_ns(1)), cost_max_ns);
}

uint64_t Bucket::cost_ns(uint64_t count) const {
    LEAT_DCHECK(per_minute_ != 0);
    uint64_t scaled = 0;
    if (!checked_mul(count, minute_ns, &scaled)) return cost_max_ns;
    const uint64_t cost = scaled / per_minute_ + (scaled % per_minute_ != 0 ? 1 : 0);
    return min_of(cost, cost_max_ns);
}

uint64_t Bucket::ready_at(uint64_t now_ns, uint64_t count) const {
    if (!limited() || count == 0) return now_ns;
    const uint64_t cost = cost_ns(count);
    // More than the bucket holds: wait until it is full.
    if (cost > burst_ns_) return max_of(now_ns, full_at_ns_);
    const uint64_t slack = burst_ns_ - cost;
    if (full_at_ns_ <= slack) return now_ns;
    return max_of(now_ns, full_at_ns_ - slack);
}

void Bucket::take(uint64_t now_ns, uint64_t count) {
    if (!limited()) return;
    LEAT_DCHECK(ready_at(now_ns, count) == now_ns);
    full_at_ns_ = max_of(full_at_ns_, now_ns) + cost_ns(count);
}

void Bucket::settle(uint64_t reserved, uint64_t used) {
    if (!limited()) return;
    if (used >= reserved) {
        // A peer may claim any usage, any number of times: the debt stops growing, it never wraps.
        const uint64_t most = UINT64_MAX - 2 * cost_max_ns;
        full_at_ns_ = min_of(full_at_ns_, most) + cost_ns(used - reserved);
        full_at_ns_ = min_of(full_at_ns_, most);
        return;
    }
    // Rounded the other way, so that a settled sum is never below its true cost.
    const uint64_t cost = cost_ns(reserved - used);
    const uint64_t back = cost > 0 ? cost - 1 : 0;
    full_at_ns_ = full_at_ns_ > back ? full_at_ns_ - back : 0;
}

}  // namespace leat
