// flow/outcome/outcome.h: an item's end: its result, the stop of batches and items, and the delivery.
// Depends on the state of flow. Invariant: each accepted item gets one result, and is handed out once.
#pragma once

#include "flow/batch.h"

namespace leat {

// finish.cc: an item's end.
void finish_item(Engine* engine, Item* item, leat_outcome outcome, leat_status status,
                 leat_stage stage);
void release_item(Engine* engine, Item* item);

// stop.cc: batches and items that are to be stopped.
void stop_batch(Engine* engine, Batch* batch, BatchStop mode, leat_status status);
void stop_items(Engine* engine);
// Ends a batch at once: every item gets its result, every slot comes back.
void end_batch(Engine* engine, Batch* batch);

// deliver.cc
Item* next_deliverable(Batch* batch);
void hand_out(Engine* engine, Batch* batch, Item* item);
// The item that the result was handed out of; nullptr when it is none, or was released.
Item* held_item(Engine* engine, const leat_result* result);
void deliver_results(Engine* engine);
// To leat_batch_next: handed out, and everybody told.
void take_result(Engine* engine, Batch* batch, Item* item);
// post_process and on_progress, for a result that was handed out.
void tell_delivered(Engine* engine, Batch* batch, const leat_result& result);
// The batch's counts so far, with what follows from them.
leat_summary summary_of(const Batch& batch);
// Failures that the policy hides must not reach, or block, leat_batch_next.
void drop_hidden(Engine* engine, Batch* batch);
// The result of a stopped batch's request that never became an item.
void hand_out_unsent(Engine* engine, Batch* batch, const Waiting& waiting);

}  // namespace leat
