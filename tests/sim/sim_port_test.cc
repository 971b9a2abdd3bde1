// tests/sim/sim_port_test.cc: the simulated port passes the suite that every port has to pass, and
// keeps the promises that are its own: virtual time, edges told once, repeatable traces.
// Depends on tests/port's probes and sim_peer.h. The one probe that looks at a real clock is
// replaced by its virtual form below. Invariant: worlds are not shared between edge modes.
#include <gtest/gtest.h>

#include <tuple>

#include "port/end_probes.h"
#include "port/poller_probes.h"
#include "port/stream_probes.h"
#include "sim/sim_peer.h"

namespace port_test {

// Without it a failure's text, and each run under valgrind, would show padding.
static void PrintTo(const Subject& subject, std::ostream* out) { *out << subject.name; }
static void PrintTo(const NamedProbe& probe, std::ostream* out) { *out << probe.name; }

namespace {

leat_sim_config config_of(leat_sim_edges edges) {
    leat_sim_config config;
    leat_sim_config_init(&config);
    config.connections_max = 1100;
    config.hosts_max = 4096;
    config.pipe_bytes = 131072;
    config.scratch_bytes = 4096;
    config.edges = edges;
    return config;
}

template <leat_sim_edges Edges>
World& world() {
    static World one(config_of(Edges));
    return one;
}

template <leat_sim_edges Edges>
std::unique_ptr<Peer> sim_peer(int family) {
    return std::make_unique<SimPeer>(world<Edges>().sim, family);
}

template <leat_sim_edges Edges>
void add_subjects(std::vector<Subject>* all, const char* name) {
    for (int family : {4, 6}) {
        Subject subject = {};
        leat_sim_ports(world<Edges>().sim, &subject.ports);
        subject.family = family;
        subject.new_peer = sim_peer<Edges>;
        subject.name = std::string(name) + (family == 4 ? "_ipv4" : "_ipv6");
        all->push_back(subject);
    }
}

std::vector<Subject> sim_subjects() {
    std::vector<Subject> all;
    add_subjects<LEAT_SIM_EDGES_STRICT>(&all, "strict");
    add_subjects<LEAT_SIM_EDGES_REARM>(&all, "rearm");
    return all;
}

std::vector<NamedProbe> sim_probes() {
    std::vector<NamedProbe> all;
    for (const auto* probes : {&poller_probes(), &stream_probes(), &end_probes()}) {
        for (const NamedProbe& probe : *probes) {
            if (std::string(probe.name) != "waits_at_least_the_timeout") all.push_back(probe);
        }
    }
    return all;
}

using Case = std::tuple<Subject, NamedProbe>;
class SimConformance : public testing::TestWithParam<Case> {};

TEST_P(SimConformance, holds) {
    EXPECT_EQ(std::get<1>(GetParam()).run(std::get<0>(GetParam())), "");
}

INSTANTIATE_TEST_SUITE_P(sim, SimConformance,
                         testing::Combine(testing::ValuesIn(sim_subjects()),
                                          testing::ValuesIn(sim_probes())),
                         [](const testing::TestParamInfo<Case>& one) {
                             return std::get<0>(one.param).name + "_" +
                                    std::get<1>(one.param).name;
                         });

// ---------------------------------------------------------------- promises of its own

// A small world with one echoing host at 10.0.0.1:80, and a poller of its own.
struct Bench {
    explicit Bench(leat_sim_edges edges = LEAT_SIM_EDGES_STRICT, uint64_t seed = 1)
        : world(small(edges, seed)) {
        leat_sim_handler handler = {};
        handler.user = this;
        handler.on_bytes = [](void*, leat_sim_conn* conn, leat_str bytes) {
            (void)leat_sim_conn_send(conn, bytes, 0);
        };
        EXPECT_EQ(leat_sim_host_add(world.sim, LEAT_STR("10.0.0.1"), 80, &handler, &host), LEAT_OK);
        leat_sim_ports(world.sim, &ports);
        EXPECT_EQ(ports.poller->open(state, 8, ports.poller_user), LEAT_OK);
    }
    static leat_sim_config small(leat_sim_edges edges, uint64_t seed) {
        leat_sim_config config;
        leat_sim_config_init(&config);
        config.connections_max = 8;
        config.edges = edges;
        config.seed = seed;
        return config;
    }
    int64_t open() {
        leat_address to = {4, 0, 80, 0, {10, 0, 0, 1}};
        int64_t descriptor = -1;
        EXPECT_EQ(ports.stream->open(ports.stream_user, &to, &descriptor), LEAT_OK);
        EXPECT_EQ(ports.poller->add(state, descriptor, 7), LEAT_OK);
        return descriptor;
    }
    // Events of the one stream within timeout_ns.
    uint32_t wait(int64_t timeout_ns) {
        leat_ready ready[4] = {};
        return ports.poller->wait(state, timeout_ns, ready, 4) > 0 ? ready[0].events : 0;
    }
    uint64_t now() const { return leat_sim_now_ns(world.sim); }
    leat_sim_stats stats() const {
        leat_sim_stats stats;
        leat_sim_get_stats(world.sim, &stats);
        return stats;
    }

