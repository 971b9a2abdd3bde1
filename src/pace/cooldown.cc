// pace/cooldown.cc: see cooldown.h. Lengths are computed from configured values that
// leat_endpoint_add has checked; the caller's clock is the only time.
#include "pace/cooldown.h"

#include "base/check.h"
#include "base/mutant.h"
#include "base/narrow.h"

namespace leat {

namespace {
constexpr uint64_t spread_share = 10;
constexpr uint64_t ns_per_ms = UINT64_C(1000000);
constexpr uint64_t spread_max_ns = 1000 * ns_per_ms;
// No pause is longer: a custom table may say anything.
constexpr uint64_t pause_max_ms = UINT64_C(366) * 24 * 3600 * 1000;
}  // namespace

void Cooldown::open(const leat_cooldown* rules, const leat_pacing* pacing) {
    LEAT_CHECK(rules != nullptr && rules->multiplier >= 1.0);
    LEAT_CHECK(pacing != nullptr);
    *this = Cooldown{};
    rules_ = rules;
    pacing_ = pacing;
}

void Cooldown::begin(uint64_t now_ns, uint64_t pause_ns) {
    ++generation_;
    until_ns_ = now_ns + pause_ns;
    last_admitted_ns_ = until_ns_;
}

bool Cooldown::limited(uint64_t now_ns, uint32_t generation, leat_rate_limit_info info,
                       double unit) {
    LEAT_CHECK(unit >= 0.0 && unit < 1.0);
    LEAT_CHECK(generation <= generation_);
    if (is_stale(generation)) return false;
    ++consecutive_;
    info.consecutive = consecutive_;
    const uint64_t pause_ms = min_of(pacing_->pause_ms(pacing_->user, rules_, &info), pause_max_ms);
    const uint64_t pause_ns = pause_ms * ns_per_ms;
    const uint64_t spread_ns = min_of(pause_ns / spread_share, spread_max_ns);
    begin(now_ns, pause_ns + static_cast<uint64_t>(static_cast<double>(spread_ns) * unit));
    since_resume_ = 0;
    // A step too far that is taken back needs no slow start: what worked before it is known.
    const bool is_slow = info.own_step == 0 || consecutive_ > 1;
    delay_ns_ = is_slow ? pacing_->slow_start_ns(pacing_->user, rules_, 0) : 0;
    return true;
}

void Cooldown::pause_for(uint64_t now_ns, uint64_t pause_ns) {
    begin(now_ns, min_of(pause_ns, pause_max_ms * ns_per_ms));
}

uint64_t Cooldown::ready_at(uint64_t now_ns, uint32_t permits) const {
    LEAT_CHECK(permits >= 1);
    if (paused(now_ns)) return until_ns_;
    if (delay_ns_ == 0 || LEAT_MUTANT_IF(7)) return now_ns;
    // W permits that each wait `delay` let one item through every delay / W.
    return max_of(now_ns, last_admitted_ns_ + delay_ns_ / permits);
}

void Cooldown::admitted(uint64_t now_ns) {
    if (!slow(now_ns)) return;
    last_admitted_ns_ = now_ns;
    ++since_resume_;
    delay_ns_ = pacing_->slow_start_ns(pacing_->user, rules_, since_resume_);
}

}  // namespace leat
