// tests/sim/context_end_test.cc: context caches and those who name them: what a request may say, how a cache
// and its waiting items end, what a configuration may hold. Depends on context_world.h.
#include "sim/context_world.h"

namespace sim_test {
namespace {

const leat_header tags[] = {{LEAT_STR("doc"), LEAT_STR("a")}, {LEAT_STR("v"), LEAT_STR("1")}};

TEST(ContextEnd, at_another_model_the_shared_part_is_sent_along) {
    ContextWorld world;
    world.open_shared_batch();
    EXPECT_EQ(world.submit("x", [](leat_request* r) { r->model = LEAT_STR("gemini-y"); }), LEAT_OK);
    EXPECT_EQ(world.submit("y", [](leat_request* r) { r->model = LEAT_STR("models/gemini-x"); }), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 2u);
    EXPECT_EQ(world.bodies_with("a long document"), 1u);
    EXPECT_EQ(world.bodies_with("cachedContents/c1"), 1u);
}

TEST(ContextEnd, tools_that_it_holds_are_run_for_every_item) {
    for (const int32_t create_status : {200, 400}) {
        ContextWorld world;
        leat_tool look = {};
        look.name = LEAT_STR("look");
        int runs = 0;
        look.user = &runs;
        look.run = [](void* user, const leat_tool_job* job) {
            ++*static_cast<int*>(user);
            return leat_tool_complete(job->run, LEAT_STR("seen"), 0);
        };
        leat_tools tools = {};
        tools.list = &look;
        tools.count = 1;
        world.content.tools = &tools;
        world.calls_tool = true;
        world.create_status = create_status;
        world.open_shared_batch();
        world.submit_all(5);
        world.run();
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 5u);
        EXPECT_EQ(runs, 5);
        EXPECT_EQ(world.chats(), 10u);
        EXPECT_EQ(world.bodies_with("functionDeclarations"), create_status == 200 ? 0u : 10u);
        EXPECT_EQ(world.bodies_with("cachedContents/c1"), create_status == 200 ? 10u : 0u);
    }
}

TEST(ContextEnd, B19_another_model_of_a_later_attempt_gets_the_shared_part) {
    ContextWorld world;
    world.open_context();
    leat_request_init(&world.defaults);
    world.defaults.context = world.context;
    leat_batch_config config = world.batch_config();
    config.defaults = &world.defaults;
    config.on_attempt = [](void*, leat_attempt* attempt) {
        attempt->request->model = LEAT_STR("gemini-y");
    };
    world.open_batch(config);
    world.submit_all(3);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 3u);
    EXPECT_EQ(world.bodies_with("a long document"), 3u);
    EXPECT_EQ(world.bodies_with("cachedContent"), 0u);
}

TEST(ContextEnd, B15_a_dry_run_makes_none) {
    ContextWorld world;
    world.open_context();
    leat_request_init(&world.defaults);
    world.defaults.context = world.context;
    leat_batch_config config = world.batch_config();
    config.defaults = &world.defaults;
    config.dry_run = 1;
    world.open_batch(config);
    world.submit_all(3);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 3u);
    EXPECT_EQ(world.requests.size(), 0u);
    EXPECT_EQ(world.results[0].text, "[dry run] item 0");
}

TEST(ContextEnd, B24_what_a_cache_holds_cannot_be_said_again) {
    leat_tools tools = {};
    tools.mode = LEAT_TOOLS_NONE;
    leat_message turn = {};
    turn.role = LEAT_STR("developer");
    turn.content = LEAT_STR("s");
    const std::vector<std::function<void(leat_request*)>> wrong = {
        [](leat_request* r) { r->system = LEAT_STR("s"); },
        [&](leat_request* r) { r->tools = &tools; },
        [](leat_request* r) { r->tools_json = LEAT_STR("[]"); },
        [](leat_request* r) { r->tool_choice_json = LEAT_STR("{}"); },
        [](leat_request* r) { r->cached_content = LEAT_STR("cachedContents/1"); },
        [&](leat_request* r) { r->messages = &turn; r->messages_count = 1; },
        [](leat_request* r) { r->prompt = {}; r->body_json = LEAT_STR("{}"); },
        [](leat_request* r) { r->prompt = {}; r->method = LEAT_STR("GET"); r->path = LEAT_STR("/m"); },
    };
    ContextWorld world;
    world.open_shared_batch();
    for (const auto& adjust : wrong) EXPECT_EQ(world.submit("p", adjust), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_FAILED), wrong.size());
    for (const Result& result : world.results) EXPECT_EQ(result.status, LEAT_E_ARGUMENT);
    EXPECT_EQ(world.requests.size(), 0u);
}

