// cli/service_pace.cc: the pace options as an endpoint takes them, which `run` and `simulate` share,
// and the combinations of them that contradict each other.
// Depends on options only. Invariant: what check_pace lets pass is a sound endpoint configuration.
#include <stdio.h>

#include "cli/service.h"

namespace cli {

namespace {

constexpr uint64_t usual_cooldown_ms = 10000;

uint32_t at_most(uint32_t most, uint64_t value) {
    return value < most ? static_cast<uint32_t>(value) : most;
}

void set_limits(const Settings& settings, leat_endpoint_config* endpoint) {
    endpoint->max_in_flight = static_cast<uint32_t>(settings.max_in_flight);
    endpoint->requests_per_minute = static_cast<uint32_t>(settings.rpm);
    endpoint->request_burst = static_cast<uint32_t>(settings.request_burst);
    endpoint->tokens_per_minute = settings.tpm;
    endpoint->input_tokens_per_minute = settings.input_tpm;
    endpoint->output_tokens_per_minute = settings.output_tpm;
    endpoint->requests_per_day = settings.rpd;
    endpoint->tokens_per_day = settings.tpd;
    endpoint->ignore_told = settings.ignore_headers ? 1 : 0;
    endpoint->adaptive.ramp_ms = static_cast<uint32_t>(settings.ramp_ms);
    endpoint->adaptive.latency_factor = settings.latency_factor.value;
}

void set_retries(const Settings& settings, leat_endpoint_config* endpoint) {
    leat_retry* const retry = &endpoint->retry;
    retry->attempts_max = static_cast<uint32_t>(settings.max_attempts);
    retry->backoff_initial_ms = static_cast<uint32_t>(settings.backoff_ms);
    retry->quota = static_cast<uint32_t>(settings.retry_quota);
    retry->quota_cost = at_most(retry->quota_cost, settings.retry_quota);
    retry->quota_cost_timeout = at_most(retry->quota_cost_timeout, settings.retry_quota);
}

void set_cooldown(const Settings& settings, leat_endpoint_config* endpoint) {
    leat_cooldown* const cooldown = &endpoint->cooldown;
    cooldown->initial_ms = static_cast<uint32_t>(settings.cooldown_ms);
    cooldown->retries_max = static_cast<uint32_t>(settings.rate_limit_retries);
    cooldown->retry_after_max_ms = static_cast<uint32_t>(settings.max_wait_ms);
    cooldown->slow_start_items = static_cast<uint32_t>(settings.slow_start);
    switch (static_cast<Pacing>(settings.pacing)) {
        case Pacing::exponential:
            break;
        case Pacing::linear:
            endpoint->pacing = leat_pacing_linear();
            break;
        case Pacing::fixed_delay:
            endpoint->pacing = leat_pacing_fixed_delay();
            break;
        case Pacing::batch_llm:
            leat_cooldown_batch_llm(cooldown);
            break;
    }
}

}  // namespace

void set_pace(const Settings& settings, leat_endpoint_config* endpoint) {
    set_limits(settings, endpoint);
    set_retries(settings, endpoint);
    set_cooldown(settings, endpoint);
    endpoint->timeouts.attempt_ms = static_cast<uint32_t>(settings.timeout_ms);
    endpoint->timeouts.connect_ms = static_cast<uint32_t>(settings.connect_timeout_ms);
    if (endpoint->timeouts.idle_ms > settings.timeout_ms) {
        endpoint->timeouts.idle_ms = static_cast<uint32_t>(settings.timeout_ms);
    }
    endpoint->allow_plain_http = settings.allow_http ? 1 : 0;
}

bool check_pace(const char* command, const Settings& settings) {
    const char* why = nullptr;
    if (settings.pacing == static_cast<int32_t>(Pacing::batch_llm) &&
        settings.cooldown_ms != usual_cooldown_ms) {
        why = "--pacing batch-llm has a pause of its own, so --cooldown cannot be given with it";
    } else if (settings.latency_factor.is_set != 0 && settings.latency_factor.value <= 1) {
        why = "--latency-factor must be more than 1";
    } else if (settings.request_burst > 0 && settings.rpm == 0) {
        why = "--burst says how --rpm is used; give that as well";
    } else if (settings.ramp_ms > 0 && settings.max_in_flight == 1) {
        why = "--ramp has nothing to add to -j 1";
    }
    if (why != nullptr) {
        fprintf(stderr, "leat %s: %s\n", command, why);
    }
    return why == nullptr;
}

}  // namespace cli
