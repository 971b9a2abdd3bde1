// tests/sim/domains_test.cc: an endpoint that is stopped after failures that would befall every item
// (abort_on), and the limit domains of an endpoint's models. Depends on services.h.
#include "sim/services.h"

namespace sim_test {
namespace {

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

TEST(Domains, a_request_that_is_only_checked_takes_none) {
    Services services(1);
    services.open();
    leat_client* const client = services.world.client;
    for (const char* model : {"m1", "m2", "m3"}) {
        leat_request request;
        leat_request_init(&request);
        request.prompt = LEAT_STR("x");
        request.model = {model, 2};
        uint32_t ignored = 0;
        EXPECT_EQ(leat_endpoint_check(client, services.endpoints[0], &request, &ignored), LEAT_OK);
    }
    leat_pace pace;
    ASSERT_EQ(leat_endpoint_pace(client, services.endpoints[0], &pace), LEAT_OK);
    EXPECT_EQ(pace.models, 1u);
}

}  // namespace
}  // namespace sim_test
