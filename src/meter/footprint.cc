// meter/footprint.cc: see footprint.h. The method in short: a GPU needs so much energy and time for each
// token, by the size of the part of the model that works on it; the model needs so many GPUs by its
// whole size; each server answers 64 requests at once, so that a request has a 64th of it.
// Method and constants: genai-impact/ecologits 0.9.1 at 2d0a1c76358a1aad0c530d47794e37465ad029e8 of
// 2025-11-13; Rince and Banse, JOSS 10(111) 7471 (2025), doi 10.21105/joss.07471.
#include "meter/footprint.h"

#include "base/bytes.h"
#include "base/narrow.h"
#include "meter/energy_table.h"
#include "meter/model_name.h"

namespace leat {

namespace {

// Energy of a GPU for a token, Wh: slope * parameters + base, where slope is
// 1.1665273170451914e-06 * exp(-0.011205921025579175 * 64).
constexpr double gpu_wh_slope = 5.694138870734119e-07;
constexpr double gpu_wh_base = 4.052928146734005e-05;
// Time for a token, s: slope * parameters + base, of which 0.0003119310311688259 for each request.
constexpr double requests_at_once = 64;
constexpr double token_s_slope = 0.0006785088094353663;
constexpr double token_s_base = 0.0003119310311688259 * requests_at_once + 0.019473717579473387;
// The model in memory: 16 bits a weight and a fifth more, on GPUs of 80 GB, 8 in a server.
constexpr double gigabytes_per_billion = 1.2 * 16 / 8;
constexpr double gpu_gigabytes = 80;
constexpr double gpus_per_server = 8;
constexpr double server_kw = 1.2;  // without its GPUs
constexpr double lifetime_s = 3.0 * 365 * 24 * 3600;

struct Making {
    double gwp_kgco2eq;
    double adpe_kgsbeq;
    double pe_mj;
};
constexpr Making server_making = {5700, 0.37, 70000};  // without its GPUs
constexpr Making gpu_making = {164, 5.1e-3, 1828};

constexpr double params_max = 1e9;  // in billions
constexpr double pue_max = 100;
constexpr double water_max = 1e6;

// One end of each range.
struct End {
    double active;
    double total;
    double pue;
    double water;
};

struct Impact {
    double energy;
    double water;
    Making usage;
    Making embodied;
};

// The least power of two that is enough, of 80 GB each.
double gpus_for(double total_params) {
    const double gigabytes = total_params * gigabytes_per_billion;
    double gpus = 1;
    while (gpus * gpu_gigabytes < gigabytes) gpus *= 2;
    return gpus;
}

Impact impact_of(const End& end, double tokens, const leat_number& latency_s, const MixRow& mix) {
    double seconds = tokens * (token_s_slope * end.active + token_s_base);
    if (latency_s.is_set != 0) seconds = min_of(seconds, latency_s.value);
    const double gpus = gpus_for(end.total);
    const double gpu_kwh = tokens * (gpu_wh_slope * end.active + gpu_wh_base) / 1000;
    const double servers = gpus / gpus_per_server;
    const double server_kwh = seconds / 3600 * server_kw * servers / requests_at_once;
    const double energy = end.pue * (server_kwh + gpus * gpu_kwh);
    const double share = seconds / (lifetime_s * requests_at_once);
    Impact impact{};
    impact.energy = energy;
    // The energy has the PUE within already; EcoLogits' code multiplies by it once more.
    impact.water = energy * (end.water + end.pue * mix.water_l);
    impact.usage = {energy * mix.gwp_kgco2eq, energy * mix.adpe_kgsbeq, energy * mix.pe_mj};
    impact.embodied = {
        share * (servers * server_making.gwp_kgco2eq + gpus * gpu_making.gwp_kgco2eq),
        share * (servers * server_making.adpe_kgsbeq + gpus * gpu_making.adpe_kgsbeq),
        share * (servers * server_making.pe_mj + gpus * gpu_making.pe_mj)};
    return impact;
}

leat_range range_of(double min, double max) { return leat_range{min, max, (min + max) / 2}; }

void put(const Impact& low, const Impact& high, leat_footprint* out) {
    const Making& low_made = low.embodied;
    const Making& high_made = high.embodied;
    out->energy_kwh = range_of(low.energy, high.energy);
    out->water_l = range_of(low.water, high.water);
    out->usage_gwp_kgco2eq = range_of(low.usage.gwp_kgco2eq, high.usage.gwp_kgco2eq);
    out->usage_adpe_kgsbeq = range_of(low.usage.adpe_kgsbeq, high.usage.adpe_kgsbeq);
    out->usage_pe_mj = range_of(low.usage.pe_mj, high.usage.pe_mj);
    out->embodied_gwp_kgco2eq = range_of(low_made.gwp_kgco2eq, high_made.gwp_kgco2eq);
    out->embodied_adpe_kgsbeq = range_of(low_made.adpe_kgsbeq, high_made.adpe_kgsbeq);
    out->embodied_pe_mj = range_of(low_made.pe_mj, high_made.pe_mj);
    out->gwp_kgco2eq = range_of(low.usage.gwp_kgco2eq + low_made.gwp_kgco2eq,
                                high.usage.gwp_kgco2eq + high_made.gwp_kgco2eq);
    out->adpe_kgsbeq = range_of(low.usage.adpe_kgsbeq + low_made.adpe_kgsbeq,
                                high.usage.adpe_kgsbeq + high_made.adpe_kgsbeq);
    out->pe_mj = range_of(low.usage.pe_mj + low_made.pe_mj, high.usage.pe_mj + high_made.pe_mj);
}

const EnergyGroup* find_group(Text provider) {
    const EnergyTable table = energy_table();
    provider = canonical_provider(provider);
    for (size_t g = 0; g < table.groups_count; ++g) {
        const Text name = canonical_provider(text_of(table.groups[g].provider));
        if (equal_ignoring_case(provider, name)) return &table.groups[g];
    }
    return nullptr;
}

const EnergyShape* find_shape(const EnergyGroup& group, Text model, Text* name) {
    const EnergyTable table = energy_table();
    const BestName best = best_name(model, table.names + group.names_begin, group.rows_count);
    if (best.fit == 0) return nullptr;
    *name = best.name;
    return &table.shapes[table.shape_of[group.row + best.row]];
}

const MixRow* find_mix(Text zone) {
    const MixTable table = mix_table();
    for (size_t i = 0; i < table.count; ++i) {
        if (equal_ignoring_case(zone, text_of(table.rows[i].zone))) return &table.rows[i];
    }
    return nullptr;
}

// What the query and the tables say together; 0 where neither does.
struct Facts {
    End low{};
    End high{};
    const EnergyGroup* group = nullptr;
    const EnergyShape* shape = nullptr;
};

void look_up(const leat_footprint_query& query, Facts* facts, leat_footprint* out) {
    Text model = query.model;
    Text maker{};
    facts->group = find_group(query.provider);
    // A router names the maker before a slash.
    const bool names_maker = empty(query.provider) || is_router(query.provider);
    if (names_maker && split_maker(query.model, &maker, &model)) facts->group = find_group(maker);
    if (facts->group == nullptr) return;
    const EnergyGroup& group = *facts->group;
    facts->low.pue = group.pue_min;
    facts->high.pue = group.pue_max;
    facts->low.water = group.water_min;
    facts->high.water = group.water_max;
    Text name{};
    facts->shape = find_shape(group, model, &name);
    if (facts->shape == nullptr) return;
    facts->low.active = facts->shape->active_min;
    facts->high.active = facts->shape->active_max;
    facts->low.total = facts->shape->total_min;
    facts->high.total = facts->shape->total_max;
    out->provider = text_of(group.provider);
    out->model = name;
}

// A pair that the query gives: both ends, or one that stands for both. False when it cannot be.
bool correct(double min, double max, double least, double most, double* low, double* high) {
    if (min == 0 && max == 0) return true;
    if (min == 0) min = max;
    if (max == 0) max = min;
    if (!(min >= least && min <= max && max <= most)) return false;
    *low = min;
    *high = max;
    return true;
}

bool correct_water(const leat_footprint_query& query, Facts* facts) {
    if (query.water_min.is_set == 0 && query.water_max.is_set == 0) return true;
    const double min = query.water_min.is_set != 0 ? query.water_min.value : query.water_max.value;
    const double max = query.water_max.is_set != 0 ? query.water_max.value : query.water_min.value;
    if (!(min >= 0 && min <= max && max <= water_max)) return false;
    facts->low.water = min;
    facts->high.water = max;
    return true;
}

leat_status refuse(leat_footprint* out, leat_status status, const char* reason) {
    out->reason = reason;
    return status;
}

leat_status gather(const leat_footprint_query& query, Facts* facts, leat_footprint* out) {
    look_up(query, facts, out);
    End& low = facts->low;
    End& high = facts->high;
    const double total_low = query.total_params_min;
    const double total_high = query.total_params_max;
    if (!correct(query.active_params_min, query.active_params_max, 1e-9, params_max, &low.active,
                 &high.active) ||
        !correct(total_low, total_high, 1e-9, params_max, &low.total, &high.total)) {
        return refuse(out, LEAT_E_CONFIG, "parameters must be billions, the least before the most");
    }
    if (!correct(query.pue_min, query.pue_max, 1, pue_max, &low.pue, &high.pue)) {
        return refuse(out, LEAT_E_CONFIG, "a PUE must be 1 to 100, the least before the most");
    }
    if (!correct_water(query, facts)) {
        return refuse(out, LEAT_E_CONFIG, "water must be litres a kWh, the least before the most");
    }
    if (low.active == 0 || low.total == 0) {
        return facts->group == nullptr
                   ? refuse(out, LEAT_E_NOT_FOUND, "no models of this provider are in the table")
                   : refuse(out, LEAT_E_NOT_FOUND, "this model is not in the table");
    }
    if (low.pue == 0) {
        return refuse(out, LEAT_E_NOT_FOUND, "this provider's data centres are not in the table");
    }
    return LEAT_OK;
}

Text zone_of(const leat_footprint_query& query, const Facts& facts) {
    if (empty(query.zone)) return text("WOR");
    if (!equal_ignoring_case(query.zone, text("provider"))) return query.zone;
    return facts.group != nullptr ? text_of(facts.group->country) : Text{nullptr, 0};
}

}  // namespace

leat_status footprint_of(const leat_footprint_query& query, leat_footprint* footprint) {
    *footprint = leat_footprint{};
    footprint->reason = "";
    footprint->provider = query.provider;
    footprint->model = query.model;
    if (query.output_tokens < 0) {
        return refuse(footprint, LEAT_E_CONFIG, "the number of output tokens is not known");
    }
    if (query.latency_s.is_set != 0 && !(query.latency_s.value >= 0)) {
        return refuse(footprint, LEAT_E_CONFIG, "a latency must be seconds, 0 or more");
    }
    Facts facts;
    LEAT_TRY(gather(query, &facts, footprint));
    const Text zone = zone_of(query, facts);
    if (empty(zone)) {
        return refuse(footprint, LEAT_E_NOT_FOUND,
                      "where this provider computes is not in the table");
    }
    const MixRow* const mix = find_mix(zone);
    if (mix == nullptr) {
        return refuse(footprint, LEAT_E_NOT_FOUND, "this zone is not in the table");
    }
    footprint->zone = text_of(mix->zone);
    const bool is_own = query.active_params_min > 0 || query.active_params_max > 0;
    if (facts.shape != nullptr && !is_own) footprint->warnings = facts.shape->warnings;
    const double tokens = static_cast<double>(query.output_tokens);
    put(impact_of(facts.low, tokens, query.latency_s, *mix),
        impact_of(facts.high, tokens, query.latency_s, *mix), footprint);
    return LEAT_OK;
}

}  // namespace leat
