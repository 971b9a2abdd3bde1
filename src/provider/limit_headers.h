// provider/limit_headers.h: the names under which providers tell their rate limits, taken apart.
// The reading of all of an answer's headers is leat/limits.h. Depends on codec and base. Pure.
// Invariant: a name or a value that is none of ours changes nothing.
#pragma once

#include <leat/limits.h>

#include "base/bytes.h"

namespace leat {

// Whether any of these headers is about limits: most answers have none, or one glance tells.
bool tells_limits(const leat_reply& reply);

enum class LimitField : uint8_t { none, limit, remaining, reset, window };
enum class LimitResource : uint8_t { requests, tokens, input_tokens, output_tokens };

struct LimitName {
    LimitField field = LimitField::none;  // none: the header is about something else
    LimitResource resource = LimitResource::requests;
    int64_t window_ms = LEAT_LIMIT_UNKNOWN;
    bool by_size = false;  // Mistral's older count of tokens; the other one goes first
};

// The first letter tells most names apart: x-ratelimit-, ratelimit-, anthropic-ratelimit-.
inline bool may_be_limit(Text name) {
    const char first = empty(name) ? char{0} : name.data[0];
    return first == 'x' || first == 'r' || first == 'a';
}

// name in lower case.
[[nodiscard]] LimitName limit_name(Text name);
// The same, slower: how a name is read that is not one of the usual ones.
[[nodiscard]] LimitName limit_name_by_parts(Text name);

// A reset as any of the providers writes it, in milliseconds from now_ms (0: not known) on; rounded
// up, 0 for what is past. LEAT_LIMIT_UNKNOWN for what is none.
[[nodiscard]] int64_t limit_reset_ms(Text value, int64_t now_ms);

}  // namespace leat
