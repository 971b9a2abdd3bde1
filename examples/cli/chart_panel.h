// cli/chart_panel.h: a panel for each setting of a comparison, all with the same axes: what was in
// flight, what the provider admitted against what it keeps up, 429s, and what held leat back.
// Depends on simulate.h.
#pragma once

#include <stdio.h>

#include "cli/simulate.h"

namespace cli {

void put_panels(FILE* file, const Comparison& comparison);

}  // namespace cli
