// tests/sim/targets_test.cc: several endpoints behind one batch: weights, ranks, fallbacks with attempts
// of their own (P24, G34), pools of keys (G33). Depends on services.h.
#include "sim/services.h"

namespace sim_test {
namespace {

TEST(Fallback, an_item_moves_on_after_its_last_attempt_and_has_them_anew_G34) {
    Services services(3);
    services.answer = [](const std::string& at, const leat_sim_request&, leat_sim_response& r) {
        if (at != "c") refuse(r, 500);
    };
    services.open();
    services.open_batch({services.target(0, 0), services.target(1, 1), services.target(2, 2)});
    std::vector<uint32_t> who;
    std::vector<int> left;
    services.world.on_each_result = [&](const leat_result* result) {
        who.push_back(result->endpoint);
        left.push_back(result->fallbacks);
        return LEAT_RELEASE;
    };
    services.world.submit_all(1);
    services.world.run();
    EXPECT_EQ(services.heard, (std::vector<std::string>{"a", "a", "b", "b", "c"}));
    EXPECT_EQ(services.world.only().outcome, LEAT_SUCCEEDED);
    EXPECT_EQ(services.world.only().attempts, 5u) << "all of them are told";
    EXPECT_EQ(who, std::vector<uint32_t>{services.endpoints[2]});
    EXPECT_EQ(left, std::vector<int>{2});
    EXPECT_EQ(services.world.summary().fallbacks, 2u);
}

TEST(Fallback, what_another_try_cannot_mend_moves_on_at_once_P24) {
    const struct {
        int32_t status;
        const char* body;
    } rows[] = {
        {400, R"({"error":{"message":"too long","code":"context_length_exceeded"}})"},
        {404, R"({"error":{"message":"no such model","code":"model_not_found"}})"},
        {401, R"({"error":{"message":"bad key","code":"invalid_api_key"}})"},
        {403, R"({"error":{"message":"not you"}})"},
        {429, R"({"error":{"message":"pay","code":"insufficient_quota","type":"insufficient_quota"}})"},
    };
    for (const auto& row : rows) {
        Services services(2);
        services.answer = [&](const std::string& at, const leat_sim_request&, leat_sim_response& r) {
            if (at == "a") refuse(r, row.status, row.body);
        };
        services.open();
        services.open_batch({services.target(0, 0), services.target(1, 1)});
        services.world.submit_all(1);
        services.world.run();
        EXPECT_EQ(services.heard, (std::vector<std::string>{"a", "b"})) << row.status;
        EXPECT_EQ(services.world.only().outcome, LEAT_SUCCEEDED) << row.status;
    }
}

TEST(Fallback, only_the_families_that_were_chosen_move_an_item) {
    for (const bool chosen : {true, false}) {
        Services services(2);
        services.answer = [](const std::string& at, const leat_sim_request&, leat_sim_response& r) {
            if (at == "a") refuse(r, 500);
        };
        services.open();
        const uint32_t server = LEAT_ON_SERVER;
        const uint32_t families = chosen ? server : uint32_t{LEAT_ON_ANY} & ~server;
        services.open_batch({services.target(0, 0), services.target(1, 1, families)});
        services.world.submit_all(1);
        services.world.run();
        EXPECT_EQ(services.count("b"), chosen ? 1u : 0u);
        EXPECT_EQ(services.world.only().outcome, chosen ? LEAT_SUCCEEDED : LEAT_FAILED);
    }
}

TEST(Fallback, a_rate_limit_moves_an_item_at_once_only_where_that_was_chosen) {
    for (const bool chosen : {true, false}) {
        Services services(2);
        bool refused = false;
        services.answer = [&](const std::string& at, const leat_sim_request&, leat_sim_response& r) {
            if (at != "a" || refused) return;
            refused = true;
            refuse(r, 429);
            r.headers[0] = {LEAT_STR("Retry-After"), LEAT_STR("5")};
            r.headers_count = 1;
        };
        services.open();
        const uint32_t families = chosen ? uint32_t{LEAT_ON_RATE_LIMIT} : uint32_t{0};
        services.open_batch({services.target(0, 0), services.target(1, 1, families)});
        services.world.submit_all(1);
        services.world.run();
        EXPECT_EQ(services.heard.back(), chosen ? "b" : "a");
        EXPECT_EQ(services.world.only().rate_limited, 1u);
        const uint64_t took = services.world.now() - services.world.setup.sim.start_ns;
        EXPECT_EQ(took < second, chosen);
    }
}

TEST(Targets, that_are_missing_are_named_and_not_read) {
    Services services(1);
    services.open();
    leat_batch_config config = services.world.batch_config();
    config.targets_count = 1;
    config.targets = nullptr;
    for (const double budget : {0.0, 1.0}) {
        config.budget_usd = budget;
        EXPECT_STREQ(leat_batch_config_error(services.world.client, &config),
                     "targets must not be NULL when targets_count > 0");
    }
    leat_batch* batch = nullptr;
    EXPECT_EQ(leat_batch_open(services.world.client, &config, &batch), LEAT_E_ARGUMENT);
}

TEST(Fallback, the_body_is_written_anew_with_the_models_of_the_target) {
    Services services(2);
    services.answer = [](const std::string& at, const leat_sim_request&, leat_sim_response& r) {
        if (at == "a") refuse(r, 404, R"({"error":{"code":"model_not_found"}})");
    };
    services.open();
    services.open_batch({services.target(0, 0), services.target(1, 1)});
    EXPECT_EQ(services.world.submit("hello", [](leat_request* r) { r->model = LEAT_STR("mine"); }),
              LEAT_OK);
    leat_batch_finish(services.world.batch);
    services.world.run();
    ASSERT_EQ(services.world.requests.size(), 2u);
    EXPECT_NE(services.world.requests[0].body.find("\"mine\""), std::string::npos);
    EXPECT_NE(services.world.requests[1].body.find("\"model-b\""), std::string::npos);
    EXPECT_NE(services.world.requests[1].body.find("hello"), std::string::npos);
}

TEST(Fallback, a_failure_of_the_last_target_is_the_items_own) {
    Services services(2);
    services.answer = [](const std::string&, const leat_sim_request&, leat_sim_response& r) {
        refuse(r, 500, R"({"error":{"message":"down"}})");
    };
    services.open();
    services.open_batch({services.target(0, 0), services.target(1, 1)});
    services.world.submit_all(3);
    services.world.run();
    EXPECT_EQ(services.world.count(LEAT_FAILED), 3u);
    EXPECT_EQ(services.world.summary().attempts, 12u);
}

TEST(Weights, items_are_shared_as_the_weights_say) {
    const struct {
        uint32_t a, b;
        double share;
    } rows[] = {{1, 1, 0.5}, {3, 1, 0.75}, {0, 9, 0.1}};
    for (const auto& row : rows) {
        Services services(2);
        services.world.setup.endpoint.max_in_flight = 8;
        services.answer = [](const std::string&, const leat_sim_request&, leat_sim_response& r) {
            r.delay_ns = 20 * ms;
        };
        services.open();
        services.open_batch({services.target(0, 0, 0, row.a), services.target(1, 0, 0, row.b)}, 4);
        services.world.submit_all(200);
        services.world.run();
        EXPECT_EQ(services.world.count(LEAT_SUCCEEDED), 200u);
        const double share = static_cast<double>(services.count("a")) / 200;
        EXPECT_NEAR(share, row.share, 0.01) << row.a << ":" << row.b;
    }
}

TEST(Weights, whoever_is_held_back_leaves_its_share_to_the_other) {
    Services services(2);
    services.world.setup.endpoint.requests_per_minute = 60;
    services.open();
    services.open_batch({services.target(0, 0), services.target(1, 0)});
    services.world.submit_all(40);
    services.world.run();
    // Two endpoints with one request a second each: half the time of one.
    const double took = static_cast<double>(services.world.now() - services.world.setup.sim.start_ns);
    EXPECT_LE(took / 1e9, 21.0);
    EXPECT_GE(services.count("a"), 18u);
    EXPECT_GE(services.count("b"), 18u);
}

TEST(KeyPool, each_key_has_limits_of_its_own_and_whoever_can_goes_first_G33) {
    Services services(1);
    services.world.setup.endpoint.base_url = view(services.urls[0]);
    services.open();
    const leat_key keys[] = {{LEAT_STR("key-1"), 60, 1}, {LEAT_STR("key-2"), 60, 1},
                             {LEAT_STR("key-3"), 60, 1}};
    leat_endpoint first = 0;
    ASSERT_EQ(leat_endpoint_add_keys(services.world.client, &services.world.setup.endpoint, keys, 3,
                                     &first),
              LEAT_OK);
    leat_batch_config config = services.world.batch_config();
    config.endpoint = first;
    services.world.open_batch(config);
    services.world.submit_all(30);
    services.world.run();
    std::map<std::string, int> used;
    for (const std::string& key : services.keys) ++used[key];
    EXPECT_EQ(used.size(), 3u);
    for (const auto& [key, times] : used) EXPECT_NEAR(times, 10, 1) << key;
    const double took = static_cast<double>(services.world.now() - services.world.setup.sim.start_ns);
    EXPECT_LE(took / 1e9, 10.5);
}

TEST(KeyPool, a_key_that_is_wrong_leaves_the_work_to_the_others) {
    Services services(1);
    services.open();
    const leat_key keys[] = {{LEAT_STR("bad"), 0, 0}, {LEAT_STR("good"), 0, 0}};
    leat_endpoint first = 0;
    ASSERT_EQ(leat_endpoint_add_keys(services.world.client, &services.world.setup.endpoint, keys, 2,
                                     &first),
              LEAT_OK);
    services.answer = [&](const std::string&, const leat_sim_request&, leat_sim_response& r) {
        if (services.keys.back() == "Bearer bad") refuse(r, 401);
    };
    leat_batch_config config = services.world.batch_config();
    config.endpoint = first;
    services.world.open_batch(config);
    services.world.submit_all(60);
    services.world.run();
    EXPECT_EQ(leat_endpoint_stopped(services.world.client, first), LEAT_E_AUTHENTICATION);
    EXPECT_EQ(leat_endpoint_stopped(services.world.client, first + 1), LEAT_OK);
    EXPECT_EQ(services.world.count(LEAT_SUCCEEDED), 60u) << "what met the wrong key as well";
}

TEST(KeyPool, arguments_are_checked_and_an_error_adds_none) {
    Services services(1);
    services.open();
    leat_client* const client = services.world.client;
    const leat_endpoint_config* const config = &services.world.setup.endpoint;
    const leat_key keys[] = {{LEAT_STR("one"), 0, 0}, {LEAT_STR("two\r\n"), 0, 0}};
    leat_endpoint first = 99;
    EXPECT_EQ(leat_endpoint_add_keys(client, config, keys, 0, &first), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_endpoint_add_keys(client, config, keys, 17, &first), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_endpoint_add_keys(client, config, nullptr, 1, &first), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_endpoint_add_keys(client, config, keys, 2, &first), LEAT_E_TEXT);
    ASSERT_EQ(leat_endpoint_add_keys(client, config, keys, 1, &first), LEAT_OK);
    EXPECT_EQ(first, 1u) << "nothing stayed of the one that failed";
}

}  // namespace
}  // namespace sim_test
