// flow/conversation/history.h: the messages of one conversation, copied into a piece of memory of fixed
// size. Turns come behind; when there is no room the oldest ones can go, while the system's words stay.
// Depends on codec, meter and flow/request_text. Invariant: the list is whole turns, in order, and nothing
// in it refers to memory of others; what append and append_turn refuse has changed nothing.
#pragma once

#include <leat/request.h>
#include <leat/status.h>

#include "codec/known_text.h"

namespace leat {

class History {
public:
    static size_t bytes_for(uint32_t messages_max, size_t text_bytes);
    // memory is aligned to 8 and has bytes_for(messages_max, text_bytes).
    void open(void* memory, uint32_t messages_max, size_t text_bytes);
    // Nothing is left of what was said, in memory neither.
    void clear();

    // The caller's own messages: all of them, or none. LEAT_E_ARGUMENT, LEAT_E_TEXT, or
    // LEAT_E_CONVERSATION_FULL.
    leat_status append(const leat_message* list, uint32_t count);
    // An exchange: what the request said, save its system messages, and the reply. may_drop: the oldest
    // turns make room, as many as it needs. LEAT_E_TEXT, LEAT_E_CONVERSATION_FULL.
    leat_status append_turn(const leat_request& request, Text reply, bool may_drop);
    // What the request says has room, with an empty reply.
    bool has_room(const leat_request& request, bool may_drop) const;

    // Valid until the next change.
    const leat_message* list() const { return messages_; }
    uint32_t count() const { return count_; }
    KnownTexts known() const { return KnownTexts(known_, count_); }

    // A message that stays when turns are dropped: the system's and the developer's.
    bool stands(uint32_t index) const;
    // The end of the turn that begins at `from`, or behind standing messages there.
    uint32_t turn_end(uint32_t from) const;
    // About so many tokens of all messages, and of those in [from, end) that do not stand.
    uint64_t tokens() const;
    uint64_t turn_tokens(uint32_t from, uint32_t end) const;

    size_t bytes_used() const { return used_; }
    size_t bytes_max() const { return text_bytes_; }
    uint32_t messages_max() const { return messages_max_; }
    // Messages that had to go, since the last clear.
    uint64_t dropped() const { return dropped_; }

private:
    size_t piece_bytes(uint32_t index) const;
    bool find_room(size_t bytes, uint32_t count, bool may_drop, uint32_t* drop_end) const;
    void drop(uint32_t end);
    void add(const leat_message& message);

    leat_message* messages_ = nullptr;
    KnownText* known_ = nullptr;  // each message's content
    char* texts_ = nullptr;       // each message's arrays and texts, one piece after the other
    size_t text_bytes_ = 0;
    size_t used_ = 0;
    size_t peak_ = 0;
    uint32_t messages_max_ = 0;
    uint32_t count_ = 0;
    uint64_t dropped_ = 0;
};

// About how many tokens a message has; images count nothing.
uint64_t tokens_of(const leat_message& message);

}  // namespace leat
