// tests/sim/outcome_test.cc: every way an item can end, that it ends once, and what its result and
// the summary say. Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

// Answers by what the prompt asks for: "status 500" and the like, else a completion.
void obey(World* world) {
    world->respond = [world](const leat_sim_request& request, leat_sim_response& response) {
        const std::string body = copy(request.body);
        const size_t at = body.find("status ");
        response.delay_ns = 5 * ms;
        if (at == std::string::npos) return;
        response.status = std::stoi(body.substr(at + 7, 3));
        response.body = world->keep("{\"error\":{\"message\":\"no\",\"code\":\"c\"}}");
    };
}

TEST(Outcome, succeeded_carries_the_answer_and_the_request_back) {
    World world;
    EXPECT_EQ(world.submit("hello"), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    const Result& result = world.only();
    EXPECT_EQ(result.outcome, LEAT_SUCCEEDED);
    EXPECT_EQ(result.status, LEAT_OK);
    EXPECT_EQ(result.stage, LEAT_STAGE_DONE);
    EXPECT_EQ(result.text, "ok");
    EXPECT_EQ(result.id, "hello");
    EXPECT_EQ(result.http_status, 200);
    EXPECT_EQ(result.attempts, 1u);
    EXPECT_EQ(world.summary().usage.total_tokens, 10);
    ASSERT_EQ(world.requests.size(), 1u);
    EXPECT_NE(world.requests[0].head.find("POST /v1/chat/completions HTTP/1.1\r\n"),
              std::string::npos);
    EXPECT_NE(world.requests[0].head.find(std::string("Bearer ") + canary), std::string::npos);
}

TEST(Outcome, failed_when_the_provider_refuses) {
    const struct {
        int http;
        leat_status status;
    } cases[] = {{400, LEAT_E_INVALID_REQUEST}, {401, LEAT_E_AUTHENTICATION},
                 {403, LEAT_E_PERMISSION},      {404, LEAT_E_MODEL},
                 {302, LEAT_E_REDIRECT},        {418, LEAT_E_HTTP}};
    for (const auto& one : cases) {
        World world;
        obey(&world);
        EXPECT_EQ(world.submit("status " + std::to_string(one.http)), LEAT_OK);
        leat_batch_finish(world.batch);
        world.run();
        EXPECT_EQ(world.only().outcome, LEAT_FAILED) << one.http;
        EXPECT_EQ(world.only().status, one.status) << one.http;
        EXPECT_EQ(world.only().http_status, one.http);
        EXPECT_EQ(world.only().attempts, 1u) << one.http;
        EXPECT_EQ(world.requests.size(), 1u) << one.http;
    }
}

TEST(Outcome, G10_S3_every_item_has_one_result_and_the_summary_adds_up) {
    World world;
    world.setup.endpoint.max_in_flight = 5;
    obey(&world);
    world.open_batch();
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(world.submit(i % 3 == 0 ? "status 400" : "fine"), LEAT_OK);
    }
    leat_batch_finish(world.batch);
    world.run();
    const leat_summary sum = world.summary();
    EXPECT_EQ(sum.total, 100u);
    EXPECT_EQ(sum.failed, 34u);
    EXPECT_EQ(sum.succeeded, 66u);
    EXPECT_EQ(sum.attempts, 100u);
    EXPECT_DOUBLE_EQ(sum.success_share, 0.66);
    EXPECT_DOUBLE_EQ(sum.mean_item_ms, sum.sum_item_ms / 100);
    EXPECT_EQ(sum.first_error, LEAT_E_INVALID_REQUEST);
    EXPECT_EQ(sum.first_error_index, 0u);
    EXPECT_EQ(world.results.size(), 100u);
    EXPECT_LE(world.http.in_flight_peak, 5u);
    EXPECT_EQ(world.http.in_flight_peak, 5u);
}

TEST(Outcome, G11_skip_counts_failures_and_does_not_deliver_them) {
    World world;
    obey(&world);
    world.open();
    leat_batch_config config = world.batch_config();
    config.on_failure = LEAT_ON_FAILURE_SKIP;
    world.open_batch(config);
    for (const char* prompt : {"a", "status 400", "b", "status 401"}) {
        EXPECT_EQ(world.submit(prompt), LEAT_OK);
    }
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.results.size(), 2u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 2u);
    const leat_summary sum = world.summary();
    EXPECT_EQ(sum.failed + sum.skipped, 2u);
    EXPECT_EQ(sum.total, 4u);
}

TEST(Outcome, G12_P12_M2_fail_fast_keeps_what_is_finished_and_cancels_the_rest) {
    World world;
    world.setup.endpoint.max_in_flight = 2;
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = 100 * ms;
        if (request.number == 3) {
            response.delay_ns = 50 * ms;
            response.status = 400;
        }
    };
    world.open();
    leat_batch_config config = world.batch_config();
    config.on_failure = LEAT_ON_FAILURE_FAIL_FAST;
    world.open_batch(config);
    world.submit_all(10);
    world.run();
    EXPECT_EQ(world.results.size(), 10u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 2u);
    EXPECT_EQ(world.count(LEAT_FAILED), 1u);
    EXPECT_EQ(world.count(LEAT_CANCELLED), 7u);
    for (const Result& result : world.results) {
        if (result.outcome == LEAT_CANCELLED) {
            EXPECT_EQ(result.status, LEAT_E_ABORTED);
        }
    }
    EXPECT_EQ(world.requests.size(), 4u);
    EXPECT_EQ(leat_submit(world.batch, nullptr, nullptr), LEAT_E_ARGUMENT);
    EXPECT_EQ(world.submit("late"), LEAT_E_STATE);
}

