// flow/answer/tools.cc: rounds of tools. An answer that calls tools is kept with its calls at the far end of
// the item's arena; the tools run, one after the other or together, while the item is parked; then the
// answer and what the tools said become turns, and the item asks again.
// Invariants: a call is completed once, by its tool or for it; no permit is held meanwhile; tools start in a
// stage of their own, never inside leat_tool_complete.
#include <leat/tool.h>

#include "base/check.h"
#include "base/narrow.h"
#include "codec/json_scan.h"
#include "codec/utf8.h"
#include "flow/admission/admission.h"
#include "flow/answer/answer.h"
#include "flow/context/context.h"
#include "flow/engine.h"
#include "flow/observe/events.h"
#include "flow/outcome/outcome.h"
#include "flow/request/request.h"
#include "meter/usage.h"

namespace leat {

namespace {

constexpr uint32_t rounds_usual = 10;  // G20

struct OpenCall {
    leat_tool_step step;
    const leat_tool* tool;
    uint64_t begun_ns;
    bool begun;
    bool complete;
};

}  // namespace

// The calls of one answer.
struct ToolRound {
    OpenCall* calls;
    uint32_t count;
    uint32_t next;      // to be started
    uint32_t complete;  // of them
    uint64_t serial;
    uint64_t due_ns;
    leat_message turn;  // the answer
    leat_status trouble;
    bool starting;      // a tool's run is on the stack
};

namespace {

const leat_tool* find_tool(const leat_tools& tools, Text name) {
    for (uint32_t i = 0; i < tools.count; ++i) {
        if (equal(tools.list[i].name, name)) return &tools.list[i];
    }
    return nullptr;
}

bool any_runs(const leat_tools& tools) {
    for (uint32_t i = 0; i < tools.count; ++i) {
        if (tools.list[i].run != nullptr) return true;
    }
    return false;
}

// A call without arguments is one with an empty object.
bool is_object(Text json) {
    JsonCursor at(json);
    if (!at.enter_object()) return false;
    JsonValue name;
    while (at.member(&name)) {
    }
    return at.finish() == LEAT_OK;
}

void tell_end(Item* item, const OpenCall& call, leat_status status) {
    Engine* const engine = item->batch->client;
    if (call.begun) {
        saw_tool_end(engine, item, call.step.call.name, status, engine->now_ns - call.begun_ns);
    }
}

// status: LEAT_OK, or what was wrong with the tool.
void settle_call(Item* item, OpenCall* call, Text result, leat_status status) {
    ToolRound* const round = item->round;
    LEAT_CHECK(!call->complete && round->complete < round->count);
    call->step.result = result;
    call->step.is_error = status == LEAT_OK ? 0 : 1;
    call->complete = true;
    ++round->complete;
    tell_end(item, *call, status);
}

// Nobody waits for what these were to say.
void tell_cut(Item* item) {
    for (uint32_t i = 0; i < item->round->count; ++i) {
        if (!item->round->calls[i].complete) tell_end(item, item->round->calls[i], LEAT_E_CANCELLED);
    }
}

void move_to(Item* item, ItemList* list) {
    static_cast<ItemList*>(item->parked_in)->remove(item);
    item->parked_in = list;
    list->push_back(item);
}

leat_status run_tool(Engine* engine, const leat_tool& tool, const leat_tool_job& job) {
    const CallbackWatch watch(engine, CallbackKind::tool);
    return tool.run(tool.user, &job);
}

void start_call(Engine* engine, Item* item, uint32_t place) {
    ToolRound* const round = item->round;
    OpenCall* const call = &round->calls[place];
    call->begun = true;
    call->begun_ns = engine->now_ns;
    saw_tool_begin(engine, item, call->step.call.name);
    if (call->tool == nullptr) {
        settle_call(item, call, text("There is no tool of that name."), LEAT_E_NOT_FOUND);
        return;
    }
    if (!is_object(call->step.call.arguments_json)) {
        settle_call(item, call, text("The arguments are not a valid JSON object."), LEAT_E_JSON);
        return;
    }
    leat_tool_job job{};
    job.run = leat_tool_run{engine, round->serial, narrow<uint32_t>(item - engine->items), place};
    job.call = &call->step.call;
    job.index = item->index;
    job.id = item->request.id;
    job.item_user = item->request.user;
    job.round = call->step.round;
    const leat_status status = run_tool(engine, *call->tool, job);
    if (status != LEAT_OK && !call->complete) {
        settle_call(item, call, text_of(leat_status_hint(status)), status);
    }
}

// One after the other, or all at once.
void start_calls(Engine* engine, Item* item) {
    ToolRound* const round = item->round;
    const bool together = tools_of(*item)->together != 0;
    round->starting = true;
    while (round->next < round->count && round->trouble == LEAT_OK) {
        if (!together && round->complete < round->next) break;
        start_call(engine, item, round->next++);
    }
    round->starting = false;
}

// Its calls as the item's steps, those that were completed.
void keep_steps(Item* item, ToolRound* round) {
    for (uint32_t i = 0; i < round->count; ++i) {
        if (!round->calls[i].complete) continue;
        leat_tool_step* const step = &round->calls[i].step;
        if (item->last_step != nullptr) {
            item->last_step->next = step;
        } else {
            item->first_step = step;
        }
        item->last_step = step;
        ++item->result.tool_steps_count;
    }
}

void cancel_calls(Engine* engine, Item* item) {
    ToolRound* const round = item->round;
    for (uint32_t i = 0; i < round->count; ++i) {
        const OpenCall& call = round->calls[i];
        if (!call.begun || call.complete || call.tool->cancel == nullptr) continue;
        const uint32_t number = narrow<uint32_t>(item - engine->items);
        call.tool->cancel(call.tool->user, leat_tool_run{engine, round->serial, number, i});
    }
}

leat_message turn_of(const OpenCall& call) {
    leat_message message{};
    message.role = text("tool");
    message.tool_call_id = call.step.call.id;
    message.name = call.step.call.name;
    message.content = call.step.result;
    message.is_error = call.step.is_error;
    return message;
}

bool add_turns(Item* item, const ToolRound& round) {
    if (!add_turn(item, round.turn, item->endpoint->adapter)) return false;
    for (uint32_t i = 0; i < round.count; ++i) {
        if (!add_turn(item, turn_of(round.calls[i]), nullptr)) return false;
    }
    return true;
}

// All calls are complete, or the item cannot go on.
void end_round(Engine* engine, Item* item) {
    ToolRound* const round = item->round;
    static_cast<ItemList*>(item->parked_in)->remove(item);
    leat_status status = round->trouble;
    if (status != LEAT_OK) {
        cancel_calls(engine, item);
        tell_cut(item);
    }
    item->round = nullptr;
    keep_steps(item, round);
    if (status == LEAT_OK && !add_turns(item, *round)) status = LEAT_E_ITEM_MEMORY;
    if (status != LEAT_OK) {
        finish_item(engine, item, LEAT_FAILED, status, LEAT_STAGE_BUILD);
        return;
    }
    item->attempts_before += item->attempts;
    item->attempts = 0;
    item->retry_drawn = 0;
    item->last_status = LEAT_OK;
    item->last_message = Text{nullptr, 0};
    begin_request(engine, item);
}

bool keep_call(Item* item, const leat_tool_call& from, leat_tool_call* to) {
    const Text arguments = empty(from.arguments_json) ? text("{}") : from.arguments_json;
    return item->arena.keep_copy(from.id, &to->id) && item->arena.keep_copy(from.name, &to->name) &&
           item->arena.keep_copy(arguments, &to->arguments_json);
}

// The answer and its calls, to where they outlive the next one. nullptr without room.
ToolRound* keep_round(Item* item) {
    const leat_result& result = item->result;
    const uint32_t count = result.tool_calls_count;
    ToolRound* const round = item->arena.keep_made<ToolRound>();
    OpenCall* const calls = item->arena.keep_made<OpenCall>(count);
    leat_tool_call* const asked = item->arena.keep_made<leat_tool_call>(count);
    if (round == nullptr || calls == nullptr || asked == nullptr) return nullptr;
    *round = ToolRound{};
    round->calls = calls;
    round->count = count;
    round->turn.role = text("assistant");
    round->turn.tool_calls = asked;
    round->turn.tool_calls_count = count;
    bool kept = item->arena.keep_copy(result.text, &round->turn.content) &&
                item->arena.keep_copy(result.turn_json, &round->turn.turn_json);
    for (uint32_t i = 0; kept && i < count; ++i) {
        calls[i] = OpenCall{};
        kept = keep_call(item, result.tool_calls[i], &asked[i]);
        calls[i].step.call = asked[i];
        calls[i].step.round = result.tool_rounds;
        calls[i].tool = find_tool(*tools_of(*item), asked[i].name);
    }
    return kept ? round : nullptr;
}

// As many rounds as there may be: what it would still call is not run.
void stop_at_limit(Engine* engine, Item* item) {
    item->result.text = text_of(leat_tool_limit_text());
    item->result.finish = LEAT_FINISH_TOOL_LIMIT;
    finish_item(engine, item, LEAT_SUCCEEDED, LEAT_OK, LEAT_STAGE_DONE);
}

}  // namespace

bool calls_tools(const Item& item) {
    const leat_tools* const tools = tools_of(item);
    if (tools == nullptr || item.result.tool_calls_count == 0 || tools->leave_calls != 0) return false;
    if (!empty(item.asked->body_json) || !any_runs(*tools)) return false;
    for (uint32_t i = 0; i < item.result.tool_calls_count; ++i) {
        const leat_tool* const tool = find_tool(*tools, item.result.tool_calls[i].name);
        if (tool != nullptr && tool->run == nullptr) return false;
    }
    return true;
}

bool may_have_round(const Item& item) {
    const uint32_t most = tools_of(item)->rounds_max;
    return item.result.tool_rounds < (most != 0 ? most : rounds_usual);
}

void begin_round(Engine* engine, Item* item) {
    LEAT_CHECK(item->round == nullptr && calls_tools(*item));
    // A second try that is still out has lost.
    if (item->twin != nullptr) (void)resolve_twin(engine, item, LEAT_SUCCEEDED, LEAT_OK);
    const Batch& batch = *item->batch;
    if (batch.stop != BatchStop::none) {
        finish_item(engine, item, LEAT_CANCELLED, batch.stop_status, LEAT_STAGE_WAITING);
        return;
    }
    if (!may_have_round(*item)) {
        stop_at_limit(engine, item);
        return;
    }
    ++item->result.tool_rounds;
    item->round = keep_round(item);
    if (item->round == nullptr) {
        finish_item(engine, item, LEAT_FAILED, LEAT_E_ITEM_MEMORY, LEAT_STAGE_PARSE);
        return;
    }
    if (item->result.cached == 0) usage_add(&item->rounds_usage, item->result.usage);
    item->round->serial = ++engine->tool_serial;
    const uint32_t timeout_ms = tools_of(*item)->timeout_ms;
    item->round->due_ns =
        timeout_ms == 0 ? never_ns : engine->now_ns + timeout_ms * UINT64_C(1000000);
    park(engine, item, &engine->tool_turns);
    engine->timers.set(&item->timer, min_of(item->round->due_ns, item->times.deadline_ns));
}

void run_tools(Engine* engine) {
    const size_t count = engine->tool_turns.size();
    for (size_t n = 0; n < count; ++n) {
        Item* const item = engine->tool_turns.front();
        if (item == nullptr) return;
        move_to(item, &engine->at_tools);
        start_calls(engine, item);
        const ToolRound& round = *item->round;
        if (round.complete == round.count || round.trouble != LEAT_OK) end_round(engine, item);
    }
}

uint64_t tools_due_ns(const Item& item) {
    return item.state == ItemState::parked && item.round != nullptr ? item.round->due_ns : never_ns;
}

void tools_timed_out(Engine* engine, Item* item) {
    LEAT_CHECK(item->state == ItemState::parked && item->round != nullptr);
    ToolRound* const round = item->round;
    cancel_calls(engine, item);
    for (uint32_t i = 0; i < round->count; ++i) {
        OpenCall* const call = &round->calls[i];
        if (!call->complete) {
            settle_call(item, call, text("The tool took too long."), LEAT_E_TIMEOUT_ATTEMPT);
        }
    }
    round->due_ns = never_ns;
    round->next = round->count;
    move_to(item, &engine->tool_turns);
    engine->timers.set(&item->timer, item->times.deadline_ns);
}

void drop_round(Item* item) {
    LEAT_CHECK(item->round != nullptr);
    cancel_calls(item->batch->client, item);
    tell_cut(item);
    keep_steps(item, item->round);
    item->round = nullptr;
}

namespace {

// The call that run names; nullptr when it is over.
OpenCall* open_call(const leat_tool_run& run, Item** of) {
    Engine* const engine = run.client;
    if (run.item >= engine->config.items_max) return nullptr;
    Item* const item = &engine->items[run.item];
    if (item->state != ItemState::parked || item->round == nullptr) return nullptr;
    const ToolRound& round = *item->round;
    if (round.serial != run.serial || run.place >= round.count) return nullptr;
    OpenCall* const call = &round.calls[run.place];
    if (!call->begun || call->complete) return nullptr;
    *of = item;
    return call;
}

}  // namespace

}  // namespace leat

leat_status leat_tool_complete(leat_tool_run run, leat_str content, uint8_t is_error) {
    if (run.client == nullptr || (content.data == nullptr && content.size > 0)) {
        return LEAT_E_ARGUMENT;
    }
    leat::Item* item = nullptr;
    leat::OpenCall* const call = leat::open_call(run, &item);
    if (call == nullptr) return LEAT_E_NOT_FOUND;
    if (!leat::utf8_valid(content)) return LEAT_E_TEXT;
    leat::ToolRound* const round = item->round;
    leat::Text kept{nullptr, 0};
    const bool fits = item->arena.keep_copy(content, &kept);
    if (!fits) round->trouble = LEAT_E_ITEM_MEMORY;
    leat::settle_call(item, call, kept, is_error != 0 ? LEAT_E_REJECTED : LEAT_OK);
    if (!round->starting) leat::move_to(item, &run.client->tool_turns);
    return fits ? LEAT_OK : LEAT_E_ITEM_MEMORY;
}

const char* leat_tool_limit_text(void) { return "The maximum of tool iterations was reached."; }
