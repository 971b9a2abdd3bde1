// base/redact.h: takes credentials out of text before it leaves leat (log lines, error messages,
// pieces of a provider's answer). Depends on base only; pure.
// Invariant: no given secret, whole or cut off at the end of the text, and no value that stands
// where credentials stand, reaches the output. When in doubt too much is hidden.
#pragma once

#include "base/bytes.h"

namespace leat {

// Hidden: every secret of the list; what follows "Bearer "; the value of a query parameter whose
// name ends in key or token; the value of authorization, proxy-authorization, x-api-key, api-key,
// x-goog-api-key, cookie and set-cookie headers, also inside JSON. Each becomes "[redacted]".
// Returns what was written to out; text that does not fit is cut at a character's boundary.
Text redact(Text in, const Text* secrets, size_t secret_count, char* out, size_t out_bytes);

// Overwrites each whole secret in bytes with '*': for text that must keep its place and length.
void mask_secrets(char* bytes, size_t size, const Text* secrets, size_t secret_count);

// At least so many bytes of a secret's beginning, at the end of a text, count as the secret.
constexpr size_t redact_prefix_min = 6;

}  // namespace leat
