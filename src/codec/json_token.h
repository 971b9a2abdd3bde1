// codec/json_token.h: reading one token of JSON, under the cursor of json_scan.h: a string, a
// number, a word, a run of blanks. In line where that pays; what is rare or long is in the .cc.
// Depends on base, number and scan_simd. Invariant: no byte at or after end is read.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/json_scan.h"
#include "codec/number.h"
#include "codec/scan_simd.h"

namespace leat {

inline size_t bytes_left(const char* p, const char* end) { return static_cast<size_t>(end - p); }

const char* past_blanks_far(const char* p, const char* end);

inline const char* past_blanks(const char* p, const char* end) {
    if (end > p && static_cast<unsigned char>(*p) > ' ') return p;
    return past_blanks_far(p, end);
}

// The past_ functions read one thing and answer the place behind it, or nullptr when it is broken;
// value->raw.data is then where. They keep their place in a register: a cursor's member would go
// through memory at each byte, as text may alias anything.

inline const char* broken_at(const char* where, JsonValue* value) {
    value->raw.data = where;
    return nullptr;
}

// A string that is long, escaped or not ASCII; p is at the opening quote.
const char* past_long_string(const char* p, const char* end, JsonValue* value);

// p is at the opening quote.
inline const char* past_string(const char* p, const char* end, StringWindow* window,
                               JsonValue* value) {
    const char* const start = p + 1;
    const size_t size = near_string_run(start, bytes_left(start, end), window);
    if (size >= bytes_left(start, end) || start[size] != '"')
        return past_long_string(p, end, value);
    *value = JsonValue{text(start, size), JsonType::string, false};
    return start + size + 1;
}

inline const char* past_number(const char* p, const char* end, JsonValue* value) {
    const char* q = p;
    while (q < end && is_digit(*q)) ++q;
    const bool plain = q > p && (*p != '0' || q == p + 1) && q < end &&
                       (*q == ',' || *q == '}' || *q == ']' || is_blank(*q));
    const size_t size = plain ? bytes_left(p, q) : number_size(text(p, bytes_left(p, end)));
    if (size == 0) return broken_at(p, value);
    *value = JsonValue{text(p, size), JsonType::number, false};
    return p + size;
}

template <size_t N>
inline const char* past_word(const char* p, const char* end, const char (&word)[N], JsonType type,
                             JsonValue* value) {
    constexpr size_t size = N - 1;
    if (bytes_left(p, end) < size || memcmp(p, word, size) != 0) return broken_at(p, value);
    *value = JsonValue{text(p, size), type, false};
    return p + size;
}

// p is at the first byte of a value that is no container.
inline const char* past_scalar(const char* p, const char* end, StringWindow* window,
                               JsonValue* value) {
    switch (*p) {
        case '"':
            return past_string(p, end, window, value);
        case 't':
            return past_word(p, end, "true", JsonType::boolean, value);
        case 'f':
            return past_word(p, end, "false", JsonType::boolean, value);
        case 'n':
            return past_word(p, end, "null", JsonType::null, value);
        default:
            return past_number(p, end, value);
    }
}

// A name and its colon.
inline const char* past_name(const char* p, const char* end, StringWindow* window, JsonValue* key) {
    if (p == end || *p != '"') return broken_at(p, key);
    p = past_string(p, end, window, key);
    if (p == nullptr) return nullptr;
    p = past_blanks(p, end);
    return p < end && *p == ':' ? p + 1 : broken_at(p, key);
}

}  // namespace leat
