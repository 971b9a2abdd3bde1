// flow/admission/admit.cc: from waiting to the wire. The gate says who may go; then a connection is found:
// a kept one first, else a new one, else the oldest kept one of another endpoint gives way.
// Invariant: nothing is sent without the gate's grant; one call admits a bounded number.
#include "base/check.h"
#include "base/narrow.h"
#include "flow/admission/admission.h"
#include "flow/answer/answer.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"
#include "flow/observe/events.h"
#include "flow/observe/middleware.h"
#include "flow/request/request.h"

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

// The first waiting item whose batch may have one more on the wire, and can pay for it.
Item* next_waiting(Engine* engine, Domain* domain) {
    Item* item = domain->waiting.front();
    while (item != nullptr) {
        if (batch_has_room(*item->batch) && can_pay(engine, item)) return item;
        item = domain->waiting.next(item);
    }
    return nullptr;
}

void dispatch_reused(Engine* engine, Item* item, Connection* connection) {
    item->domain->waiting.remove(item);
    engine->timers.clear(&item->timer);
    lease_begin(engine, item, connection, true);
    ++engine->stats.connections_reused;
    send_begin(engine, item);
}

void dispatch_new(Engine* engine, Endpoint* endpoint, Item* item) {
    Connection* const connection = engine->wire.take_free();
    LEAT_CHECK(connection != nullptr);
    const leat_status status = engine->wire.connect(connection, &endpoint->origin, engine->now_ns);
    item->domain->waiting.remove(item);
    engine->timers.clear(&item->timer);
    lease_begin(engine, item, connection, false);
    item->state = ItemState::connecting;
    if (status != LEAT_OK) {
        wire_failed(engine, item, status, LEAT_STAGE_CONNECT);
        return;
    }
    arm_timer(engine, item);
}

void dispatch_call(Engine* engine, Item* item) {
    item->domain->waiting.remove(item);
    engine->timers.clear(&item->timer);
    lease_begin(engine, item, nullptr, false);
    call_begin(engine, item);
}

// False when no connection can be had now.
bool dispatch(Engine* engine, Endpoint* endpoint, Item* item) {
    if (endpoint->adapter->start != nullptr) {
        dispatch_call(engine, item);
        return true;
    }
    Connection* const kept = item->replayed ? nullptr : endpoint->idle.take(engine->now_ns);
    if (kept != nullptr) {
        dispatch_reused(engine, item, kept);
        return true;
    }
    if (endpoint->idle.waits_for_lead(&engine->wire) || !make_room(engine)) return false;
    dispatch_new(engine, endpoint, item);
    return true;
}

void hold_back(Engine* engine, Domain* domain, const GateVerdict& verdict) {
    domain->endpoint->limiter = verdict.limiter;
    if (verdict.retry_at_ns != never_ns) {
        engine->timers.set(&domain->timer, verdict.retry_at_ns);
    }
}

// What holds a domain back, as a failure that a fallback may be for; LEAT_OK: it only takes its time.
leat_status trouble_of(leat_limiter limiter) {
    if (limiter == LEAT_LIMITER_OVERLOAD) return LEAT_E_OVERLOADED;
    return limiter == LEAT_LIMITER_COOLDOWN ? LEAT_E_RATE_LIMIT : LEAT_OK;
}

bool anybody_has_relief(Engine* engine, const Endpoint* endpoint, leat_status trouble) {
    for (uint32_t i = 0; trouble != LEAT_OK && i < engine->config.batches_max; ++i) {
        Batch* const batch = &engine->batches[i];
        const Target* const target = batch->open ? main_target(batch, endpoint) : nullptr;
        if (target != nullptr && has_relief(engine, *batch, *target, trouble)) return true;
    }
    return false;
}

// Whether a fresh item would find a gate open, here or at a fallback; spares work that would only wait
// in a slot.
bool worth_fetching(Engine* engine, Endpoint* endpoint) {
    for (uint32_t i = 0; i < endpoint->domains_count; ++i) {
        Domain* const domain = &endpoint->domains[i];
        const GateVerdict verdict = domain->gate.ask(engine->now_ns, Demand{});
        if (verdict.admit) return true;
        hold_back(engine, domain, verdict);
        if (anybody_has_relief(engine, endpoint, trouble_of(verdict.limiter))) return true;
    }
    return false;
}

