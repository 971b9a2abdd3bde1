// cli/record_leat.h: the part of a JSON record that is leat's own: how an item came to its answer, and
// what it took. Depends on the JSON writer.
#pragma once

#include <leat/batch.h>
#include <leat/meter.h>

#include "cli/held.h"
#include "codec/json_write.h"

namespace cli {

// What the run knows of an item beside its result.
struct RunFacts {
    int64_t started_ms;  // when it was accepted, by the Unix clock; -1: it never was
    const Held* held;    // what held the run back since the last record; nullptr: nobody looked
};

// The member "leat" and its object. who: that was asked last; nullptr: not worth a word. footprint:
// nullptr: not known.
void write_leat(leat::JsonWriter* json, const leat_result& result, const RunFacts& run,
                const char* who, const leat_footprint* footprint);

}  // namespace cli
