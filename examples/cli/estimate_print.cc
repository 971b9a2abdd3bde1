// cli/estimate_print.cc: an estimate for people, and as one JSON object.
// Depends on impact.h and terminal.h. What is not known of all items is said so in both.
#include <stdio.h>

#include "cli/estimate.h"
#include "cli/impact.h"
#include "cli/terminal.h"

namespace cli {

namespace {

constexpr size_t json_bytes = 128 * 1024;

struct Sums {
    leat_range energy_kwh{};
    leat_range gwp_kgco2eq{};
    leat_range water_l{};
};

Sums sums_of(const EstimateTotal& total) {
    Sums sums;
    for (uint32_t i = 0; i < total.models_count; ++i) {
        add_range(&sums.energy_kwh, total.models[i].energy_kwh);
        add_range(&sums.gwp_kgco2eq, total.models[i].gwp_kgco2eq);
        add_range(&sums.water_l, total.models[i].water_l);
    }
    return sums;
}

void put_count(leat::JsonWriter* json, const char* name, uint64_t count) {
    json->key(leat::text_of(name));
    json->integer(static_cast<int64_t>(count));
}

void put_impacts(leat::JsonWriter* json, bool known, const leat_range& energy,
                 const leat_range& gwp, const leat_range& water) {
    if (known) {
        put_range(json, "energy_kwh", energy);
        put_range(json, "gwp_kgco2eq", gwp);
        put_range(json, "water_l", water);
        return;
    }
    put_text(json, "energy_kwh", {});
    put_text(json, "gwp_kgco2eq", {});
    put_text(json, "water_l", {});
}

void put_model(leat::JsonWriter* json, const ModelEstimate& model) {
    json->begin_object();
    put_text(json, "model", leat::text_of(model.name));
    put_count(json, "requests", model.requests);
    put_count(json, "input_tokens", model.input_tokens);
    put_count(json, "output_tokens", model.output_tokens);
    put_text(json, "currency", model.tariff.currency);
    put_number(json, "input_cost", model.is_priced ? model.input_cost : -1);
    put_number(json, "output_cost", model.is_priced ? model.output_cost : -1);
    put_number(json, "cost", model.is_priced ? model.cost() : -1);
    put_text(json, "price_of", model.tariff.model);
    put_text(json, "price_source", model.tariff.source);
    put_impacts(json, model.has_footprint, model.energy_kwh, model.gwp_kgco2eq, model.water_l);
    put_text(json, "footprint_of", model.has_footprint ? model.footprint.model : leat_str{});
    put_text(json, "no_footprint_because", leat::text_of(model.footprint.reason));
    json->end_object();
}

void put_costs(leat::JsonWriter* json, const EstimateTotal& total) {
    leat_str currency{nullptr, 0};
    double input = 0;
    double output = 0;
    json->key(leat::text("costs"));
    json->begin_array();
    for (uint32_t i = 0; estimate_cost(total, i, &currency, &input, &output); ++i) {
        json->begin_object();
        put_text(json, "currency", currency);
        put_number(json, "input_cost", input);
        put_number(json, "output_cost", output);
        put_number(json, "cost", input + output);
        json->end_object();
    }
    json->end_array();
    put_count(json, "unpriced_requests", total.unpriced);
}

// $1.23, or 1.23 BRL.
void print_money(const char* what, leat_str currency, double amount) {
    const bool is_usd = leat::equal(currency, leat::text("USD"));
    if (is_usd) {
        printf("%s%s", what, money_words(amount).text);
    } else {
        printf("%s%.6g %.*s", what, amount, static_cast<int>(currency.size), currency.data);
    }
}

void print_costs(const EstimateTotal& total) {
    leat_str currency{nullptr, 0};
    double input = 0;
    double output = 0;
    uint32_t i = 0;
    for (; estimate_cost(total, i, &currency, &input, &output); ++i) {
        print_money(i == 0 ? "  cost        " : "              ", currency, input + output);
        print_money("  ", currency, input);
        print_money(" in, ", currency, output);
        printf(" out\n");
    }
    if (total.unpriced > 0) {
        printf("%s%s have no known price (--price IN/OUT)\n",
               i == 0 ? "  cost        " : "              ", count_words(total.unpriced).text);
    }
}

void print_range(const char* what, const leat_range& range, double factor, const char* unit) {
    printf("%s%.3g %s  %.3g to %.3g\n", what, range.mean * factor, unit, range.min * factor,
           range.max * factor);
}

void print_impacts(const EstimateTotal& total, const char* zone) {
    const Sums sums = sums_of(total);
    if (total.unmodelled < total.requests) {
        print_range("  energy      ", sums.energy_kwh, 1000, "Wh");
        print_range("  carbon      ", sums.gwp_kgco2eq, 1000, "gCO2eq");
        print_range("  water       ", sums.water_l, 1, "L");
        printf("              zone %s, after EcoLogits 0.9.1\n", zone);
    }
    for (uint32_t i = 0; i < total.models_count && total.unmodelled > 0; ++i) {
        const ModelEstimate& model = total.models[i];
        if (!model.has_footprint) {
            printf("              no footprint of %s %s: %s\n", total.provider,
                   model.name[0] != 0 ? model.name : "(no model)", model.footprint.reason);
        }
    }
}

}  // namespace

bool print_estimate_json(const EstimateSettings& settings, const EstimateTotal& total) {
    static char text[json_bytes];
    leat::JsonWriter json(text, sizeof text);
    const Sums sums = sums_of(total);
    json.begin_object();
    put_text(&json, "provider", leat::text_of(total.provider));
    put_text(&json, "estimator",
             settings.reference ? leat::text("reference") : leat::text("scripts"));
    put_count(&json, "requests", total.requests);
    put_count(&json, "bad_lines", total.refused);
    put_count(&json, "input_tokens", total.input_tokens);
    put_count(&json, "output_tokens", total.output_tokens);
    put_costs(&json, total);
    put_impacts(&json, total.requests > total.unmodelled, sums.energy_kwh, sums.gwp_kgco2eq,
                sums.water_l);
    put_text(&json, "zone", leat::text_of(settings.run.zone));
    put_count(&json, "unmodelled_requests", total.unmodelled);
    put_number(&json, "seconds", total.seconds);
    put_text(&json, "limited_by", view(total.limited_by));
    json.key(leat::text("models"));
    json.begin_array();
    for (uint32_t i = 0; i < total.models_count; ++i) {
        put_model(&json, total.models[i]);
    }
    json.end_array();
    json.end_object();
    return print_line(json);
}

void print_estimate(const EstimateSettings& settings, const EstimateTotal& total) {
    printf("  requests    %s", count_words(total.requests).text);
    if (total.refused > 0) {
        printf("  and %s lines that are no good item", count_words(total.refused).text);
    }
    printf("\n  tokens      %s", count_words(total.input_tokens + total.output_tokens).text);
    printf("  %s in, %s out at most\n", count_words(total.input_tokens).text,
           count_words(total.output_tokens).text);
    print_costs(total);
    print_impacts(total, settings.run.zone);
    if (total.limited_by != nullptr) {
        printf("  time        %s  by %s\n", time_words(total.seconds * 1000).text,
               total.limited_by);
    }
    for (uint32_t i = 0; i < total.models_count && total.models_count > 1; ++i) {
        const ModelEstimate& model = total.models[i];
        printf("  %-30s %s requests, %s tokens", model.name[0] != 0 ? model.name : "(no model)",
               count_words(model.requests).text,
               count_words(model.input_tokens + model.output_tokens).text);
        if (model.is_priced) {
            print_money(", ", model.tariff.currency, model.cost());
        }
        printf("\n");
    }
}

}  // namespace cli
