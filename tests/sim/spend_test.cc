// tests/sim/spend_test.cc: money, turns and second tries: a batch's budget (G31, M9), its share among
// batches, lanes of its requests, hedging. Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

Options priced(double input, double output, uint32_t in_flight = 5) {
    Options setup;
    setup.endpoint.price = {input, -1.0, output};
    setup.endpoint.max_in_flight = in_flight;
    return setup;
}

struct Told {
    std::vector<leat_budget_state> states;
};

leat_batch_config with_budget(World* world, double usd, Told* told) {
    if (world->client == nullptr) world->open();
    leat_batch_config config = world->batch_config();
    config.budget_usd = usd;
    static Told* hearer = nullptr;
    hearer = told;
    config.on_budget = [](void*, const leat_budget_state* state) { hearer->states.push_back(*state); };
    return config;
}

TEST(Budget, stops_before_the_limit_and_cancels_the_rest) {
    // 1 + 9 tokens at 1 and 2 dollars a million: 19 millionths an answer.
    World world(priced(1.0, 2.0, 1));
    Told told;
    world.open_batch(with_budget(&world, 0.0002, &told));
    for (int i = 0; i < 50; ++i) {
        ASSERT_EQ(world.submit("x", [](leat_request* r) { r->max_output_tokens = 9; }), LEAT_OK);
    }
    leat_batch_finish(world.batch);
    world.run();
    const leat_summary sum = world.summary();
    EXPECT_LE(sum.cost_usd, 0.0002);
    EXPECT_GE(sum.succeeded, 2u);
    EXPECT_NEAR(sum.cost_usd, static_cast<double>(sum.succeeded) * 19e-6, 1e-12);
    EXPECT_EQ(sum.succeeded + sum.cancelled, 50u);
    for (const Result& result : world.results) {
        if (result.outcome == LEAT_CANCELLED) {
            EXPECT_EQ(result.status, LEAT_E_BUDGET);
        }
    }
    ASSERT_GE(told.states.size(), 1u);
    EXPECT_EQ(told.states.back().exhausted, 1);
    EXPECT_DOUBLE_EQ(told.states.back().limit_usd, 0.0002);
}

TEST(Budget, is_not_passed_whatever_is_in_flight) {
    for (const uint32_t in_flight : {1u, 7u, 16u}) {
        World world(priced(10.0, 10.0, in_flight));
        world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
            response.body = world.keep(completion("ok", 100));
            response.delay_ns = 30 * ms;
        };
        Told told;
        world.open_batch(with_budget(&world, 0.02, &told));
        for (int i = 0; i < 60; ++i) {
            ASSERT_EQ(world.submit("x", [](leat_request* r) { r->max_output_tokens = 99; }), LEAT_OK);
        }
        leat_batch_finish(world.batch);
        world.run();
        EXPECT_LE(world.summary().cost_usd, 0.02 + 1e-9);
        EXPECT_GE(world.summary().cost_usd, 0.015) << "what is left is not worth an answer";
        ASSERT_EQ(told.states.size(), 2u) << "four fifths, then the end";
        EXPECT_EQ(told.states[0].exhausted, 0);
        EXPECT_GE(told.states[0].spent_usd, 0.016 - 1e-9);
    }
}

TEST(Budget, free_models_always_pass) {
    World world(priced(0.0, 0.0));
    Told told;
    world.open_batch(with_budget(&world, 1e-9, &told));
    world.submit_all(20);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 20u);
    EXPECT_TRUE(told.states.empty());
}

TEST(Budget, needs_a_price_and_says_so) {
    World world;
    Told told;
    const leat_batch_config config = with_budget(&world, 1.0, &told);
    leat_batch* batch = nullptr;
    EXPECT_EQ(leat_batch_open(world.client, &config, &batch), LEAT_E_CONFIG);
    EXPECT_STREQ(leat_batch_config_error(world.client, &config),
                 "budget_usd needs a price of each target's endpoint");
}

