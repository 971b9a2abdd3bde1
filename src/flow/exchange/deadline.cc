// flow/exchange/deadline.cc: the one timer of an item. What it is due for follows from the item's state, so
// progress only notes the time; the timer finds out when it fires and sets itself again.
#include "base/check.h"
#include "base/narrow.h"
#include "flow/admission/admission.h"
#include "flow/answer/answer.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"
#include "flow/outcome/outcome.h"

namespace leat {

namespace {

struct Due {
    uint64_t at_ns;
    leat_status status;
};

uint64_t after_ms(uint64_t from_ns, uint32_t wait_ms) {
    return wait_ms == 0 ? never_ns : from_ns + uint64_t{wait_ms} * UINT64_C(1000000);
}

void sooner(Due* due, uint64_t at_ns, leat_status status) {
    if (at_ns < due->at_ns) *due = Due{at_ns, status};
}

uint32_t attempt_ms(const Item& item) {
    return item.asked->timeout_ms != 0 ? item.asked->timeout_ms
                                        : item.endpoint->timeouts.attempt_ms;
}

Due next_due(const Item& item) {
    const leat_timeouts& bounds = item.endpoint->timeouts;
    const ItemTimes& times = item.times;
    Due due{times.deadline_ns, LEAT_E_DEADLINE_ITEM};
    if (item.state == ItemState::connecting || item.state == ItemState::tunnelling) {
        sooner(&due, after_ms(times.dispatched_ns, bounds.connect_ms), LEAT_E_TIMEOUT_CONNECT);
        return due;
    }
    if (!on_wire(item.state)) return due;
    sooner(&due, after_ms(times.begun_ns, attempt_ms(item)), LEAT_E_TIMEOUT_ATTEMPT);
    if (item.state == ItemState::calling) return due;  // only the adapter knows of progress
    const bool silent = item.state == ItemState::receiving && times.first_byte_ns == 0;
    if (silent) {
        // Thinking takes as long as it takes: idle_ms is for an answer that has begun.
        sooner(&due, after_ms(times.sent_ns, bounds.first_byte_ms), LEAT_E_TIMEOUT_FIRST_BYTE);
    } else {
        sooner(&due, after_ms(times.progress_ns, bounds.idle_ms), LEAT_E_TIMEOUT_IDLE);
    }
    return due;
}

leat_stage stage_of(const Item& item) {
    switch (item.state) {
        case ItemState::connecting:
            return item.connection->state == ConnectionState::handshaking ? LEAT_STAGE_TLS
                                                                          : LEAT_STAGE_CONNECT;
        case ItemState::tunnelling:
            return LEAT_STAGE_CONNECT;
        case ItemState::sending:
            return LEAT_STAGE_SEND;
        case ItemState::receiving:
        case ItemState::calling:
            return LEAT_STAGE_RECEIVE;
        case ItemState::free:
        case ItemState::waiting:
        case ItemState::sleeping:
        case ItemState::parked:
        case ItemState::done:
        case ItemState::held:
            break;
    }
    return LEAT_STAGE_WAITING;
}

void deadline_passed(Engine* engine, Item* item) {
    leave_lists(engine, item);
    finish_item(engine, item, LEAT_FAILED, LEAT_E_DEADLINE_ITEM, LEAT_STAGE_WAITING);
}

}  // namespace

void arm_timer(Engine* engine, Item* item) {
    engine->timers.set(&item->timer, min_of(next_due(*item).at_ns, hedge_at_ns(*engine, *item)));
}

void timer_due(Engine* engine, Item* item) {
    LEAT_CHECK(item->state != ItemState::free && item->state != ItemState::held);
    const bool sleeping = item->state == ItemState::sleeping;
    if (sleeping && item->times.progress_ns <= engine->now_ns &&
        item->times.deadline_ns > engine->now_ns) {
        wake_item(engine, item);
        return;
    }
    const Due due = next_due(*item);
    const uint64_t tools_ns = tools_due_ns(*item);
    if (tools_ns <= engine->now_ns && due.at_ns > engine->now_ns) {
        tools_timed_out(engine, item);
        return;
    }
    if (due.at_ns > engine->now_ns) {
        if (hedge_at_ns(*engine, *item) <= engine->now_ns) hedge_begin(engine, item);
        const uint64_t other_ns = sleeping ? item->times.progress_ns : hedge_at_ns(*engine, *item);
        engine->timers.set(&item->timer, min_of(min_of(other_ns, tools_ns), due.at_ns));
        return;
    }
    if (!on_wire(item->state)) {
        deadline_passed(engine, item);
        return;
    }
    wire_failed(engine, item, due.status, stage_of(*item));
}

}  // namespace leat
