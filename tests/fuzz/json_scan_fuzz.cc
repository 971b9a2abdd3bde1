// Any bytes through the scanner: the cursor's walk, the validator and the decoder agree, and a
// valid document can be taken apart value by value.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "codec/json_scan.h"
#include "codec/json_write.h"

namespace {

using leat::JsonCursor;
using leat::JsonType;
using leat::JsonValue;
using leat::Text;

// Decodes a string of a valid document into a tight buffer and escapes it again.
void check_string(const JsonValue& value) {
    static char decoded[1 << 16];
    if (value.raw.size > sizeof decoded) return;
    size_t size = 0;
    LEAT_CHECK(leat::json_string_decode(value.raw, decoded, value.raw.size, &size) == LEAT_OK);
    LEAT_CHECK(size <= value.raw.size);
    LEAT_CHECK(value.escaped || size == value.raw.size);
    LEAT_CHECK(leat::json_is(value, leat::text(decoded, size)));
    leat::JsonEscape escape(leat::text(decoded, size));
    size_t again = 0;
    char window[7];
    while (!escape.done()) again += escape.write(window, sizeof window);
    LEAT_CHECK(again == leat::json_escaped_size(leat::text(decoded, size)));
}

// Walks with a bias that the input chooses: enter, take or leave each value.
void walk(Text document, uint8_t bias) {
    JsonCursor at(document, 16);
    JsonValue value;
    bool objects[17] = {};
    while (at.status() == LEAT_OK) {
        const uint32_t before = at.depth();
        bias = static_cast<uint8_t>(bias * 5 + 1);
        if (at.peek() != JsonType::none && (bias & 3) != 0) {
            const bool object = at.peek() == JsonType::object;
            if (at.enter_object() || at.enter_array()) {
                objects[before] = object;
            } else if (at.take(&value) && value.type == JsonType::string) {
                check_string(value);
            }
        } else if (before == 0) {
            break;
        } else if ((bias & 31) == 4) {
            at.leave();
        } else if (objects[before - 1]) {
            if (at.member(&value)) check_string(value);
        } else {
            (void)at.element();
        }
    }
    const leat_status status = at.finish();
    LEAT_CHECK(status == leat::json_validate(document, 16, nullptr));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    const Text document = leat::text(reinterpret_cast<const char*>(data) + 1, size - 1);
    walk(document, data[0]);
    JsonValue value;
    (void)leat::json_find(document, leat::text("a"), &value);
    return 0;
}
