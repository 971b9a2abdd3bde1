// cli/impact.cc: see impact.h. Numbers are written so that they read back the same.
// Depends on the JSON writer.
#include "cli/impact.h"

#include <stdio.h>
#include <string.h>

namespace cli {

namespace {

void put_kind(leat::JsonWriter* json, const char* name, const leat_range& gwp,
              const leat_range& adpe, const leat_range& pe) {
    json->key(leat::text_of(name));
    json->begin_object();
    put_range(json, "gwp_kgco2eq", gwp);
    put_range(json, "adpe_kgsbeq", adpe);
    put_range(json, "pe_mj", pe);
    json->end_object();
}

}  // namespace

void put_range(leat::JsonWriter* json, const char* name, const leat_range& range) {
    json->key(leat::text_of(name));
    json->begin_object();
    json->key(leat::text("min"));
    json->number(range.min);
    json->key(leat::text("max"));
    json->number(range.max);
    json->key(leat::text("mean"));
    json->number(range.mean);
    json->end_object();
}

void put_text(leat::JsonWriter* json, const char* name, leat_str value) {
    json->key(leat::text_of(name));
    if (leat::empty(value)) {
        json->null();
    } else {
        json->string(value);
    }
}

void put_number(leat::JsonWriter* json, const char* name, double value) {
    json->key(leat::text_of(name));
    if (value >= 0) {
        json->number(value);
    } else {
        json->null();
    }
}

bool print_line(const leat::JsonWriter& json) {
    const leat_str line = json.written();
    return json.ok() && printf("%.*s\n", static_cast<int>(line.size), line.data) > 0;
}

void put_footprint(leat::JsonWriter* json, const leat_footprint& f) {
    put_range(json, "energy_kwh", f.energy_kwh);
    put_range(json, "gwp_kgco2eq", f.gwp_kgco2eq);
    put_range(json, "adpe_kgsbeq", f.adpe_kgsbeq);
    put_range(json, "pe_mj", f.pe_mj);
    put_range(json, "water_l", f.water_l);
    put_kind(json, "usage", f.usage_gwp_kgco2eq, f.usage_adpe_kgsbeq, f.usage_pe_mj);
    put_kind(json, "embodied", f.embodied_gwp_kgco2eq, f.embodied_adpe_kgsbeq, f.embodied_pe_mj);
    json->key(leat::text("warnings"));
    json->begin_array();
    if ((f.warnings & LEAT_WARNING_SIZE_GUESSED) != 0) {
        json->string(leat::text("the model's size is not published: the range is an estimate"));
    }
    if ((f.warnings & LEAT_WARNING_MULTIMODAL) != 0) {
        json->string(leat::text("images and sound are not modelled"));
    }
    json->end_array();
    put_text(json, "method", leat::text_of(leat_meter_source(LEAT_METER_ENERGY)));
    put_text(json, "electricity", leat::text_of(leat_meter_source(LEAT_METER_MIX)));
}

bool check_zone(const char* command, const char* zone) {
    const char* name = nullptr;
    for (uint32_t i = 0; (name = leat_zone_name(i)) != nullptr; ++i) {
        if (leat::equal_ignoring_case(leat::text_of(zone), leat::text_of(name))) {
            return true;
        }
    }
    if (strcmp(zone, "provider") == 0) {
        return true;
    }
    fprintf(stderr, "leat %s: --zone '%s' is neither provider nor one of:", command, zone);
    for (uint32_t i = 0; (name = leat_zone_name(i)) != nullptr; ++i) {
        fprintf(stderr, "%s%s", i % 16 == 0 ? "\n  " : " ", name);
    }
    fprintf(stderr, "\n");
    return false;
}

bool footprint_of(const Service& service, const leat_result& result, leat_footprint* footprint) {
    const ServiceTarget* const target = service.owner(result.endpoint);
    if (target == nullptr || result.outcome != LEAT_SUCCEEDED || result.cached != 0 ||
        result.usage.output_tokens <= 0) {
        return false;
    }
    leat_footprint_query query;
    leat_footprint_query_init(&query);
    query.provider = target->endpoint.provider;
    query.model = leat::empty(result.model) ? target->endpoint.model : result.model;
    query.zone = service.zone;
    query.output_tokens = result.usage.output_tokens;
    if (result.timing.total_ms > 0) {
        query.latency_s = leat_number{result.timing.total_ms / 1000, 1, {}};
    }
    return leat_footprint_of(&query, footprint) == LEAT_OK;
}

void add_range(leat_range* sum, const leat_range& part) {
    sum->min += part.min;
    sum->max += part.max;
    sum->mean += part.mean;
}

}  // namespace cli
