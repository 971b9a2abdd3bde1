// cli/impact.h: footprints in words and JSON, and their sums. What has no number is null.
// Depends on leat/meter.h, the JSON writer and service.h.
#pragma once

#include <leat/meter.h>
#include <leat/result.h>

#include "cli/service.h"
#include "codec/json_write.h"

namespace cli {

// {"min":...,"max":...,"mean":...}
void put_range(leat::JsonWriter* json, const char* name, const leat_range& range);
// Every quantity, usage and embodied apart, warnings, and the method.
void put_footprint(leat::JsonWriter* json, const leat_footprint& footprint);
void put_text(leat::JsonWriter* json, const char* name, leat_str value);  // null when empty
void put_number(leat::JsonWriter* json, const char* name, double value);  // null when negative
// The whole as a line on stdout; false when it had no room, or stdout takes nothing.
bool print_line(const leat::JsonWriter& json);

// Whether the table knows the zone, or it is "provider"; false after it has said on stderr what it knows.
bool check_zone(const char* command, const char* zone);

// What an answer took; nothing known of one that failed, that came from a cache, whose tokens were not
// told or whose model is in no table: false.
bool footprint_of(const Service& service, const leat_result& result, leat_footprint* footprint);

void add_range(leat_range* sum, const leat_range& part);

}  // namespace cli
