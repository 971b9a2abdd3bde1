// tests/sim/rows_batch_llm_test.cc: what batch-llm promises, where no other test says so already. Each test
// bears the ids of its rows in tests/vectors/capabilities.tsv. Depends on sim_world.h.
#include "sim/rows.h"

namespace sim_test {
namespace {

TEST(RowsOfBatchLlm, B1_an_id_of_blanks_is_refused_and_none_is_fine) {
    World world;
    const struct {
        const char* id;
        leat_status status;
    } cases[] = {{"", LEAT_OK}, {" ", LEAT_E_ARGUMENT}, {" \t\n ", LEAT_E_ARGUMENT}, {" a ", LEAT_OK}};
    for (const auto& each : cases) {
        EXPECT_EQ(world.submit("hello",
                               [&](leat_request* request) {
                                   request->id = {each.id, strlen(each.id)};
                               }),
                  each.status)
            << "\"" << each.id << "\"";
    }
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 2u);
    EXPECT_EQ(world.results.back().id, " a ") << "as it was given";
}

TEST(RowsOfBatchLlm, B1_id_and_context_come_back_with_the_result) {
    World world;
    world.open_batch();
    int context = 0;
    const void* seen = nullptr;
    uint64_t number = 0;
    world.on_each_result = [&](const leat_result* result) {
        seen = result->user;
        number = result->user_number;
        return LEAT_RELEASE;
    };
    ASSERT_EQ(world.submit("a prompt",
                           [&](leat_request* r) {
                               r->id = LEAT_STR("item 7");
                               r->user = &context;
                               r->user_number = 7;
                           }),
              LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.only().id, "item 7");
    EXPECT_EQ(seen, &context);
    EXPECT_EQ(number, 7u);
}

TEST(RowsOfBatchLlm, B2_B3_usage_tells_the_cached_part_and_the_sums_do_too) {
    World world;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.body = LEAT_STR(
            "{\"choices\":[{\"message\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}],"
            "\"usage\":"
            "{\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120,"
            "\"prompt_tokens_details\":{\"cached_tokens\":60}}}");
    };
    leat_usage usage = {};
    world.on_each_result = [&](const leat_result* result) {
        usage = result->usage;
        return LEAT_RELEASE;
    };
    world.exchange(3);
    EXPECT_EQ(usage.input_tokens, 100);
    EXPECT_EQ(usage.output_tokens, 20);
    EXPECT_EQ(usage.total_tokens, 120);
    EXPECT_EQ(usage.cached_input_tokens, 60);
    const leat_summary sum = world.summary();
    EXPECT_EQ(sum.total, 3u);
    EXPECT_EQ(sum.succeeded, 3u);
    EXPECT_EQ(sum.failed, 0u);
    EXPECT_EQ(sum.usage.input_tokens, 300);
    EXPECT_EQ(sum.usage.output_tokens, 60);
    EXPECT_EQ(sum.usage.cached_input_tokens, 180);
}

TEST(RowsOfBatchLlm, B5_an_errors_text_is_cut_at_500_bytes_between_characters) {
    const struct {
        std::string message;
        size_t told;
    } cases[] = {
        {std::string(499, 'x'), 499},
        {std::string(500, 'x'), 500},
        {std::string(501, 'x'), 500},
        {std::string(499, 'x') + "\xC3\xA9", 499},  // two bytes
        {std::string(498, 'x') + "\xC3\xA9", 500},
    };
    for (const auto& each : cases) {
        World world;
        world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
            response.status = 400;
            response.body = world.keep(R"({"error":{"message":")" + each.message + R"("}})");
        };
        std::string told;
        world.on_each_result = [&](const leat_result* result) {
            told = copy(result->error_message);
            return LEAT_RELEASE;
        };
        world.exchange(1);
        EXPECT_EQ(told, each.message.substr(0, each.told));
    }
}

TEST(RowsOfBatchLlm, B6_work_that_comes_after_the_end_is_refused) {
    World world;
    world.open_batch();
    ASSERT_EQ(world.submit("in time"), LEAT_OK);
    leat_batch_finish(world.batch);
    EXPECT_EQ(world.submit("late"), LEAT_E_STATE);
    world.run();
    EXPECT_EQ(world.results.size(), 1u);
}

TEST(RowsOfBatchLlm, B7_a_second_run_begins_its_counts_anew) {
    World world;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number < 3) response.status = 400;
    };
    world.exchange(3);
    EXPECT_EQ(world.summary().failed, 3u);
    world.open_batch();
    world.submit_all(2);
    world.run();
    const leat_summary sum = world.summary();
    EXPECT_EQ(sum.total, 2u);
    EXPECT_EQ(sum.succeeded, 2u);
    EXPECT_EQ(sum.failed, 0u);
    EXPECT_EQ(sum.first_error, LEAT_OK);
    EXPECT_EQ(world.results[3].index + world.results[4].index, 1u) << "from 0 again";
}

