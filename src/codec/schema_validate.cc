// codec/schema_validate.cc: see schema_validate.h. One walk over the schema; the table of keywords
// says what each value must be.
// Depends on base, the scanner, decimal_text, json_pattern and json_pointer.
#include "codec/schema_validate.h"

#include "base/check.h"
#include "codec/decimal_text.h"
#include "codec/json_characters.h"
#include "codec/json_equal.h"
#include "codec/json_pattern.h"
#include "codec/json_pointer.h"

namespace leat {
namespace {

bool is_schema(const JsonValue& value) {
    return value.type == JsonType::object || value.type == JsonType::boolean;
}

Text why_of(PatternFault fault) {
    if (fault == PatternFault::unsupported) return text("a pattern with what is not supported");
    if (fault == PatternFault::too_large) return text("a pattern that is too large");
    return text("no regular expression");
}

uint32_t name_hash(const JsonValue& name) {
    JsonCharacters characters(name.raw);
    uint32_t hash = 2166136261u;
    uint32_t c = 0;
    while (characters.next(&c)) hash = (hash ^ c) * 16777619u;
    return hash ^ hash >> 15;
}

}  // namespace

leat_status SchemaValidation::broken(const JsonValue& at, Text why) {
    finding_ = SchemaFinding{rule_, at, JsonValue{}, why};
    return LEAT_E_CONFIG;
}

leat_status SchemaValidation::schema(const JsonValue& value) {
    if (!is_schema(value)) return broken(value, text("must be a schema: an object or a boolean"));
    if (!work_->spend(1 + value.raw.size)) return LEAT_E_TOO_LARGE;
    if (value.type == JsonType::boolean) return LEAT_OK;
    uint64_t seen = 0;
    JsonCursor at(value.raw);
    JsonValue name;
    if (!at.enter_object()) return LEAT_OK;
    while (at.member(&name)) {
        const Keyword found = keyword_of(name);
        JsonValue its;
        if (found == Keyword::none || !at.take(&its)) continue;
        const uint64_t bit = uint64_t{1} << static_cast<uint32_t>(found);
        rule_ = found;
        if ((seen & bit) != 0) return broken(value, text("this keyword stands in it twice"));
        seen |= bit;
        LEAT_TRY(keyword(found, its));
    }
    return LEAT_OK;
}

leat_status SchemaValidation::keyword(Keyword keyword, const JsonValue& value) {
    rule_ = keyword;
    const SchemaShape shape = keyword_shape(keyword);
    switch (shape) {
        case SchemaShape::schema:
            return schema(value);
        case SchemaShape::schema_or_list:
            return schema_or_list(value);
        case SchemaShape::schema_list:
            return schema_list(value);
        case SchemaShape::schema_map:
        case SchemaShape::pattern_map:
        case SchemaShape::names_map:
        case SchemaShape::mixed_map:
            return map(shape, value);
        case SchemaShape::names:
            return names(value);
        case SchemaShape::type:
            return types(value);
        case SchemaShape::pattern:
            return pattern(value);
        case SchemaShape::reference:
            return reference(value);
        case SchemaShape::anything:
        case SchemaShape::values:
        case SchemaShape::number:
        case SchemaShape::limit:
        case SchemaShape::divisor:
        case SchemaShape::count:
        case SchemaShape::boolean:
        case SchemaShape::unsupported:
            return simple(shape, value);
    }
    return LEAT_OK;
}

// Values that hold no schema and no text of their own.
leat_status SchemaValidation::simple(SchemaShape shape, const JsonValue& value) {
    const bool number = value.type == JsonType::number;
    int64_t count = 0;
    if (shape == SchemaShape::values && value.type != JsonType::array) {
        return broken(value, text("must be a list"));
    }
    if (shape == SchemaShape::number && !number) return broken(value, text("must be a number"));
    if (shape == SchemaShape::limit && !number && value.type != JsonType::boolean) {
        return broken(value, text("must be a number"));
    }
    if (shape == SchemaShape::divisor && (!number || !decimal_is_divisor(value.raw))) {
        return broken(value, text("must be a number over 0, of 18 digits at most"));
    }
    if (shape == SchemaShape::count && !schema_count(value, &count)) {
        return broken(value, text("must be a whole number from 0 up"));
    }
    if (shape == SchemaShape::boolean && value.type != JsonType::boolean) {
        return broken(value, text("must be true or false"));
    }
    if (shape == SchemaShape::unsupported && !equal(value.raw, text("true"))) {
        return broken(value, text("this keyword is not supported"));
    }
    return LEAT_OK;
}

leat_status SchemaValidation::schema_or_list(const JsonValue& value) {
    return value.type == JsonType::array ? schema_list(value) : schema(value);
}

leat_status SchemaValidation::schema_list(const JsonValue& value) {
    const Keyword rule = rule_;
    const bool may_be_empty = rule == Keyword::items;
    JsonCursor at(value.raw);
    if (value.type != JsonType::array || !at.enter_array()) {
        return broken(value, text("must be a list of schemas"));
    }
    uint64_t count = 0;
    JsonValue element;
    for (; at.element() && at.take(&element); ++count) {
        rule_ = rule;
        LEAT_TRY(schema(element));
    }
    if (count > 0 || may_be_empty) return LEAT_OK;
    return broken(value, text("must not be empty"));
}

// Each name once: which of two would count is left open by JSON. Only names whose hash was seen
// before are looked for.
leat_status SchemaValidation::unique_names(const JsonValue& map) {
    uint64_t seen[4] = {};
    JsonCursor at(map.raw);
    JsonValue name;
    if (!at.enter_object()) return LEAT_OK;
    while (at.member(&name)) {
        const uint32_t hash = name_hash(name) & 255;
        const uint64_t bit = uint64_t{1} << (hash & 63);
        if ((seen[hash >> 6] & bit) != 0) {
            uint32_t count = 0;
            JsonCursor again(map.raw);
            JsonValue other;
            if (!work_->spend(1 + map.raw.size)) return LEAT_E_TOO_LARGE;
            if (!again.enter_object()) return LEAT_OK;
            while (again.member(&other)) {
                if (json_strings_equal(name, other)) ++count;
            }
            if (count > 1) return broken(map, text("a name stands in it twice"));
        }
        seen[hash >> 6] |= bit;
    }
    return LEAT_OK;
}

leat_status SchemaValidation::map(SchemaShape shape, const JsonValue& value) {
    const Keyword rule = rule_;
    if (value.type != JsonType::object) return broken(value, text("must be an object"));
    LEAT_TRY(unique_names(value));
    JsonCursor at(value.raw);
    JsonValue name;
    JsonValue its;
    if (!at.enter_object()) return LEAT_OK;
    while (at.member(&name) && at.take(&its)) {
        rule_ = rule;
        if (shape == SchemaShape::pattern_map) LEAT_TRY(pattern(name));
        const bool list = its.type == JsonType::array;
        if (shape == SchemaShape::names_map || (shape == SchemaShape::mixed_map && list)) {
            LEAT_TRY(names(its));
        } else {
            LEAT_TRY(schema(its));
        }
    }
    return LEAT_OK;
}

leat_status SchemaValidation::names(const JsonValue& value) {
    JsonCursor at(value.raw);
    if (value.type != JsonType::array || !at.enter_array()) {
        return broken(value, text("must be a list of strings"));
    }
    JsonValue name;
    while (at.element() && at.take(&name)) {
        if (name.type != JsonType::string) return broken(name, text("must be a string"));
    }
    return LEAT_OK;
}

leat_status SchemaValidation::types(const JsonValue& value) {
    if (value.type == JsonType::string) {
        return type_bits_of(value) != 0 ? LEAT_OK : broken(value, text("no name of a type"));
    }
    JsonCursor at(value.raw);
    if (value.type != JsonType::array || !at.enter_array()) {
        return broken(value, text("must be a type's name or a list of such"));
    }
    uint64_t count = 0;
    JsonValue name;
    for (; at.element() && at.take(&name); ++count) {
        if (type_bits_of(name) == 0) return broken(name, text("no name of a type"));
    }
    return count > 0 ? LEAT_OK : broken(value, text("must not be empty"));
}

leat_status SchemaValidation::pattern(const JsonValue& value) {
    if (value.type != JsonType::string) return broken(value, text("must be a string"));
    JsonPattern compiled;
    const PatternFault fault = json_pattern_compile(value.raw, work_, &compiled);
    if (work_->out()) return LEAT_E_TOO_LARGE;
    return fault == PatternFault::none ? LEAT_OK : broken(value, why_of(fault));
}

leat_status SchemaValidation::reference(const JsonValue& value) {
    JsonValue target;
    if (value.type != JsonType::string) return broken(value, text("must be a string"));
    if (!work_->spend(1 + root_.size)) return LEAT_E_TOO_LARGE;
    switch (json_fragment_find(root_, value, &target)) {
        case JsonFound::yes:
            return is_schema(target) ? LEAT_OK : broken(value, text("leads to no schema"));
        case JsonFound::no:
            return broken(value, text("leads nowhere"));
        case JsonFound::foreign:
            return broken(value, text("only # and JSON pointers behind it are supported"));
    }
    return LEAT_OK;
}

}  // namespace leat
