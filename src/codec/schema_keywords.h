// codec/schema_keywords.h: the keywords of JSON Schema that leat knows, what each one's value must
// look like, and where they stand in one schema. Depends on base and codec's scanner.
// Invariant: a place in SchemaKeywords is the offset of a value in the root schema; 0 is none, as the
// root's opening bracket comes before every value.
#pragma once

#include <stdint.h>

#include "base/bytes.h"
#include "codec/json_scan.h"

namespace leat {

// What the value of a keyword is.
enum class SchemaShape : uint8_t {
    schema,          // a schema: an object or a boolean
    schema_or_list,  // items, of before 2020, too
    schema_list,     // not empty
    schema_map,      // name -> schema
    pattern_map,     // pattern -> schema
    names_map,       // name -> names
    mixed_map,       // name -> schema or names
    names,           // a list of strings
    type,            // a name or a list of names
    values,          // a list of anything
    anything,
    number,
    limit,    // a number, or a boolean that makes minimum or maximum exclusive
    divisor,  // a number > 0
    count,    // a whole number >= 0, or such a one in a string
    boolean,
    pattern,
    reference,
    unsupported,  // unless its value is true, which allows everything
};

// X(name, spelling, shape), in the order in which they are checked and blamed.
#define LEAT_SCHEMA_KEYWORDS(X)                                     \
    X(nullable, "nullable", boolean)                                \
    X(type, "type", type)                                           \
    X(constant, "const", anything)                                  \
    X(enumeration, "enum", values)                                  \
    X(minimum, "minimum", number)                                   \
    X(maximum, "maximum", number)                                   \
    X(exclusive_minimum, "exclusiveMinimum", limit)                 \
    X(exclusive_maximum, "exclusiveMaximum", limit)                 \
    X(multiple_of, "multipleOf", divisor)                           \
    X(length_min, "minLength", count)                               \
    X(length_max, "maxLength", count)                               \
    X(pattern, "pattern", pattern)                                  \
    X(required, "required", names)                                  \
    X(dependent_required, "dependentRequired", names_map)           \
    X(properties_min, "minProperties", count)                       \
    X(properties_max, "maxProperties", count)                       \
    X(property_names, "propertyNames", schema)                      \
    X(properties, "properties", schema_map)                         \
    X(pattern_properties, "patternProperties", pattern_map)         \
    X(additional_properties, "additionalProperties", schema)        \
    X(dependent_schemas, "dependentSchemas", schema_map)            \
    X(dependencies, "dependencies", mixed_map)                      \
    X(items_min, "minItems", count)                                 \
    X(items_max, "maxItems", count)                                 \
    X(unique_items, "uniqueItems", boolean)                         \
    X(prefix_items, "prefixItems", schema_list)                     \
    X(items, "items", schema_or_list)                               \
    X(additional_items, "additionalItems", schema)                  \
    X(contains, "contains", schema)                                 \
    X(contains_min, "minContains", count)                           \
    X(contains_max, "maxContains", count)                           \
    X(reference, "$ref", reference)                                 \
    X(all_of, "allOf", schema_list)                                 \
    X(any_of, "anyOf", schema_list)                                 \
    X(one_of, "oneOf", schema_list)                                 \
    X(negation, "not", schema)                                      \
    X(condition, "if", schema)                                      \
    X(consequence, "then", schema)                                  \
    X(alternative, "else", schema)                                  \
    X(definitions, "$defs", schema_map)                             \
    X(old_definitions, "definitions", schema_map)                   \
    X(unevaluated_properties, "unevaluatedProperties", unsupported) \
    X(unevaluated_items, "unevaluatedItems", unsupported)           \
    X(dynamic_reference, "$dynamicRef", unsupported)                \
    X(recursive_reference, "$recursiveRef", unsupported)

#define LEAT_SCHEMA_ENTRY(name, spelling, shape) name,
enum class Keyword : uint8_t { LEAT_SCHEMA_KEYWORDS(LEAT_SCHEMA_ENTRY) none };
#undef LEAT_SCHEMA_ENTRY

constexpr uint32_t keywords_count = static_cast<uint32_t>(Keyword::none);

// The keyword that a member's name is; none for all others.
[[nodiscard]] Keyword keyword_of(const JsonValue& name);
// Keyword::none answers an empty text.
[[nodiscard]] Text keyword_text(Keyword keyword);
[[nodiscard]] SchemaShape keyword_shape(Keyword keyword);

// Where the keywords of one schema object stand.
struct SchemaKeywords {
    uint32_t at[keywords_count] = {};
    uint64_t present = 0;  // one bit each

    bool has(Keyword keyword) const { return (present >> static_cast<uint32_t>(keyword) & 1) != 0; }
    // Any from the first to the last of the list above.
    bool has_any(Keyword first, Keyword last) const {
        const uint64_t from = ~uint64_t{0} << static_cast<uint32_t>(first);
        const uint64_t to = ~uint64_t{0} >> (63 - static_cast<uint32_t>(last));
        return (present & from & to) != 0;
    }
};

static_assert(keywords_count <= 64);

// Finds them. schema is an object inside root. A keyword that stands twice makes no valid schema; here
// the last one would count.
void gather_keywords(Text root, const JsonValue& schema, SchemaKeywords* found);

// The value at a place of SchemaKeywords.
[[nodiscard]] JsonValue value_at(Text root, uint32_t offset);

// A count as counts are written; what is too large is INT64_MAX. False when it is none.
[[nodiscard]] bool schema_count(const JsonValue& value, int64_t* out);

// The bits of the types that a name stands for (a bit is 1 << JsonType; whole numbers have one of
// their own); 0 for a name of no type.
constexpr uint32_t type_bit(JsonType type) { return 1u << static_cast<uint32_t>(type); }
constexpr uint32_t whole_number_bit = 1u << 16;
[[nodiscard]] uint32_t type_bits_of(const JsonValue& name);

}  // namespace leat
