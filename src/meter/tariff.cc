// meter/tariff.cc: see tariff.h. A model is looked for in its provider's group; a name with a maker and
// a slash in the maker's, when the provider is a router or not told.
// Depends on model_name, price_table and tariff_text.
#include "meter/tariff.h"

#include "base/narrow.h"
#include "meter/model_name.h"
#include "meter/price_table.h"
#include "meter/tariff_text.h"

namespace leat {

namespace {

constexpr double tokens_per_price = 1e6;

double price_of(uint32_t shape_price) {
    return shape_price == PriceShape::none ? -1.0 : static_cast<double>(shape_price) / 1e6;
}

leat_tariff prices_of(const PriceShape& shape) {
    leat_tariff tariff = unknown_tariff();
    tariff.input = price_of(shape.input);
    tariff.output = price_of(shape.output);
    tariff.cached_input = price_of(shape.cached_input);
    tariff.cache_write = price_of(shape.cache_write);
    tariff.cache_write_1h = price_of(shape.cache_write_1h);
    tariff.batch_input = price_of(shape.batch_input);
    tariff.batch_output = price_of(shape.batch_output);
    tariff.reasoning = price_of(shape.reasoning);
    tariff.tier_tokens = shape.tier_tokens;
    tariff.tier_input = price_of(shape.tier_input);
    tariff.tier_output = price_of(shape.tier_output);
    tariff.tier_cached_input = price_of(shape.tier_cached_input);
    return tariff;
}

leat_tariff tariff_of(const PriceGroup& group, const PriceShape& shape, Text model) {
    leat_tariff tariff = prices_of(shape);
    tariff.batch_percent = group.batch_percent;
    tariff.provider = text_of(group.provider);
    tariff.model = model;
    tariff.currency = text_of(group.currency);
    tariff.source = text_of(price_source(group));
    return tariff;
}

// A row of the built-in table.
struct Row {
    const PriceGroup* group = nullptr;
    uint32_t number = 0;  // among all rows
    Text name{nullptr, 0};
};

const PriceShape& shape_of(uint32_t row) {
    const PriceTable table = price_table();
    return table.shapes[table.shape_of[row]];
}

bool find_in_group(Text provider, Text model, Row* row) {
    const PriceTable table = price_table();
    for (size_t g = 0; g < table.groups_count; ++g) {
        const PriceGroup& group = table.groups[g];
        if (!equal_ignoring_case(provider, text_of(group.provider))) continue;
        const BestName best = best_name(model, table.names + group.names_begin, group.rows_count);
        *row = Row{&group, group.row + best.row, best.name};
        return best.fit > 0;
    }
    return false;
}

// Whether a router sells its makers' models at the makers' prices: not open ones, which run at many
// hosts, each with its own price; and what a maker gives away is not free elsewhere.
bool keeps_makers_price(Text maker, const Row& row) {
    return !equal_ignoring_case(maker, text("deepseek")) && shape_of(row.number).input > 0;
}

bool find_row(Text provider, Text model, Row* row) {
    if (find_in_group(provider, model, row)) return true;
    Text maker{};
    Text rest{};
    if (!split_maker(model, &maker, &rest)) return false;
    maker = canonical_provider(maker);
    if (is_router(provider)) {
        return find_in_group(maker, rest, row) && keeps_makers_price(maker, *row);
    }
    return (empty(provider) || equal_ignoring_case(provider, maker)) &&
           find_in_group(maker, rest, row);
}

bool find_built_in(Text provider, Text model, leat_tariff* tariff) {
    Row row;
    if (!find_row(provider, model, &row)) return false;
    *tariff = tariff_of(*row.group, shape_of(row.number), row.name);
    // A router has no batch API of its own.
    if (is_router(provider)) {
        tariff->batch_percent = 0;
        tariff->batch_input = tariff->batch_output = -1;
    }
    return true;
}

bool find_in_text(Text provider, Text model, Text table, leat_tariff* tariff) {
    TariffText lines(table);
    leat_table_fault fault;
    if (!lines.open(&fault)) return false;
    BestName best;
    uint32_t row = 0;
    leat_tariff one;
    for (;;) {
        const TariffText::Next next = lines.next(&one, &fault);
        if (next == TariffText::Next::end) return best.fit > 0;
        if (next == TariffText::Next::fault) continue;
        if (!equal_ignoring_case(canonical_provider(one.provider), provider)) continue;
        best.offer(model, one.model, ++row);
        if (best.row == row) *tariff = one;
    }
}

// What each kind of token costs, of this prompt bought in this way.
struct Rates {
    double input;
    double cached;
    double written;
    double output;
    double reasoning;
};

double or_else(double price, double other) { return price >= 0 ? price : other; }

Rates rates_of(const leat_tariff& tariff, int64_t input_tokens, uint32_t how) {
    Rates rates{};
    rates.input = tariff.input;
    rates.output = tariff.output;
    rates.cached = or_else(tariff.cached_input, tariff.input);
    rates.written = or_else(tariff.cache_write, tariff.input);
    rates.reasoning = or_else(tariff.reasoning, tariff.output);
    if ((how & LEAT_COST_CACHE_1H) != 0) {
        rates.written = or_else(tariff.cache_write_1h, rates.written);
    }
    if (tariff.tier_tokens == 0 || static_cast<uint64_t>(input_tokens) <= tariff.tier_tokens) {
        return rates;
    }
    rates.input = or_else(tariff.tier_input, rates.input);
    if (tariff.tier_output >= 0) {
        // Reasoning that costs as the rest of the output does so here as well.
        if (rates.reasoning <= rates.output) rates.reasoning = tariff.tier_output;
        rates.output = tariff.tier_output;
    }
    if (tariff.cached_input < 0) rates.cached = rates.input;
    rates.cached = or_else(tariff.tier_cached_input, rates.cached);
    rates.written = tariff.input > 0 ? rates.written * (rates.input / tariff.input) : rates.input;
    return rates;
}

// Turns rates into those of the provider's own batch API; false when it states none.
bool make_batch(const leat_tariff& tariff, Rates* rates) {
    double input_share = static_cast<double>(tariff.batch_percent) / 100;
    double output_share = input_share;
    if (tariff.batch_input >= 0 && tariff.batch_output >= 0) {
        input_share = tariff.input > 0 ? tariff.batch_input / tariff.input : 1;
        output_share = tariff.output > 0 ? tariff.batch_output / tariff.output : 1;
    } else if (tariff.batch_percent == 0) {
        return false;
    }
    rates->input *= input_share;
    rates->cached *= input_share;
    rates->written *= input_share;
    rates->output *= output_share;
    rates->reasoning *= output_share;
    return true;
}

// What is told of a part, within its whole.
int64_t part_of(int64_t part, int64_t whole) { return part < 0 ? 0 : min_of(part, whole); }

double priced(double price, int64_t tokens) {
    return price * static_cast<double>(tokens) / tokens_per_price;
}

}  // namespace

leat_tariff unknown_tariff() {
    leat_tariff tariff{};
    tariff.struct_size = sizeof tariff;
    tariff.input = tariff.output = tariff.cached_input = -1;
    tariff.cache_write = tariff.cache_write_1h = -1;
    tariff.batch_input = tariff.batch_output = tariff.reasoning = -1;
    tariff.tier_input = tariff.tier_output = tariff.tier_cached_input = -1;
    return tariff;
}

bool find_tariff(Text provider, Text model, Text table, leat_tariff* tariff) {
    *tariff = unknown_tariff();
    provider = canonical_provider(provider);
    if (!empty(table) && find_in_text(provider, model, table, tariff)) return true;
    return find_built_in(provider, model, tariff);
}

bool tariff_at(uint32_t index, leat_tariff* tariff) {
    const PriceTable table = price_table();
    for (size_t g = 0; g < table.groups_count; ++g) {
        const PriceGroup& group = table.groups[g];
        if (index >= group.rows_count) {
            index -= group.rows_count;
            continue;
        }
        const char* name = table.names + group.names_begin;
        for (uint32_t row = 0; row < index; ++row) name += text_of(name).size + 1;
        *tariff = tariff_of(group, shape_of(group.row + index), text_of(name));
        return true;
    }
    return false;
}

PriceRow find_usd_price(Text provider, Text model) {
    Row row;
    if (empty(provider) || empty(model)) return 0;
    if (!find_row(canonical_provider(provider), model, &row)) return 0;
    const bool is_usd = equal(text_of(row.group->currency), text("USD"));
    return is_usd ? narrow<PriceRow>(row.number + 1) : PriceRow{0};
}

leat_tariff usd_price(PriceRow row) {
    LEAT_CHECK(row > 0);
    return prices_of(shape_of(row - 1u));
}

bool tariff_cost(const leat_tariff& tariff, const leat_usage& usage, uint32_t how, double* cost) {
    const bool is_known = tariff.input >= 0 && tariff.output >= 0;
    if (!is_known || usage.input_tokens < 0 || usage.output_tokens < 0) return false;
    Rates rates = rates_of(tariff, usage.input_tokens, how);
    if ((how & LEAT_COST_BATCH) != 0 && !make_batch(tariff, &rates)) return false;
    const int64_t cached = part_of(usage.cached_input_tokens, usage.input_tokens);
    const int64_t written = part_of(usage.cache_write_tokens, usage.input_tokens - cached);
    const int64_t reasoning = part_of(usage.reasoning_tokens, usage.output_tokens);
    *cost = priced(rates.input, usage.input_tokens - cached - written) +
            priced(rates.cached, cached) + priced(rates.written, written) +
            priced(rates.output, usage.output_tokens - reasoning) +
            priced(rates.reasoning, reasoning);
    return true;
}

}  // namespace leat
