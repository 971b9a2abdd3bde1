// base/bytes.cc: the text operations that are too long to stand in the header. Pure functions;
// none reads outside of the view that it is given.
#include "base/bytes.h"

#include "base/check.h"

namespace leat {

size_t find_ignoring_case(Text t, Text needle) {
    if (needle.size == 0) return 0;
    if (needle.size > t.size) return not_found;
    for (size_t i = 0; i + needle.size <= t.size; ++i) {
        if (equal_ignoring_case(text(t.data + i, needle.size), needle)) return i;
    }
    return not_found;
}

Text trim(Text t) {
    while (t.size > 0 && (t.data[0] == ' ' || t.data[0] == '\t')) {
        ++t.data;
        --t.size;
    }
    while (t.size > 0 && (t.data[t.size - 1] == ' ' || t.data[t.size - 1] == '\t')) --t.size;
    return t;
}

Text take_until(Text* rest, char separator) {
    LEAT_CHECK(rest != nullptr);
    const size_t at = find_byte(*rest, separator);
    if (at == not_found) {
        const Text all = *rest;
        *rest = Text{nullptr, 0};
        return all;
    }
    const Text part = head(*rest, at);
    *rest = tail(*rest, at + 1);
    return part;
}

bool parse_u64(Text t, uint64_t* out) {
    LEAT_CHECK(out != nullptr);
    if (t.size == 0 || t.size > 20) return false;
    uint64_t value = 0;
    for (size_t i = 0; i < t.size; ++i) {
        if (!is_digit(t.data[i])) return false;
        if (__builtin_mul_overflow(value, 10u, &value)) return false;
        if (__builtin_add_overflow(value, static_cast<uint64_t>(t.data[i] - '0'), &value)) {
            return false;
        }
    }
    *out = value;
    return true;
}

size_t print_u64(char* out, uint64_t value) {
    LEAT_CHECK(out != nullptr);
    size_t size = 1;
    for (uint64_t left = value; left >= 10; left /= 10) ++size;
    LEAT_CHECK(size <= 20);
    for (size_t i = size; i > 0; --i) {
        out[i - 1] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
    return size;
}

}  // namespace leat
