// tests/sim/cache_round_test.cc: the cache beside whatever makes an item ask more than once: corrections,
// the caller's own check, rounds of tools, second tries, fallbacks. Depends on cache_world.h.
// Rule: what is kept answers the words that were asked first; a kept answer is judged like one that came.
#include "sim/cache_world.h"

namespace sim_test {
namespace {

void serve(CacheWorld* world, std::vector<std::string> bodies) {
    world->respond = [world, bodies](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = 50 * ms;
        response.body = world->keep(bodies[std::min<size_t>(request.number, bodies.size() - 1)]);
    };
}

TEST(CacheRound, S16_a_corrected_answer_is_kept_for_the_question_that_was_asked_first) {
    TestStore store;
    CacheWorld world(&store);
    leat_format format{};
    format.kind = LEAT_FORMAT_JSON;
    serve(&world, {completion("no json"), completion("{}")});
    const auto with_format = [&](leat_request* request) { request->format = &format; };
    world.ask({"a", "a", "a"}, with_format);
    EXPECT_EQ(world.requests.size(), 2u) << "the others wait for the corrected answer";
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 3u);
    EXPECT_EQ(world.summary().cache_shared, 2u);
    EXPECT_EQ(store.puts, 1);
    world.ask({"a"}, with_format);
    EXPECT_EQ(world.requests.size(), 2u);
    EXPECT_EQ(world.seen[0].cached, 1);
    EXPECT_EQ(world.seen[0].text, "{}");
}

TEST(CacheRound, S16_what_the_caller_refuses_is_neither_kept_nor_taken) {
    TestStore store;
    CacheWorld world(&store);
    serve(&world, {completion("bad"), completion("good")});
    world.judge = [](const leat_result& result) {
        return copy(result.text) == "bad" ? LEAT_E_REJECTED : LEAT_OK;
    };
    world.ask({"a"});
    EXPECT_EQ(world.seen[0].text, "good");
    EXPECT_EQ(store.puts, 1);
    // Today the caller wants something else: the kept one is asked for anew, once.
    int asked = 0;
    world.judge = [&asked](const leat_result&) { return asked++ == 0 ? LEAT_E_REJECTED : LEAT_OK; };
    world.ask({"a"});
    EXPECT_EQ(asked, 2);
    EXPECT_EQ(world.requests.size(), 3u);
    EXPECT_EQ(world.seen[0].cached, 0);
    EXPECT_EQ(world.summary().cached, 0u);
    EXPECT_EQ(world.summary().cache_misses, 1u);
}

TEST(CacheRound, S16_a_kept_answer_that_its_conversation_cannot_take_has_cost_nothing) {
    TestStore store;
    CacheWorld first(&store);
    serve(&first, {completion(std::string(2000, 'w'))});
    first.ask({"a"});
    CacheWorld world(&store);
    world.setup.config.conversations_max = 1;
    world.setup.config.conversation_bytes = 1024;
    world.open();
    leat_conversation_config config;
    leat_conversation_config_init(&config);
    config.mode = LEAT_HISTORY_SEQUENTIAL;
    leat_conversation* chain = nullptr;
    ASSERT_EQ(leat_conversation_open(world.client, &config, &chain), LEAT_OK);
    world.ask({"a"}, [chain](leat_request* request) { request->conversation = chain; });
    EXPECT_EQ(world.requests.size(), 0u);
    EXPECT_EQ(world.only().status, LEAT_E_CONVERSATION_FULL);
    EXPECT_EQ(world.seen[0].cached, 0);
    EXPECT_EQ(world.summary().usage_failed.total_tokens, 0);
}

std::string calls_add() {
    return "{\"id\":\"r\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
           "\"assistant\","
           "\"content\":\"\",\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{"
           "\"name\":"
           "\"add\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}],"
           "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}";
}

class ToolCache : public CacheWorld {
public:
    explicit ToolCache(TestStore* with) : CacheWorld(with) {
        tool.name = LEAT_STR("add");
        tool.run = [](void* self, const leat_tool_job* job) {
            ToolCache* const world = static_cast<ToolCache*>(self);
            ++world->runs;
            return leat_tool_complete(job->run, view(world->says), 0);
        };
        tool.user = this;
        tools.list = &tool;
        tools.count = 1;
    }
    void ask_with_tools(const std::vector<std::string>& prompts) {
        ask(prompts, [this](leat_request* request) { request->tools = &tools; });
    }
    leat_tool tool{};
    leat_tools tools{};
    std::string says = "4";
    int runs = 0;
};

TEST(CacheRound, each_round_of_tools_is_kept_and_tools_run_again) {
    TestStore store;
    {
        ToolCache first(&store);
        serve(&first, {calls_add(), completion("four")});
        first.ask_with_tools({"a"});
        EXPECT_EQ(first.requests.size(), 2u);
        EXPECT_EQ(first.summary().usage.total_tokens, 20);
        EXPECT_EQ(store.puts, 2);
    }
    ToolCache same(&store);
    same.ask_with_tools({"a"});
    EXPECT_EQ(same.requests.size(), 0u);
    EXPECT_EQ(same.runs, 1);
    EXPECT_EQ(same.seen[0].text, "four");
    EXPECT_EQ(same.seen[0].cached, 1);
    EXPECT_EQ(same.summary().cached, 2u);
    EXPECT_EQ(same.summary().usage_cached.total_tokens, 20);
    EXPECT_EQ(same.summary().usage.total_tokens, 0);
    // One that ends before its last answer has none, from wherever its rounds came.
    ToolCache cut(&store);
    cut.tool.run = [](void* self, const leat_tool_job* job) -> leat_status {
        EXPECT_EQ(leat_item_cancel(static_cast<ToolCache*>(self)->batch, job->index), LEAT_OK);
        return LEAT_OK;  // later
    };
    cut.tool.cancel = [](void*, leat_tool_run) {};
    cut.ask_with_tools({"a"});
    EXPECT_EQ(cut.count(LEAT_CANCELLED), 1u);
    EXPECT_EQ(cut.seen[0].cached, 0);
    EXPECT_EQ(cut.summary().cached, 1u);
    // The tool says something else: the second question is another one.
    ToolCache other(&store);
    other.says = "5";
    serve(&other, {completion("five")});
    other.ask_with_tools({"a"});
    EXPECT_EQ(other.requests.size(), 1u);
    EXPECT_EQ(other.seen[0].text, "five");
    EXPECT_EQ(other.seen[0].cached, 0);
    EXPECT_EQ(other.seen[0].usage.total_tokens, 10);
    EXPECT_EQ(other.summary().usage.total_tokens, 10);
    EXPECT_EQ(other.summary().usage_cached.total_tokens, 10);
}

TEST(CacheRound, S17_who_waits_for_a_call_of_tools_runs_its_own) {
    TestStore store;
    ToolCache world(&store);
    serve(&world, {calls_add(), completion("four")});
    world.ask_with_tools({"a", "a", "a"});
    EXPECT_EQ(world.requests.size(), 2u);
    EXPECT_EQ(world.runs, 3);
    for (uint64_t i = 0; i < 3; ++i) EXPECT_EQ(world.seen[i].text, "four");
}

// Sixty quick answers, then some that take for ever; the first of them has a second try.
void open_hedged(CacheWorld* world) {
    world->share = LEAT_ON;
    world->setup.endpoint.max_in_flight = 8;
    world->respond = [](const leat_sim_request& request, leat_sim_response& response) {
        const bool is_slow = copy(request.body).find("\"slow\"") != std::string::npos;
        response.delay_ns = is_slow ? 100 * second : 100 * ms;
    };
    world->open();
    leat_batch_config config = world->cached();
    config.hedge.percentile = 0.9;
    config.hedge.share_percent = 50;
    world->open_batch(config);
    for (int i = 0; i < 59; ++i) EXPECT_EQ(world->submit("p" + std::to_string(i)), LEAT_OK);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(world->submit("slow"), LEAT_OK);
    leat_batch_finish(world->batch);
    world->run_until(world->now() + 10 * second);
    EXPECT_EQ(world->summary().hedges, 1u);
}

TEST(CacheRound, S17_the_first_one_and_its_second_try_are_cancelled_and_the_others_go_on) {
    CacheWorld world(nullptr);
    open_hedged(&world);
    EXPECT_EQ(leat_item_cancel(world.batch, 59), LEAT_OK);
    world.run();
    EXPECT_EQ(world.count(LEAT_CANCELLED), 1u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 62u);
}

TEST(CacheRound, S17_who_falls_back_leaves_those_that_wait) {
    CacheWorld world(nullptr);
    world.share = LEAT_ON;
    world.setup.endpoint.retry.attempts_max = 1;
    world.setup.config.endpoints_max = 2;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        const bool is_second = copy(request.body).find("\"other\"") != std::string::npos;
        response.delay_ns = 50 * ms;
        if (!is_second) response.status = 500;
    };
    world.open();
    leat_endpoint second_one = 0;
    world.setup.endpoint.model = LEAT_STR("other");
    ASSERT_EQ(leat_endpoint_add(world.client, &world.setup.endpoint, &second_one), LEAT_OK);
    leat_target targets[2] = {};
    targets[0].endpoint = world.endpoint;
    targets[1].endpoint = second_one;
    targets[1].rank = 1;
    leat_batch_config config = world.cached();
    config.targets = targets;
    config.targets_count = 2;
    world.open_batch(config);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(world.submit("a"), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 3u);
    EXPECT_EQ(world.stats().items_alive, 0u);
}

}  // namespace
}  // namespace sim_test
