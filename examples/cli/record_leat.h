// cli/record_leat.h: the part of a JSON record that is leat's own: how an item came to its answer, and
// what it took. Depends on the JSON writer.
#pragma once

#include <leat/batch.h>
#include <leat/meter.h>

#include "codec/json_write.h"

namespace cli {

// The member "leat" and its object. who: that was asked last; nullptr: not worth a word. footprint:
// nullptr: not known.
void write_leat(leat::JsonWriter* json, const leat_result& result, const char* who,
                const leat_footprint* footprint);

}  // namespace cli
