// flow/outcome/finish.cc: an item's one end: its result is filled in and joins its batch's list of done
// items; later its slot is free again. Invariant: finish_item runs once per item, release_item
// once after it.
#include "base/check.h"
#include "base/mutant.h"
#include "flow/admission/admission.h"
#include "flow/cache/cache.h"
#include "flow/conversation/conversation.h"
#include "flow/engine.h"
#include "flow/observe/events.h"
#include "flow/observe/middleware.h"
#include "flow/outcome/outcome.h"
#include "flow/request/request.h"
#include "meter/price.h"
#include "meter/usage.h"

namespace leat {

namespace {

double ms_between(uint64_t from_ns, uint64_t to_ns) {
    if (from_ns == 0 || to_ns == 0 || to_ns < from_ns) return -1.0;
    return static_cast<double>(to_ns - from_ns) / 1e6;
}

leat_timing timing_of(const Item& item, uint64_t now_ns) {
    const ItemTimes& times = item.times;
    leat_timing timing{-1.0, -1.0, -1.0, -1.0, -1.0, -1.0};
    timing.queued_ms = ms_between(times.accepted_ns, times.first_send_ns);
    if (times.begun_ns != 0) {
        timing.connect_ms =
            item.reused_connection ? 0.0 : ms_between(times.dispatched_ns, times.begun_ns);
        timing.first_byte_ms = ms_between(times.begun_ns, times.first_byte_ns);
        timing.first_token_ms = ms_between(times.begun_ns, times.first_token_ns);
        timing.total_ms = ms_between(times.begun_ns, times.ended_ns);
    }
    timing.item_ms = ms_between(times.accepted_ns, now_ns);
    return timing;
}

// Into the list by index: finished items come nearly in order, so the search is short.
void insert_by_index(Batch* batch, Item* item) {
    Item* after = batch->done.back();
    while (after != nullptr && after->index > item->index) after = batch->done.previous(after);
    Item* const before = after == nullptr ? batch->done.front() : batch->done.next(after);
    if (before == nullptr) {
        batch->done.push_back(item);
    } else {
        batch->done.insert_before(before, item);
    }
}

}  // namespace

void fill_identity(const Engine& engine, Item* item) {
    leat_result* const result = &item->result;
    result->struct_size = sizeof(leat_result);
    result->index = item->index;
    result->id = item->request.id;
    result->user = item->request.user;
    result->user_number = item->request.user_number;
    result->metadata = item->request.metadata;
    result->attempts = item->attempts_before + item->attempts;
    result->rate_limited = item->rate_limited;
    result->endpoint = static_cast<uint32_t>(item->endpoint - engine.endpoints);
    result->tool_steps = item->first_step;
}

void finish_item(Engine* engine, Item* item, leat_outcome outcome, leat_status status,
                 leat_stage stage) {
    LEAT_CHECK(item->connection == nullptr && !item->link.linked());
    LEAT_CHECK((outcome == LEAT_SUCCEEDED) == (status == LEAT_OK));
    engine->timers.clear(&item->timer);
    if (outcome == LEAT_SUCCEEDED) {
        status = keep_exchange(engine, item);
        if (status != LEAT_OK) {
            // What was kept has been billed once, to somebody else.
            if (item->result.cached == 0) usage_add(&item->result.usage_failed, item->result.usage);
            outcome = LEAT_FAILED;
            stage = LEAT_STAGE_PARSE;
        }
    }
    if (item->twin != nullptr && !LEAT_MUTANT_IF(11) && resolve_twin(engine, item, outcome, status)) return;
    leave_conversation(engine, item);
    leat_result* const result = &item->result;
    if (item->leads && !LEAT_MUTANT_IF(18)) cache_leave(engine, item);
    fill_identity(*engine, item);
    result->outcome = outcome;
    result->status = status;
    result->stage = stage;
    result->cost_usd = item->cost_is_known && has_price(*item) ? to_dollars(item->cost) : -1.0;
    if (outcome == LEAT_SUCCEEDED) {
        usage_add(&result->usage, item->rounds_usage);
        result->error_message = Text{nullptr, 0};
        result->error_code = Text{nullptr, 0};
    } else {
        result->cached = 0;  // there may have been rounds from the cache, but no answer
        result->usage = unknown_usage();
        usage_add(&result->usage_failed, item->rounds_usage);
        // Whoever asked for a form may still have a use for the reply that has not got it.
        const bool was_checked = stage == LEAT_STAGE_PARSE &&
                                 (leat_status_family(status) == LEAT_ON_SCHEMA ||
                                  status == LEAT_E_TOO_LARGE || status == LEAT_E_CONVERSATION_FULL);
        if (result->partial == 0 && !was_checked) result->text = Text{nullptr, 0};
    }
    result->timing = timing_of(*item, engine->now_ns);
    on_way_out(engine, item);
    item->state = ItemState::done;
    Batch* const batch = item->batch;
    if (LEAT_MUTANT_IF(3) && outcome == LEAT_CANCELLED && item->attempts > 0) return;
    if (batch->config.order == LEAT_ORDER_INPUT) {
        insert_by_index(batch, item);
    } else {
        batch->done.push_back(item);
    }
    const bool fails_fast = result->outcome == LEAT_FAILED && batch->stop == BatchStop::none &&
                            batch->config.on_failure == LEAT_ON_FAILURE_FAIL_FAST;
    if (fails_fast) batch->stopped_by = item->index;
    saw_item_end(engine, item);
    if (fails_fast) stop_batch(engine, batch, BatchStop::hard, LEAT_E_ABORTED);
}

void release_item(Engine* engine, Item* item) {
    LEAT_CHECK(item->state == ItemState::held);
    LEAT_CHECK(item->batch->alive > 0);
    --item->batch->alive;
    const size_t peak = item->arena.used_peak();
    if (peak > engine->stats.item_bytes_peak) engine->stats.item_bytes_peak = peak;
    item->arena.reset();
    item->state = ItemState::free;
    item->batch = nullptr;
    item->endpoint = nullptr;
    if (item->serves == nullptr) engine->free_items.push_front(item);
}

}  // namespace leat
