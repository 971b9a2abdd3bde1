// tests/sim/wire_test.cc: connections as the server sees them: kept, replayed, closed; TLS led by
// one and resumed by the rest; addresses in turn; proxies; every way of cutting bytes.
// Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

TEST(Wire, keeps_connections_alive) {
    World world;
    world.setup.endpoint.max_in_flight = 5;
    world.exchange(100);
    EXPECT_EQ(world.http.connections, 5u);
    EXPECT_EQ(world.stats().connections_reused, 95u);
    EXPECT_EQ(world.stats().connections_opened, 5u);
    EXPECT_EQ(world.stats().requests_sent, 100u);
    EXPECT_EQ(world.stats().responses, 100u);
}

TEST(Wire, honours_connection_close) {
    World world;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.close = 1;
    };
    world.exchange(20);
    EXPECT_EQ(world.http.connections, 20u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 20u);
}

TEST(Wire, reads_bodies_that_end_with_the_connection) {
    World world;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.framing = LEAT_SIM_UNTIL_CLOSE;
        response.close = 1;
    };
    world.exchange(10);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 10u);
    EXPECT_EQ(world.http.connections, 10u);
}

TEST(Wire, reads_chunks_of_any_size) {
    for (uint32_t chunk : {1u, 2u, 7u, 100u, 100000u}) {
        World world;
        world.respond = [chunk](const leat_sim_request&, leat_sim_response& response) {
            response.framing = LEAT_SIM_CHUNKED;
            response.chunk_bytes = chunk;
        };
        world.exchange(5);
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 5u) << chunk;
    }
}

TEST(Wire, closes_a_connection_that_was_idle_too_long) {
    World world;
    world.setup.endpoint.keepalive_ms = 1000;
    world.open_batch();
    EXPECT_EQ(world.submit("one"), LEAT_OK);
    world.run_until(world.now() + 900 * ms);
    EXPECT_EQ(world.host_stats().open, 1u);
    world.run_until(world.now() + 200 * ms);
    EXPECT_EQ(world.host_stats().open, 0u);
    EXPECT_EQ(world.submit("two"), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.http.connections, 2u);
}

TEST(Wire, keepalive_of_zero_keeps_nothing) {
    World world;
    world.setup.endpoint.keepalive_ms = 0;
    world.exchange(10);
    EXPECT_EQ(world.http.connections, 10u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 10u);
}

TEST(Wire, replays_once_on_a_fresh_connection_when_a_kept_one_had_died) {
    for (leat_sim_fault fault : {LEAT_SIM_FAULT_CLOSE_AFTER, LEAT_SIM_FAULT_RESET_AFTER}) {
        World world;
        world.setup.endpoint.max_in_flight = 1;
        world.setup.endpoint.retry.attempts_max = 1;
        world.respond = [fault](const leat_sim_request& request, leat_sim_response& response) {
            if (request.number != 0) return;
            response.fault = fault;
            response.fault_ns = 100 * ms;
        };
        world.open_batch();
        EXPECT_EQ(world.submit("one"), LEAT_OK);
        // The end is on its way to the client when the second request leaves.
        world.run_until(world.setup.sim.start_ns + 101 * ms + ms / 2 + ms / 4);
        EXPECT_EQ(world.submit("two"), LEAT_OK);
        leat_batch_finish(world.batch);
        world.run();
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 2u);
        EXPECT_EQ(world.results[1].attempts, 1u) << "a replay is no attempt";
        EXPECT_EQ(world.stats().connections_replayed, 1u);
    }
}

TEST(Wire, does_not_replay_on_a_fresh_connection_or_after_the_first_byte) {
    for (uint64_t at : {0u, 1u}) {
        World world;
        world.setup.endpoint.max_in_flight = 1;
        world.setup.endpoint.retry.attempts_max = 1;
        world.respond = [at](const leat_sim_request& request, leat_sim_response& response) {
            if (request.number != at) return;
            response.fault = LEAT_SIM_FAULT_RESET;
            response.fault_at = at;  // 0: at once on a fresh one; 1: a byte on a kept one
        };
        world.exchange(2);
        EXPECT_EQ(world.count(LEAT_FAILED), 1u);
        EXPECT_EQ(world.results[at].status, LEAT_E_CONNECTION_RESET);
        EXPECT_EQ(world.stats().connections_replayed, 0u);
        EXPECT_EQ(world.requests.size(), 2u);
    }
}

