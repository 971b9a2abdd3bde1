// flow/parked.cc: items that wait for something other than the gate: tools, a conversation's turn, an equal
// request that is out, a context cache. They stand in a list of what they wait for, which unparks them.
// Invariant: a parked item holds no permit and no connection; its deadline runs, and it can be cancelled.
#include "base/check.h"
#include "flow/engine.h"

namespace leat {

void park(Engine* engine, Item* item, ItemList* list) {
    LEAT_CHECK(item->connection == nullptr && !item->link.linked());
    item->state = ItemState::parked;
    item->parked_in = list;
    list->push_back(item);
    engine->timers.set(&item->timer, item->times.deadline_ns);
}

void unpark(Engine* engine, Item* item) {
    LEAT_CHECK(item->state == ItemState::parked && item->parked_in != nullptr);
    static_cast<ItemList*>(item->parked_in)->remove(item);
    item->parked_in = &engine->resumed;
    engine->resumed.push_back(item);
}

void resume_items(Engine* engine) {
    // What is resumed meanwhile waits for the next stage: a step's work stays bounded.
    const size_t count = engine->resumed.size();
    for (size_t n = 0; n < count; ++n) {
        Item* const item = engine->resumed.pop_front();
        if (item == nullptr) return;
        begin_request(engine, item);
    }
}

}  // namespace leat
