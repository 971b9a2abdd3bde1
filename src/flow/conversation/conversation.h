// flow/conversation/conversation.h: one conversation: its history, and whose turn it is. Depends on
// history.h and flow/item.h. Invariants: a sequential one has at most one item out, its current; those
// behind it are parked in `queue`, in the order in which they came, with neither permit nor request; the
// history changes only between turns, so whatever refers to it stays as it is while an item is out.
#pragma once

#include <leat/conversation.h>

#include "flow/conversation/history.h"
#include "flow/item.h"

struct leat_conversation {
    leat_client* client;
    leat::History history;
    leat::ItemList queue;
    leat::Item* current;
    uint64_t tokens_max;
    uint64_t turns;
    uint32_t users;           // accepted items that name it and have not ended
    leat_history mode;
    leat_history_full on_full;
    bool open;
    bool warned;              // that it is nearly full
};

namespace leat {

// One item at a time.
inline bool takes_turns(const Conversation& conversation) {
    return conversation.mode != LEAT_HISTORY_SHARED;
}

inline bool may_drop(const Conversation& conversation) {
    return conversation.on_full == LEAT_HISTORY_FULL_DROP_OLDEST;
}

// What a request sends of its conversation: the messages that stand, and those from begin on.
struct Past {
    const History* history;  // nullptr: nothing
    uint32_t begin;

    uint32_t count() const { return history == nullptr ? 0 : history->count(); }
    bool has(uint32_t index) const { return index >= begin || history->stands(index); }
};

// Over nine tenths of one of its bounds (M15).
bool is_nearly_full(const Conversation& conversation);

// conversation.cc
// LEAT_OK (also for none); LEAT_E_NOT_FOUND: it is no open one of the client's; LEAT_E_ARGUMENT: the
// request brings a body of its own.
leat_status conversation_status(const leat_client& client, const Conversation* conversation,
                                const leat_request& request);
// The one that the request is for, nullptr if none, and its status. Whoever accepts it adds to its users.
leat_status find_conversation(const Batch& batch, const leat_request& request, Conversation** found);
// False: another one has its turn, and the item is parked until its own.
bool has_turn(Engine* engine, Item* item);
// What goes in front of the item's own messages. LEAT_E_CONVERSATION_FULL.
leat_status choose_past(const Item& item, Past* past);
// It succeeds: its exchange becomes part of the history. LEAT_E_TEXT or LEAT_E_CONVERSATION_FULL.
leat_status keep_exchange(Engine* engine, Item* item);
// It has its result; the next one may have its turn.
void leave_conversation(Engine* engine, Item* item);

}  // namespace leat