    World world;
    leat_sim_host* host = nullptr;
    leat_ports ports = {};
    alignas(16) char state[256] = {};
};

TEST(SimClock, moves_in_wait_to_the_timeout_exactly) {
    Bench bench;
    for (int64_t timeout : {int64_t{0}, int64_t{1}, int64_t{999999}, int64_t{3600000000000}}) {
        const uint64_t before = bench.now();
        EXPECT_EQ(bench.wait(timeout), 0u);
        EXPECT_EQ(bench.now() - before, static_cast<uint64_t>(timeout));
    }
}

TEST(SimClock, moves_in_wait_to_the_next_event) {
    Bench bench;
    const uint64_t before = bench.now();
    (void)bench.open();
    EXPECT_EQ(bench.wait(1000000000), static_cast<uint32_t>(LEAT_READY_WRITE));
    EXPECT_EQ(bench.now() - before, 1000000u);
}

TEST(SimClock, says_so_when_a_wait_can_never_end) {
    Bench bench;
    EXPECT_EQ(bench.wait(-1), 0u);
    EXPECT_EQ(bench.stats().hung_waits, 1u);
}

TEST(SimClock, wall_clock_can_be_set_and_the_monotonic_one_jump_back) {
    Bench bench;
    const leat_clock_ops* const clock = bench.ports.clock;
    leat_sim_wall_set(bench.world.sim, 5000);
    leat_sim_advance(bench.world.sim, 2000000);
    EXPECT_EQ(clock->wall_ms(bench.ports.clock_user), 5002);
    const uint64_t before = clock->now_ns(bench.ports.clock_user);
    leat_sim_clock_back(bench.world.sim, 1000);
    EXPECT_EQ(clock->now_ns(bench.ports.clock_user), before - 1000);
}

TEST(SimPoller, tells_each_edge_once_and_only_where_it_was_asked) {
    Bench bench;
    const int64_t stream = bench.open();
    EXPECT_EQ(bench.wait(10000000), static_cast<uint32_t>(LEAT_READY_WRITE));
    EXPECT_EQ(bench.wait(10000000), 0u);
    const leat_stream_ops* const ops = bench.ports.stream;
    void* const user = bench.ports.stream_user;
    EXPECT_EQ(ops->write(user, stream, "abcd", 4), 4);
    EXPECT_EQ(bench.wait(10000000), static_cast<uint32_t>(LEAT_READY_READ));
    EXPECT_EQ(bench.wait(10000000), 0u);  // told once
    char bytes[4];
    EXPECT_EQ(ops->read(user, stream, bytes, 4), 4);  // a full read asks for nothing
    EXPECT_EQ(ops->write(user, stream, "efgh", 4), 4);
    EXPECT_EQ(bench.wait(10000000), 0u);
    EXPECT_EQ(ops->read(user, stream, bytes, 4), 4);
    EXPECT_EQ(ops->read(user, stream, bytes, 4), LEAT_E_WOULD_BLOCK);  // this does
    EXPECT_EQ(ops->write(user, stream, "ijkl", 4), 4);
    EXPECT_EQ(bench.wait(10000000), static_cast<uint32_t>(LEAT_READY_READ));
}

TEST(SimPoller, with_rearm_is_silent_until_asked) {
    Bench bench(LEAT_SIM_EDGES_REARM);
    const int64_t stream = bench.open();
    (void)bench.wait(10000000);
    const leat_stream_ops* const ops = bench.ports.stream;
    void* const user = bench.ports.stream_user;
    char bytes[4];
    bench.ports.poller->rearm(bench.state, stream, 0);
    EXPECT_EQ(ops->write(user, stream, "abcd", 4), 4);
    EXPECT_EQ(bench.wait(10000000), static_cast<uint32_t>(LEAT_READY_READ));  // since add
    EXPECT_EQ(ops->read(user, stream, bytes, 4), 4);
    EXPECT_EQ(ops->read(user, stream, bytes, 4), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(ops->write(user, stream, "efgh", 4), 4);
    EXPECT_EQ(bench.wait(10000000), 0u);
    bench.ports.poller->rearm(bench.state, stream, LEAT_READY_READ);
    EXPECT_EQ(bench.wait(0), static_cast<uint32_t>(LEAT_READY_READ));
}

TEST(SimStream, cuts_reads_and_writes_as_the_link_says) {
    Bench bench;
    leat_sim_host_link(bench.host)->write_chunks = LEAT_SIM_BYTEWISE;
    leat_sim_host_link(bench.host)->read_chunks = LEAT_SIM_SPLIT;
    leat_sim_host_link(bench.host)->read_split_at = 3;
    const int64_t stream = bench.open();
    (void)bench.wait(10000000);
    const leat_stream_ops* const ops = bench.ports.stream;
    void* const user = bench.ports.stream_user;
    for (int i = 0; i < 5; ++i) EXPECT_EQ(ops->write(user, stream, "abcdefghi", 9), 1);
    leat_sim_advance(bench.world.sim, 10000000);
    char bytes[9];
    EXPECT_EQ(ops->read(user, stream, bytes, 9), 3);
    EXPECT_EQ(bench.wait(0), static_cast<uint32_t>(LEAT_READY_READ));
    EXPECT_EQ(ops->read(user, stream, bytes, 9), 2);
}

TEST(SimPort, finds_misuse) {
    Bench bench;
    const int64_t stream = bench.open();
    bench.ports.stream->close(bench.ports.stream_user, stream);
    EXPECT_EQ(bench.stats().misuses, 1u);
    EXPECT_STREQ(bench.stats().misuse, "close before remove");
    char byte = 0;
    EXPECT_LT(bench.ports.stream->read(bench.ports.stream_user, stream, &byte, 1), 0);
    EXPECT_EQ(bench.stats().misuses, 2u);
}

TEST(SimPort, fails_the_call_that_was_named) {
    Bench bench;
    leat_sim_fail(bench.world.sim, LEAT_SIM_STREAM_OPEN, 2, 0, LEAT_E_DESCRIPTORS);
    (void)bench.open();
    leat_address to = {4, 0, 80, 0, {10, 0, 0, 1}};
    int64_t descriptor = -1;
    const leat_stream_ops* const ops = bench.ports.stream;
    EXPECT_EQ(ops->open(bench.ports.stream_user, &to, &descriptor), LEAT_E_DESCRIPTORS);
    EXPECT_EQ(ops->open(bench.ports.stream_user, &to, &descriptor), LEAT_OK);
    EXPECT_EQ(leat_sim_calls(bench.world.sim, LEAT_SIM_STREAM_OPEN), 3u);
}

uint64_t trace_of(uint64_t seed) {
    Bench bench(LEAT_SIM_EDGES_NOISY, seed);
    leat_sim_host_link(bench.host)->write_chunks = LEAT_SIM_RANDOM;
    leat_sim_host_link(bench.host)->jitter_ns = 1000000;
    const int64_t stream = bench.open();
    for (int i = 0; i < 100; ++i) {
        (void)bench.wait(1000000);
        (void)bench.ports.stream->write(bench.ports.stream_user, stream, "abcdefgh", 8);
    }
    return leat_sim_trace_hash(bench.world.sim);
}

TEST(SimPort, equal_seeds_give_equal_traces) {
    EXPECT_EQ(trace_of(1), trace_of(1));
    EXPECT_NE(trace_of(1), trace_of(2));
}

TEST(SimResolver, knows_names_and_literals) {
    Bench bench;
    leat_sim* const sim = bench.world.sim;
    EXPECT_EQ(leat_sim_name_add(sim, LEAT_STR("api.test"), LEAT_STR("10.0.0.1")), LEAT_OK);
    EXPECT_EQ(leat_sim_name_add(sim, LEAT_STR("api.test"), LEAT_STR("fe80::1:2")), LEAT_OK);
    const leat_resolver_ops* const ops = bench.ports.resolver;
    void* const user = bench.ports.resolver_user;
    leat_address got[4] = {};
    uint32_t count = 0;
    EXPECT_EQ(ops->resolve(user, LEAT_STR("API.test"), 443, got, 4, &count), LEAT_OK);
    ASSERT_EQ(count, 2u);
    EXPECT_EQ(got[0].family, 4);
    EXPECT_EQ(got[1].family, 6);
    EXPECT_EQ(got[1].port, 443);
    EXPECT_EQ(got[1].bytes[0], 0xfe);
    EXPECT_EQ(got[1].bytes[13], 1);
    EXPECT_EQ(got[1].bytes[15], 2);
    for (const char* bad : {"1.2.3", "1.2.3.256", "a.test", ":::", "1::2::3", "12345::"}) {
        const leat_str name = {bad, strlen(bad)};
        EXPECT_EQ(ops->resolve(user, name, 1, got, 4, &count), LEAT_E_RESOLVE) << bad;
    }
    for (const char* good : {"::", "::1", "1::", "1:2:3:4:5:6:7:8", "0.0.0.0"}) {
        const leat_str name = {good, strlen(good)};
        EXPECT_EQ(ops->resolve(user, name, 1, got, 4, &count), LEAT_OK) << good;
    }
}

}  // namespace
}  // namespace port_test
