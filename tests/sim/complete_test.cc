// tests/sim/complete_test.cc: leat_complete of leat/simple.h: its result and its end, where it is refused,
// and that it never waits for what cannot come. Depends on prompts.h.
#include "sim/prompts.h"

namespace sim_test {
namespace {

TEST(Complete, S1_one_request_has_text_usage_model_and_reason_until_it_is_released) {
    World world;
    world.open();
    leat_request request;
    leat_request_init(&request);
    request.prompt = LEAT_STR("hello");
    const leat_result* result = nullptr;
    EXPECT_EQ(leat_complete(world.client, world.endpoint, &request, &result), LEAT_OK);
    ASSERT_NE(result, nullptr);
    EXPECT_EQ(copy(result->text), "ok");
    EXPECT_EQ(copy(result->model), "m");
    EXPECT_EQ(result->finish, LEAT_FINISH_STOP);
    EXPECT_EQ(result->usage.total_tokens, 10);
    EXPECT_EQ(result->cached, 0);
    EXPECT_EQ(world.stats().items_alive, 1u);
    leat_complete_release(world.client, result);
    EXPECT_EQ(world.stats().items_alive, 0u);
    leat_complete_release(world.client, result);  // twice is harmless
    leat_complete_release(world.client, nullptr);
}

TEST(Complete, a_failure_has_a_result_too) {
    World world;
    echo(&world);
    world.open();
    leat_request request;
    leat_request_init(&request);
    request.prompt = LEAT_STR("no");
    const leat_result* result = nullptr;
    EXPECT_EQ(leat_complete(world.client, world.endpoint, &request, &result),
              LEAT_E_INVALID_REQUEST);
    ASSERT_NE(result, nullptr);
    EXPECT_EQ(result->http_status, 400);
    EXPECT_EQ(copy(result->error_message), "not like this");
    leat_complete_release(world.client, result);
    request.prompt = LEAT_STR("");
    EXPECT_EQ(leat_complete(world.client, world.endpoint, &request, &result), LEAT_E_ARGUMENT);
    EXPECT_EQ(result, nullptr);
    EXPECT_EQ(leat_complete(world.client, 9, &request, &result), LEAT_E_NOT_FOUND);
    EXPECT_EQ(world.stats().items_alive, 0u);
}

TEST(Complete, P17_from_a_callback_is_an_error_and_harmless) {
    World world;
    world.open();
    static leat_status complete_said;
    static leat_status prompts_said;
    complete_said = prompts_said = LEAT_OK;
    world.on_each_result = [&](const leat_result*) {
        leat_request request;
        leat_request_init(&request);
        request.prompt = LEAT_STR("inside");
        const leat_result* result = nullptr;
        complete_said = leat_complete(world.client, world.endpoint, &request, &result);
        Prompts prompts({"inside"});
        prompts_said = prompts.run(&world, plain_config(world));
        return LEAT_RELEASE;
    };
    world.exchange(1);
    EXPECT_EQ(complete_said, LEAT_E_REENTRANT);
    EXPECT_EQ(prompts_said, LEAT_E_REENTRANT);
    EXPECT_EQ(world.requests.size(), 1u);
    EXPECT_EQ(world.only().text, "ok");
}

TEST(Complete, P17_blocks_while_other_batches_of_the_client_go_on) {
    World world;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns =
            copy(request.body).find("slow") != std::string::npos ? 500 * ms : 10 * ms;
    };
    world.open_batch();
    world.submit_all(20);
    leat_request request;
    leat_request_init(&request);
    request.prompt = LEAT_STR("slow");
    const leat_result* result = nullptr;
    EXPECT_EQ(leat_complete(world.client, world.endpoint, &request, &result), LEAT_OK);
    EXPECT_EQ(world.results.size(), 20u);
    leat_complete_release(world.client, result);
}

TEST(Complete, releases_only_its_own_results) {
    World world;
    world.open();
    const leat_result* kept = nullptr;
    world.on_each_result = [&](const leat_result* result) {
        kept = result;
        return LEAT_KEEP;
    };
    world.exchange(1);
    leat_complete_release(world.client, kept);
    EXPECT_EQ(copy(kept->text), "ok");
    EXPECT_EQ(world.stats().items_alive, 1u);
    leat_result_release(world.batch, kept);
    EXPECT_EQ(world.stats().items_alive, 0u);
}

TEST(Complete, does_not_wait_for_items_that_are_all_kept) {
    World world;
    world.setup.config.items_max = 2;
    world.open();
    std::vector<const leat_result*> kept;
    world.on_each_result = [&](const leat_result* result) {
        kept.push_back(result);
        return LEAT_KEEP;
    };
    world.exchange(2);
    leat_request request;
    leat_request_init(&request);
    request.prompt = LEAT_STR("one more");
    const leat_result* result = nullptr;
    EXPECT_EQ(leat_complete(world.client, world.endpoint, &request, &result), LEAT_E_STATE);
    EXPECT_EQ(result, nullptr);
    leat_result_release(world.batch, kept[0]);
    EXPECT_EQ(leat_complete(world.client, world.endpoint, &request, &result), LEAT_OK);
    leat_complete_release(world.client, result);
    leat_result_release(world.batch, kept[1]);
}

TEST(Complete, batches_max_bounds_results_that_are_held) {
    World world;
    world.setup.config.batches_max = 2;
    world.open();
    leat_request request;
    leat_request_init(&request);
    request.prompt = LEAT_STR("hello");
    const leat_result* held[3] = {};
    EXPECT_EQ(leat_complete(world.client, world.endpoint, &request, &held[0]), LEAT_OK);
    EXPECT_EQ(leat_complete(world.client, world.endpoint, &request, &held[1]), LEAT_OK);
    EXPECT_EQ(leat_complete(world.client, world.endpoint, &request, &held[2]), LEAT_E_TOO_MANY);
    leat_complete_release(world.client, held[0]);
    EXPECT_EQ(leat_complete(world.client, world.endpoint, &request, &held[2]), LEAT_OK);
    leat_complete_release(world.client, held[1]);
    leat_complete_release(world.client, held[2]);
}

}  // namespace
}  // namespace sim_test
