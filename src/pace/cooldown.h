// pace/cooldown.h: the pause of a limit domain after a rate limit (B34-B42).
// Each pause has a generation. A request carries the generation in which it was sent; a rate limit
// of an older generation is stale and changes nothing. Time is an argument; how long a pause lasts
// is the pacing table's to say.
// Invariant: generation grows by one per pause; consecutive counts pauses since the last success.
#pragma once

#include <leat/config.h>
#include <leat/pacing.h>
#include <stdint.h>

#include "base/mutant.h"

namespace leat {

class Cooldown {
public:
    // Both must outlive this.
    void open(const leat_cooldown* rules, const leat_pacing* pacing);

    uint32_t generation() const { return generation_; }
    // Sent before the last pause: what comes of it says nothing about now (B41).
    bool is_stale(uint32_t generation) const {
        return generation != generation_ && !LEAT_MUTANT_IF(1);
    }
    bool paused(uint64_t now_ns) const { return now_ns < until_ns_ && !LEAT_MUTANT_IF(6); }
    uint64_t until_ns() const { return until_ns_; }
    uint32_t consecutive() const { return consecutive_; }

    // A request of `generation` was rate limited. unit in [0, 1) spreads the wake-ups: the pause is
    // lengthened by at most a tenth and at most a second. False when stale. info.consecutive is
    // filled in here.
    bool limited(uint64_t now_ns, uint32_t generation, leat_rate_limit_info info, double unit);
    // A pause that is no rate limit's: the service is down. It ends without slow start.
    void pause_for(uint64_t now_ns, uint64_t pause_ns);
    void succeeded() { consecutive_ = 0; }

    // Slow start: when the next item may go, given how many permits share the pace.
    uint64_t ready_at(uint64_t now_ns, uint32_t permits) const;
    void admitted(uint64_t now_ns);
    // The pause that is, or was last, is one that slow start follows.
    bool has_slow_start() const { return delay_ns_ > 0; }
    bool slow(uint64_t now_ns) const { return !paused(now_ns) && delay_ns_ > 0; }

private:
    void begin(uint64_t now_ns, uint64_t pause_ns);

    const leat_cooldown* rules_ = nullptr;
    const leat_pacing* pacing_ = nullptr;
    uint64_t until_ns_ = 0;
    uint64_t last_admitted_ns_ = 0;
    uint64_t delay_ns_ = 0;  // of each permit before the next item; 0: no slow start
    uint32_t generation_ = 0;
    uint32_t consecutive_ = 0;
    uint32_t since_resume_ = 0;  // items admitted since the pause
};

}  // namespace leat
