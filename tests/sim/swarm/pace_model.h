// tests/sim/swarm/pace_model.h: when a domain may send, modelled a second time and from the outside:
// pauses after rate limits, slow start. Depends on leat/config.h only.
// Invariants: fed with dispatches and rate limits as they happened; it demands only what every
// correct pace keeps, so that a finer pace passes too.
#pragma once

#include <leat/config.h>
#include <stdint.h>

#include <vector>

#include "sim/swarm/verdict.h"

namespace swarm {

struct PaceRules {
    leat_endpoint_config config;
    uint64_t pause_least_ns;  // what any pause lasts at least, whatever the service asked for
    // Overloads pause as well, and items that move hide whose rate limit it was: then only what the
    // gate itself calls a pause is held against it.
    bool trusts_gate;
};

// What the gate says of its pause at the end of a step.
struct PauseSeen {
    uint64_t until_ns = 0;  // 0: none
    bool by_overload = false;
    bool is_slow = true;  // slow start follows: not after one that only took back leat's own step
};

class PaceModel {
public:
    PaceModel(const PaceRules& rules, Verdict* verdict) : rules_(rules), verdict_(verdict) {}

    // An attempt was given its permit at this moment.
    void dispatched(uint64_t at_ns);
    // So many more may have been dispatched in this step, at moments that nobody saw.
    void sent_unseen(uint32_t count) { unseen_ += count; }
    // An attempt that was dispatched then has been rate limited now.
    void limited(uint64_t now_ns, uint64_t dispatched_ns);
    void step_over(uint64_t now_ns, const PauseSeen& seen, uint32_t permits);

private:
    void check_pace(uint64_t at_ns, uint32_t permits);
    void note_pause(uint64_t now_ns, const PauseSeen& seen);

    PaceRules rules_;
    Verdict* verdict_;
    std::vector<uint64_t> fresh_;  // dispatches of this step
    uint32_t unseen_ = 0;
    bool limited_now_ = false;  // a fresh rate limit in this step
    uint64_t pause_from_ns_ = 0;
    uint64_t pause_until_ns_ = 0;
    uint64_t until_seen_ns_ = 0;
    bool paused_before_ = false;  // there has been a pause
    bool slow_ = false;           // ... by a rate limit, which slow start follows
    uint32_t permits_before_ = 1;
    uint32_t resumed_ = 0;  // items since it
    uint64_t slow_last_ns_ = 0;
};

}  // namespace swarm
