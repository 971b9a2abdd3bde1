// A schema, up to the first line end, and a document, the rest: both any bytes. The check ends within
// its bound in one of its statuses, tells a fault that is there, and `not` turns its verdict over.
#include <leat/schema.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "codec/json_equal.h"
#include "codec/json_pointer.h"
#include "codec/json_schema.h"
#include "codec/utf8.h"

namespace {

using leat::JsonValue;
using leat::SchemaFault;
using leat::Text;

constexpr leat::SchemaBounds bounds{1 << 20, LEAT_SCHEMA_DEPTH_MAX};
constexpr size_t wrapped_bytes_max = 1 << 13;

// An object that repeats a name makes paths ambiguous.
bool repeats_names(const JsonValue& value) {
    leat::JsonCursor at(value.raw);
    JsonValue name;
    JsonValue child;
    if (value.type == leat::JsonType::object && at.enter_object()) {
        while (at.member(&name)) {
            if (leat::json_name_repeats(at, name)) return true;
            if (at.take(&child) && repeats_names(child)) return true;
        }
    }
    if (value.type == leat::JsonType::array && at.enter_array()) {
        while (at.element() && at.take(&child)) {
            if (repeats_names(child)) return true;
        }
    }
    return false;
}

// The path leads to a value of the text it is about.
void check_path(Text whole, const SchemaFault& fault) {
    const Text path = leat::text(fault.path, fault.path_size);
    LEAT_CHECK(strlen(fault.path) == path.size || leat::find_byte(path, '\0') != leat::not_found);
    LEAT_CHECK(leat::utf8_valid(path));
    char fragment[1 + 6 * sizeof fault.path] = "#";
    size_t size = 1;
    constexpr char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < path.size; ++i) {
        const unsigned char c = static_cast<unsigned char>(path.data[i]);
        const bool plain = c > ' ' && c != '%' && c != '"' && c != '\\';
        if (plain) {
            fragment[size++] = path.data[i];
        } else {
            fragment[size++] = '%';
            fragment[size++] = hex[c >> 4];
            fragment[size++] = hex[c & 15];
        }
    }
    if (fault.path_cut != 0 || size > leat::json_fragment_bytes_max) return;
    JsonValue found;
    const JsonValue name{leat::text(fragment, size), leat::JsonType::string, false};
    const leat::JsonFound there = leat::json_fragment_find(whole, name, &found);
    JsonValue all;
    leat::JsonCursor at(whole);
    LEAT_CHECK(there == leat::JsonFound::yes || (at.take(&all) && repeats_names(all)));
}

void check_negation(Text schema, Text document, leat_status status) {
    static char wrapped[wrapped_bytes_max];
    constexpr char before[] = "{\"not\":";
    const size_t size = sizeof before - 1 + schema.size + 1;
    if (size > sizeof wrapped || leat::find_byte(schema, '#') != leat::not_found) return;
    if (leat::find_byte(schema, '\\') != leat::not_found) return;  // may spell a # as well
    memcpy(wrapped, before, sizeof before - 1);
    memcpy(wrapped + sizeof before - 1, schema.data, schema.size);
    wrapped[size - 1] = '}';
    const leat_status turned =
        leat::json_schema_check(leat::text(wrapped, size), document, nullptr, bounds);
    if (turned == LEAT_E_TOO_LARGE) return;
    LEAT_CHECK(turned == (status == LEAT_OK ? LEAT_E_SCHEMA : LEAT_OK));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const Text input = leat::text(reinterpret_cast<const char*>(data), size);
    const size_t line = leat::find_byte(input, '\n');
    const size_t schema_size = line == leat::not_found ? size : line;
    const Text schema = leat::text(input.data, schema_size);
    const Text document = leat::tail(input, schema_size + 1);
    SchemaFault fault;
    const leat_status status = leat::json_schema_check(schema, document, &fault, bounds);
    const leat_status usable = leat::json_schema_validate(schema, nullptr, bounds);
    LEAT_CHECK(leat::utf8_valid(leat::text(fault.detail, fault.detail_size)));
    switch (status) {
        case LEAT_OK:
        case LEAT_E_SCHEMA:
            LEAT_CHECK(usable == LEAT_OK);
            check_negation(schema, document, status);
            if (status == LEAT_E_SCHEMA) check_path(document, fault);
            break;
        case LEAT_E_CONFIG:
            if (leat::json_validate(schema, leat::json_depth_max, nullptr) == LEAT_OK) {
                check_path(schema, fault);
            }
            break;
        case LEAT_E_JSON:
            LEAT_CHECK(usable == LEAT_OK);
            break;
        default:
            LEAT_CHECK(status == LEAT_E_TOO_LARGE);
    }
    return 0;
}
