// tests/sim/cooldown_test.cc: what a 429 does: it pauses the endpoint for as long as the provider
// asks, consumes no attempt, and a stale one changes nothing. Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

constexpr uint64_t epoch_2026_ms = 1767225600000;  // what the simulated wall clock starts with

void limit(leat_sim_response* response, const char* header = nullptr, const char* value = "") {
    response->status = 429;
    response->body =
        LEAT_STR("{\"error\":{\"message\":\"slow\",\"code\":\"rate_limit_exceeded\"}}");
    if (header == nullptr) return;
    response->headers[0] = {{header, strlen(header)}, {value, strlen(value)}};
    response->headers_count = 1;
}

// The pause after a first answer of 429, in ms, as the next request shows it.
double pause_ms(const char* header, const char* value,
                std::function<void(leat_cooldown*)> adjust = {}) {
    World world;
    if (adjust) adjust(&world.setup.endpoint.cooldown);
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number == 0) limit(&response, header, value);
    };
    world.exchange(1);
    EXPECT_EQ(world.only().outcome, LEAT_SUCCEEDED);
    EXPECT_EQ(world.only().attempts, 1u) << "a 429 is no attempt";
    EXPECT_EQ(world.only().rate_limited, 1u);
    if (world.requests.size() != 2) return -1;
    return static_cast<double>(world.requests[1].at_ns - world.requests[0].at_ns) / 1e6;
}

// A pause is lengthened by at most a tenth and at most a second; 4 ms are the link's.
void expect_pause(double seen, double asked_ms) {
    EXPECT_GE(seen, asked_ms);
    EXPECT_LE(seen, asked_ms + std::min(asked_ms * 0.1, 1000.0) + 4.0);
}

TEST(Cooldown, M11_honours_retry_after_in_seconds) {
    expect_pause(pause_ms("Retry-After", "7"), 7000);
    expect_pause(pause_ms("Retry-After", "0"), 1000);  // never at once
    expect_pause(pause_ms("retry-after", " 1.5 "), 1500);
}

TEST(Cooldown, honours_retry_after_in_milliseconds) {
    expect_pause(pause_ms("retry-after-ms", "250"), 250);
}

TEST(Cooldown, M11_honours_retry_after_as_a_date) {
    // The simulated wall clock says 2026-01-01 00:00:00 at the start; requests take 2 ms or so.
    expect_pause(pause_ms("Retry-After", "Thu, 01 Jan 2026 00:00:30 GMT"), 29990);
    expect_pause(pause_ms("Retry-After", "Wed, 31 Dec 2025 00:00:30 GMT"), 1000);
}

TEST(Cooldown, cuts_a_retry_after_that_is_too_long) {
    expect_pause(pause_ms("Retry-After", "999999999999"), 120000);
    expect_pause(pause_ms("Retry-After", "121"), 120000);
    expect_pause(pause_ms("Retry-After", "120"), 120000);
    expect_pause(pause_ms("Retry-After", "119"), 119000);
}

TEST(Cooldown, takes_its_own_pause_when_the_provider_names_none) {
    expect_pause(pause_ms(nullptr, ""), 10000);
    expect_pause(pause_ms("Retry-After", "soon"), 10000);
    expect_pause(pause_ms("Retry-After", "-5"), 10000);
    expect_pause(pause_ms(nullptr, "", leat_cooldown_batch_llm), 300000);
    expect_pause(pause_ms("Retry-After", "soon", leat_cooldown_batch_llm), 300000);
    expect_pause(pause_ms("Retry-After", "-5", leat_cooldown_batch_llm), 300000);
}

TEST(Cooldown, as_a_floor_retry_after_only_lengthens) {
    const auto floor = [](leat_cooldown* rules) {
        rules->retry_after_is_floor = 1;
        rules->initial_ms = 10000;
    };
    expect_pause(pause_ms("Retry-After", "7", floor), 10000);
    expect_pause(pause_ms("Retry-After", "20", floor), 20000);
}

TEST(Cooldown, pauses_grow_in_a_row_up_to_their_cap_and_start_over_after_a_success_B36) {
    World world;
    leat_cooldown_batch_llm(&world.setup.endpoint.cooldown);
    world.setup.endpoint.max_in_flight = 1;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number < 4 || request.number == 5) limit(&response);
    };
    world.exchange(2);
    ASSERT_EQ(world.requests.size(), 7u);
    const double expected[] = {300000, 450000, 600000, 600000, -1, 300000};
    for (size_t i = 0; i < 6; ++i) {
        if (expected[i] < 0) continue;
        const uint64_t wait = world.requests[i + 1].at_ns - world.requests[i].at_ns;
        expect_pause(static_cast<double>(wait) / 1e6, expected[i]);
    }
}

