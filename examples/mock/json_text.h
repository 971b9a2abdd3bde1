// Text into JSON strings.
//
// Invariant: what goes in is valid UTF-8, and what comes out is the inside of a JSON string.
#pragma once

#include "buffer.h"

namespace mock {

// Appends text as the inside of a JSON string (no quotes).
void append_json_escaped(Buffer& out, std::string_view text);

// The longest prefix of at most `bytes_max` bytes that does not cut a UTF-8 sequence.
std::string_view utf8_prefix(std::string_view text, size_t bytes_max);

}  // namespace mock
