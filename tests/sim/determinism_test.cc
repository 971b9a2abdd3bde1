// tests/sim/determinism_test.cc: whole batches under seeded faults: the same seed gives the same
// trace, every batch ends within a bounded number of steps, and what must always hold does.
// Depends on sim_world.h. A failure prints its seed.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

// A server that does a bit of everything, driven by the world's own chance.
void misbehave(World* world, const leat_sim_request& request, leat_sim_response& response) {
    leat_sim* const sim = world->sim;
    (void)request;
    response.delay_ns = leat_sim_random_below(sim, 200) * ms;
    if (leat_sim_random_below(sim, 3) == 0) {
        response.framing = LEAT_SIM_CHUNKED;
        response.chunk_bytes = static_cast<uint32_t>(1 + leat_sim_random_below(sim, 50));
    }
    switch (leat_sim_random_below(sim, 16)) {
        case 0: response.status = 500; break;
        case 1:
            response.status = 429;
            response.headers[0] = {LEAT_STR("Retry-After"), LEAT_STR("1")};
            response.headers_count = 1;
            break;
        case 2:
            response.fault = LEAT_SIM_FAULT_RESET;
            response.fault_at = leat_sim_random_below(sim, 100);
            break;
        case 3:
            response.fault = LEAT_SIM_FAULT_TRUNCATE;
            response.fault_at = leat_sim_random_below(sim, 100);
            break;
        case 4:
            response.fault = LEAT_SIM_FAULT_STALL;
            response.fault_at = leat_sim_random_below(sim, 100);
            break;
        case 5:
            response.fault = LEAT_SIM_FAULT_CLOSE_AFTER;
            response.fault_ns = leat_sim_random_below(sim, 20) * ms;
            break;
        case 6: response.surplus = LEAT_STR("HTTP/1.1 200 OK\r\n\r\n"); break;
        case 7:
            response.piece_bytes = static_cast<uint32_t>(1 + leat_sim_random_below(sim, 40));
            response.gap_ns = leat_sim_random_below(sim, 10) * ms;
            break;
        case 8: response.close = 1; break;
        default: break;
    }
}

Options random_setup(uint64_t seed) {
    Options setup;
    setup.sim.seed = seed;
    setup.config.seed = seed + 1;
    setup.tls = seed % 2 == 0;
    setup.sim.edges = static_cast<leat_sim_edges>(seed % 3);
    setup.endpoint.max_in_flight = static_cast<uint32_t>(1 + seed % 11);
    setup.endpoint.timeouts.attempt_ms = 2000;
    setup.endpoint.timeouts.idle_ms = 500;
    setup.endpoint.retry.backoff_initial_ms = 100;
    setup.endpoint.retry.attempts_max = 4;
    setup.endpoint.cooldown.slow_start_items = seed % 5 == 0 ? 10 : 0;
    if (seed % 4 == 0) setup.endpoint.requests_per_minute = 1200;
    if (seed % 7 == 0) setup.config.connections_max = 2;
    if (seed % 6 == 0) setup.config.items_max = 3;
    return setup;
}

void random_links(World* world, uint64_t seed) {
    leat_sim_link* const link = leat_sim_host_link(world->host);
    link->read_chunks = static_cast<leat_sim_chunks>(seed / 3 % 3);
    link->write_chunks = static_cast<leat_sim_chunks>(seed / 9 % 3);
    link->jitter_ns = seed % 5 * ms;
    link->reset_drops_data = seed % 2 == 1 ? 1 : 0;
    if (seed % 3 == 0) link->send_buffer_bytes = 300;
}

