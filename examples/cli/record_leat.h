// cli/record_leat.h: the part of a JSON record that is leat's own, and the small steps that the two
// files of the JSON form share. Depends on the JSON writer.
#pragma once

#include <leat/batch.h>
#include <leat/meter.h>
#include <string.h>

#include "codec/json_write.h"

namespace cli {

inline leat_str word_of(const char* word) { return leat_str{word, strlen(word)}; }

// An id or a body may be empty; then the member is null.
inline void text_or_null(leat::JsonWriter* json, leat_str name, leat_str value) {
    json->key(name);
    if (leat::empty(value)) {
        json->null();
    } else {
        json->string(value);
    }
}

// The member "leat" and its object. who: that was asked last; nullptr: not worth a word. footprint:
// nullptr: not known.
void write_leat(leat::JsonWriter* json, const leat_result& result, const char* who,
                const leat_footprint* footprint);

}  // namespace cli
