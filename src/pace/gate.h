// pace/gate.h: the one admission gate of a limit domain. Every send passes it, retries too:
// pause -> concurrency permit -> slow start -> limits of the configuration (the endpoint's
// allowance), of the answers' headers, of experience. What the answers say comes back here and
// corrects it.
// Depends on base and its siblings; time is an argument.
// Invariant: in_flight <= permits at the time of an admission; a sleeping item holds no permit;
// nothing goes while paused.
#pragma once

#include <leat/client.h>
#include <leat/config.h>
#include <stdint.h>

#include "pace/allowance.h"
#include "pace/concurrency.h"
#include "pace/cooldown.h"
#include "pace/demand.h"
#include "pace/learned.h"
#include "pace/overload.h"
#include "pace/told.h"

namespace leat {

// Of a configuration that leat_endpoint_add has checked. What is pointed to must outlive the gate.
struct GateRules {
    Allowance* allowance;
    const leat_cooldown* cooldown;
    const leat_pacing* pacing;
    ConcurrencyRules concurrency;
    bool uses_told;     // limits that answers tell
    bool uses_learned;  // limits that refusals show
};

// Tokens that an answer told; < 0: it did not.
struct Used {
    int64_t input_tokens;
    int64_t output_tokens;
};

class Gate {
public:
    void open(const GateRules& rules, uint64_t now_ns);

    GateVerdict ask(uint64_t now_ns, const Demand& demand);
    // Takes what ask() granted.
    Ticket admit(uint64_t now_ns, const Demand& demand);
    // The request is off the wire.
    void release(const Ticket& ticket);

    // What came of it. Each is told at most once for a ticket, in this order.
    void told(uint64_t now_ns, const Ticket& ticket, const leat_rate_limits& limits);
    // An answer that says nothing of limits. Where many follow each other, what an earlier one told,
    // a refusal perhaps, is of the past.
    void told_nothing();
    // What the tokens are above the reservation is believed up to a minute's worth: no lie can hold
    // the domain for longer.
    void settle(uint64_t now_ns, const Ticket& ticket, const Used& used);
    void succeeded(uint64_t now_ns, const Ticket& ticket);
    // A rate limit. unit in [0, 1) spreads the wake-ups. True when it begins a pause, false when it
    // was stale. info.own_step and info.consecutive are filled in here.
    bool rate_limited(uint64_t now_ns, const Ticket& ticket, leat_rate_limit_info info,
                      double unit);
    // 503, 529. True when the service was known to be down: then it is nobody's failed attempt.
    bool overloaded(uint64_t now_ns, const Ticket& ticket, int64_t wait_ms);
    // A timeout, or a connection that broke.
    void troubled(const Ticket& ticket);
    void first_byte(uint64_t now_ns, const Ticket& ticket, uint64_t waited_ns);

    uint32_t in_flight() const { return in_flight_; }
    uint32_t permits(uint64_t now_ns) const { return concurrency_.permits(now_ns); }
    // How many share the delays of slow start (B38): not fewer than it began with, so that a domain
    // that has given way to one permit does not crawl as well.
    uint32_t slow_start_permits(uint64_t now_ns) const {
        return max_of(concurrency_.permits(now_ns), concurrency_.initial());
    }
    bool has_permit(uint64_t now_ns) const {
        return in_flight_ < permits(now_ns) && allowance_->has_permit();
    }
    bool paused(uint64_t now_ns) const { return cooldown_.paused(now_ns); }
    bool has_slow_start() const { return cooldown_.has_slow_start(); }
    uint64_t paused_until_ns() const { return cooldown_.until_ns(); }
    uint32_t pauses_in_a_row() const { return cooldown_.consecutive(); }
    double learned_per_minute() const;  // 0: refusals have shown no rate
    uint32_t generation() const { return cooldown_.generation(); }

private:
    bool learn(uint64_t now_ns, const Ticket& ticket);
    GateVerdict ask_limits(uint64_t now_ns, const Demand& demand);

    Allowance* allowance_ = nullptr;
    Cooldown cooldown_;
    Overload overload_;
    Concurrency concurrency_;
    Told told_;
    Learned learned_;
    Totals totals_;
    uint64_t patience_ns_ = 0;
    uint64_t retry_after_max_ms_ = 0;
    double surprises_ = 0;  // share of refusals that told limits explain, and did not prevent
    uint32_t in_flight_ = 0;
    uint32_t silent_ = 0;  // answers in a row that told nothing
    bool uses_told_ = false;
    bool uses_learned_ = false;
};

}  // namespace leat
