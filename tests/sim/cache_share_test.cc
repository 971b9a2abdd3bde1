// tests/sim/cache_share_test.cc: streams from a store, and equal items of one batch that wait for one
// answer. Depends on cache_world.h. Rule: who waits gets the first one's answer, or goes on by itself.
#include "sim/cache_world.h"

namespace sim_test {
namespace {

// ---------------------------------------------------------------- streams

std::string chunk(const std::string& delta, const std::string& more = "") {
    return "data: {\"id\":\"r1\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{" + delta + "}" +
           more + "}]}\n\n";
}

const std::string stream_body =
    chunk("\"role\":\"assistant\",\"content\":\"Hel\"") + chunk("\"content\":\"lo \\u00e9\\n\\\"\"") +
    chunk("\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"f\","
          "\"arguments\":\"{\\\"x\\\":1}\"}}]") +
    chunk("", ",\"finish_reason\":\"stop\"") +
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n";

void serve_stream(CacheWorld* world, const std::string& body) {
    world->respond = [world, body](const leat_sim_request&, leat_sim_response& response) {
        response.headers[0] = leat_header{LEAT_STR("content-type"), LEAT_STR("text/event-stream")};
        response.headers_count = 1;
        response.body = world->keep(body);
    };
}

TEST(Cache, a_streamed_answer_is_kept_whole_and_hits) {
    TestStore store;
    CacheWorld world(&store);
    world.streams = true;
    serve_stream(&world, stream_body + "data: [DONE]\n\n");
    world.ask({"a"});
    const Seen asked = world.seen[0];
    EXPECT_EQ(asked.streamed, 1);
    EXPECT_EQ(store.puts, 1);
    world.pieces.clear();
    world.ask({"a"});
    EXPECT_EQ(world.requests.size(), 1u);
    const Seen hit = world.seen[0];
    EXPECT_EQ(hit.cached, 1);
    EXPECT_EQ(hit.streamed, 0);
    EXPECT_EQ(hit.text, asked.text);
    EXPECT_EQ(hit.text, "Hello \u00e9\n\"");
    EXPECT_EQ(hit.tools, "f{\"x\":1}");
    EXPECT_EQ(hit.tools, asked.tools);
    EXPECT_EQ(hit.model, "m-1");
    EXPECT_EQ(hit.finish_reason, "stop");
    EXPECT_EQ(hit.usage.input_tokens, 3);
    EXPECT_EQ(hit.usage.output_tokens, 2);
    EXPECT_EQ(hit.usage.cached_input_tokens, LEAT_TOKENS_UNKNOWN);
    EXPECT_EQ(world.pieces, (std::vector<std::string>{"0:" + asked.text, "4:f", "3:{\"x\":1}"}));
}

TEST(Cache, S14_streamed_and_whole_answers_serve_each_other) {
    TestStore store;
    CacheWorld world(&store);
    world.streams = true;
    serve_stream(&world, stream_body + "data: [DONE]\n\n");
    world.ask({"a"});
    world.streams = false;
    world.ask({"a"});
    EXPECT_EQ(world.requests.size(), 1u);
    EXPECT_EQ(world.seen[0].text, "Hello \u00e9\n\"");
    world.respond = nullptr;
    world.ask({"b"});
    world.streams = true;
    world.pieces.clear();
    world.ask({"b"});
    EXPECT_EQ(world.requests.size(), 2u);
    EXPECT_EQ(world.pieces, (std::vector<std::string>{"0:ok"}));
}

TEST(Cache, S16_a_stream_that_broke_is_never_kept) {
    TestStore store;
    CacheWorld world(&store);
    world.streams = true;
    world.setup.endpoint.retry.attempts_max = 1;
    serve_stream(&world, chunk("\"content\":\"Hel\""));
    world.ask({"a"});
    EXPECT_EQ(world.count(LEAT_FAILED), 1u);
    EXPECT_EQ(store.puts, 0);
}

// ---------------------------------------------------------------- equal items of one batch

// Every answer takes so long.
void take(CacheWorld* world, uint64_t delay_ns) {
    world->respond = [delay_ns](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = delay_ns;
    };
}

TEST(Cache, S17_equal_items_of_one_batch_are_asked_for_once) {
    for (const bool has_store : {false, true}) {
        TestStore store;
        CacheWorld world(has_store ? &store : nullptr);
        world.share = LEAT_ON;
        world.ask({"a", "b", "a", "a", "b"});
        EXPECT_EQ(world.requests.size(), 2u);
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 5u);
        EXPECT_EQ(world.summary().cached, 3u);
        EXPECT_EQ(world.summary().cache_shared, 3u);
        EXPECT_EQ(world.seen[0].cached, 0);
        EXPECT_EQ(world.seen[2].cached, 1);
        EXPECT_EQ(world.seen[2].text, "ok");
        EXPECT_EQ(world.seen[2].body, world.seen[0].body);
        EXPECT_EQ(world.seen[2].cost_usd, 0.0);
    }
}

TEST(Cache, S17_sharing_can_be_turned_off) {
    TestStore store;
    CacheWorld world(&store);
    world.share = LEAT_OFF;
    world.ask({"a", "a", "a"});
    EXPECT_EQ(world.requests.size(), 3u);
}

TEST(Cache, S17_when_the_first_one_fails_the_others_go_on_by_themselves) {
    CacheWorld world(nullptr);
    world.share = LEAT_ON;
    world.setup.endpoint.retry.attempts_max = 1;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number == 0) response.status = 400;
        response.delay_ns = 50 * ms;
    };
    world.ask({"a", "a", "a", "a"});
    EXPECT_EQ(world.requests.size(), 4u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 3u);
    EXPECT_EQ(world.results[0].index, 0u);
    EXPECT_LT(world.now() - world.setup.sim.start_ns, 10 * second);
    EXPECT_EQ(world.summary().cached, 0u);
}

