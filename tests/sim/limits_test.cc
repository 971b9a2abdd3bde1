// tests/sim/limits_test.cc: requests and tokens per minute as the server sees them: never more than
// burst + rate * t in any window, and not much less when there is enough work.
// Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

struct Spend {
    uint64_t at_ns;
    double amount;
};

// The largest excess over burst + rate * t of any window; t from the first to the last of it.
double worst_excess(const std::vector<Spend>& spends, double burst, double per_second) {
    double worst = -1e18;
    // excess(i..j) = sum(i..j) - burst - rate * (t_j - t_i): one pass with the best start so far.
    double sum = 0;
    double best_start = 1e18;
    for (const Spend& spend : spends) {
        const double t = static_cast<double>(spend.at_ns) / 1e9;
        best_start = std::min(best_start, sum - per_second * t);
        sum += spend.amount;
        worst = std::max(worst, sum - per_second * t - best_start - burst);
    }
    return worst;
}

std::vector<Spend> sends(const World& world, double each) {
    std::vector<Spend> out;
    for (const Request& request : world.requests) out.push_back({request.at_ns, each});
    return out;
}

TEST(Limits, B14_G32_requests_per_minute_hold_over_any_window) {
    const struct {
        uint32_t per_minute;
        uint32_t burst;
        double effective_burst;
    } cases[] = {{60, 0, 1}, {600, 0, 10}, {600, 1, 1}, {90, 5, 5}, {30, 0, 1}, {6000, 0, 100}};
    for (const auto& one : cases) {
        World world;
        world.setup.endpoint.requests_per_minute = one.per_minute;
        world.setup.endpoint.request_burst = one.burst;
        world.setup.endpoint.max_in_flight = 16;
        world.setup.endpoint.retry.attempts_max = 3;
        world.setup.endpoint.retry.backoff_initial_ms = 10;
        leat_sim_host_link(world.host)->connect_ns = 0;  // so that arrivals show dispatches
        world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
            if (request.number % 10 == 7) response.status = 500;  // retries pass the gate too
        };
        world.exchange(200);
        EXPECT_EQ(world.results.size(), 200u);
        const double rate = one.per_minute / 60.0;
        EXPECT_LE(worst_excess(sends(world, 1), one.effective_burst, rate), 1e-6)
            << one.per_minute << " per minute, burst " << one.burst;
        const double took =
            static_cast<double>(world.requests.back().at_ns - world.requests.front().at_ns) / 1e9;
        const double sent = static_cast<double>(world.requests.size());
        const double needed = (sent - one.effective_burst) / rate;
        EXPECT_LE(took, needed * 1.03 + 0.1) << "the limit is not used";
    }
}

TEST(Limits, requests_per_minute_at_the_limit_need_no_wait) {
    World world;
    world.setup.endpoint.requests_per_minute = 60;
    world.setup.endpoint.request_burst = 5;
    world.exchange(5);
    EXPECT_LT(world.now() - world.setup.sim.start_ns, second / 2);
    World over;
    over.setup.endpoint.requests_per_minute = 60;
    over.setup.endpoint.request_burst = 5;
    over.exchange(6);
    EXPECT_GE(over.now() - over.setup.sim.start_ns, second);
    EXPECT_LT(over.now() - over.setup.sim.start_ns, second + 10 * ms);
}

TEST(Limits, tokens_per_minute_hold_over_any_window) {
    World world;
    world.setup.endpoint.tokens_per_minute = 60000;
    world.setup.endpoint.max_in_flight = 16;
    leat_sim_host_link(world.host)->connect_ns = 0;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.body = world.keep(completion("ok", 500));
        response.delay_ns = 50 * ms;
    };
    world.open_batch();
    for (int i = 0; i < 200; ++i) {
        ASSERT_EQ(world.submit("x", [](leat_request* r) { r->estimated_tokens = 500; }), LEAT_OK);
    }
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 200u);
    EXPECT_LE(worst_excess(sends(world, 500), 5000, 1000), 1e-6);
    const double took =
        static_cast<double>(world.requests.back().at_ns - world.requests.front().at_ns) / 1e9;
    EXPECT_LE(took, 95 * 1.03 + 0.1);
}

TEST(Limits, tokens_are_settled_when_the_answer_tells_its_usage) {
    World world;
    world.setup.endpoint.tokens_per_minute = 60000;
    world.setup.endpoint.max_in_flight = 1;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.body = world.keep(completion("ok", 100));
    };
    world.open_batch();
    for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(world.submit("x", [](leat_request* r) { r->estimated_tokens = 1000; }), LEAT_OK);
    }
    leat_batch_finish(world.batch);
    world.run();
    // 100 x 100 tokens at 1000 a second, less the bucket of 5000 it begins with; estimates would
    // have taken 95 s.
    const double took = static_cast<double>(world.now() - world.setup.sim.start_ns) / 1e9;
    EXPECT_GE(took, 4.9);
    EXPECT_LE(took, 7.0);
}

TEST(Limits, a_request_larger_than_the_bucket_goes_when_it_is_full) {
    World world;
    world.setup.endpoint.tokens_per_minute = 600;
    world.open_batch();
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(world.submit("x", [](leat_request* r) { r->estimated_tokens = 5000; }), LEAT_OK);
    }
    leat_batch_finish(world.batch);
    world.run(3600 * second);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 3u);
}

TEST(Limits, max_in_flight_is_exact_for_endpoint_and_batch) {
    for (uint32_t most : {1u, 2u, 7u}) {
        World world;
        world.setup.endpoint.max_in_flight = most;
        world.respond = [](const leat_sim_request&, leat_sim_response& response) {
            response.delay_ns = 10 * ms;
        };
        world.exchange(50);
        EXPECT_EQ(world.http.in_flight_peak, most);
        EXPECT_EQ(world.stats().in_flight_peak, most);
    }
    World world;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = 10 * ms;
    };
    world.open();
    leat_batch_config config = world.batch_config();
    config.max_in_flight = 3;
    world.open_batch(config);
    world.exchange(50);
    EXPECT_EQ(world.http.in_flight_peak, 3u);
}

TEST(Limits, fewer_connections_than_permits_still_finish) {
    World world;
    world.setup.config.connections_max = 2;
    world.setup.endpoint.max_in_flight = 8;
    world.exchange(50);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 50u);
    EXPECT_LE(world.sim_stats().streams_peak, 2u);
}

}  // namespace
}  // namespace sim_test
