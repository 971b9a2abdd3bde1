// cli/estimate.cc: `leat estimate`: every item is read as run reads it, then counted instead of sent.
// Depends on the reader, the item parser and leat/meter.h.
#include "cli/estimate.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "cli/defaults.h"
#include "cli/impact.h"
#include "cli/item.h"
#include "cli/price_file.h"
#include "cli/reader.h"
#include "cli/tables.h"

namespace cli {

namespace {

constexpr uint64_t answer_tokens_unless_told = 1000;

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
    void count_footprint(ModelEstimate* model, uint64_t output_tokens) const;
    leat_str model_of(const leat_request& request) const;
    uint64_t answer_tokens(const leat_request& request) const;
    ModelEstimate* model_named(leat_str name);
    void open_model(ModelEstimate* model, leat_str name) const;
    void limit(double seconds, const char* word);

    const EstimateSettings& settings_;
    EstimateTotal* total_;
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
    return true;
}

bool Estimator::read_all() {
    static ItemParser parser(view(settings_.run.model), settings_.run.model != nullptr, defaults_);
    parser_ = &parser;
    const uint64_t limit = settings_.run.limit;
    while (limit == 0 || total_->requests + total_->refused < limit) {
        Line line{};
        pollfd input = {reader_.descriptor(), POLLIN, 0};
        switch (reader_.next(&line)) {
            case LineReader::Answer::wait:
                (void)poll(&input, 1, -1);
                break;
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

// What the item asks for, then what a ready body does.
leat_str Estimator::model_of(const leat_request& request) const {
    leat::JsonValue value;
    if (leat::empty(request.model) && !leat::empty(request.body_json) &&
        leat::json_find(request.body_json, leat::text("model"), &value) &&
        value.type == leat::JsonType::string) {
        return value.raw;
    }
    return request.model;
}

uint64_t Estimator::answer_tokens(const leat_request& request) const {
    const uint64_t usual =
        settings_.run.max_tokens > 0 ? settings_.run.max_tokens : answer_tokens_unless_told;
    if (settings_.reference) {
        return usual;
    }
    if (request.max_output_tokens > 0) {
        return request.max_output_tokens;
    }
    constexpr const char* names[] = {"max_completion_tokens", "max_output_tokens", "max_tokens"};
    for (const char* name : names) {
        leat::JsonValue value;
        int64_t tokens = 0;
        if (!leat::empty(request.body_json) &&
            leat::json_find(request.body_json, leat::text_of(name), &value) &&
            leat::json_to_count(value, &tokens) && tokens > 0) {
            return static_cast<uint64_t>(tokens);
        }
    }
    return usual;
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

void Estimator::count_footprint(ModelEstimate* model, uint64_t output_tokens) const {
    leat_footprint_query query;
    leat_footprint_query_init(&query);
    query.provider = view(total_->provider);
    query.model = leat::text_of(model->name);
    query.zone = view(settings_.run.zone);
    query.output_tokens = static_cast<int64_t>(output_tokens);
    query.latency_s = settings_.latency_s;
    model->has_footprint = leat_footprint_of(&query, &model->footprint) == LEAT_OK;
    if (model->has_footprint) {
        add_range(&model->energy_kwh, model->footprint.energy_kwh);
        add_range(&model->gwp_kgco2eq, model->footprint.gwp_kgco2eq);
        add_range(&model->water_l, model->footprint.water_l);
    }
}

void Estimator::count(leat_request* request) {
    const leat_request& usual = defaults_.request();
    if (leat::empty(request->body_json)) {
        request->system = leat::empty(request->system) ? usual.system : request->system;
        request->tools = request->tools == nullptr ? usual.tools : request->tools;
    }
    const leat_estimator estimator =
        settings_.reference ? LEAT_ESTIMATE_QUARTER : LEAT_ESTIMATE_SCRIPTS;
    const uint64_t input = leat_estimate_request(request, estimator);
    const uint64_t output = answer_tokens(*request);
    ModelEstimate* const model = model_named(model_of(*request));
    ++model->requests;
    model->input_tokens += input;
    model->output_tokens += output;
    ++total_->requests;
    total_->input_tokens += input;
    total_->output_tokens += output;
    if (model->is_priced) {
        const uint32_t how = settings_.native_batch ? uint32_t{LEAT_COST_BATCH} : 0;
        leat_usage usage = {static_cast<int64_t>(input), 0, -1, -1, -1, -1};
        const double input_cost = leat_cost(&model->tariff, &usage, how);
        usage.output_tokens = static_cast<int64_t>(output);
        model->input_cost += input_cost;
        model->output_cost += leat_cost(&model->tariff, &usage, how) - input_cost;
    }
    count_footprint(model, output);
    total_->unpriced += model->is_priced ? 0 : 1;
    total_->unmodelled += model->has_footprint ? 0 : 1;
}

// The longest of what the limits make of it.
void Estimator::limit(double seconds, const char* word) {
    if (seconds > total_->seconds) {
        total_->seconds = seconds;
        total_->limited_by = word;
    }
}

void Estimator::find_time() {
    const Settings& run = settings_.run;
    const double requests = static_cast<double>(total_->requests);
    const double input = static_cast<double>(total_->input_tokens);
    const double output = static_cast<double>(total_->output_tokens);
    const auto at_rate = [this](double amount, uint64_t rate, double seconds, const char* word) {
        if (rate > 0) {
            limit(amount / static_cast<double>(rate) * seconds, word);
        }
    };
    constexpr double day = 86400;
    at_rate(requests, run.rpm, 60, "requests per minute");
    at_rate(input + output, run.tpm, 60, "tokens per minute");
    at_rate(input, run.input_tpm, 60, "input tokens per minute");
    at_rate(output, run.output_tpm, 60, "output tokens per minute");
    at_rate(requests, run.rpd, day, "requests per day");
    at_rate(input + output, run.tpd, day, "tokens per day");
    if (settings_.latency_s.is_set != 0 && run.max_in_flight != LEAT_AUTO) {
        at_rate(requests * settings_.latency_s.value, run.max_in_flight, 1, "requests in flight");
    }
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
