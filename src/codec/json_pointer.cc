// codec/json_pointer.cc: see json_pointer.h. A fragment is decoded once, on the stack, and its
// tokens are looked up one below the other; a place is found by going down into whichever value
// holds it. Depends on base, json_scan, json_characters and utf8.
#include "codec/json_pointer.h"

#include "base/check.h"
#include "codec/json_characters.h"
#include "codec/utf8.h"

namespace leat {
namespace {

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// %41 -> A, in place. False for a % without two digits.
bool decode_percents(char* bytes, size_t* size) {
    size_t to = 0;
    for (size_t at = 0; at < *size; ++at) {
        if (bytes[at] != '%') {
            bytes[to++] = bytes[at];
            continue;
        }
        if (*size - at < 3) return false;
        const int high = hex_value(bytes[at + 1]);
        const int low = hex_value(bytes[at + 2]);
        if (high < 0 || low < 0) return false;
        bytes[to++] = static_cast<char>(high * 16 + low);
        at += 2;
    }
    *size = to;
    return true;
}

// ~1 -> /, ~0 -> ~, in place. False for any other ~.
bool decode_tildes(char* bytes, size_t* size) {
    size_t to = 0;
    for (size_t at = 0; at < *size; ++at) {
        char c = bytes[at];
        if (c == '~') {
            if (at + 1 == *size || (bytes[at + 1] != '0' && bytes[at + 1] != '1')) return false;
            c = bytes[at + 1] == '0' ? '~' : '/';
            ++at;
        }
        bytes[to++] = c;
    }
    *size = to;
    return true;
}

bool find_element(const JsonValue& array, Text token, JsonValue* value) {
    uint64_t index = 0;
    if (!parse_u64(token, &index) || (token.size > 1 && token.data[0] == '0')) return false;
    JsonCursor at(array.raw);
    if (!at.enter_array()) return false;
    for (uint64_t i = 0; at.element(); ++i) {
        if (i == index) return at.take(value);
    }
    return false;
}

bool find_child(const JsonValue& parent, Text token, JsonValue* value) {
    if (parent.type == JsonType::object) return json_find(parent.raw, token, value);
    if (parent.type == JsonType::array) return find_element(parent, token, value);
    return false;
}

// A JSON pointer as text, bounded.
struct PointerText {
    char* out;
    size_t capacity;
    size_t size = 0;
    bool cut = false;

    void put(Text t) {
        cut = cut || t.size > capacity - size;
        if (cut) return;
        if (t.size > 0) memcpy(out + size, t.data, t.size);
        size += t.size;
    }

    void put_name(const JsonValue& name) {
        put(text("/"));
        JsonCharacters characters(name.raw);
        uint32_t code_point = 0;
        while (!cut && characters.next(&code_point)) {
            char bytes[4];
            const size_t width = utf8_write(bytes, code_point);
            put(code_point == '~'   ? text("~0")
                : code_point == '/' ? text("~1")
                                    : text(bytes, width));
        }
    }

    void put_index(uint64_t index) {
        char digits[20];
        put(text("/"));
        put(text(digits, print_u64(digits, index)));
    }
};

// Goes from *value to the child that holds the byte at offset, counted from the child's own begin
// afterwards. False when no child does.
bool step_into(JsonValue* value, size_t* offset, PointerText* pointer) {
    if (value->type != JsonType::object && value->type != JsonType::array) return false;
    JsonCursor at(value->raw);
    JsonValue key;
    JsonValue child;
    const bool object = at.enter_object();
    if (!object && !at.enter_array()) return false;
    for (uint64_t index = 0; object ? at.member(&key) : at.element(); ++index) {
        (void)at.peek();
        const size_t begin = at.offset();
        if (*offset < begin) return false;
        if (!at.take(&child)) return false;
        if (*offset >= at.offset()) continue;
        if (object) {
            pointer->put_name(key);
        } else {
            pointer->put_index(index);
        }
        *offset -= begin;
        *value = child;
        return true;
    }
    return false;
}

}  // namespace

JsonFound json_fragment_find(Text document, const JsonValue& fragment, JsonValue* value) {
    LEAT_CHECK(value != nullptr);
    char bytes[json_fragment_bytes_max];
    size_t size = 0;
    if (fragment.type != JsonType::string || fragment.raw.size > sizeof bytes) {
        return JsonFound::foreign;
    }
    if (json_string_decode(fragment.raw, bytes, sizeof bytes, &size) != LEAT_OK) {
        return JsonFound::foreign;
    }
    if (size == 0 || bytes[0] != '#' || !decode_percents(bytes, &size)) return JsonFound::foreign;
    JsonCursor whole(document);
    if (!whole.take(value)) return JsonFound::no;
    if (size == 1) return JsonFound::yes;
    if (bytes[1] != '/') return JsonFound::foreign;
    for (size_t at = 2; at <= size;) {
        size_t end = at;
        while (end < size && bytes[end] != '/') ++end;
        size_t token_size = end - at;
        if (!decode_tildes(bytes + at, &token_size)) return JsonFound::foreign;
        const JsonValue parent = *value;
        if (!find_child(parent, text(bytes + at, token_size), value)) return JsonFound::no;
        at = end + 1;
    }
    return JsonFound::yes;
}

size_t json_pointer_print(Text document, size_t offset, char* out, size_t capacity, bool* cut) {
    LEAT_CHECK(out != nullptr && cut != nullptr);
    LEAT_CHECK(offset <= document.size);
    PointerText pointer{out, capacity};
    JsonCursor whole(document);
    JsonValue value;
    (void)whole.peek();
    const size_t begin = whole.offset();
    if (whole.take(&value) && offset >= begin) {
        size_t below = offset - begin;
        for (uint32_t depth = 0; depth < json_depth_max && below > 0; ++depth) {
            if (!step_into(&value, &below, &pointer)) break;
        }
    }
    LEAT_CHECK(pointer.size <= capacity);
    *cut = pointer.cut;
    return pointer.size;
}

}  // namespace leat
