// pace/pacing.cc: see pacing.h, and leat/pacing.h for the tables. Loops end at the cap, so that no
// count can make them long or a product overflow. Depends on base.
#include "pace/pacing.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {

namespace {

// "Retry-After: 0", or a date that has passed, still comes with a refusal: not at once. The same
// after a step too far of our own.
constexpr uint64_t least_ms = 1000;
constexpr uint64_t fixed_delay_ns = UINT64_C(1000000000);  // B39

double jitter(const leat_retry& retry, double unit) {
    return retry.jitter_min + (1.0 - retry.jitter_min) * unit;
}

uint64_t exponential_pause_ms(void*, const leat_cooldown* rules, const leat_rate_limit_info* info) {
    return cooldown_ms(*rules, info->consecutive, info->wait_ms, info->own_step != 0);
}

uint64_t linear_slow_start_ns(void*, const leat_cooldown* rules, uint32_t item) {
    return slow_start_ns(*rules, item);
}

uint64_t exponential_backoff_ns(void*, const leat_retry* rules, uint32_t failed, double chance) {
    return backoff_ns(*rules, failed, chance);
}

uint64_t fixed_pause_ms(void*, const leat_cooldown* rules, const leat_rate_limit_info*) {
    return rules->initial_ms;
}

uint64_t fixed_slow_start_ns(void*, const leat_cooldown*, uint32_t) { return fixed_delay_ns; }

uint64_t fixed_backoff_ns(void*, const leat_retry* rules, uint32_t, double chance) {
    return static_cast<uint64_t>(rules->backoff_initial_ms * jitter(*rules, chance) * 1e6);
}

uint64_t linear_backoff_ns(void*, const leat_retry* rules, uint32_t failed, double chance) {
    const uint64_t grown = uint64_t{rules->backoff_initial_ms} * failed;
    const uint64_t wait_ms = min_of<uint64_t>(grown, rules->backoff_max_ms);
    return static_cast<uint64_t>(static_cast<double>(wait_ms) * jitter(*rules, chance) * 1e6);
}

constexpr leat_pacing exponential = {
    sizeof(leat_pacing),   0, nullptr, exponential_pause_ms, linear_slow_start_ns,
    exponential_backoff_ns};
constexpr leat_pacing fixed_delay = {
    sizeof(leat_pacing), 0, nullptr, fixed_pause_ms, fixed_slow_start_ns, fixed_backoff_ns};
constexpr leat_pacing linear = {
    sizeof(leat_pacing), 0, nullptr, exponential_pause_ms, linear_slow_start_ns, linear_backoff_ns};

}  // namespace

uint64_t backoff_ns(const leat_retry& retry, uint32_t failed, double unit) {
    LEAT_CHECK(failed >= 1);
    LEAT_CHECK(unit >= 0.0 && unit < 1.0);
    const double max_ms = static_cast<double>(retry.backoff_max_ms);
    double wait_ms = static_cast<double>(retry.backoff_initial_ms);
    for (uint32_t k = 1; k < failed && wait_ms < max_ms; ++k) {
        const double grown = wait_ms * retry.backoff_base;
        if (!(grown > wait_ms)) break;  // base 1: it never grows
        wait_ms = grown;
    }
    if (wait_ms > max_ms) wait_ms = max_ms;
    return static_cast<uint64_t>(wait_ms * jitter(retry, unit) * 1e6);
}

uint64_t cooldown_ms(const leat_cooldown& rules, uint32_t consecutive, int64_t wait_ms,
                     bool own_step) {
    LEAT_CHECK(consecutive >= 1);
    const uint64_t max_ms = rules.retry_after_max_ms;
    const uint64_t said = wait_ms == 0 ? least_ms : static_cast<uint64_t>(wait_ms);
    const uint64_t asked = wait_ms < 0 ? 0 : min_of(said, max_ms);
    if (wait_ms >= 0 && rules.retry_after_is_floor == 0) return asked;
    if (own_step && consecutive == 1)
        return max_of(asked, min_of<uint64_t>(rules.initial_ms, least_ms));
    double own = static_cast<double>(rules.initial_ms);
    const double most = static_cast<double>(rules.max_ms);
    for (uint32_t c = 1; c < consecutive && own < most; ++c) {
        const double grown = own * rules.multiplier;
        if (!(grown > own)) break;
        own = grown;
    }
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

}  // namespace leat

const leat_pacing* leat_pacing_exponential(void) { return &leat::exponential; }
const leat_pacing* leat_pacing_fixed_delay(void) { return &leat::fixed_delay; }
const leat_pacing* leat_pacing_linear(void) { return &leat::linear; }
