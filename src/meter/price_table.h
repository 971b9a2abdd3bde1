// meter/price_table.h: the built-in prices: models grouped by provider, each with the number of its
// shape (all that a model costs). Read only; written by tables/make_tables.py. Depends on nothing.
// Invariant: names are sorted (ASCII case ignored) within their group; rows of names and of shape_of
// are the same.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace leat {

// Millionths of a millionth of the currency for each token, which is millionths for a million.
struct PriceShape {
    static constexpr uint32_t none = UINT32_MAX;

    uint32_t input;
    uint32_t output;
    uint32_t cached_input;
    uint32_t cache_write;
    uint32_t cache_write_1h;
    uint32_t batch_input;
    uint32_t batch_output;
    uint32_t reasoning;
    uint32_t tier_input;
    uint32_t tier_output;
    uint32_t tier_cached_input;
    uint32_t tier_tokens;  // 0: no tier
};

struct PriceGroup {
    char provider[12];
    char currency[4];
    uint8_t batch_percent;  // 0: its own batch API has no stated price
    uint8_t source;
    uint16_t names_begin;
    uint16_t row;
    uint16_t rows_count;
};

struct PriceTable {
    const PriceGroup* groups;
    size_t groups_count;
    const char* names;  // each ends in NUL
    const uint8_t* shape_of;
    const PriceShape* shapes;
};

PriceTable price_table();
const char* price_source(const PriceGroup& group);
const char* price_table_source();  // all of them

}  // namespace leat
