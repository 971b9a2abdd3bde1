// flow/admit.cc: from waiting to the wire. The gate says who may go; then a connection is found:
// a kept one first, else a new one, else the oldest kept one of another endpoint gives way.
// Invariant: nothing is sent without the gate's grant; one call admits a bounded number.
#include "base/check.h"
#include "base/narrow.h"
#include "flow/engine.h"

namespace leat {

namespace {

// Room for a new connection, if need be by closing the one that was idle longest.
bool make_room(Engine* engine) {
    if (engine->wire.has_free()) return true;
    Endpoint* oldest = nullptr;
    uint64_t since = never_ns;
    for (uint32_t i = 0; i < engine->endpoints_count; ++i) {
        Endpoint* const endpoint = &engine->endpoints[i];
        const uint64_t its = endpoint->idle.oldest_since_ns();
        if (its < since) {
            since = its;
            oldest = endpoint;
        }
    }
    return oldest != nullptr && oldest->idle.evict();
}

// The first waiting item whose batch may have one more on the wire.
Item* next_waiting(Endpoint* endpoint) {
    Item* item = endpoint->waiting.front();
    while (item != nullptr) {
        const uint32_t most = item->batch->config.max_in_flight;
        if (most == 0 || item->batch->in_flight < most) return item;
        item = endpoint->waiting.next(item);
    }
    return nullptr;
}

void dispatch_reused(Engine* engine, Endpoint* endpoint, Item* item, Connection* connection) {
    endpoint->waiting.remove(item);
    engine->timers.clear(&item->timer);
    lease_begin(engine, item, connection, true);
    ++engine->stats.connections_reused;
    send_begin(engine, item);
}

void dispatch_new(Engine* engine, Endpoint* endpoint, Item* item) {
    Connection* const connection = engine->wire.take_free();
    LEAT_CHECK(connection != nullptr);
    const leat_status status = engine->wire.connect(connection, &endpoint->origin, engine->now_ns);
    endpoint->waiting.remove(item);
    engine->timers.clear(&item->timer);
    lease_begin(engine, item, connection, false);
    item->state = ItemState::connecting;
    if (status != LEAT_OK) {
        wire_failed(engine, item, status, LEAT_STAGE_CONNECT);
        return;
    }
    arm_timer(engine, item);
}

void dispatch_call(Engine* engine, Endpoint* endpoint, Item* item) {
    endpoint->waiting.remove(item);
    engine->timers.clear(&item->timer);
    lease_begin(engine, item, nullptr, false);
    call_begin(engine, item);
}

// False when no connection can be had now.
bool dispatch(Engine* engine, Endpoint* endpoint, Item* item) {
    if (endpoint->adapter->start != nullptr) {
        dispatch_call(engine, endpoint, item);
        return true;
    }
    Connection* const kept = item->replayed ? nullptr : endpoint->idle.take(engine->now_ns);
    if (kept != nullptr) {
        dispatch_reused(engine, endpoint, item, kept);
        return true;
    }
    if (endpoint->idle.waits_for_lead(&engine->wire) || !make_room(engine)) return false;
    dispatch_new(engine, endpoint, item);
    return true;
}

// Whether a fresh item would find the gate open; spares work that would only wait in a slot.
bool worth_fetching(Engine* engine, Endpoint* endpoint, GateVerdict* verdict) {
    *verdict = endpoint->gate.ask(engine->now_ns, 0);
    return verdict->admit;
}

void hold_back(Engine* engine, Endpoint* endpoint, const GateVerdict& verdict) {
    endpoint->limiter = verdict.limiter;
    if (verdict.retry_at_ns != never_ns) {
        engine->timers.set(&endpoint->gate_timer, verdict.retry_at_ns);
    }
}

// True when no batch can give an item now; the limiter then says whether a source is why.
bool has_no_work(Engine* engine, Endpoint* endpoint) {
    leat_limiter limiter = LEAT_LIMITER_NONE;
    for (uint32_t i = 0; i < engine->config.batches_max; ++i) {
        const Batch& batch = engine->batches[i];
        if (!batch.open || batch.endpoint != endpoint) continue;
        if (batch_may_have_work(batch)) return false;
        if (batch.source_blocked) limiter = LEAT_LIMITER_SOURCE;
    }
    endpoint->limiter = limiter;
    return true;
}

// Requests of stopped batches need a slot for their result, but no gate.
void end_stopped(Engine* engine, Endpoint* endpoint) {
    for (uint32_t i = 0; i < engine->config.batches_max; ++i) {
        Batch* const batch = &engine->batches[i];
        if (!batch->open || batch->endpoint != endpoint) continue;
        if (batch->stop != BatchStop::none) end_waiting(engine, batch);
    }
}

}  // namespace

void admit_items(Engine* engine, Endpoint* endpoint) {
    end_stopped(engine, endpoint);
    for (uint32_t n = 0; n < engine->config.events_per_step; ++n) {
        GateVerdict verdict{};
        Item* const item = next_waiting(endpoint);
        if (item == nullptr) {
            if (has_no_work(engine, endpoint)) return;
            if (!worth_fetching(engine, endpoint, &verdict)) {
                hold_back(engine, endpoint, verdict);
                return;
            }
            if (!fetch_item(engine, endpoint)) return;
            continue;
        }
        verdict = endpoint->gate.ask(engine->now_ns, item->reserved_tokens);
        if (!verdict.admit) {
            hold_back(engine, endpoint, verdict);
            return;
        }
        if (!dispatch(engine, endpoint, item)) {
            endpoint->limiter = LEAT_LIMITER_CONNECTIONS;
            return;
        }
    }
    engine->work_pending = true;
}

}  // namespace leat
