// base/narrow.h: casts and arithmetic that cannot lose anything unseen.
// A length that comes from a peer goes through the checked_ functions (false on overflow);
// narrow() is for values that the program itself bounds, and traps when it was wrong.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/check.h"

namespace leat {

template <typename To, typename From>
constexpr To narrow(From value) {
    const To result = static_cast<To>(value);
    LEAT_CHECK(static_cast<From>(result) == value);
    LEAT_CHECK((result < To{}) == (value < From{}));
    return result;
}

// The number in an enum that a C caller filled in: it may be none of the enum's values, and to load
// such a one as the enum is undefined.
template <typename Enum>
uint32_t enum_number(const Enum& from) {
    static_assert(sizeof(Enum) == sizeof(uint32_t));
    uint32_t number = 0;
    memcpy(&number, &from, sizeof number);
    return number;
}

template <typename T>
[[nodiscard]] constexpr bool checked_add(T a, T b, T* out) {
    return !__builtin_add_overflow(a, b, out);
}

template <typename T>
[[nodiscard]] constexpr bool checked_mul(T a, T b, T* out) {
    return !__builtin_mul_overflow(a, b, out);
}

template <typename T>
constexpr T min_of(T a, T b) {
    return a < b ? a : b;
}

template <typename T>
constexpr T max_of(T a, T b) {
    return a > b ? a : b;
}

// For sums that a peer's numbers may drive: they stop at most, and never wrap. T is unsigned.
template <typename T>
constexpr T saturating_add(T a, T b, T most) {
    T sum{};
    return checked_add(a, b, &sum) ? min_of(sum, most) : most;
}

// Rounds up to a power of two; the caller bounds the size.
constexpr size_t align_up(size_t size, size_t alignment) {
    return (size + alignment - 1) & ~(alignment - 1);
}

}  // namespace leat