// Items of a model that has to wait must not take all the slots from those of another.
bool too_many_wait(const Engine& engine, const Endpoint& endpoint) {
    if (endpoint.domains_count == 1) return false;
    size_t waiting = 0;
    for (uint32_t i = 0; i < endpoint.domains_count; ++i) {
        waiting += endpoint.domains[i].waiting.size();
    }
    return waiting > engine.config.items_max / 2;
}

// True when no batch can give an item now; the limiter then says whether a source is why.
bool has_no_work(Engine* engine, Endpoint* endpoint) {
    leat_limiter limiter = LEAT_LIMITER_NONE;
    for (uint32_t i = 0; i < engine->config.batches_max; ++i) {
        Batch& batch = engine->batches[i];
        if (!batch.open || main_target(&batch, endpoint) == nullptr) continue;
        if (batch_may_have_work(batch)) return false;
        if (batch.source_blocked) limiter = LEAT_LIMITER_SOURCE;
    }
    endpoint->limiter = limiter;
    return true;
}

// sent: it left the list of those who wait here, to the wire or to a fallback.
enum class Admission : uint8_t { sent, held, nothing_waits, no_connection };

Admission admit_one(Engine* engine, Domain* domain) {
    Item* const item = next_waiting(engine, domain);
    if (item == nullptr) return Admission::nothing_waits;
    if (before_next_attempt(engine, item)) return Admission::sent;
    const GateVerdict verdict = domain->gate.ask(engine->now_ns, demand_of(*item));
    if (!verdict.admit) {
        hold_back(engine, domain, verdict);
        const leat_status trouble = trouble_of(verdict.limiter);
        return trouble != LEAT_OK && divert(engine, item, trouble) ? Admission::sent
                                                                   : Admission::held;
    }
    if (dispatch(engine, domain->endpoint, item)) return Admission::sent;
    domain->endpoint->limiter = LEAT_LIMITER_CONNECTIONS;
    return Admission::no_connection;
}

// One item of any domain, each in its turn.
Admission admit_any(Engine* engine, Endpoint* endpoint) {
    Admission last = Admission::nothing_waits;
    for (uint32_t turn = 0; turn < endpoint->domains_count; ++turn) {
        const uint32_t place = (endpoint->next_domain + turn) % endpoint->domains_count;
        const Admission one = admit_one(engine, &endpoint->domains[place]);
        if (one == Admission::sent) endpoint->next_domain = (place + 1) % endpoint->domains_count;
        if (one == Admission::sent || one == Admission::no_connection) return one;
        if (one == Admission::held) last = one;
    }
    return last;
}

}  // namespace

void admit_items(Engine* engine, Endpoint* endpoint) {
    for (uint32_t i = 0; i < endpoint->domains_count; ++i) saw_pause_end(engine, &endpoint->domains[i]);
    for (uint32_t n = 0; n < engine->config.events_per_step; ++n) {
        const Admission admission = admit_any(engine, endpoint);
        if (admission == Admission::sent) continue;
        if (admission == Admission::no_connection) return;
        // A domain of its own would hold a fresh item of the same model as well.
        if (admission == Admission::held && endpoint->domains_count == 1) return;
        if (too_many_wait(*engine, *endpoint)) {
            // No gate holds them: their batch has as many on the wire as it may. A slot that has come
            // free since is none for a fresh item, so nobody must think that one could go.
            const bool is_vague = endpoint->limiter == LEAT_LIMITER_NONE ||
                                  endpoint->limiter == LEAT_LIMITER_ITEMS;
            if (is_vague) endpoint->limiter = LEAT_LIMITER_IN_FLIGHT;
            return;
        }
        if (admission == Admission::nothing_waits && has_no_work(engine, endpoint)) return;
        if (!worth_fetching(engine, endpoint) || !fetch_item(engine, endpoint)) return;
    }
    engine->work_pending = true;
}

}  // namespace leat
