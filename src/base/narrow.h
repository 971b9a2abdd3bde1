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

// The place that `address` is at in an array of `count` elements, whose first is at `first`; count: at none.
// Of an address that a caller gives back, and that may be anything, so nothing is read through it.
inline size_t place_in(const void* address, const void* first, size_t element_bytes, size_t count) {
    const uintptr_t distance =
        reinterpret_cast<uintptr_t>(address) - reinterpret_cast<uintptr_t>(first);
    const uintptr_t place = distance / element_bytes;
    return distance % element_bytes == 0 && place < count ? static_cast<size_t>(place) : count;
}

// Rounds up to a power of two; the caller bounds the size.
constexpr size_t align_up(size_t size, size_t alignment) {
    return (size + alignment - 1) & ~(alignment - 1);
}

}  // namespace leat
