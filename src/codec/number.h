// codec/number.h: JSON numbers as text, integers and doubles. No locale, no errno, no libc.
// Depends on base and decimal_exact. Pure functions.
// Both ways between text and double are correctly rounded for every input (ties to even): short
// numbers by one exact double operation, all others by exact integer arithmetic of fixed size.
#pragma once

#include <leat/types.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

namespace leat {

constexpr size_t number_bytes_max = 32;

// The length of the JSON number at the start of t; 0 when none stands there.
[[nodiscard]] size_t number_size(Text t);

// t must be one JSON number as a whole; 12, 12.0 and 1.2e1 are all 12. False when it is not, when
// it is not whole, and when it does not fit; *out is then untouched.
[[nodiscard]] bool parse_int(Text t, int64_t* out);

// As parse_int, but a number beyond int64 becomes the nearest end of its range.
[[nodiscard]] bool parse_int_saturated(Text t, int64_t* out);

// The nearest double. False when t is no JSON number and when it is too large for a double
// (1e400); what is too small becomes 0.
[[nodiscard]] bool parse_double(Text t, double* out);

// Writes value in decimal into out (room for number_bytes_max); returns the size.
size_t print_int(char* out, int64_t value);

// Writes digits that parse_double turns into the same double: the fewest for values of up to 15
// decimals (0.7 is "0.7"), else 15, 16 or 17. Room and answer as print_int; 0 for NaN and
// infinities, which JSON cannot say.
[[nodiscard]] size_t print_double(char* out, double value);

}  // namespace leat
