// flow/request/compose.cc: what is asked now. An item's request stays as it was accepted; where a history or
// a context goes before it, or turns have been added to it, a request is made in the item's arena that has
// them all as messages, so that adapters know one kind of request only. Texts are referred to, not copied.
// on_attempt may change what is asked, attempt by attempt.
// Invariant: item->asked lives in the arena between request_mark and attempt_mark, or is &item->request.
#include "base/check.h"
#include "flow/answer/answer.h"
#include "flow/context/context.h"
#include "flow/conversation/conversation.h"
#include "flow/item.h"
#include "flow/observe/events.h"
#include "flow/request/request.h"
#include "flow/request/request_text.h"

namespace leat {

namespace {

// The whole turn is in the words of one adapter: another one builds it anew from its parts.
leat_message turn_for(const Turn& turn, const leat_adapter* adapter) {
    leat_message message = turn.message;
    if (turn.author != adapter) message.turn_json = Text{nullptr, 0};
    return message;
}

uint32_t put_past(const Past& past, leat_message* to) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < past.count(); ++i) {
        if (past.has(i)) to[count++] = past.history->list()[i];
    }
    return count;
}

uint32_t put_own_messages(const leat_request& request, leat_message* to) {
    uint32_t count = 0;
    for (; count < request.messages_count; ++count) to[count] = request.messages[count];
    if (empty(request.prompt)) return count;
    to[count] = leat_message{};
    to[count].role = text("user");
    to[count].content = request.prompt;
    return count + 1;
}

// After the first round the model is free to answer; after the last it has to.
leat_status choose_tools(Item* item, leat_request* asked) {
    const leat_tools* const given = asked->tools;
    if (given == nullptr || item->result.tool_rounds == 0) return LEAT_OK;
    leat_tools* const tools = item->arena.make<leat_tools>();
    if (tools == nullptr) return LEAT_E_ITEM_MEMORY;
    *tools = *given;
    const bool must_call = given->mode == LEAT_TOOLS_REQUIRED || given->mode == LEAT_TOOLS_NAMED;
    if (must_call) tools->mode = LEAT_TOOLS_AUTO;
    if (!may_have_round(*item)) tools->mode = LEAT_TOOLS_NONE;
    asked->tools = tools;
    return LEAT_OK;
}

// shared: the turns of a context that is sent along, or nullptr.
leat_status put_turns(Item* item, const leat_request* shared, const Past& past, leat_request* asked) {
    const uint32_t before = shared == nullptr ? 0 : shared->messages_count + 1;
    const uint32_t most =
        before + past.count() + asked->messages_count + 1 + item->turns_count;
    leat_message* const messages = item->arena.make<leat_message>(most);
    if (messages == nullptr) return LEAT_E_ITEM_MEMORY;
    uint32_t count = shared == nullptr ? 0 : put_own_messages(*shared, messages);
    count += put_past(past, messages + count);
    count += put_own_messages(*asked, messages + count);
    for (const Turn* turn = item->first_turn; turn != nullptr; turn = turn->next) {
        messages[count++] = turn_for(*turn, item->endpoint->adapter);
    }
    LEAT_CHECK(count <= most);
    asked->prompt = Text{nullptr, 0};
    asked->messages = messages;
    asked->messages_count = count;
    return LEAT_OK;
}

void ask_hook(Item* item, leat_request* asked) {
    const leat_batch_config& config = item->batch->config;
    leat_attempt attempt{};
    attempt.index = item->index;
    attempt.id = item->request.id;
    attempt.user = item->request.user;
    attempt.number = item->attempts_before + item->attempts + 1;
    attempt.last_status = item->last_status;
    attempt.last_message = item->last_message;
    attempt.request = asked;
    attempt.slots = item->slots;
    const CallbackWatch watch(item->batch->client, CallbackKind::on_attempt);
    config.on_attempt(config.user, &attempt);
    asked->id = item->request.id;
    asked->user = item->request.user;
    asked->flags = item->request.flags;
    asked->deadline_ms = item->request.deadline_ms;
    asked->body_json = item->request.body_json;
    asked->method = item->request.method;
    asked->context = item->request.context;
    asked->conversation = item->request.conversation;
}

}  // namespace

bool add_turn(Item* item, const leat_message& message, const leat_adapter* author) {
    Turn* const turn = item->arena.keep_made<Turn>();
    if (turn == nullptr) return false;
    *turn = Turn{nullptr, author, message};
    if (item->last_turn != nullptr) {
        item->last_turn->next = turn;
    } else {
        item->first_turn = turn;
    }
    item->last_turn = turn;
    ++item->turns_count;
    return true;
}

leat_status compose_request(Item* item) {
    LEAT_CHECK(item->endpoint != nullptr && (item->turns_count == 0) == (item->first_turn == nullptr));
    item->asked = &item->request;
    const bool has_hook = item->batch != nullptr && item->batch->config.on_attempt != nullptr;
    Past past;
    LEAT_TRY(choose_past(*item, &past));
    const bool has_turns = item->turns_count > 0 || past.count() > 0;
    if (!has_turns && !has_hook && item->request.context == nullptr) return LEAT_OK;
    leat_request* const asked = item->arena.make<leat_request>();
    if (asked == nullptr) return LEAT_E_ITEM_MEMORY;
    *asked = item->request;
    if (has_hook) {
        ask_hook(item, asked);
        LEAT_TRY(request_check(*asked));
    }
    item->asked = asked;
    const leat_request* shared = nullptr;
    LEAT_TRY(context_apply(item, asked, &shared));
    if (!has_turns && shared == nullptr) return LEAT_OK;
    LEAT_TRY(choose_tools(item, asked));
    return put_turns(item, shared, past, asked);
}

}  // namespace leat
