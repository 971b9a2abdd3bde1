// provider/json_read.cc: see json_read.h. A value of an unexpected type is passed over, since
// providers differ; broken JSON is found by the cursor.
#include "provider/json_read.h"

#include "base/check.h"

namespace leat {

leat_status json_text(const JsonValue& value, leat_scratch* scratch, Text* out) {
    LEAT_CHECK(value.type == JsonType::string);
    if (!value.escaped) {
        *out = value.raw;
        return LEAT_OK;
    }
    char* const memory = leat_scratch_take(scratch, value.raw.size, 1);
    if (memory == nullptr) return LEAT_E_ITEM_MEMORY;
    size_t size = 0;
    LEAT_TRY(json_string_decode(value.raw, memory, value.raw.size, &size));
    *out = text(memory, size);
    return LEAT_OK;
}

}  // namespace leat
