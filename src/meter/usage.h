// meter/usage.h: adding token counts of which some are unknown. Pure.
#pragma once

#include <leat/types.h>

namespace leat {

// Adds what is known of `part`; an unknown sum becomes known with its first known part.
void usage_add(leat_usage* sum, const leat_usage& part);

}  // namespace leat
