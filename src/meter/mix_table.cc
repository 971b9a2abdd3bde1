// meter/mix_table.cc: what a kilowatt-hour costs the world, by country.
// Written by meter/tables/make_tables.py; do not edit. Depends on its header.
// The facts are from:
// genai-impact/ecologits 0.9.1 (MPL-2.0), ecologits/data/electricity_mixes.csv at
// 2d0a1c76358a1aad0c530d47794e37465ad029e8 of 2025-11-13 (from Our World in Data, ADEME Base
// Empreinte, WRI).
//
// This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of
// the MPL was not distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.
#include "meter/energy_table.h"

// clang-format off
namespace leat {

namespace {

// zone (ISO 3166 alpha-3, or WOR: the world); kgSbeq, MJ, kgCO2eq and litres a kWh
constexpr MixRow rows[] = {
    {"ARG", 7.686e-08, 7.8888, 0.35895, 11.4558},
    {"AUS", 7.908e-08, 12.2247, 0.55159, 4.7293},
    {"AUT", 1.4112e-07, 2.8363, 0.10262, 5.7222},
    {"BEL", 3.372e-08, 8.9876, 0.11758, 2.6198},
    {"BGR", 8.236e-08, 12.118, 0.26421, 4.6228},
    {"BRA", 1.0962e-07, 1.7701, 0.10321, 18.6033},
    {"CAN", 9.932e-08, 4.1955, 0.17481, 8.1662},
    {"CHE", 1.0047e-07, 4.7362, 0.0366, 5.6641},
    {"CHL", 1.0585e-07, 6.434, 0.26552, 10.5226},
    {"CHN", 8.516e-08, 10.6736, 0.55955, 6.0065},
    {"CYP", 4.488e-08, 11.9763, 0.51224, 1.2947},
    {"CZE", 8.176e-08, 11.103, 0.41386, 3.2133},
    {"DEU", 8.787e-08, 8.7477, 0.34414, 1.947},
    {"DNK", 1.574e-08, 6.6454, 0.1433, 3.1935},
    {"ESP", 5.183e-08, 7.4839, 0.14615, 6.2088},
    {"EST", 9.902e-08, 14.2926, 0.34102, 2.1986},
    {"FIN", 8.051e-08, 6.2915, 0.07225, 4.5289},
    {"FRA", 4.858e-08, 9.3135, 0.04418, 3.6737},
    {"GBR", 3.71e-08, 9.0976, 0.21089, 2.329},
    {"GRC", 6.916e-08, 10.5179, 0.31976, 5.1451},
    {"HUN", 6.446e-08, 10.5942, 0.18282, 3.6874},
    {"IDN", 6.105e-08, 9.7582, 0.68243, 2.2554},
    {"IND", 1.001e-07, 16.6775, 0.70832, 3.4368},
    {"IRL", 2.193e-08, 8.0614, 0.2797, 1.4769},
    {"ISL", 7.819e-08, 0.0128, 0.02833, 6.1409},
    {"ITA", 5.439e-08, 7.9351, 0.28753, 4.8374},
    {"JPN", 5.966e-08, 9.1105, 0.48232, 2.3063},
    {"KOR", 5.18e-08, 9.9136, 0.41427, 1.8877},
    {"LTU", 2.946e-08, 10.6476, 0.13934, 5.8994},
    {"LUX", 1.0569e-07, 8.0213, 0.13462, 12.7784},
    {"LVA", 1.5376e-07, 3.7781, 0.13622, 2.5526},
    {"MEX", 5.784e-08, 9.9732, 0.48483, 5.3047},
    {"MLT", 4.948e-08, 16.3514, 0.48416, 1.1185},
    {"MYS", 4.494e-08, 10.5875, 0.60443, 1.6778},
    {"NLD", 3.293e-08, 7.4815, 0.25331, 3.433},
    {"NOR", 1.2749e-07, 0.1386, 0.03075, 6.6633},
    {"NZL", 7.205e-08, 3.9817, 0.12011, 14.9681},
    {"POL", 1.0195e-07, 11.1352, 0.61498, 2.5135},
    {"PRT", 3.419e-08, 6.5813, 0.11229, 9.5932},
    {"ROU", 9.818e-08, 9.1329, 0.24555, 7.3563},
    {"RUS", 9.603e-08, 10.9691, 0.4492, 3.4595},
    {"SVK", 6.061e-08, 8.8184, 0.09649, 5.7952},
    {"SVN", 9.923e-08, 8.4293, 0.22765, 2.9769},
    {"SWE", 7.771e-08, 4.7301, 0.03582, 6.0315},
    {"THA", 5.696e-08, 9.0495, 0.5545, 2.8902},
    {"TUR", 7.498e-08, 8.7855, 0.4697, 4.9197},
    {"TWN", 5.781e-08, 10.9587, 0.63565, 1.4886},
    {"UKR", 6.479e-08, 12.2117, 0.25621, 2.1306},
    {"USA", 9.855e-08, 9.6884, 0.38355, 3.1321},
    {"WOR", 1.349e-08, 2.5871, 0.47301, 3.908},
};

}  // namespace

MixTable mix_table() {
    return MixTable{rows, sizeof rows / sizeof rows[0]};
}

const char* mix_table_source() {
    return
    "genai-impact/ecologits 0.9.1 (MPL-2.0), ecologits/data/electricity_mixes.csv at 2d0a1c7635"
    "8a1aad0c530d47794e37465ad029e8 of 2025-11-13 (from Our World in Data, ADEME Base Empreinte"
    ", WRI)";
}

}  // namespace leat
// clang-format on
