// codec/scan_copy.h: copying text while looking for the byte where plain copying ends: the loops
// under decoding and escaping. Depends on base only; vector forms where the processor has them.
// Invariant: nothing is read outside the source or written outside the room that was given.
#pragma once

#include <stddef.h>

namespace leat {

// Copies from *from to *to and moves both, until a backslash or until end or limit is reached; may
// pass over backslashes whose escape is short (two bytes, see json_escape.h), writing what they
// mean. overshoot: bytes from the new *to up to limit may be overwritten with anything. Without
// it, *to may lie in the text that is read, at or before *from.
constexpr ptrdiff_t copy_block_bytes = 32;
void copy_until_backslash(const char** from, const char* end, char** to, const char* limit,
                          bool overshoot);

// Copies bytes that need no escape from data to out; returns how many. The two do not overlap;
// bytes of out up to `most` beyond them may be overwritten with anything.
[[nodiscard]] size_t copy_plain(const char* data, size_t most, char* out);

}  // namespace leat
