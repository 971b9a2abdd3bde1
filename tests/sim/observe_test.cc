// tests/sim/observe_test.cc: what observers are told, when and in which order (B48-B50, G36). Depends on
// observer.h and services.h.
#include "sim/observer.h"
#include "sim/services.h"

namespace sim_test {
namespace {

constexpr uint64_t bit(leat_observed what) { return LEAT_OBSERVED_BIT(what); }

TEST(Observers, B49_B50_an_item_that_succeeds_is_told_of_from_the_batchs_start_to_its_end) {
    World world;
    Watcher watcher(&world);
    world.exchange(1);
    EXPECT_EQ(watcher.words(),
              "PROCESSING_STARTED BATCH_STARTED WORKER_STARTED ITEM_ADMITTED:0 ITEM_STARTED:0 "
              "LLM_CALL_STARTED:0 LLM_CALL_ENDED:0 ITEM_COMPLETED:0 WORKER_STOPPED BATCH_COMPLETED "
              "PROCESSING_COMPLETED");
    const Observed& done = watcher.first(LEAT_OBSERVED_ITEM_COMPLETED);
    EXPECT_EQ(done.id, "item 0");
    EXPECT_EQ(done.attempt, 1u);
    EXPECT_EQ(done.outcome, LEAT_SUCCEEDED);
    EXPECT_EQ(done.output_tokens, 9);
    EXPECT_DOUBLE_EQ(done.duration_ms, world.only().timing.item_ms);
    EXPECT_EQ(watcher.first(LEAT_OBSERVED_LLM_CALL_ENDED).output_tokens, 9);
    EXPECT_EQ(watcher.first(LEAT_OBSERVED_ITEM_STARTED).model, "m");
    EXPECT_EQ(watcher.first(LEAT_OBSERVED_BATCH_COMPLETED).succeeded, 1u);
    EXPECT_EQ(watcher.first(LEAT_OBSERVED_BATCH_COMPLETED).total, 1u);
}

TEST(Observers, B50_item_failed_is_told_when_all_attempts_are_used_up) {
    World world;
    world.respond = failing(&world, 99, 500);
    Watcher watcher(&world);
    world.exchange(1);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_ITEM_STARTED), 3u);  // once per attempt
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_RETRY_SCHEDULED), 2u);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_LLM_CALL_FAILED), 3u);
    ASSERT_EQ(watcher.count(LEAT_OBSERVED_ITEM_FAILED), 1u);
    const Observed& failed = watcher.first(LEAT_OBSERVED_ITEM_FAILED);
    EXPECT_EQ(failed.status, LEAT_E_SERVER);
    EXPECT_EQ(failed.attempt, 3u);
    const Observed& retry = watcher.first(LEAT_OBSERVED_RETRY_SCHEDULED);
    EXPECT_EQ(retry.status, LEAT_E_SERVER);
    EXPECT_EQ(retry.attempt, 1u);
    EXPECT_GE(retry.wait_ms, 500.0);
    EXPECT_LE(retry.wait_ms, 1000.0);
}

TEST(Observers, B50_item_failed_is_told_of_an_error_that_is_not_tried_again) {
    World world;
    world.respond = failing(&world, 99, 400);
    Watcher watcher(&world);
    world.exchange(1);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_RETRY_SCHEDULED), 0u);
    EXPECT_EQ(watcher.first(LEAT_OBSERVED_ITEM_FAILED).status, LEAT_E_INVALID_REQUEST);
}

TEST(Observers, B49_a_rate_limit_pauses_and_the_pause_ends) {
    World world;
    world.setup.endpoint.cooldown.initial_ms = 4000;
    world.setup.endpoint.adaptive.enabled = 0;
    world.setup.endpoint.ignore_learned = 1;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        if (world.requests.size() <= 1) {
            response.status = 429;
            response.headers[0] = {LEAT_STR("retry-after"), LEAT_STR("7")};
            response.headers_count = 1;
            response.body = LEAT_STR("{}");
            return;
        }
        response.body = world.keep(completion("ok"));
    };
    Watcher watcher(&world,
                    bit(LEAT_OBSERVED_RATE_LIMIT_HIT) | bit(LEAT_OBSERVED_COOLDOWN_STARTED) |
                        bit(LEAT_OBSERVED_COOLDOWN_ENDED) | bit(LEAT_OBSERVED_ITEM_COMPLETED) |
                        bit(LEAT_OBSERVED_RETRY_SCHEDULED));
    world.exchange(1);
    EXPECT_EQ(watcher.words(),
              "RATE_LIMIT_HIT:0 COOLDOWN_STARTED RETRY_SCHEDULED:0 COOLDOWN_ENDED "
              "ITEM_COMPLETED:0");
    EXPECT_EQ(watcher.first(LEAT_OBSERVED_RATE_LIMIT_HIT).wait_ms, 7000.0);
    const Observed& began = watcher.first(LEAT_OBSERVED_COOLDOWN_STARTED);
    EXPECT_GE(began.duration_ms, 7000.0);
    EXPECT_LE(began.duration_ms, 7700.0);
    EXPECT_EQ(began.consecutive, 1u);
    EXPECT_EQ(began.status, LEAT_E_RATE_LIMIT);
    EXPECT_EQ(began.index, LEAT_NO_INDEX);
    const Observed& ended = watcher.first(LEAT_OBSERVED_COOLDOWN_ENDED);
    EXPECT_DOUBLE_EQ(ended.duration_ms, began.duration_ms);
    EXPECT_GE(static_cast<double>(ended.at_ns - began.at_ns) / 1e6, began.duration_ms);
}

