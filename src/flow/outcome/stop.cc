// flow/outcome/stop.cc: stopping, on the engine's own tick. Callers and failures only record the wish;
// stop_items goes over the items once and ends those concerned.
// Invariant: every stopped item still gets its one result.
#include "base/check.h"
#include "base/mutant.h"
#include "flow/admission/admission.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"
#include "flow/exchange/stream.h"
#include "flow/observe/events.h"
#include "flow/outcome/outcome.h"
#include "flow/request/prepare.h"
#include "flow/request/request.h"

namespace leat {

namespace {

void end_item(Engine* engine, Item* item, leat_status status) {
    leat_stage stage = LEAT_STAGE_WAITING;
    if (on_wire(item->state)) {
        stage = item->state == ItemState::receiving ? LEAT_STAGE_RECEIVE : LEAT_STAGE_SEND;
        lease_end(engine, item, false);
        saw_cut(engine, item, status);
        keep_partial(item);
    } else {
        leave_lists(engine, item);
    }
    finish_item(engine, item, LEAT_CANCELLED, status, stage);
}

void consider(Engine* engine, Item* item) {
    if (is_over(item->state)) return;
    if (item->cancel_asked) {
        end_item(engine, item, LEAT_E_CANCELLED);
        return;
    }
    const Batch& batch = *item->batch;
    if (!batch.stop_pending) return;
    if (batch.stop == BatchStop::hard || !on_wire(item->state)) {
        end_item(engine, item, batch.stop_status);
    }
}

}  // namespace

void stop_batch(Engine* engine, Batch* batch, BatchStop mode, leat_status status) {
    LEAT_CHECK(mode != BatchStop::none && status != LEAT_OK);
    const bool is_first = batch->stop == BatchStop::none;
    if (is_first) batch->stop_status = status;
    if (mode > batch->stop) batch->stop = mode;
    batch->finished = true;
    batch->stop_pending = true;
    engine->stops_pending = true;
    engine->timers.clear(&batch->deadline);
    if (is_first) saw_batch_stop(engine, batch);
}

void stop_items(Engine* engine) {
    if (!engine->stops_pending) return;
    engine->stops_pending = false;
    stop_endpoints(engine);
    for (uint32_t i = 0; i < engine->items_count; ++i) consider(engine, &engine->items[i]);
    for (uint32_t i = 0; i < engine->config.batches_max; ++i) {
        engine->batches[i].stop_pending = false;
    }
}

namespace {

// Results that nobody will take any more.
void release_all(Engine* engine, Batch* batch) {
    while (Item* const item = batch->done.front()) {
        hand_out(engine, batch, item);
        release_item(engine, item);
    }
    for (uint32_t i = 0; i < engine->config.items_max; ++i) {
        Item* const item = &engine->items[i];
        if (item->batch == batch && item->state == ItemState::held) release_item(engine, item);
    }
}

}  // namespace

void end_batch(Engine* engine, Batch* batch) {
    LEAT_CHECK(batch->open && !engine->in_step);
    engine->in_step = true;
    if (!batch_is_done(*batch)) stop_batch(engine, batch, BatchStop::hard, LEAT_E_CANCELLED);
    stop_items(engine);
    deliver_results(engine);
    release_all(engine, batch);
    // What waits in the ring came after all of these; other batches may hold every slot.
    end_unsent(engine, batch);
    release_all(engine, batch);
    LEAT_CHECK(batch_is_done(*batch));
    saw_batch_end(engine, batch);
    release_tables(engine, batch);
    engine->timers.clear(&batch->deadline);
    batch->open = false;
    engine->in_step = false;
    // Other batches may wait for the permits, connections and slots that it gave back.
    if (!LEAT_MUTANT_IF(9)) engine->work_pending = true;
}

}  // namespace leat
