// codec/json_escape.cc: reading escapes, and what is built on it: decoding a string's content and
// comparing it. Depends on base, scan_simd and utf8.
// Invariant: decoded text is never longer than its source, so decoding in place is safe.
#include "codec/json_escape.h"

#include "base/check.h"
#include "base/narrow.h"
#include "codec/json_scan.h"
#include "codec/scan_copy.h"
#include "codec/utf8.h"

namespace leat {
namespace {

constexpr uint32_t broken = 0x10000;  // above every four digits, and stays so when combined

// The value of a hexadecimal digit, shifted; or broken.
struct HexTable {
    uint32_t value[256];
    constexpr HexTable() : value() {
        for (uint32_t c = 0; c < 256; ++c) {
            const bool upper = c >= 'A' && c <= 'F';
            const bool lower = c >= 'a' && c <= 'f';
            value[c] = c >= '0' && c <= '9' ? c - '0'
                       : upper              ? c - 'A' + 10
                       : lower              ? c - 'a' + 10
                                            : broken;
        }
    }
};
constexpr HexTable hex;

uint32_t hex_digit(char c) { return hex.value[static_cast<unsigned char>(c)]; }

uint32_t hex_4(const char* p) {
    const uint32_t a = hex_digit(p[0]);
    const uint32_t b = hex_digit(p[1]);
    const uint32_t c = hex_digit(p[2]);
    const uint32_t d = hex_digit(p[3]);
    if (((a | b | c | d) & broken) != 0) return broken;
    return a << 12 | b << 8 | c << 4 | d;
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
    if (p[1] == 'u') return read_unicode(p, size, code_point);
    const char meaning = json_short_escape(p[1]);
    *code_point = static_cast<unsigned char>(meaning);
    return meaning != 0 ? 2 : 0;
}

leat_status json_string_decode(Text raw, char* out, size_t capacity, size_t* size) {
    LEAT_CHECK(size != nullptr && (out != nullptr || capacity == 0));
    const bool in_place = overlaps(raw, out, capacity);
    LEAT_CHECK(!in_place || out <= raw.data);
    const char* from = raw.data;
    const char* const end = raw.data + raw.size;
    char* to = out;
    char* const limit = out + capacity;
    while (from < end) {
        // In place, too, blocks may be written whole once the text has shrunk by a block.
        const bool overshoot = !in_place || from - to >= copy_block_bytes;
        copy_until_backslash(&from, end, &to, limit, overshoot);
        if (from == end) break;
        if (*from != '\\') return LEAT_E_TOO_LARGE;
        uint32_t code_point = 0;
        const size_t used = json_read_escape(from, static_cast<size_t>(end - from), &code_point);
        if (used == 0) return LEAT_E_JSON;
        char character[4];
        const size_t character_size = utf8_write(character, code_point);
        if (character_size > static_cast<size_t>(limit - to)) return LEAT_E_TOO_LARGE;
        for (size_t i = 0; i < character_size; ++i) *to++ = character[i];
        from += used;
    }
    *size = static_cast<size_t>(to - out);
    return LEAT_OK;
}

leat_status json_string_in_place(const JsonValue& value, Text* out) {
    LEAT_CHECK(out != nullptr);
    if (value.type != JsonType::string) return LEAT_E_JSON;
    *out = value.raw;
    if (!value.escaped) return LEAT_OK;
    char* const place = const_cast<char*>(value.raw.data);
    return json_string_decode(value.raw, place, value.raw.size, &out->size);
}

bool json_equal_escaped(Text raw, Text t) {
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
    LEAT_DCHECK(matched <= t.size);
    return matched == t.size;
}

}  // namespace leat
