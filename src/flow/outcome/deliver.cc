// flow/outcome/deliver.cc: results out, in order of completion or of input. A callback may do anything but
// step; what it asks for happens in a later stage.
// Invariant: completed grows by one per result handed out, and summary counts the same ones.
#include "base/check.h"
#include "base/mutant.h"
#include "base/narrow.h"
#include "flow/conversation/conversation.h"
#include "flow/engine.h"
#include "flow/observe/events.h"
#include "flow/outcome/outcome.h"
#include "meter/rates.h"
#include "meter/usage.h"

namespace leat {

namespace {

void count(Batch* batch, const leat_result& result) {
    leat_summary* const sum = &batch->summary;
    switch (result.outcome) {
        case LEAT_SUCCEEDED:
            ++sum->succeeded;
            if (result.cached == 0) usage_add(&sum->usage, result.usage);  // else cache_tell has counted it
            break;
        case LEAT_FAILED:
            ++sum->failed;
            if (sum->first_error == LEAT_OK) {
                sum->first_error = result.status;
                sum->first_error_index = result.index;
            }
            break;
        case LEAT_SKIPPED:
            ++sum->skipped;
            break;
        case LEAT_CANCELLED:
            ++sum->cancelled;
            break;
    }
    usage_add(&sum->usage_failed, result.usage_failed);
    sum->attempts += result.attempts;
    sum->rate_limited += result.rate_limited;
    sum->retried += result.retried;
    sum->sum_item_ms += worked_ms(result.timing);
}

bool is_hidden(const Batch& batch, const Item& item) {
    return batch.config.on_failure == LEAT_ON_FAILURE_SKIP &&
           item.result.outcome == LEAT_FAILED;
}

// While callbacks see an item's result: who releases it keeps it alive until all have seen it.
class Delivery {
public:
    Delivery(Engine* engine, Item* item)
        : engine_(engine), outer_(engine->delivering), outer_asked_(engine->release_asked) {
        engine->delivering = item;
        engine->release_asked = false;
    }
    ~Delivery() {
        engine_->delivering = outer_;
        engine_->release_asked = outer_asked_;
    }
    Delivery(const Delivery&) = delete;
    Delivery& operator=(const Delivery&) = delete;
    bool release_asked() const { return engine_->release_asked; }

private:
    Engine* engine_;
    Item* outer_;
    bool outer_asked_;
};

leat_keep tell_result(Engine* engine, Batch* batch, const leat_result& result) {
    const CallbackWatch watch(engine, CallbackKind::result);
    return batch->config.on_result(batch->config.user, &result);
}

void deliver_one(Engine* engine, Batch* batch, Item* item) {
    hand_out(engine, batch, item);
    const bool hidden = is_hidden(*batch, *item);
    leat_keep keep = LEAT_RELEASE;
    const Delivery delivery(engine, item);
    if (!hidden) keep = tell_result(engine, batch, item->result);
    if (LEAT_MUTANT_IF(4) && !hidden && item->cancel_asked)
        keep = tell_result(engine, batch, item->result);
    tell_delivered(engine, batch, item->result);
    if (keep == LEAT_RELEASE || delivery.release_asked()) release_item(engine, item);
}

void tell_writable(Batch* batch) {
    if (!batch->wants_writable || batch->ring.full()) return;
    batch->wants_writable = false;
    if (batch->config.on_writable != nullptr) {
        batch->config.on_writable(batch->config.user, batch);
    }
}

}  // namespace

void tell_delivered(Engine* engine, Batch* batch, const leat_result& result) {
    if (batch->config.post_process != nullptr) {
        const CallbackWatch watch(engine, CallbackKind::post_process);
        batch->config.post_process(batch->config.user, &result);
    }
    if (batch->config.on_progress == nullptr) return;
    const uint32_t every = max_of(batch->config.progress_every, uint32_t{1});
    if (batch->completed % every != 0 && !batch_is_done(*batch)) return;
    const CallbackWatch watch(engine, CallbackKind::progress);
    const leat_progress progress = {batch->completed, batch->accepted, &result};
    batch->config.on_progress(batch->config.user, &progress);
}

leat_summary summary_of(const Batch& batch) {
    leat_summary summary = batch.summary;
    const bool is_over = batch_is_done(batch) && batch.last_result_ns != 0;
    const uint64_t end_ns = is_over ? batch.last_result_ns : batch.client->now_ns;
    summary.wall_ms = static_cast<double>(end_ns - batch.opened_ns) / 1e6;
    summary.mean_item_ms = mean_of(summary.sum_item_ms, batch.completed);
    summary.success_share = share_of(summary.succeeded, batch.completed);
    return summary;
}

void take_result(Engine* engine, Batch* batch, Item* item) {
    const bool was_in_step = engine->in_step;
    engine->in_step = true;
    {
        const Delivery delivery(engine, item);  // a release is the caller's to ask for
        hand_out(engine, batch, item);
        tell_delivered(engine, batch, item->result);
    }
    saw_batch_end(engine, batch);
    engine->in_step = was_in_step;
}

Item* next_deliverable(Batch* batch) {
    Item* const item = batch->done.front();
    if (item == nullptr) return nullptr;
    const bool in_turn =
        batch->config.order == LEAT_ORDER_COMPLETION || item->index == batch->next_index;
    return in_turn ? item : nullptr;
}

void drop_hidden(Engine* engine, Batch* batch) {
    while (Item* const item = next_deliverable(batch)) {
        if (!is_hidden(*batch, *item)) return;
        hand_out(engine, batch, item);
        {
            const Delivery delivery(engine, item);
            tell_delivered(engine, batch, item->result);
        }
        release_item(engine, item);
    }
}

void hand_out_unsent(Engine* engine, Batch* batch, const Waiting& waiting) {
    LEAT_CHECK(batch->stop != BatchStop::none && batch->completed < batch->accepted);
    leat_result result{};
    result.struct_size = sizeof result;
    result.outcome = LEAT_CANCELLED;
    result.status = waiting.cancel_asked ? LEAT_E_CANCELLED : batch->stop_status;
    result.stage = LEAT_STAGE_WAITING;
    result.index = waiting.index;
    result.id = waiting.request.id;
    result.user = waiting.request.user;
    result.user_number = waiting.request.user_number;
    result.metadata = waiting.request.metadata;
    result.choice = -1;
    result.usage = unknown_usage();
    result.usage_failed = unknown_usage();
    const double item_ms = static_cast<double>(engine->now_ns - waiting.accepted_ns) / 1e6;
    result.timing = leat_timing{-1.0, -1.0, -1.0, -1.0, -1.0, item_ms};
    if (waiting.request.conversation != nullptr) --waiting.request.conversation->users;
    batch->next_index = waiting.index + 1;
    batch->last_result_ns = engine->now_ns;
    ++batch->completed;
    count(batch, result);
    saw_unsent(engine, batch, result);
    // Its batch is being closed: nothing can be kept.
    if (batch->config.on_result != nullptr) (void)tell_result(engine, batch, result);
    tell_delivered(engine, batch, result);
}

void hand_out(Engine* engine, Batch* batch, Item* item) {
    LEAT_CHECK(item->state == ItemState::done && item->batch == batch);
    batch->done.remove(item);
    item->state = ItemState::held;
    batch->next_index = item->index + 1;
    batch->last_result_ns = engine->now_ns;
    ++batch->completed;
    LEAT_CHECK(batch->completed <= batch->accepted);
    count(batch, item->result);
}

Item* held_item(Engine* engine, const leat_result* result) {
    // A result lies inside its item: the address tells which one, and whether it is one at all.
    const uint32_t count = engine->config.items_max;
    const size_t place = place_in(result, &engine->items[0].result, sizeof(Item), count);
    if (place == count) return nullptr;
    Item* const item = &engine->items[place];
    return item->state == ItemState::held ? item : nullptr;
}

void deliver_results(Engine* engine) {
    for (uint32_t i = 0; i < engine->config.batches_max; ++i) {
        Batch* const batch = &engine->batches[i];
        if (!batch->open) continue;
        if (batch->config.on_result == nullptr) {
            drop_hidden(engine, batch);
        } else {
            while (Item* const item = next_deliverable(batch)) deliver_one(engine, batch, item);
        }
        tell_writable(batch);
        saw_batch_end(engine, batch);
    }
}

}  // namespace leat