TEST(Wire, a_dead_idle_connection_is_noticed_and_not_used) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.fault = LEAT_SIM_FAULT_CLOSE_AFTER;
        response.fault_ns = 100 * ms;
    };
    world.open_batch();
    EXPECT_EQ(world.submit("one"), LEAT_OK);
    world.run_until(world.now() + second);
    EXPECT_EQ(world.sim_stats().streams_open, 0u);
    EXPECT_EQ(world.submit("two"), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.stats().connections_replayed, 0u);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 2u);
}

TEST(Wire, tries_addresses_in_turn) {
    for (leat_sim_accept bad : {LEAT_SIM_REFUSE, LEAT_SIM_REFUSE_AT_ONCE}) {
        World world;
        world.setup.endpoint.retry.attempts_max = 1;
        leat_sim_host_link(world.add_host("10.0.0.9", 80))->accept = bad;
        world.name("many.test", "10.0.0.9");
        world.name("many.test", "fd00::9");  // nobody there
        world.name("many.test", "10.0.0.1");
        world.setup.endpoint.base_url = LEAT_STR("http://many.test/v1");
        world.exchange(10);
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 10u);
    }
}

TEST(Wire, connects_over_ipv6) {
    World world;
    world.add_host("fd00::1", 80);
    world.name("six.test", "fd00::1");
    world.setup.endpoint.base_url = LEAT_STR("http://six.test/v1");
    world.exchange(3);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 3u);
}

TEST(Wire, connect_failure_has_its_own_status) {
    World world;
    leat_sim_host_link(world.host)->accept = LEAT_SIM_REFUSE;
    world.exchange(1);
    EXPECT_EQ(world.only().status, LEAT_E_CONNECT);
    EXPECT_EQ(world.only().stage, LEAT_STAGE_CONNECT);
    EXPECT_EQ(world.only().attempts, 3u);
    EXPECT_EQ(world.only().http_status, 0);
}

TEST(Wire, unknown_names_are_refused_when_the_endpoint_is_added) {
    World world;
    world.setup.endpoint.base_url = LEAT_STR("http://nowhere.test/v1");
    EXPECT_EQ(world.open_client(), LEAT_E_RESOLVE);
}

TEST(Wire, one_handshake_leads_and_the_rest_resume) {
    Options setup;
    setup.tls = true;
    World world(setup);
    world.setup.endpoint.max_in_flight = 10;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = 100 * ms;
    };
    world.exchange(50);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 50u);
    EXPECT_EQ(world.host_stats().handshakes_full, 1u);
    EXPECT_EQ(world.host_stats().handshakes_resumed, 9u);
    EXPECT_EQ(world.stats().tls_full_handshakes, 1u);
    EXPECT_EQ(world.stats().tls_resumed_handshakes, 9u);
}

TEST(Wire, without_tickets_every_connection_shakes_hands) {
    Options setup;
    setup.endpoint.max_in_flight = 5;
    setup.tls = true;
    World world(setup);
    leat_sim_host_tls(world.host)->no_tickets = 1;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = 100 * ms;
    };
    world.exchange(50);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 50u);
    EXPECT_EQ(world.host_stats().handshakes_full, 5u);
}

TEST(Wire, a_leading_handshake_that_fails_holds_nobody_up) {
    Options setup;
    setup.tls = true;
    World world(setup);
    world.setup.endpoint.timeouts.connect_ms = 1000;
    leat_sim_host_tls(world.host)->stall_round = 1;
    const uint64_t begin = world.now();
    ASSERT_EQ(leat_sim_at(world.sim, begin + 500 * ms,
                          [](void* user, leat_sim*) {
                              leat_sim_host_tls(static_cast<leat_sim_host*>(user))->stall_round = 0;
                          },
                          world.host),
              LEAT_OK);
    world.exchange(20);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 20u);
    EXPECT_LT(world.now() - begin, 5 * second);
}