TEST(Cooldown, nothing_is_sent_while_paused) {
    World world;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = (1 + request.number % 5) * ms;
        if (request.number % 17 == 3) limit(&response, "Retry-After", "2");
    };
    world.exchange(200);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 200u);
    // After a 429's answer (delay and link) until 2 s later no request may be sent.
    for (size_t i = 0; i < world.requests.size(); ++i) {
        if (i % 17 != 3) continue;
        const uint64_t told = world.requests[i].at_ns + (1 + i % 5) * ms + ms / 2;
        for (size_t k = i + 1; k < world.requests.size(); ++k) {
            const uint64_t sent = world.requests[k].at_ns - ms / 2;
            EXPECT_FALSE(sent > told && sent < told + 2 * second)
                << "request " << k << " was sent " << (sent - told) / ms << " ms into the pause";
        }
    }
}

TEST(Cooldown, a_stale_429_changes_nothing) {
    World world;
    world.setup.endpoint.max_in_flight = 5;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number >= 5) return;
        limit(&response, "Retry-After", request.number == 0 ? "2" : "100");
        response.delay_ns = (1 + request.number) * 100 * ms;
    };
    world.exchange(5);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 5u);
    EXPECT_EQ(world.stats().rate_limited, 5u);
    ASSERT_EQ(world.requests.size(), 10u);
    const double pause =
        static_cast<double>(world.requests[5].at_ns - world.requests[0].at_ns) / 1e6 - 100;
    expect_pause(pause, 2000);
}

TEST(Cooldown, a_stale_429_leaves_the_next_pause_at_its_first_length) {
    World world;
    world.setup.endpoint.max_in_flight = 5;
    leat_cooldown_batch_llm(&world.setup.endpoint.cooldown);
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number < 5) limit(&response);
    };
    world.exchange(5);
    ASSERT_EQ(world.requests.size(), 10u);
    expect_pause(static_cast<double>(world.requests[5].at_ns - world.requests[4].at_ns) / 1e6,
                 300000);
}

TEST(Cooldown, B34_retries_max_is_exact) {
    for (uint32_t most : {0u, 1u, 3u}) {
        World world;
        world.setup.endpoint.cooldown.retries_max = most;
        world.respond = [](const leat_sim_request&, leat_sim_response& response) {
            limit(&response, "Retry-After", "1");
        };
        world.exchange(1);
        EXPECT_EQ(world.only().outcome, LEAT_FAILED);
        EXPECT_EQ(world.only().status, LEAT_E_RATE_LIMIT);
        EXPECT_EQ(world.only().rate_limited, most + 1);
        EXPECT_EQ(world.only().attempts, 0u);
        EXPECT_EQ(world.requests.size(), most + 1);
        EXPECT_EQ(world.only().error_code, "rate_limit_exceeded");
    }
}

TEST(Cooldown, slow_start_spaces_the_first_items) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    world.setup.endpoint.cooldown.slow_start_items = 10;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number == 0) limit(&response, "Retry-After", "1");
    };
    world.exchange(30);
    ASSERT_EQ(world.requests.size(), 31u);
    for (size_t n = 1; n < 10; ++n) {
        const double gap =
            static_cast<double>(world.requests[n + 1].at_ns - world.requests[n].at_ns) / 1e6;
        const double formula = 2000.0 - 1900.0 * static_cast<double>(n) / 10.0;
        EXPECT_GE(gap, formula) << "item " << n;
        EXPECT_LE(gap, formula + 4.0) << "item " << n;
    }
    const uint64_t last = world.requests[25].at_ns - world.requests[24].at_ns;
    EXPECT_LE(last, 4 * ms);
}

TEST(Cooldown, other_endpoints_go_on) {
    World world;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number == 0) limit(&response, "Retry-After", "100");
    };
    world.open();
    leat_endpoint other = 0;
    ASSERT_EQ(leat_endpoint_add(world.client, &world.setup.endpoint, &other), LEAT_OK);
    world.open_batch();
    leat_batch* const paused = world.batch;
    world.submit_all(1);
    world.run_until(world.now() + 10 * ms);
    leat_batch_config config = world.batch_config();
    config.endpoint = other;
    world.open_batch(config);
    world.submit_all(10);
    const uint64_t before = world.now();
    world.run();
    EXPECT_LT(world.now() - before, second);
    world.batch = paused;
    world.run();
    EXPECT_GE(world.now() - before, 99 * second);
}

TEST(Cooldown, wall_clock_that_jumps_does_not_lengthen_a_pause) {
    World world;
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number == 0) limit(&response, "Retry-After", "7");
    };
    world.open_batch();
    world.submit_all(1);
    world.run_until(world.now() + second);
    leat_sim_wall_set(world.sim, static_cast<int64_t>(epoch_2026_ms) - 86400000);
    const uint64_t before = world.now();
    world.run();
    EXPECT_LT(world.now() - before, 8 * second);
}

}  // namespace
}  // namespace sim_test
