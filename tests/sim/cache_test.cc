// tests/sim/cache_test.cc: answers that are not asked for twice, from a store. Depends on cache_world.h.
// Rule: a hit is the same answer, costs nothing and passes no gate; what is kept had passed every check;
// whatever the store does, no item is lost.
#include "sim/cache_world.h"

namespace sim_test {
namespace {

TEST(Cache, S12_a_second_identical_run_is_served_from_the_store) {
    TestStore store;
    Seen asked[3];
    {
        CacheWorld first(&store);
        first.ask({"a", "b", "c"});
        EXPECT_EQ(first.requests.size(), 3u);
        EXPECT_EQ(first.summary().cached, 0u);
        EXPECT_EQ(first.summary().cache_misses, 3u);
        EXPECT_EQ(first.summary().cache_sets, 3u);
        for (uint64_t i = 0; i < 3; ++i) asked[i] = first.seen[i];
    }
    CacheWorld second(&store);
    second.ask({"c", "b", "a"});
    EXPECT_EQ(second.requests.size(), 0u);
    EXPECT_EQ(second.count(LEAT_SUCCEEDED), 3u);
    EXPECT_EQ(second.summary().cached, 3u);
    EXPECT_EQ(second.summary().attempts, 0u);
    EXPECT_EQ(second.stats().requests_sent, 0u);
    for (uint64_t i = 0; i < 3; ++i) {
        const Seen& hit = second.seen[i];
        EXPECT_EQ(hit.cached, 1);
        EXPECT_EQ(hit.text, asked[i].text);
        EXPECT_EQ(hit.body, asked[i].body);
        EXPECT_EQ(hit.model, asked[i].model);
        EXPECT_EQ(hit.response_id, "r1");
        EXPECT_EQ(hit.finish_reason, "stop");
        EXPECT_EQ(hit.usage.total_tokens, 10);
        EXPECT_EQ(second.results[i].http_status, 200);
        EXPECT_EQ(second.results[i].attempts, 0u);
        EXPECT_EQ(second.results[i].stage, LEAT_STAGE_DONE);
    }
}

TEST(Cache, S6_hits_cost_nothing_and_say_what_they_saved) {
    TestStore store;
    CacheWorld first(&store);
    first.ask({"a", "b"});
    const leat_summary asked = first.summary();
    EXPECT_NEAR(asked.cost_usd, 2 * (1 * 1.0 + 9 * 2.0) / 1e6, 1e-12);
    EXPECT_EQ(asked.usage.total_tokens, 20);
    EXPECT_EQ(asked.usage_cached.total_tokens, 0);
    EXPECT_EQ(asked.saved_usd, 0.0);
    CacheWorld second(&store);
    second.ask({"a", "b", "c"});
    const leat_summary mixed = second.summary();
    EXPECT_EQ(mixed.usage.total_tokens, 10);
    EXPECT_EQ(mixed.usage_cached.total_tokens, 20);
    EXPECT_NEAR(mixed.saved_usd, asked.cost_usd, 1e-12);
    EXPECT_NEAR(mixed.cost_usd, asked.cost_usd / 2, 1e-12);
    EXPECT_EQ(second.seen[0].cost_usd, 0.0);
    EXPECT_GT(second.seen[2].cost_usd, 0.0);
}

TEST(Cache, P25_is_off_unless_asked_for) {
    CacheWorld world(nullptr);
    world.ask({"a", "a", "a"});
    EXPECT_EQ(world.requests.size(), 3u);
    EXPECT_EQ(world.summary().cached, 0u);
    EXPECT_EQ(world.summary().cache_misses, 0u);
}

TEST(Cache, S13_an_answer_may_be_used_for_its_time_and_no_longer) {
    for (const int64_t late_ms : {-1, 0, 1}) {
        TestStore store;
        const int64_t kept_at_ms = 1800000000000;
        CacheWorld first(&store);
        first.ttl_ms = hour_ms;
        first.open();
        leat_sim_wall_set(first.sim, kept_at_ms);
        const uint64_t begun_ns = first.now();
        first.ask({"a"});
        const int64_t took_ms = static_cast<int64_t>((first.results[0].at_ns - begun_ns) / ms);
        CacheWorld second(&store);
        second.ttl_ms = hour_ms;
        second.open();
        leat_sim_wall_set(second.sim, kept_at_ms + took_ms + hour_ms + late_ms);
        second.ask({"a"});
        EXPECT_EQ(second.seen[0].cached, late_ms < 0 ? 1 : 0) << late_ms;
    }
}

TEST(Cache, S13_without_a_ttl_an_answer_lives_for_ever) {
    TestStore store;
    CacheWorld first(&store);
    first.ttl_ms = 0;
    first.ask({"a"});
    CacheWorld second(&store);
    second.open();
    leat_sim_wall_set(second.sim, INT64_C(9000000000000));
    second.ask({"a"});
    EXPECT_EQ(second.seen[0].cached, 1);
}

TEST(Cache, S16_errors_are_never_kept) {
    TestStore store;
    CacheWorld world(&store);
    world.setup.endpoint.retry.attempts_max = 1;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number < 3) response.status = request.number == 0 ? 400 : request.number == 1 ? 500 : 404;
    };
    world.ask({"a", "b", "c"});
    EXPECT_EQ(world.count(LEAT_FAILED), 3u);
    EXPECT_EQ(store.puts, 0);
    world.ask({"a", "b", "c"});
    EXPECT_EQ(world.requests.size(), 6u);
    EXPECT_EQ(store.puts, 3);
}

