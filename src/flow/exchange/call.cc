// flow/exchange/call.cc: attempts that an adapter carries out by itself, without HTTP: begun when the gate
// admits them, ended by leat_call_complete or leat_call_fail, at once or later. What the adapter
// says is copied at once and acted on in the next stage, so that it may say it from anywhere.
// Invariant: the adapter hears cancel exactly for calls that it has not ended itself.
#include "base/check.h"
#include "flow/answer/answer.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"
#include "flow/observe/events.h"
#include "flow/request/request.h"
#include "meter/usage.h"

namespace leat {

namespace {

leat_call* handle_of(Item* item) { return reinterpret_cast<leat_call*>(item); }
Item* item_of(leat_call* call) { return reinterpret_cast<Item*>(call); }

bool is_open(const Item* item) {
    return item != nullptr && item->state == ItemState::calling && !item->link.linked();
}

// Copies texts; the first that finds no room stays in `status`.
class Keeper {
public:
    explicit Keeper(Arena* arena) : arena_(arena) {}
    void text(Text* t) {
        if (!arena_->copy(*t, t)) status = LEAT_E_ITEM_MEMORY;
    }
    template <typename T>
    T* array(const T** list, uint32_t count) {
        if (count == 0) {
            *list = nullptr;
            return nullptr;
        }
        T* const copy = arena_->make<T>(count);
        if (copy == nullptr) {
            status = LEAT_E_ITEM_MEMORY;
            return nullptr;
        }
        memcpy(copy, *list, sizeof(T) * count);
        *list = copy;
        return copy;
    }
    void calls(const leat_tool_call** list, uint32_t count) {
        leat_tool_call* const copy = array(list, count);
        for (uint32_t i = 0; copy != nullptr && i < count; ++i) {
            text(&copy[i].id);
            text(&copy[i].name);
            text(&copy[i].arguments_json);
        }
    }
    leat_status status = LEAT_OK;

private:
    Arena* arena_;
};

leat_status copy_answer(Item* item, const leat_answer& from, leat_answer* to) {
    *to = from;
    Keeper keep(&item->arena);
    Text* const texts[] = {&to->text,        &to->refusal,   &to->thinking,
                           &to->finish_reason, &to->model,     &to->response_id,
                           &to->turn_json,   &to->safety_json, &to->block_reason};
    for (Text* const t : texts) keep.text(t);
    keep.calls(&to->tool_calls, to->tool_calls_count);
    leat_choice* const choices = keep.array(&to->choices, to->choices_count);
    for (uint32_t i = 0; choices != nullptr && i < to->choices_count; ++i) {
        keep.text(&choices[i].text);
        keep.text(&choices[i].refusal);
        keep.text(&choices[i].thinking);
        keep.text(&choices[i].finish_reason);
        keep.calls(&choices[i].tool_calls, choices[i].tool_calls_count);
    }
    return keep.status;
}

// The call is over; the next stage takes it from here.
void over(Item* item) {
    Engine* const engine = item->batch->client;
    engine->ended_calls.push_back(item);
    engine->work_pending = true;
}

void take_end(Engine* engine, Item* item) {
    const CallEnd end = *item->call_end;
    lease_end(engine, item, false);
    if (end.is_answer) {
        take_answer(engine, item, end.answer);
        return;
    }
    attempt_failed(engine, item, AttemptEnd{end.fault, LEAT_STAGE_RECEIVE, false});
}

}  // namespace

void call_begin(Engine* engine, Item* item) {
    const leat_adapter& adapter = *item->endpoint->adapter;
    LEAT_CHECK(adapter.start != nullptr && item->connection == nullptr);
    item->arena.rewind(item->attempt_mark);
    item->state = ItemState::calling;
    item->call_slot = nullptr;
    item->times.begun_ns = engine->now_ns;
    if (item->times.first_send_ns == 0) item->times.first_send_ns = engine->now_ns;
    ++engine->stats.requests_sent;
    saw_call_begin(engine, item);
    // Made now, so that there is always a place to say how the call ended.
    item->call_end = item->arena.make<CallEnd>();
    leat_status status = item->call_end == nullptr ? LEAT_E_ITEM_MEMORY : LEAT_OK;
    if (status == LEAT_OK) {
        arm_timer(engine, item);
        const leat_build build = build_of(*item);
        status = adapter.start(&build, handle_of(item));
    }
    if (status == LEAT_OK || !is_open(item)) return;
    item->call_refused = true;  // never began: there is nothing to cancel
    lease_end(engine, item, false);
    attempt_failed(engine, item, AttemptEnd{fault_of(status), LEAT_STAGE_SEND, false});
}

void call_cancel(Engine* engine, Item* item) {
    LEAT_CHECK(item->state == ItemState::calling);
    if (item->link.linked()) {
        engine->ended_calls.remove(item);
    } else if (!item->call_refused) {
        item->endpoint->adapter->cancel(handle_of(item));
    }
    item->call_refused = false;
}

void end_calls(Engine* engine) {
    for (uint32_t n = 0; n < engine->config.items_max; ++n) {
        Item* const item = engine->ended_calls.front();
        if (item == nullptr) return;
        take_end(engine, item);
    }
}

void tell_token(Item* item, leat_delta delta, uint32_t choice, uint32_t tool, Text piece) {
    const Batch& batch = *item->batch;
    if (batch.config.on_token == nullptr) return;
    leat_token token{};
    token.index = item->index;
    token.id = item->request.id;
    token.user = item->request.user;
    token.attempt = item->attempts_before + item->attempts;
    token.delta = delta;
    token.choice = choice;
    token.tool = tool;
    token.piece = piece;
    batch.config.on_token(batch.config.user, &token);
}

}  // namespace leat

using leat::Item;

leat_status leat_call_complete(leat_call* call, const leat_answer* answer) {
    Item* const item = leat::item_of(call);
    if (!leat::is_open(item) || answer == nullptr) return LEAT_E_ARGUMENT;
    leat::CallEnd* const end = item->call_end;
    const leat_status status = leat::copy_answer(item, *answer, &end->answer);
    end->is_answer = status == LEAT_OK;
    end->fault = leat::fault_of(status == LEAT_OK ? LEAT_E_PARSE : status);
    leat::over(item);
    return status;
}

leat_status leat_call_fail(leat_call* call, const leat_fault* fault) {
    Item* const item = leat::item_of(call);
    if (!leat::is_open(item) || fault == nullptr || fault->status == LEAT_OK) {
        return LEAT_E_ARGUMENT;
    }
    leat::CallEnd* const end = item->call_end;
    end->is_answer = false;
    end->fault = *fault;
    leat::Keeper keep(&item->arena);
    keep.text(&end->fault.message);
    keep.text(&end->fault.code);
    leat::over(item);
    return LEAT_OK;
}

leat_status leat_call_token(leat_call* call, leat_delta delta, leat_str piece) {
    Item* const item = leat::item_of(call);
    if (!leat::is_open(item)) return LEAT_E_ARGUMENT;
    if (item->times.first_token_ns == 0) item->times.first_token_ns = item->batch->client->now_ns;
    item->times.progress_ns = item->batch->client->now_ns;
    leat::tell_token(item, delta, 0, 0, piece);
    return LEAT_OK;
}

void** leat_call_slot(leat_call* call) {
    LEAT_CHECK(call != nullptr);
    return &leat::item_of(call)->call_slot;
}