std::string run_seed(uint64_t seed) {
    std::string story;
    World world(random_setup(seed));
    random_links(&world, seed);
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        misbehave(&world, request, response);
    };
    world.open();
    leat_batch_config config = world.batch_config();
    config.order = seed % 3 == 1 ? LEAT_ORDER_INPUT : LEAT_ORDER_COMPLETION;
    config.retry_failed = static_cast<leat_retry_failed>(seed / 2 % 3);
    if (seed % 10 == 9) config.on_failure = LEAT_ON_FAILURE_FAIL_FAST;
    if (seed % 13 == 5) config.deadline_ms = 3000;
    world.open_batch(config);
    world.submit_all(60);
    if (seed % 8 == 3) {
        world.run_until(world.now() + seed % 900 * ms);
        (void)leat_item_cancel(world.batch, seed % 60);
        (void)leat_batch_cancel(world.batch, seed % 16 == 3 ? LEAT_CANCEL_HARD : LEAT_CANCEL_DRAIN);
    }
    world.run(3600 * second, 400000);
    EXPECT_EQ(world.results.size(), 60u) << "seed " << seed;
    const leat_stats stats = world.stats();
    EXPECT_EQ(stats.in_flight, 0u);
    EXPECT_EQ(stats.items_alive, 0u);
    for (const Result& result : world.results) {
        story += std::to_string(result.index) + leat_status_name(result.status) +
                  std::to_string(result.at_ns) + " ";
    }
    world.close();
    EXPECT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
    return story;
}

// LEAT_SIM_SEEDS=first-last looks at others: one number replays a failure.
TEST(Determinism, seeds_run_to_their_end_with_every_check_on) {
    uint64_t first = 1;
    uint64_t last = 150;
    if (const char* const wanted = std::getenv("LEAT_SIM_SEEDS")) {
        char* end = nullptr;
        first = std::strtoull(wanted, &end, 10);
        last = *end == '-' ? std::strtoull(end + 1, nullptr, 10) : first;
    }
    for (uint64_t seed = first; seed <= last; ++seed) {
        const std::string story = run_seed(seed);
        if (testing::Test::HasFailure()) FAIL() << "seed " << seed << ": " << story;
    }
}

uint64_t trace_of(uint64_t seed) {
    World world(random_setup(seed));
    random_links(&world, seed);
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        misbehave(&world, request, response);
    };
    world.exchange(30);
    const uint64_t trace = leat_sim_trace_hash(world.sim);
    return trace;
}

TEST(Determinism, the_same_seed_gives_the_same_trace) {
    uint64_t all = 0;
    for (uint64_t seed = 1; seed <= 30; ++seed) {
        const uint64_t trace = trace_of(seed);
        EXPECT_EQ(trace, trace_of(seed)) << "seed " << seed;
        all = all * 31 + trace;
    }
    EXPECT_NE(trace_of(1), trace_of(7));
    // Other compilers and other optimisation must print the same number.
    RecordProperty("traces", std::to_string(all));
    printf("traces %016llx\n", static_cast<unsigned long long>(all));
}

TEST(Determinism, results_and_their_order_repeat_as_well) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
        EXPECT_EQ(run_seed(seed), run_seed(seed)) << "seed " << seed;
    }
}

TEST(Liveness, a_batch_ends_soon_after_faults_stop) {
    for (leat_sim_accept accept : {LEAT_SIM_REFUSE, LEAT_SIM_BLACKHOLE, LEAT_SIM_REFUSE_AT_ONCE}) {
        World world;
        world.setup.endpoint.retry.attempts_max = 50;
        world.setup.endpoint.retry.quota = 0;
        world.setup.endpoint.retry.backoff_max_ms = 5000;
        leat_sim_host_link(world.host)->accept = accept;
        const uint64_t mended = world.now() + 60 * second;
        ASSERT_EQ(leat_sim_at(world.sim, mended,
                              [](void* user, leat_sim*) {
                                  leat_sim_host_link(static_cast<leat_sim_host*>(user))->accept =
                                      LEAT_SIM_ACCEPT;
                              },
                              world.host),
                  LEAT_OK);
        world.exchange(20);
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 20u) << accept;
        EXPECT_LE(world.now(), mended + 10 * second + 6 * second) << accept;
        EXPECT_LE(world.steps, 5000u) << accept;
    }
}

TEST(Liveness, a_step_never_spins) {
    World world;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = 100 * ms;
    };
    world.exchange(100);
    // Each item may cost a few steps (connect, send, answer), not more.
    EXPECT_LE(world.steps, 500u);
    EXPECT_LE(world.sim_stats().waits, 500u);
}

}  // namespace
}  // namespace sim_test
