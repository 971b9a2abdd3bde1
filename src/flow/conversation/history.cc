// flow/conversation/history.cc: see history.h. Each message is one piece of the text memory: its arrays, its
// texts, and, where its content is long and needs escaping, the form that goes into a JSON string, so that
// no request has to make it again. Dropping moves the pieces that stay together.
#include "flow/conversation/history.h"

#include "base/check.h"
#include "base/narrow.h"
#include "base/secret.h"
#include "codec/json_write.h"
#include "codec/utf8.h"
#include "flow/request/request_text.h"
#include "meter/estimate_text.h"
#include "provider/request_words.h"

namespace leat {

namespace {

constexpr size_t piece_alignment = 8;
// Shorter texts are copied into each request anyway.
constexpr size_t known_bytes_least = 257;
constexpr uint64_t message_tokens = 4;  // what a turn costs beside its texts (M7)

bool is_standing(const leat_message& message) { return role_of(message.role) == Role::system; }

bool is_user(const leat_message& message) { return equal(message.role, text("user")); }

leat_message plain_message(Text role, Text content) {
    leat_message message{};
    message.role = role;
    message.content = content;
    return message;
}

// Calls visit with each message that an exchange leaves.
template <typename Visit>
void visit_turn(const leat_request& request, Text reply, Visit visit) {
    for (uint32_t i = 0; i < request.messages_count; ++i) {
        if (!is_standing(request.messages[i])) visit(request.messages[i]);
    }
    if (!empty(request.prompt)) visit(plain_message(text("user"), request.prompt));
    visit(plain_message(text("assistant"), reply));
}

size_t escaped_bytes(Text content) {
    if (content.size < known_bytes_least) return 0;
    const size_t escaped = json_escaped_size(content);
    return escaped == content.size ? 0 : escaped;
}

// What messages need before they are taken.
struct Need {
    size_t bytes = 0;
    uint32_t count = 0;
    bool is_text = true;

    void add(const leat_message& message) {
        is_text = is_text && utf8_valid(message.content);
        const size_t copy = message_copy_bytes(message);
        bytes += align_up(copy + escaped_bytes(message.content), piece_alignment);
        ++count;
    }
};

}  // namespace

uint64_t tokens_of(const leat_message& message) {
    const Text texts[] = {message.content, message.content_json, message.tool_calls_json,
                          message.turn_json};
    uint64_t tokens = message_tokens;
    for (const Text& t : texts) tokens += estimate_by_scripts(t);
    for (uint32_t i = 0; i < message.parts_count; ++i) {
        const leat_part& part = message.parts[i];
        if (part.type == LEAT_PART_TEXT) tokens += estimate_by_scripts(part.content);
    }
    return tokens;
}

size_t History::bytes_for(uint32_t messages_max, size_t text_bytes) {
    size_t bytes = 0;
    const size_t each = sizeof(leat_message) + sizeof(KnownText);
    if (!checked_mul(size_t{messages_max}, each, &bytes)) return 0;
    if (!checked_add(bytes, text_bytes, &bytes)) return 0;
    if (!checked_add(bytes, piece_alignment - 1, &bytes)) return 0;
    return bytes & ~(piece_alignment - 1);
}

void History::open(void* memory, uint32_t messages_max, size_t text_bytes) {
    LEAT_CHECK(memory != nullptr && reinterpret_cast<uintptr_t>(memory) % piece_alignment == 0);
    *this = History{};
    messages_ = static_cast<leat_message*>(memory);
    known_ = reinterpret_cast<KnownText*>(messages_ + messages_max);
    texts_ = reinterpret_cast<char*>(known_ + messages_max);
    messages_max_ = messages_max;
    text_bytes_ = text_bytes;
}

void History::clear() {
    wipe(texts_, peak_);
    used_ = 0;
    peak_ = 0;
    count_ = 0;
    dropped_ = 0;
}

bool History::stands(uint32_t index) const {
    LEAT_CHECK(index < count_);
    return is_standing(messages_[index]);
}

// A turn begins with the user's words and ends before the next words of the user that follow an answer.
uint32_t History::turn_end(uint32_t from) const {
    uint32_t i = from;
    while (i < count_ && is_standing(messages_[i])) ++i;
    bool answered = false;
    for (; i < count_; ++i) {
        if (is_standing(messages_[i])) continue;
        if (is_user(messages_[i]) && answered) return i;
        answered = answered || !is_user(messages_[i]);
    }
    return count_;
}

uint64_t History::tokens() const {
    uint64_t tokens = 0;
    for (uint32_t i = 0; i < count_; ++i) tokens += known_[i].tokens;
    return tokens;
}

uint64_t History::turn_tokens(uint32_t from, uint32_t end) const {
    LEAT_CHECK(from <= end && end <= count_);
    uint64_t tokens = 0;
    for (uint32_t i = from; i < end; ++i) {
        if (!is_standing(messages_[i])) tokens += known_[i].tokens;
    }
    return tokens;
}

size_t History::piece_bytes(uint32_t index) const {
    const KnownText& known = known_[index];
    const bool has_escaped = known.escaped.data != known.text.data;
    const size_t escaped = has_escaped ? known.escaped.size : 0;
    return align_up(message_copy_bytes(messages_[index]) + escaped, piece_alignment);
}

bool History::find_room(size_t bytes, uint32_t count, bool may_drop, uint32_t* drop_end) const {
    size_t room = text_bytes_ - used_;
    uint32_t places = messages_max_ - count_;
    uint32_t end = 0;
    while (room < bytes || places < count) {
        if (!may_drop || end == count_) return false;
        const uint32_t next = turn_end(end);
        for (; end < next; ++end) {
            if (is_standing(messages_[end])) continue;
            room += piece_bytes(end);
            ++places;
        }
    }
    *drop_end = end;
    return true;
}

void History::drop(uint32_t end) {
    size_t from = 0;
    size_t to = 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count_; ++i) {
        const size_t bytes = piece_bytes(i);
        if (i >= end || is_standing(messages_[i])) {
            const ptrdiff_t by = static_cast<ptrdiff_t>(to) - static_cast<ptrdiff_t>(from);
            memmove(texts_ + to, texts_ + from, bytes);
            messages_[kept] = messages_[i];
            message_moved(&messages_[kept], by);
            known_[kept] = known_[i];
            known_[kept].text.data += by;
            if (!empty(known_[kept].escaped)) known_[kept].escaped.data += by;
            ++kept;
            to += bytes;
        }
        from += bytes;
    }
    LEAT_CHECK(from == used_);
    used_ = to;
    dropped_ += count_ - kept;
    count_ = kept;
}