TEST(Cache, S16_an_answer_that_was_retried_for_is_kept_once) {
    TestStore store;
    CacheWorld world(&store);
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number == 0) response.status = 500;
    };
    world.ask({"a"});
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 1u);
    EXPECT_EQ(store.puts, 1);
}

const char* const number_schema = "{\"type\":\"object\",\"required\":[\"n\"]}";
const char* const other_schema = "{\"type\":\"object\",\"required\":[\"other\"]}";

TEST(Cache, S16_an_answer_that_fails_its_schema_is_never_kept) {
    TestStore store;
    CacheWorld world(&store);
    world.setup.endpoint.retry.attempts_max = 2;
    leat_format format{};
    format.kind = LEAT_FORMAT_JSON_SCHEMA;
    format.schema_json = {number_schema, strlen(number_schema)};
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        response.body = world.keep(completion(request.number < 2 ? "{}" : "{\\\"n\\\":1}"));
    };
    world.ask({"a"}, [&](leat_request* request) { request->format = &format; });
    EXPECT_EQ(world.results[0].status, LEAT_E_SCHEMA);
    EXPECT_EQ(store.puts, 0);
    world.ask({"a"}, [&](leat_request* request) { request->format = &format; });
    EXPECT_EQ(store.puts, 1);
}

TEST(Cache, P25_a_configuration_that_makes_no_sense_is_refused) {
    TestStore store;
    CacheWorld world(&store);
    world.open();
    const auto error_of = [&world](std::function<void(leat_cache*)> change) {
        leat_batch_config config = world.cached();
        change(&config.cache);
        leat_batch* batch = nullptr;
        const std::string error = leat_batch_config_error(world.client, &config);
        const leat_status status = leat_batch_open(world.client, &config, &batch);
        EXPECT_EQ(status, error.empty() ? LEAT_OK : LEAT_E_CONFIG);
        leat_batch_close(batch);
        return error.substr(0, error.find(' '));
    };
    constexpr uint64_t most = (uint64_t{1} << 62) - 1;
    EXPECT_EQ(error_of([](leat_cache*) {}), "");
    EXPECT_EQ(error_of([](leat_cache* cache) { cache->ttl_ms = most - 1; }), "");
    EXPECT_EQ(error_of([](leat_cache* cache) { cache->ttl_ms = most; }), "");
    EXPECT_EQ(error_of([](leat_cache* cache) { cache->ttl_ms = most + 1; }), "cache.ttl_ms");
    EXPECT_EQ(error_of([](leat_cache* c) { c->mode = static_cast<leat_cache_mode>(3); }), "cache.mode");
    EXPECT_EQ(error_of([](leat_cache* c) { c->share = static_cast<leat_switch>(3); }), "cache.share");
    store.ops.struct_size = 1;
    EXPECT_EQ(error_of([](leat_cache*) {}), "cache.store");
}

