// api/meter.cc: leat/meter.h over meter/: argument checks, nothing else.
// Pure: no client, no memory, no clock.
#include <leat/meter.h>

#include "base/narrow.h"
#include "meter/energy_table.h"
#include "meter/footprint.h"
#include "meter/price_table.h"
#include "meter/tariff.h"
#include "meter/tariff_text.h"

namespace {


leat_status check_tariff(const leat_tariff* tariff) {
    if (tariff == nullptr) return LEAT_E_ARGUMENT;
    return tariff->struct_size == sizeof *tariff ? LEAT_OK : LEAT_E_STRUCT_SIZE;
}

}  // namespace

void leat_tariff_init(leat_tariff* tariff) {
    if (tariff != nullptr) *tariff = leat::unknown_tariff();
}

leat_status leat_tariff_find(leat_str provider, leat_str model, leat_str table,
                             leat_tariff* tariff) {
    LEAT_TRY(check_tariff(tariff));
    if (!leat::is_sound(provider) || !leat::is_sound(model) || !leat::is_sound(table)) return LEAT_E_ARGUMENT;
    return leat::find_tariff(provider, model, table, tariff) ? LEAT_OK : LEAT_E_NOT_FOUND;
}

leat_status leat_tariff_at(uint32_t index, leat_tariff* tariff) {
    LEAT_TRY(check_tariff(tariff));
    return leat::tariff_at(index, tariff) ? LEAT_OK : LEAT_E_DONE;
}

leat_status leat_table_check(leat_str table, leat_table_fault* fault) {
    leat_table_fault own{};
    leat_table_fault* const out = fault != nullptr ? fault : &own;
    *out = leat_table_fault{};
    out->reason = "";
    if (!leat::is_sound(table)) return LEAT_E_ARGUMENT;
    leat::TariffText lines(table);
    if (!lines.open(out)) return LEAT_E_CONFIG;
    leat_tariff tariff;
    for (;;) {
        switch (lines.next(&tariff, out)) {
            case leat::TariffText::Next::row:
                break;
            case leat::TariffText::Next::fault:
                return LEAT_E_CONFIG;
            case leat::TariffText::Next::end:
                return LEAT_OK;
        }
    }
}

double leat_cost(const leat_tariff* tariff, const leat_usage* usage, uint32_t how) {
    double cost = 0;
    if (check_tariff(tariff) != LEAT_OK || usage == nullptr) return -1;
    return leat::tariff_cost(*tariff, *usage, how, &cost) ? cost : -1;
}

void leat_footprint_query_init(leat_footprint_query* query) {
    if (query == nullptr) return;
    *query = leat_footprint_query{};
    query->struct_size = sizeof *query;
}

leat_status leat_footprint_of(const leat_footprint_query* query, leat_footprint* footprint) {
    if (query == nullptr || footprint == nullptr) return LEAT_E_ARGUMENT;
    if (query->struct_size != sizeof *query) return LEAT_E_STRUCT_SIZE;
    if (query->reserved != 0) return LEAT_E_RESERVED;
    if (!leat::is_sound(query->provider) || !leat::is_sound(query->model) || !leat::is_sound(query->zone)) {
        return LEAT_E_ARGUMENT;
    }
    return leat::footprint_of(*query, footprint);
}

const char* leat_zone_name(uint32_t index) {
    const leat::MixTable table = leat::mix_table();
    return index < table.count ? table.rows[index].zone : nullptr;
}

const char* leat_meter_source(leat_meter_table table) {
    switch (leat::enum_number(table)) {
        case LEAT_METER_PRICES:
            return leat::price_table_source();
        case LEAT_METER_ENERGY:
            return leat::energy_table_source();
        case LEAT_METER_MIX:
            return leat::mix_table_source();
        default:
            return "";
    }
}
