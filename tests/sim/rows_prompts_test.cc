// tests/sim/rows_prompts_test.cc: what pyhub-llm and GlueLLM promise of a list of requests, where no other
// test says so already. Each test bears the ids of its rows in tests/vectors/capabilities.tsv. Depends on
// rows.h.
#include "sim/rows.h"

namespace sim_test {
namespace {

TEST(RowsOfPyhub, P4_no_requests_at_once_are_refused_instead_of_hanging) {
    World world;
    world.setup.endpoint.max_in_flight = 0;
    EXPECT_EQ(world.open_client(), LEAT_E_CONFIG);
    EXPECT_NE(std::string(leat_endpoint_config_error(&world.setup.endpoint)).find("max_in_flight"),
              std::string::npos);
}

TEST(RowsOfPyhub, P14_an_error_of_the_provider_is_an_error_and_no_text) {
    World world;
    world.setup.endpoint.retry.attempts_max = 1;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        // One by its status, one inside a success.
        if (request.number == 0) response.status = 500;
        response.body = LEAT_STR("{\"error\":{\"message\":\"something went wrong\",\"code\":500}}");
    };
    world.exchange(2);
    ASSERT_EQ(world.results.size(), 2u);
    for (const Result& result : world.results) {
        EXPECT_EQ(result.outcome, LEAT_FAILED);
        EXPECT_NE(result.status, LEAT_OK);
        EXPECT_EQ(result.text, "");
    }
}

TEST(RowsOfPyhub, P16_batches_side_by_side_share_no_state) {
    World world;
    world.setup.endpoint.max_in_flight = 8;
    obey(&world);
    world.open();
    leat_request one;
    leat_request other;
    leat_request_init(&one);
    leat_request_init(&other);
    one.system = LEAT_STR("system of one");
    other.system = LEAT_STR("system of the other");
    leat_batch_config config = world.batch_config();
    config.defaults = &one;
    leat_batch* const first = world.open_batch(config);
    config.defaults = &other;
    leat_batch* const second_batch = world.open_batch(config);
    for (int i = 0; i < 20; ++i) {
        world.batch = i % 2 == 0 ? first : second_batch;
        ASSERT_EQ(world.submit(i % 2 == 0 ? "from one" : "from the other"), LEAT_OK);
    }
    leat_batch_finish(first);
    leat_batch_finish(second_batch);
    world.batch = first;
    world.run();
    world.batch = second_batch;
    world.run();
    ASSERT_EQ(world.requests.size(), 20u);
    for (const Request& request : world.requests) {
        const bool is_ones = request.body.find("from one") != std::string::npos;
        EXPECT_EQ(request.body.find("system of one") != std::string::npos, is_ones);
        EXPECT_EQ(request.body.find("system of the other") != std::string::npos, !is_ones);
    }
}

TEST(RowsOfPyhub, P28_a_large_batch_takes_no_more_memory_than_a_small_one) {
    World world;
    world.setup.config.items_max = 4;
    world.setup.config.ring_entries = 8;
    world.open();
    size_t before = 0;
    (void)leat_memory_block(world.client, &before);
    Source source = {&world, LEAT_STR("one of many"), 5000};
    source.open_batch();
    world.after_step = [&] { ASSERT_LE(world.stats().items_alive, 4u); };
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 5000u);
    size_t after = 0;
    (void)leat_memory_block(world.client, &after);
    EXPECT_EQ(before, after);
    EXPECT_LE(world.stats().item_bytes_peak, world.setup.config.item_bytes);
}