TEST(Observers, B49_a_fail_fast_batch_is_aborted_by_its_item_and_still_completes) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    world.respond = failing(&world, 99, 400);
    Watcher watcher(&world);
    leat_batch_config config = world.batch_config();
    config.on_failure = LEAT_ON_FAILURE_FAIL_FAST;
    world.open_batch(config);
    world.submit_all(3);
    world.run();
    const Observed& aborted = watcher.first(LEAT_OBSERVED_BATCH_ABORTED);
    EXPECT_EQ(aborted.index, 0u);
    EXPECT_EQ(aborted.status, LEAT_E_ABORTED);
    EXPECT_TRUE(aborted.hard);
    EXPECT_EQ(watcher.words(bit(LEAT_OBSERVED_ITEM_FAILED) | bit(LEAT_OBSERVED_BATCH_ABORTED) |
                            bit(LEAT_OBSERVED_ITEM_CANCELLED) | bit(LEAT_OBSERVED_BATCH_COMPLETED)),
              "ITEM_FAILED:0 BATCH_ABORTED:0 ITEM_CANCELLED:1 ITEM_CANCELLED:2 BATCH_COMPLETED");
}

TEST(Observers, B49_a_cancelled_batch_is_aborted_by_no_item_and_each_call_has_an_end) {
    World world;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.body = world.keep(completion("ok"));
        response.delay_ns = 10 * second;
    };
    Watcher watcher(&world);
    world.open_batch();
    world.submit_all(8);
    world.run_until(world.now() + second);
    EXPECT_EQ(leat_batch_cancel(world.batch, LEAT_CANCEL_HARD), LEAT_OK);
    EXPECT_EQ(leat_batch_cancel(world.batch, LEAT_CANCEL_HARD), LEAT_OK);  // told of once
    world.run();
    ASSERT_EQ(watcher.count(LEAT_OBSERVED_BATCH_ABORTED), 1u);
    EXPECT_EQ(watcher.first(LEAT_OBSERVED_BATCH_ABORTED).index, LEAT_NO_INDEX);
    EXPECT_EQ(watcher.first(LEAT_OBSERVED_BATCH_ABORTED).status, LEAT_E_CANCELLED);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_LLM_CALL_STARTED), 5u);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_LLM_CALL_FAILED), 5u);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_ITEM_CANCELLED), 8u);
}

TEST(Observers, B49_a_batch_that_is_closed_early_tells_of_all_its_items) {
    World world;
    world.setup.config.items_max = 2;
    Watcher watcher(&world);
    leat_batch* const batch = world.open_batch();
    for (int i = 0; i < 6; ++i) ASSERT_EQ(world.submit("x" + std::to_string(i)), LEAT_OK);
    world.forget(batch);
    leat_batch_close(batch);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_ITEM_CANCELLED), 6u);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_BATCH_COMPLETED), 1u);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_PROCESSING_COMPLETED), 1u);
}

TEST(Observers, B49_a_deadline_is_told_before_the_failure) {
    World world;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.body = world.keep(completion("ok"));
        response.delay_ns = 10 * second;
    };
    Watcher watcher(&world,
                    bit(LEAT_OBSERVED_ITEM_DEADLINE_EXCEEDED) | bit(LEAT_OBSERVED_ITEM_FAILED));
    ASSERT_EQ(world.submit("x", [](leat_request* r) { r->deadline_ms = 50; }), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(watcher.words(), "ITEM_DEADLINE_EXCEEDED:0 ITEM_FAILED:0");
    EXPECT_EQ(watcher.first(LEAT_OBSERVED_ITEM_FAILED).status, LEAT_E_DEADLINE_ITEM);
}

TEST(Observers, G36_a_fallback_tells_the_new_endpoint_and_why) {
    Services services(2);
    services.world.setup.endpoint.retry.attempts_max = 1;
    services.answer = [](const std::string& host, const leat_sim_request&,
                         leat_sim_response& response) {
        if (host == "a") refuse(response, 500);
    };
    services.open();
    Watcher watcher(&services.world);
    services.open_batch({services.target(0, 0), services.target(1, 1)});
    services.world.submit_all(1);
    services.world.run();
    const Observed& moved = watcher.first(LEAT_OBSERVED_MODEL_FALLBACK);
    EXPECT_EQ(moved.status, LEAT_E_SERVER);
    EXPECT_EQ(moved.endpoint, services.endpoints[1]);
    EXPECT_EQ(moved.model, "model-b");
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_WORKER_STARTED), 2u);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_WORKER_STOPPED), 2u);
}

