// api/estimate_batch.cc: what a list of requests will take: tokens, money, energy, and time at limits (M6).
// Depends on the estimate of one request and on leat/meter.h. Pure: nothing is sent, nothing is kept.
// Invariant: what is not known of a request is counted as such, and adds nothing to a sum.
#include "api/estimate.h"
#include "base/narrow.h"
#include "codec/json_scan.h"
#include "codec/number.h"

namespace {

using leat::Text;

constexpr uint64_t answer_tokens_unless_told = 1000;  // the reference's default

uint64_t tokens_of_answer(const leat_estimate_config& config, const leat_request& request) {
    const uint64_t usual =
        config.output_tokens > 0 ? config.output_tokens : answer_tokens_unless_told;
    if (config.same_output != 0) return usual;
    if (request.max_output_tokens > 0) return request.max_output_tokens;
    constexpr Text names[] = {
        leat::text("max_completion_tokens"),
        leat::text("max_output_tokens"),
        leat::text("max_tokens"),
    };
    for (const Text name : names) {
        leat::JsonValue value;
        int64_t tokens = 0;
        const bool is_told = !leat::empty(request.body_json) &&
                             leat::json_find(request.body_json, name, &value) &&
                             leat::json_to_count(value, &tokens) && tokens > 0;
        if (is_told) return static_cast<uint64_t>(tokens);
    }
    return usual;
}

// Adds request after request. Most of a batch have one model: its price is looked up once.
class BatchEstimate {
public:
    BatchEstimate(const leat_estimate_config& config, leat_estimate* sum)
        : config_(config), sum_(*sum) {}

    void add(const leat_request& request);

private:
    void find_tariff(Text model);
    void add_cost(uint64_t input, uint64_t output);
    void add_footprint(Text model, uint64_t output);

    const leat_estimate_config& config_;
    leat_estimate& sum_;
    leat_tariff tariff_{};
    Text tariff_model_{};
    bool has_looked_ = false;
};

void BatchEstimate::find_tariff(Text model) {
    if (has_looked_ && leat::equal(model, tariff_model_)) return;
    has_looked_ = true;
    tariff_model_ = model;
    leat_tariff_init(&tariff_);
    if (config_.tariff != nullptr) {
        tariff_ = *config_.tariff;
    } else {
        // Without a price all of it is unknown, and so is the cost.
        (void)!leat_tariff_find(config_.provider, model, config_.prices, &tariff_);
    }
}

void BatchEstimate::add_cost(uint64_t input, uint64_t output) {
    constexpr uint64_t most = INT64_MAX;
    leat_usage usage = {static_cast<int64_t>(leat::min_of(input, most)), 0, -1, -1, -1, -1};
    const double input_cost = leat_cost(&tariff_, &usage, config_.how);
    usage.output_tokens = static_cast<int64_t>(leat::min_of(output, most));
    const double cost = leat_cost(&tariff_, &usage, config_.how);
    const bool is_first = leat::empty(sum_.currency);
    const bool is_priced = input_cost >= 0 && cost >= 0 && !leat::empty(tariff_.currency) &&
                           (is_first || leat::equal(tariff_.currency, sum_.currency));
    if (!is_priced) {
        ++sum_.unpriced;
        return;
    }
    sum_.currency = tariff_.currency;
    sum_.input_cost += input_cost;
    sum_.output_cost += cost - input_cost;
    sum_.cost += cost;
}

void add_range(leat_range* sum, const leat_range& more) {
    sum->min += more.min;
    sum->max += more.max;
    sum->mean += more.mean;
}

void BatchEstimate::add_footprint(Text model, uint64_t output) {
    leat_footprint_query query;
    leat_footprint footprint;
    leat_footprint_query_init(&query);
    query.provider = config_.provider;
    query.model = model;
    query.zone = config_.zone;
    query.output_tokens = static_cast<int64_t>(leat::min_of<uint64_t>(output, INT64_MAX));
    query.latency_s = config_.latency_s;
    if (leat_footprint_of(&query, &footprint) != LEAT_OK) {
        ++sum_.unmodelled;
        return;
    }
    add_range(&sum_.energy_kwh, footprint.energy_kwh);
    add_range(&sum_.gwp_kgco2eq, footprint.gwp_kgco2eq);
    add_range(&sum_.water_l, footprint.water_l);
}

void BatchEstimate::add(const leat_request& request) {
    const leat::TokenCounter counter = {leat::enum_number(config_.estimator), config_.count_tokens,
                                        config_.user};
    const uint64_t input = leat::estimate_input(request, counter);
    const uint64_t output = tokens_of_answer(config_, request);
    const Text own = leat::model_of_request(request);
    const Text model = leat::empty(own) ? config_.model : own;
    ++sum_.requests;
    sum_.input_tokens = leat::saturating_add(sum_.input_tokens, input, UINT64_MAX);
    sum_.output_tokens = leat::saturating_add(sum_.output_tokens, output, UINT64_MAX);
    find_tariff(model);
    add_cost(input, output);
    add_footprint(model, output);
}

leat_status config_status(const leat_estimate_config& config) {
    if (config.struct_size != sizeof config) return LEAT_E_STRUCT_SIZE;
    for (const uint8_t byte : config.reserved8) {
        if (byte != 0) return LEAT_E_RESERVED;
    }
    if (config.tariff != nullptr && config.tariff->struct_size != sizeof *config.tariff) {
        return LEAT_E_STRUCT_SIZE;
    }
    const bool is_sound = leat::enum_number(config.estimator) <= LEAT_ESTIMATE_QUARTER &&
                          config.same_output <= 1 && leat::is_sound(config.provider) &&
                          leat::is_sound(config.model) && leat::is_sound(config.prices) &&
                          leat::is_sound(config.zone);
    return is_sound ? LEAT_OK : LEAT_E_ARGUMENT;
}

}  // namespace

