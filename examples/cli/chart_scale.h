// cli/chart_scale.h: axes: from values to shares of a length, round numbers to write beside them.
// Depends on terminal.h for words. Pure; nothing here knows what is drawn.
// Invariant: ticks grow, begin at 0 and are no more than ticks_max.
#pragma once

#include <stdint.h>

#include "cli/terminal.h"

namespace cli {

constexpr uint32_t ticks_max = 12;

// From 0 to most; what is outside lies on the edge.
struct Scale {
    double most;

    double share(double value) const {
        const double part = most > 0 ? value / most : 0;
        return part < 0 ? 0 : (part > 1 ? 1 : part);
    }
};

struct Ticks {
    double at[ticks_max];
    uint32_t count;
};

// Round counts (1, 2 or 5 times a power of ten apart) from 0 to the first that is not below most;
// about wanted steps. The last tick is the axis' end.
Ticks count_ticks(double most, uint32_t wanted);
// Round times up to most_ms: seconds, minutes, hours or days apart.
Ticks time_ticks(double most_ms, uint32_t wanted);

Words tick_count_words(double count);   // 0, 500, 1.5k
Words tick_time_words(double time_ms);  // 0, 30 s, 5 min, 1.5 h

}  // namespace cli
