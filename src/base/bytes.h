// base/bytes.h: views of bytes and the few text operations that the library needs.
// Depends on nothing but <stdint.h>, <string.h> and the public types. Never owns, never allocates.
#pragma once

#include <leat/types.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace leat {

using Text = leat_str;

constexpr Text text(const char* data, size_t size) { return Text{data, size}; }

// A view of a literal, without its NUL.
template <size_t N>
constexpr Text text(const char (&literal)[N]) {
    return Text{literal, N - 1};
}

// A view of text that ends in NUL, without it. Not NULL.
inline Text text_of(const char* ended) { return text(ended, strlen(ended)); }

constexpr bool empty(Text t) { return t.size == 0; }

// Text that has bytes says where they are.
constexpr bool is_sound(Text t) { return t.size == 0 || t.data != nullptr; }

inline bool equal(Text a, Text b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

constexpr char to_lower(char c) {
    return (c >= 'A' && c <= 'Z') ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// ASCII only: header names, host names, schemes.
inline bool equal_ignoring_case(Text a, Text b) {
    if (a.size != b.size) return false;
    for (size_t i = 0; i < a.size; ++i) {
        if (to_lower(a.data[i]) != to_lower(b.data[i])) return false;
    }
    return true;
}

inline bool starts_with(Text t, Text prefix) {
    return t.size >= prefix.size && equal(text(t.data, prefix.size), prefix);
}

inline bool ends_with(Text t, Text suffix) {
    return t.size >= suffix.size &&
           equal(text(t.data + (t.size - suffix.size), suffix.size), suffix);
}

// The part from `begin` on; empty when begin is past the end.
inline Text tail(Text t, size_t begin) {
    return begin >= t.size ? Text{nullptr, 0} : text(t.data + begin, t.size - begin);
}

inline Text head(Text t, size_t size) { return text(t.data, size < t.size ? size : t.size); }

constexpr size_t not_found = static_cast<size_t>(-1);

inline size_t find_byte(Text t, char byte, size_t from = 0) {
    if (from >= t.size) return not_found;
    const void* hit = memchr(t.data + from, byte, t.size - from);
    return hit == nullptr ? not_found
                          : static_cast<size_t>(static_cast<const char*>(hit) - t.data);
}

// First position of `needle` in `t`, ASCII case ignored.
size_t find_ignoring_case(Text t, Text needle);

// Without blanks and tabs at both ends.
Text trim(Text t);

// The part of `rest` before `separator`; `rest` moves behind it (to empty after the last part).
Text take_until(Text* rest, char separator);

// Decimal digits only, no sign, no blanks; false on anything else and on overflow.
bool parse_u64(Text t, uint64_t* out);

// Writes value in decimal into out (room for 20 bytes); returns how many bytes.
size_t print_u64(char* out, uint64_t value);

}  // namespace leat
