// codec/json_schema.h: checks a JSON document against a JSON schema, both as text. The manual is
// leat/schema.h. Depends on base and codec's scanner.
// No heap, no compiled form: a schema is walked anew at each value that it applies to, so the cost is
// about (size of the schema around a value) for each value. Recursion follows the schema and is
// bounded by depth_max: 128 levels take about 120 KiB of machine stack (measured, x86-64), each less
// takes 1 KiB off.
// Invariant: no schema and no document trips an assertion or takes more than work_max units.
#pragma once

#include <leat/schema.h>
#include <stdint.h>

#include "base/bytes.h"

namespace leat {

using SchemaFault = leat_schema_fault;

// What one check may take. The steps at which it is counted are those of the code, so the numbers
// are no promise between versions.
struct SchemaBounds {
    uint64_t work_max = LEAT_SCHEMA_WORK_MAX;
    uint32_t depth_max = LEAT_SCHEMA_DEPTH_MAX;  // 1..LEAT_SCHEMA_DEPTH_MAX
    bool is_validated = false;  // json_schema_validate has said LEAT_OK to this very schema
};

// LEAT_OK, LEAT_E_SCHEMA, LEAT_E_JSON, LEAT_E_CONFIG or LEAT_E_TOO_LARGE. fault may be NULL.
[[nodiscard]] leat_status json_schema_check(Text schema, Text document, SchemaFault* fault,
                                            SchemaBounds bounds = SchemaBounds{});

// LEAT_OK, LEAT_E_CONFIG or LEAT_E_TOO_LARGE. fault may be NULL.
[[nodiscard]] leat_status json_schema_validate(Text schema, SchemaFault* fault,
                                               SchemaBounds bounds = SchemaBounds{});

}  // namespace leat