void History::add(const leat_message& message) {
    LEAT_CHECK(count_ < messages_max_);
    char* const piece = texts_ + used_;
    const size_t copy = message_copy_bytes(message);
    const size_t escaped = escaped_bytes(message.content);
    const size_t bytes = align_up(copy + escaped, piece_alignment);
    LEAT_CHECK(bytes <= text_bytes_ - used_);
    leat_message* const mine = &messages_[count_];
    message_copy(message, piece, mine);
    const Text content = empty(mine->content) ? text(piece, 0) : mine->content;
    KnownText* const known = &known_[count_];
    *known = KnownText{content, content, tokens_of(*mine)};
    if (content.size < known_bytes_least) known->escaped = Text{content.data, 0};
    if (escaped > 0) {
        JsonEscape escape(content);
        known->escaped = text(piece + copy, escape.write(piece + copy, escaped));
        LEAT_CHECK(escape.done());
    }
    used_ += bytes;
    peak_ = max_of(peak_, used_);
    ++count_;
}

leat_status History::append(const leat_message* list, uint32_t count) {
    LEAT_TRY(messages_check(list, count));
    if (count > messages_max_ - count_) return LEAT_E_CONVERSATION_FULL;
    Need need;
    for (uint32_t i = 0; i < count; ++i) need.add(list[i]);
    if (!need.is_text) return LEAT_E_TEXT;
    if (need.bytes > text_bytes_ - used_) return LEAT_E_CONVERSATION_FULL;
    for (uint32_t i = 0; i < count; ++i) add(list[i]);
    return LEAT_OK;
}

bool History::has_room(const leat_request& request, bool may_drop) const {
    Need need;
    visit_turn(request, Text{nullptr, 0}, [&](const leat_message& m) { need.add(m); });
    uint32_t drop_end = 0;
    return find_room(need.bytes, need.count, may_drop, &drop_end);
}

leat_status History::append_turn(const leat_request& request, Text reply, bool may_drop) {
    Need need;
    visit_turn(request, reply, [&](const leat_message& m) { need.add(m); });
    if (!need.is_text) return LEAT_E_TEXT;
    uint32_t drop_end = 0;
    if (!find_room(need.bytes, need.count, may_drop, &drop_end)) return LEAT_E_CONVERSATION_FULL;
    if (drop_end > 0) drop(drop_end);
    visit_turn(request, reply, [&](const leat_message& m) { add(m); });
    return LEAT_OK;
}

}  // namespace leat
