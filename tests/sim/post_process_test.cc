// tests/sim/post_process_test.cc: what runs behind each result: the post-processor and progress (B12, B13,
// S7, M5). Depends on observer.h.
#include "sim/observer.h"

namespace sim_test {
namespace {

struct Calls {
    World* world = nullptr;
    std::vector<std::string> order;
    uint64_t slow_ns = 0;
    bool releases = false;
};
Calls* calls;

leat_batch_config hearing(World* world, Calls* to) {
    if (world->client == nullptr) world->open();
    calls = to;
    to->world = world;
    leat_batch_config config = world->batch_config();
    config.post_process = [](void*, const leat_result* result) {
        calls->order.push_back("post " + std::to_string(result->index) + " " +
                               leat_outcome_name(result->outcome));
        if (calls->slow_ns != 0) leat_sim_advance(calls->world->sim, calls->slow_ns);
    };
    config.on_progress = [](void*, const leat_progress* progress) {
        calls->order.push_back("progress " + std::to_string(progress->completed) + "/" +
                               std::to_string(progress->total));
    };
    return config;
}

TEST(PostProcess, B12_runs_behind_each_result_success_or_not_and_before_progress) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    world.respond = failing(&world, 1, 400);
    Calls heard;
    world.open_batch(hearing(&world, &heard));
    world.on_each_result = [&](const leat_result* result) {
        heard.order.push_back("result " + std::to_string(result->index));
        return LEAT_RELEASE;
    };
    world.submit_all(2);
    world.run();
    EXPECT_EQ(heard.order,
              (std::vector<std::string>{"result 0", "post 0 failed", "progress 1/2", "result 1",
                                        "post 1 succeeded", "progress 2/2"}));
}

TEST(PostProcess, B12_sees_results_that_on_result_releases_itself_and_those_the_policy_hides) {
    World world;
    world.respond = failing(&world, 99, 400);
    Calls heard;
    leat_batch_config config = hearing(&world, &heard);
    config.on_failure = LEAT_ON_FAILURE_SKIP;
    world.open_batch(config);
    world.submit_all(1);
    world.run();
    EXPECT_EQ(heard.order, (std::vector<std::string>{"post 0 failed", "progress 1/1"}));
    EXPECT_EQ(world.results.size(), 0u);
    World other;
    Calls again;
    other.open_batch(hearing(&other, &again));
    other.on_each_result = [&](const leat_result* result) {
        leat_result_release(other.batch, result);
        leat_result_release(other.batch, result);
        return LEAT_KEEP;
    };
    other.submit_all(1);
    other.run();
    EXPECT_EQ(again.order, (std::vector<std::string>{"post 0 succeeded", "progress 1/1"}));
    EXPECT_EQ(other.stats().items_alive, 0u);
}

TEST(PostProcess, B12_is_slow_after_90_seconds_and_loses_nothing) {
    for (const uint64_t seconds : {90u, 91u}) {
        World world;
        Watcher watcher(&world);
        Calls heard;
        heard.slow_ns = seconds * second;
        world.open_batch(hearing(&world, &heard));
        world.submit_all(3);
        world.run();
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 3u);
        ASSERT_EQ(watcher.count(LEAT_OBSERVED_CALLBACK_SLOW), seconds == 90 ? 0u : 3u);
        if (seconds == 91) {
            EXPECT_EQ(watcher.first(LEAT_OBSERVED_CALLBACK_SLOW).name, "post_process");
        }
    }
}

TEST(Progress, B13_every_n_results_and_after_the_last) {
    World world;
    Calls heard;
    leat_batch_config config = hearing(&world, &heard);
    config.post_process = nullptr;
    config.progress_every = 3;
    world.open_batch(config);
    world.submit_all(7);
    world.run();
    EXPECT_EQ(heard.order,
              (std::vector<std::string>{"progress 3/7", "progress 6/7", "progress 7/7"}));
}

TEST(Progress, S7_M5_counts_successes_and_failures_in_order_and_alters_no_item) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    world.respond = failing(&world, 2, 400);
    Calls heard;
    leat_batch_config config = hearing(&world, &heard);
    config.post_process = nullptr;
    config.on_progress = [](void*, const leat_progress* progress) {
        calls->order.push_back(std::to_string(progress->completed) + " " +
                               leat_outcome_name(progress->result->outcome));
        const_cast<leat_result*>(progress->result)->outcome = LEAT_FAILED;  // its own affair
    };
    world.open_batch(config);
    world.submit_all(3);
    world.run();
    EXPECT_EQ(heard.order, (std::vector<std::string>{"1 failed", "2 failed", "3 succeeded"}));
    EXPECT_EQ(world.summary().succeeded, 1u);
    EXPECT_EQ(world.summary().failed, 2u);
}

TEST(Progress, B13_comes_by_leat_batch_next_too_and_may_not_step_there) {
    World world;
    Calls heard;
    leat_batch_config config = hearing(&world, &heard);
    config.on_result = nullptr;
    config.on_progress = [](void*, const leat_progress*) {
        calls->order.push_back(leat_status_word(leat_step(calls->world->client, 0)));
    };
    world.open_batch(config);
    world.accepted.clear();
    ASSERT_EQ(world.submit("x"), LEAT_OK);
    leat_batch_finish(world.batch);
    const leat_result* result = nullptr;
    ASSERT_EQ(leat_batch_run(world.batch), LEAT_OK);
    ASSERT_EQ(leat_batch_next(world.batch, &result), LEAT_OK);
    EXPECT_EQ(heard.order, (std::vector<std::string>{"post 0 succeeded", "reentrant"}));
    world.note(*result);
    leat_result_release(world.batch, result);
}

}  // namespace
}  // namespace sim_test
