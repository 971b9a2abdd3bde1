// flow/observe/metric_list.h: the client's metrics by name: a list that the C API and both text forms walk.
// Depends on the state of flow.
// Invariant: metrics of one name follow each other and have the same help and kind.
#pragma once

#include <leat/observe.h>

#include "flow/item.h"

namespace leat {

// The metric number `index`, with its struct_size as it is. False past the last.
bool metric_at(const Engine& engine, uint32_t index, leat_metric* out);

// All begin anew, but what is now stays: open batches, a pause that lasts.
void metrics_reset(Engine* engine);

double total_cooldown_seconds(const Engine& engine);

// flow/observe/metric_text.cc: the text forms (observe.h).
leat_status metrics_json(const Engine& engine, leat_text_sink sink, void* user);
leat_status metrics_prometheus(const Engine& engine, leat_text_sink sink, void* user);

}  // namespace leat