TEST(Cache, S17_one_that_waits_can_be_cancelled_and_has_its_deadline) {
    CacheWorld world(nullptr);
    world.share = LEAT_ON;
    take(&world, 5 * second);
    world.open();
    world.open_batch(world.cached());
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(world.submit("a", [&](leat_request* request) {
                      if (i == 2) request->deadline_ms = 1000;
                  }),
                  LEAT_OK);
    }
    leat_batch_finish(world.batch);
    world.run_until(world.now() + 100 * ms);
    EXPECT_EQ(world.requests.size(), 1u);
    EXPECT_EQ(leat_item_cancel(world.batch, 1), LEAT_OK);
    world.run();
    EXPECT_EQ(world.requests.size(), 1u);
    ASSERT_EQ(world.results.size(), 4u);
    EXPECT_EQ(world.results[0].index, 1u);
    EXPECT_EQ(world.results[0].status, LEAT_E_CANCELLED);
    EXPECT_EQ(world.results[1].index, 2u);
    EXPECT_EQ(world.results[1].status, LEAT_E_DEADLINE_ITEM);
    EXPECT_NEAR(world.results[1].timing.item_ms, 1000, 1);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 2u);
    EXPECT_EQ(world.seen[3].cached, 1);
}

TEST(Cache, S17_when_the_first_one_is_cancelled_the_others_go_on) {
    CacheWorld world(nullptr);
    world.share = LEAT_ON;
    take(&world, second);
    world.open();
    world.open_batch(world.cached());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(world.submit("a"), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run_until(world.now() + 100 * ms);
    EXPECT_EQ(leat_item_cancel(world.batch, 0), LEAT_OK);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 2u);
    EXPECT_EQ(world.count(LEAT_CANCELLED), 1u);
    EXPECT_EQ(world.requests.size(), 3u);
}

TEST(Cache, S17_a_batch_that_is_cancelled_ends_those_that_wait) {
    for (const leat_cancel how : {LEAT_CANCEL_DRAIN, LEAT_CANCEL_HARD}) {
        CacheWorld world(nullptr);
        world.share = LEAT_ON;
        take(&world, second);
        world.open();
        world.open_batch(world.cached());
        for (int i = 0; i < 5; ++i) EXPECT_EQ(world.submit("a"), LEAT_OK);
        world.run_until(world.now() + 100 * ms);
        EXPECT_EQ(leat_batch_cancel(world.batch, how), LEAT_OK);
        world.run();
        EXPECT_EQ(world.results.size(), 5u);
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), how == LEAT_CANCEL_DRAIN ? 1u : 0u);
        EXPECT_EQ(world.stats().items_alive, 0u);
    }
}

TEST(Cache, S17_a_batch_that_is_closed_ends_those_that_wait) {
    CacheWorld world(nullptr);
    world.share = LEAT_ON;
    take(&world, second);
    world.open();
    world.open_batch(world.cached());
    for (int i = 0; i < 4; ++i) EXPECT_EQ(world.submit("a"), LEAT_OK);
    world.run_until(world.now() + 100 * ms);
    EXPECT_EQ(world.requests.size(), 1u);
    leat_batch* const closed = world.batch;
    world.forget(closed);
    leat_batch_close(closed);
    EXPECT_EQ(world.results.size(), 4u);
    EXPECT_EQ(world.count(LEAT_CANCELLED), 4u);
}

TEST(Cache, S17_more_equal_items_than_there_are_slots) {
    TestStore store;
    CacheWorld world(&store);
    world.ask(std::vector<std::string>(200, "a"));
    EXPECT_EQ(world.requests.size(), 1u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 200u);
    EXPECT_EQ(world.summary().cached, 199u);
}

TEST(Cache, S17_the_second_try_of_the_first_one_serves_the_others_too) {
    CacheWorld world(nullptr);
    world.share = LEAT_ON;
    world.setup.endpoint.max_in_flight = 8;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        const std::string body = copy(request.body);
        const bool is_slow = body.find("\"slow\"") != std::string::npos && request.number < 60;
        response.delay_ns = is_slow ? 100 * second : 100 * ms;
    };
    world.open();
    leat_batch_config config = world.cached();
    config.hedge.percentile = 0.9;
    config.hedge.share_percent = 50;
    world.open_batch(config);
    for (int i = 0; i < 59; ++i) EXPECT_EQ(world.submit("p" + std::to_string(i)), LEAT_OK);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(world.submit("slow"), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.summary().hedges_won, 1u);
    EXPECT_EQ(world.summary().cache_shared, 3u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 63u);
    EXPECT_LT(world.now() - world.setup.sim.start_ns, 90 * second);
}

TEST(Cache, S17_results_in_the_order_of_input) {
    TestStore store;
    CacheWorld world(&store);
    world.open();
    leat_batch_config config = world.cached();
    config.order = LEAT_ORDER_INPUT;
    world.open_batch(config);
    for (const char* const prompt : {"a", "a", "b", "a", "b"}) EXPECT_EQ(world.submit(prompt), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    ASSERT_EQ(world.results.size(), 5u);
    for (uint64_t i = 0; i < 5; ++i) EXPECT_EQ(world.results[i].index, i);
}

}  // namespace
}  // namespace sim_test
