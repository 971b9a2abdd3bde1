// provider/json_read.h: small steps that every adapter's answer side takes with a JSON value.
// Depends on codec and base. Text comes back as a view of the body, or of scratch when it had
// escapes.
#pragma once

#include <leat/adapter.h>

#include "codec/json_scan.h"

namespace leat {

// The text of a string value. LEAT_OK; LEAT_E_ITEM_MEMORY.
leat_status json_text(const JsonValue& value, leat_scratch* scratch, Text* out);

// Takes the next value: a string becomes *out, null and other types leave it as it is.
inline leat_status take_text(JsonCursor* at, leat_scratch* scratch, Text* out) {
    JsonValue value;
    if (!at->take(&value) || value.type != JsonType::string) return LEAT_OK;
    if (value.escaped) return json_text(value, scratch, out);
    *out = value.raw;
    return LEAT_OK;
}

// Takes the next value as a token count; what is no count leaves *out as it is.
inline void take_count(JsonCursor* at, int64_t* out) { at->take_count(out); }

// Walks the members of the object that comes next; anything else is skipped.
//     each_member(&at, [&](const JsonValue& key) { ... take or leave the value ... });
template <typename Member>
void each_member(JsonCursor* at, Member member) {
    if (!at->enter_object()) {
        at->skip();
        return;
    }
    JsonValue key;
    while (at->member(&key)) member(key);
}

// Whether it is an object, and not an empty one.
inline bool json_has_members(const JsonValue& object) {
    JsonValue key;
    JsonCursor at(object.raw);
    return object.type == JsonType::object && at.enter_object() && at.member(&key);
}

template <typename Element>
void each_element(JsonCursor* at, Element element) {
    if (!at->enter_array()) {
        at->skip();
        return;
    }
    while (at->element()) element();
}

}  // namespace leat
