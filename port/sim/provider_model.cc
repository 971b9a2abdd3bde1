// port/sim/provider_model.cc: the decision about one request: overload, quota, day, concurrency,
// then the buckets.
// Depends on provider_model.h. Each obstacle is looked for before anything is taken.
// Invariant: a refused request takes nothing and draws nothing; an admitted one takes from all.
#include "provider_model.h"

#include <string.h>

namespace leat_simulator {
namespace {

constexpr uint64_t millisecond_ns = 1000000;
constexpr uint64_t day_ns = uint64_t{86400} * 1000 * millisecond_ns;
constexpr uint64_t tokens_max = uint64_t{1} << 40;  // of one request
// What a service says that has no place free: it cannot know either.
constexpr uint64_t concurrency_wait_us = 1000000;

bool rate_is_valid(uint64_t per_minute, uint32_t burst_ms) {
    if (per_minute > ProviderBucket::per_minute_max) return false;
    return per_minute == 0 || burst_ms <= (UINT64_MAX >> 1) / 1000 / per_minute;
}

bool limits_are_valid(const leat_sim_limits& limits, uint32_t burst_ms) {
    return rate_is_valid(limits.requests_per_minute, burst_ms) &&
           rate_is_valid(limits.tokens_per_minute, burst_ms) &&
           rate_is_valid(limits.input_tokens_per_minute, burst_ms) &&
           rate_is_valid(limits.output_tokens_per_minute, burst_ms);
}

bool is_chance(double value) { return value >= 0 && value <= 1; }

uint64_t us_of(uint64_t value_1024ths) {
    return value_1024ths / 1024 * 1000 + value_1024ths % 1024 * 1000 / 1024;
}

}  // namespace

bool ProviderModel::config_is_valid(const leat_sim_provider_config& config) {
    const bool spreads = spread_is_valid(config.first_byte_ms) &&
                         spread_is_valid(config.token_us) && spread_is_valid(config.output_tokens);
    const bool chances = is_chance(config.server_error_chance) && is_chance(config.reset_chance) &&
                         is_chance(config.stall_chance);
    const bool overload =
        config.overload_status >= 500 && config.overload_status <= 599 &&
        (config.overload_period_ms == 0 || config.overload_on_ms <= config.overload_period_ms);
    const bool told = static_cast<uint32_t>(config.told) <= LEAT_SIM_TOLD_ANTHROPIC &&
                      static_cast<uint32_t>(config.wait) <= LEAT_SIM_WAIT_MILLISECONDS;
    return spreads && chances && overload && told && config.tool_rounds <= 1000 &&
           limits_are_valid(config.limits, config.burst_ms) &&
           limits_are_valid(config.changed, config.burst_ms);
}

void ProviderModel::open(const leat_sim_provider_config& config, uint64_t seed, uint64_t start_ns) {
    memset(static_cast<void*>(this), 0, sizeof *this);
    config_ = config;
    start_ns_ = start_ns;
    chance_.state = seed;
    first_byte_ = spread_of(config.first_byte_ms);
    token_ = spread_of(config.token_us);
    length_ = spread_of(config.output_tokens);
    apply(config.limits, 0);
    draw_next();
}

void ProviderModel::draw_next() {
    next_first_byte_us_ = us_of(first_byte_.draw(&chance_));
    next_token_ns_ = us_of(token_.draw(&chance_));  // a spread of microseconds: nanoseconds
    const uint64_t length = (length_.draw(&chance_) + 512) / 1024;
    next_length_ = length == 0 ? 1 : length;
}

bool ProviderModel::overloaded(uint64_t since_ns) const {
    const uint64_t since_ms = since_ns / millisecond_ns;
    if (mended_ || since_ms < config_.overload_from_ms) return false;
    uint64_t phase_ms = since_ms - config_.overload_from_ms;
    if (config_.overload_period_ms != 0) phase_ms %= config_.overload_period_ms;
    return phase_ms < config_.overload_on_ms;
}

void ProviderModel::apply(const leat_sim_limits& limits, uint64_t at_us) {
    limits_ = limits;
    requests_.change(limits.requests_per_minute, config_.burst_ms, at_us);
    tokens_.change(limits.tokens_per_minute, config_.burst_ms, at_us);
    input_.change(limits.input_tokens_per_minute, config_.burst_ms, at_us);
    output_.change(limits.output_tokens_per_minute, config_.burst_ms, at_us);
}

void ProviderModel::pass_time(uint64_t since_ns) {
    const uint64_t since_us = since_ns / 1000;
    const bool due = config_.change_at_ms != 0 && since_us / 1000 >= config_.change_at_ms;
    if (due && !changed_) {
        changed_ = true;
        apply(config_.changed, config_.change_at_ms * 1000);
    }
    requests_.refill(since_us);
    tokens_.refill(since_us);
    input_.refill(since_us);
    output_.refill(since_us);
    if (since_ns / day_ns == day_) return;
    day_ = since_ns / day_ns;
    day_requests_ = 0;
}

ProviderReason ProviderModel::find_obstacle(uint64_t input_tokens, uint64_t output_tokens) const {
    const leat_sim_limits& limits = limits_;
    if (limits.quota_requests != 0 && stats_.admitted >= limits.quota_requests) {
        return ProviderReason::quota;
    }
    if (limits.requests_per_day != 0 && day_requests_ >= limits.requests_per_day) {
        return ProviderReason::day;
    }
    if (limits.concurrency_max != 0 && stats_.in_flight >= limits.concurrency_max) {
        return ProviderReason::concurrency;
    }
    if (!requests_.has(1)) return ProviderReason::requests;
    if (!tokens_.has(input_tokens + output_tokens)) return ProviderReason::tokens;
    if (!input_.has(input_tokens)) return ProviderReason::input_tokens;
    return output_.has(output_tokens) ? ProviderReason::admitted : ProviderReason::output_tokens;
}

uint64_t ProviderModel::wait_us(ProviderReason reason, uint64_t since_ns, uint64_t input_tokens,
                                uint64_t output_tokens) const {
    switch (reason) {
        case ProviderReason::requests:
            return requests_.wait_us(1);
        case ProviderReason::tokens:
            return tokens_.wait_us(input_tokens + output_tokens);
        case ProviderReason::input_tokens:
            return input_.wait_us(input_tokens);
        case ProviderReason::output_tokens:
            return output_.wait_us(output_tokens);
        case ProviderReason::concurrency:
            return concurrency_wait_us;
        case ProviderReason::day:
            return (day_ns - since_ns % day_ns + 999) / 1000;
        case ProviderReason::quota:
        case ProviderReason::overload:
        case ProviderReason::admitted:
            break;
    }
    return 0;
}

void ProviderModel::count_refusal(ProviderReason reason) {
    switch (reason) {
        case ProviderReason::requests:
            ++stats_.refused_requests;
            break;
        case ProviderReason::tokens:
        case ProviderReason::input_tokens:
        case ProviderReason::output_tokens:
            ++stats_.refused_tokens;
            break;
        case ProviderReason::concurrency:
            ++stats_.refused_concurrency;
            break;
        case ProviderReason::day:
            ++stats_.refused_day;
            break;
        case ProviderReason::quota:
            ++stats_.refused_quota;
            return;
        case ProviderReason::overload:
            ++stats_.overloaded;
            return;
        case ProviderReason::admitted:
            return;
    }
    ++stats_.refused;
}

void ProviderModel::admit(ProviderVerdict* verdict) {
    requests_.take(1);
    tokens_.take(verdict->input_tokens + verdict->output_tokens);
    input_.take(verdict->input_tokens);
    output_.take(verdict->output_tokens);
    ++day_requests_;
    ++stats_.admitted;
    stats_.input_tokens += verdict->input_tokens;
    stats_.output_tokens += verdict->output_tokens;
    if (++stats_.in_flight > stats_.in_flight_peak) stats_.in_flight_peak = stats_.in_flight;
    verdict->status = 200;
    verdict->first_byte_us = next_first_byte_us_;
    verdict->total_us = next_first_byte_us_ + verdict->output_tokens * next_token_ns_ / 1000;
    // All three are drawn, so that one chance does not shift the others.
    const bool error = chance_.happens(chance_parts(config_.server_error_chance));
    const bool reset = chance_.happens(chance_parts(config_.reset_chance));
    const bool stall = chance_.happens(chance_parts(config_.stall_chance));
    draw_next();
    if (mended_ || !(error || reset || stall)) return;
    ++stats_.failed;
    verdict->fault = error   ? ProviderFault::error
                     : reset ? ProviderFault::reset
                             : ProviderFault::stall;
    if (!error) return;
    verdict->status = 500;
    verdict->total_us = verdict->first_byte_us;
}

ProviderVerdict ProviderModel::arrive(uint64_t now_ns, uint64_t input_tokens, uint64_t max_tokens) {
    const uint64_t since_ns = now_ns > start_ns_ ? now_ns - start_ns_ : 0;
    ++stats_.requests;
    pass_time(since_ns);
    ProviderVerdict verdict = {};
    verdict.input_tokens = input_tokens < tokens_max ? input_tokens : tokens_max;
    verdict.output_cut = max_tokens != 0 && max_tokens < next_length_;
    verdict.output_tokens = verdict.output_cut ? max_tokens : next_length_;
    verdict.reason = overloaded(since_ns)
                         ? ProviderReason::overload
                         : find_obstacle(verdict.input_tokens, verdict.output_tokens);
    if (verdict.reason == ProviderReason::admitted) {
        admit(&verdict);
        return verdict;
    }
    count_refusal(verdict.reason);
    const bool overload = verdict.reason == ProviderReason::overload;
    verdict.status = overload ? static_cast<int32_t>(config_.overload_status) : 429;
    const uint64_t wait =
        wait_us(verdict.reason, since_ns, verdict.input_tokens, verdict.output_tokens);
    verdict.wait_ms = (wait + 999) / 1000;
    return verdict;
}

}  // namespace leat_simulator

void leat_sim_provider_config_init(leat_sim_provider_config* config) {
    if (config == nullptr) return;
    *config = leat_sim_provider_config{};
    config->struct_size = sizeof(leat_sim_provider_config);
    config->burst_ms = 60000;
    config->first_byte_ms = {400, 0.3};
    config->token_us = {10000, 0};
    config->output_tokens = {100, 0.4};
    config->overload_status = 503;
}
