// codec/json_escape.cc: reading escapes, and what is built on it: decoding a string's content and
// comparing it. Depends on base, scan_simd and utf8.
// Invariant: decoded text is never longer than its source, so decoding in place is safe.
#include "codec/json_escape.h"

#include "base/check.h"
#include "base/narrow.h"
#include "codec/json_scan.h"
#include "codec/scan_simd.h"
#include "codec/utf8.h"

namespace leat {
namespace {

constexpr uint32_t broken = UINT32_MAX;

uint32_t hex_digit(char c) {
    if (is_digit(c)) return static_cast<uint32_t>(c - '0');
    const char lower = to_lower(c);
    if (lower >= 'a' && lower <= 'f') return static_cast<uint32_t>(lower - 'a' + 10);
    return broken;
}

uint32_t hex_4(const char* p) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) {
        const uint32_t digit = hex_digit(p[i]);
        if (digit == broken) return broken;
        value = value << 4 | digit;
    }
    return value;
}

// \uXXXX at p, or two of them that make one character.
size_t read_unicode(const char* p, size_t size, uint32_t* code_point) {
    if (size < 6) return 0;
    const uint32_t first = hex_4(p + 2);
    if (first == broken) return 0;
    *code_point = first;
    if (first < 0xD800 || first > 0xDFFF) return 6;
    if (first > 0xDBFF || size < 12 || p[6] != '\\' || p[7] != 'u') return 0;
    const uint32_t second = hex_4(p + 8);
    if (second < 0xDC00 || second > 0xDFFF) return 0;
    *code_point = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    return 12;
}

// Whether writing [out, out + capacity) can touch the text that is still to be read.
bool overlaps(Text raw, const char* out, size_t capacity) {
    const uintptr_t from = reinterpret_cast<uintptr_t>(raw.data);
    const uintptr_t to = reinterpret_cast<uintptr_t>(out);
    return to < from + raw.size && from < to + capacity;
}

}  // namespace

size_t json_read_escape(const char* p, size_t size, uint32_t* code_point) {
    LEAT_DCHECK(size > 0 && p[0] == '\\');
    if (size < 2) return 0;
    uint32_t meaning = static_cast<unsigned char>(p[1]);
    switch (p[1]) {
        case 'n': meaning = '\n'; break;
        case '"':
        case '\\':
        case '/': break;
        case 't': meaning = '\t'; break;
        case 'r': meaning = '\r'; break;
        case 'b': meaning = '\b'; break;
        case 'f': meaning = '\f'; break;
        case 'u': return read_unicode(p, size, code_point);
        default: return 0;
    }
    *code_point = meaning;
    return 2;
}

leat_status json_string_decode(Text raw, char* out, size_t capacity, size_t* size) {
    LEAT_CHECK(size != nullptr && (out != nullptr || capacity == 0));
    const bool in_place = overlaps(raw, out, capacity);
    LEAT_CHECK(!in_place || out <= raw.data);
    size_t at = 0;
    size_t written = 0;
    while (at < raw.size) {
        const size_t run = copy_until_backslash(raw.data + at, raw.size - at, out + written,
                                                capacity - written, !in_place);
        at += run;
        written += run;
        if (at == raw.size) break;
        if (raw.data[at] != '\\') return LEAT_E_TOO_LARGE;
        uint32_t code_point = 0;
        const size_t used = json_read_escape(raw.data + at, raw.size - at, &code_point);
        if (used == 0) return LEAT_E_JSON;
        char character[4];
        const size_t character_size = utf8_write(character, code_point);
        if (character_size > capacity - written) return LEAT_E_TOO_LARGE;
        for (size_t i = 0; i < character_size; ++i) out[written + i] = character[i];
        at += used;
        written += character_size;
    }
    *size = written;
    return LEAT_OK;
}

bool json_is(const JsonValue& value, Text t) {
    if (value.type != JsonType::string) return false;
    if (!value.escaped) return equal(value.raw, t);
    const Text raw = value.raw;
    size_t at = 0;
    size_t matched = 0;
    while (at < raw.size) {
        char character[4] = {raw.data[at], 0, 0, 0};
        size_t used = 1;
        size_t character_size = 1;
        if (raw.data[at] == '\\') {
            uint32_t code_point = 0;
            used = json_read_escape(raw.data + at, raw.size - at, &code_point);
            if (used == 0) return false;
            character_size = utf8_write(character, code_point);
        }
        if (!starts_with(tail(t, matched), text(character, character_size))) return false;
        at += used;
        matched += character_size;
    }
    return matched == t.size;
}

}  // namespace leat