TEST(Cost, cached_input_replaces_input_and_attempts_add_up_G30) {
    World world(priced(3.0, 15.0));
    world.setup.endpoint.price.cached_input = 0.3;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.body = LEAT_STR(
            "{\"id\":\"r\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
            "\"assistant\",\"content\":\"ok\"},\"finish_reason\":\"stop\"}],\"usage\":{"
            "\"prompt_tokens\":1000,\"completion_tokens\":200,\"total_tokens\":1200,"
            "\"prompt_tokens_details\":{\"cached_tokens\":600}}}");
    };
    double cost = 0;
    world.on_each_result = [&](const leat_result* result) {
        cost = result->cost_usd;
        return LEAT_RELEASE;
    };
    world.exchange(1);
    EXPECT_NEAR(cost, (400 * 3.0 + 600 * 0.3 + 200 * 15.0) / 1e6, 1e-15);
    World unpriced;
    unpriced.on_each_result = world.on_each_result;
    unpriced.exchange(1);
    EXPECT_LT(cost, 0) << "unknown is not nothing";
}

// The answer of a chat completion that used these tokens.
std::string answer_of(const char* model) {
    return std::string("{\"id\":\"r\",\"model\":\"") + model +
           "\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"ok\"},"
           "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1000,"
           "\"completion_tokens\":200,\"total_tokens\":1200,"
           "\"prompt_tokens_details\":{\"cached_tokens\":600}}}";
}

TEST(Cost, a_built_in_price_counts_where_none_is_told) {
    const double mini = (400 * 0.15 + 600 * 0.075 + 200 * 0.6) / 1e6;
    const double large = (400 * 2.5 + 600 * 1.25 + 200 * 10) / 1e6;
    const struct {
        const char* of_endpoint;
        const char* of_request;
        const char* of_answer;
        double usd;  // < 0: not known
    } rows[] = {
        {"gpt-4o-mini", "", "gpt-4o-mini-2024-07-18", mini},
        {"gpt-4o-mini", "gpt-4o-2024-08-06", "x", large},
        {"gpt-4o-mini", "house-model", "gpt-4o", -1},
        {"house-model", "", "gpt-4o", -1},
        {"", "gpt-4o-mini", "x", mini},
        {"", "", "gpt-4o-mini-2024-07-18", mini},
        {"", "", "house-model", -1},
    };
    for (const auto& row : rows) {
        World world;
        world.setup.endpoint.model = {row.of_endpoint, strlen(row.of_endpoint)};
        const std::string answer = answer_of(row.of_answer);
        world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
            response.body = {answer.data(), answer.size()};
        };
        std::vector<double> costs;
        world.on_each_result = [&](const leat_result* result) {
            costs.push_back(result->cost_usd);
            return LEAT_RELEASE;
        };
        for (int i = 0; i < 3; ++i) {
            ASSERT_EQ(world.submit("What is a leat?", [&row](leat_request* request) {
                request->model = {row.of_request, strlen(row.of_request)};
            }), LEAT_OK);
        }
        leat_batch_finish(world.batch);
        world.run();
        ASSERT_EQ(costs.size(), 3u);
        for (const double cost : costs) {
            if (row.usd < 0) {
                EXPECT_LT(cost, 0);
            } else {
                EXPECT_NEAR(cost, row.usd, 1e-12);
            }
        }
        leat_summary summary;
        leat_batch_summary(world.batch, &summary);
        EXPECT_NEAR(summary.cost_usd, row.usd < 0 ? 0 : 3 * row.usd, 1e-11);
    }
}

TEST(Budget, takes_a_built_in_price_and_no_item_without_one) {
    World world;
    world.setup.endpoint.model = LEAT_STR("gpt-4o-mini");
    world.open();
    Told told;
    world.open_batch(with_budget(&world, 1.0, &told));
    ASSERT_EQ(world.submit("What is a leat?"), LEAT_OK);
    ASSERT_EQ(world.submit("What is a leat?", [](leat_request* request) {
        request->model = LEAT_STR("house-model");
    }), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 1u);
    EXPECT_EQ(world.count(LEAT_FAILED), 1u);
}

