// tests/sim/resource_test.cc: requests that are no chat calls: another method, another resource of the
// service, the same gate. Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

struct Call {
    const char* method;
    const char* path;
    const char* body;
};

leat_status submit_call(World* world, const Call& call) {
    return world->submit("", [&](leat_request* r) {
        r->prompt = {};
        r->method = {call.method, strlen(call.method)};
        r->path = {call.path, strlen(call.path)};
        r->body_json = {call.body, strlen(call.body)};
    });
}

TEST(Resource, a_call_has_its_method_its_path_and_its_body) {
    World world;
    std::string answered;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.body = LEAT_STR("{\"data\":[]}");
    };
    world.on_each_result = [&](const leat_result* result) {
        answered = copy(result->body);
        EXPECT_EQ(result->text.size, 0u);
        EXPECT_EQ(result->ignored_fields, 0u);
        EXPECT_EQ(result->usage.total_tokens, LEAT_TOKENS_UNKNOWN);
        return LEAT_RELEASE;
    };
    const struct {
        Call call;
        const char* line;
        bool has_length;
    } rows[] = {
        {{"GET", "/models?limit=1", ""}, "GET /v1/models?limit=1 HTTP/1.1\r\n", false},
        {{"DELETE", "/files/1", ""}, "DELETE /v1/files/1 HTTP/1.1\r\n", false},
        {{"POST", "/files/1:copy", ""}, "POST /v1/files/1:copy HTTP/1.1\r\n", true},
        {{"PUT", "/files/1", "{\"a\":1}"}, "PUT /v1/files/1 HTTP/1.1\r\n", true},
        {{"PATCH", "/files/1", "{\"a\":1}"}, "PATCH /v1/files/1 HTTP/1.1\r\n", true},
        {{"DELETE", "/files", "{\"ids\":[]}"}, "DELETE /v1/files HTTP/1.1\r\n", true},
    };
    for (const auto& row : rows) {
        world.batch = nullptr;
        world.requests.clear();
        ASSERT_EQ(submit_call(&world, row.call), LEAT_OK);
        leat_batch_finish(world.batch);
        world.run();
        ASSERT_EQ(world.requests.size(), 1u);
        const Request& sent = world.requests[0];
        EXPECT_EQ(sent.head.rfind(row.line, 0), 0u) << sent.head;
        EXPECT_EQ(sent.body, row.call.body);
        EXPECT_EQ(sent.head.find("Content-Length") != std::string::npos, row.has_length) << sent.head;
        EXPECT_NE(sent.head.find(canary), std::string::npos) << "with the credential";
        EXPECT_EQ(world.results.back().outcome, LEAT_SUCCEEDED);
        EXPECT_EQ(answered, "{\"data\":[]}");
        leat_batch_close(world.batch);
        world.forget(world.batch);
    }
}

TEST(Resource, it_goes_through_the_gate_and_is_retried_as_every_request) {
    World world;
    world.setup.endpoint.max_in_flight = 2;
    world.setup.endpoint.retry.backoff_initial_ms = 10;
    uint64_t failures = 3;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = 10 * ms;
        if (failures == 0) return;
        --failures;
        response.status = 503;
    };
    world.open_batch();
    for (int i = 0; i < 10; ++i) ASSERT_EQ(submit_call(&world, {"GET", "/models", ""}), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 10u);
    EXPECT_EQ(world.http.requests, 13u);
    EXPECT_LE(world.http.in_flight_peak, 2u);
}

TEST(Resource, its_errors_are_explained) {
    World world;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.status = 404;
        response.body = LEAT_STR("{\"error\":{\"message\":\"no such file\",\"code\":\"gone\"}}");
    };
    ASSERT_EQ(submit_call(&world, {"DELETE", "/files/1", ""}), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.only().http_status, 404);
    EXPECT_EQ(world.only().error_code, "gone");
    EXPECT_EQ(world.only().attempts, 1u);
}

TEST(Resource, an_answer_without_a_body_will_do) {
    World world;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.status = 204;
        response.framing = LEAT_SIM_NO_BODY;
    };
    ASSERT_EQ(submit_call(&world, {"DELETE", "/files/1", ""}), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.only().outcome, LEAT_SUCCEEDED);
}

TEST(Resource, defaults_of_a_batch_for_chats_do_not_count) {
    World world;
    leat_format format = {};
    format.kind = LEAT_FORMAT_JSON;
    leat_request defaults;
    leat_request_init(&defaults);
    defaults.format = &format;
    defaults.system = LEAT_STR("be brief");
    defaults.stream = LEAT_ON;
    world.open();
    leat_batch_config config = world.batch_config();
    config.defaults = &defaults;
    world.open_batch(config);
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.body = LEAT_STR("plain");
    };
    ASSERT_EQ(submit_call(&world, {"GET", "/version", ""}), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.only().outcome, LEAT_SUCCEEDED);
    ASSERT_EQ(world.requests.size(), 1u);
    EXPECT_EQ(world.requests[0].body, "");
}

TEST(Resource, what_is_no_call_is_refused) {
    World world;
    world.open_batch();
    for (const char* method : {"get", "HEAD", "CONNECT", "OPTIONS", "TRACE", "GET ", "G\r\nT"}) {
        EXPECT_EQ(submit_call(&world, {method, "/models", ""}), LEAT_E_ARGUMENT) << method;
    }
    EXPECT_EQ(world.submit("p", [](leat_request* r) {
        r->method = LEAT_STR("GET");
        r->path = LEAT_STR("/models");
    }), LEAT_E_ARGUMENT) << "a prompt is a chat call's";
    EXPECT_EQ(submit_call(&world, {"GET", "", ""}), LEAT_OK) << "the batch might have named the path";
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.only().status, LEAT_E_ARGUMENT);
    EXPECT_EQ(world.http.requests, 0u);
}

}  // namespace
}  // namespace sim_test