TEST(RowsOfGlueLLM, G2_G4_requests_have_fields_of_their_own_beside_those_of_the_batch) {
    World world;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = copy(request.body).find("in a hurry") != std::string::npos ? second : 0;
    };
    world.setup.endpoint.retry.attempts_max = 1;
    world.open();
    leat_request usual;
    leat_request_init(&usual);
    usual.model = LEAT_STR("usual-model");
    usual.system = LEAT_STR("usual system");
    leat_batch_config config = world.batch_config();
    config.defaults = &usual;
    std::map<std::string, std::string> metadata;
    world.on_each_result = [&](const leat_result* result) {
        metadata[copy(result->id)] = copy(result->metadata);
        return LEAT_RELEASE;
    };
    world.open_batch(config);
    ASSERT_EQ(world.submit("plain", [](leat_request* r) { r->metadata = LEAT_STR("{\"n\":1}"); }),
              LEAT_OK);
    ASSERT_EQ(world.submit("special", [](leat_request* r) { r->system = LEAT_STR("own system"); }),
              LEAT_OK);
    ASSERT_EQ(world.submit("in a hurry", [](leat_request* r) { r->timeout_ms = 100; }), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    ASSERT_EQ(world.requests.size(), 3u);
    for (const Request& request : world.requests) {
        const bool is_special = request.body.find("special") != std::string::npos;
        EXPECT_NE(request.body.find("usual-model"), std::string::npos);
        EXPECT_EQ(request.body.find("own system") != std::string::npos, is_special);
        EXPECT_EQ(request.body.find("usual system") != std::string::npos, !is_special);
    }
    for (const Result& result : world.results) {
        EXPECT_EQ(result.status, result.id == "in a hurry" ? LEAT_E_TIMEOUT_ATTEMPT : LEAT_OK);
    }
    EXPECT_EQ(metadata["plain"], "{\"n\":1}");
}

TEST(RowsOfGlueLLM, G3_one_set_of_defaults_serves_batch_after_batch) {
    World world;
    obey(&world);
    world.open();
    leat_request usual;
    leat_request_init(&usual);
    usual.system = LEAT_STR("always this");
    leat_batch_config config = world.batch_config();
    config.defaults = &usual;
    for (int round = 0; round < 3; ++round) {
        leat_batch* const batch = world.open_batch(config);
        ASSERT_EQ(world.submit("a prompt"), LEAT_OK);
        leat_batch_finish(batch);
        world.run();
        EXPECT_EQ(world.summary().total, 1u);
        leat_batch_close(batch);
        world.forget(batch);
    }
    ASSERT_EQ(world.requests.size(), 3u);
    for (const Request& request : world.requests) {
        EXPECT_NE(request.body.find("always this"), std::string::npos);
    }
}

TEST(RowsOfGlueLLM, G7_defaults_are_five_at_once_continue_and_no_extra_try) {
    leat_batch_config config;
    leat_batch_config_init(&config);
    EXPECT_EQ(config.on_failure, LEAT_ON_FAILURE_CONTINUE);
    EXPECT_EQ(config.retry_failed, LEAT_RETRY_FAILED_OFF);
    EXPECT_EQ(config.on_progress, nullptr);
    World world;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = second;
    };
    world.open_batch();
    world.submit_all(12);
    world.run_until(world.now() + second / 2);
    EXPECT_EQ(world.requests.size(), 5u);
    world.run();
}

