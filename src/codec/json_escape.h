// codec/json_escape.h: one escape sequence of a JSON string, read. Shared by the scanner, which
// checks it, and the decoder, which needs its meaning. Depends on base only.
// Invariant: a lone surrogate is no escape sequence.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace leat {

// The size of the escape at p (p[0] is the backslash; size bytes follow from p on), 12 for a pair
// of surrogates; 0 when it is broken. *code_point gets its meaning.
[[nodiscard]] size_t json_read_escape(const char* p, size_t size, uint32_t* code_point);

}  // namespace leat
