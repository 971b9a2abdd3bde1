// tests/sim/sim_peer.h: the conformance suite's Peer over a simulated world.
// Depends on tests/port/peer.h and <leat/sim.h>. Peers take nothing off the wire until they are
// asked, so that a writer can be blocked; asking lets virtual time pass.
// Invariant: a peer outlives what its connections have to tell it.
#pragma once

#include <leat/sim.h>

#include <cstdlib>
#include <deque>
#include <map>

#include "port/peer.h"

namespace port_test {

// A world with memory of its own.
struct World {
    explicit World(const leat_sim_config& config) {
        const size_t bytes = leat_sim_bytes(&config);
        memory.reset(std::aligned_alloc(16, (bytes + 15) / 16 * 16));
        if (leat_sim_open(memory.get(), bytes, &config, &sim) != LEAT_OK) sim = nullptr;
    }
    struct Free {
        void operator()(void* at) const { std::free(at); }
    };
    std::unique_ptr<void, Free> memory;
    leat_sim* sim = nullptr;
};

class SimPeer final : public Peer {
public:
    SimPeer(leat_sim* sim, int family) : sim_(sim), family_(family) {}
    ~SimPeer() override { leat_sim_advance(sim_, 1000000000); }

    leat_address listen() override { return add_host(LEAT_SIM_ACCEPT); }
    leat_address refusing() override { return next_address(); }
    leat_address unreachable() override { return add_host(LEAT_SIM_REFUSE_AT_ONCE); }

    int accept() override {
        for (int i = 0; i < patience && waiting_.empty(); ++i) pass();
        if (waiting_.empty()) return -1;
        const int stream = waiting_.front();
        waiting_.pop_front();
        return stream;
    }

    bool send(int stream, const std::string& bytes) override {
        leat_sim_conn* const conn = open_[stream];
        if (conn == nullptr) return false;
        return leat_sim_conn_send(conn, {bytes.data(), bytes.size()}, 0) == bytes.size();
    }

    std::string receive(int stream, size_t size) override {
        leat_sim_conn* const conn = open_[stream];
        if (conn != nullptr) leat_sim_conn_stall(conn, 0);
        std::string& box = received_[stream];
        for (int i = 0; i < patience && box.empty() && open_[stream] != nullptr; ++i) pass();
        if (open_[stream] != nullptr) leat_sim_conn_stall(conn, 1);
        const std::string bytes = box.substr(0, size);
        box.erase(0, bytes.size());
        return bytes;
    }

    void finish(int stream) override { leat_sim_conn_finish(open_[stream]); }
    void close(int stream) override { leat_sim_conn_close(open_[stream]); }
    void reset(int stream) override { leat_sim_conn_reset(open_[stream]); }

private:
    static constexpr int patience = 100;

    void pass() { leat_sim_advance(sim_, 1000000); }

    leat_address next_address() {
        static uint16_t port = 1000;
        leat_address address = {};
        address.family = static_cast<uint8_t>(family_);
        address.bytes[0] = family_ == 4 ? 127 : 0;
        address.bytes[family_ == 4 ? 3 : 15] = 1;
        address.port = ++port;
        return address;
    }

    leat_address add_host(leat_sim_accept accept) {
        const leat_address address = next_address();
        leat_sim_handler handler = {};
        handler.user = this;
        handler.on_accept = [](void* user, leat_sim_conn* conn) {
            static_cast<SimPeer*>(user)->came(conn);
        };
        handler.on_bytes = [](void* user, leat_sim_conn* conn, leat_str bytes) {
            SimPeer* const self = static_cast<SimPeer*>(user);
            self->received_[number_of(conn)].append(bytes.data, bytes.size);
        };
        handler.on_close = [](void* user, leat_sim_conn* conn) {
            static_cast<SimPeer*>(user)->open_[number_of(conn)] = nullptr;
        };
        leat_sim_host* host = nullptr;
        const leat_str literal = family_ == 4 ? LEAT_STR("127.0.0.1") : LEAT_STR("::1");
        if (leat_sim_host_add(sim_, literal, address.port, &handler, &host) != LEAT_OK) return {};
        leat_sim_host_link(host)->accept = accept;
        return address;
    }

    static int number_of(leat_sim_conn* conn) {
        return static_cast<int>(leat_sim_conn_number(conn));
    }

    void came(leat_sim_conn* conn) {
        leat_sim_conn_stall(conn, 1);
        open_[number_of(conn)] = conn;
        waiting_.push_back(number_of(conn));
    }

    leat_sim* sim_;
    int family_;
    std::deque<int> waiting_;
    std::map<int, leat_sim_conn*> open_;
    std::map<int, std::string> received_;
};

}  // namespace port_test
