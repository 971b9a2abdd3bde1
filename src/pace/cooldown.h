// pace/cooldown.h: the pause of a limit domain after a rate limit (B34-B38, B41).
// Each pause has a generation. A request carries the generation in which it was sent; a rate limit
// of an older generation is stale and changes nothing. Time is an argument.
// Invariant: generation grows by one per pause; consecutive counts pauses since the last success.
#pragma once

#include <leat/config.h>
#include <stdint.h>

namespace leat {

// Length of the c-th pause in a row (c >= 1). wait_ms: what the provider asked for, -1 if nothing.
uint64_t cooldown_ms(const leat_cooldown& rules, uint32_t consecutive, int64_t wait_ms);

// Delay of each permit before the n-th item (from 0) after a pause; 0 once slow start is over.
uint64_t slow_start_ns(const leat_cooldown& rules, uint32_t item);

class Cooldown {
public:
    void open(const leat_cooldown& rules);

    uint32_t generation() const { return generation_; }
    bool paused(uint64_t now_ns) const { return now_ns < until_ns_; }
    uint64_t until_ns() const { return until_ns_; }

    // A request of `generation` was rate limited. unit in [0, 1) spreads the wake-ups: the pause is
    // lengthened by at most a tenth and at most a second. False when stale.
    bool limited(uint64_t now_ns, uint32_t generation, int64_t wait_ms, double unit);
    void succeeded() { consecutive_ = 0; }

    // Slow start: when the next item may go, given how many permits share the pace.
    uint64_t ready_at(uint64_t now_ns, uint32_t permits) const;
    void admitted(uint64_t now_ns);
    bool slow(uint64_t now_ns) const;

private:
    leat_cooldown rules_{};
    uint64_t until_ns_ = 0;
    uint64_t last_admitted_ns_ = 0;
    uint32_t generation_ = 0;
    uint32_t consecutive_ = 0;
    uint32_t since_resume_ = 0;  // items admitted since the pause
};

}  // namespace leat
