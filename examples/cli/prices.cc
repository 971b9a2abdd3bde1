// cli/prices.cc: `leat prices`: the built-in table of prices, for people and as JSON lines.
// Depends on leat/meter.h. Sends nothing.
#include <stddef.h>
#include <stdio.h>

#include "cli/impact.h"
#include "cli/price_file.h"
#include "cli/tables.h"

namespace cli {

namespace {

constexpr size_t json_bytes = 4096;

struct PriceSettings {
    const char* provider;
    const char* model;
    const char* prices;
    bool json;
    bool help;
};

#define AT(field) offsetof(PriceSettings, field)
constexpr Option options[] = {
    {"model", 'm', Kind::text, "NAME", nullptr, AT(model), 0, 0,
     "what this model costs, as a run would find it; wants PROVIDER"},
    {"prices", 0, Kind::text, "FILE.csv", nullptr, AT(prices), 0, 0,
     "prices of your own, which win over the built-in ones; with --model"},
    {"json", 0, Kind::flag, nullptr, nullptr, AT(json), 0, 0, "a JSON object a line"},
    {"help", 'h', Kind::flag, nullptr, nullptr, AT(help), 0, 0, "this text"},
};
#undef AT

constexpr OptionGroup groups[] = {option_group("Options", options)};
constexpr OptionTable table = {"prices", groups, 1};

struct Cell {
    char text[24];
};

// A price with as many digits as it has; a dash for none.
Cell cell_of(double price) {
    Cell cell;
    if (price < 0) {
        snprintf(cell.text, sizeof cell.text, "-");
    } else {
        snprintf(cell.text, sizeof cell.text, "%.8g", price);
    }
    return cell;
}

void print_head() {
    printf("  %-46s %9s %9s %9s %9s %9s %9s\n", "model", "input", "cached", "written", "output",
           "batch in", "batch out");
}

void print_row(const leat_tariff& t) {
    // What the vendor's share makes of the prices, where the table names none for batches.
    const bool has_share = t.batch_input < 0 && t.batch_percent > 0;
    const double share = t.batch_percent / 100.0;
    const double batch_input = has_share ? t.input * share : t.batch_input;
    const double batch_output = has_share ? t.output * share : t.batch_output;
    printf("  %-46.*s %9s %9s %9s %9s %9s %9s\n", static_cast<int>(t.model.size), t.model.data,
           cell_of(t.input).text, cell_of(t.cached_input).text, cell_of(t.cache_write).text,
           cell_of(t.output).text, cell_of(batch_input).text, cell_of(batch_output).text);
    if (t.tier_tokens > 0) {
        char words[48];
        snprintf(words, sizeof words, "  prompts over %llu tokens",
                 static_cast<unsigned long long>(t.tier_tokens));
        printf("  %-46s %9s %9s %9s %9s\n", words, cell_of(t.tier_input).text,
               cell_of(t.tier_cached_input).text, "", cell_of(t.tier_output).text);
    }
}

bool print_json(const leat_tariff& t) {
    char text[json_bytes];
    leat::JsonWriter json(text, sizeof text);
    json.begin_object();
    put_text(&json, "provider", t.provider);
    put_text(&json, "model", t.model);
    put_text(&json, "currency", t.currency);
    put_number(&json, "input_per_mtok", t.input);
    put_number(&json, "output_per_mtok", t.output);
    put_number(&json, "cache_read_per_mtok", t.cached_input);
    put_number(&json, "cache_write_per_mtok", t.cache_write);
    put_number(&json, "cache_write_1h_per_mtok", t.cache_write_1h);
    put_number(&json, "batch_input_per_mtok", t.batch_input);
    put_number(&json, "batch_output_per_mtok", t.batch_output);
    put_number(&json, "batch_percent", t.batch_percent > 0 ? t.batch_percent : -1.0);
    put_number(&json, "reasoning_per_mtok", t.reasoning);
    put_number(&json, "tier_threshold_tokens",
               t.tier_tokens > 0 ? static_cast<double>(t.tier_tokens) : -1.0);
    put_number(&json, "tier_input_per_mtok", t.tier_input);
    put_number(&json, "tier_output_per_mtok", t.tier_output);
    put_number(&json, "tier_cache_read_per_mtok", t.tier_cached_input);
    put_text(&json, "source", t.source);
    json.end_object();
    return print_line(json);
}

int print_model(const PriceSettings& settings) {
    PriceFile own;
    leat_tariff tariff;
    if (!own.open("prices", settings.prices)) {
        return 2;
    }
    leat_tariff_init(&tariff);
    if (leat_tariff_find(view(settings.provider), view(settings.model), own.text(), &tariff) !=
        LEAT_OK) {
        fprintf(stderr, "leat prices: no price of %s%s%s is known\n",
                settings.provider != nullptr ? settings.provider : "",
                settings.provider != nullptr ? " " : "", settings.model);
        return 1;
    }
    if (settings.json) {
        return print_json(tariff) ? 0 : 2;
    }
    printf("%.*s, %.*s per million tokens\n\n", static_cast<int>(tariff.provider.size),
           tariff.provider.data, static_cast<int>(tariff.currency.size), tariff.currency.data);
    print_head();
    print_row(tariff);
    printf("\nSource: %.*s\n", static_cast<int>(tariff.source.size), tariff.source.data);
    return 0;
}

int print_all(const PriceSettings& settings) {
    leat_tariff tariff;
    leat_tariff_init(&tariff);
    leat_str before{nullptr, 0};
    uint32_t shown = 0;
    for (uint32_t i = 0; leat_tariff_at(i, &tariff) == LEAT_OK; ++i) {
        if (settings.provider != nullptr &&
            !leat::equal_ignoring_case(leat::text_of(settings.provider), tariff.provider)) {
            continue;
        }
        ++shown;
        if (settings.json) {
            if (!print_json(tariff)) {
                return 2;
            }
            continue;
        }
        if (!leat::equal(before, tariff.provider)) {
            printf("%s%.*s, %.*s per million tokens\n\n", shown > 1 ? "\n" : "",
                   static_cast<int>(tariff.provider.size), tariff.provider.data,
                   static_cast<int>(tariff.currency.size), tariff.currency.data);
            print_head();
            before = tariff.provider;
        }
        print_row(tariff);
    }
    if (shown == 0) {
        fprintf(stderr, "leat prices: no prices of '%s'; `leat prices` has all there are\n",
                settings.provider != nullptr ? settings.provider : "");
        return 1;
    }
    if (!settings.json) {
        printf("\nSource: %s\n", leat_meter_source(LEAT_METER_PRICES));
    }
    return 0;
}

}  // namespace

void print_prices_help() {
    puts(
        "leat prices [PROVIDER] [options]\n"
        "\n"
        "What models cost, per million tokens: what leat knows without --price. Prices change; "
        "the\n"
        "last line says of which day these are.\n"
        "\n"
        "  leat prices anthropic\n"
        "  leat prices openai --model gpt-4o-2024-08-06 --json");
    print_options(table);
    puts("\nExit: 0; 1 when there is no such price; 2 for bad usage.");
}

int run_prices(int argc, char** argv) {
    PriceSettings settings{};
    if (!parse_options(table, argc, argv, &settings, &settings.provider)) {
        return 2;
    }
    if (settings.help) {
        print_prices_help();
        return 0;
    }
    return settings.model != nullptr ? print_model(settings) : print_all(settings);
}

}  // namespace cli