TEST(ContextEnd, B24_it_is_deleted_once_when_that_is_asked_for) {
    ContextWorld world;
    world.open_shared_batch();
    world.submit_all(3);
    world.run();
    EXPECT_EQ(leat_context_delete(world.context), LEAT_OK);
    EXPECT_EQ(leat_context_delete(world.context), LEAT_OK);
    EXPECT_EQ(leat_context_run(world.context), LEAT_OK);
    EXPECT_EQ(leat_context_delete(world.context), LEAT_OK);
    EXPECT_EQ(leat_context_run(world.context), LEAT_OK);
    EXPECT_EQ(world.deletes(), 1u);
    EXPECT_EQ(world.info().state, LEAT_CONTEXT_NONE);
    EXPECT_EQ(leat_context_close(world.context), LEAT_OK);
    EXPECT_EQ(world.deletes(), 1u);
    EXPECT_EQ(leat_context_close(world.context), LEAT_E_ARGUMENT);
}

TEST(ContextEnd, B24_it_is_kept_at_the_end_or_deleted_B23) {
    for (const uint8_t keep : {uint8_t{0}, uint8_t{1}}) {
        ContextWorld world;
        world.config.keep = keep;
        world.open_shared_batch();
        world.submit_all(3);
        world.run();
        EXPECT_EQ(leat_context_close(world.context), LEAT_OK);
        EXPECT_EQ(world.deletes(), keep == 0 ? 1u : 0u);
    }
}

TEST(ContextEnd, B24_one_that_was_found_is_somebody_elses_to_delete) {
    ContextWorld world;
    world.config.tags = tags;
    world.config.tags_count = 2;
    world.config.keep = 0;
    Cache kept;
    kept.name = "cachedContents/kept";
    kept.display_name = R"(abl-tags:{\"doc\":\"a\",\"v\":\"1\"})";
    kept.expire_ms = wall_start_ms + 3600000;
    world.caches.push_back(kept);
    world.open_shared_batch();
    world.submit_all(3);
    world.run();
    EXPECT_EQ(world.info().found, 1u);
    EXPECT_EQ(leat_context_close(world.context), LEAT_OK);
    EXPECT_EQ(world.deletes(), 0u);
}

TEST(ContextEnd, B16_a_deletion_that_fails_is_only_logged) {
    ContextWorld world;
    world.config.keep = 0;
    world.delete_status = 400;
    world.open_shared_batch();
    world.submit_all(3);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 3u);
    EXPECT_EQ(leat_context_close(world.context), LEAT_OK);
    EXPECT_EQ(world.deletes(), 1u);
    EXPECT_NE(copy(leat_sim_log(world.sim)).find("not deleted"), std::string::npos);
}

TEST(ContextEnd, one_that_is_named_cannot_be_closed) {
    ContextWorld world;
    world.open_shared_batch();
    EXPECT_EQ(leat_context_close(world.context), LEAT_E_STATE) << "the batch may have more";
    world.submit_all(2);
    world.run();
    EXPECT_EQ(leat_context_close(world.context), LEAT_OK);
    world.batch = nullptr;
    EXPECT_EQ(world.submit("x", [&](leat_request* r) { r->context = world.context; }), LEAT_OK);
    leat_batch_finish(world.batch);
    const size_t before = world.results.size();
    world.run();
    ASSERT_EQ(world.results.size(), before + 1);
    EXPECT_EQ(world.results.back().status, LEAT_E_ARGUMENT) << "it is closed";
}

TEST(ContextEnd, a_batch_can_be_cancelled_while_its_cache_is_made) {
    ContextWorld world;
    world.open_shared_batch();
    world.submit_all(20);
    while (world.creates() == 0) (void)world.step(world.now() + 10 * ms);
    EXPECT_EQ(leat_batch_cancel(world.batch, LEAT_CANCEL_DRAIN), LEAT_OK);
    world.run();
    EXPECT_EQ(world.count(LEAT_CANCELLED), 20u);
    EXPECT_EQ(leat_context_run(world.context), LEAT_OK);
    EXPECT_EQ(world.info().state, LEAT_CONTEXT_READY) << "what was begun is of use to the next batch";
    world.open_shared_batch();
    world.submit_all(5);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 5u);
    EXPECT_EQ(world.creates(), 1u);
}

TEST(ContextEnd, it_can_be_closed_while_it_is_made) {
    ContextWorld world;
    world.open_shared_batch();
    world.submit_all(5);
    while (world.creates() == 0) (void)world.step(world.now() + 10 * ms);
    leat_batch* const closed = world.batch;
    leat_batch_close(closed);
    world.forget(closed);
    EXPECT_EQ(leat_context_close(world.context), LEAT_OK);
    EXPECT_EQ(world.count(LEAT_CANCELLED), 5u);
    EXPECT_EQ(world.stats().in_flight, 0u);
    EXPECT_EQ(world.stats().items_alive, 0u);
}

