// pace/pacing.h: the formulas behind leat/pacing.h, as functions of their own for tests and for
// those who mix them. Depends on leat/config.h and base. Pure.
// Invariant: a result is bounded by the rules' own maximum.
#pragma once

#include <leat/config.h>
#include <leat/pacing.h>

namespace leat {

// min(initial * base^(k-1), max) * uniform(jitter_min, 1) after the k-th failed attempt, k >= 1;
// unit is uniform in [0, 1) (B27, B28).
uint64_t backoff_ns(const leat_retry& retry, uint32_t failed, double unit);

// Length of the c-th pause in a row, c >= 1 (B36, B37). wait_ms: what the provider asked for, -1 if
// nothing. own_step: the pause only takes back what leat itself had tried.
uint64_t cooldown_ms(const leat_cooldown& rules, uint32_t consecutive, int64_t wait_ms,
                     bool own_step = false);

// Delay of each permit before the n-th item (from 0) after a pause; 0 once slow start is over
// (B38).
uint64_t slow_start_ns(const leat_cooldown& rules, uint32_t item);

}  // namespace leat