TEST(Share, batches_take_turns_as_their_shares_say) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    std::string order;
    world.respond = [&](const leat_sim_request& request, leat_sim_response&) {
        order += copy(request.body).find("first") != std::string::npos ? 'a' : 'b';
    };
    world.open();
    leat_batch_config config = world.batch_config();
    config.share = 3;
    leat_batch* const first = world.open_batch(config);
    for (int i = 0; i < 30; ++i) ASSERT_EQ(world.submit("first"), LEAT_OK);
    leat_batch_finish(first);
    config.share = 0;
    leat_batch* const other = world.open_batch(config);
    for (int i = 0; i < 30; ++i) ASSERT_EQ(world.submit("other"), LEAT_OK);
    leat_batch_finish(other);
    world.run();
    const std::string begin = order.substr(0, 24);
    const auto turns = std::count(begin.begin(), begin.end(), 'a');
    EXPECT_GE(turns, 17) << order;
    EXPECT_LE(turns, 19) << order;
    world.batch = first;
    world.run();
}

TEST(Lanes, urgent_requests_overtake_and_none_starves) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    std::string order;
    world.respond = [&](const leat_sim_request& request, leat_sim_response&) {
        const std::string body = copy(request.body);
        order += body.find("urgent") != std::string::npos   ? 'u'
                 : body.find("normal") != std::string::npos ? 'n'
                                                            : 'b';
    };
    world.open_batch();
    const auto submit = [&](const char* prompt, leat_lane lane) {
        ASSERT_EQ(world.submit(prompt, [&](leat_request* r) {
                      r->lane = lane;
                      r->flags = LEAT_COPY;
                  }),
                  LEAT_OK);
    };
    for (int i = 0; i < 20; ++i) submit("background", LEAT_LANE_BACKGROUND);
    for (int i = 0; i < 20; ++i) submit("normal", LEAT_LANE_NORMAL);
    for (int i = 0; i < 20; ++i) submit("urgent", LEAT_LANE_URGENT);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 60u);
    const std::string begin = order.substr(0, 18);
    EXPECT_EQ(std::count(begin.begin(), begin.end(), 'u'), 12) << order;
    EXPECT_EQ(std::count(begin.begin(), begin.end(), 'n'), 4) << order;
    EXPECT_EQ(std::count(begin.begin(), begin.end(), 'b'), 2) << order;
}

TEST(Lanes, do_not_apply_where_results_come_in_the_order_of_input) {
    World world;
    world.setup.config.items_max = 2;
    world.setup.endpoint.max_in_flight = 1;
    world.open();
    leat_batch_config config = world.batch_config();
    config.order = LEAT_ORDER_INPUT;
    world.open_batch(config);
    ASSERT_EQ(world.submit("last", [](leat_request* r) { r->lane = LEAT_LANE_BACKGROUND; }), LEAT_OK);
    for (int i = 0; i < 30; ++i) {
        ASSERT_EQ(world.submit("x", [](leat_request* r) { r->lane = LEAT_LANE_URGENT; }), LEAT_OK);
    }
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 31u);
}

// Every twentieth answer takes ten seconds, the others a tenth of one.
void run_hedged(World* world, double percentile, uint32_t share_percent, size_t items = 400) {
    world->setup.endpoint.max_in_flight = 8;
    world->respond = [](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = request.number % 20 == 19 ? 10 * second : 100 * ms;
    };
    world->open();
    leat_batch_config config = world->batch_config();
    config.hedge.percentile = percentile;
    config.hedge.share_percent = share_percent;
    world->open_batch(config);
    size_t sent = 0;
    while (sent < items) {
        if (world->submit("item " + std::to_string(sent)) == LEAT_OK) {
            ++sent;
        } else {
            (void)world->step(world->now() + second);
        }
    }
    leat_batch_finish(world->batch);
    world->run();
}

