// tests/sim/stop_test.cc: cancelling an item, draining or cutting a batch, deadlines of batches,
// and closing in the middle of everything. Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

void slow_answers(World* world, uint64_t delay_ns = 100 * ms) {
    world->respond = [delay_ns](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = delay_ns;
    };
}

TEST(Stop, drain_cancels_what_waits_and_finishes_what_is_on_the_wire) {
    World world;
    slow_answers(&world);
    world.open_batch();
    world.submit_all(20);
    world.run_until(world.now() + 50 * ms);
    EXPECT_EQ(leat_batch_cancel(world.batch, LEAT_CANCEL_DRAIN), LEAT_OK);
    world.run();
    EXPECT_EQ(world.results.size(), 20u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 5u);
    EXPECT_EQ(world.count(LEAT_CANCELLED), 15u);
    for (const Result& result : world.results) {
        if (result.outcome == LEAT_CANCELLED) {
            EXPECT_EQ(result.status, LEAT_E_CANCELLED);
        }
    }
    EXPECT_EQ(world.requests.size(), 5u);
    EXPECT_EQ(world.summary().cancelled, 15u);
}

TEST(Stop, hard_cancel_cuts_what_is_on_the_wire_at_once) {
    World world;
    slow_answers(&world, 1000 * second);
    world.open_batch();
    world.submit_all(20);
    world.run_until(world.now() + 50 * ms);
    EXPECT_EQ(leat_batch_cancel(world.batch, LEAT_CANCEL_HARD), LEAT_OK);
    const uint64_t before = world.now();
    world.run();
    EXPECT_EQ(world.now(), before);
    EXPECT_EQ(world.count(LEAT_CANCELLED), 20u);
    EXPECT_EQ(world.sim_stats().streams_open, 0u);
}

TEST(Stop, drain_then_hard_cuts_the_rest) {
    World world;
    slow_answers(&world, 1000 * second);
    world.open_batch();
    world.submit_all(20);
    world.run_until(world.now() + 50 * ms);
    leat_batch_cancel(world.batch, LEAT_CANCEL_DRAIN);
    world.run_until(world.now() + 50 * ms);
    EXPECT_EQ(world.results.size(), 15u);
    leat_batch_cancel(world.batch, LEAT_CANCEL_HARD);
    world.run(second);
    EXPECT_EQ(world.results.size(), 20u);
}

TEST(Stop, an_item_is_cancelled_wherever_it_is) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number == 0) response.status = 500;  // then it sleeps
        response.delay_ns = 100 * ms;
    };
    world.open_batch();
    world.submit_all(4);
    EXPECT_EQ(leat_item_cancel(world.batch, 3), LEAT_OK);     // in the ring
    world.run_until(world.now() + 150 * ms);
    EXPECT_EQ(leat_item_cancel(world.batch, 0), LEAT_OK);     // asleep
    EXPECT_EQ(leat_item_cancel(world.batch, 1), LEAT_OK);     // on the wire
    EXPECT_EQ(leat_item_cancel(world.batch, 99), LEAT_E_NOT_FOUND);
    world.run();
    EXPECT_EQ(world.results.size(), 4u);
    EXPECT_EQ(world.count(LEAT_CANCELLED), 3u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 1u);
    EXPECT_EQ(leat_item_cancel(world.batch, 0), LEAT_E_NOT_FOUND);
    EXPECT_EQ(world.summary().cancelled, 3u);
}

TEST(Stop, what_a_closed_batch_held_goes_to_the_others_at_once) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = 100 * ms;
    };
    world.open_batch();
    leat_batch* const first = world.batch;
    world.submit_all(1);
    world.run_until(world.now() + 10 * ms);
    world.open_batch();
    world.submit_all(3);
    world.run_until(world.now() + 10 * ms);  // they wait for the only permit
    leat_batch_close(first);
    world.forget(first);
    while (leat_step(world.client, -1) == LEAT_OK && world.sim_stats().hung_waits == 0) {
    }
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 3u);
}

TEST(Stop, an_item_cancelled_as_it_is_sent_gives_its_permit_to_the_next) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    world.setup.endpoint.retry.backoff_initial_ms = 10;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number == 0) response.status = 500;  // item 0 will wait behind item 1
        if (request.number == 1) response.delay_ns = 100 * ms;
    };
    world.on_each_result = [&](const leat_result* result) {
        if (result->index == 1) {
            EXPECT_EQ(leat_item_cancel(world.batch, 0), LEAT_OK);
        }
        return LEAT_RELEASE;
    };
    world.open_batch();
    world.submit_all(3);
    while (leat_step(world.client, -1) == LEAT_OK && world.sim_stats().hung_waits == 0) {
    }
    EXPECT_EQ(world.results.size(), 3u);
    EXPECT_LT(world.now() - world.setup.sim.start_ns, second) << "something else woke the client";
}

