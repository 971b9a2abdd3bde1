// pace/bucket.cc: see bucket.h. Costs are rounded up and the burst down, so that rounding never
// lets more through than the limit says.
#include "pace/bucket.h"

#include "base/check.h"
#include "base/mutant.h"
#include "base/narrow.h"

namespace leat {

namespace {
// No cost is above a year: keeps every sum below far from overflow.
constexpr uint64_t cost_max_ns = UINT64_C(365) * 24 * 3600 * 1'000'000'000;
// A peer may claim any usage, any number of times: a debt stops growing, it never wraps.
constexpr uint64_t full_at_max_ns = UINT64_MAX - 2 * cost_max_ns;

// count * window / rate, rounded up where asked; at most cost_max_ns.
uint64_t scaled(uint64_t count, uint64_t window_ns, uint64_t rate, bool up) {
    const uint64_t whole = window_ns / rate;
    uint64_t large = 0;
    uint64_t small = 0;
    if (!checked_mul(count, whole, &large)) return cost_max_ns;
    if (!checked_mul(count, window_ns % rate, &small)) return cost_max_ns;
    const uint64_t rest = small / rate + (up && small % rate != 0 ? 1 : 0);
    uint64_t sum = 0;
    return checked_add(large, rest, &sum) ? min_of(sum, cost_max_ns) : cost_max_ns;
}
}  // namespace

void Bucket::open(uint64_t rate, uint64_t burst, uint64_t window_ns) {
    *this = Bucket{};
    reshape(0, rate, burst, window_ns, 0);
}

void Bucket::reshape(uint64_t now_ns, uint64_t rate, uint64_t burst, uint64_t window_ns,
                     uint64_t number) {
    LEAT_CHECK(burst >= 1 && window_ns >= 1);
    const bool was_limited = limited();
    const double before = was_limited ? level(now_ns) : static_cast<double>(burst);
    rate_ = rate;
    burst_ = burst;
    window_ns_ = window_ns;
    burst_ns_ = 0;
    if (rate == 0) return;
    // Rounding down must not make a single token impossible.
    burst_ns_ = max_of(scaled(burst, window_ns, rate, false), cost_ns(1));
    peaks_.open();
    reshaped_ = number;
    if (was_limited) set_level(now_ns, before);
}

uint64_t Bucket::cost_ns(uint64_t count) const {
    LEAT_DCHECK(rate_ != 0);
    return scaled(count, window_ns_, rate_, true);
}

// One token's time, not rounded.
double Bucket::each_ns() const {
    return static_cast<double>(window_ns_) / static_cast<double>(rate_);
}

void Bucket::charge(uint64_t now_ns, uint64_t count) {
    full_at_ns_ = min_of(max_of(full_at_ns_, now_ns) + cost_ns(count), full_at_max_ns);
}

uint64_t Bucket::missing_ns(uint64_t now_ns) const {
    return full_at_ns_ > now_ns ? full_at_ns_ - now_ns : 0;
}

// How full it is, as the time it took to fill so far; 0 in debt.
uint64_t Bucket::fill_ns(uint64_t now_ns) const {
    const uint64_t missing = missing_ns(now_ns);
    return missing >= burst_ns_ ? 0 : burst_ns_ - missing;
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

void Bucket::take(uint64_t now_ns, uint64_t count, uint64_t number) {
    if (!limited()) return;
    LEAT_DCHECK(ready_at(now_ns, count) == now_ns);
    peaks_.note(number, fill_ns(now_ns));
    charge(now_ns, count);
}

// Had it not been taken, the bucket would have been fuller ever since, until it overflowed: so much
// is lost, for the provider's own bucket overflowed then, too.
void Bucket::give_back(uint64_t now_ns, uint64_t number, uint64_t cost) {
    const uint64_t peak = max_of(peaks_.after(number), fill_ns(now_ns));
    const uint64_t room = peak < burst_ns_ ? burst_ns_ - peak : 0;
    const uint64_t back = LEAT_MUTANT_IF(8) ? 2 * cost : min_of(cost, room);
    full_at_ns_ = full_at_ns_ > back ? full_at_ns_ - back : 0;
    peaks_.raise(back);
}

void Bucket::settle(uint64_t now_ns, uint64_t number, uint64_t reserved, uint64_t used) {
    if (!limited() || number <= reshaped_) return;
    if (used >= reserved) {
        charge(now_ns, used - reserved);
        return;
    }
    // Rounded the other way, so that a settled sum is never below its true cost.
    const uint64_t cost = cost_ns(reserved - used);
    give_back(now_ns, number, cost > 0 ? cost - 1 : 0);
}

double Bucket::level(uint64_t now_ns) const {
    LEAT_CHECK(limited());
    const double missing = static_cast<double>(missing_ns(now_ns));
    return (static_cast<double>(burst_ns_) - missing) / each_ns();
}

void Bucket::set_level(uint64_t now_ns, double level) {
    LEAT_CHECK(limited());
    const double missing = static_cast<double>(burst_ns_) - level * each_ns();
    uint64_t whole_ns = 0;
    if (missing > 0) {
        whole_ns = missing >= static_cast<double>(cost_max_ns) ? cost_max_ns
                                                               : static_cast<uint64_t>(missing);
    }
    full_at_ns_ = min_of(now_ns + whole_ns, full_at_max_ns);
}

}  // namespace leat
