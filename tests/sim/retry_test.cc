// tests/sim/retry_test.cc: which failures are tried again, how long each wait is, to the
// millisecond of virtual time, and what retry_failed adds. Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

void always(World* world, int32_t status) {
    world->respond = [status](const leat_sim_request&, leat_sim_response& response) {
        response.status = status;
        response.body = LEAT_STR("{\"error\":{\"message\":\"no\"}}");
    };
}

// Waits between the answer of one attempt and the sending of the next. The link adds 1 ms there
// and back to a kept connection, 2 ms to a fresh one.
std::vector<double> waits_ms(const World& world) {
    std::vector<double> out;
    for (size_t i = 1; i < world.requests.size(); ++i) {
        out.push_back(static_cast<double>(world.requests[i].at_ns - world.requests[i - 1].at_ns) /
                      1e6);
    }
    return out;
}

TEST(Retry, M11_S11_retryable_statuses_take_all_attempts) {
    for (int32_t status : {408, 409, 425, 500, 502, 503, 504, 529}) {
        World world;
        always(&world, status);
        world.exchange(1);
        EXPECT_EQ(world.only().outcome, LEAT_FAILED) << status;
        EXPECT_EQ(world.only().attempts, 3u) << status;
        EXPECT_EQ(world.only().http_status, status);
        EXPECT_EQ(world.requests.size(), 3u) << status;
        EXPECT_EQ(world.stats().retries, 2u);
    }
}

TEST(Retry, attempts_max_is_exact) {
    for (uint32_t most : {1u, 2u, 7u}) {
        World world;
        always(&world, 500);
        world.setup.endpoint.retry.attempts_max = most;
        world.exchange(1);
        EXPECT_EQ(world.requests.size(), most);
        EXPECT_EQ(world.only().attempts, most);
    }
}

TEST(Retry, succeeds_when_a_later_attempt_does) {
    World world;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number < 2) response.status = 500;
    };
    world.exchange(1);
    EXPECT_EQ(world.only().outcome, LEAT_SUCCEEDED);
    EXPECT_EQ(world.only().attempts, 3u);
    EXPECT_EQ(world.summary().attempts, 3u);
}

TEST(Retry, backoff_doubles_within_its_jitter_and_cap) {
    for (uint64_t seed = 1; seed <= 50; ++seed) {
        Options setup;
        setup.config.seed = seed;
        setup.endpoint.retry.attempts_max = 10;
        setup.endpoint.retry.backoff_initial_ms = 1000;
        setup.endpoint.retry.backoff_max_ms = 60000;
        World world(setup);
        always(&world, 500);
        world.exchange(1);
        const std::vector<double> waits = waits_ms(world);
        ASSERT_EQ(waits.size(), 9u);
        for (size_t k = 0; k < waits.size(); ++k) {
            const double full = std::min(1000.0 * static_cast<double>(1 << k), 60000.0);
            EXPECT_GE(waits[k], full * 0.5) << "seed " << seed << " attempt " << k + 1;
            EXPECT_LE(waits[k], full + 4.0) << "seed " << seed << " attempt " << k + 1;
        }
    }
}

TEST(Retry, without_jitter_the_wait_is_exact) {
    World world;
    always(&world, 500);
    world.setup.endpoint.retry.jitter_min = 1.0;
    world.setup.endpoint.retry.attempts_max = 4;
    world.exchange(1);
    const std::vector<double> waits = waits_ms(world);
    ASSERT_EQ(waits.size(), 3u);
    for (size_t k = 0; k < 3; ++k) {
        const double exact = 1000.0 * static_cast<double>(1 << k);
        EXPECT_GE(waits[k], exact + 1.0);
        EXPECT_LE(waits[k], exact + 2.5);  // there, back, and the handshake of a fresh connection
    }
}

TEST(Retry, jitter_differs_between_items) {
    World world;
    always(&world, 500);
    world.setup.endpoint.retry.attempts_max = 2;
    world.exchange(5);
    std::map<uint64_t, int> moments;
    for (const Result& result : world.results) ++moments[result.at_ns / ms];
    EXPECT_GE(moments.size(), 3u);
}

TEST(Retry, a_sleeping_item_gives_its_place_on_the_wire_to_others) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number == 0) response.status = 500;
    };
    world.exchange(5);
    ASSERT_EQ(world.results.size(), 5u);
    EXPECT_EQ(world.results[4].index, 0u);  // slept while the others went
    EXPECT_EQ(world.results[4].outcome, LEAT_SUCCEEDED);
}

