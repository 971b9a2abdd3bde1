// api/schema.cc: leat/schema.h over codec/json_schema: argument checks, nothing else.
// Pure: no client, no memory, no clock.
#include <leat/schema.h>

#include "codec/json_schema.h"

namespace {


}  // namespace

leat_status leat_schema_check(leat_str schema, leat_str document, leat_schema_fault* fault) {
    if (!leat::is_sound(schema) || !leat::is_sound(document)) return LEAT_E_ARGUMENT;
    return leat::json_schema_check(schema, document, fault);
}

leat_status leat_schema_validate(leat_str schema, leat_schema_fault* fault) {
    if (!leat::is_sound(schema)) return LEAT_E_ARGUMENT;
    return leat::json_schema_validate(schema, fault);
}
