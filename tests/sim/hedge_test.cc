// tests/sim/hedge_test.cc: second tries of slow items: the first answer wins, and how many there may be.
// Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

void open_hedged(World* world, double percentile, uint32_t share_percent, uint32_t in_flight = 0) {
    world->open();
    leat_batch_config config = world->batch_config();
    config.hedge.percentile = percentile;
    config.hedge.share_percent = share_percent;
    if (in_flight != 0) config.max_in_flight = in_flight;
    world->open_batch(config);
}

// Every twentieth answer takes ten seconds, the others a tenth of one.
void run_hedged(World* world, double percentile, uint32_t share_percent, size_t items = 400) {
    world->setup.endpoint.max_in_flight = 8;
    world->respond = [](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = request.number % 20 == 19 ? 10 * second : 100 * ms;
    };
    open_hedged(world, percentile, share_percent);
    size_t sent = 0;
    while (sent < items) {
        if (world->submit("item " + std::to_string(sent)) == LEAT_OK) {
            ++sent;
        } else {
            (void)world->step(world->now() + second);
        }
    }
    leat_batch_finish(world->batch);
    world->run();
}

TEST(Hedge, is_off_unless_asked_for) {
    World world;
    run_hedged(&world, 0, 0);
    EXPECT_EQ(world.summary().hedges, 0u);
    EXPECT_EQ(world.requests.size(), 400u);
}

TEST(Hedge, the_first_answer_wins_and_each_item_has_one_result) {
    World plain;
    run_hedged(&plain, 0, 0);
    World world;
    run_hedged(&world, 0.9, 10);
    EXPECT_EQ(world.results.size(), 400u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 400u);
    EXPECT_GT(world.summary().hedges, 10u);
    EXPECT_GT(world.summary().hedges_won, 8u);
    EXPECT_LT(world.now(), plain.now() * 3 / 4) << "a hedged batch ends sooner";
    EXPECT_EQ(world.stats().in_flight, 0u);
    EXPECT_EQ(world.stats().items_alive, 0u);
    EXPECT_LE(world.requests.size(), 440u) << "at most a tenth more";
}

TEST(Hedge, its_share_is_exact) {
    for (const uint32_t percent : {1u, 5u}) {
        World world;
        run_hedged(&world, 0.5, percent, 300);
        EXPECT_LE(world.summary().hedges * 100, world.requests.size() * percent);
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 300u);
    }
}

TEST(Hedge, a_cancelled_item_takes_its_second_try_along) {
    World world;
    world.setup.endpoint.max_in_flight = 4;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = request.number >= 40 ? 100 * second : 50 * ms;
    };
    open_hedged(&world, 0.9, 50);
    world.submit_all(42);
    world.run_until(world.now() + 20 * second);
    EXPECT_EQ(world.summary().hedges, 2u);
    EXPECT_EQ(leat_item_cancel(world.batch, 40), LEAT_OK);
    EXPECT_EQ(leat_item_cancel(world.batch, 41), LEAT_OK);
    world.run();
    EXPECT_EQ(world.count(LEAT_CANCELLED), 2u);
    EXPECT_EQ(world.results.size(), 42u);
    EXPECT_EQ(world.stats().items_alive, 0u);
}

TEST(Hedge, when_the_first_try_fails_the_second_goes_on) {
    World world;
    world.setup.endpoint.retry.attempts_max = 1;
    uint64_t asked = 0;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        ++asked;
        response.delay_ns = 50 * ms;
        if (asked == 31) {  // slow, and then it fails
            response.delay_ns = 2 * second;
            response.status = 500;
        }
        if (asked == 32) response.delay_ns = 4 * second;
    };
    open_hedged(&world, 0.9, 50, 2);
    world.submit_all(31);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 31u);
    EXPECT_EQ(world.summary().hedges, 1u);
}

TEST(Hedge, both_tries_together_have_the_attempts_of_one_item) {
    World world;
    world.setup.endpoint.retry.attempts_max = 2;
    world.setup.endpoint.retry.backoff_initial_ms = 10;
    uint64_t asked = 0;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        ++asked;
        response.delay_ns = 50 * ms;
        if (asked <= 30) return;
        response.status = 500;
        if (asked == 31) response.delay_ns = 2 * second;
        if (asked == 32) response.delay_ns = 4 * second;  // the second try
    };
    open_hedged(&world, 0.9, 50, 2);
    world.submit_all(31);
    world.run();
    EXPECT_EQ(world.summary().hedges, 1u);
    EXPECT_EQ(world.count(LEAT_FAILED), 1u);
    EXPECT_EQ(world.results.back().attempts, 3u) << "two, and the second try";
    EXPECT_EQ(asked, 33u);
}

}  // namespace
}  // namespace sim_test
