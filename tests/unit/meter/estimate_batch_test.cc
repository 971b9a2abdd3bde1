// estimate_batch_test.cc: leat_batch_estimate: the reference's numbers to the letter, sums over models and
// parts, limits of time, and what is not known. Depends on leat/meter.h alone.
#include <gtest/gtest.h>
#include <leat/meter.h>

#include <string>
#include <vector>

namespace {

leat_str view(const char* text) { return {text, std::char_traits<char>::length(text)}; }

leat_request prompt(const char* text) {
    leat_request request;
    leat_request_init(&request);
    request.prompt = view(text);
    return request;
}

// As the reference counts, with the prices that its cost example has.
struct Reference {
    leat_estimate_config config;
    leat_estimate estimate;
    leat_tariff tariff;

    Reference() {
        leat_estimate_config_init(&config);
        leat_estimate_init(&estimate);
        leat_tariff_init(&tariff);
        tariff.input = 0.50;
        tariff.output = 1.50;
        tariff.currency = LEAT_STR("USD");
        config.estimator = LEAT_ESTIMATE_QUARTER;
        config.same_output = 1;
        config.output_tokens = 500;
        config.tariff = &tariff;
    }
    leat_status run(const std::vector<leat_request>& requests) {
        return leat_batch_estimate(&config, requests.data(), requests.size(), &estimate);
    }
};

TEST(BatchEstimateTest, M6_has_the_numbers_of_the_references_example) {
    Reference reference;
    ASSERT_EQ(reference.run(
                  {prompt("Short question"), prompt("Another question"), prompt("Third question")}),
              LEAT_OK);
    const leat_estimate& estimate = reference.estimate;
    EXPECT_EQ(estimate.requests, 3u);
    EXPECT_EQ(estimate.input_tokens, 34u);  // 11 + 12 + 11
    EXPECT_EQ(estimate.output_tokens, 1500u);
    EXPECT_NEAR(estimate.input_cost, 0.000017, 1e-12);
    EXPECT_NEAR(estimate.output_cost, 0.00225, 1e-12);
    EXPECT_NEAR(estimate.cost, 0.002267, 1e-12);
    EXPECT_EQ(std::string(estimate.currency.data, estimate.currency.size), "USD");
    EXPECT_EQ(estimate.unpriced, 0u);
    EXPECT_LT(estimate.seconds, 0);
}

TEST(BatchEstimateTest, M6_output_is_the_most_that_may_come_and_1000_unless_told) {
    Reference reference;
    leat_request request = prompt("a");
    request.max_output_tokens = 7;
    ASSERT_EQ(reference.run({request}), LEAT_OK);
    EXPECT_EQ(reference.estimate.output_tokens, 500u);
    Reference own;
    own.config.same_output = 0;
    own.config.output_tokens = 0;
    leat_request body = prompt("");
    body.body_json = LEAT_STR("{\"model\":\"m\",\"max_tokens\":30,\"messages\":[]}");
    ASSERT_EQ(own.run({request, body, prompt("a")}), LEAT_OK);
    EXPECT_EQ(own.estimate.output_tokens, 1037u);
}

TEST(BatchEstimateTest, M7_an_exact_counter_takes_the_place_of_the_heuristic) {
    Reference reference;
    std::vector<std::string> counted;
    reference.config.user = &counted;
    reference.config.count_tokens = [](void* user, leat_str text) -> uint64_t {
        static_cast<std::vector<std::string>*>(user)->emplace_back(text.data, text.size);
        return 100;
    };
    ASSERT_EQ(reference.run({prompt("Short question")}), LEAT_OK);
    EXPECT_EQ(reference.estimate.input_tokens, 108u);  // and 4 + 1 + 3
    EXPECT_EQ(counted, std::vector<std::string>{"Short question"});
    // An empty text is 1 to the heuristic, and what the counter says to the counter.
    Reference empty;
    ASSERT_EQ(empty.run({prompt("")}), LEAT_OK);
    EXPECT_EQ(empty.estimate.input_tokens, 9u);
    empty.config.count_tokens = [](void*, leat_str text) -> uint64_t { return text.size; };
    leat_estimate_init(&empty.estimate);
    ASSERT_EQ(empty.run({prompt("")}), LEAT_OK);
    EXPECT_EQ(empty.estimate.input_tokens, 8u);
}

TEST(BatchEstimateTest, M8_each_model_has_its_own_price_and_an_unknown_one_has_none) {
    Reference reference;
    reference.config.tariff = nullptr;
    reference.config.provider = LEAT_STR("mine");
    reference.config.prices = LEAT_STR(
        "provider,model,input_per_mtok,output_per_mtok,currency\n"
        "mine,small,1,2,USD\nmine,large,10,20,USD\nmine,foreign,1,1,BRL\n");
    reference.config.model = LEAT_STR("small");
    leat_request large = prompt("Third question");
    leat_request foreign = large;
    leat_request unknown = large;
    large.model = LEAT_STR("large");
    foreign.model = LEAT_STR("foreign");
    unknown.model = LEAT_STR("who-knows");
    ASSERT_EQ(reference.run({prompt("Third question"), large, foreign, unknown}), LEAT_OK);
    EXPECT_EQ(reference.estimate.requests, 4u);
    EXPECT_EQ(reference.estimate.unpriced, 2u);
    EXPECT_NEAR(reference.estimate.input_cost, 11e-6 * 1 + 11e-6 * 10, 1e-12);
    EXPECT_NEAR(reference.estimate.output_cost, 500e-6 * 2 + 500e-6 * 20, 1e-12);
    EXPECT_EQ(reference.estimate.unmodelled, 4u);
    EXPECT_EQ(reference.estimate.energy_kwh.max, 0.0);
}

TEST(BatchEstimateTest, energy_is_that_of_each_answer) {
    Reference reference;
    reference.config.provider = LEAT_STR("openai");
    reference.config.model = LEAT_STR("gpt-4.1-mini");
    ASSERT_EQ(reference.run({prompt("a"), prompt("b")}), LEAT_OK);
    leat_footprint_query query;
    leat_footprint footprint;
    leat_footprint_query_init(&query);
    query.provider = LEAT_STR("openai");
    query.model = LEAT_STR("gpt-4.1-mini");
    query.output_tokens = 500;
    ASSERT_EQ(leat_footprint_of(&query, &footprint), LEAT_OK);
    EXPECT_DOUBLE_EQ(reference.estimate.energy_kwh.mean, 2 * footprint.energy_kwh.mean);
    EXPECT_DOUBLE_EQ(reference.estimate.gwp_kgco2eq.max, 2 * footprint.gwp_kgco2eq.max);
    EXPECT_DOUBLE_EQ(reference.estimate.water_l.min, 2 * footprint.water_l.min);
    EXPECT_EQ(reference.estimate.unmodelled, 0u);
}

TEST(BatchEstimateTest, time_is_the_longest_that_a_limit_makes_of_it) {
    const auto at = [](auto set) {
        Reference reference;
        set(&reference.config);
        EXPECT_EQ(reference.run(std::vector<leat_request>(10, prompt("Third question"))), LEAT_OK);
        return std::make_pair(reference.estimate.seconds,
                              std::string(reference.estimate.limited_by));
    };
    using Config = leat_estimate_config;
    using Time = std::pair<double, std::string>;
    // 10 requests, 110 tokens in, 5000 out.
    EXPECT_EQ(at([](Config* c) { c->requests_per_minute = 5; }), Time(120, "requests per minute"));
    EXPECT_EQ(at([](Config* c) { c->tokens_per_minute = 5110; }), Time(60, "tokens per minute"));
    EXPECT_EQ(at([](Config* c) { c->input_tokens_per_minute = 55; }),
              Time(120, "input tokens per minute"));
    EXPECT_EQ(at([](Config* c) { c->output_tokens_per_minute = 2500; }),
              Time(120, "output tokens per minute"));
    EXPECT_EQ(at([](Config* c) { c->requests_per_day = 10; }), Time(86400, "requests per day"));
    EXPECT_EQ(at([](Config* c) { c->tokens_per_day = 10220; }), Time(43200, "tokens per day"));
    EXPECT_EQ(at([](Config* c) { c->max_in_flight = 5; }), Time(-1, ""));
    EXPECT_EQ(at([](Config* c) {
                  c->max_in_flight = 5;
                  c->latency_s = {3, 1, {}};
                  c->requests_per_minute = 200;
              }),
              Time(6, "requests in flight"));
}

TEST(BatchEstimateTest, parts_of_a_list_add_up_to_the_whole) {
    Reference whole;
    Reference parts;
    whole.config.requests_per_minute = parts.config.requests_per_minute = 1;
    ASSERT_EQ(whole.run({prompt("a"), prompt("bb"), prompt("ccc ccc ccc")}), LEAT_OK);
    ASSERT_EQ(parts.run({prompt("a")}), LEAT_OK);
    ASSERT_EQ(parts.run({}), LEAT_OK);
    ASSERT_EQ(parts.run({prompt("bb"), prompt("ccc ccc ccc")}), LEAT_OK);
    EXPECT_EQ(parts.estimate.input_tokens, whole.estimate.input_tokens);
    EXPECT_DOUBLE_EQ(parts.estimate.cost, whole.estimate.cost);
    EXPECT_DOUBLE_EQ(parts.estimate.seconds, 180);
}

TEST(BatchEstimateTest, wrong_arguments_add_nothing) {
    Reference reference;
    const leat_request good = prompt("a");
    EXPECT_EQ(leat_batch_estimate(nullptr, &good, 1, &reference.estimate), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_batch_estimate(&reference.config, nullptr, 1, &reference.estimate),
              LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_batch_estimate(&reference.config, &good, 1, nullptr), LEAT_E_ARGUMENT);
    leat_request bad = good;
    bad.struct_size = 1;
    EXPECT_EQ(reference.run({good, bad}), LEAT_E_STRUCT_SIZE);
    reference.config.reserved8[2] = 1;
    EXPECT_EQ(reference.run({good}), LEAT_E_RESERVED);
    reference.config.reserved8[2] = 0;
    reference.config.same_output = 2;
    EXPECT_EQ(reference.run({good}), LEAT_E_ARGUMENT);
    reference.config.same_output = 0;
    reference.config.zone = {nullptr, 3};
    EXPECT_EQ(reference.run({good}), LEAT_E_ARGUMENT);
    reference.config.zone = {nullptr, 0};
    reference.tariff.struct_size = 3;
    EXPECT_EQ(reference.run({good}), LEAT_E_STRUCT_SIZE);
    EXPECT_EQ(reference.estimate.requests, 0u);
}

}  // namespace
