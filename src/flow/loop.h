// flow/loop.h: one step: poll, timers, I/O on ready connections, stages, deliveries, each with a bound.
// Depends on all rooms of flow. Invariant: no stage runs inside another one's loop over items.
#pragma once

#include "flow/item.h"

namespace leat {

// loop.cc
leat_status run_step(Engine* engine, int64_t timeout_ns);
int64_t next_wait_ns(Engine* engine);
void update_clock(Engine* engine);

}  // namespace leat
