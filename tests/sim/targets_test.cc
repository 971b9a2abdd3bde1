// tests/sim/targets_test.cc: several endpoints behind one batch: weights, ranks, fallbacks with attempts
// of their own (P24, G34), pools of keys (G33), endpoints that are stopped after failures that would
// befall every item. Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

// Endpoints at a.test, b.test ... in one world; which one a request came to is told by its Host.
class Services {
public:
    explicit Services(size_t count) {
        world.setup.endpoint.retry.attempts_max = 2;
        world.setup.endpoint.retry.backoff_initial_ms = 10;
        world.setup.config.endpoints_max = 8;
        world.respond = [this](const leat_sim_request& request, leat_sim_response& response) {
            const std::string host = copy(leat_sim_request_header(&request, LEAT_STR("host")));
            heard.push_back(host.substr(0, 1));
            keys.push_back(copy(leat_sim_request_header(&request, LEAT_STR("authorization"))));
            if (answer) answer(heard.back(), request, response);
        };
        urls.reserve(count);
        for (size_t i = 0; i < count; ++i) {
            const std::string name(1, static_cast<char>('a' + i));
            const std::string address = "10.0.1." + std::to_string(i + 1);
            world.add_host(address.c_str(), 80);
            world.name((name + ".test").c_str(), address.c_str());
            urls.push_back("http://" + name + ".test/v1");
        }
    }
    void open() {
        for (size_t i = 0; i < urls.size(); ++i) {
            world.setup.endpoint.base_url = view(urls[i]);
            models.push_back("model-" + urls[i].substr(7, 1));
            world.setup.endpoint.model = view(models.back());
            leat_endpoint added = 0;
            if (i == 0) {
                world.open();
                endpoints.push_back(world.endpoint);
                continue;
            }
            ASSERT_EQ(leat_endpoint_add(world.client, &world.setup.endpoint, &added), LEAT_OK);
            endpoints.push_back(added);
        }
    }
    leat_target target(size_t place, uint32_t rank, uint32_t fall_on = 0, uint32_t weight = 0) {
        leat_target out = {};
        out.endpoint = endpoints[place];
        out.rank = rank;
        out.weight = weight;
        out.fall_on = fall_on;
        return out;
    }
    void open_batch(const std::vector<leat_target>& targets, uint32_t max_in_flight = 0) {
        leat_batch_config config = world.batch_config();
        config.max_in_flight = max_in_flight;
        config.targets = targets.data();
        config.targets_count = static_cast<uint32_t>(targets.size());
        world.open_batch(config);
    }
    size_t count(const std::string& service) const {
        size_t found = 0;
        for (const std::string& one : heard) found += one == service ? size_t{1} : size_t{0};
        return found;
    }

    World world;
    std::vector<std::string> urls;
    std::deque<std::string> models;
    std::vector<leat_endpoint> endpoints;
    std::vector<std::string> heard;
    std::vector<std::string> keys;
    std::function<void(const std::string&, const leat_sim_request&, leat_sim_response&)> answer;
};

void refuse(leat_sim_response& response, int32_t status, const char* body = "{}") {
    response.status = status;
    response.body = {body, strlen(body)};
}

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
    EXPECT_GE(services.world.count(LEAT_SUCCEEDED), 50u);
    EXPECT_LE(services.world.count(LEAT_FAILED), 10u) << "only what was on the wire with that key";
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

TEST(Abort, a_wrong_key_ends_the_batch_with_one_reason_instead_of_many_failures) {
    for (const int32_t status : {401, 402}) {
        Services services(1);
        services.world.setup.endpoint.max_in_flight = 3;
        services.answer = [&](const std::string&, const leat_sim_request&, leat_sim_response& r) {
            refuse(r, status);
            r.delay_ns = 5 * ms;
        };
        services.open();
        services.open_batch({services.target(0, 0)});
        services.world.submit_all(100);
        services.world.run();
        const leat_status why = status == 401 ? LEAT_E_AUTHENTICATION : LEAT_E_QUOTA;
        EXPECT_EQ(leat_endpoint_stopped(services.world.client, services.endpoints[0]), why);
        EXPECT_LE(services.heard.size(), 3u);
        EXPECT_EQ(services.world.results.size(), 100u);
        EXPECT_LE(services.world.count(LEAT_FAILED), 3u);
        for (const Result& result : services.world.results) EXPECT_EQ(result.status, why);
        EXPECT_EQ(services.world.summary().first_error, why);
    }
}

