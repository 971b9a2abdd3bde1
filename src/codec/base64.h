// codec/base64.h: base64 with padding (RFC 4648, section 4), written from any place on, so that an
// image goes from the caller's memory to the socket without a second copy. Depends on base. Pure.
#pragma once

#include "base/bytes.h"

namespace leat {

// What `size` bytes become. size is at most SIZE_MAX / 4 * 3.
constexpr size_t base64_size(size_t size) { return (size + 2) / 3 * 4; }

// Writes the base64 of `source` from its character number `offset` on; returns how many characters
// went into out: capacity, or what was left.
size_t base64_write(Text source, size_t offset, char* out, size_t capacity);

}  // namespace leat