TEST(Wire, bad_certificates_fail_at_once_and_before_a_byte_of_the_request) {
    for (leat_status verdict :
         {LEAT_E_TLS_EXPIRED, LEAT_E_TLS_UNTRUSTED, LEAT_E_TLS_NAME, LEAT_E_TLS_NOT_YET_VALID,
          LEAT_E_TLS_NO_SAN, LEAT_E_TLS_WEAK, LEAT_E_TLS_VERSION}) {
        Options setup;
        setup.tls = true;
        World world(setup);
        leat_sim_host_tls(world.host)->verdict = verdict;
        world.exchange(1);
        EXPECT_EQ(world.only().status, verdict);
        EXPECT_EQ(world.only().stage, LEAT_STAGE_TLS);
        EXPECT_EQ(world.only().attempts, 1u) << leat_status_name(verdict);
        EXPECT_EQ(world.requests.size(), 0u);
        EXPECT_EQ(world.host_stats().bytes_received, 0u);
    }
}

TEST(Wire, a_certificate_for_another_name_is_refused) {
    Options setup;
    setup.tls = true;
    World world(setup);
    leat_sim_host_tls(world.host)->name = LEAT_STR("other.test");
    world.exchange(1);
    EXPECT_EQ(world.only().status, LEAT_E_TLS_NAME);
}

TEST(Wire, a_cut_tls_stream_does_not_pass_for_a_whole_body) {
    for (bool cut : {false, true}) {
        Options setup;
        setup.tls = true;
        setup.endpoint.retry.attempts_max = 1;
        World world(setup);
        leat_sim_host_tls(world.host)->no_close_notify = cut ? 1 : 0;
        world.respond = [](const leat_sim_request&, leat_sim_response& response) {
            response.framing = LEAT_SIM_UNTIL_CLOSE;
            response.close = 1;
        };
        world.exchange(1);
        EXPECT_EQ(world.only().status, cut ? LEAT_E_TLS_TRUNCATED : LEAT_OK);
    }
}

TEST(Wire, a_tls_pool_that_is_full_fails_what_does_not_fit_and_recovers) {
    Options setup;
    setup.tls = true;
    World world(setup);
    leat_sim_tls_sessions_max(world.sim, 2);
    world.setup.endpoint.retry.backoff_initial_ms = 50;
    world.exchange(20);
    EXPECT_EQ(world.results.size(), 20u);
    for (const Result& result : world.results) {
        if (result.status != LEAT_OK) {
            EXPECT_EQ(result.status, LEAT_E_TLS_MEMORY);
        }
    }
    EXPECT_GT(world.count(LEAT_SUCCEEDED), 0u);
}

TEST(Wire, a_proxy_tunnels_tls) {
    Options setup;
    setup.tls = true;
    setup.endpoint.proxy = LEAT_STR("http://user:pass@10.0.0.7:3128");
    World world(setup);
    static leat_sim_http proxy;
    static leat_sim_host* target;
    static std::string heads;
    leat_sim_http_init(&proxy);
    heads.clear();
    target = world.host;
    proxy.respond = [](void*, const leat_sim_request* request, leat_sim_response* response) {
        heads += copy(request->head);
        response->framing = LEAT_SIM_NO_BODY;
        response->hand_over = target;
    };
    const leat_sim_handler handler = leat_sim_http_handler(&proxy);
    leat_sim_name_remove(world.sim, LEAT_STR("api.test"));  // only the proxy needs to know it
    ASSERT_EQ(leat_sim_host_add(world.sim, LEAT_STR("10.0.0.7"), 3128, &handler, nullptr), LEAT_OK);
    world.exchange(10);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 10u);
    EXPECT_EQ(heads.find("CONNECT api.test:443 HTTP/1.1\r\n"), 0u);
    EXPECT_NE(heads.find("Proxy-Authorization: Basic dXNlcjpwYXNz\r\n"), std::string::npos);
    EXPECT_EQ(heads.find(canary), std::string::npos);
    for (const Request& request : world.requests) {
        EXPECT_EQ(request.head.find("Proxy-"), std::string::npos);
    }
}

