// provider/json_members.h: a JSON object being written to a rope, member by member: what every
// adapter's request side is made of. Members that are not set leave no trace.
// Depends on codec and base.
#pragma once

#include <leat/adapter.h>

#include "base/check.h"
#include "codec/json_scan.h"
#include "codec/rope.h"

namespace leat {

class JsonMembers {
public:
    explicit JsonMembers(leat_rope* rope) : rope_(rope) { rope_put(rope_, text("{")); }

    // The name and its colon; the value is to follow.
    void name(Text key) {
        const size_t comma = first_ ? 0 : 1;
        first_ = false;
        char* const at = rope_extend(rope_, comma + key.size + 3);
        if (at == nullptr) return;
        at[0] = ',';
        at[comma] = '"';
        memcpy(at + comma + 1, key.data, key.size);
        at[comma + 1 + key.size] = '"';
        at[comma + 2 + key.size] = ':';
    }
    // A string, when there is one.
    void string(Text key, Text value) {
        if (empty(value)) return;
        name(key);
        leat_rope_json_string(rope_, value);
    }
    // Somebody's JSON as it stands, when there is any.
    void json(Text key, Text value) {
        if (empty(value)) return;
        name(key);
        leat_rope_bytes(rope_, value);
    }
    void number(Text key, const leat_number& value) {
        if (value.is_set == 0 || empty(key)) return;
        name(key);
        leat_rope_json_number(rope_, value.value);
    }
    void integer(Text key, int64_t value) {
        name(key);
        leat_rope_json_integer(rope_, value);
    }
    void boolean(Text key, bool value) {
        name(key);
        rope_put(rope_, value ? text("true") : text("false"));
    }
    // `"key":value` as it stands in somebody's JSON.
    void member(Text whole) {
        if (!first_) rope_put(rope_, text(","));
        leat_rope_bytes(rope_, whole);
        first_ = false;
    }
    // Whether something was written already.
    bool has_any() const { return !first_; }
    void end() { rope_put(rope_, text("}")); }

private:
    leat_rope* rope_;
    bool first_ = true;
};

// Writes the commas and brackets of an array: next() before each element, end() after the last.
class JsonElements {
public:
    explicit JsonElements(leat_rope* rope) : rope_(rope) { rope_put(rope_, text("[")); }
    void next() {
        if (!first_) rope_put(rope_, text(","));
        first_ = false;
    }
    void end() { rope_put(rope_, text("]")); }

private:
    leat_rope* rope_;
    bool first_ = true;
};

// Copies the members of a JSON object, save those that `drop(key)` names. LEAT_OK or LEAT_E_JSON.
template <typename Drop>
leat_status json_copy_members(Text object, JsonMembers* members, Drop drop) {
    JsonCursor at(object);
    if (!at.enter_object()) return LEAT_E_JSON;
    JsonValue key;
    while (at.member(&key)) {
        JsonValue value;
        if (!at.take(&value)) break;
        if (drop(key)) continue;
        const char* const begin = key.raw.data - 1;
        const size_t quote = value.type == JsonType::string ? 1 : 0;
        const char* const end = value.raw.data + value.raw.size + quote;
        members->member(text(begin, static_cast<size_t>(end - begin)));
    }
    return at.finish();
}

}  // namespace leat
