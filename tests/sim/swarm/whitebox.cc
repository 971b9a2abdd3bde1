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
        case ItemState::waiting:
            return item.replayed;
        case ItemState::done:
        case ItemState::held:
            return item.result.status != LEAT_E_RATE_LIMIT &&
                   item.result.status != LEAT_E_CANCELLED;
        case ItemState::free:
        case ItemState::sleeping:
        case ItemState::parked:
        case ItemState::connecting:
        case ItemState::tunnelling:
        case ItemState::sending:
        case ItemState::receiving:
        case ItemState::calling:
            break;
    }
    return true;
}

}  // namespace

Whitebox::Whitebox(leat_client* client, leat_sim* sim, const std::vector<PaceRules>& rules,
                   Verdict* verdict)
    : engine_(client),
      sim_(sim),
      verdict_(verdict),
      slots_(client->config.items_max),
      rules_(rules),
      visits_(client->config.items_max) {
    for (const PaceRules& each : rules) budgets_.emplace_back(each.config, verdict);
}

size_t Whitebox::endpoint_of(const Endpoint* endpoint) const {
    return static_cast<size_t>(endpoint - engine_->endpoints);
}

// A dispatch or a rate limit that shows for the first time. An item is limited at most once in a
// step; a stale one may find the pause over and be sent again in the same step.
void Whitebox::note_item(const Item& item) {
    if (item.state == ItemState::free || item.domain == nullptr) return;
    Slot* const slot = &slots_[static_cast<size_t>(&item - engine_->items)];
    const bool known = slot->batch == item.batch && slot->index == item.index &&
                       slot->accepted_ns == item.times.accepted_ns;
    if (!known) *slot = Slot{item.batch, item.index, item.times.accepted_ns, 0, 0, 0, nullptr};
    PaceModel* const model = &models_[place_of(item.domain)];
    const uint64_t dispatched_ns = item.times.dispatched_ns;
    if (item.rate_limited > slot->rate_limited) {
        const bool again = slot->dispatched_ns != 0 && was_sent_after_its_limit(item);
        model->limited(engine_->now_ns, again ? slot->dispatched_ns : dispatched_ns);
    }
    slot->rate_limited = item.rate_limited;
    const bool fresh = dispatched_ns != slot->dispatched_ns && dispatched_ns != 0;
    // An item that has just fallen back was sent elsewhere, and so may be one that asks another model now.
    const bool moved = slot->domain != item.domain && !leat::on_wire(item.state) &&
                       item.batch->config.on_attempt != nullptr;
    const bool sent = fresh && !moved && !(item.attempts == 0 && item.attempts_before > 0);
    slot->domain = item.domain;
    if (sent) model->dispatched(dispatched_ns);
    if (sent) budgets_[endpoint_of(item.endpoint)].dispatched(dispatched_ns);
    slot->dispatched_ns = dispatched_ns;
    // A step may send, fail, wait and send again: only the last of these shows.
    const uint32_t tries = item.attempts_before + item.attempts + item.rate_limited;
    const uint32_t seen = slot->tries + (sent ? 1 : 0);
    if (tries > seen) model->sent_unseen(tries - seen);
    slot->tries = tries;
}

