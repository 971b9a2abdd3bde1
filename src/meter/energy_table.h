// meter/energy_table.h: the built-in facts behind footprints: how large models are, where their
// providers compute, and what a kilowatt-hour costs the world in each zone. Read only; written by
// tables/make_tables.py. Depends on nothing.
// Invariant: names are sorted (ASCII case ignored) within their group; zones are sorted.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace leat {

// Parameters in billions; a model of known size has equal ends.
struct EnergyShape {
    double active_min;
    double active_max;
    double total_min;
    double total_max;
    uint32_t warnings;  // LEAT_WARNING_*
};

struct EnergyGroup {
    char provider[16];
    char country[4];
    double pue_min;
    double pue_max;
    double water_min;  // litres a kWh in the data centre
    double water_max;
    uint16_t names_begin;
    uint16_t row;
    uint16_t rows_count;
};

struct EnergyTable {
    const EnergyGroup* groups;
    size_t groups_count;
    const char* names;  // each ends in NUL
    const uint8_t* shape_of;
    const EnergyShape* shapes;
};

EnergyTable energy_table();
const char* energy_table_source();

// What a kilowatt-hour costs.
struct MixRow {
    char zone[4];
    double adpe_kgsbeq;
    double pe_mj;
    double gwp_kgco2eq;
    double water_l;
};

struct MixTable {
    const MixRow* rows;
    size_t count;
};

MixTable mix_table();
const char* mix_table_source();

}  // namespace leat
