// codec/duration.h: spans of time as servers write them in headers: "6m0s", "1m30.5s", "20ms",
// "17.399999999s", and plain seconds "2" or "0.8". Depends on base only. Pure functions.
// Invariant: nothing negative and nothing beyond int64 nanoseconds (292 years) is ever answered.
#pragma once

#include <leat/types.h>
#include <stdint.h>

#include "base/bytes.h"

namespace leat {

// Numbers with units: h, m, s, ms, us (also with a micro sign), ns; each part may have a fraction;
// "0" needs no unit. What is below a nanosecond is cut off. False for anything else, signs too.
[[nodiscard]] bool parse_duration_ns(Text t, int64_t* ns);

// Whole or decimal seconds without a unit.
[[nodiscard]] bool parse_seconds_ns(Text t, int64_t* ns);

// Either of them.
[[nodiscard]] bool parse_duration_or_seconds_ns(Text t, int64_t* ns);

}  // namespace leat
