// pace/cooldown.cc: see cooldown.h. Lengths are computed from configured values that leat_endpoint_add
// has checked; the caller's clock is the only time.
#include "pace/cooldown.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {

namespace {
constexpr double spread_share = 0.1;
constexpr double spread_max_ms = 1000.0;
// "Retry-After: 0", or a date that has passed, still comes with a refusal: not at once.
constexpr uint64_t asked_least_ms = 1000;
}  // namespace

uint64_t cooldown_ms(const leat_cooldown& rules, uint32_t consecutive, int64_t wait_ms) {
    LEAT_CHECK(consecutive >= 1);
    const uint64_t max_ms = rules.retry_after_max_ms;
    const uint64_t said = wait_ms == 0 ? asked_least_ms : static_cast<uint64_t>(wait_ms);
    const uint64_t asked = wait_ms < 0 ? 0 : min_of(said, max_ms);
    if (wait_ms >= 0 && rules.retry_after_is_floor == 0) return asked;
    double own = static_cast<double>(rules.initial_ms);
    const double most = static_cast<double>(rules.max_ms);
    for (uint32_t c = 1; c < consecutive && own < most; ++c) own *= rules.multiplier;
    if (own > most) own = most;
    return max_of(asked, static_cast<uint64_t>(own));
}

uint64_t slow_start_ns(const leat_cooldown& rules, uint32_t item) {
    if (item >= rules.slow_start_items) return 0;
    const double initial = static_cast<double>(rules.slow_start_initial_ms);
    const double final = static_cast<double>(rules.slow_start_final_ms);
    const double share = static_cast<double>(item) / static_cast<double>(rules.slow_start_items);
    const double delay = initial - (initial - final) * share;
    return static_cast<uint64_t>((delay > final ? delay : final) * 1e6);
}

void Cooldown::open(const leat_cooldown& rules) {
    LEAT_CHECK(rules.multiplier >= 1.0);
    *this = Cooldown{};
    rules_ = rules;
    since_resume_ = rules.slow_start_items;  // no slow start before the first pause
}

bool Cooldown::limited(uint64_t now_ns, uint32_t generation, int64_t wait_ms, double unit) {
    LEAT_CHECK(unit >= 0.0 && unit < 1.0);
    LEAT_CHECK(generation <= generation_);
    if (generation != generation_) return false;
    ++generation_;
    ++consecutive_;
    const double pause = static_cast<double>(cooldown_ms(rules_, consecutive_, wait_ms));
    double spread = pause * spread_share;
    if (spread > spread_max_ms) spread = spread_max_ms;
    until_ns_ = now_ns + static_cast<uint64_t>((pause + spread * unit) * 1e6);
    since_resume_ = 0;
    last_admitted_ns_ = until_ns_;
    return true;
}

bool Cooldown::slow(uint64_t now_ns) const {
    return !paused(now_ns) && since_resume_ < rules_.slow_start_items;
}

uint64_t Cooldown::ready_at(uint64_t now_ns, uint32_t permits) const {
    LEAT_CHECK(permits >= 1);
    if (paused(now_ns)) return until_ns_;
    if (!slow(now_ns)) return now_ns;
    // W permits that each wait `delay` let one item through every delay / W.
    const uint64_t gap = slow_start_ns(rules_, since_resume_) / permits;
    return max_of(now_ns, last_admitted_ns_ + gap);
}

void Cooldown::admitted(uint64_t now_ns) {
    if (!slow(now_ns)) return;
    last_admitted_ns_ = now_ns;
    ++since_resume_;
}

}  // namespace leat
