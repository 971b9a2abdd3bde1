// The smallest JSON that satisfies a JSON schema: what a model in "structured output" mode would
// say, and the arguments of its tool calls.
//
// Understands type (also Gemini's upper case, and lists of types), properties, required, items,
// prefixItems, enum, const, $ref within the schema, anyOf and oneOf (first branch), allOf, bounds
// on numbers, lengths and counts, multipleOf, uniqueItems, and the usual formats; not pattern.
// Invariant: the output is valid JSON for any schema, and bounded: kDepthMax levels, kNodeMax values.
#pragma once

#include "json_view.h"

namespace mock {

// Where there is no `required`, every property is given; otherwise only the required ones.
void append_instance(Buffer& out, std::string_view schema);
// The same, for a value that must be an object: {} when the schema does not say one.
void append_arguments(Buffer& out, std::string_view schema);

}  // namespace mock