TEST(Stop, a_cancelled_item_never_delivers_into_the_next) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = 100 * ms;
        response.body = world.keep(completion("for " + std::to_string(request.number)));
    };
    world.open_batch();
    world.submit_all(2);
    world.run_until(world.now() + 50 * ms);
    leat_item_cancel(world.batch, 0);
    world.run();
    ASSERT_EQ(world.results.size(), 2u);
    EXPECT_EQ(world.results[1].text, "for 1");
}

TEST(Stop, callback_may_cancel_items_and_the_batch) {
    World world;
    world.on_each_result = [&](const leat_result* result) {
        if (result->index == 0) (void)leat_item_cancel(world.batch, 19);
        if (world.results.size() == 8) leat_batch_cancel(world.batch, LEAT_CANCEL_HARD);
        return LEAT_RELEASE;
    };
    world.exchange(20);
    EXPECT_EQ(world.results.size(), 20u);
    EXPECT_GE(world.count(LEAT_CANCELLED), 8u);  // up to four more were done already
}

TEST(Stop, batch_deadline_ends_everything_at_its_moment) {
    World world;
    slow_answers(&world, 3 * second);
    world.open();
    leat_batch_config config = world.batch_config();
    config.deadline_ms = 5000;
    const uint64_t begin = world.now();
    world.open_batch(config);
    world.submit_all(20);
    world.run();
    EXPECT_EQ(world.results.size(), 20u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 5u);
    for (const Result& result : world.results) {
        if (result.outcome == LEAT_SUCCEEDED) continue;
        EXPECT_EQ(result.outcome, LEAT_CANCELLED);
        EXPECT_EQ(result.status, LEAT_E_DEADLINE_BATCH);
        EXPECT_EQ(result.at_ns - begin, 5 * second);
    }
}

TEST(Stop, a_stopped_batch_takes_no_more) {
    World world;
    slow_answers(&world);
    world.open_batch();
    EXPECT_EQ(world.submit("one"), LEAT_OK);
    leat_batch_cancel(world.batch, LEAT_CANCEL_DRAIN);
    EXPECT_EQ(world.submit("two"), LEAT_E_STATE);
    world.run();
    EXPECT_EQ(world.results.size(), 1u);
}

TEST(Stop, more_waiting_than_there_are_slots_still_ends_at_once) {
    for (leat_cancel mode : {LEAT_CANCEL_DRAIN, LEAT_CANCEL_HARD}) {
        World world;
        world.setup.config.items_max = 4;
        slow_answers(&world);
        world.open_batch();
        world.submit_all(100);
        world.run_until(world.now() + 50 * ms);
        leat_batch_cancel(world.batch, mode);
        const uint64_t before = world.now();
        world.run();
        EXPECT_EQ(world.results.size(), 100u);
        EXPECT_LE(world.now() - before, 100 * ms);
    }
}

TEST(Stop, another_batch_goes_on) {
    World world;
    slow_answers(&world);
    world.open();
    leat_batch* const first = world.open_batch(world.batch_config());
    world.submit_all(10);
    leat_batch* const second_batch = world.open_batch(world.batch_config());
    world.submit_all(10);
    world.run_until(world.now() + 50 * ms);
    leat_batch_cancel(first, LEAT_CANCEL_HARD);
    world.run();
    leat_summary sum;
    leat_batch_summary(second_batch, &sum);
    EXPECT_EQ(sum.succeeded, 10u);
}

TEST(Stop, B8_batch_close_delivers_what_is_left) {
    World world;
    slow_answers(&world);
    world.open_batch();
    world.submit_all(20);
    world.run_until(world.now() + 50 * ms);
    leat_batch* const closing = world.batch;
    leat_batch_close(closing);
    EXPECT_EQ(world.results.size(), 20u);
    EXPECT_EQ(world.count(LEAT_CANCELLED), 20u);
    world.forget(closing);
    world.exchange(3);
    EXPECT_EQ(world.results.size(), 23u);
}

// Closing at every single step of a run that has everything in it.
TEST(Stop, close_is_clean_at_any_moment) {
    for (bool tls : {false, true}) {
        for (uint64_t stop_at = 0; stop_at < 120; ++stop_at) {
            Options setup;
            setup.tls = tls;
            setup.sim.seed = stop_at;
            setup.endpoint.retry.backoff_initial_ms = 5;
            World world(setup);
            leat_sim_host_link(world.host)->read_chunks = LEAT_SIM_RANDOM;
            leat_sim_host_link(world.host)->write_chunks = LEAT_SIM_RANDOM;
            world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
                if (request.number % 4 == 1) response.status = 500;
                if (request.number % 4 == 2) response.fault = LEAT_SIM_FAULT_RESET;
            };
            world.open_batch();
            world.submit_all(12);
            for (uint64_t n = 0; n < stop_at; ++n) {
                if (world.step(world.now() + second) == LEAT_E_DONE) break;
            }
            world.close();
            if (testing::Test::HasFailure()) FAIL() << "closed at step " << stop_at;
        }
    }
}

}  // namespace
}  // namespace sim_test
