// tests/sim/spend_test.cc: money: what items cost, and a batch's budget (G31, M9). Depends on
// sim_world.h.
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

TEST(Budget, M9_stops_before_the_limit_and_cancels_the_rest) {
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

}  // namespace
}  // namespace sim_test
