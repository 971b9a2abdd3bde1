// tests/sim/timeout_test.cc: each timeout and deadline one millisecond below, at and above its
// limit: at the limit works, one over fails with its own status, at its moment.
// Depends on sim_world.h. The links used here have no delay but the one under test.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

// A world with one attempt and a network that takes no time.
Options quick() {
    Options setup;
    setup.endpoint.retry.attempts_max = 1;
    return setup;
}

void no_delays(World* world) {
    leat_sim_link* const link = leat_sim_host_link(world->host);
    link->connect_ns = 0;
    link->up_ns = 0;
    link->down_ns = 0;
}

void expect_limit(const World& world, uint64_t begin_ns, int over, leat_status status,
                  uint64_t limit_ns) {
    ASSERT_EQ(world.results.size(), 1u) << "at " << over;
    if (over <= 0) {
        EXPECT_EQ(world.results[0].status, LEAT_OK) << "at " << over;
        return;
    }
    EXPECT_EQ(leat_status_name(world.results[0].status), std::string(leat_status_name(status)));
    EXPECT_EQ(world.results[0].outcome, LEAT_FAILED);
    EXPECT_GE(world.results[0].at_ns - begin_ns, limit_ns);
    EXPECT_LE(world.results[0].at_ns - begin_ns, limit_ns + ms);
}

TEST(Timeout, connect_is_exact) {
    for (int over : {-1, 0, 1}) {
        World world(quick());
        no_delays(&world);
        world.setup.endpoint.timeouts.connect_ms = 3000;
        leat_sim_host_link(world.host)->connect_ns =
            static_cast<uint64_t>(3000 + over) * ms;
        const uint64_t begin = world.now();
        world.exchange(1);
        expect_limit(world, begin, over, LEAT_E_TIMEOUT_CONNECT, 3000 * ms);
        if (over > 0) {
            EXPECT_EQ(world.only().stage, LEAT_STAGE_CONNECT);
        }
    }
}

TEST(Timeout, connect_counts_the_tls_handshake) {
    for (int over : {-1, 0, 1}) {
        Options setup = quick();
        setup.tls = true;
        World world(setup);
        no_delays(&world);
        world.setup.endpoint.timeouts.connect_ms = 3000;
        leat_sim_host_link(world.host)->connect_ns = 1000 * ms;
        leat_sim_host_tls(world.host)->rounds_full = 1;
        leat_sim_host_tls(world.host)->flight_delay_ns = static_cast<uint64_t>(2000 + over) * ms;
        const uint64_t begin = world.now();
        world.exchange(1);
        expect_limit(world, begin, over, LEAT_E_TIMEOUT_CONNECT, 3000 * ms);
        if (over > 0) {
            EXPECT_EQ(world.only().stage, LEAT_STAGE_TLS);
        }
    }
}

TEST(Timeout, first_byte_is_exact) {
    for (int over : {-1, 0, 1}) {
        World world(quick());
        no_delays(&world);
        world.setup.endpoint.timeouts.first_byte_ms = 3000;
        world.respond = [over](const leat_sim_request&, leat_sim_response& response) {
            response.delay_ns = static_cast<uint64_t>(3000 + over) * ms;
        };
        const uint64_t begin = world.now();
        world.exchange(1);
        expect_limit(world, begin, over, LEAT_E_TIMEOUT_FIRST_BYTE, 3000 * ms);
    }
}

TEST(Timeout, first_byte_unset_leaves_thinking_to_the_attempt) {
    World world(quick());
    no_delays(&world);
    world.setup.endpoint.timeouts.idle_ms = 1000;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = 100 * second;
    };
    world.exchange(1);
    EXPECT_EQ(world.only().status, LEAT_OK);
}

TEST(Timeout, idle_within_an_answer_is_exact) {
    for (int over : {-1, 0, 1}) {
        World world(quick());
        no_delays(&world);
        world.setup.endpoint.timeouts.idle_ms = 3000;
        world.respond = [over](const leat_sim_request&, leat_sim_response& response) {
            response.piece_bytes = 100;
            response.gap_ns = static_cast<uint64_t>(3000 + over) * ms;
        };
        const uint64_t begin = world.now();
        world.exchange(1);
        expect_limit(world, begin, over, LEAT_E_TIMEOUT_IDLE, 3000 * ms);
    }
}