TEST(Wire, a_proxy_that_refuses_has_its_own_status) {
    const struct {
        int32_t http;
        leat_status status;
    } cases[] = {{407, LEAT_E_PROXY_AUTH}, {403, LEAT_E_PROXY}, {502, LEAT_E_PROXY}};
    for (const auto& one : cases) {
        Options setup;
        setup.tls = true;
        setup.endpoint.proxy = LEAT_STR("http://10.0.0.7:3128");
        World world(setup);
        static leat_sim_http proxy;
        static int32_t answer;
        answer = one.http;
        leat_sim_http_init(&proxy);
        proxy.respond = [](void*, const leat_sim_request*, leat_sim_response* response) {
            response->status = answer;
        };
        const leat_sim_handler handler = leat_sim_http_handler(&proxy);
        ASSERT_EQ(leat_sim_host_add(world.sim, LEAT_STR("10.0.0.7"), 3128, &handler, nullptr),
                  LEAT_OK);
        world.exchange(1);
        EXPECT_EQ(world.only().status, one.status);
        EXPECT_EQ(world.only().stage, LEAT_STAGE_CONNECT);
        EXPECT_EQ(world.requests.size(), 0u);
    }
}

// Every poller behaviour times every way of cutting bytes, plain and TLS.
TEST(Wire, loses_no_wake_up_however_bytes_are_cut) {
    for (leat_sim_edges edges :
         {LEAT_SIM_EDGES_STRICT, LEAT_SIM_EDGES_NOISY, LEAT_SIM_EDGES_REARM}) {
        for (leat_sim_chunks chunks : {LEAT_SIM_WHOLE, LEAT_SIM_BYTEWISE, LEAT_SIM_RANDOM}) {
            for (bool tls : {false, true}) {
                Options setup;
                setup.tls = tls;
                setup.sim.edges = edges;
                setup.sim.pipe_bytes = 1024;
                World world(setup);
                leat_sim_host_link(world.host)->read_chunks = chunks;
                leat_sim_host_link(world.host)->write_chunks = chunks;
                leat_sim_host_link(world.host)->jitter_ns = 3 * ms;
                world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
                    response.body = world.keep(completion(std::string(3000, 'y')));
                    response.framing = LEAT_SIM_CHUNKED;
                    response.chunk_bytes = 500;
                };
                world.open_batch();
                for (int i = 0; i < 12; ++i) {
                    ASSERT_EQ(world.submit(std::string(3000, 'x')), LEAT_OK);
                }
                leat_batch_finish(world.batch);
                world.run(300 * second);
                EXPECT_EQ(world.count(LEAT_SUCCEEDED), 12u);
                EXPECT_EQ(world.stats().retries, 0u);
                if (testing::Test::HasFailure()) {
                    FAIL() << "edges " << edges << " chunks " << chunks << " tls " << tls;
                }
            }
        }
    }
}

// More than one step's share of records may lie read ahead when another connection's turn comes.
TEST(Wire, large_tls_answers_go_side_by_side) {
    Options options;
    options.tls = true;
    options.config.item_bytes = 1024 * 1024;
    World world(options);
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        response.body = world.keep(completion(std::string(300000, 'z')));
    };
    world.exchange(10);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 10u);
    for (const Result& result : world.results) EXPECT_EQ(result.text.size(), 300000u);
}

TEST(Wire, every_split_of_request_and_answer_works) {
    for (uint64_t split = 1; split < 200; ++split) {
        World world;
        world.setup.endpoint.max_in_flight = 1;
        leat_sim_link* const link = leat_sim_host_link(world.host);
        link->read_chunks = LEAT_SIM_SPLIT;
        link->write_chunks = LEAT_SIM_SPLIT;
        link->read_split_at = split;
        link->write_split_at = split;
        world.exchange(2);
        ASSERT_EQ(world.count(LEAT_SUCCEEDED), 2u) << split;
    }
}

}  // namespace
}  // namespace sim_test