// Gemini and others are asked for a form in words of the body; a ready body says nothing of it. What is
// checked today need not be what was checked when the answer was kept.
TEST(Cache, S16_a_kept_answer_that_fails_todays_check_is_asked_for_anew) {
    TestStore store;
    CacheWorld world(&store);
    store.put_instead = completion("{\\\"n\\\":1}");
    leat_format format{};
    format.kind = LEAT_FORMAT_JSON_SCHEMA;
    format.schema_json = {other_schema, strlen(other_schema)};
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.body = world.keep(completion("{\\\"other\\\":1}"));
    };
    const auto with_format = [&](leat_request* request) { request->format = &format; };
    world.ask({"a"}, with_format);
    store.put_instead.clear();
    world.ask({"a"}, with_format);
    EXPECT_EQ(world.requests.size(), 2u);
    EXPECT_EQ(world.seen[0].cached, 0);
    EXPECT_EQ(world.summary().cache_misses, 1u);
    world.ask({"a"}, with_format);
    EXPECT_EQ(world.requests.size(), 2u);
    EXPECT_EQ(world.seen[0].cached, 1);
}

TEST(Cache, S16_damaged_values_are_misses) {
    for (const char* const damage :
         {"x", "{", "{}", "null", "{\"leat_answer\":1,", "{\"leat_answer\":1,\"text\":1}",
          "{\"leat_answer\":1,\"finish\":99}", "{\"leat_answer\":1,\"tool_calls\":{}}",
          "{\"leat_answer\":1,\"choices\":[1]}"}) {
        TestStore store;
        CacheWorld world(&store);
        store.put_instead = damage;
        world.ask({"a"});
        store.put_instead.clear();
        world.ask({"a"});
        EXPECT_EQ(world.requests.size(), 2u) << damage;
        EXPECT_EQ(world.results[1].status, LEAT_OK) << damage;
        world.ask({"a"});
        EXPECT_EQ(world.requests.size(), 2u) << damage;
    }
}

TEST(Cache, S14_S15_whatever_changes_the_answer_is_in_the_key) {
    TestStore store;
    CacheWorld world(&store);
    const std::vector<std::function<void(leat_request*)>> changes = {
        {},
        [](leat_request* request) { request->system = LEAT_STR("Be brief."); },
        [](leat_request* request) { request->temperature = leat_number{0.5, 1, {}}; },
        [](leat_request* request) { request->temperature = leat_number{0.25, 1, {}}; },
        [](leat_request* request) { request->max_output_tokens = 7; },
        [](leat_request* request) { request->model = LEAT_STR("other"); },
        [](leat_request* request) { request->path = LEAT_STR("/other/completions"); },
        [](leat_request* request) { request->choices_wanted = 2; },
    };
    for (size_t round = 0; round < 2; ++round) {
        for (const auto& change : changes) world.ask({"a"}, change);
        EXPECT_EQ(world.requests.size(), changes.size()) << round;
    }
    static const leat_header header = {LEAT_STR("openai-beta"), LEAT_STR("x")};
    world.ask({"a"}, [](leat_request* request) {
        request->headers = &header;
        request->headers_count = 1;
    });
    EXPECT_EQ(world.requests.size(), changes.size() + 1);
}

TEST(Cache, S14_what_does_not_change_the_answer_is_not_in_the_key) {
    TestStore store;
    CacheWorld world(&store);
    const char* const bodies[] = {
        R"({"model":"m","messages":[{"role":"user","content":"a"}]})",
        "{ \"messages\" : [ {\"content\":\"a\", \"role\":\"user\"} ],\n \"model\":\"m\" }",
        R"({"user":"somebody","model":"m","stream":false,"messages":[{"role":"user","content":"a"}]})",
    };
    for (const char* const body : bodies) {
        world.ask({""}, [&](leat_request* request) { request->body_json = leat_str{body, strlen(body)}; });
    }
    EXPECT_EQ(world.requests.size(), 1u);
    static const leat_header trace = {LEAT_STR("traceparent"), LEAT_STR("00-1-2-03")};
    world.ask({""}, [&](leat_request* request) {
        request->body_json = leat_str{bodies[0], strlen(bodies[0])};
        request->headers = &trace;
        request->headers_count = 1;
        request->timeout_ms = 5;
    });
    EXPECT_EQ(world.requests.size(), 1u);
}

