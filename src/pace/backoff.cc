// pace/backoff.cc: see backoff.h. The loop ends at the cap, so that no attempt number can make it
// long or its product overflow.
#include "pace/backoff.h"

#include "base/check.h"

namespace leat {

uint64_t backoff_ns(const leat_retry& retry, uint32_t failed, double unit) {
    LEAT_CHECK(failed >= 1);
    LEAT_CHECK(unit >= 0.0 && unit < 1.0);
    const double max_ms = static_cast<double>(retry.backoff_max_ms);
    double wait_ms = static_cast<double>(retry.backoff_initial_ms);
    for (uint32_t k = 1; k < failed && wait_ms < max_ms; ++k) wait_ms *= retry.backoff_base;
    if (wait_ms > max_ms) wait_ms = max_ms;
    const double factor = retry.jitter_min + (1.0 - retry.jitter_min) * unit;
    return static_cast<uint64_t>(wait_ms * factor * 1e6);
}

}  // namespace leat
