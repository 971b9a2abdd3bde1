// codec/json_token.h: reading one token of JSON, under the cursor of json_scan.h: a string, a
// number, a word. What nearly every token is goes in line; what is rare or long is in the .cc.
// Depends on base, number and scan_simd. Invariant: no byte at or after scan->end is read.
//
// The past_ functions read one thing and answer the place behind it, or nullptr when it is broken;
// scan->fault is then where. They take and give their place by value: a cursor's member would go
// through memory at each byte, as text may alias anything.
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

LEAT_INLINE const char* broken_at(const char* where, TokenScan* scan) {
    scan->fault = where;
    return nullptr;
}

// A string that is long, escaped or not ASCII. p is at the opening quote; *value gets its text.
const char* past_far_string(const char* p, TokenScan* scan, JsonValue* value);

// A number that is more than a few digits.
const char* past_far_number(const char* p, TokenScan* scan);

// Whether a string is plain and near; *size is then that of its text. p is at the opening quote.
LEAT_INLINE bool is_near_string(const char* p, TokenScan* scan, size_t* size) {
    const size_t left = bytes_left(p + 1, scan->end);
    *size = near_string_run(p + 1, left, &scan->window);
    if (*size >= left) return false;
    return p[1 + *size] == '"';
}

// p is at the opening quote; *value gets its text.
LEAT_INLINE const char* past_string(const char* p, TokenScan* scan, JsonValue* value) {
    size_t size = 0;
    if (!is_near_string(p, scan, &size)) return past_far_string(p, scan, value);
    *value = JsonValue{text(p + 1, size), JsonType::string, false};
    return p + 1 + size + 1;
}

// What may stand behind a number.
inline bool ends_number(char c) { return c == ',' || c == '}' || c == ']' || is_blank(c); }

// Nearly all numbers are a few digits. The place behind them, or p when what stands here is not
// just that or might go on; their value then means nothing. 18 digits always fit.
LEAT_INLINE const char* past_digits(const char* p, const char* end, int64_t* value) {
    constexpr ptrdiff_t digits_max = 18;
    const char* const limit = end - p > digits_max ? p + digits_max : end;
    const char* q = p;
    int64_t sum = 0;
    for (; q < limit && is_digit(*q); ++q) sum = sum * 10 + (*q - '0');
    *value = sum;
    if (*p == '0' && q > p + 1) return p;
    return q < end && ends_number(*q) ? q : p;
}

LEAT_INLINE const char* past_number(const char* p, TokenScan* scan) {
    int64_t value = 0;
    const char* const q = past_digits(p, scan->end, &value);
    return q > p ? q : past_far_number(p, scan);
}

// true, false or null.
const char* past_any_word(const char* p, TokenScan* scan);

// p is at the first byte of a value that is no container.
LEAT_INLINE const char* past_scalar(const char* p, TokenScan* scan, JsonValue* value) {
    if (*p == '"') return past_string(p, scan, value);
    const JsonType type = json_types.of(*p);
    const char* const q = type == JsonType::number ? past_number(p, scan) : past_any_word(p, scan);
    if (q != nullptr) *value = JsonValue{text(p, bytes_left(p, q)), type, false};
    return q;
}

// The same for a value that nobody wants.
LEAT_INLINE const char* past_unwanted(const char* p, TokenScan* scan) {
    if (*p == '"') {
        size_t size = 0;
        if (is_near_string(p, scan, &size)) return p + 1 + size + 1;
        JsonValue unwanted;
        return past_far_string(p, scan, &unwanted);
    }
    return json_types.of(*p) == JsonType::number ? past_number(p, scan) : past_any_word(p, scan);
}

// A name and its colon; p may be at the end.
LEAT_INLINE const char* past_name(const char* p, TokenScan* scan, JsonValue* key) {
    if (p == scan->end || *p != '"') return broken_at(p, scan);
    const char* q = past_string(p, scan, key);
    if (q == nullptr) return nullptr;
    if (q < scan->end && *q == ':') return q + 1;
    q = past_blanks(q, scan->end);
    return q < scan->end && *q == ':' ? q + 1 : broken_at(q, scan);
}

}  // namespace leat