TEST(RowsOfBatchLlm, B8_items_that_were_never_begun_have_a_result_when_all_is_called_off) {
    World world;
    world.setup.endpoint.max_in_flight = 2;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = 100 * second;
    };
    world.open_batch();
    world.submit_all(50);
    world.run_until(world.now() + second);
    EXPECT_EQ(leat_batch_cancel(world.batch, LEAT_CANCEL_HARD), LEAT_OK);
    EXPECT_EQ(leat_batch_cancel(world.batch, LEAT_CANCEL_HARD), LEAT_OK) << "twice is the same";
    world.run();
    EXPECT_EQ(world.requests.size(), 2u);
    EXPECT_EQ(world.count(LEAT_CANCELLED), 50u);
    for (const Result& result : world.results) EXPECT_EQ(result.status, LEAT_E_CANCELLED);
}

TEST(RowsOfBatchLlm, B10_B27_defaults) {
    leat_endpoint_config endpoint;
    leat_endpoint_config_init(&endpoint);
    EXPECT_EQ(endpoint.timeouts.attempt_ms, 120000u);
    EXPECT_EQ(endpoint.requests_per_minute, 0u);
    EXPECT_EQ(endpoint.retry.attempts_max, 3u);
    EXPECT_EQ(endpoint.retry.backoff_initial_ms, 1000u);
    EXPECT_EQ(endpoint.retry.backoff_max_ms, 60000u);
    EXPECT_EQ(endpoint.retry.backoff_base, 2.0);
    EXPECT_LT(endpoint.retry.jitter_min, 1.0) << "jitter is on";
    EXPECT_EQ(endpoint.cooldown.retries_max, 20u);
}

TEST(RowsOfBatchLlm, B14_a_minutes_worth_does_not_go_in_one_burst) {
    World world;
    world.setup.endpoint.requests_per_minute = 600;
    world.setup.endpoint.max_in_flight = 16;
    world.open_batch();
    world.submit_all(100);
    world.run_until(world.now() + 500 * ms);
    EXPECT_GE(world.requests.size(), 13u);
    EXPECT_LE(world.requests.size(), 16u) << "a second's worth, then ten a second";
    world.run();
}

TEST(RowsOfBatchLlm, B30_what_a_failure_is_decides_what_is_done) {
    const struct {
        const char* body;
        size_t requests;
        int32_t http;
        leat_status status;
        uint32_t family;
        uint32_t rate_limited;
    } cases[] = {
        {"{\"error\":{\"message\":\"x\"}}", 2, 429, LEAT_E_RATE_LIMIT, LEAT_ON_RATE_LIMIT, 2},
        {"{\"error\":{\"message\":\"x\",\"code\":\"insufficient_quota\"}}", 1, 429, LEAT_E_QUOTA,
         LEAT_ON_QUOTA, 0},
        {"{\"error\":{\"message\":\"x\"}}", 2, 500, LEAT_E_SERVER, LEAT_ON_SERVER, 0},
        {"{\"error\":{\"message\":\"x\"}}", 1, 400, LEAT_E_INVALID_REQUEST, LEAT_ON_INVALID_REQUEST,
         0},
    };
    for (const auto& one : cases) {
        World world;
        world.setup.endpoint.retry.attempts_max = 2;
        world.setup.endpoint.cooldown.retries_max = 1;
        world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
            response.status = one.http;
            response.body = {one.body, strlen(one.body)};
        };
        world.exchange(1);
        EXPECT_EQ(world.only().status, one.status);
        EXPECT_EQ(leat_status_class(one.status), LEAT_CLASS_PROVIDER);
        EXPECT_EQ(leat_status_family(one.status), one.family);
        EXPECT_EQ(world.requests.size(), one.requests) << one.status;
        EXPECT_EQ(world.only().rate_limited, one.rate_limited) << one.status;
    }
}

TEST(RowsOfBatchLlm, B34_a_rate_limit_uses_up_no_attempt_however_full_the_ring_is) {
    World world;
    world.setup.config.ring_entries = 2;
    world.setup.config.items_max = 2;
    world.setup.endpoint.retry.attempts_max = 1;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number % 3 != 0) return;
        response.status = 429;
        response.headers[0] = {LEAT_STR("Retry-After"), LEAT_STR("1")};
        response.headers_count = 1;
    };
    world.open();
    Source source = {&world, LEAT_STR("x"), 20};
    source.open_batch();
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 20u);
    EXPECT_EQ(world.summary().total, 20u);
    EXPECT_EQ(world.summary().attempts, 20u);
    EXPECT_GE(world.summary().rate_limited, 7u);
}

TEST(RowsOfBatchLlm, B44_a_pause_outlives_the_item_that_caused_it) {
    World world;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number > 0) return;
        response.status = 429;
        response.headers[0] = {LEAT_STR("Retry-After"), LEAT_STR("30")};
        response.headers_count = 1;
    };
    world.open_batch();
    ASSERT_EQ(world.submit("the cause"), LEAT_OK);
    world.run_until(world.now() + second);
    EXPECT_EQ(leat_item_cancel(world.batch, 0), LEAT_OK);
    ASSERT_EQ(world.submit("another"), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    ASSERT_EQ(world.requests.size(), 2u);
    EXPECT_GE(world.requests[1].at_ns - world.requests[0].at_ns, 30 * second);
    EXPECT_EQ(world.count(LEAT_CANCELLED), 1u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 1u);
}

}  // namespace
}  // namespace sim_test
