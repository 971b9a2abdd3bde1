// cli/estimate.h: what a file of items will probably take: tokens, money, energy, time. Nothing is sent.
// Depends on leat/meter.h and on what `run` uses to read items.
// Invariant: what is not known of some items is counted as such, never as 0.
#pragma once

#include <leat/meter.h>

#include "cli/options.h"

namespace cli {

struct EstimateSettings {
    Settings run;  // first: the options of run are fields of it
    bool reference;
    bool native_batch;
    NumberPair price;
    leat_number latency_s;
    bool json;
};

const OptionTable& estimate_own_options();  // those that run has not got, for help
bool parse_estimate(int argc, char** argv, EstimateSettings* settings);

constexpr uint32_t estimate_models_max = 32;
constexpr size_t estimate_name_bytes = 96;

// The items of one model.
struct ModelEstimate {
    char name[estimate_name_bytes];  // cut; empty: the provider's choice
    uint64_t requests;
    uint64_t input_tokens;
    uint64_t output_tokens;  // the most that the answers may have
    bool is_priced;
    leat_tariff tariff;
    double input_cost;
    double output_cost;
    bool has_footprint;
    leat_footprint footprint;  // its names and warnings, or its reason
    leat_range energy_kwh;
    leat_range gwp_kgco2eq;
    leat_range water_l;

    double cost() const { return input_cost + output_cost; }
};

struct EstimateTotal {
    const char* provider;
    ModelEstimate models[estimate_models_max + 1];  // the last one: all that find no room
    uint32_t models_count;
    uint64_t refused;  // lines that are no good item
    uint64_t requests;
    uint64_t input_tokens;
    uint64_t output_tokens;
    uint64_t unpriced;  // requests whose price is not known
    uint64_t unmodelled;
    double seconds;  // < 0: nothing limits it
    const char* limited_by;
};

// estimate_print.cc
bool print_estimate_json(const EstimateSettings& settings, const EstimateTotal& total);
void print_estimate(const EstimateSettings& settings, const EstimateTotal& total);

// What all cost together in a currency; < 0: none costs in it. Walks the currencies by index.
bool estimate_cost(const EstimateTotal& total, uint32_t index, leat_str* currency, double* input,
                   double* output);

}  // namespace cli
