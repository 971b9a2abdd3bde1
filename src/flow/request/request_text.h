// flow/request/request_text.h: the texts of a request: counted, copied as one piece, and filled in from
// defaults. Pure. Invariant: request_copy writes exactly request_copy_bytes(from) bytes.
#pragma once

#include <leat/batch.h>

namespace leat {

// Bounds of one request; over them it is refused with LEAT_E_TOO_MANY.
constexpr uint32_t request_headers_max = 8;   // of its own
constexpr uint32_t request_tools_max = 128;   // what the largest provider takes
constexpr uint32_t request_choices_max = 8;

// Bytes for all that `from` points to, arrays included.
size_t request_copy_bytes(const leat_request& from);

// Copies it into memory (aligned to 8), so that nothing of `to` refers to the caller's text.
void request_copy(const leat_request& from, char* memory, leat_request* to);

// The same for one message. Its copy is as large as it, so a copy of a copy needs the same room.
size_t message_copy_bytes(const leat_message& from);
void message_copy(const leat_message& from, char* memory, leat_message* to);
// All that the message points to has moved by so many bytes.
void message_moved(leat_message* message, ptrdiff_t by);

// LEAT_OK, or LEAT_E_ARGUMENT: a text or an array has no address, or a part is of no known type.
leat_status messages_check(const leat_message* list, uint32_t count);

// Unset options of `request` become those of `defaults`.
void request_fill(leat_request* request, const leat_request& defaults);

// LEAT_OK, or why a batch's defaults cannot be used.
leat_status defaults_check(const leat_request& request);

// LEAT_OK, or why a request cannot be accepted.
leat_status request_check(const leat_request& request);

}  // namespace leat