TEST(ContextEnd, a_client_can_be_closed_while_one_is_made) {
    ContextWorld world;
    world.open_shared_batch();
    world.submit_all(5);
    while (world.creates() == 0) (void)world.step(world.now() + 10 * ms);
    world.close();
    EXPECT_EQ(world.results.size(), 0u);
}

TEST(ContextEnd, an_item_that_waits_keeps_to_its_deadline) {
    ContextWorld world;
    world.create_ns = 10 * second;
    world.open_shared_batch();
    EXPECT_EQ(world.submit("x", [](leat_request* r) { r->deadline_ms = 1000; }), LEAT_OK);
    EXPECT_EQ(world.submit("y"), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    ASSERT_EQ(world.results.size(), 2u);
    EXPECT_EQ(world.results[0].status, LEAT_E_DEADLINE_ITEM);
    EXPECT_EQ(world.results[0].stage, LEAT_STAGE_WAITING);
    EXPECT_EQ(world.results[1].outcome, LEAT_SUCCEEDED);
}

TEST(ContextEnd, all_slots_may_wait_for_it) {
    ContextWorld world;
    world.setup.config.items_max = 1;
    world.setup.config.connections_max = 1;
    world.open_shared_batch();
    world.submit_all(5);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 5u);
    EXPECT_EQ(world.creates(), 1u);
}

TEST(ContextEnd, an_endpoint_that_is_given_up_ends_those_who_wait) {
    ContextWorld world;
    world.create_status = 401;
    world.open_shared_batch();
    world.submit_all(40);
    world.run();
    EXPECT_EQ(world.count(LEAT_CANCELLED), 40u);
    EXPECT_EQ(world.creates(), 1u);
    EXPECT_EQ(world.chats(), 0u);
}

TEST(ContextEnd, its_configuration_has_bounds) {
    leat_context_config config;
    leat_context_config_init(&config);
    EXPECT_STREQ(leat_context_config_error(&config), "");
    config.renew_before_s = 3599;
    EXPECT_STREQ(leat_context_config_error(&config), "");
    config.renew_before_s = 3600;
    EXPECT_STREQ(leat_context_config_error(&config), "renew_before_s must be < ttl_s");
    config.renew_percent = 99;
    EXPECT_STREQ(leat_context_config_error(&config), "") << "a share counts instead";
    config.renew_percent = 100;
    EXPECT_STREQ(leat_context_config_error(&config), "renew_percent must be 0..99");
    leat_context_config_init(&config);
    config.ttl_s = 0;
    EXPECT_STREQ(leat_context_config_error(&config), "ttl_s must be > 0");
    leat_context_config_init(&config);
    config.send_inline = 2;
    EXPECT_STRNE(leat_context_config_error(&config), "");
    leat_context_config_init(&config);
    config.tags = tags;
    config.tags_count = 1;
    for (const uint32_t buffer : {59u, 60u, 61u}) {
        config.renew_before_s = buffer;
        EXPECT_EQ(leat_context_config_warning(&config, 0) != nullptr, buffer < 60) << "B24";
    }
}

TEST(ContextEnd, opening_one_says_what_is_wrong) {
    ContextWorld world;
    world.open();
    world.config.endpoint = world.endpoint;
    leat_context* context = nullptr;
    const auto open = [&] { return leat_context_open(world.client, &world.config, &context); };
    world.config.content = nullptr;
    EXPECT_EQ(open(), LEAT_E_ARGUMENT);
    leat_request none;
    leat_request_init(&none);
    world.config.content = &none;
    EXPECT_EQ(open(), LEAT_E_ARGUMENT);
    world.config.content = &world.content;
    world.config.endpoint = 7;
    EXPECT_EQ(open(), LEAT_E_NOT_FOUND);
    world.config.endpoint = world.endpoint;
    world.config.reserved8[6] = 1;
    EXPECT_EQ(open(), LEAT_E_RESERVED);
    world.config.reserved8[6] = 0;
    for (int i = 0; i < 2; ++i) EXPECT_EQ(open(), LEAT_OK);
    EXPECT_EQ(open(), LEAT_E_TOO_MANY) << "contexts_max";
    EXPECT_EQ(context, nullptr);
    World plain;
    plain.setup.config.contexts_max = 1;
    plain.open();
    world.config.endpoint = plain.endpoint;
    EXPECT_EQ(leat_context_open(plain.client, &world.config, &context), LEAT_E_UNSUPPORTED);
}

}  // namespace
}  // namespace sim_test
