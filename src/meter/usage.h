// meter/usage.h: adding token counts of which some are unknown. Pure; depends on the public types.
// Invariant: unknown is never taken for 0, nor 0 for unknown.
#pragma once

#include <leat/types.h>

namespace leat {

// Every count unknown.
constexpr leat_usage unknown_usage() {
    return leat_usage{LEAT_TOKENS_UNKNOWN, LEAT_TOKENS_UNKNOWN, LEAT_TOKENS_UNKNOWN,
                      LEAT_TOKENS_UNKNOWN, LEAT_TOKENS_UNKNOWN, LEAT_TOKENS_UNKNOWN};
}

// Adds what is known of `part`; an unknown sum becomes known with its first known part.
void usage_add(leat_usage* sum, const leat_usage& part);

}  // namespace leat
