// flow/ready.cc: from a request's texts to the gate: it is built, and what is built goes on its way.
// Invariant: an item that comes here is in no list and leaves in exactly one: that of its domain, one in
// which it is parked, or its batch's done items.
#include "base/check.h"
#include "flow/engine.h"

namespace leat {

void begin_request(Engine* engine, Item* item) {
    LEAT_CHECK(item->connection == nullptr && !item->link.linked());
    forget_last_attempt(item);
    item->arena.rewind(item->request_mark);
    item->rope = Rope{};
    const leat_status built = build_request(engine, item);
    if (built != LEAT_OK) {
        finish_item(engine, item, LEAT_FAILED, built, LEAT_STAGE_BUILD);
        return;
    }
    ready_item(engine, item);
}

void ready_item(Engine* engine, Item* item) {
    // While it was parked its endpoint may have been given up.
    const leat_status stopped = item->endpoint->stopped;
    if (stopped != LEAT_OK) {
        if (fall_back(engine, item, stopped)) return;
        finish_item(engine, item, LEAT_CANCELLED, stopped, LEAT_STAGE_WAITING);
        return;
    }
    to_waiting(engine, item);
}

}  // namespace leat
