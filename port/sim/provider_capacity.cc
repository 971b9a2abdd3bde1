// port/sim/provider_capacity.cc: what a provider could have answered: every client's yardstick.
// Depends on provider_model.h, world.h. Floating point may be used: nothing of it reaches the simulation.
// Invariant: capacity(a, b) + capacity(b, c) = capacity(a, c).
#include "provider_model.h"
#include "world.h"

namespace leat_simulator {
namespace {

constexpr uint64_t day_ms = 86400000;

const leat_sim_limits& limits_at(const leat_sim_provider_config& config, uint64_t at_ms) {
    const bool changed = config.change_at_ms != 0 && at_ms >= config.change_at_ms;
    return changed ? config.changed : config.limits;
}

// From begin_ms to end_ms the overload is all on or all off; end_ms is found here.
uint64_t phase_end(const leat_sim_provider_config& config, uint64_t begin_ms, bool* overload) {
    *overload = false;
    if (config.overload_on_ms == 0) return UINT64_MAX;
    if (begin_ms < config.overload_from_ms) return config.overload_from_ms;
    const uint64_t since_ms = begin_ms - config.overload_from_ms;
    const uint64_t period_ms = config.overload_period_ms;
    const uint64_t phase_ms = period_ms == 0 ? since_ms : since_ms % period_ms;
    *overload = phase_ms < config.overload_on_ms;
    if (*overload) return begin_ms + config.overload_on_ms - phase_ms;
    return period_ms == 0 ? UINT64_MAX : begin_ms + period_ms - phase_ms;
}

}  // namespace

double ProviderModel::mean_service_ms() const {
    return spread_mean(config_.first_byte_ms) +
           spread_mean(config_.output_tokens) * spread_mean(config_.token_us) / 1000;
}

double ProviderModel::rate_per_ms(const leat_sim_limits& limits, double input_tokens) const {
    const double output_tokens = spread_mean(config_.output_tokens);
    double rate = __builtin_inf();
    const auto bound = [&rate](double per_minute, double each) {
        if (per_minute > 0 && each > 0) rate = min_of(rate, per_minute / each / 60000);
    };
    bound(limits.requests_per_minute, 1);
    bound(static_cast<double>(limits.tokens_per_minute), input_tokens + output_tokens);
    bound(static_cast<double>(limits.input_tokens_per_minute), input_tokens);
    bound(static_cast<double>(limits.output_tokens_per_minute), output_tokens);
    const double service_ms = mean_service_ms();
    if (limits.concurrency_max > 0 && service_ms > 0) {
        rate = min_of(rate, limits.concurrency_max / service_ms);
    }
    return rate;
}

// The integral of the rate, without the limits that count a day's or all requests.
double ProviderModel::ideal(uint64_t from_ms, uint64_t to_ms, double input_tokens) const {
    double sum = 0;
    for (uint64_t at_ms = from_ms; at_ms < to_ms;) {
        bool overload = false;
        uint64_t end_ms = min_of(phase_end(config_, at_ms, &overload), to_ms);
        const uint64_t change_ms = config_.change_at_ms;
        if (change_ms > at_ms) end_ms = min_of(end_ms, change_ms);
        const double span_ms = static_cast<double>(end_ms - at_ms);
        if (!overload) sum += rate_per_ms(limits_at(config_, at_ms), input_tokens) * span_ms;
        at_ms = end_ms;
    }
    return sum;
}

// A day's requests are served as fast as the rest allows from the day's beginning on.
double ProviderModel::daily(uint64_t from_ms, uint64_t to_ms, double input_tokens) const {
    double sum = 0;
    for (uint64_t begin_ms = from_ms; begin_ms < to_ms;) {
        const uint64_t day_begin_ms = begin_ms - begin_ms % day_ms;
        const uint64_t until_ms = min_of(day_begin_ms + day_ms, to_ms);
        const uint64_t most = limits_at(config_, begin_ms).requests_per_day;
        if (most == 0) {
            sum += ideal(begin_ms, until_ms, input_tokens);
        } else {
            const double before = ideal(day_begin_ms, begin_ms, input_tokens);
            const double after = ideal(day_begin_ms, until_ms, input_tokens);
            const double limit = static_cast<double>(most);
            sum += min_of(limit, after) - min_of(limit, before);
        }
        begin_ms = until_ms;
    }
    return sum;
}

// A quota is used up from the start on. What fails has taken its share, and is no answer.
double ProviderModel::capacity(uint64_t from_ms, uint64_t to_ms, double input_tokens) const {
    const double served =
        (1 - config_.server_error_chance) * (1 - config_.reset_chance) * (1 - config_.stall_chance);
    const double sum = daily(from_ms, to_ms, input_tokens);
    if (served <= 0) return 0;
    if (config_.limits.quota_requests == 0) return sum * served;
    const double quota = static_cast<double>(config_.limits.quota_requests);
    const double used = min_of(quota, daily(0, from_ms, input_tokens));
    return min_of(sum, quota - used) * served;
}

}  // namespace leat_simulator
