// flow/request/intake.cc: where items come from. A free slot takes the next waiting request of a batch, by
// its lane, or asks the batch's source for one; batches of an endpoint take turns.
// Invariant: an accepted request leaves here as an item that is waiting, or done with its reason.
#include "base/check.h"
#include "flow/admission/admission.h"
#include "flow/conversation/conversation.h"
#include "flow/engine.h"
#include "flow/observe/middleware.h"
#include "flow/outcome/outcome.h"
#include "flow/request/request.h"
#include "flow/request/request_text.h"
#include "meter/usage.h"

namespace leat {

void open_slot(Item* item, Batch* batch, uint32_t target, uint64_t index, uint64_t accepted_ns) {
    LEAT_CHECK(item != nullptr && item->state == ItemState::free && !item->link.linked());
    item->arena.reset();
    item->attempt_mark = 0;
    item->batch = batch;
    item->target = target;
    item->endpoint = batch->targets[target].endpoint;
    item->connection = nullptr;
    item->twin = nullptr;
    item->is_twin = false;
    item->is_queued = false;
    item->rope = Rope{};
    item->asked = nullptr;
    item->conversation = nullptr;
    item->first_turn = nullptr;
    item->last_turn = nullptr;
    item->turns_count = 0;
    item->context_generation = 0;
    item->context_recovered = false;
    item->goes_inline = false;
    item->has_cache_key = false;
    item->follows = nullptr;
    item->leads = false;
    item->round = nullptr;
    item->first_step = nullptr;
    item->last_step = nullptr;
    item->rounds_usage = unknown_usage();
    item->slots[0] = nullptr;
    item->slots[1] = nullptr;
    item->last_message = Text{nullptr, 0};
    item->last_status = LEAT_OK;
    item->build_again = false;
    item->stream = nullptr;
    item->head = Text{nullptr, 0};
    item->times = ItemTimes{};
    item->times.accepted_ns = accepted_ns;
    item->times.deadline_ns = never_ns;
    item->index = index;
    item->domain = nullptr;
    item->ticket = Ticket{};
    item->retry_drawn = 0;
    item->price = 0;
    item->cost = 0;
    item->cost_reserved = 0;
    item->cost_is_known = true;
    item->had_schema_fault = false;
    item->before_attempts = nullptr;
    item->attempts = 0;
    item->attempts_before = 0;
    item->rate_limited = 0;
    item->response_open = false;
    item->replayed = false;
    item->extra_pass = false;
    item->cancel_asked = false;
    item->result = leat_result{};
    item->result.choice = -1;
    item->result.usage = unknown_usage();
    item->result.usage_failed = unknown_usage();
    ++batch->alive;
}

Item* take_slot(Engine* engine, Batch* batch, uint32_t target, uint64_t index,
                uint64_t accepted_ns) {
    Item* const item = engine->free_items.pop_front();
    open_slot(item, batch, target, index, accepted_ns);
    return item;
}

namespace {

// What stays of a request that cannot be kept: the caller's handles.
void keep_handles(Item* item, const leat_request& request) {
    item->request = leat_request{};
    item->request.user = request.user;
    item->request.user_number = request.user_number;
}

}  // namespace

leat_status keep_request(Item* item, const leat_request& request, bool copy) {
    if (!copy) {
        item->request = request;
        return LEAT_OK;
    }
    const size_t bytes = request_copy_bytes(request);
    char* const memory = static_cast<char*>(item->arena.take(bytes, alignof(leat_message)));
    if (memory == nullptr) {
        keep_handles(item, request);
        (void)item->arena.copy(request.id, &item->request.id);
        (void)item->arena.copy(request.metadata, &item->request.metadata);
        return LEAT_E_ITEM_MEMORY;
    }
    request_copy(request, memory, &item->request);
    return LEAT_OK;
}

namespace {

// The item has its request: fills in defaults and builds it.
void begin_item(Engine* engine, Item* item, leat_status kept, bool cancelled) {
    Batch* const batch = item->batch;
    if (batch->stop != BatchStop::none || cancelled) {
        const leat_status why = cancelled ? LEAT_E_CANCELLED : batch->stop_status;
        finish_item(engine, item, LEAT_CANCELLED, why, LEAT_STAGE_WAITING);
        return;
    }
    request_fill(&item->request, batch->defaults);
    if (item->request.deadline_ms != 0) {
        item->times.deadline_ns =
            item->times.accepted_ns + item->request.deadline_ms * UINT64_C(1000000);
    }
    if (item->times.deadline_ns <= engine->now_ns) {
        finish_item(engine, item, LEAT_FAILED, LEAT_E_DEADLINE_ITEM, LEAT_STAGE_WAITING);
        return;
    }
    if (kept == LEAT_OK && !before_item(engine, item)) return;
    item->request_mark = item->arena.mark();
    if (kept != LEAT_OK) {
        finish_item(engine, item, LEAT_FAILED, kept, LEAT_STAGE_BUILD);
        return;
    }
    if (has_turn(engine, item)) begin_request(engine, item);
}

void take_from_ring(Engine* engine, Batch* batch, uint32_t target) {
    Waiting* const waiting = batch->ring.front();
    LEAT_CHECK(waiting != nullptr);
    Item* const item = take_slot(engine, batch, target, waiting->index, waiting->accepted_ns);
    const leat_status kept = keep_request(item, waiting->request, waiting->text != nullptr);
    item->conversation = waiting->request.conversation;
    const bool cancelled = waiting->cancel_asked;
    if (waiting->text != nullptr) {
        batch->intake.give_back(waiting->text);
    }
    batch->ring.pop();
    begin_item(engine, item, kept, cancelled);
}

// True when the source gave an item.
bool take_from_source(Engine* engine, Batch* batch, uint32_t target) {
    leat_request request{};  // as leat_request_init leaves it
    request.struct_size = sizeof request;
    const leat_status answer = batch->config.source(batch->config.user, &request);
    if (answer == LEAT_E_WOULD_BLOCK) {
        batch->source_blocked = true;
        return false;
    }
    // Inside the callback the batch may have been cancelled or finished: then this is not accepted.
    if (answer != LEAT_OK || batch->finished) {
        batch->finished = true;
        return false;
    }
    Item* const item = take_slot(engine, batch, target, batch->accepted++, engine->now_ns);
    ++batch->summary.total;
    leat_status kept = request_check(request);
    Conversation* conversation = nullptr;
    if (kept == LEAT_OK) kept = find_conversation(*batch, request, &conversation);
    if (kept == LEAT_OK && conversation != nullptr) {
        ++conversation->users;
        item->conversation = conversation;
    }
    if (kept == LEAT_OK) {
        kept = keep_request(item, request, (request.flags & LEAT_COPY) != 0);
    } else {
        keep_handles(item, request);
    }
    begin_item(engine, item, kept, false);
    return true;
}

// Those that would only wait for a turn in their conversation leave half of the slots to others.
bool too_many_queued(const Engine& engine, const Batch& batch) {
    if (batch.queued < max_of(engine.config.items_max / 2, uint32_t{1})) return false;
    const Waiting* const next = const_cast<Batch&>(batch).ring.front();
    if (next == nullptr) return true;  // nobody knows what its source will bring
    const Conversation* const conversation = next->request.conversation;
    return conversation != nullptr && conversation->current != nullptr;
}

// Its batch has had a turn: it keeps the floor for as many as its share says.
void next_turn(Engine* engine, Endpoint* endpoint, Batch* batch) {
    const uint32_t place = static_cast<uint32_t>(batch - engine->batches);
    if (endpoint->next_batch != place || batch->turns_left == 0) {
        batch->turns_left = max_of(batch->config.share, uint32_t{1});
    }
    --batch->turns_left;
    endpoint->next_batch = batch->turns_left > 0 ? place : (place + 1) % engine->config.batches_max;
}

}  // namespace

void end_waiting(Engine* engine, Batch* batch) {
    LEAT_CHECK(batch->stop != BatchStop::none);
    while (!batch->ring.empty() && !engine->free_items.empty()) take_from_ring(engine, batch, 0);
}

void end_unsent(Engine* engine, Batch* batch) {
    while (Waiting* const waiting = batch->ring.front()) {
        hand_out_unsent(engine, batch, *waiting);
        if (waiting->text != nullptr) {
            batch->intake.give_back(waiting->text);
        }
        batch->ring.pop();
    }
}

bool fetch_item(Engine* engine, Endpoint* endpoint) {
    const uint32_t count = engine->config.batches_max;
    const uint32_t first = endpoint->next_batch;
    endpoint->limiter = LEAT_LIMITER_NONE;
    for (uint32_t turn = 0; turn < count; ++turn) {
        Batch* const batch = &engine->batches[(first + turn) % count];
        Target* const target = batch->open ? main_target(batch, endpoint) : nullptr;
        if (target == nullptr) continue;
        if (!batch_may_have_work(*batch)) {
            if (batch->source_blocked) endpoint->limiter = LEAT_LIMITER_SOURCE;
            continue;
        }
        const bool has_room = batch_has_room(*batch) && !too_many_queued(*engine, *batch);
        if (!has_room && batch->stop == BatchStop::none) {
            endpoint->limiter = LEAT_LIMITER_IN_FLIGHT;
            continue;
        }
        if (engine->free_items.empty()) {
            endpoint->limiter = LEAT_LIMITER_ITEMS;
            return false;
        }
        if (!is_its_turn(engine, batch, *target)) {
            engine->work_pending = true;  // the other endpoint takes it, and then it is our turn
            continue;
        }
        const uint32_t place = static_cast<uint32_t>(target - batch->targets);
        next_turn(engine, endpoint, batch);
        if (!batch->ring.empty()) {
            ++target->served;
            take_from_ring(engine, batch, place);
            return true;
        }
        if (take_from_source(engine, batch, place)) {
            ++target->served;
            return true;
        }
    }
    return false;
}

}  // namespace leat
