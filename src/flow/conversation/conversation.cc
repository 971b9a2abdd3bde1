// flow/conversation/conversation.cc: what items do with their conversation: name it, wait for their turn,
// see what was said, and leave what they said. See conversation.h.
// Invariant: users is the number of accepted items that name it and have no result yet; a turn begins only
// after the one before has left its exchange, or nothing.
#include "flow/conversation/conversation.h"

#include "base/check.h"
#include "base/narrow.h"
#include "flow/admission/admission.h"
#include "flow/conversation/history.h"
#include "flow/engine.h"
#include "flow/report.h"

namespace leat {

namespace {

bool over_nine_tenths(uint64_t used, uint64_t most) { return used > most - most / 10; }

bool sends_history(const Conversation& conversation) {
    return conversation.mode != LEAT_HISTORY_STATELESS;
}

bool keeps_history(const Conversation& conversation) {
    return conversation.mode == LEAT_HISTORY_SEQUENTIAL;
}

// Any pointer that a caller may have put there.
bool is_conversation_of(const leat_client& client, const Conversation* conversation) {
    const uint32_t count = client.config.conversations_max;
    const size_t place = place_in(conversation, client.conversations, sizeof(Conversation), count);
    return place < count && client.conversations[place].open;
}

uint64_t own_tokens(const leat_request& request) {
    leat_message prompt{};
    prompt.content = request.prompt;
    uint64_t tokens = empty(request.prompt) ? 0 : tokens_of(prompt);
    for (uint32_t i = 0; i < request.messages_count; ++i) tokens += tokens_of(request.messages[i]);
    return tokens;
}

// The first message that a request sends which may have so many tokens in all (M15).
leat_status choose_window(const Conversation& conversation, const leat_request& request, Past* past) {
    const uint64_t most = conversation.tokens_max;
    if (most == 0 || !keeps_history(conversation)) return LEAT_OK;
    const uint64_t own = own_tokens(request);
    const History& history = conversation.history;
    uint64_t tokens = own + history.tokens();
    while (tokens > most) {
        if (!may_drop(conversation) || past->begin == history.count()) return LEAT_E_CONVERSATION_FULL;
        const uint32_t next = history.turn_end(past->begin);
        tokens -= history.turn_tokens(past->begin, next);
        past->begin = next;
    }
    return LEAT_OK;
}

void warn_once(Engine* engine, const Item& item) {
    Conversation* const conversation = item.conversation;
    if (conversation->warned || !is_nearly_full(*conversation)) return;
    conversation->warned = true;
    report(engine, LEAT_LOG_WARNING, item.endpoint, text("a conversation is nine tenths full; at its end"),
           LEAT_E_CONVERSATION_FULL);
}

void leave_queue(Item* item) {
    if (!item->is_queued) return;
    LEAT_CHECK(item->batch->queued > 0);
    --item->batch->queued;
    item->is_queued = false;
}

void end_turn(Engine* engine, Item* item) {
    Conversation* const conversation = item->conversation;
    if (conversation->current != item) return;
    Item* const next = conversation->queue.front();
    conversation->current = next;
    if (next == nullptr) return;
    leave_queue(next);
    unpark(engine, next);
}

}  // namespace

bool is_nearly_full(const Conversation& conversation) {
    const History& history = conversation.history;
    if (over_nine_tenths(history.bytes_used(), history.bytes_max())) return true;
    if (over_nine_tenths(history.count(), history.messages_max())) return true;
    const uint64_t most = conversation.tokens_max;
    return most != 0 && over_nine_tenths(history.tokens(), most);
}

leat_status find_conversation(const Batch& batch, const leat_request& request, Conversation** found) {
    *found = request.conversation != nullptr ? request.conversation : batch.defaults.conversation;
    return conversation_status(*batch.client, *found, request);
}

leat_status conversation_status(const leat_client& client, const Conversation* conversation,
                                const leat_request& request) {
    if (conversation == nullptr) return LEAT_OK;
    if (!is_conversation_of(client, conversation)) return LEAT_E_NOT_FOUND;
    return sends_history(*conversation) && !empty(request.body_json) ? LEAT_E_ARGUMENT : LEAT_OK;
}

bool has_turn(Engine* engine, Item* item) {
    Conversation* const conversation = item->conversation;
    if (conversation == nullptr || !takes_turns(*conversation)) return true;
    if (conversation->current == nullptr) {
        conversation->current = item;
        return true;
    }
    park(engine, item, &conversation->queue);
    item->is_queued = true;
    ++item->batch->queued;
    return false;
}

leat_status choose_past(const Item& item, Past* past) {
    *past = Past{};
    const Conversation* const conversation = item.conversation;
    if (conversation == nullptr || !sends_history(*conversation)) return LEAT_OK;
    past->history = &conversation->history;
    if (!keeps_history(*conversation)) return LEAT_OK;
    if (!conversation->history.has_room(item.request, may_drop(*conversation))) {
        return LEAT_E_CONVERSATION_FULL;
    }
    return choose_window(*conversation, item.request, past);
}

leat_status keep_exchange(Engine* engine, Item* item) {
    Conversation* const conversation = item->conversation;
    if (conversation == nullptr || !keeps_history(*conversation)) return LEAT_OK;
    if (conversation->current != item) return LEAT_OK;  // it ended before its turn
    const leat_result& result = item->result;
    const Text reply = empty(result.text) ? result.refusal : result.text;
    // Calls of tools that nobody ran are no reply that one could go on from.
    if (empty(reply)) return LEAT_OK;
    LEAT_TRY(conversation->history.append_turn(item->request, reply, may_drop(*conversation)));
    ++conversation->turns;
    warn_once(engine, *item);
    return LEAT_OK;
}

void leave_conversation(Engine* engine, Item* item) {
    Conversation* const conversation = item->conversation;
    if (conversation == nullptr) return;
    leave_queue(item);
    end_turn(engine, item);
    LEAT_CHECK(conversation->users > 0);
    --conversation->users;
    item->conversation = nullptr;
}

}  // namespace leat
