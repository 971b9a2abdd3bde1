// codec/json_equal.cc: see json_equal.h. Two arrays are walked side by side; for each member of an
// object its partner is looked up.
// Depends on base, json_scan, json_characters and decimal_text.
#include "codec/json_equal.h"

#include "base/check.h"
#include "codec/decimal_text.h"
#include "codec/json_characters.h"

namespace leat {
namespace {

bool last_member(const JsonValue& object, const JsonValue& name, JsonValue* value) {
    JsonCursor at(object.raw);
    JsonValue key;
    if (!at.enter_object()) return false;
    bool found = false;
    while (at.member(&key)) {
        if (json_strings_equal(key, name)) found = at.take(value);
    }
    return found;
}

bool equal_arrays(const JsonValue& a, const JsonValue& b, JsonWork* work, uint32_t depth);
bool equal_objects(const JsonValue& a, const JsonValue& b, JsonWork* work, uint32_t depth);

bool equal_values(const JsonValue& a, const JsonValue& b, JsonWork* work, uint32_t depth) {
    if (a.type != b.type) return false;
    if (!work->spend(1 + a.raw.size + b.raw.size)) return false;
    switch (a.type) {
        case JsonType::none:
            return false;
        case JsonType::null:
            return true;
        case JsonType::boolean:
            return equal(a.raw, b.raw);
        case JsonType::number:
            return decimal_compare(a.raw, b.raw) == 0;
        case JsonType::string:
            return json_strings_equal(a, b);
        case JsonType::array:
            return depth > 0 && equal_arrays(a, b, work, depth - 1);
        case JsonType::object:
            return depth > 0 && equal_objects(a, b, work, depth - 1);
    }
    return false;
}

bool equal_arrays(const JsonValue& a, const JsonValue& b, JsonWork* work, uint32_t depth) {
    JsonCursor at_a(a.raw);
    JsonCursor at_b(b.raw);
    if (!at_a.enter_array() || !at_b.enter_array()) return false;
    for (;;) {
        const bool more_a = at_a.element();
        const bool more_b = at_b.element();
        if (more_a != more_b) return false;
        if (!more_a) return at_a.status() == LEAT_OK && at_b.status() == LEAT_OK;
        JsonValue of_a;
        JsonValue of_b;
        if (!at_a.take(&of_a) || !at_b.take(&of_b)) return false;
        if (!equal_values(of_a, of_b, work, depth)) return false;
    }
}

bool equal_objects(const JsonValue& a, const JsonValue& b, JsonWork* work, uint32_t depth) {
    uint64_t names = 0;
    JsonCursor at(a.raw);
    JsonValue name;
    if (!at.enter_object()) return false;
    while (at.member(&name)) {
        if (!work->spend(1 + a.raw.size + b.raw.size)) return false;
        if (json_name_repeats(at, name)) continue;
        ++names;
        JsonValue of_a;
        JsonValue of_b;
        if (!at.take(&of_a) || !last_member(b, name, &of_b)) return false;
        if (!equal_values(of_a, of_b, work, depth)) return false;
    }
    return at.status() == LEAT_OK && json_name_count(b, UINT64_MAX, work) == names && !work->out();
}

}  // namespace

bool json_name_repeats(JsonCursor at, const JsonValue& name) {
    JsonValue key;
    while (at.member(&key)) {
        if (json_strings_equal(key, name)) return true;
    }
    return false;
}

uint64_t json_name_count(const JsonValue& object, uint64_t enough, JsonWork* work) {
    LEAT_CHECK(object.type == JsonType::object && work != nullptr);
    uint64_t names = 0;
    JsonCursor at(object.raw);
    JsonValue name;
    if (!at.enter_object()) return 0;
    while (names < enough && at.member(&name)) {
        // What is behind the name is looked at once more.
        if (!work->spend(1 + object.raw.size - at.offset())) return 0;
        if (!json_name_repeats(at, name)) ++names;
    }
    return names;
}

bool json_equal(const JsonValue& a, const JsonValue& b, JsonWork* work) {
    LEAT_CHECK(work != nullptr);
    LEAT_CHECK(a.type != JsonType::none && b.type != JsonType::none);
    return equal_values(a, b, work, json_depth_max);
}

}  // namespace leat
