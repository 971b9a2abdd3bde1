// flow/admission/waiting.cc: the places in which an item waits: before the gate, asleep until a moment, or
// parked in a list of what it waits for (tools, a conversation's turn, an equal request that is out, a
// context cache), which unparks it.
// Invariant: who waits holds no permit and no connection, and is in exactly one list; its deadline runs,
// and it can be cancelled.
#include "base/check.h"
#include "base/mutant.h"
#include "base/narrow.h"
#include "flow/admission/admission.h"
#include "flow/answer/answer.h"
#include "flow/engine.h"
#include "flow/request/request.h"

namespace leat {

namespace {

void begin_waiting(Engine* engine, Item* item) {
    LEAT_CHECK(item->connection == nullptr && !item->link.linked());
    item->state = ItemState::waiting;
    item->times.waiting_ns = engine->now_ns;
    engine->timers.set(&item->timer, item->times.deadline_ns);
}

}  // namespace

void to_waiting(Engine* engine, Item* item) {
    begin_waiting(engine, item);
    item->domain->waiting.push_back(item);
}

void to_waiting_first(Engine* engine, Item* item) {
    begin_waiting(engine, item);
    item->domain->waiting.push_front(item);
}

void to_sleep(Engine* engine, Item* item, uint64_t until_ns) {
    LEAT_CHECK(item->connection == nullptr && !item->link.linked());
    item->state = ItemState::sleeping;
    engine->sleeping.push_back(item);
    engine->timers.set(&item->timer, min_of(until_ns, item->times.deadline_ns));
    // The moment to wake is told from the deadline by progress_ns.
    item->times.progress_ns = until_ns;
}

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

void leave_lists(Engine* engine, Item* item) {
    if (item->state == ItemState::sleeping) {
        engine->sleeping.remove(item);
    } else if (item->state == ItemState::parked) {
        static_cast<ItemList*>(item->parked_in)->remove(item);
        if (item->round != nullptr && !LEAT_MUTANT_IF(14)) drop_round(item);
    } else {
        LEAT_CHECK(item->state == ItemState::waiting);
        item->domain->waiting.remove(item);
    }
}

}  // namespace leat