TEST(RowsOfGlueLLM, G8_progress_is_told_and_not_only_accepted) {
    World world;
    obey(&world);
    world.open();
    static std::vector<std::string> told;
    told.clear();
    leat_batch_config config = world.batch_config();
    config.on_progress = [](void*, const leat_progress* progress) {
        told.push_back(std::to_string(progress->completed) + "/" + std::to_string(progress->total) +
                       " " + leat_outcome_name(progress->result->outcome));
    };
    config.max_in_flight = 1;
    world.open_batch(config);
    for (const char* prompt : {"a", "refuse", "b"}) ASSERT_EQ(world.submit(prompt), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(told, (std::vector<std::string>{"1/3 succeeded", "2/3 failed", "3/3 succeeded"}));
}

TEST(RowsOfGlueLLM, G10_a_failed_request_has_its_text_and_kind_of_error_and_the_others_run) {
    World world;
    obey(&world);
    std::string message;
    world.on_each_result = [&](const leat_result* result) {
        if (result->outcome == LEAT_FAILED) message = copy(result->error_message);
        return LEAT_RELEASE;
    };
    world.open_batch();
    for (const char* prompt : {"refuse", "a", "b"}) ASSERT_EQ(world.submit(prompt), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 2u);
    EXPECT_EQ(message, "refused");
    for (const Result& result : world.results) {
        EXPECT_EQ(result.status, result.id == "refuse" ? LEAT_E_INVALID_REQUEST : LEAT_OK);
        EXPECT_EQ(result.error_code, result.id == "refuse" ? "bad" : "");
    }
}

TEST(RowsOfGlueLLM, G15_the_mark_of_the_extra_try_leaves_metadata_alone) {
    for (const char* prompt : {"fall", "refuse"}) {
        World world;
        world.setup.endpoint.retry.attempts_max = 1;
        obey(&world);
        world.open();
        std::string metadata;
        world.on_each_result = [&](const leat_result* result) {
            metadata = copy(result->metadata);
            return LEAT_RELEASE;
        };
        leat_batch_config config = world.batch_config();
        config.retry_failed = LEAT_RETRY_FAILED_ANY;
        config.max_in_flight = 1;  // the extra try needs no second place
        world.open_batch(config);
        ASSERT_EQ(world.submit(prompt, [](leat_request* r) { r->metadata = LEAT_STR("mine"); }),
                  LEAT_OK);
        leat_batch_finish(world.batch);
        world.run();
        EXPECT_EQ(world.only().outcome == LEAT_SUCCEEDED, std::string(prompt) == "fall");
        EXPECT_TRUE(world.only().retried);
        EXPECT_EQ(metadata, "mine");
    }
}

TEST(RowsOfGlueLLM, G16_S5_B21_tokens_of_attempts_that_failed_are_counted_apart) {
    World world;
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        response.body = world.keep(completion(request.number == 0 ? "no json" : "{}", 10));
    };
    leat_usage good = {};
    leat_usage failed = {};
    world.on_each_result = [&](const leat_result* result) {
        good = result->usage;
        failed = result->usage_failed;
        return LEAT_RELEASE;
    };
    leat_format format = {};
    format.kind = LEAT_FORMAT_JSON;
    world.open_batch();
    ASSERT_EQ(world.submit("json please", [&](leat_request* r) { r->format = &format; }), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.only().outcome, LEAT_SUCCEEDED);
    EXPECT_EQ(world.only().attempts, 2u);
    EXPECT_EQ(good.total_tokens, 10);
    EXPECT_EQ(failed.total_tokens, 10);
    EXPECT_EQ(world.summary().usage.total_tokens, 10);
    EXPECT_EQ(world.summary().usage_failed.total_tokens, 10);
}

TEST(RowsOfGlueLLM, G17_S5_the_sums_are_those_of_the_results) {
    World world;
    obey(&world);
    world.open_batch();
    for (const char* prompt : {"a", "refuse", "b", "c"}) ASSERT_EQ(world.submit(prompt), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    const leat_summary sum = world.summary();
    EXPECT_EQ(sum.total, 4u);
    EXPECT_EQ(sum.succeeded, 3u);
    EXPECT_EQ(sum.failed, 1u);
    EXPECT_EQ(sum.usage.input_tokens, 3);
    EXPECT_EQ(sum.usage.output_tokens, 27);
    EXPECT_EQ(sum.usage.total_tokens, 30);
    World silent;
    silent.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.body = silent.keep(completion("ok", -1));
    };
    silent.exchange(2);
    EXPECT_EQ(silent.summary().succeeded, 2u);
    EXPECT_EQ(silent.summary().usage.total_tokens, 0) << "nobody told any";
}

TEST(RowsOfGlueLLM, G18_item_times_over_wall_time_is_what_doing_it_at_once_gains) {
    World world;
    world.setup.endpoint.max_in_flight = 4;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = 100 * ms;
    };
    world.exchange(40);
    const leat_summary sum = world.summary();
    EXPECT_NEAR(sum.wall_ms, 1000, 100);
    // What an item waited for its turn is no time of its own.
    EXPECT_NEAR(sum.sum_item_ms / sum.wall_ms, 4.0, 0.2);
    EXPECT_NEAR(sum.mean_item_ms, 100, 10);
}

}  // namespace
}  // namespace sim_test
