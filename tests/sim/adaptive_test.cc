// tests/sim/adaptive_test.cc: the gate as a service sees it: requests in flight that find themselves, the
// start-up ramp (B43), overloads (B32), limits per day and apart for input and output, the retry quota
// (features 7.17), pacing by a table of one's own (B39, B40). Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

// Submits so many, waiting for room where there is none, and runs to the end.
void run_items(World* world, size_t items, std::function<void(leat_request*)> adjust = {}) {
    if (world->batch == nullptr) world->open_batch();
    for (size_t sent = 0; sent < items;) {
        if (world->submit("item " + std::to_string(sent), adjust) == LEAT_OK) {
            ++sent;
        } else {
            (void)world->step(world->now() + second);
        }
    }
    leat_batch_finish(world->batch);
    world->run(60 * 3600 * second);
}

Options adaptive() {
    Options setup;
    setup.config.items_max = 128;
    setup.config.connections_max = 64;
    setup.config.item_bytes = 16 * 1024;
    return setup;
}

TEST(Adaptive, begins_with_five_and_grows_while_that_helps_P4) {
    World world(adaptive());
    std::vector<uint32_t> seen;
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        seen.push_back(request.in_flight);
        response.delay_ns = 500 * ms;
    };
    run_items(&world, 600);
    EXPECT_EQ(*std::max_element(seen.begin(), seen.begin() + 5), 5u);
    EXPECT_EQ(world.http.in_flight_peak, 64u) << "up to what there are connections for";
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 600u);
}

TEST(Adaptive, a_number_is_never_passed_P4) {
    for (const uint32_t most : {1u, 4u, 5u, 6u}) {
        World world(adaptive());
        world.setup.endpoint.max_in_flight = most;
        world.respond = [](const leat_sim_request&, leat_sim_response& response) {
            response.delay_ns = 100 * ms;
        };
        run_items(&world, 100);
        EXPECT_EQ(world.http.in_flight_peak, most);
    }
}

TEST(Adaptive, the_ramp_adds_one_request_after_the_other_B43) {
    World world(adaptive());
    world.setup.endpoint.adaptive.ramp_ms = 1000;
    world.setup.endpoint.max_in_flight = 8;
    const uint64_t start = world.now();
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = 200 * ms;
        const uint64_t allowed = 1 + (request.at_ns - start) / second;
        EXPECT_LE(request.in_flight, std::min<uint64_t>(allowed, 8));
    };
    run_items(&world, 200);
    EXPECT_EQ(world.http.in_flight_peak, 8u);
}

TEST(Adaptive, first_bytes_that_come_late_are_pressure_where_that_is_wanted) {
    uint32_t peaks[2] = {};
    for (const bool wanted : {false, true}) {
        World world(adaptive());
        world.setup.endpoint.adaptive.latency_factor = wanted ? 2.0 : 0.0;
        world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
            // Eight at once are served side by side; what is more waits in line.
            response.delay_ns = 100 * ms * std::max<uint64_t>(request.in_flight, 8) / 8;
        };
        run_items(&world, 3000);
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 3000u);
        uint32_t late_peak = 0;
        for (const Result& result : world.results) {
            const double rounds = result.timing.first_byte_ms / 100.0;
            if (result.index > 1000) late_peak = std::max(late_peak, static_cast<uint32_t>(rounds));
        }
        peaks[wanted ? 1 : 0] = late_peak;
    }
    EXPECT_GE(peaks[0], 7u) << "without it the line grows to all there is";
    EXPECT_LE(peaks[1], 4u);
}

TEST(Overload, an_outage_fails_no_item_and_costs_few_requests_B32) {
    for (const int32_t status : {503, 529}) {
        World world(adaptive());
        world.setup.endpoint.max_in_flight = 8;
        const uint64_t from = world.now() + 5 * second;
        const uint64_t to = from + 60 * second;
        uint64_t refused = 0;
        world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
            response.delay_ns = 200 * ms;
            if (request.at_ns < from || request.at_ns >= to) return;
            ++refused;
            response.delay_ns = 0;
            response.status = status;
            response.body = LEAT_STR("{\"error\":{\"message\":\"overloaded\"}}");
        };
        run_items(&world, 600);
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 600u) << status;
        EXPECT_LE(refused, 45u) << "asking again is rationed";
        const double took = static_cast<double>(world.now() - world.setup.sim.start_ns) / 1e9;
        EXPECT_LE(took, 60 + 600 * 0.2 / 8 + 9) << "and its end is found soon";
        EXPECT_GT(world.stats().overload_probes, 10u);
    }
}