namespace leat {

Text model_of_request(const leat_request& request) {
    JsonValue value;
    if (empty(request.model) && !empty(request.body_json) &&
        json_find(request.body_json, text("model"), &value) && value.type == JsonType::string) {
        return value.raw;
    }
    return request.model;
}

void estimate_time(const leat_estimate_config& config, leat_estimate* estimate) {
    constexpr double minute = 60;
    constexpr double day = 86400;
    const double requests = static_cast<double>(estimate->requests);
    const double input = static_cast<double>(estimate->input_tokens);
    const double output = static_cast<double>(estimate->output_tokens);
    const bool waits = config.latency_s.is_set != 0;
    const double latency = waits ? config.latency_s.value : 0;
    const struct {
        double amount;
        uint64_t rate;
        double seconds;
        const char* word;
    } limits[] = {
        {requests, config.requests_per_minute, minute, "requests per minute"},
        {input + output, config.tokens_per_minute, minute, "tokens per minute"},
        {input, config.input_tokens_per_minute, minute, "input tokens per minute"},
        {output, config.output_tokens_per_minute, minute, "output tokens per minute"},
        {requests, config.requests_per_day, day, "requests per day"},
        {input + output, config.tokens_per_day, day, "tokens per day"},
        {requests * latency, waits ? config.max_in_flight : 0, 1, "requests in flight"},
    };
    estimate->seconds = -1;
    estimate->limited_by = "";
    for (const auto& limit : limits) {
        if (limit.rate == 0) continue;
        const double seconds = limit.amount / static_cast<double>(limit.rate) * limit.seconds;
        if (seconds <= estimate->seconds) continue;
        estimate->seconds = seconds;
        estimate->limited_by = limit.word;
    }
}

}  // namespace leat

void leat_estimate_config_init(leat_estimate_config* config) {
    if (config == nullptr) return;
    *config = leat_estimate_config{};
    config->struct_size = sizeof *config;
}

void leat_estimate_init(leat_estimate* estimate) {
    if (estimate == nullptr) return;
    *estimate = leat_estimate{};
    estimate->struct_size = sizeof *estimate;
    estimate->seconds = -1;
    estimate->limited_by = "";
}

leat_status leat_batch_estimate(const leat_estimate_config* config, const leat_request* requests,
                                size_t count, leat_estimate* estimate) {
    const bool is_whole =
        config != nullptr && estimate != nullptr && (requests != nullptr || count == 0);
    if (!is_whole) return LEAT_E_ARGUMENT;
    LEAT_TRY(config_status(*config));
    if (estimate->struct_size != sizeof *estimate) return LEAT_E_STRUCT_SIZE;
    for (size_t i = 0; i < count; ++i) {
        if (requests[i].struct_size != sizeof(leat_request)) return LEAT_E_STRUCT_SIZE;
    }
    BatchEstimate sum(*config, estimate);
    for (size_t i = 0; i < count; ++i) sum.add(requests[i]);
    leat::estimate_time(*config, estimate);
    return LEAT_OK;
}