TEST(Hedge, is_off_unless_asked_for) {
    World world;
    run_hedged(&world, 0, 0);
    EXPECT_EQ(world.summary().hedges, 0u);
    EXPECT_EQ(world.requests.size(), 400u);
}

TEST(Hedge, the_first_answer_wins_and_each_item_has_one_result) {
    World plain;
    run_hedged(&plain, 0, 0);
    World world;
    run_hedged(&world, 0.9, 10);
    EXPECT_EQ(world.results.size(), 400u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 400u);
    EXPECT_GT(world.summary().hedges, 10u);
    EXPECT_GT(world.summary().hedges_won, 8u);
    EXPECT_LT(world.now(), plain.now() * 3 / 4) << "a hedged batch ends sooner";
    EXPECT_EQ(world.stats().in_flight, 0u);
    EXPECT_EQ(world.stats().items_alive, 0u);
    EXPECT_LE(world.requests.size(), 440u) << "at most a tenth more";
}

TEST(Hedge, its_share_is_exact) {
    for (const uint32_t percent : {1u, 5u}) {
        World world;
        run_hedged(&world, 0.5, percent, 300);
        EXPECT_LE(world.summary().hedges * 100, world.requests.size() * percent);
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 300u);
    }
}

TEST(Hedge, a_cancelled_item_takes_its_second_try_along) {
    World world;
    world.setup.endpoint.max_in_flight = 4;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = request.number >= 40 ? 100 * second : 50 * ms;
    };
    world.open();
    leat_batch_config config = world.batch_config();
    config.hedge.percentile = 0.9;
    config.hedge.share_percent = 50;
    world.open_batch(config);
    world.submit_all(42);
    world.run_until(world.now() + 20 * second);
    EXPECT_EQ(world.summary().hedges, 2u);
    EXPECT_EQ(leat_item_cancel(world.batch, 40), LEAT_OK);
    EXPECT_EQ(leat_item_cancel(world.batch, 41), LEAT_OK);
    world.run();
    EXPECT_EQ(world.count(LEAT_CANCELLED), 2u);
    EXPECT_EQ(world.results.size(), 42u);
    EXPECT_EQ(world.stats().items_alive, 0u);
}

TEST(Hedge, when_the_first_try_fails_the_second_goes_on) {
    World world;
    world.setup.endpoint.retry.attempts_max = 1;
    uint64_t asked = 0;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        ++asked;
        response.delay_ns = 50 * ms;
        if (asked == 31) {  // slow, and then it fails
            response.delay_ns = 2 * second;
            response.status = 500;
        }
        if (asked == 32) response.delay_ns = 4 * second;
    };
    world.open();
    leat_batch_config config = world.batch_config();
    config.hedge.percentile = 0.9;
    config.hedge.share_percent = 50;
    config.max_in_flight = 2;
    world.open_batch(config);
    world.submit_all(31);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 31u);
    EXPECT_EQ(world.summary().hedges, 1u);
}

TEST(Hedge, both_tries_together_have_the_attempts_of_one_item) {
    World world;
    world.setup.endpoint.retry.attempts_max = 2;
    world.setup.endpoint.retry.backoff_initial_ms = 10;
    uint64_t asked = 0;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        ++asked;
        response.delay_ns = 50 * ms;
        if (asked <= 30) return;
        response.status = 500;
        if (asked == 31) response.delay_ns = 2 * second;
        if (asked == 32) response.delay_ns = 4 * second;  // the second try
    };
    world.open();
    leat_batch_config config = world.batch_config();
    config.hedge.percentile = 0.9;
    config.hedge.share_percent = 50;
    config.max_in_flight = 2;
    world.open_batch(config);
    world.submit_all(31);
    world.run();
    EXPECT_EQ(world.summary().hedges, 1u);
    EXPECT_EQ(world.count(LEAT_FAILED), 1u);
    EXPECT_EQ(world.results.back().attempts, 3u) << "two, and the second try";
    EXPECT_EQ(asked, 33u);
}

}  // namespace
}  // namespace sim_test
