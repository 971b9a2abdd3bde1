// tests/efficiency/scenario.cc: five services: two that count by the minute, one with few places, one
// that is overloaded now and then, one that halves its limit.
// Depends on scenario.h. Latencies are about two seconds, as of a short chat answer. Invariant: with
// headers means rate-limit headers and Retry-After, without means neither.
#include "efficiency/scenario.h"

namespace efficiency {
namespace {

Scenario plain(const char* name, bool with_headers) {
    Scenario out = {};
    out.name = name;
    leat_sim_provider_config_init(&out.config);
    out.config.told = with_headers ? LEAT_SIM_TOLD_OPENAI : LEAT_SIM_TOLD_NOTHING;
    out.config.wait = with_headers ? LEAT_SIM_WAIT_SECONDS : LEAT_SIM_WAIT_UNSAID;
    out.config.first_byte_ms = {480, 0.3};
    out.config.token_us = {10000, 0};
    out.config.output_tokens = {143, 0.3};  // 1.99 s in the mean
    out.max_tokens = 300;
    return out;
}

}  // namespace

std::array<Scenario, scenarios_count> scenarios(bool with_headers) {
    Scenario requests = plain("requests 600/min", with_headers);
    requests.config.limits.requests_per_minute = 600;
    requests.published_requests_per_minute = 600;

    Scenario tokens = plain("tokens 100k/min", with_headers);
    tokens.config.limits.tokens_per_minute = 100000;
    tokens.config.output_tokens = {200, 0.6};
    tokens.config.token_us = {8000, 0};
    tokens.published_tokens_per_minute = 100000;
    tokens.max_tokens = 1000;

    Scenario places = plain("20 at once", with_headers);
    places.config.limits.concurrency_max = 20;

    Scenario flapping = plain("529 for 20 of 120 s, 30 at once", with_headers);
    flapping.config.limits.concurrency_max = 30;
    flapping.config.overload_status = 529;
    flapping.config.overload_from_ms = 100000;
    flapping.config.overload_on_ms = 20000;
    flapping.config.overload_period_ms = 120000;

    Scenario halved = plain("requests 1200/min, then 600", with_headers);
    halved.config.limits.requests_per_minute = 1200;
    halved.config.changed.requests_per_minute = 600;
    halved.config.change_at_ms = warm_up_ms + measured_ms / 2;
    halved.published_requests_per_minute = 1200;
    return {requests, tokens, places, flapping, halved};
}

Outcome outcome_of(const Count& warm, const Count& end, double capacity, uint64_t failed_items) {
    const auto percent = [](double part, double whole) {
        return whole > 0 ? 100 * part / whole : 0;
    };
    const auto real = [](uint64_t value) { return static_cast<double>(value); };
    Outcome out;
    out.capacity_percent = percent(real(end.answered - warm.answered), capacity);
    out.refused_percent =
        percent(real(end.refused - warm.refused), real(end.requests - warm.requests));
    out.refused_percent_ever = percent(real(end.refused), real(end.requests));
    out.failed_items = failed_items;
    return out;
}

}  // namespace efficiency
