// pace/gate.cc: see gate.h. ask() changes nothing; admit() takes what ask() granted, from all
// buckets or, by a check, from none.
#include "pace/gate.h"

#include "base/check.h"
#include "base/narrow.h"
#include "base/timers.h"

namespace leat {

namespace {
// A tokens bucket holds this share of a minute: large enough for several requests at once, small
// enough that a minute's budget cannot go out in one burst (B14).
constexpr uint64_t token_burst_share = 12;
}  // namespace

void Gate::open(const GateLimits& limits) {
    LEAT_CHECK(limits.permits >= 1);
    permits_ = limits.permits;
    in_flight_ = 0;
    cooldown_.open(limits.cooldown);
    const uint64_t second = limits.requests_per_minute / 60;
    const uint64_t burst = limits.request_burst != 0 ? limits.request_burst : second;
    requests_.open(limits.requests_per_minute, max_of<uint64_t>(burst, 1));
    tokens_.open(limits.tokens_per_minute,
                 max_of<uint64_t>(limits.tokens_per_minute / token_burst_share, 1));
}

GateVerdict Gate::ask(uint64_t now_ns, uint64_t tokens) const {
    if (cooldown_.paused(now_ns)) {
        return {false, LEAT_LIMITER_COOLDOWN, cooldown_.until_ns()};
    }
    if (!has_permit()) return {false, LEAT_LIMITER_IN_FLIGHT, never_ns};
    const uint64_t slow_at = cooldown_.ready_at(now_ns, permits_);
    if (slow_at > now_ns) return {false, LEAT_LIMITER_SLOW_START, slow_at};
    const uint64_t requests_at = requests_.ready_at(now_ns, 1);
    const uint64_t tokens_at = tokens_.ready_at(now_ns, tokens);
    if (tokens_at > now_ns && tokens_at >= requests_at) {
        return {false, LEAT_LIMITER_TOKENS, tokens_at};
    }
    if (requests_at > now_ns) return {false, LEAT_LIMITER_REQUESTS, requests_at};
    return {true, LEAT_LIMITER_NONE, now_ns};
}

uint32_t Gate::admit(uint64_t now_ns, uint64_t tokens) {
    LEAT_CHECK(has_permit());
    LEAT_DCHECK(ask(now_ns, tokens).admit);
    requests_.take(now_ns, 1);
    tokens_.take(now_ns, tokens);
    cooldown_.admitted(now_ns);
    ++in_flight_;
    return cooldown_.generation();
}

void Gate::release() {
    LEAT_CHECK(in_flight_ > 0);
    --in_flight_;
}

}  // namespace leat
