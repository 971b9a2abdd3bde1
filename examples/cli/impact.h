// cli/impact.h: footprints in words and JSON, and their sums. What has no number is null.
// Depends on leat/meter.h and the JSON writer.
#pragma once

#include <leat/meter.h>

#include "codec/json_write.h"

namespace cli {

// {"min":...,"max":...,"mean":...}
void put_range(leat::JsonWriter* json, const char* name, const leat_range& range);
// Every quantity, usage and embodied apart, warnings, and the method.
void put_footprint(leat::JsonWriter* json, const leat_footprint& footprint);
void put_text(leat::JsonWriter* json, const char* name, leat_str value);  // null when empty
void put_number(leat::JsonWriter* json, const char* name, double value);  // null when negative

void add_range(leat_range* sum, const leat_range& part);

}  // namespace cli
