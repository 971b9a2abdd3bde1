// flow/loop.cc: one step: wait, timers, ready connections, stops, deliveries, admissions. Each
// stage does a bounded amount of work; what is left makes the next step not wait.
// Invariant: stages never run nested; in_step is set while they run.
#include "flow/loop.h"

#include "base/check.h"
#include "base/mutant.h"
#include "base/narrow.h"
#include "flow/admission/admission.h"
#include "flow/answer/answer.h"
#include "flow/context/context.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"
#include "flow/outcome/outcome.h"
#include "flow/request/prepare.h"
#include "flow/request/request.h"

namespace leat {

namespace {

// Turns of full TLS handshakes in one step; each is at most some 5 ms of computing (mbedTLS 2.28).
constexpr uint32_t handshake_turns_per_step = 4;

bool all_done(const Engine& engine) {
    for (uint32_t i = 0; i < engine.config.batches_max; ++i) {
        const Batch& batch = engine.batches[i];
        if (batch.open && !batch_is_done(batch)) return false;
    }
    return !contexts_are_busy(engine);
}

// After a turn of sending: an early answer may be there, or the request is out and input waits.
bool may_read_now(const Item& item, uint32_t events) {
    if (item.state == ItemState::receiving) return !item.connection->drained;
    return item.state == ItemState::sending &&
           (events & (LEAT_READY_READ | LEAT_READY_ERROR)) != 0;
}

void item_event(Engine* engine, Item* item, uint32_t events) {
    switch (item->state) {
        case ItemState::connecting:
        case ItemState::tunnelling:
            connect_event(engine, item);
            return;
        case ItemState::sending:
            send_event(engine, item);
            if (may_read_now(*item, events)) receive_event(engine, item);
            return;
        case ItemState::receiving:
            if ((events & (LEAT_READY_READ | LEAT_READY_ERROR)) != 0) receive_event(engine, item);
            return;
        case ItemState::free:
        case ItemState::waiting:
        case ItemState::sleeping:
        case ItemState::parked:
        case ItemState::calling:
        case ItemState::done:
        case ItemState::held:
            break;
    }
    LEAT_CHECK(false);
}

void connection_event(Engine* engine, const leat_ready& ready) {
    Connection* const connection = engine->wire.find(ready.token);
    if (connection == nullptr) return;
    Wire::note_event(connection, ready.events);
    Item* const item = static_cast<Item*>(connection->user);
    if (item != nullptr) {
        item_event(engine, item, ready.events);
        return;
    }
    LEAT_CHECK(connection->state == ConnectionState::idle);
    if ((ready.events & (LEAT_READY_READ | LEAT_READY_ERROR)) == 0) return;
    for (uint32_t i = 0; i < engine->endpoints_count; ++i) {
        Endpoint* const endpoint = &engine->endpoints[i];
        if (connection->origin != &endpoint->origin) continue;
        (void)endpoint->idle.on_event(connection);
        return;
    }
}

// Connections that had more to do than one step's share.
void go_on(Engine* engine) {
    const size_t count = engine->again.size();
    for (size_t n = 0; n < count; ++n) {
        Connection* const connection = engine->again.pop_front();
        if (connection == nullptr) return;
        item_event(engine, static_cast<Item*>(connection->user), LEAT_READY_READ);
    }
}

void timer_event(Engine* engine, Timer* timer) {
    switch (static_cast<TimerKind>(timer->kind)) {
        case TimerKind::item:
            timer_due(engine, static_cast<Item*>(timer->owner));
            return;
        case TimerKind::gate:
            return;  // admission follows in this step
        case TimerKind::idle: {
            Endpoint* const endpoint = static_cast<Endpoint*>(timer->owner);
            endpoint->idle.expire(engine->now_ns);
            engine->timers.set(timer, endpoint->idle.expires_at_ns());
            return;
        }
        case TimerKind::batch:
            stop_batch(engine, static_cast<Batch*>(timer->owner), BatchStop::hard,
                       LEAT_E_DEADLINE_BATCH);
            return;
    }
    LEAT_CHECK(false);
}

void run_timers(Engine* engine) {
    for (uint32_t n = 0; n < engine->config.events_per_step; ++n) {
        Timer* const timer = engine->timers.pop_due(engine->now_ns);
        if (timer == nullptr) return;
        timer_event(engine, timer);
    }
    engine->work_pending = true;
}

// Requests of stopped batches need a slot for their result, but no gate.
void end_stopped(Engine* engine) {
    for (uint32_t i = 0; i < engine->config.batches_max; ++i) {
        Batch* const batch = &engine->batches[i];
        if (batch->open && batch->stop != BatchStop::none) end_waiting(engine, batch);
    }
}

void run_stages(Engine* engine) {
    run_timers(engine);
    stop_items(engine);
    end_calls(engine);
    step_contexts(engine);
    run_tools(engine);
    resume_items(engine);
    deliver_results(engine);
    end_stopped(engine);
    engine->gave_back = false;
    for (uint32_t i = 0; i < engine->endpoints_count; ++i) {
        admit_items(engine, &engine->endpoints[i]);
    }
    stop_items(engine);
    end_calls(engine);
    step_contexts(engine);
    deliver_results(engine);
    release_all_tables(engine);
    // A permit or a connection came back behind the admissions: whoever waits for it is asked again.
    if (engine->gave_back && !LEAT_MUTANT_IF(12)) engine->work_pending = true;
}

bool has_permit(const Endpoint& endpoint, uint64_t now_ns) {
    for (uint32_t i = 0; i < endpoint.domains_count; ++i) {
        if (endpoint.domains[i].gate.has_permit(now_ns)) return true;
    }
    return false;
}

// The batch's next request could go on its way, or to its end, without an event from outside.
bool can_go_on(const Engine& engine, const Batch& batch) {
    const bool has_item = !engine.free_items.empty();
    if (batch.stop != BatchStop::none) return has_item && !batch.ring.empty();
    if (!batch_may_have_work(batch)) return false;
    for (uint32_t i = 0; i < batch.targets_count; ++i) {
        const Endpoint& endpoint = *batch.targets[i].endpoint;
        if (main_target(const_cast<Batch*>(&batch), &endpoint) == nullptr) continue;
        // Items that ended before they were sent come free without an event.
        if (endpoint.limiter == LEAT_LIMITER_ITEMS && has_item) return true;
        if (endpoint.limiter == LEAT_LIMITER_NONE && has_permit(endpoint, engine.now_ns)) return true;
    }
    return false;
}

// Something can be done without waiting for anything outside.
bool has_work(const Engine& engine) {
    if (engine.work_pending || engine.stops_pending || !engine.ended_calls.empty()) return true;
    if (!engine.resumed.empty() || !engine.tool_turns.empty()) return true;
    for (uint32_t i = 0; i < engine.config.batches_max; ++i) {
        if (engine.batches[i].open && can_go_on(engine, engine.batches[i])) return true;
    }
    return false;
}

// A result is there for leat_batch_next.
bool result_waits(Engine* engine) {
    for (uint32_t i = 0; i < engine->config.batches_max; ++i) {
        Batch* const batch = &engine->batches[i];
        if (batch->open && batch->config.on_result == nullptr &&
            next_deliverable(batch) != nullptr) {
            return true;
        }
    }
    return false;
}

}  // namespace

void update_clock(Engine* engine) {
    const uint64_t clock_ns = engine->ports.clock->now_ns(engine->ports.clock_user);
    // A clock that goes back is put right by as much: time goes on from where it was. Were it held
    // until the clock has caught up, a timer that is nearly due would make each wait as short.
    if (clock_ns < engine->clock_seen_ns) {
        engine->clock_behind_ns += engine->clock_seen_ns - clock_ns;
    }
    engine->clock_seen_ns = clock_ns;
    engine->now_ns = clock_ns + engine->clock_behind_ns;
}

int64_t next_wait_ns(Engine* engine) {
    if (has_work(*engine) || !engine->again.empty()) return 0;
    const uint64_t next_ns = engine->timers.next_ns();
    if (next_ns == never_ns) return -1;
    return next_ns <= engine->now_ns ? 0 : narrow<int64_t>(next_ns - engine->now_ns);
}

leat_status run_step(Engine* engine, int64_t timeout_ns) {
    LEAT_CHECK(!engine->in_step);
    if (all_done(*engine)) return LEAT_E_DONE;
    engine->in_step = true;
    update_clock(engine);
    // Work that needs no event goes first, so that a step never waits before it has sent.
    bool has_result = false;
    if (has_work(*engine)) {
        engine->work_pending = false;
        run_stages(engine);
        has_result = result_waits(engine);
    }
    const int64_t due_ns = next_wait_ns(engine);
    int64_t wait_ns = timeout_ns;
    if (due_ns >= 0 && (timeout_ns < 0 || due_ns < timeout_ns)) wait_ns = due_ns;
    if (has_result || all_done(*engine)) wait_ns = 0;
    const int32_t count = engine->ports.poller->wait(engine->wire.poller_state(), wait_ns,
                                                     engine->ready,
                                                     engine->config.events_per_step);
    update_clock(engine);
    ++engine->stats.steps;
    engine->work_pending = count == static_cast<int32_t>(engine->config.events_per_step);
    engine->handshake_turns = handshake_turns_per_step;
    go_on(engine);
    for (int32_t i = 0; i < count; ++i) connection_event(engine, engine->ready[i]);
    run_stages(engine);
    engine->in_step = false;
    return count < 0 ? LEAT_E_PORT : LEAT_OK;
}

}  // namespace leat
