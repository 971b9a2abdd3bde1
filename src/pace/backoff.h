// pace/backoff.h: how long an item sleeps after its k-th failed attempt (B27, B28):
// min(initial * base^(k-1), max) * uniform(jitter_min, 1). Pure.
#pragma once

#include <leat/config.h>
#include <stdint.h>

namespace leat {

// `failed` is the number of attempts that failed so far, >= 1; `unit` is uniform in [0, 1).
uint64_t backoff_ns(const leat_retry& retry, uint32_t failed, double unit);

}  // namespace leat