TEST(Retry, network_failures_are_retryable) {
    for (leat_sim_fault fault : {LEAT_SIM_FAULT_RESET, LEAT_SIM_FAULT_TRUNCATE}) {
        for (uint64_t at : {0u, 10u, 60u}) {
            World world;
            world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
                if (request.number > 0) return;
                response.fault = fault;
                response.fault_at = at;
            };
            world.exchange(1);
            EXPECT_EQ(world.only().outcome, LEAT_SUCCEEDED) << fault << " at " << at;
            EXPECT_EQ(world.only().attempts, 2u);
        }
    }
}

TEST(Retry, a_cut_answer_has_its_own_status) {
    const struct {
        leat_sim_fault fault;
        leat_status status;
    } cases[] = {{LEAT_SIM_FAULT_RESET, LEAT_E_CONNECTION_RESET},
                 {LEAT_SIM_FAULT_TRUNCATE, LEAT_E_CONNECTION_CLOSED}};
    for (const auto& one : cases) {
        World world;
        world.setup.endpoint.retry.attempts_max = 1;
        world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
            response.fault = one.fault;
            response.fault_at = 60;
        };
        world.exchange(1);
        EXPECT_EQ(world.only().status, one.status);
        EXPECT_EQ(world.only().stage, LEAT_STAGE_RECEIVE);
    }
}

TEST(Retry, server_errors_wait_at_least_what_retry_after_asks) {
    World world;
    world.setup.endpoint.retry.attempts_max = 2;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.status = 503;
        response.headers[0] = {LEAT_STR("Retry-After"), LEAT_STR("7")};
        response.headers_count = 1;
    };
    world.exchange(1);
    ASSERT_EQ(waits_ms(world).size(), 1u);
    EXPECT_GE(waits_ms(world)[0], 7000.0);
    EXPECT_LE(waits_ms(world)[0], 7010.0);
}

TEST(Retry, G14_G15_retry_failed_gives_one_extra_pass_and_says_so) {
    const struct {
        leat_retry_failed rule;
        int32_t status;
        size_t requests;
    } cases[] = {{LEAT_RETRY_FAILED_OFF, 500, 3},       {LEAT_RETRY_FAILED_OFF, 400, 1},
                 {LEAT_RETRY_FAILED_RETRYABLE, 500, 4}, {LEAT_RETRY_FAILED_RETRYABLE, 400, 1},
                 {LEAT_RETRY_FAILED_ANY, 500, 4},       {LEAT_RETRY_FAILED_ANY, 400, 2}};
    for (const auto& one : cases) {
        World world;
        always(&world, one.status);
        world.open();
        leat_batch_config config = world.batch_config();
        config.retry_failed = one.rule;
        world.open_batch(config);
        world.exchange(1);
        EXPECT_EQ(world.requests.size(), one.requests) << one.rule << " " << one.status;
        const bool extra = one.requests == 4 || one.requests == 2;
        EXPECT_EQ(world.only().retried, extra);
        EXPECT_EQ(world.summary().retried, extra ? 1u : 0u);
        EXPECT_EQ(world.only().outcome, LEAT_FAILED);
        if (extra) {
            const size_t last = world.requests.size() - 1;
            const uint64_t wait = world.requests[last].at_ns - world.requests[last - 1].at_ns;
            EXPECT_LE(wait, 5 * ms) << "the extra pass comes at once";
        }
    }
}

TEST(Retry, G14_retry_failed_can_turn_a_failure_into_a_success) {
    World world;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number == 0) response.status = 400;
    };
    world.open();
    leat_batch_config config = world.batch_config();
    config.retry_failed = LEAT_RETRY_FAILED_ANY;
    world.open_batch(config);
    world.exchange(1);
    EXPECT_EQ(world.only().outcome, LEAT_SUCCEEDED);
    EXPECT_TRUE(world.only().retried);
}

TEST(Retry, an_answer_that_is_no_completion_is_a_parse_error_and_retried) {
    World world;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.body = LEAT_STR("<html>not what you asked for</html>");
    };
    world.exchange(1);
    EXPECT_EQ(world.only().status, LEAT_E_PARSE);
    EXPECT_EQ(world.only().stage, LEAT_STAGE_PARSE);
    EXPECT_EQ(world.only().attempts, 3u);
}

}  // namespace
}  // namespace sim_test
