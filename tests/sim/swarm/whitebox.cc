// tests/sim/swarm/whitebox.cc: see whitebox.h. One walk over lists, items, batches and connections per
// step; pools are small in a scenario, so this costs less than the step. Depends on src/flow.
// Invariant: nothing in the engine is changed.
#include "sim/swarm/whitebox.h"

#include <algorithm>

namespace swarm {

namespace {

using leat::Connection;
using leat::ConnectionState;
using leat::Endpoint;
using leat::Item;
using leat::ItemState;
using Number = unsigned long long;

// Of an item that was rate limited in this step: it is not where a rate limit leads.
bool was_sent_after_its_limit(const Item& item) {
    switch (item.state) {
        case ItemState::waiting: return item.replayed;
        case ItemState::done:
        case ItemState::held:
            return item.result.status != LEAT_E_RATE_LIMIT &&
                   item.result.status != LEAT_E_CANCELLED;
        case ItemState::free:
        case ItemState::sleeping:
        case ItemState::connecting:
        case ItemState::tunnelling:
        case ItemState::sending:
        case ItemState::receiving:
        case ItemState::calling: break;
    }
    return true;
}

}  // namespace

Whitebox::Whitebox(leat_client* client, leat_sim* sim, const std::vector<PaceRules>& rules,
                   Verdict* verdict)
    : engine_(client), sim_(sim), verdict_(verdict), slots_(client->config.items_max),
      visits_(client->config.items_max), on_wire_(client->endpoints_count) {
    for (const PaceRules& each : rules) models_.emplace_back(each, verdict);
}

uint32_t Whitebox::endpoint_of(const Item& item) const {
    return static_cast<uint32_t>(item.endpoint - engine_->endpoints);
}

// A dispatch or a rate limit that shows for the first time. An item is limited at most once in a
// step; a stale one may find the pause over and be sent again in the same step.
void Whitebox::note_item(const Item& item) {
    if (item.state == ItemState::free || item.endpoint == nullptr) return;
    Slot* const slot = &slots_[static_cast<size_t>(&item - engine_->items)];
    const bool known = slot->batch == item.batch && slot->index == item.index &&
                       slot->accepted_ns == item.times.accepted_ns;
    if (!known) *slot = Slot{item.batch, item.index, item.times.accepted_ns, 0, 0, 0};
    PaceModel* const model = &models_[endpoint_of(item)];
    const uint64_t dispatched_ns = item.times.dispatched_ns;
    if (item.rate_limited > slot->rate_limited) {
        const bool again = slot->dispatched_ns != 0 && was_sent_after_its_limit(item);
        model->limited(engine_->now_ns, again ? slot->dispatched_ns : dispatched_ns);
    }
    slot->rate_limited = item.rate_limited;
    const bool sent = dispatched_ns != slot->dispatched_ns && dispatched_ns != 0;
    if (sent) model->dispatched(dispatched_ns);
    slot->dispatched_ns = dispatched_ns;
    // A step may send, fail, wait and send again: only the last of these shows.
    const uint32_t tries = item.attempts + item.rate_limited;
    const uint32_t seen = slot->tries + (sent ? 1 : 0);
    if (tries > seen) model->sent_unseen(tries - seen);
    slot->tries = tries;
}

void Whitebox::result_seen(const leat_result& result) {
    const uintptr_t first = reinterpret_cast<uintptr_t>(&engine_->items[0].result);
    const uintptr_t distance = reinterpret_cast<uintptr_t>(&result) - first;
    const uintptr_t place = distance / sizeof(Item);
    if (distance % sizeof(Item) != 0 || place >= engine_->config.items_max) return;  // never an item
    const Item& item = engine_->items[place];
    note_item(item);
    if (result.outcome == LEAT_SUCCEEDED && result.usage.total_tokens > 0) {
        const uint64_t used = static_cast<uint64_t>(result.usage.total_tokens);
        models_[endpoint_of(item)].used(item.times.dispatched_ns,
                                        std::min(used, item.reserved_tokens));
    }
}

void Whitebox::visit(const Item* item, bool fits, const char* list) {
    const size_t place = static_cast<size_t>(item - engine_->items);
    ++visits_[place];
    if (!fits) {
        verdict_->fail("lists", "item slot %zu is in the list %s in state %d", place, list,
                       static_cast<int>(item->state));
    }
}

void Whitebox::check_lists() {
    std::fill(visits_.begin(), visits_.end(), 0);
    leat::ItemList* const free = &engine_->free_items;
    for (Item* item = free->front(); item != nullptr; item = free->next(item)) {
        visit(item, item->state == ItemState::free && item->batch == nullptr, "free");
        if (item->arena.mark() != 0) verdict_->fail("arena", "a free item's arena is not empty");
    }
    leat::ItemList* const sleeping = &engine_->sleeping;
    for (Item* item = sleeping->front(); item != nullptr; item = sleeping->next(item)) {
        visit(item, item->state == ItemState::sleeping && item->timer.queued(), "sleeping");
    }
    for (uint32_t e = 0; e < engine_->endpoints_count; ++e) {
        auto* const waiting = &engine_->endpoints[e].waiting;
        for (Item* item = waiting->front(); item != nullptr; item = waiting->next(item)) {
            visit(item, item->state == ItemState::waiting && endpoint_of(*item) == e, "waiting");
        }
    }
    for (uint32_t b = 0; b < engine_->config.batches_max; ++b) {
        leat_batch* const batch = &engine_->batches[b];
        if (!batch->open) continue;
        for (Item* item = batch->done.front(); item != nullptr; item = batch->done.next(item)) {
            visit(item, item->state == ItemState::done && item->batch == batch, "done");
        }
    }
}

void Whitebox::check_items() {
    std::fill(on_wire_.begin(), on_wire_.end(), 0);
    uint32_t all = 0;
    for (uint32_t i = 0; i < engine_->config.items_max; ++i) {
        const Item& item = engine_->items[i];
        note_item(item);
        const bool wire = leat::on_wire(item.state);
        const bool listed = !wire && item.state != ItemState::held;
        if (visits_[i] != (listed ? 1u : 0u)) {
            verdict_->fail("lists", "item slot %u, state %d, is in %u lists", i,
                           static_cast<int>(item.state), visits_[i]);
        }
        const bool leased = item.connection != nullptr && item.connection->user == &item;
        if (wire != leased || (!wire && item.connection != nullptr)) {
            verdict_->fail("connections", "item slot %u, state %d, %s a connection", i,
                           static_cast<int>(item.state), leased ? "holds" : "lacks");
        }
        if (!wire) continue;
        ++on_wire_[endpoint_of(item)];
        ++all;
        if (!item.timer.queued()) verdict_->fail("timers", "an item on the wire has no timer");
    }
    if (engine_->stats.in_flight != all) {
        verdict_->fail("permits", "stats say %u in flight, %u are on the wire",
                       engine_->stats.in_flight, all);
    }
}

void Whitebox::check_batches() {
    for (uint32_t b = 0; b < engine_->config.batches_max; ++b) {
        const leat_batch& batch = engine_->batches[b];
        if (!batch.open) continue;
        uint32_t wire = 0;
        uint32_t alive = 0;
        uint32_t held = 0;
        for (uint32_t i = 0; i < engine_->config.items_max; ++i) {
            const Item& item = engine_->items[i];
            if (item.batch != &batch) continue;
            ++alive;
            wire += leat::on_wire(item.state) ? 1u : 0u;
            held += item.state == ItemState::held ? 1u : 0u;
        }
        const uint64_t known = batch.ring.size() + (alive - held) + batch.completed;
        if (batch.in_flight != wire || batch.alive != alive || batch.accepted != known) {
            verdict_->fail("counts", "batch %u: in flight %u (%u), alive %u (%u), %llu of %llu", b,
                           batch.in_flight, wire, batch.alive, alive, static_cast<Number>(known),
                           static_cast<Number>(batch.accepted));
        }
        const uint32_t most = batch.config.max_in_flight;
        if (most != 0 && wire > most) verdict_->fail("permits", "batch %u has %u on the wire", b, wire);
    }
}

void Whitebox::check_connections() {
    uint32_t open = 0;
    uint32_t idle = 0;
    uint32_t users = 0;
    for (uint32_t i = 0; i < engine_->wire.capacity(); ++i) {
        const Connection& connection = *engine_->wire.at(i);
        open += connection.descriptor >= 0 ? 1u : 0u;
        const bool is_idle = connection.state == ConnectionState::idle;
        idle += is_idle ? 1u : 0u;
        const Item* const user = static_cast<const Item*>(connection.user);
        users += user != nullptr ? 1u : 0u;
        const bool is_free = connection.state == ConnectionState::free;
        if (user != nullptr && (is_idle || is_free || user->connection != &connection)) {
            verdict_->fail("connections", "connection %u has an owner that does not know it", i);
        }
        if (user == nullptr && !is_idle && !is_free) {
            verdict_->fail("connections", "connection %u is in use by nobody", i);
        }
        if (is_free && (connection.descriptor >= 0 || connection.tls_active)) {
            verdict_->fail("leak", "free connection %u still has a stream or a session", i);
        }
    }
    size_t kept = 0;
    for (uint32_t e = 0; e < engine_->endpoints_count; ++e) kept += engine_->endpoints[e].idle.size();
    leat_sim_stats world = {};
    leat_sim_get_stats(sim_, &world);
    if (kept != idle || world.streams_open != open || engine_->wire.counters().open < users) {
        verdict_->fail("connections", "%zu kept, %u idle; the world sees %u streams, the wire %u",
                       kept, idle, world.streams_open, open);
    }
}

void Whitebox::check_gates() {
    const uint64_t replayed = engine_->stats.connections_replayed - replayed_;
    replayed_ = engine_->stats.connections_replayed;
    for (uint32_t e = 0; e < engine_->endpoints_count; ++e) {
        models_[e].sent_unseen(static_cast<uint32_t>(replayed));
        const leat::Gate& gate = engine_->endpoints[e].gate;
        if (gate.in_flight() != on_wire_[e] || gate.in_flight() > gate.permits()) {
            verdict_->fail("permits", "endpoint %u: %u permits out of %u taken, %u on the wire", e,
                           gate.in_flight(), gate.permits(), on_wire_[e]);
        }
        const leat::GateVerdict says = gate.ask(engine_->now_ns, 0);
        const bool paused = says.limiter == LEAT_LIMITER_COOLDOWN;
        models_[e].step_over(engine_->now_ns, paused ? says.retry_at_ns : 0, gate.permits());
    }
}

void Whitebox::after_step() {
    check_lists();
    check_items();
    check_batches();
    check_connections();
    check_gates();
}

void Whitebox::at_end() {
    for (PaceModel& model : models_) model.check_tokens();
}

}  // namespace swarm