TEST(Abort, after_successes_it_takes_three_in_a_row) {
    for (const size_t bad : {size_t{2}, size_t{3}}) {
        Services services(1);
        services.world.setup.endpoint.max_in_flight = 1;
        services.answer = [&](const std::string&, const leat_sim_request& request,
                              leat_sim_response& r) {
            if (request.number >= 5 && request.number < 5 + bad) refuse(r, 401);
        };
        services.open();
        services.open_batch({services.target(0, 0)});
        services.world.submit_all(20);
        services.world.run();
        EXPECT_EQ(services.world.count(LEAT_SUCCEEDED), bad == 2 ? 18u : 5u);
        EXPECT_EQ(services.world.count(LEAT_FAILED), bad);
    }
}

TEST(Abort, can_be_switched_off_and_chosen) {
    Services services(1);
    services.world.setup.endpoint.abort_on = LEAT_ON_MODEL;
    services.answer = [](const std::string&, const leat_sim_request&, leat_sim_response& r) {
        refuse(r, 401);
    };
    services.open();
    services.open_batch({services.target(0, 0)});
    services.world.submit_all(20);
    services.world.run();
    EXPECT_EQ(services.world.count(LEAT_FAILED), 20u);
}

TEST(Abort, a_new_batch_gives_the_endpoint_another_chance) {
    Services services(1);
    bool wrong = true;
    services.answer = [&](const std::string&, const leat_sim_request&, leat_sim_response& r) {
        if (wrong) refuse(r, 401);
    };
    services.open();
    services.open_batch({services.target(0, 0)});
    services.world.submit_all(10);
    services.world.run();
    wrong = false;
    services.open_batch({services.target(0, 0)});
    services.world.submit_all(10);
    services.world.run();
    EXPECT_EQ(leat_endpoint_stopped(services.world.client, services.endpoints[0]), LEAT_OK);
    EXPECT_EQ(services.world.count(LEAT_SUCCEEDED), 10u);
}

TEST(Domains, a_pause_of_one_model_does_not_hold_another_up) {
    Services services(1);
    services.answer = [](const std::string&, const leat_sim_request& request, leat_sim_response& r) {
        if (copy(request.body).find("\"slow\"") == std::string::npos) return;
        refuse(r, 429);
        r.headers[0] = {LEAT_STR("Retry-After"), LEAT_STR("60")};
        r.headers_count = 1;
    };
    services.world.setup.endpoint.cooldown.retries_max = 1;
    services.open();
    services.open_batch({services.target(0, 0)});
    for (int i = 0; i < 10; ++i) {
        const char* const model = i % 2 == 0 ? "slow" : "fast";
        ASSERT_EQ(services.world.submit("x", [&](leat_request* r) { r->model = {model, 4}; }), LEAT_OK);
    }
    leat_batch_finish(services.world.batch);
    services.world.run_until(services.world.now() + 10 * second);
    EXPECT_EQ(services.world.count(LEAT_SUCCEEDED), 5u) << "those of the other model";
    services.world.run();
    EXPECT_EQ(services.world.count(LEAT_FAILED), 5u);
}

TEST(Domains, more_models_than_there_is_room_for_share_the_last) {
    Services services(1);
    services.open();
    services.open_batch({services.target(0, 0)});
    for (int i = 0; i < 12; ++i) {
        const std::string& model = services.models.emplace_back("m" + std::to_string(i));
        ASSERT_EQ(services.world.submit("x", [&](leat_request* r) { r->model = view(model); }), LEAT_OK);
    }
    leat_batch_finish(services.world.batch);
    services.world.run();
    EXPECT_EQ(services.world.count(LEAT_SUCCEEDED), 12u);
}

}  // namespace
}  // namespace sim_test