TEST(Cache, S15_credentials_are_not_in_the_key_and_the_service_is) {
    TestStore store;
    const auto run_at = [&store](const char* key, const char* url) {
        CacheWorld world(&store);
        world.name("other.test", "10.0.0.1");
        world.setup.endpoint.api_key = leat_str{key, strlen(key)};
        world.setup.endpoint.base_url = leat_str{url, strlen(url)};
        world.ask({"a"});
        return world.requests.size();
    };
    EXPECT_EQ(run_at(canary, "http://api.test/v1"), 1u);
    EXPECT_EQ(run_at("another-key-of-somebody", "http://api.test/v1"), 0u);
    EXPECT_EQ(run_at(canary, "http://other.test/v1"), 1u);
    EXPECT_EQ(run_at(canary, "http://api.test/v2"), 1u);
    EXPECT_EQ(run_at(canary, "http://api.test/v1?api-version=2"), 1u);
    EXPECT_EQ(run_at(canary, "http://api.test/v1?key=one&api-version=2"), 0u);
    EXPECT_EQ(run_at(canary, "http://api.test/v1?api-version=2&key=two"), 0u);
}

TEST(Cache, S13_modes_read_only_keeps_nothing_and_refresh_looks_for_nothing) {
    TestStore store;
    CacheWorld world(&store);
    world.mode = LEAT_CACHE_READ_ONLY;
    world.ask({"a"});
    EXPECT_EQ(store.puts, 0);
    world.mode = LEAT_CACHE_REFRESH;
    world.ask({"a"});
    world.ask({"a"});
    EXPECT_EQ(store.puts, 2);
    EXPECT_EQ(store.gets, 1);
    EXPECT_EQ(world.requests.size(), 3u);
    world.mode = LEAT_CACHE_READ_ONLY;
    world.ask({"a"});
    EXPECT_EQ(world.requests.size(), 3u);
    EXPECT_EQ(world.seen[0].cached, 1);
}

TEST(Cache, a_store_that_fails_fails_no_item_and_is_reported_once) {
    for (const leat_status failure : {LEAT_E_WOULD_BLOCK, LEAT_E_STORE, LEAT_E_STORE_FULL, LEAT_E_PORT}) {
        TestStore store;
        CacheWorld world(&store);
        store.get_fails = failure;
        store.put_fails = failure;
        world.ask({"a", "b", "c"});
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 3u);
        EXPECT_EQ(world.summary().cache_failures, 6u);
        EXPECT_EQ(world.summary().cache_misses, 0u);
        const std::string log = copy(leat_sim_log(world.sim));
        const size_t first = log.find("the cache fails");
        EXPECT_NE(first, std::string::npos);
        EXPECT_EQ(log.find("the cache fails", first + 1), std::string::npos);
    }
}

TEST(Cache, an_answer_that_is_too_large_for_the_item_is_a_miss) {
    TestStore store;
    CacheWorld world(&store);
    store.put_instead = completion(std::string(70000, 'x'));
    world.ask({"a"});
    world.ask({"a"});
    EXPECT_EQ(world.requests.size(), 2u);
    EXPECT_EQ(world.summary().cache_misses, 1u);
    EXPECT_EQ(world.summary().cache_failures, 0u);
}

TEST(Cache, an_answer_over_the_first_look_is_a_hit_too) {
    TestStore store;
    CacheWorld world(&store);
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.body = world.keep(completion(std::string(20000, 'x')));
    };
    world.ask({"a"});
    world.ask({"a"});
    EXPECT_EQ(world.requests.size(), 1u);
    EXPECT_EQ(world.seen[0].text, std::string(20000, 'x'));
}

TEST(Cache, a_hit_passes_no_gate) {
    TestStore store;
    {
        CacheWorld first(&store);
        std::vector<std::string> prompts;
        for (int i = 0; i < 40; ++i) prompts.push_back("p" + std::to_string(i));
        first.ask(prompts);
    }
    CacheWorld world(&store);
    world.setup.endpoint.requests_per_minute = 1;
    const uint64_t begun = world.setup.sim.start_ns;
    std::vector<std::string> prompts;
    for (int i = 0; i < 40; ++i) prompts.push_back("p" + std::to_string(i));
    world.ask(prompts);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 40u);
    EXPECT_LT(world.now() - begun, second);
}

}  // namespace
}  // namespace sim_test