void Whitebox::result_seen(const leat_result& result) {
    const uintptr_t first = reinterpret_cast<uintptr_t>(&engine_->items[0].result);
    const uintptr_t distance = reinterpret_cast<uintptr_t>(&result) - first;
    const uintptr_t place = distance / sizeof(Item);
    if (distance % sizeof(Item) != 0 || place >= engine_->config.items_max)
        return;  // never an item
    const Item& item = engine_->items[place];
    note_item(item);
    if (result.outcome == LEAT_SUCCEEDED && item.domain != nullptr &&
        result.usage.total_tokens > 0) {
        const uint64_t used = static_cast<uint64_t>(result.usage.total_tokens);
        const leat::Demand& demand = item.ticket.demand;
        const uint64_t reserved = demand.input_tokens + demand.output_tokens;
        budgets_[endpoint_of(item.endpoint)].used(item.times.dispatched_ns,
                                                  std::min(used, reserved));
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
    // Whatever a parked item waits for keeps the list that it is in.
    for (uint32_t i = 0; i < engine_->config.items_max; ++i) {
        const Item* const parked = &engine_->items[i];
        if (parked->state != ItemState::parked) continue;
        auto* const list = static_cast<leat::ItemList*>(parked->parked_in);
        for (Item* item = list->front(); item != nullptr; item = list->next(item)) {
            if (item == parked) visit(item, item->link.linked(), "parked");
        }
    }
    for (const leat::Domain* const each : domains_) {
        auto* const waiting = &const_cast<leat::Domain*>(each)->waiting;
        for (Item* item = waiting->front(); item != nullptr; item = waiting->next(item)) {
            visit(item, item->state == ItemState::waiting && item->domain == each, "waiting");
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
        ++on_wire_[place_of(item.domain)];
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
        uint32_t twins = 0;  // second tries: they were never accepted
        for (uint32_t i = 0; i < engine_->config.items_max; ++i) {
            const Item& item = engine_->items[i];
            if (item.batch != &batch) continue;
            ++alive;
            wire += leat::on_wire(item.state) ? 1u : 0u;
            held += item.state == ItemState::held ? 1u : 0u;
            twins += item.is_twin ? 1u : 0u;
            if (item.twin != nullptr &&
                (item.twin->twin != &item || item.twin->is_twin == item.is_twin ||
                 item.twin->index != item.index)) {
                verdict_->fail("twins", "item slot %u and its twin do not fit", i);
            }
        }
        const uint64_t known = batch.ring.size() + (alive - held - twins) + batch.completed;
        if (batch.in_flight != wire || batch.alive != alive || batch.accepted != known) {
            verdict_->fail("counts", "batch %u: in flight %u (%u), alive %u (%u), %llu of %llu", b,
                           batch.in_flight, wire, batch.alive, alive, static_cast<Number>(known),
                           static_cast<Number>(batch.accepted));
        }
        const uint32_t most = batch.config.max_in_flight;
        if (most != 0 && wire > most)
            verdict_->fail("permits", "batch %u has %u on the wire", b, wire);
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
    for (uint32_t e = 0; e < engine_->endpoints_count; ++e)
        kept += engine_->endpoints[e].idle.size();
    leat_sim_stats world = {};
    leat_sim_get_stats(sim_, &world);
    if (kept != idle || world.streams_open != open || engine_->wire.counters().open < users) {
        verdict_->fail("connections", "%zu kept, %u idle; the world sees %u streams, the wire %u",
                       kept, idle, world.streams_open, open);
    }
}

// Domains come up as models are named; the numbers of those that were known stay.
void Whitebox::find_domains() {
    for (uint32_t e = 0; e < engine_->endpoints_count; ++e) {
        leat::Endpoint* const endpoint = &engine_->endpoints[e];
        for (uint32_t d = 0; d < endpoint->domains_count; ++d)
            (void)place_of(&endpoint->domains[d]);
    }
}

size_t Whitebox::place_of(leat::Domain* domain) {
    for (size_t i = 0; i < domains_.size(); ++i) {
        if (domains_[i] == domain) return i;
    }
    domains_.push_back(domain);
    on_wire_.push_back(0);
    models_.emplace_back(rules_[endpoint_of(domain->endpoint)], verdict_);
    return domains_.size() - 1;
}

void Whitebox::check_gates() {
    const uint64_t now_ns = engine_->now_ns;
    const uint64_t replayed = engine_->stats.connections_replayed - replayed_;
    replayed_ = engine_->stats.connections_replayed;
    std::vector<uint32_t> taken(engine_->endpoints_count, 0);
    for (size_t i = 0; i < domains_.size(); ++i) {
        leat::Gate* const gate = &domains_[i]->gate;
        taken[endpoint_of(domains_[i]->endpoint)] += on_wire_[i];
        if (gate->in_flight() != on_wire_[i]) {
            verdict_->fail("permits", "domain %zu: %u permits are taken, %u on the wire", i,
                           gate->in_flight(), on_wire_[i]);
        }
        models_[i].sent_unseen(static_cast<uint32_t>(replayed));
        // While it is paused, asking changes nothing.
        PauseSeen seen;
        if (gate->paused(now_ns)) {
            const leat::GateVerdict says = gate->ask(now_ns, leat::Demand{});
            seen.until_ns = says.retry_at_ns;
            seen.by_overload = says.limiter == LEAT_LIMITER_OVERLOAD;
        }
        seen.is_slow = gate->has_slow_start();
        models_[i].step_over(now_ns, seen, gate->slow_start_permits(now_ns));
    }
    for (uint32_t e = 0; e < engine_->endpoints_count; ++e) {
        budgets_[e].step_over();
        const leat::Allowance& allowance = engine_->endpoints[e].allowance;
        const uint32_t most = rules_[e].config.max_in_flight;
        if (allowance.in_flight() != taken[e] || taken[e] > most) {
            verdict_->fail("permits", "endpoint %u: %u of %u are taken, %u on the wire", e,
                           allowance.in_flight(), most, taken[e]);
        }
    }
}

void Whitebox::after_step() {
    find_domains();
    check_lists();
    check_items();
    check_batches();
    check_connections();
    check_gates();
}

void Whitebox::at_end() {
    for (BudgetModel& budget : budgets_) budget.check_tokens();
}

}  // namespace swarm