TEST(Outcome, P5_M1_input_order_holds_back_what_is_early) {
    World world;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = (request.number % 7) * 30 * ms;
    };
    world.open();
    leat_batch_config config = world.batch_config();
    config.order = LEAT_ORDER_INPUT;
    world.open_batch(config);
    world.submit_all(50);
    world.run();
    ASSERT_EQ(world.results.size(), 50u);
    for (size_t i = 0; i < 50; ++i) EXPECT_EQ(world.results[i].index, i);
}

TEST(Outcome, completion_order_hands_out_what_is_ready) {
    World world;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = request.number == 0 ? 1000 * ms : 10 * ms;
    };
    world.exchange(5);
    ASSERT_EQ(world.results.size(), 5u);
    EXPECT_EQ(world.results[4].index, 0u);
}

TEST(Outcome, B13_S7_progress_counts_up_and_comes_after_each_result) {
    World world;
    static std::vector<uint64_t> seen;
    seen.clear();
    world.open();
    leat_batch_config config = world.batch_config();
    config.on_progress = [](void* user, const leat_progress* progress) {
        seen.push_back(progress->completed);
        EXPECT_EQ(static_cast<World*>(user)->results.size(), progress->completed);
    };
    world.open_batch(config);
    world.submit_all(20);
    world.run();
    ASSERT_EQ(seen.size(), 20u);
    for (uint64_t i = 0; i < 20; ++i) EXPECT_EQ(seen[i], i + 1);
}

TEST(Outcome, S8_results_wait_for_next_when_there_is_no_callback) {
    World world;
    world.setup.config.items_max = 4;
    world.open();
    leat_batch_config config = world.batch_config();
    config.on_result = nullptr;
    world.open_batch(config);
    world.submit_all(10);
    const leat_result* result = nullptr;
    uint64_t taken = 0;
    for (int n = 0; n < 10000 && leat_batch_next(world.batch, &result) != LEAT_E_DONE; ++n) {
        if (result != nullptr) {
            ++taken;
            EXPECT_EQ(copy(result->text), "ok");
            leat_result_release(world.batch, result);
            result = nullptr;
        } else {
            world.step(world.now() + second);
        }
    }
    EXPECT_EQ(taken, 10u);
}

TEST(Outcome, kept_results_occupy_items_until_released) {
    World world;
    world.setup.config.items_max = 4;
    std::vector<const leat_result*> kept;
    world.on_each_result = [&](const leat_result* result) {
        kept.push_back(result);
        return LEAT_KEEP;
    };
    world.open_batch();
    world.submit_all(10);
    world.run_until(world.now() + 2 * second);
    EXPECT_EQ(kept.size(), 4u);
    EXPECT_EQ(leat_endpoint_limiter(world.client, world.endpoint), LEAT_LIMITER_ITEMS);
    for (int round = 0; round < 3; ++round) {
        std::vector<const leat_result*> old;
        old.swap(kept);
        for (const leat_result* result : old) {
            EXPECT_EQ(copy(result->text), "ok");
            leat_result_release(world.batch, result);
        }
        world.run_until(world.now() + second);
    }
    EXPECT_EQ(world.results.size(), 10u);
}

TEST(Outcome, no_answer_reaches_another_item) {
    World world;
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        const std::string body = copy(request.body);
        const size_t at = body.find("item ");
        const std::string number = body.substr(at + 5, body.find('"', at) - at - 5);
        response.body = world.keep(completion("answer " + number));
        response.delay_ns = (request.number * 37 % 11) * ms;
    };
    world.exchange(200);
    ASSERT_EQ(world.results.size(), 200u);
    for (const Result& result : world.results) {
        EXPECT_EQ(result.text, "answer " + std::to_string(result.index));
        EXPECT_EQ(result.id, "item " + std::to_string(result.index));
    }
}

// What an answer's headers say about limits stays with its endpoint until a later one says more.
TEST(Outcome, limits_that_answers_tell_can_be_asked_for) {
    World world;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number == 1) return;  // this one says nothing
        response.headers[0] = {LEAT_STR("x-ratelimit-remaining-requests"), LEAT_STR("59")};
        response.headers[1] = {LEAT_STR("x-ratelimit-reset-tokens"), LEAT_STR("6m0s")};
        response.headers_count = 2;
    };
    world.open();
    leat_rate_limits limits;
    int64_t age_ms = 0;
    EXPECT_EQ(leat_endpoint_limits(world.client, 0, &limits, &age_ms), LEAT_OK);
    EXPECT_EQ(age_ms, -1);
    EXPECT_EQ(limits.requests.remaining, LEAT_LIMIT_UNKNOWN);
    world.exchange(2);
    EXPECT_EQ(leat_endpoint_limits(world.client, 0, &limits, &age_ms), LEAT_OK);
    EXPECT_GE(age_ms, 0);
    EXPECT_EQ(limits.requests.remaining, 59);
    EXPECT_EQ(limits.tokens.reset_ms, 360000);
    EXPECT_EQ(limits.tokens.limit, LEAT_LIMIT_UNKNOWN);
    EXPECT_EQ(leat_endpoint_limits(world.client, 0, &limits, nullptr), LEAT_OK);
    EXPECT_EQ(leat_endpoint_limits(world.client, 1, &limits, &age_ms), LEAT_E_NOT_FOUND);
    EXPECT_EQ(leat_endpoint_limits(world.client, 0, nullptr, &age_ms), LEAT_E_ARGUMENT);
}

}  // namespace
}  // namespace sim_test
