// tests/sim/swarm/pace_model.cc: see pace_model.h. Depends on it alone.
// Invariant: a rule is checked for every dispatch, in the order of time.
#include "sim/swarm/pace_model.h"

#include <algorithm>

namespace swarm {

namespace {

// What a request must keep from the one before it, in slow start.
uint64_t slow_gap_ns(const leat_cooldown& rules, uint32_t item, uint32_t permits) {
    if (item >= rules.slow_start_items) return 0;
    const double first = static_cast<double>(rules.slow_start_initial_ms);
    const double last = static_cast<double>(rules.slow_start_final_ms);
    const double share = static_cast<double>(item) / rules.slow_start_items;
    const double gap_ms = std::max(first - (first - last) * share, last) / permits;
    return static_cast<uint64_t>(gap_ms * 1e6);
}

}  // namespace

void PaceModel::dispatched(uint64_t at_ns) { fresh_.push_back(at_ns); }

void PaceModel::limited(uint64_t now_ns, uint64_t dispatched_ns) {
    const bool stale = paused_before_ && dispatched_ns <= pause_from_ns_;
    if (stale) return;
    limited_now_ = true;
    paused_before_ = true;
    pause_from_ns_ = now_ns;
    pause_until_ns_ = now_ns + rules_.pause_least_ns;
}

void PaceModel::check_pace(uint64_t at_ns, uint32_t permits) {
    if (paused_before_ && at_ns > pause_from_ns_) {
        if (at_ns < pause_until_ns_) {
            verdict_->fail("pause", "sent %.3f ms before the pause is over",
                           static_cast<double>(pause_until_ns_ - at_ns) / 1e6);
        }
        const uint64_t gap_ns = slow_ ? slow_gap_ns(rules_.config.cooldown, resumed_, permits) : 0;
        const uint64_t from_ns = resumed_ == 0 ? pause_until_ns_ : slow_last_ns_;
        if (gap_ns > 1000 && at_ns + 1000 < from_ns + gap_ns) {
            verdict_->fail("slow-start", "item %u after a pause came %.3f ms too soon", resumed_,
                           static_cast<double>(from_ns + gap_ns - at_ns) / 1e6);
        }
        ++resumed_;
        slow_last_ns_ = at_ns;
    }
}

void PaceModel::note_pause(uint64_t now_ns, const PauseSeen& seen) {
    const bool moved = seen.until_ns != 0 && seen.until_ns != until_seen_ns_;
    until_seen_ns_ = seen.until_ns;
    if (rules_.trusts_gate) {
        if (moved || limited_now_) {
            paused_before_ = true;
            pause_from_ns_ = now_ns;
            pause_until_ns_ = seen.until_ns;
        }
    } else if (limited_now_) {
        if (seen.until_ns < pause_until_ns_) {
            verdict_->fail("pause", "a rate limit is followed by a pause that lacks %.3f ms",
                           static_cast<double>(pause_until_ns_ - seen.until_ns) / 1e6);
        }
        pause_until_ns_ = std::max(pause_until_ns_, seen.until_ns);
        resumed_ = 0;
        slow_ = seen.is_slow;
    } else if (moved || seen.by_overload) {
        verdict_->fail("stale-429", "a pause of %.3f ms, but no fresh rate limit has come",
                       (static_cast<double>(seen.until_ns) - static_cast<double>(now_ns)) / 1e6);
    }
    limited_now_ = false;
}

void PaceModel::step_over(uint64_t now_ns, const PauseSeen& seen, uint32_t permits) {
    std::sort(fresh_.begin(), fresh_.end());
    note_pause(now_ns, seen);
    resumed_ += unseen_;
    unseen_ = 0;
    // Permits that adapt may grow by several answers, and be cut again, within one step.
    uint32_t most = std::max({permits, permits_before_, 1u});
    if (rules_.config.adaptive.enabled != 0) most = 2 * most + 1;
    for (const uint64_t at_ns : fresh_) check_pace(at_ns, most);
    permits_before_ = permits;
    fresh_.clear();
}

}  // namespace swarm
