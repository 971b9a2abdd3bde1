// cli/estimate.cc: `leat estimate`: every item is read as run reads it, then counted instead of sent.
// Depends on the reader, the item parser and leat/meter.h.
#include "cli/estimate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "api/estimate.h"
#include "base/narrow.h"
#include "cli/defaults.h"
#include "cli/impact.h"
#include "cli/item.h"
#include "cli/price_file.h"
#include "cli/reader.h"
#include "cli/tables.h"

namespace cli {

namespace {

class Estimator {
public:
    Estimator(const EstimateSettings& settings, EstimateTotal* total)
        : settings_(settings), total_(total) {}

    // False after it has said why.
    bool open();
    bool read_all();
    void find_time();

private:
    void take(const Line& line);
    void count(leat_request* request);
    ModelEstimate* model_named(leat_str name);
    void open_model(ModelEstimate* model, leat_str name) const;
    void open_config();

    const EstimateSettings& settings_;
    EstimateTotal* total_;
    leat_estimate_config config_;
    PriceFile prices_;
    Defaults defaults_;
    LineReader reader_;
    ItemParser* parser_ = nullptr;
};

bool Estimator::open() {
    const char* const provider = settings_.run.provider;
    const bool is_mock = provider == nullptr || strcmp(provider, "mock") == 0;
    total_->provider = is_mock ? "openai" : provider;
    total_->seconds = -1;
    if (!check_zone("estimate", settings_.run.zone) ||
        !prices_.open("estimate", settings_.run.price_file) || !defaults_.open(settings_.run)) {
        return false;
    }
    if (!reader_.open(settings_.run.input, settings_.run.max_line_bytes)) {
        fprintf(stderr, "leat estimate: %s: %s\n", settings_.run.input, strerror(errno));
        return false;
    }
    open_config();
    return true;
}

void Estimator::open_config() {
    const Settings& run = settings_.run;
    leat_estimate_config_init(&config_);
    config_.estimator = settings_.reference ? LEAT_ESTIMATE_QUARTER : LEAT_ESTIMATE_SCRIPTS;
    config_.same_output = settings_.reference ? 1 : 0;
    config_.provider = view(total_->provider);
    config_.zone = view(run.zone);
    config_.output_tokens =
        static_cast<uint32_t>(leat::min_of<uint64_t>(run.max_tokens, UINT32_MAX));
    config_.how = settings_.native_batch ? uint32_t{LEAT_COST_BATCH} : 0;
    config_.latency_s = settings_.latency_s;
    const bool is_auto = run.max_in_flight == LEAT_AUTO;
    config_.max_in_flight = is_auto ? 0 : static_cast<uint32_t>(run.max_in_flight);
    config_.requests_per_minute = run.rpm;
    config_.tokens_per_minute = run.tpm;
    config_.input_tokens_per_minute = run.input_tpm;
    config_.output_tokens_per_minute = run.output_tpm;
    config_.requests_per_day = run.rpd;
    config_.tokens_per_day = run.tpd;
}

bool Estimator::read_all() {
    static ItemParser parser(view(settings_.run.model), settings_.run.model != nullptr, defaults_);
    parser_ = &parser;
    const uint64_t limit = settings_.run.limit;
    while (limit == 0 || total_->requests + total_->refused < limit) {
        Line line{};
        switch (reader_.await(&line)) {
            case LineReader::Answer::wait:
            case LineReader::Answer::end:
                return true;
            case LineReader::Answer::error:
                fprintf(stderr, "leat estimate: %s: %s\n", settings_.run.input, strerror(errno));
                return false;
            case LineReader::Answer::too_long:
                ++total_->refused;
                break;
            case LineReader::Answer::line:
                if (!is_blank_line(line.data, line.size)) {
                    take(line);
                }
                break;
        }
    }
    return true;
}

void Estimator::take(const Line& line) {
    leat_request request;
    Fault fault;
    leat_request_init(&request);
    const bool good = settings_.run.lines ? parser_->parse_text(line, &request, &fault)
                                          : parser_->parse_json(line, &request, &fault);
    if (good) {
        count(&request);
        return;
    }
    ++total_->refused;
    if (settings_.run.verbose) {
        fprintf(stderr, "leat estimate: line %llu: %s\n",
                static_cast<unsigned long long>(line.number), fault.reason);
    }
}

void Estimator::open_model(ModelEstimate* model, leat_str name) const {
    leat_tariff_init(&model->tariff);
    if (settings_.price.is_set) {
        model->tariff.input = settings_.price.first;
        model->tariff.output = settings_.price.second;
        model->tariff.currency = leat::text("USD");
        model->tariff.source = leat::text("--price");
        model->is_priced = true;
    } else {
        const leat_status status =
            leat_tariff_find(view(total_->provider), name, prices_.text(), &model->tariff);
        model->is_priced = status == LEAT_OK;
    }
    if (settings_.native_batch) {
        const leat_usage none = {0, 0, 0, 0, 0, 0};
        model->is_priced = leat_cost(&model->tariff, &none, LEAT_COST_BATCH) >= 0;
    }
    leat_footprint_query query;  // for its names and its reason; items add up what they take
    leat_footprint_query_init(&query);
    query.provider = view(total_->provider);
    query.model = name;
    query.zone = view(settings_.run.zone);
    query.output_tokens = 1;
    model->has_footprint = leat_footprint_of(&query, &model->footprint) == LEAT_OK;
}

ModelEstimate* Estimator::model_named(leat_str name) {
    name = leat::head(name, estimate_name_bytes - 1);
    for (uint32_t i = 0; i < total_->models_count; ++i) {
        ModelEstimate* const one = &total_->models[i];
        if (leat::equal(leat::text_of(one->name), name) || i == estimate_models_max) {
            return one;
        }
    }
    ModelEstimate* const fresh = &total_->models[total_->models_count++];
    if (total_->models_count > estimate_models_max) {
        name = leat::text("(others)");
    }
    if (name.size > 0) {
        memcpy(fresh->name, name.data, name.size);
    }
    open_model(fresh, leat::text_of(fresh->name));
    return fresh;
}

void Estimator::count(leat_request* request) {
    const leat_request& usual = defaults_.request();
    if (leat::empty(request->body_json)) {
        request->system = leat::empty(request->system) ? usual.system : request->system;
        request->tools = request->tools == nullptr ? usual.tools : request->tools;
    }
    ModelEstimate* const model = model_named(leat::model_of_request(*request));
    config_.model = leat::text_of(model->name);
    config_.tariff = &model->tariff;
    leat_estimate one;
    leat_estimate_init(&one);
    if (leat_batch_estimate(&config_, request, 1, &one) != LEAT_OK) {
        ++total_->refused;
        return;
    }
    ++model->requests;
    model->input_tokens += one.input_tokens;
    model->output_tokens += one.output_tokens;
    model->input_cost += one.input_cost;
    model->output_cost += one.output_cost;
    add_range(&model->energy_kwh, one.energy_kwh);
    add_range(&model->gwp_kgco2eq, one.gwp_kgco2eq);
    add_range(&model->water_l, one.water_l);
    ++total_->requests;
    total_->input_tokens += one.input_tokens;
    total_->output_tokens += one.output_tokens;
    total_->unpriced += one.unpriced;
    total_->unmodelled += one.unmodelled;
}

void Estimator::find_time() {
    leat_estimate sum;
    leat_estimate_init(&sum);
    sum.requests = total_->requests;
    sum.input_tokens = total_->input_tokens;
    sum.output_tokens = total_->output_tokens;
    leat::estimate_time(config_, &sum);
    total_->seconds = sum.seconds;
    total_->limited_by = sum.limited_by[0] != '\0' ? sum.limited_by : nullptr;
}

bool is_over_budget(const EstimateSettings& settings, const EstimateTotal& total) {
    if (settings.run.budget_usd.is_set == 0) {
        return false;
    }
    double sum = 0;
    bool is_known = total.unpriced == 0;
    leat_str currency{nullptr, 0};
    double input = 0;
    double output = 0;
    for (uint32_t i = 0; estimate_cost(total, i, &currency, &input, &output); ++i) {
        is_known = is_known && leat::equal(currency, leat::text("USD"));
        sum += input + output;
    }
    if (!is_known) {
        fprintf(stderr,
                "leat estimate: some of it has no price in USD, so the budget may not do\n");
    } else if (sum > settings.run.budget_usd.value) {
        fprintf(stderr, "leat estimate: $%.6g is more than the budget of $%.6g\n", sum,
                settings.run.budget_usd.value);
    }
    return !is_known || sum > settings.run.budget_usd.value;
}

}  // namespace

bool estimate_cost(const EstimateTotal& total, uint32_t index, leat_str* currency, double* input,
                   double* output) {
    uint32_t seen = 0;
    for (uint32_t i = 0; i < total.models_count; ++i) {
        const ModelEstimate& first = total.models[i];
        bool is_new = first.is_priced;
        for (uint32_t before = 0; before < i; ++before) {
            const ModelEstimate& other = total.models[before];
            is_new = is_new && !(other.is_priced &&
                                 leat::equal(other.tariff.currency, first.tariff.currency));
        }
        if (!is_new || seen++ != index) {
            continue;
        }
        *currency = first.tariff.currency;
        *input = *output = 0;
        for (uint32_t m = i; m < total.models_count; ++m) {
            const ModelEstimate& one = total.models[m];
            if (one.is_priced && leat::equal(one.tariff.currency, *currency)) {
                *input += one.input_cost;
                *output += one.output_cost;
            }
        }
        return true;
    }
    return false;
}

void print_estimate_help() {
    puts(
        "leat estimate IN [options]\n"
        "\n"
        "What `leat run IN` with the same options will take: requests, tokens, money, energy and "
        "time\n"
        "at the limits given. Nothing is sent. Tokens of the prompts are estimated (within some "
        "per\n"
        "cent of a real tokenizer for most texts); answers count as long as they may get.\n"
        "\n"
        "  leat estimate prompts.jsonl -p openai -m gpt-4o-mini --max-tokens 300 --rpm 500");
    print_options(estimate_own_options());
    puts(
        "\nAll options of run are taken as well (`leat help run`).\n"
        "Exit: 0; 2 for bad usage; 3 when --budget-usd would not do.");
}

int run_estimate(int argc, char** argv) {
    static EstimateTotal total;  // 50 KiB
    EstimateSettings settings;
    if (!parse_estimate(argc, argv, &settings)) {
        return 2;
    }
    if (settings.run.help) {
        print_estimate_help();
        return 0;
    }
    Estimator estimator(settings, &total);
    if (!estimator.open() || !estimator.read_all()) {
        return 2;
    }
    estimator.find_time();
    if (!settings.json) {
        print_estimate(settings, total);
    } else if (!print_estimate_json(settings, total)) {
        fprintf(stderr, "leat estimate: the names of the models do not fit\n");
        return 2;
    }
    return is_over_budget(settings, total) ? 3 : 0;
}

}  // namespace cli
