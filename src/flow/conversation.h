// flow/conversation.h: one conversation: its history, and whose turn it is. Depends on flow/history and
// flow/item. Invariants: a sequential one has at most one item out, its current; those behind it are
// parked in `queue`, in the order in which they came, with neither permit nor request; the history
// changes only between turns, so whatever refers to it stays as it is while an item is out.
#pragma once

#include <leat/conversation.h>

#include "flow/history.h"
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

using Conversation = ::leat_conversation;

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

}  // namespace leat
