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

std::vector<Scenario> scenarios(bool with_headers) {
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

std::vector<Scenario> more_scenarios(bool with_headers) {
    constexpr uint64_t half_ms = warm_up_ms + measured_ms / 2;
    Scenario doubled = plain("requests 600/min, then 1200", with_headers);
    doubled.config.limits.requests_per_minute = 600;
    doubled.config.changed.requests_per_minute = 1200;
    doubled.config.change_at_ms = half_ms;
    doubled.published_requests_per_minute = 600;

    Scenario grown = plain("10 at once, then 30", with_headers);
    grown.config.limits.concurrency_max = 10;
    grown.config.changed.concurrency_max = 30;
    grown.config.change_at_ms = half_ms;

    Scenario shrunk = plain("30 at once, then 10", with_headers);
    shrunk.config.limits.concurrency_max = 30;
    shrunk.config.changed.concurrency_max = 10;
    shrunk.config.change_at_ms = half_ms;

    Scenario strict = plain("requests 600/min, burst 1 s", with_headers);
    strict.config.limits.requests_per_minute = 600;
    strict.config.burst_ms = 1000;
    strict.published_requests_per_minute = 600;

    Scenario split = plain("input 50k, output 60k/min (Anthropic)", with_headers);
    if (with_headers) split.config.told = LEAT_SIM_TOLD_ANTHROPIC;
    split.config.limits.input_tokens_per_minute = 50000;
    split.config.limits.output_tokens_per_minute = 60000;
    split.config.output_tokens = {200, 0.6};
    split.max_tokens = 1000;

    Scenario slow = plain("64 at once, answers of 30 s", with_headers);
    slow.config.limits.concurrency_max = 64;
    slow.config.output_tokens = {1400, 0.3};
    slow.config.token_us = {20000, 0};
    slow.max_tokens = 3500;

    Scenario noisy = plain("requests 600/min, 3 % fail", with_headers);
    noisy.config.limits.requests_per_minute = 600;
    noisy.config.server_error_chance = 0.02;
    noisy.config.reset_chance = 0.01;
    noisy.published_requests_per_minute = 600;
    return {doubled, grown, shrunk, strict, split, slow, noisy};
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
