// tests/sim/rows_messages_test.cc: what seeds-clients and langchain-maritaca promise of a list of requests,
// where no other test says so already. Each test bears the ids of its rows in
// tests/vectors/capabilities.tsv. Depends on rows.h.
#include "sim/rows.h"

namespace sim_test {
namespace {

TEST(RowsOfSeeds, S2_options_are_the_same_for_all_items_and_totals_come_with_them) {
    World world;
    obey(&world);
    world.open();
    leat_request usual;
    leat_request_init(&usual);
    usual.max_output_tokens = 321;
    leat_message turns[2] = {};
    turns[0].role = LEAT_STR("system");
    turns[0].content = LEAT_STR("be kind");
    turns[1].role = LEAT_STR("user");
    turns[1].content = LEAT_STR("hello");
    leat_batch_config config = world.batch_config();
    config.defaults = &usual;
    config.max_in_flight = 3;
    world.open_batch(config);
    for (int i = 0; i < 10; ++i) {
        ASSERT_EQ(world.submit("",
                               [&](leat_request* r) {
                                   r->messages = turns;
                                   r->messages_count = 2;
                               }),
                  LEAT_OK);
    }
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.http.in_flight_peak, 3u);
    EXPECT_EQ(world.summary().usage.total_tokens, 100);
    ASSERT_EQ(world.requests.size(), 10u);
    for (const Request& request : world.requests) {
        EXPECT_NE(request.body.find(":321"), std::string::npos);
        EXPECT_NE(request.body.find("be kind"), std::string::npos);
    }
}

TEST(RowsOfSeeds, S3_S4_M3_each_result_and_each_error_stands_at_its_index) {
    World world;
    obey(&world);
    std::vector<std::string> responses(6);
    std::map<uint64_t, leat_status> errors;
    world.on_each_result = [&](const leat_result* result) {
        if (result->status == LEAT_OK) {
            responses[result->index] = copy(result->text);
        } else {
            errors[result->index] = result->status;
        }
        return LEAT_RELEASE;
    };
    world.open_batch();
    for (const char* prompt : {"a", "refuse", "b", "c", "refuse", "d"}) {
        ASSERT_EQ(world.submit(prompt), LEAT_OK);
    }
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(responses, (std::vector<std::string>{"ok", "", "ok", "ok", "", "ok"}));
    EXPECT_EQ(errors, (std::map<uint64_t, leat_status>{{1, LEAT_E_INVALID_REQUEST},
                                                       {4, LEAT_E_INVALID_REQUEST}}));
}

TEST(RowsOfSeeds, S8_closing_a_batch_that_is_read_by_and_by_cuts_what_is_on_the_wire) {
    World world;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        response.delay_ns = request.number == 0 ? 10 * ms : 100 * second;
    };
    world.open();
    leat_batch_config config = world.batch_config();
    config.on_result = nullptr;
    leat_batch* const batch = world.open_batch(config);
    world.submit_all(10);
    EXPECT_EQ(leat_batch_run(batch), LEAT_OK);
    const leat_result* result = nullptr;
    EXPECT_EQ(leat_batch_next(batch, &result), LEAT_OK);
    EXPECT_EQ(result->index, 0u);
    leat_result_release(batch, result);
    leat_batch_close(batch);
    world.forget(batch);
    EXPECT_EQ(world.stats().items_alive, 0u);
    EXPECT_EQ(world.stats().in_flight, 0u);
    EXPECT_LT(world.now() - world.setup.sim.start_ns, second);
}

TEST(RowsOfSeeds, S9_closing_the_client_closes_its_connections) {
    World world;
    world.exchange(3);
    EXPECT_GT(world.sim_stats().streams_open, 0u) << "kept for the next request";
    world.batch = nullptr;
    leat_close(world.client);
    world.client = nullptr;
    EXPECT_EQ(world.sim_stats().streams_open, 0u);
    EXPECT_EQ(world.sim_stats().registered, 0u);
}

TEST(RowsOfSeeds, S11_items_of_a_batch_are_tried_again_as_single_ones_are) {
    World world;
    obey(&world);
    world.open_batch();
    ASSERT_EQ(world.submit("fall"), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.only().outcome, LEAT_SUCCEEDED);
    EXPECT_EQ(world.only().attempts, 2u);
}

TEST(RowsOfMaritaca, M1_stop_sequences_hold_for_all_items) {
    World world;
    world.open();
    leat_request usual;
    leat_request_init(&usual);
    const leat_str stops[2] = {LEAT_STR("END"), LEAT_STR("###")};
    usual.stop = stops;
    usual.stop_count = 2;
    leat_batch_config config = world.batch_config();
    config.defaults = &usual;
    world.open_batch(config);
    world.submit_all(4);
    world.run();
    ASSERT_EQ(world.requests.size(), 4u);
    for (const Request& request : world.requests) {
        EXPECT_NE(request.body.find("\"stop\":[\"END\",\"###\"]"), std::string::npos)
            << request.body;
    }
}

TEST(RowsOfMaritaca, M9_an_estimate_before_and_a_cap_while_it_runs) {
    World world;
    world.setup.endpoint.price = {100.0, -1.0, 100.0};
    world.setup.endpoint.max_in_flight = 1;
    world.open();
    leat_tariff tariff;
    leat_tariff_init(&tariff);
    tariff.input = tariff.output = 100.0;
    tariff.currency = LEAT_STR("USD");
    leat_estimate_config measure;
    leat_estimate estimate;
    leat_estimate_config_init(&measure);
    leat_estimate_init(&estimate);
    measure.tariff = &tariff;
    std::vector<leat_request> requests(20);
    for (leat_request& request : requests) {
        leat_request_init(&request);
        request.prompt = LEAT_STR("a prompt");
        request.max_output_tokens = 9;
    }
    ASSERT_EQ(leat_batch_estimate(&measure, requests.data(), requests.size(), &estimate), LEAT_OK);
    leat_batch_config config = world.batch_config();
    config.budget_usd = estimate.cost / 4;
    world.open_batch(config);
    for (leat_request& request : requests) {
        ASSERT_EQ(leat_submit(world.batch, &request, nullptr), LEAT_OK);
        ++world.accepted[world.batch];
    }
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_GT(world.count(LEAT_SUCCEEDED), 0u);
    EXPECT_GT(world.count(LEAT_CANCELLED), 0u);
    EXPECT_LE(world.summary().cost_usd, config.budget_usd);
}

TEST(RowsOfMaritaca, M11_a_fraction_of_a_second_is_no_error) {
    World world;
    world.respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number > 0) return;
        response.status = 429;
        response.headers[0] = {LEAT_STR("Retry-After"), LEAT_STR("2.5")};
        response.headers_count = 1;
    };
    world.exchange(1);
    EXPECT_EQ(world.only().outcome, LEAT_SUCCEEDED);
    const uint64_t wait = world.requests[1].at_ns - world.requests[0].at_ns;
    EXPECT_GE(wait, 2500 * ms);
    EXPECT_LE(wait, 2760 * ms);
}

}  // namespace
}  // namespace sim_test
