// tests/sim/swarm/network.cc: see network.h. One act of the simulator is pending at a time; it
// carries out all that is due and sets the next. Depends on network.h.
// Invariant: events end with heal(), which undoes what lasts.
#include "sim/swarm/network.h"

#include <stddef.h>

#include <algorithm>
#include <iterator>

namespace swarm {

namespace {

// One block for all worlds of the process: opening it sets all that is read of it.
void* world_memory(size_t bytes) {
    static Memory memory;
    return memory.of(bytes);
}

}  // namespace

Network::Network(const Scenario& scenario, Verdict* verdict)
    : verdict_(verdict), chance_(Chance(scenario.seed).fork(77)), tls_(scenario.tls) {
    const size_t bytes = leat_sim_bytes(&scenario.world);
    if (leat_sim_open(world_memory(bytes), bytes, &scenario.world, &sim_) != LEAT_OK) {
        verdict_->fail("scenario", "the world does not open");
        return;
    }
    start_ns_ = leat_sim_now_ns(sim_);
    heal_ns_ = start_ns_ + scenario.heal_ms * ms;
    for (uint32_t i = 0; i < scenario.services.size(); ++i) {
        add_service(scenario, scenario.services[i], i);
    }
    plan_events(scenario);
}

void Network::add_service(const Scenario& scenario, const ServicePlan& plan, uint32_t number) {
    services_.push_back(std::make_unique<Service>());
    Service* const service = services_.back().get();
    service->network = this;
    service->link = plan.link;
    service->name = "s" + std::to_string(number) + ".test";
    service->key = LEAT_SWARM_CANARY + std::to_string(number);
    service->memory = std::make_unique<char[]>(leat_sim_provider_bytes());
    const bool opened = leat_sim_provider_open(service->memory.get(), leat_sim_provider_bytes(),
                                               sim_, &plan.provider, &service->provider) == LEAT_OK;
    if (!opened) {
        verdict_->fail("scenario", "a provider does not open");
        return;
    }
    service->inner = leat_sim_provider_handler(service->provider);
    const leat_sim_handler handler = watching_handler(service);
    const std::string digit = std::to_string(number);
    const std::string dead = "10.0." + digit + ".9";
    const std::string addresses[] = {"10.0." + digit + ".1", "10.0." + digit + ".2"};
    bool fits = true;
    if (plan.dead_first) fits = leat_sim_name_add(sim_, view(service->name), view(dead)) == LEAT_OK;
    for (const std::string& address : addresses) {
        leat_sim_host* host = nullptr;
        fits = fits && leat_sim_host_add(sim_, view(address), scenario.tls ? 443 : 80, &handler,
                                         &host) == LEAT_OK;
        fits = fits && leat_sim_name_add(sim_, view(service->name), view(address)) == LEAT_OK;
        if (!fits) break;
        *leat_sim_host_link(host) = plan.link;
        leat_sim_host_tls(host)->enabled = scenario.tls ? 1 : 0;
        leat_sim_host_tls(host)->no_tickets = plan.no_tickets ? 1 : 0;
        service->hosts.push_back(host);
    }
    if (!fits) verdict_->fail("scenario", "no room for a host or a name");
    if (plan.dead_first && plan.dead_is_blackhole && fits) {
        leat_sim_host_link(service->hosts[0])->accept = LEAT_SIM_BLACKHOLE;
    }
}

void Network::plan_outages(const Scenario& scenario, uint32_t service) {
    const Deed deeds[] = {Deed::refuse, Deed::blackhole};
    const Fault faults[] = {Fault::refuse, Fault::blackhole};
    for (int i = 0; i < 2; ++i) {
        if (!scenario.has(faults[i])) continue;
        uint64_t at_ns = start_ns_ + chance_.below(3000) * ms;
        for (int n = 0; n < 3 && at_ns < heal_ns_; ++n) {
            at(at_ns, {deeds[i], service, 0, chance_.below(2)});
            at_ns += chance_.between(50, 4000) * ms;
            at(at_ns, {Deed::accept, service, 0, 0});
            at_ns += chance_.between(50, 2000) * ms;
        }
    }
}

void Network::plan_events(const Scenario& scenario) {
    const struct {
        Fault fault;
        Deed deed;
        uint64_t gap_ms;
    } rows[] = {{Fault::kill, Deed::kill, 400},
                {Fault::clog, Deed::swizzle, 3000},
                {Fault::clock_back, Deed::clock_back, 4000},
                {Fault::port, Deed::port_call, 500}};
    for (uint32_t service = 0; service < services_.size(); ++service) {
        plan_outages(scenario, service);
        for (const auto& row : rows) {
            if (!scenario.has(row.fault)) continue;
            const bool common = row.deed == Deed::clock_back || row.deed == Deed::port_call;
            if (common && service > 0) continue;
            uint64_t at_ns = start_ns_ + chance_.below(row.gap_ms) * ms;
            for (int n = 0; n < 30 && at_ns < heal_ns_; ++n) {
                at(at_ns, {row.deed, service, 0, chance_.between(1, 2000)});
                at_ns += chance_.between(1, 2 * row.gap_ms) * ms;
            }
        }
    }
    at(heal_ns_, {Deed::heal, 0, 0, 0});
}

void Network::at(uint64_t at_ns, const Event& event) {
    events_[{at_ns, order_++}] = event;
    if (at_ns >= next_act_ns_) return;
    next_act_ns_ = at_ns;
    if (leat_sim_at(sim_, at_ns, on_act, this) != LEAT_OK) {
        verdict_->fail("scenario", "too many acts wait");
    }
}

void Network::on_act(void* user, leat_sim* sim) {
    (void)sim;
    static_cast<Network*>(user)->run_due();
}

void Network::run_due() {
    const uint64_t now_ns = leat_sim_now_ns(sim_);
    while (!events_.empty() && events_.begin()->first.first <= now_ns) {
        const Event event = events_.begin()->second;
        events_.erase(events_.begin());
        carry_out(event);
    }
    next_act_ns_ = UINT64_MAX;
    if (events_.empty()) return;
    next_act_ns_ = events_.begin()->first.first;
    if (leat_sim_at(sim_, next_act_ns_, on_act, this) != LEAT_OK) {
        verdict_->fail("scenario", "too many acts wait");
    }
}

void Network::carry_out(const Event& event) {
    Service* const service = services_[event.service].get();
    if (healed_ && event.deed != Deed::unclog) return;
    switch (event.deed) {
        case Deed::refuse:
            set_accept(service, event.amount == 0 ? LEAT_SIM_REFUSE : LEAT_SIM_REFUSE_AT_ONCE);
            return;
        case Deed::blackhole:
            set_accept(service, LEAT_SIM_BLACKHOLE);
            return;
        case Deed::accept:
            set_accept(service, LEAT_SIM_ACCEPT);
            return;
        case Deed::kill:
            kill_one(service);
            return;
        case Deed::clog:
            clog(event);
            return;
        case Deed::unclog:
            unclog(service, event.connection);
            return;
        case Deed::swizzle:
            swizzle(event.service);
            return;
        case Deed::clock_back:
            leat_sim_clock_back(sim_, event.amount * ms);
            return;
        case Deed::port_call:
            fail_port_call();
            return;
        case Deed::heal:
            heal();
            return;
        case Deed::act_again:
            return;
    }
}

void Network::set_accept(Service* service, leat_sim_accept accept) {
    for (leat_sim_host* const host : service->hosts) {
        if (accept != LEAT_SIM_ACCEPT && service->hosts.size() > 1 && chance_.one_in(4)) continue;
        leat_sim_host_link(host)->accept = accept;
    }
}

void Network::kill_one(Service* service) {
    if (service->open.empty()) return;
    auto victim = service->open.begin();
    std::advance(victim, static_cast<long>(chance_.below(service->open.size())));
    leat_sim_conn* const conn = victim->second.conn;
    switch (chance_.below(3)) {
        case 0:
            leat_sim_conn_finish(conn);
            return;  // half close: what comes is still taken
        case 1:
            leat_sim_conn_close(conn);
            return;
        default:
            leat_sim_conn_reset(conn);
            return;
    }
}

// Swizzle-clogging: some connections stop one by one, and come back in another order.
void Network::swizzle(uint32_t number) {
    Service* const service = services_[number].get();
    std::vector<uint32_t> chosen;
    for (const auto& [connection, watched] : service->open) {
        if (watched.clogged_until_ns == 0 && !chance_.one_in(3)) chosen.push_back(connection);
    }
    const uint64_t gap_ns = chance_.between(1, 200) * ms;
    const uint64_t now_ns = leat_sim_now_ns(sim_);
    const uint64_t turn_ns = now_ns + gap_ns * (chosen.size() + chance_.below(4));
    std::vector<uint64_t> places;
    for (size_t i = 0; i < chosen.size(); ++i) {
        const size_t place = chance_.below(i + 1);
        places.insert(places.begin() + static_cast<long>(place), i + 1);
    }
    for (size_t i = 0; i < chosen.size(); ++i) {
        const uint64_t until_ns = std::min(turn_ns + places[i] * gap_ns, heal_ns_);
        if (until_ns <= now_ns + i * gap_ns) continue;
        at(now_ns + i * gap_ns, {Deed::clog, number, chosen[i], until_ns});
        at(until_ns, {Deed::unclog, number, chosen[i], 0});
    }
}

void Network::clog(const Event& event) {
    Service* const service = services_[event.service].get();
    const auto found = service->open.find(event.connection);
    if (found == service->open.end()) return;
    found->second.clogged_until_ns = event.amount;
    leat_sim_conn_stall(found->second.conn, 1);
}

void Network::unclog(Service* service, uint32_t number) {
    const auto found = service->open.find(number);
    if (found == service->open.end() || found->second.clogged_until_ns == 0) return;
    found->second.clogged_until_ns = 0;
    leat_sim_conn_stall(found->second.conn, 0);
}

void Network::fail_port_call() {
    const leat_sim_call calls[] = {
        LEAT_SIM_STREAM_OPEN, LEAT_SIM_STREAM_READ,   LEAT_SIM_STREAM_WRITE, LEAT_SIM_POLLER_ADD,
        LEAT_SIM_TLS_START,   LEAT_SIM_TLS_HANDSHAKE, LEAT_SIM_TLS_READ,     LEAT_SIM_TLS_WRITE};
    const leat_sim_call call = chance_.pick(calls);
    const bool descriptors = call == LEAT_SIM_STREAM_OPEN && chance_.one_in(2);
    leat_sim_fail(sim_, call, chance_.between(1, 6), 0, descriptors ? LEAT_E_DESCRIPTORS : LEAT_OK);
}

void Network::heal() {
    healed_ = true;
    for (int call = 0; call < LEAT_SIM_CALLS_COUNT; ++call) {
        leat_sim_fail(sim_, static_cast<leat_sim_call>(call), 0, 0, LEAT_OK);
    }
    for (const auto& service : services_) {
        for (leat_sim_host* const host : service->hosts) {
            leat_sim_host_link(host)->accept = LEAT_SIM_ACCEPT;
        }
        leat_sim_provider_mend(service->provider);
    }
}

}  // namespace swarm