TEST(Overload, that_lasts_too_long_makes_items_fail) {
    World world(adaptive());
    world.setup.endpoint.cooldown.overload_max_ms = 20000;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.status = 503;
        response.body = LEAT_STR("{\"error\":{\"message\":\"overloaded\"}}");
    };
    run_items(&world, 30);
    EXPECT_EQ(world.count(LEAT_FAILED), 30u);
    for (const Result& result : world.results) EXPECT_EQ(result.status, LEAT_E_OVERLOADED);
}

TEST(Overload, single_ones_between_successes_open_nothing) {
    World world(adaptive());
    world.setup.endpoint.max_in_flight = 4;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = 100 * ms;
        if (request.number % 20 == 3) response.status = 503;
    };
    run_items(&world, 400);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 400u);
    EXPECT_EQ(world.stats().overload_probes, 0u);
    EXPECT_LE(world.now() - world.setup.sim.start_ns, 16 * second);
}

TEST(Daily, so_many_in_any_24_hours) {
    World world(adaptive());
    world.setup.endpoint.requests_per_day = 10;
    run_items(&world, 25);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 25u);
    const uint64_t day = 24 * 3600 * second;
    for (size_t i = 10; i < world.requests.size(); ++i) {
        EXPECT_GE(world.requests[i].at_ns + ms, world.requests[i - 10].at_ns + day) << i;
    }
    EXPECT_LE(world.requests[9].at_ns, world.setup.sim.start_ns + second) << "the day's lot at once";
}

TEST(TokenLimits, input_and_output_have_limits_of_their_own) {
    const struct {
        uint64_t input, output;
        double seconds;  // for 60 requests of 100 tokens in, 300 out
    } rows[] = {{6000, 0, 55}, {0, 18000, 55}, {6000, 9000, 115}, {60000, 180000, 0.5}};
    for (const auto& row : rows) {
        World world(adaptive());
        world.setup.endpoint.input_tokens_per_minute = row.input;
        world.setup.endpoint.output_tokens_per_minute = row.output;
        world.setup.endpoint.output_estimate_tokens = 300;
        world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
            response.body = LEAT_STR(
                "{\"choices\":[{\"message\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}],"
                "\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":300,\"total_tokens\":400}}");
        };
        run_items(&world, 60, [](leat_request* r) { r->estimated_tokens = 0; });
        const double took = static_cast<double>(world.now() - world.setup.sim.start_ns) / 1e9;
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 60u);
        EXPECT_GE(took, row.seconds * 0.9) << row.input << "/" << row.output;
        EXPECT_LE(took, row.seconds * 1.12 + 2) << row.input << "/" << row.output;
    }
}

TEST(RetryQuota, a_dead_service_gets_no_storm_of_retries) {
    for (const uint32_t quota : {0u, 20u, 24u}) {
        World world(adaptive());
        world.setup.endpoint.retry.quota = quota;
        world.setup.endpoint.retry.backoff_initial_ms = 10;
        world.respond = [](const leat_sim_request&, leat_sim_response& response) {
            response.status = 500;
        };
        run_items(&world, 50);
        EXPECT_EQ(world.count(LEAT_FAILED), 50u);
        EXPECT_EQ(world.stats().retries, quota == 0 ? 100u : quota / 5);
    }
}

TEST(RetryQuota, successes_fill_it_up_again) {
    World world(adaptive());
    world.setup.config.items_max = 1;  // one after the other
    world.setup.endpoint.retry.quota = 10;
    world.setup.endpoint.retry.backoff_initial_ms = 10;
    world.setup.endpoint.max_in_flight = 1;
    std::map<std::string, int> tries;
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        if (++tries[copy(request.body)] == 1) response.status = 500;  // each second try succeeds
    };
    run_items(&world, 100);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 100u) << "a retry that succeeds gives back what it drew";
}