TEST(Observers, B48_they_are_told_in_their_order_each_what_it_asked_for_and_a_copy_of_its_own) {
    World world;
    world.open();
    std::vector<std::string> told;
    struct Note {
        std::vector<std::string>* told;
        const char* name;
    };
    Note notes[] = {{&told, "first"}, {&told, "second"}, {&told, "third"}};
    for (Note& note : notes) {
        leat_observer observer;
        leat_observer_init(&observer);
        observer.events =
            &note == &notes[1] ? bit(LEAT_OBSERVED_ITEM_FAILED) : bit(LEAT_OBSERVED_ITEM_COMPLETED);
        observer.user = &note;
        observer.on_event = [](void* user, const leat_observation* o) {
            Note* const self = static_cast<Note*>(user);
            self->told->push_back(std::string(self->name) + " " + std::to_string(o->index));
            const_cast<leat_observation*>(o)->index = 77;
        };
        ASSERT_EQ(leat_observer_add(world.client, &observer), LEAT_OK);
    }
    world.exchange(1);
    EXPECT_EQ(told, (std::vector<std::string>{"first 0", "third 0"}));
}

TEST(Observers, there_are_as_many_as_stated_and_wrong_ones_are_refused) {
    World world;
    world.open();
    leat_observer observer;
    leat_observer_init(&observer);
    EXPECT_EQ(leat_observer_add(world.client, &observer), LEAT_E_ARGUMENT);
    observer.on_event = [](void*, const leat_observation*) {};
    EXPECT_EQ(leat_observer_add(nullptr, &observer), LEAT_E_ARGUMENT);
    observer.events = LEAT_OBSERVED_BIT(LEAT_OBSERVED_END_);
    EXPECT_EQ(leat_observer_add(world.client, &observer), LEAT_E_RESERVED);
    observer.events = LEAT_OBSERVED_ALL;
    observer.struct_size = 1;
    EXPECT_EQ(leat_observer_add(world.client, &observer), LEAT_E_STRUCT_SIZE);
    observer.struct_size = sizeof observer;
    for (int i = 0; i < LEAT_OBSERVERS_MAX; ++i) {
        EXPECT_EQ(leat_observer_add(world.client, &observer), LEAT_OK);
    }
    EXPECT_EQ(leat_observer_add(world.client, &observer), LEAT_E_TOO_MANY);
    EXPECT_EQ(leat_observed_name(static_cast<leat_observed>(LEAT_OBSERVED_END_)), nullptr);
}

TEST(Observers, may_cancel_and_submit_and_may_not_step) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    Watcher watcher(&world);
    world.open_batch();
    leat_status stepped = LEAT_OK;
    bool submitted = false;
    watcher.react = [&](const leat_observation* o) {
        stepped = leat_step(world.client, 0);
        leat_close(world.client);  // does nothing
        if (o->what == LEAT_OBSERVED_ITEM_COMPLETED && !submitted) {
            submitted = true;
            EXPECT_EQ(world.submit("late"), LEAT_OK);
            leat_batch_finish(world.batch);
        }
        if (o->what == LEAT_OBSERVED_ITEM_STARTED && o->index == 1) {
            EXPECT_EQ(leat_item_cancel(world.batch, 1), LEAT_OK);
        }
    };
    ASSERT_EQ(world.submit("a"), LEAT_OK);
    ASSERT_EQ(world.submit("b"), LEAT_OK);
    world.run();
    EXPECT_EQ(stepped, LEAT_E_REENTRANT);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 2u);
    EXPECT_EQ(world.count(LEAT_CANCELLED), 1u);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_BATCH_COMPLETED), 1u);
}

TEST(Observers, B48_a_slow_observer_is_told_of_counted_and_changes_nothing) {
    World world;
    Watcher watcher(&world);
    watcher.react = [&](const leat_observation* o) {
        if (o->what == LEAT_OBSERVED_ITEM_STARTED) leat_sim_advance(world.sim, 5001 * ms);
        if (o->what == LEAT_OBSERVED_LLM_CALL_STARTED)
            leat_sim_advance(world.sim, 5000 * ms);  // just may
        if (o->what == LEAT_OBSERVED_CALLBACK_SLOW) leat_sim_advance(world.sim, 6000 * ms);
    };
    world.exchange(1);
    ASSERT_EQ(watcher.count(LEAT_OBSERVED_CALLBACK_SLOW), 1u);
    EXPECT_EQ(watcher.first(LEAT_OBSERVED_CALLBACK_SLOW).name, "observer");
    EXPECT_EQ(watcher.first(LEAT_OBSERVED_CALLBACK_SLOW).duration_ms, 5001.0);
    EXPECT_EQ(world.only().outcome, LEAT_SUCCEEDED);
}

TEST(Observers, callback_slow_ms_0_times_nothing) {
    World world;
    world.setup.config.callback_slow_ms = 0;
    Watcher watcher(&world);
    watcher.react = [&](const leat_observation* o) {
        if (o->what == LEAT_OBSERVED_ITEM_STARTED) leat_sim_advance(world.sim, 60 * second);
    };
    world.exchange(1);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_CALLBACK_SLOW), 0u);
}

}  // namespace
}  // namespace sim_test
