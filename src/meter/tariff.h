// meter/tariff.h: all that a model costs: found in the built-in table or in the caller's, and what a
// usage costs by it. Pure; depends on the public types, base and the price table.
// Invariant: what is not known is negative, never 0; a find that fails leaves all of it unknown.
#pragma once

#include <leat/meter.h>

#include "base/bytes.h"

namespace leat {

leat_tariff unknown_tariff();

// By the names of model_name.h. table: the caller's own (tariff_text.h), which wins; may be empty.
bool find_tariff(Text provider, Text model, Text table, leat_tariff* tariff);

// Row `index` of the built-in table; false past its end.
bool tariff_at(uint32_t index, leat_tariff* tariff);

// A row of the built-in table in US dollars, for those who ask often; 0: none. provider and model must
// both be told.
using PriceRow = uint16_t;
PriceRow find_usd_price(Text provider, Text model);
leat_tariff usd_price(PriceRow row);  // not 0; without names

// What the usage costs, in the tariff's currency; how: LEAT_COST_*. False when that is not known.
bool tariff_cost(const leat_tariff& tariff, const leat_usage& usage, uint32_t how, double* cost);

}  // namespace leat
