// codec/json_pointer.h: JSON pointers (RFC 6901) both ways: from a pointer to the value, and from a
// place in a document to the pointer that names it. Depends on base and codec's scanner.
// Invariant: the document was checked; no pointer leads out of it.
#pragma once

#include <stddef.h>

#include "base/bytes.h"
#include "codec/json_scan.h"

namespace leat {

// The longest fragment that json_fragment_find reads, in bytes.
constexpr size_t json_fragment_bytes_max = 512;

enum class JsonFound : uint8_t {
    yes,
    no,       // it is a pointer, and leads nowhere
    foreign,  // no pointer into this document: another document, an anchor; or too long
};

// The value that a URI fragment names: a JSON string "#", "#/a/0/b%20c", "#/x~1y". Of a name that
// an object repeats, the last counts.
[[nodiscard]] JsonFound json_fragment_find(Text document, const JsonValue& fragment,
                                           JsonValue* value);

// Writes the pointer to the innermost value that holds the byte at `offset`, cut between two
// characters where capacity ends; *cut tells. Returns the size. A byte of a name belongs to the
// object around it.
[[nodiscard]] size_t json_pointer_print(Text document, size_t offset, char* out, size_t capacity,
                                        bool* cut);

}  // namespace leat