TEST(Timeout, idle_within_sending_when_the_peer_never_reads) {
    World world(quick());
    no_delays(&world);
    world.setup.endpoint.timeouts.idle_ms = 3000;
    leat_sim_host_link(world.host)->send_buffer_bytes = 1000;
    world.http.greet = [](void*, leat_sim_conn* conn) {
        leat_sim_conn_stall(conn, 1);
        return leat_str{nullptr, 0};
    };
    const uint64_t begin = world.now();
    EXPECT_EQ(world.submit(std::string(20000, 'x')), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    expect_limit(world, begin, 1, LEAT_E_TIMEOUT_IDLE, 3000 * ms);
    EXPECT_EQ(world.only().stage, LEAT_STAGE_SEND);
}

TEST(Timeout, B20_attempt_is_exact_and_progress_does_not_extend_it) {
    for (int over : {-1, 0, 1}) {
        World world(quick());
        no_delays(&world);
        world.setup.endpoint.timeouts.attempt_ms = 10000;
        world.respond = [&, over](const leat_sim_request&, leat_sim_response& response) {
            const std::string body = completion(std::string(1000, 'x'));
            const size_t head = strlen("HTTP/1.1 200 Scripted\r\nContent-Length: 1xxx\r\n\r\n");
            const size_t pieces = (body.size() + head - 1) / 100;
            response.body = world.keep(body);
            response.piece_bytes = 100;
            response.gap_ns = 500 * ms;
            response.delay_ns = static_cast<uint64_t>(10000 + over) * ms - pieces * 500 * ms;
        };
        const uint64_t begin = world.now();
        world.exchange(1);
        expect_limit(world, begin, over, LEAT_E_TIMEOUT_ATTEMPT, 10000 * ms);
    }
}

TEST(Timeout, a_request_may_bring_its_own_attempt_timeout) {
    World world(quick());
    no_delays(&world);
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.fault = LEAT_SIM_FAULT_STALL;
    };
    const uint64_t begin = world.now();
    EXPECT_EQ(world.submit("x", [](leat_request* request) { request->timeout_ms = 500; }), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    expect_limit(world, begin, 1, LEAT_E_TIMEOUT_ATTEMPT, 500 * ms);
}

TEST(Timeout, B20_each_attempt_has_its_own_time) {
    World world;
    no_delays(&world);
    world.setup.endpoint.timeouts.attempt_ms = 1000;
    world.setup.endpoint.retry.jitter_min = 1.0;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.fault = LEAT_SIM_FAULT_STALL;
    };
    const uint64_t begin = world.now();
    world.exchange(1);
    EXPECT_EQ(world.only().status, LEAT_E_TIMEOUT_ATTEMPT);
    EXPECT_EQ(world.only().attempts, 3u);
    EXPECT_EQ((world.only().at_ns - begin) / ms, 1000u + 1000 + 1000 + 2000 + 1000);
}

TEST(Timeout, item_deadline_is_exact_on_the_wire) {
    for (int over : {-1, 0, 1}) {
        World world(quick());
        no_delays(&world);
        world.respond = [over](const leat_sim_request&, leat_sim_response& response) {
            response.delay_ns = static_cast<uint64_t>(3000 + over) * ms;
        };
        const uint64_t begin = world.now();
        EXPECT_EQ(world.submit("x", [](leat_request* request) { request->deadline_ms = 3000; }),
                  LEAT_OK);
        leat_batch_finish(world.batch);
        world.run();
        expect_limit(world, begin, over, LEAT_E_DEADLINE_ITEM, 3000 * ms);
    }
}

TEST(Timeout, item_deadline_is_exact_while_it_sleeps_or_waits) {
    for (int32_t status : {500, 429}) {
        World world;
        no_delays(&world);
        world.setup.endpoint.retry.backoff_initial_ms = 50000;
        world.respond = [status](const leat_sim_request&, leat_sim_response& response) {
            response.status = status;
        };
        const uint64_t begin = world.now();
        EXPECT_EQ(world.submit("x", [](leat_request* request) { request->deadline_ms = 3000; }),
                  LEAT_OK);
        leat_batch_finish(world.batch);
        world.run();
        expect_limit(world, begin, 1, LEAT_E_DEADLINE_ITEM, 3000 * ms);
        EXPECT_EQ(world.only().stage, LEAT_STAGE_WAITING);
    }
}

TEST(Timeout, item_deadline_holds_for_items_that_wait_in_the_ring) {
    World world(quick());
    no_delays(&world);
    world.setup.config.items_max = 1;
    world.setup.endpoint.max_in_flight = 1;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = 10 * second;
    };
    const uint64_t begin = world.now();
    world.open_batch();
    EXPECT_EQ(world.submit("first"), LEAT_OK);
    EXPECT_EQ(world.submit("second", [](leat_request* request) { request->deadline_ms = 3000; }),
              LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    ASSERT_EQ(world.results.size(), 2u);
    EXPECT_EQ(world.results[1].status, LEAT_E_DEADLINE_ITEM);
    EXPECT_EQ(world.requests.size(), 1u);
    EXPECT_LE(world.results[1].at_ns - begin, 10 * second + ms);
}

TEST(Timeout, a_clock_that_jumps_back_does_not_hang_the_client) {
    World world(quick());
    no_delays(&world);
    world.setup.endpoint.timeouts.attempt_ms = 1000;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.fault = LEAT_SIM_FAULT_STALL;
    };
    world.open_batch();
    world.submit_all(1);
    world.run_until(world.now() + 500 * ms);
    leat_sim_clock_back(world.sim, 300 * ms);
    world.run(5 * second);
    EXPECT_EQ(world.only().status, LEAT_E_TIMEOUT_ATTEMPT);
}

TEST(Timeout, a_clock_that_goes_back_just_before_a_timer_is_due_makes_no_step_spin) {
    World world;
    world.setup.endpoint.timeouts.attempt_ms = 1000;
    world.setup.endpoint.retry.attempts_max = 1;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.fault = LEAT_SIM_FAULT_STALL;
    };
    world.open_batch();
    world.submit_all(1);
    const uint64_t begun = world.now();
    world.run_until(begun + 1001 * ms - 10);
    ASSERT_TRUE(world.results.empty());
    leat_sim_clock_back(world.sim, 300 * ms);
    const uint64_t steps = world.steps;
    world.run(5 * second);
    EXPECT_EQ(world.only().status, LEAT_E_TIMEOUT_ATTEMPT);
    EXPECT_LE(world.steps - steps, 10u);
    EXPECT_LE(world.now() - begun, 1010 * ms);  // and the timeout is as long as ever
}

}  // namespace
}  // namespace sim_test
