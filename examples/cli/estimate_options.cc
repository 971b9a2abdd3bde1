// cli/estimate_options.cc: the options of `leat estimate`: its own, then those of run, so that a command
// line can be tried with `estimate` in the place of `run`. Depends on options.h only.
#include <stddef.h>
#include <stdio.h>

#include "cli/estimate.h"

namespace cli {

namespace {

#define AT(field) offsetof(EstimateSettings, field)
constexpr Option own_options[] = {
    {"max-tokens", 0, Kind::count, "N", nullptr, AT(run.max_tokens), 1, UINT32_MAX,
     "longest answer of items that name none; 1000 is taken when nobody does"},
    {"price", 0, Kind::pair, "IN/OUT", nullptr, AT(price), 0, 0,
     "USD per million tokens, instead of what `leat prices` knows"},
    {"prices", 0, Kind::text, "FILE.csv", nullptr, AT(run.price_file), 0, 0,
     "prices of your own, which win over the built-in ones"},
    {"native-batch", 0, Kind::flag, nullptr, nullptr, AT(native_batch), 0, 0,
     "at the price of the provider's own batch API"},
    {"latency-s", 0, Kind::number, "S", nullptr, AT(latency_s), 0, 1000000,
     "how long one answer takes, for time and energy"},
    {"zone", 0, Kind::text, "ZONE", "WOR", AT(run.zone), 0, 0,
     "whose electricity: USA, BRA ..., WOR (the world), or provider"},
    {"budget-usd", 0, Kind::number, "X", nullptr, AT(run.budget_usd), 0, 1000000,
     "exit 3 when it costs more than that, or nobody knows"},
    {"reference", 0, Kind::flag, nullptr, nullptr, AT(reference), 0, 0,
     "a token for four characters, --max-tokens for each answer, whatever items say"},
    {"json", 0, Kind::flag, nullptr, nullptr, AT(json), 0, 0, "print JSON instead of the table"},
};
#undef AT

static_assert(offsetof(EstimateSettings, run) == 0, "the options of run are fields of Settings");

constexpr OptionGroup own_groups[] = {option_group("Estimate", own_options)};
constexpr OptionTable own_table = {"estimate", own_groups, 1};

// All that are taken.
const OptionTable& all_options() {
    static const RunOptionsToo all("estimate", own_groups[0]);
    return all.table;
}

}  // namespace

const OptionTable& estimate_own_options() { return own_table; }

bool parse_estimate(int argc, char** argv, EstimateSettings* settings) {
    *settings = EstimateSettings{};
    if (!parse_options(all_options(), argc, argv, settings, &settings->run.input)) {
        return false;
    }
    if (settings->run.input == nullptr && !settings->run.help) {
        fprintf(stderr, "leat estimate: which file? (- is stdin): leat estimate prompts.jsonl\n");
        return false;
    }
    return true;
}

}  // namespace cli
