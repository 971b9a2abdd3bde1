// tests/sim/sim_server_test.cc: the scripted HTTP server and the simulated TLS, seen by a plain
// client that only knows the port's tables.
// Depends on sim_peer.h for its World. Invariant: the client gives up after a bounded number of
// waits, so a stuck script shows as a failure.
#include <gtest/gtest.h>

#include "sim/sim_peer.h"

namespace port_test {
namespace {

struct Script {
    leat_sim_response response = {};
    std::vector<std::string> bodies;
    static void respond(void* user, const leat_sim_request* request, leat_sim_response* response) {
        Script* const self = static_cast<Script*>(user);
        self->bodies.emplace_back(request->body.data, request->body.size);
        *response = self->response;
    }
};

leat_sim_response plain(const char* body) {
    leat_sim_response response = {};
    response.status = 200;
    response.content_length = -1;
    response.body = {body, strlen(body)};
    return response;
}

// One connection, plain or TLS.
struct Caller {
    explicit Caller(leat_sim_config config = default_config()) : world(config) {
        leat_sim_http_init(&http);
        http.respond = Script::respond;
        http.user = &script;
        script.response = plain("hello");
        const leat_sim_handler handler = leat_sim_http_handler(&http);
        EXPECT_EQ(leat_sim_host_add(world.sim, LEAT_STR("10.0.0.1"), 80, &handler, &host), LEAT_OK);
        leat_sim_ports(world.sim, &ports);
        EXPECT_EQ(ports.poller->open(poller, 8, ports.poller_user), LEAT_OK);
        leat_tls_config tls_config = {};
        tls_config.struct_size = sizeof tls_config;
        tls_config.sessions_max = 4;
        tls_config.tickets_max = 2;
        tls.resize(ports.tls->state_bytes(&tls_config));
        session.resize(ports.tls->session_bytes());
        EXPECT_EQ(ports.tls->open(tls.data(), tls.size(), &tls_config, ports.tls_user), LEAT_OK);
    }
    static leat_sim_config default_config() {
        leat_sim_config config;
        leat_sim_config_init(&config);
        config.connections_max = 8;
        return config;
    }
    void connect() {
        leat_address to = {4, 0, 80, 0, {10, 0, 0, 1}};
        EXPECT_EQ(ports.stream->open(ports.stream_user, &to, &descriptor), LEAT_OK);
        EXPECT_EQ(ports.poller->add(poller, descriptor, 1), LEAT_OK);
        wait();
    }
    void hang_up() {
        if (secure) ports.tls->stop(tls.data(), session.data());
        secure = false;
        ports.poller->remove(poller, descriptor);
        ports.stream->close(ports.stream_user, descriptor);
        leat_sim_advance(world.sim, 1000000000);
    }
    void wait() {
        leat_ready ready[4];
        (void)ports.poller->wait(poller, 10000000, ready, 4);
    }
    leat_status shake(const char* name) {
        const leat_tls_bio bio = {this, bio_read, bio_write};
        leat_status status =
            ports.tls->start(tls.data(), session.data(), 0, {name, strlen(name)}, &bio);
        secure = status == LEAT_OK;
        for (int i = 0; i < 5000 && secure; ++i) {
            status = ports.tls->handshake(tls.data(), session.data());
            if (status != LEAT_E_WOULD_BLOCK) return status;
            wait();
        }
        return status;
    }
    static int64_t bio_read(void* user, void* bytes, size_t size) {
        Caller* const self = static_cast<Caller*>(user);
        return self->ports.stream->read(self->ports.stream_user, self->descriptor, bytes, size);
    }
    static int64_t bio_write(void* user, const void* bytes, size_t size) {
        Caller* const self = static_cast<Caller*>(user);
        return self->ports.stream->write(self->ports.stream_user, self->descriptor, bytes, size);
    }
    int64_t read(void* bytes, size_t size) {
        return secure ? ports.tls->read(tls.data(), session.data(), bytes, size)
                      : bio_read(this, bytes, size);
    }
    int64_t write(const void* bytes, size_t size) {
        return secure ? ports.tls->write(tls.data(), session.data(), bytes, size)
                      : bio_write(this, bytes, size);
    }
    void send(const std::string& bytes) {
        size_t sent = 0;
        for (int i = 0; i < 100000 && sent < bytes.size(); ++i) {
            const int64_t put = write(bytes.data() + sent, bytes.size() - sent);
            if (put > 0) sent += static_cast<size_t>(put);
            if (put < 0 && put != LEAT_E_WOULD_BLOCK) break;
            if (put < 0) wait();
        }
        EXPECT_EQ(sent, bytes.size());
        for (int i = 0; i < 1000 && secure; ++i) {
            if (ports.tls->flush(tls.data(), session.data()) != LEAT_E_WOULD_BLOCK) break;
            wait();
        }
    }
    // What comes until the connection ends or is silent for long; *end says how.
    std::string receive(int64_t* end, size_t limit = SIZE_MAX) {
        std::string all;
        char bytes[1000];
        int silence = 0;
        while (all.size() < limit && silence < 20) {
            *end = read(bytes, sizeof bytes);
            if (*end > 0) all.append(bytes, static_cast<size_t>(*end));
            if (*end < 0 && *end != LEAT_E_WOULD_BLOCK) return all;
            silence = *end > 0 ? 0 : silence + 1;
            if (*end < 0) wait();
        }
        return all;
    }
    std::string ask(int64_t* end, const std::string& body = "question") {
        send("POST /v1 HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
             "\r\n\r\n" + body);
        return receive(end);
    }
    leat_sim_host_stats stats() const {
        leat_sim_host_stats stats;
        leat_sim_host_get_stats(host, &stats);
        return stats;
    }

