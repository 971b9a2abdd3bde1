// tests/sim/swarm/network.h: the services of a scenario, the way to them, and what happens to it: a
// handler around each service's own sees every connection, holds some of them back and cuts others.
// Depends on leat's simulator and scenario.h. Invariants: all chance comes from the scenario's seed;
// connections are kept by number, never by address, so that a run repeats; after heal() nothing goes
// wrong any more.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/swarm/memory.h"
#include "sim/swarm/scenario.h"
#include "sim/swarm/verdict.h"

namespace swarm {

// One request as it reached its host.
struct Arrival {
    uint64_t at_ns;  // of its first byte
    uint32_t connection;
};

// What a connection's server side has seen of the request under way.
struct RequestEar {
    std::string head;
    uint64_t body_left = 0;
    uint64_t begun_ns = 0;
    bool in_body = false;
};

struct Watched {
    leat_sim_conn* conn = nullptr;
    RequestEar ear;
    uint64_t clogged_until_ns = 0;  // 0: free
};

class Network;

struct Service {
    Network* network = nullptr;
    leat_sim_provider* provider = nullptr;
    leat_sim_handler inner = {};
    std::vector<leat_sim_host*> hosts;
    leat_sim_link link = {};  // healthy
    std::string name;
    std::string key;  // the only credential that may come here
    std::vector<Arrival> arrivals;
    std::map<uint32_t, Watched> open;
    std::unique_ptr<char[]> memory;
};

class Network {
public:
    Network(const Scenario& scenario, Verdict* verdict);
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    leat_sim* sim() const { return sim_; }
    std::vector<std::unique_ptr<Service>>& services() { return services_; }
    bool healed() const { return healed_; }
    uint64_t heal_ns() const { return heal_ns_; }
    uint64_t start_ns() const { return start_ns_; }

    // A request's bytes, for the ear: the credential, and where it begins.
    void hear(Service* service, uint32_t number, leat_str bytes);
    // When this connection is served again; 0: it is free.
    uint64_t clogged_until(Service* service, leat_sim_conn* conn);

private:
    enum class Deed {
        act_again,
        refuse,
        blackhole,
        accept,
        kill,
        clog,
        unclog,
        swizzle,
        clock_back,
        port_call,
        heal
    };
    struct Event {
        Deed deed;
        uint32_t service;
        uint32_t connection;
        uint64_t amount;
    };

    void add_service(const Scenario& scenario, const ServicePlan& plan, uint32_t number);
    void plan_events(const Scenario& scenario);
    void plan_outages(const Scenario& scenario, uint32_t service);
    void at(uint64_t at_ns, const Event& event);
    static void on_act(void* user, leat_sim* sim);
    void run_due();
    void carry_out(const Event& event);
    void set_accept(Service* service, leat_sim_accept accept);
    void kill_one(Service* service);
    void clog(const Event& event);
    void unclog(Service* service, uint32_t number);
    void swizzle(uint32_t service);
    void fail_port_call();
    void heal();

    Verdict* verdict_;
    Chance chance_;
    leat_sim* sim_ = nullptr;
    bool tls_ = false;
    bool healed_ = false;
    uint64_t start_ns_ = 0;
    uint64_t heal_ns_ = 0;
    uint64_t next_act_ns_ = UINT64_MAX;
    uint64_t order_ = 0;
    std::map<std::pair<uint64_t, uint64_t>, Event> events_;
    std::vector<std::unique_ptr<Service>> services_;
};

// network_watch.cc: the handler around a service's own.
leat_sim_handler watching_handler(Service* service);

}  // namespace swarm
