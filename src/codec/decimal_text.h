// codec/decimal_text.h: JSON numbers compared as the decimals that they are, digit by digit on
// their text: 0.1 is a tenth, and no size or precision is too large. (decimal_exact.h is for
// doubles, where digits must be rounded.) Depends on base only. Pure functions over numbers that
// the scanner accepted. Invariant: nothing is rounded; an exponent beyond 10^15 counts as 10^15.
#pragma once

#include <stddef.h>

#include "base/bytes.h"

namespace leat {

// More significant digits than these a divisor may not have.
constexpr size_t decimal_divisor_digits_max = 18;

// -1, 0 or 1.
[[nodiscard]] int decimal_compare(Text a, Text b);

// 12, 12.0 and 1.2e1 are.
[[nodiscard]] bool decimal_is_whole(Text number);

// Greater than 0 and of no more than decimal_divisor_digits_max digits.
[[nodiscard]] bool decimal_is_divisor(Text number);

// Whether number is a whole multiple of divisor, for which decimal_is_divisor holds.
[[nodiscard]] bool decimal_is_multiple(Text number, Text divisor);

}  // namespace leat
