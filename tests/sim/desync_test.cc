// tests/sim/desync_test.cc: bytes that come when none are due: behind an answer, before a request
// is sent, on an idle connection. They never reach the next item. Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

constexpr const char* poison =
    "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"poison\"},"
    "\"finish_reason\":\"stop\"}]}   ";

void nobody_is_poisoned(const World& world) {
    for (const Result& result : world.results) {
        EXPECT_EQ(result.text.find("poison"), std::string::npos);
    }
}

TEST(Desync, surplus_behind_an_answer_closes_the_connection) {
    for (const char* surplus : {"x", "\r\n", poison}) {
        for (bool tls : {false, true}) {
            for (leat_sim_framing framing : {LEAT_SIM_CONTENT_LENGTH, LEAT_SIM_CHUNKED}) {
                Options setup;
                setup.tls = tls;
                setup.endpoint.max_in_flight = 1;
                World world(setup);
                world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
                    response.surplus = {surplus, strlen(surplus)};
                    response.framing = framing;
                };
                world.exchange(10);
                nobody_is_poisoned(world);
                EXPECT_EQ(world.count(LEAT_SUCCEEDED), 10u);
                EXPECT_EQ(world.http.connections, 10u);
                EXPECT_EQ(world.stats().connections_reused, 0u);
            }
        }
    }
}

TEST(Desync, surplus_that_comes_a_moment_later_closes_it_too) {
    for (uint32_t gap_ms : {1u, 3u, 50u}) {
        World world;
        world.setup.endpoint.max_in_flight = 1;
        world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
            if (request.number % 2 != 0) return;
            const std::string body = completion("ok");
            const std::string head =
                "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
            response.raw_prefix = world.keep(head + body);
            response.raw = {poison, strlen(poison)};
            response.piece_bytes = static_cast<uint32_t>(head.size() + body.size());
            response.gap_ns = gap_ms * ms;
        };
        world.open_batch();
        for (int i = 0; i < 10; ++i) {
            EXPECT_EQ(world.submit("x"), LEAT_OK);
            world.run_until(world.now() + 100 * ms);
        }
        leat_batch_finish(world.batch);
        world.run();
        nobody_is_poisoned(world);
        EXPECT_EQ(world.results.size(), 10u);
    }
}

TEST(Desync, an_answer_before_the_request_is_an_alert) {
    World world;
    world.setup.endpoint.retry.attempts_max = 1;
    world.http.greet = [](void*, leat_sim_conn*) { return leat_str{poison, strlen(poison)}; };
    leat_sim_host_link(world.host)->down_ns = 0;
    world.exchange(1);
    nobody_is_poisoned(world);
    EXPECT_EQ(world.only().status, LEAT_ALERT_UNSOLICITED);
}

TEST(Desync, an_answer_before_the_request_is_an_alert_in_tls) {
    Options setup;
    setup.tls = true;
    setup.endpoint.retry.attempts_max = 1;
    World world(setup);
    world.http.greet = [](void*, leat_sim_conn*) { return leat_str{poison, strlen(poison)}; };
    world.exchange(1);
    nobody_is_poisoned(world);
    EXPECT_EQ(world.only().status, LEAT_ALERT_UNSOLICITED);
}

TEST(Desync, bytes_on_an_idle_connection_close_it) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    static leat_sim_conn* connection;
    world.respond = [](const leat_sim_request& request, leat_sim_response&) {
        connection = request.conn;
    };
    world.open_batch();
    EXPECT_EQ(world.submit("one"), LEAT_OK);
    world.run_until(world.now() + 100 * ms);
    EXPECT_EQ(world.host_stats().open, 1u);
    (void)leat_sim_conn_send(connection, {poison, strlen(poison)}, 0);
    world.run_until(world.now() + 100 * ms);
    EXPECT_EQ(world.host_stats().open, 0u);
    EXPECT_EQ(world.submit("two"), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    nobody_is_poisoned(world);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 2u);
}

TEST(Desync, bytes_that_race_with_the_next_request_are_not_its_answer) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    world.setup.endpoint.retry.attempts_max = 1;
    static leat_sim_conn* connection;
    world.respond = [](const leat_sim_request& request, leat_sim_response&) {
        connection = request.conn;
    };
    world.open_batch();
    EXPECT_EQ(world.submit("one"), LEAT_OK);
    world.run_until(world.now() + 100 * ms);
    (void)leat_sim_conn_send(connection, {poison, strlen(poison)}, 0);
    leat_sim_advance(world.sim, 50 * ms);  // it lies in the client's buffer, unseen
    EXPECT_EQ(world.submit("two"), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    nobody_is_poisoned(world);
}

TEST(Desync, an_early_error_answer_is_believed_and_closes_the_connection) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    leat_sim_host_link(world.host)->send_buffer_bytes = 2000;
    world.http.early = [](void*, const leat_sim_request* request, leat_sim_response* response) {
        if (request->number != 0) return 0;
        response->status = 413;
        response->body = LEAT_STR("{\"error\":{\"message\":\"too large\"}}");
        leat_sim_conn_stall(request->conn, 1);  // it reads no further
        return 1;
    };
    world.open_batch();
    EXPECT_EQ(world.submit(std::string(30000, 'x')), LEAT_OK);
    EXPECT_EQ(world.submit("small"), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    ASSERT_EQ(world.results.size(), 2u);
    EXPECT_EQ(world.results[0].status, LEAT_E_INVALID_REQUEST);
    EXPECT_EQ(world.results[0].http_status, 413);
    EXPECT_EQ(world.results[1].status, LEAT_OK);
    EXPECT_EQ(world.http.connections, 2u);
}

TEST(Desync, interim_answers_are_passed_over) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        const std::string body = completion("ok");
        response.raw_prefix = world.keep(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
            body);
    };
    world.exchange(10);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 10u);
    EXPECT_EQ(world.http.connections, 1u);
}

TEST(Desync, body_limit_is_exact) {
    for (int over : {-1, 0, 1}) {
        World world;
        world.setup.endpoint.retry.attempts_max = 1;
        world.setup.config.body_bytes_max = 5000;
        const std::string shell = completion("");
        const std::string body =
            completion(std::string(static_cast<size_t>(5000 + over) - shell.size(), 'x'));
        ASSERT_EQ(body.size(), static_cast<size_t>(5000 + over));
        for (leat_sim_framing framing : {LEAT_SIM_CONTENT_LENGTH, LEAT_SIM_CHUNKED}) {
            world.results.clear();
            world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
                response.body = view(body);
                response.framing = framing;
                response.chunk_bytes = 999;
            };
            world.open_batch();
            world.exchange(1);
            EXPECT_EQ(world.only().status, over > 0 ? LEAT_E_BODY_TOO_LARGE : LEAT_OK) << over;
        }
    }
}

}  // namespace
}  // namespace sim_test
