// pace/gate.h: the one admission gate of a limit domain. Every send passes it, retries too:
// pause -> slow start -> requests bucket -> tokens bucket -> concurrency permit.
// Depends on base and its siblings; time is an argument.
// Invariant: in_flight <= permits; a sleeping item holds no permit; nothing goes while paused.
#pragma once

#include <leat/client.h>
#include <leat/config.h>
#include <stdint.h>

#include "base/narrow.h"
#include "pace/bucket.h"
#include "pace/cooldown.h"

namespace leat {

struct GateLimits {
    uint32_t permits;              // >= 1
    uint64_t requests_per_minute;  // 0: none
    uint64_t request_burst;        // 0: one second's worth
    uint64_t tokens_per_minute;    // 0: none
    leat_cooldown cooldown;
};

struct GateVerdict {
    bool admit;
    leat_limiter limiter;  // what holds it back
    uint64_t retry_at_ns;  // when to ask again; never_ns: when a permit comes back
};

class Gate {
public:
    void open(const GateLimits& limits);

    GateVerdict ask(uint64_t now_ns, uint64_t tokens) const;
    // Takes what ask() granted; returns the generation to stamp the request with.
    uint32_t admit(uint64_t now_ns, uint64_t tokens);
    // The request is off the wire.
    void release();
    // Its token count is known, as the provider tells it. What that is above the reservation is
    // believed up to a minute's worth: no lie can hold the domain for longer.
    void settle(uint64_t reserved, uint64_t used) {
        uint64_t most = 0;
        if (!checked_add(reserved, tokens_.per_minute(), &most)) most = UINT64_MAX;
        tokens_.settle(reserved, min_of(used, most));
    }

    bool rate_limited(uint64_t now_ns, uint32_t generation, int64_t wait_ms, double unit) {
        return cooldown_.limited(now_ns, generation, wait_ms, unit);
    }
    void succeeded() { cooldown_.succeeded(); }

    uint32_t in_flight() const { return in_flight_; }
    uint32_t permits() const { return permits_; }
    bool has_permit() const { return in_flight_ < permits_; }
    bool limits_tokens() const { return tokens_.limited(); }

private:
    Cooldown cooldown_;
    Bucket requests_;
    Bucket tokens_;
    uint32_t permits_ = 1;
    uint32_t in_flight_ = 0;
};

}  // namespace leat