    World world;
    Script script;
    leat_sim_http http;
    leat_sim_host* host = nullptr;
    leat_ports ports = {};
    int64_t descriptor = -1;
    bool secure = false;
    alignas(16) char poller[256] = {};
    std::vector<char> tls;
    std::vector<char> session;
};

const char* const head = "HTTP/1.1 200 Scripted\r\n";

TEST(SimHttp, answers_with_each_framing) {
    Caller caller;
    caller.connect();
    int64_t end = 0;
    EXPECT_EQ(caller.ask(&end), std::string(head) + "Content-Length: 5\r\n\r\nhello");
    EXPECT_EQ(end, LEAT_E_WOULD_BLOCK);
    caller.script.response.framing = LEAT_SIM_CHUNKED;
    caller.script.response.chunk_bytes = 3;
    EXPECT_EQ(caller.ask(&end), std::string(head) + "Transfer-Encoding: chunked\r\n\r\n"
                                                    "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
    caller.script.response.framing = LEAT_SIM_UNTIL_CLOSE;
    EXPECT_EQ(caller.ask(&end), std::string(head) + "\r\nhello");
    EXPECT_EQ(end, LEAT_E_CONNECTION_CLOSED);
    caller.hang_up();
    EXPECT_EQ(caller.http.requests, 3u);
    EXPECT_EQ(caller.http.responses, 3u);
    EXPECT_EQ(caller.http.in_flight, 0u);
    EXPECT_EQ(caller.script.bodies[2], "question");
    EXPECT_EQ(caller.stats().open, 0u);
}

TEST(SimHttp, commits_each_fault_at_its_byte) {
    const struct {
        leat_sim_fault fault;
        int64_t end;
    } cases[] = {{LEAT_SIM_FAULT_RESET, LEAT_E_CONNECTION_RESET},
                 {LEAT_SIM_FAULT_TRUNCATE, LEAT_E_CONNECTION_CLOSED},
                 {LEAT_SIM_FAULT_STALL, LEAT_E_WOULD_BLOCK}};
    for (const auto& one : cases) {
        for (uint64_t at : {0u, 1u, 40u}) {
            Caller caller;
            caller.script.response.fault = one.fault;
            caller.script.response.fault_at = at;
            caller.connect();
            int64_t end = 0;
            EXPECT_EQ(caller.ask(&end).size(), at);
            EXPECT_EQ(end, one.end);
            EXPECT_EQ(caller.http.responses, 0u);
            caller.hang_up();
            EXPECT_EQ(caller.http.in_flight, 0u);
        }
    }
}

TEST(SimHttp, sends_more_than_a_pipe_holds_and_takes_more) {
    leat_sim_config config = Caller::default_config();
    config.pipe_bytes = 300;
    Caller caller(config);
    caller.script.response.body_repeat = 20000;
    caller.connect();
    int64_t end = 0;
    EXPECT_EQ(caller.ask(&end, std::string(100000, 'q')).size(), 100000u + 49);
    EXPECT_EQ(caller.http.in_flight, 0u);
    caller.hang_up();
}

TEST(SimHttp, paces_pieces) {
    Caller caller;
    caller.script.response.piece_bytes = 10;
    caller.script.response.gap_ns = 5000000;
    caller.script.response.delay_ns = 7000000;
    caller.connect();
    const uint64_t before = leat_sim_now_ns(caller.world.sim);
    caller.send("GET / HTTP/1.1\r\n\r\n");
    int64_t end = 0;
    EXPECT_EQ(caller.receive(&end, 49).size(), 49u);  // 5 pieces, 4 gaps
    EXPECT_EQ(leat_sim_now_ns(caller.world.sim) - before, 1000000u + 7000000 + 4 * 5000000);
}

TEST(SimHttp, closes_a_kept_connection_silently_later) {
    Caller caller;
    caller.script.response.fault = LEAT_SIM_FAULT_CLOSE_AFTER;
    caller.script.response.fault_ns = 50000000;
    caller.connect();
    int64_t end = 0;
    EXPECT_EQ(caller.ask(&end).size(), 49u);
    EXPECT_EQ(end, LEAT_E_CONNECTION_CLOSED);
}

TEST(SimTls, carries_an_exchange_and_resumes) {
    for (leat_sim_chunks chunks : {LEAT_SIM_WHOLE, LEAT_SIM_BYTEWISE, LEAT_SIM_RANDOM}) {
        Caller caller;
        leat_sim_host_tls(caller.host)->enabled = 1;
        leat_sim_host_link(caller.host)->read_chunks = chunks;
        leat_sim_host_link(caller.host)->write_chunks = chunks;
        for (int round = 0; round < 2; ++round) {
            caller.connect();
            EXPECT_EQ(caller.shake("api.test"), LEAT_OK);
            int64_t end = 0;
            EXPECT_EQ(caller.ask(&end, std::string(10000, 'q')).size(), 49u);
            EXPECT_EQ(end, LEAT_E_WOULD_BLOCK);
            caller.hang_up();
        }
        EXPECT_EQ(caller.stats().handshakes_full, 1u);
        EXPECT_EQ(caller.stats().handshakes_resumed, 1u);
        EXPECT_EQ(caller.stats().early_data, 0u);
        EXPECT_EQ(caller.script.bodies.size(), 2u);
        EXPECT_EQ(caller.script.bodies[1], std::string(10000, 'q'));
    }
}

TEST(SimTls, works_through_the_smallest_pipes) {
    leat_sim_config config = Caller::default_config();
    config.pipe_bytes = 256;
    Caller caller(config);
    leat_sim_host_tls(caller.host)->enabled = 1;
    caller.connect();
    EXPECT_EQ(caller.shake("api.test"), LEAT_OK);
    caller.script.response.body_repeat = 2000;
    int64_t end = 0;
    EXPECT_EQ(caller.ask(&end, std::string(10000, 'q')).size(), 10048u);
    caller.hang_up();
}

TEST(SimTls, gives_the_verdict_and_checks_the_name) {
    Caller caller;
    leat_sim_host_tls(caller.host)->enabled = 1;
    leat_sim_host_tls(caller.host)->verdict = LEAT_E_TLS_EXPIRED;
    caller.connect();
    EXPECT_EQ(caller.shake("api.test"), LEAT_E_TLS_EXPIRED);
    caller.hang_up();
    leat_sim_host_tls(caller.host)->verdict = LEAT_OK;
    leat_sim_host_tls(caller.host)->name = LEAT_STR("other.test");
    caller.connect();
    EXPECT_EQ(caller.shake("api.test"), LEAT_E_TLS_NAME);
    caller.hang_up();
    EXPECT_EQ(caller.stats().handshakes_failed, 2u);
    EXPECT_EQ(caller.http.requests, 0u);
}

TEST(SimTls, tells_a_cut_end_from_an_orderly_one) {
    for (uint8_t cut : {uint8_t{0}, uint8_t{1}}) {
        Caller caller;
        leat_sim_host_tls(caller.host)->enabled = 1;
        leat_sim_host_tls(caller.host)->no_close_notify = cut;
        caller.script.response.framing = LEAT_SIM_UNTIL_CLOSE;
        caller.connect();
        EXPECT_EQ(caller.shake("api.test"), LEAT_OK);
        int64_t end = 0;
        EXPECT_EQ(caller.ask(&end), std::string(head) + "\r\nhello");
        EXPECT_EQ(end, cut == 1 ? LEAT_E_TLS_TRUNCATED : LEAT_E_CONNECTION_CLOSED);
        caller.hang_up();
    }
}

TEST(SimTls, hands_a_tunnel_over_to_another_host) {
    Caller caller;
    leat_sim_http inner;
    leat_sim_http_init(&inner);
    const leat_sim_handler handler = leat_sim_http_handler(&inner);
    leat_sim_host* target = nullptr;
    leat_sim* const sim = caller.world.sim;
    ASSERT_EQ(leat_sim_host_add(sim, LEAT_STR("10.0.0.2"), 443, &handler, &target), LEAT_OK);
    leat_sim_host_tls(target)->enabled = 1;
    caller.script.response = {};
    caller.script.response.status = 200;
    caller.script.response.framing = LEAT_SIM_NO_BODY;
    caller.script.response.hand_over = target;
    caller.connect();
    caller.send("CONNECT api.test:443 HTTP/1.1\r\n\r\n");
    int64_t end = 0;
    EXPECT_EQ(caller.receive(&end), std::string(head) + "\r\n");
    EXPECT_EQ(caller.shake("api.test"), LEAT_OK);
    EXPECT_EQ(caller.ask(&end), std::string(head) + "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(inner.requests, 1u);
    caller.hang_up();
    EXPECT_EQ(caller.stats().open, 0u);
}

}  // namespace
}  // namespace port_test
