// api/conversation.cc: the public functions of leat/conversation.h: arguments are checked, the rest is
// flow/history and flow/conversation.
#include <leat/leat.h>

#include "base/narrow.h"
#include "flow/conversation/conversation.h"
#include "flow/conversation/history.h"
#include "flow/engine.h"
#include "flow/request/request_text.h"

namespace {

leat_status config_status(const leat_conversation_config* config) {
    if (config == nullptr) return LEAT_E_ARGUMENT;
    if (config->struct_size != sizeof *config) return LEAT_E_STRUCT_SIZE;
    const bool is_known = leat::enum_number(config->mode) <= LEAT_HISTORY_STATELESS &&
                          leat::enum_number(config->on_full) <= LEAT_HISTORY_FULL_DROP_OLDEST;
    if (!is_known) return LEAT_E_ARGUMENT;
    return leat::messages_check(config->messages, config->messages_count);
}

leat_conversation* free_conversation(leat_client* client) {
    for (uint32_t i = 0; i < client->config.conversations_max; ++i) {
        if (!client->conversations[i].open) return &client->conversations[i];
    }
    return nullptr;
}

// It may be changed from outside.
leat_status idle_status(const leat_conversation* conversation) {
    if (conversation == nullptr || !conversation->open) return LEAT_E_ARGUMENT;
    return conversation->users == 0 ? LEAT_OK : LEAT_E_STATE;
}

}  // namespace

void leat_conversation_config_init(leat_conversation_config* config) {
    if (config == nullptr) return;
    *config = leat_conversation_config{};
    config->struct_size = sizeof *config;
}

leat_status leat_conversation_open(leat_client* client, const leat_conversation_config* config,
                                   leat_conversation** conversation) {
    if (client == nullptr || conversation == nullptr) return LEAT_E_ARGUMENT;
    *conversation = nullptr;
    LEAT_TRY(config_status(config));
    leat_conversation* const slot = free_conversation(client);
    if (slot == nullptr) return LEAT_E_TOO_MANY;
    const leat::History history = slot->history;
    *slot = leat_conversation{};
    slot->client = client;
    slot->history = history;
    slot->queue.open();
    slot->mode = config->mode;
    slot->on_full = config->on_full;
    slot->tokens_max = config->tokens_max;
    LEAT_TRY(slot->history.append(config->messages, config->messages_count));
    slot->open = true;
    *conversation = slot;
    return LEAT_OK;
}

leat_status leat_conversation_append(leat_conversation* conversation, const leat_message* messages,
                                     uint32_t count) {
    LEAT_TRY(idle_status(conversation));
    return conversation->history.append(messages, count);
}

leat_status leat_conversation_add_turn(leat_conversation* conversation, const leat_request* request,
                                       leat_str reply) {
    LEAT_TRY(idle_status(conversation));
    if (request == nullptr || !leat::is_sound(request->prompt) || !leat::is_sound(reply)) {
        return LEAT_E_ARGUMENT;
    }
    LEAT_TRY(leat::messages_check(request->messages, request->messages_count));
    LEAT_TRY(conversation->history.append_turn(*request, reply, leat::may_drop(*conversation)));
    ++conversation->turns;
    return LEAT_OK;
}

leat_status leat_conversation_clear(leat_conversation* conversation) {
    LEAT_TRY(idle_status(conversation));
    conversation->history.clear();
    conversation->warned = false;
    return LEAT_OK;
}

void leat_conversation_messages(const leat_conversation* conversation, const leat_message** list,
                                uint32_t* count) {
    if (list == nullptr || count == nullptr) return;
    const bool is_open = conversation != nullptr && conversation->open;
    *list = is_open ? conversation->history.list() : nullptr;
    *count = is_open ? conversation->history.count() : 0;
}

void leat_conversation_get_state(const leat_conversation* conversation,
                                 leat_conversation_state* state) {
    if (conversation == nullptr || state == nullptr || !conversation->open) return;
    const leat::History& history = conversation->history;
    *state = leat_conversation_state{};
    state->messages = history.count();
    state->messages_max = history.messages_max();
    state->bytes = history.bytes_used();
    state->bytes_max = history.bytes_max();
    state->tokens = history.tokens();
    state->tokens_max = conversation->tokens_max;
    state->turns = conversation->turns;
    state->dropped = history.dropped();
    state->items = conversation->users;
    state->nearly_full = leat::is_nearly_full(*conversation) ? 1 : 0;
}

leat_status leat_conversation_close(leat_conversation* conversation) {
    LEAT_TRY(idle_status(conversation));
    conversation->history.clear();
    conversation->open = false;
    return LEAT_OK;
}
