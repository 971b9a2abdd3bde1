// tests/unit/pace/gate_test_help.h: a gate with all that it points to. Depends on pace/gate.h.
#pragma once

#include "pace/gate.h"

namespace leat {

// A gate and all that it points to.
struct Domain {
    explicit Domain(uint32_t permits, uint64_t requests = 0, uint64_t tokens = 0) {
        leat_endpoint_config_init(&config);
        limits.in_flight_most = permits;
        limits.requests_per_minute = requests;
        limits.tokens_per_minute = tokens;
        open();
    }
    void open() {
        allowance.open(limits);
        GateRules rules{};
        rules.allowance = &allowance;
        rules.cooldown = &config.cooldown;
        rules.pacing = leat_pacing_exponential();
        rules.concurrency = {limits.in_flight_most, limits.in_flight_most, config.adaptive};
        rules.uses_told = uses_told;
        rules.uses_learned = uses_learned;
        gate.open(rules, 0);
    }
    GateVerdict ask(uint64_t now_ns, uint64_t tokens = 0) { return gate.ask(now_ns, {tokens, 0}); }
    Ticket admit(uint64_t now_ns, uint64_t tokens = 0) { return gate.admit(now_ns, {tokens, 0}); }
    bool limited(uint64_t now_ns, const Ticket& ticket, int64_t wait_ms = -1) {
        leat_rate_limit_info info{};
        info.status = LEAT_E_RATE_LIMIT;
        info.wait_ms = wait_ms;
        return gate.rate_limited(now_ns, ticket, info, 0.0);
    }
    leat_endpoint_config config;
    AllowanceRules limits{};
    Allowance allowance;
    Gate gate;
    bool uses_told = true;
    bool uses_learned = true;
};

inline leat_rate_limits told_requests(int64_t limit, int64_t remaining, int64_t reset_ms) {
    leat_rate_limits limits;
    const leat_reply reply{};
    leat_reply_limits(&reply, 0, &limits);
    limits.requests = {limit, remaining, reset_ms, -1};
    return limits;
}

}  // namespace leat
