// codec/decimal_exact.h: the slow, exact way between decimal digits and doubles, for numbers that
// one floating-point operation cannot do. Integers of fixed size on the stack, no tables, no libc.
// Depends on base only. Costs about 1 us for 17 digits, 15 us at worst.
// Invariant: results are correctly rounded, ties to even.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace leat {

// More digits than these cannot change the rounding of a double, save for whether any is not 0.
constexpr size_t exact_digits_max = 800;

// The bits of the double nearest to digits x 10^exponent (digits: '0'..'9', at most
// exact_digits_max + 1 of them, the first not '0'). All ones in the exponent field: too large.
[[nodiscard]] uint64_t exact_double_bits(const char* digits, size_t count, int64_t exponent);

// A positive double as `value` = digits x 10^exponent, rounded to so many digits (1..17).
struct ExactDecimal {
    uint64_t digits;
    int32_t exponent;
};
[[nodiscard]] ExactDecimal exact_decimal(double value, uint32_t digit_count);

}  // namespace leat
