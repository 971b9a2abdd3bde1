// cli/footprint.cc: `leat footprint`: energy, carbon, metals and water of one request, as JSON.
// Depends on leat/meter.h. Sends nothing.
#include <stddef.h>
#include <stdio.h>

#include "cli/impact.h"
#include "cli/tables.h"

namespace cli {

namespace {

constexpr size_t json_bytes = 8192;

struct FootprintSettings {
    const char* provider;
    const char* model;
    const char* zone;
    uint64_t output_tokens;
    leat_number latency_s;
    NumberPair active;
    NumberPair total;
    NumberPair pue;
    NumberPair water;
    bool help;
};

#define AT(field) offsetof(FootprintSettings, field)

constexpr Option request_options[] = {
    {"provider", 'p', Kind::text, "NAME", nullptr, AT(provider), 0, 0,
     "openai, anthropic, gemini, mistral, cohere, huggingface ..."},
    {"model", 'm', Kind::text, "NAME", nullptr, AT(model), 0, 0, "with or without its date"},
    {"output-tokens", 0, Kind::count, "N", nullptr, AT(output_tokens), 0, 1ull << 50,
     "of the answer, as billed, reasoning included"},
    {"latency-s", 0, Kind::number, "S", nullptr, AT(latency_s), 0, 1000000,
     "how long the answer took; modelled when it is not given"},
    {"zone", 0, Kind::text, "ZONE", "WOR", AT(zone), 0, 0,
     "electricity of a country (USA, BRA ...), the world (WOR), or provider: its own"},
};

constexpr Option model_options[] = {
    {"active-params", 0, Kind::pair, "MIN/MAX", nullptr, AT(active), 0, 0,
     "billions that work on each token, for a model of your own"},
    {"total-params", 0, Kind::pair, "MIN/MAX", nullptr, AT(total), 0, 0,
     "billions in all; as many as the active ones when it is not given"},
    {"pue", 0, Kind::pair, "MIN/MAX", nullptr, AT(pue), 0, 0,
     "power usage effectiveness of the data centre"},
    {"water", 0, Kind::pair, "MIN/MAX", nullptr, AT(water), 0, 0,
     "litres that the data centre takes for a kWh"},
    {"help", 'h', Kind::flag, nullptr, nullptr, AT(help), 0, 0, "this text"},
};

#undef AT

constexpr OptionGroup groups[] = {
    option_group("Request", request_options),
    option_group("A model or a data centre that is not in the table", model_options),
};
constexpr OptionTable table = {"footprint", groups, sizeof groups / sizeof groups[0]};

leat_footprint_query query_of(const FootprintSettings& settings) {
    leat_footprint_query query;
    leat_footprint_query_init(&query);
    query.provider = view(settings.provider);
    query.model = view(settings.model);
    query.zone = view(settings.zone);
    query.output_tokens = static_cast<int64_t>(settings.output_tokens);
    query.latency_s = settings.latency_s;
    const NumberPair& total = settings.total.is_set ? settings.total : settings.active;
    if (settings.active.is_set) {
        query.active_params_min = settings.active.first;
        query.active_params_max = settings.active.second;
    }
    if (total.is_set) {
        query.total_params_min = total.first;
        query.total_params_max = total.second;
    }
    if (settings.pue.is_set) {
        query.pue_min = settings.pue.first;
        query.pue_max = settings.pue.second;
    }
    if (settings.water.is_set) {
        query.water_min = leat_number{settings.water.first, 1, {}};
        query.water_max = leat_number{settings.water.second, 1, {}};
    }
    return query;
}

int print_footprint(const leat_footprint_query& query) {
    char text[json_bytes];
    leat::JsonWriter json(text, sizeof text);
    leat_footprint footprint;
    const leat_status status = leat_footprint_of(&query, &footprint);
    json.begin_object();
    put_text(&json, "provider", footprint.provider);
    put_text(&json, "model", footprint.model);
    put_text(&json, "zone", footprint.zone);
    json.key(leat::text("output_tokens"));
    json.integer(query.output_tokens);
    put_number(&json, "latency_s", query.latency_s.is_set != 0 ? query.latency_s.value : -1);
    if (status == LEAT_OK) {
        put_footprint(&json, footprint);
    }
    put_text(&json, "reason", leat::text_of(footprint.reason));
    json.end_object();
    if (!json.ok()) {
        fprintf(stderr, "leat footprint: these names are too long, or a number is too large\n");
        return 2;
    }
    if (!print_line(json)) {
        return 2;
    }
    return status == LEAT_OK ? 0 : status == LEAT_E_NOT_FOUND ? 1 : 2;
}

}  // namespace

void print_footprint_help() {
    puts(
        "leat footprint --provider NAME --model NAME --output-tokens N [options]\n"
        "\n"
        "Energy (kWh), greenhouse gases (kgCO2eq), metals (kgSbeq), primary energy (MJ) and water "
        "(L)\n"
        "of one request, as JSON: the least, the most and their mean, electricity (usage) and the\n"
        "making of the servers (embodied) apart. The method is that of EcoLogits 0.9.1: what "
        "counts is\n"
        "the answer's tokens and the model's size; the prompt does not.\n"
        "\n"
        "  leat footprint -p openai -m gpt-4o-mini --output-tokens 100 --latency-s 1.5 --zone BRA");
    print_options(table);
    puts("\nExit: 0; 1 when the model is in no table (\"reason\" says so); 2 for bad usage.");
}

int run_footprint(int argc, char** argv) {
    FootprintSettings settings{};
    constexpr uint64_t not_given = UINT64_MAX;
    settings.output_tokens = not_given;
    if (!parse_options(table, argc, argv, &settings, nullptr)) {
        return 2;
    }
    if (settings.help) {
        print_footprint_help();
        return 0;
    }
    const bool is_whole = settings.model != nullptr || settings.active.is_set;
    if (!is_whole || settings.output_tokens == not_given) {
        fprintf(stderr,
                "leat footprint: wants --provider, --model and --output-tokens; see `leat "
                "help footprint`\n");
        return 2;
    }
    return check_zone("footprint", settings.zone) ? print_footprint(query_of(settings)) : 2;
}

}  // namespace cli
