// flow/compose.cc: what is asked now. An item's request stays as it was accepted; where turns have been
// added to it, a request is made in the item's arena that has them all as messages, so that adapters know
// one kind of request only. Texts are referred to, not copied.
// Invariant: item->asked lives in the arena between request_mark and attempt_mark, or is &item->request.
#include "base/check.h"
#include "flow/engine.h"

namespace leat {

namespace {

// The whole turn is in the words of one adapter: another one builds it anew from its parts.
leat_message turn_for(const Turn& turn, const leat_adapter* adapter) {
    leat_message message = turn.message;
    if (turn.author != adapter) message.turn_json = Text{nullptr, 0};
    return message;
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

}  // namespace

leat_status compose_request(Item* item) {
    LEAT_CHECK(item->endpoint != nullptr && (item->turns_count == 0) == (item->first_turn == nullptr));
    item->asked = &item->request;
    if (item->turns_count == 0) return LEAT_OK;
    leat_request* const asked = item->arena.make<leat_request>();
    const uint32_t most = item->request.messages_count + 1 + item->turns_count;
    leat_message* const messages = item->arena.make<leat_message>(most);
    if (asked == nullptr || messages == nullptr) return LEAT_E_ITEM_MEMORY;
    uint32_t count = put_own_messages(item->request, messages);
    for (const Turn* turn = item->first_turn; turn != nullptr; turn = turn->next) {
        messages[count++] = turn_for(*turn, item->endpoint->adapter);
    }
    LEAT_CHECK(count <= most);
    *asked = item->request;
    asked->prompt = Text{nullptr, 0};
    asked->messages = messages;
    asked->messages_count = count;
    item->asked = asked;
    return LEAT_OK;
}

}  // namespace leat