TEST(Told, what_only_a_refusal_told_is_forgotten_when_answers_are_silent) {
    World world(adaptive());
    world.setup.endpoint.max_in_flight = 4;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = 10 * ms;
        if (request.number != 0) return;
        response.status = 429;
        response.headers[0] = {LEAT_STR("retry-after"), LEAT_STR("1")};
        response.headers[1] = {LEAT_STR("x-ratelimit-limit-requests"), LEAT_STR("60")};
        response.headers[2] = {LEAT_STR("x-ratelimit-remaining-requests"), LEAT_STR("0")};
        response.headers[3] = {LEAT_STR("x-ratelimit-reset-requests"), LEAT_STR("60s")};
        response.headers_count = 4;
    };
    run_items(&world, 200);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 200u);
    EXPECT_LE(world.now() - world.setup.sim.start_ns, 15 * second) << "200 s at one a second";
}

TEST(Learned, refusals_that_come_by_chance_teach_no_rate) {
    for (const uint64_t one_in : {200u, 50u, 20u}) {
        World world(adaptive());
        world.setup.endpoint.max_in_flight = 20;
        world.setup.endpoint.cooldown.slow_start_items = 50;
        uint64_t chance = 1;
        world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
            chance = chance * 6364136223846793005u + 1442695040888963407u;
            response.delay_ns = 500 * ms;
            if ((chance >> 33) % one_in != 0) return;
            response.delay_ns = 20 * ms;
            response.status = 429;
        };
        run_items(&world, 20000);
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 20000u);
        // 40 a second without refusals, each of which costs a second's pause.
        const double took = static_cast<double>(world.now() - world.setup.sim.start_ns) / 1e9;
        const double best = 20000 / 40.0 + 20000.0 / static_cast<double>(one_in);
        EXPECT_LE(took, best * 2.5 + 300) << "one in " << one_in;
    }
}

struct OwnPacing {
    std::vector<leat_rate_limit_info> heard;
    leat_pacing table;
    OwnPacing() : table(*leat_pacing_exponential()) {
        table.user = this;
        table.pause_ms = [](void* user, const leat_cooldown*, const leat_rate_limit_info* info) {
            OwnPacing* const self = static_cast<OwnPacing*>(user);
            self->heard.push_back(*info);
            return uint64_t{7000} * info->consecutive;
        };
    }
};

TEST(Pacing, a_table_of_ones_own_says_how_long_pauses_last_B40) {
    OwnPacing own;
    World world;
    world.setup.endpoint.pacing = &own.table;
    world.setup.endpoint.max_in_flight = 1;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number >= 2) return;
        response.status = 429;
        response.headers[0] = {LEAT_STR("Retry-After"), LEAT_STR("3")};
        response.headers_count = request.number == 0 ? 1 : 0;
    };
    world.exchange(1);
    ASSERT_EQ(own.heard.size(), 2u);
    EXPECT_EQ(own.heard[0].consecutive, 1u);
    EXPECT_EQ(own.heard[0].wait_ms, 3000);
    EXPECT_EQ(own.heard[0].http_status, 429);
    EXPECT_EQ(own.heard[1].consecutive, 2u);
    EXPECT_EQ(own.heard[1].wait_ms, -1);
    ASSERT_EQ(world.requests.size(), 3u);
    EXPECT_GE(world.requests[1].at_ns - world.requests[0].at_ns, 7 * second);
    EXPECT_GE(world.requests[2].at_ns - world.requests[1].at_ns, 14 * second);
}

TEST(Pacing, fixed_delay_waits_a_second_before_each_item_for_ever_B39) {
    World world;
    world.setup.endpoint.pacing = leat_pacing_fixed_delay();
    world.setup.endpoint.cooldown.initial_ms = 300000;
    world.setup.endpoint.max_in_flight = 1;
    world.setup.endpoint.cooldown.slow_start_items = 50;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number == 3) response.status = 429;
    };
    world.exchange(80);
    ASSERT_EQ(world.requests.size(), 81u);
    EXPECT_GE(world.requests[4].at_ns - world.requests[3].at_ns, 300 * second);
    for (size_t i = 5; i < 81; ++i) {
        EXPECT_GE(world.requests[i].at_ns - world.requests[i - 1].at_ns, second - 2 * ms) << i;
    }
}

}  // namespace
}  // namespace sim_test
