// codec/utf8.h: checks that bytes are UTF-8 as RFC 3629 has it: shortest forms only, no
// surrogates, nothing above U+10FFFF. Depends on base only. Pure functions.
#pragma once

#include <leat/types.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

namespace leat {

[[nodiscard]] bool utf8_valid(Text t);

// The length of the longest part at the start of t that is valid; it never ends inside a
// character. t.size when all is valid.
[[nodiscard]] size_t utf8_valid_prefix(Text t);

// Writes a code point (<= 0x10FFFF, no surrogate) into out, which has room for 4; returns its size.
size_t utf8_write(char* out, uint32_t code_point);

}  // namespace leat
