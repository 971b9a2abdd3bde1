// tests/port/tls_client_test.cc: the mbedTLS port against a server in memory: delivery in crumbs,
// full sockets, the ways a connection ends, resumption, and failing allocations.
#include <gtest/gtest.h>
#include <string.h>

#include "tls_world.h"

namespace leat::tls::testing {
namespace {

const std::string question(5000, 'q');
const std::string answer_text(40000, 'a');

// A whole connection with one exchange; the first status that is not LEAT_OK.
leat_status converse(World* world, Manners manners, uint32_t ticket_index = 0) {
    Link link(world, manners);
    leat_status status = link.start("api.test", ticket_index);
    if (status == LEAT_OK) status = link.handshake();
    if (status == LEAT_OK) status = link.send(question);
    if (status != LEAT_OK) return status;
    if (link.received != question) return LEAT_E_IO;
    link.server_write(answer_text);
    std::string answer;
    status = link.receive(answer_text.size(), &answer);
    if (status == LEAT_OK && answer != answer_text) return LEAT_E_IO;
    return status;
}

class TlsClient : public ::testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(world.open_client(), LEAT_OK); }
    World world{CertificateSpec{}};
};

TEST_F(TlsClient, delivers_byte_by_byte) {
    EXPECT_EQ(converse(&world, Manners{1, false}), LEAT_OK);
}

TEST_F(TlsClient, survives_would_block_before_every_byte) {
    EXPECT_EQ(converse(&world, Manners{1, true}), LEAT_OK);
}

TEST_F(TlsClient, delivers_whole_and_in_odd_pieces) {
    for (const size_t grain : {SIZE_MAX, size_t{3}, size_t{4095}, size_t{4096}, size_t{4097}}) {
        EXPECT_EQ(converse(&world, Manners{grain, false}), LEAT_OK) << grain;
        EXPECT_EQ(converse(&world, Manners{grain, true}), LEAT_OK) << grain;
    }
}

TEST_F(TlsClient, write_takes_a_record_that_the_socket_does_not) {
    Link link(&world);
    ASSERT_EQ(link.start("api.test"), LEAT_OK);
    ASSERT_EQ(link.handshake(), LEAT_OK);
    link.to_server.capacity = 10;  // room for less than the record's header and nonce
    std::string text = "the first record";
    EXPECT_EQ(leat_mbedtls.write(world.state(), link.session(), text.data(), text.size()), 16);
    text.assign(text.size(), '!');  // what was taken is the port's
    EXPECT_EQ(leat_mbedtls.flush(world.state(), link.session()), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(leat_mbedtls.write(world.state(), link.session(), "second", 6), LEAT_E_WOULD_BLOCK);
    char none[8];
    link.to_server.capacity = 20;
    EXPECT_EQ(leat_mbedtls.read(world.state(), link.session(), none, 8), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(link.to_server.bytes.size(), 20u) << "read sends what waits";
    link.to_server.capacity = SIZE_MAX;
    EXPECT_EQ(leat_mbedtls.write(world.state(), link.session(), "second", 6), 6);
    EXPECT_EQ(leat_mbedtls.flush(world.state(), link.session()), LEAT_OK);
    link.serve();
    EXPECT_EQ(link.received, "the first recordsecond");
}

TEST_F(TlsClient, write_of_more_than_a_record_takes_one) {
    Link link(&world);
    ASSERT_EQ(link.start("api.test"), LEAT_OK);
    ASSERT_EQ(link.handshake(), LEAT_OK);
    const std::string large(100000, 'x');
    EXPECT_EQ(leat_mbedtls.write(world.state(), link.session(), large.data(), large.size()), 16384);
    EXPECT_EQ(link.send(large.substr(16384)), LEAT_OK);
    EXPECT_EQ(link.received, large);
}

TEST_F(TlsClient, close_notify_is_an_orderly_end) {
    Link link(&world);
    ASSERT_EQ(link.start("api.test"), LEAT_OK);
    ASSERT_EQ(link.handshake(), LEAT_OK);
    link.serve();
    link.server_write("tail");
    link.server_close(true);
    std::string answer;
    EXPECT_EQ(link.receive(100, &answer), LEAT_E_CONNECTION_CLOSED);
    EXPECT_EQ(answer, "tail");
    EXPECT_EQ(link.send("more"), LEAT_E_CONNECTION_CLOSED) << "the end is final";
}

TEST_F(TlsClient, end_without_close_notify_is_truncation) {
    Link link(&world);
    ASSERT_EQ(link.start("api.test"), LEAT_OK);
    ASSERT_EQ(link.handshake(), LEAT_OK);
    link.serve();
    link.server_write("tail");
    link.server_close(false);
    std::string answer;
    EXPECT_EQ(link.receive(100, &answer), LEAT_E_TLS_TRUNCATED);
    EXPECT_EQ(answer, "tail");
}

TEST_F(TlsClient, end_inside_a_record_is_truncation) {
    Link link(&world);
    ASSERT_EQ(link.start("api.test"), LEAT_OK);
    ASSERT_EQ(link.handshake(), LEAT_OK);
    link.serve();
    link.to_client.bytes.clear();
    link.server_write("tail");
    link.to_client.bytes.resize(link.to_client.bytes.size() - 1);
    link.server_close(false);
    std::string answer;
    EXPECT_EQ(link.receive(100, &answer), LEAT_E_TLS_TRUNCATED);
    EXPECT_EQ(answer, "");
}

TEST_F(TlsClient, end_in_the_handshake_is_a_closed_connection) {
    Link link(&world);
    ASSERT_EQ(link.start("api.test"), LEAT_OK);
    EXPECT_EQ(leat_mbedtls.handshake(world.state(), link.session()), LEAT_E_WOULD_BLOCK);
    link.to_client.ended = true;
    EXPECT_EQ(leat_mbedtls.handshake(world.state(), link.session()), LEAT_E_CONNECTION_CLOSED);
    EXPECT_EQ(leat_mbedtls.handshake(world.state(), link.session()), LEAT_E_CONNECTION_CLOSED);
}

TEST_F(TlsClient, reset_is_told_as_such) {
    Link link(&world);
    ASSERT_EQ(link.start("api.test"), LEAT_OK);
    ASSERT_EQ(link.handshake(), LEAT_OK);
    link.to_client.reset = true;
    std::string answer;
    EXPECT_EQ(link.receive(1, &answer), LEAT_E_CONNECTION_RESET);
}

TEST_F(TlsClient, answer_is_read_though_the_peer_listens_no_more) {
    Link link(&world);
    ASSERT_EQ(link.start("api.test"), LEAT_OK);
    ASSERT_EQ(link.handshake(), LEAT_OK);
    link.serve();
    link.server_write("too large");
    link.to_server.capacity = 0;
    EXPECT_EQ(leat_mbedtls.write(world.state(), link.session(), "body", 4), 4);
    link.to_server.reset = true;
    std::string answer;
    EXPECT_EQ(link.receive(9, &answer), LEAT_OK);
    EXPECT_EQ(answer, "too large");
    EXPECT_EQ(link.receive(10, &answer), LEAT_E_CONNECTION_RESET);
}

TEST_F(TlsClient, every_changed_byte_of_a_record_is_seen) {
    for (size_t at = 0; at < 5 + 8 + 4 + 16; ++at) {
        Link link(&world);
        ASSERT_EQ(link.start("api.test"), LEAT_OK);
        ASSERT_EQ(link.handshake(), LEAT_OK);
        link.serve();
        link.to_client.bytes.clear();
        link.server_write("data");
        if (at >= link.to_client.bytes.size()) break;
        link.to_client.bytes[at] = static_cast<char>(link.to_client.bytes[at] ^ 1);
        link.server_close(false);
        std::string answer;
        const leat_status status = link.receive(4, &answer);
        EXPECT_TRUE(status == LEAT_E_TLS_RECORD || status == LEAT_E_TLS_TRUNCATED) << at;
        EXPECT_EQ(answer, "") << at;
    }
}

TEST_F(TlsClient, application_data_waits_for_the_handshake) {
    Link link(&world);
    ASSERT_EQ(link.start("api.test"), LEAT_OK);
    char byte = 0;
    EXPECT_EQ(leat_mbedtls.write(world.state(), link.session(), "x", 1), LEAT_E_STATE);
    EXPECT_EQ(leat_mbedtls.read(world.state(), link.session(), &byte, 1), LEAT_E_STATE);
    EXPECT_EQ(leat_mbedtls.flush(world.state(), link.session()), LEAT_E_STATE);
    EXPECT_TRUE(link.to_server.bytes.empty());
}

TEST_F(TlsClient, stop_wipes_and_gives_all_back) {
    const size_t before = world.stats().pool_used_bytes;
    Link link(&world);
    ASSERT_EQ(link.start("api.test", 9), LEAT_OK);
    ASSERT_EQ(link.handshake(), LEAT_OK);
    EXPECT_GT(world.stats().pool_used_bytes, before);
    void* const session = link.session();
    link.stop();
    EXPECT_EQ(world.stats().pool_used_bytes, before) << "no ticket for an index over tickets_max";
    EXPECT_EQ(leat_mbedtls.handshake(world.state(), session), LEAT_E_STATE);
    const uint8_t* const bytes = static_cast<uint8_t*>(session);
    size_t set = 0;
    for (size_t i = 0; i < leat_mbedtls.session_bytes(); ++i) set += bytes[i] != 0 ? 1 : 0;
    EXPECT_LT(set, 10u);
}

TEST_F(TlsClient, close_wipes_the_whole_pool) {
    ASSERT_EQ(converse(&world, {}), LEAT_OK);
    const uint8_t* const state = static_cast<uint8_t*>(world.state());
    const size_t bytes = leat_mbedtls.state_bytes(&world.config);
    world.close_client();
    for (size_t i = 0; i < bytes; ++i) ASSERT_EQ(state[i], 0) << i;
}

TEST_F(TlsClient, refuses_hosts_that_no_certificate_can_name) {
    for (const char* host : {"", ".", "..", "a..b", "a b", "1.2.3", "1.2.3.4.5", "256.1.1.1",
                             "01.2.3.4", "x.1", "::1::", "1:2", ":::", "[::1]", "h\xc3\xa9.test"}) {
        Link link(&world);
        EXPECT_EQ(link.start(host), LEAT_E_TLS_NAME) << host;
    }
    const std::string label(64, 'a');
    const std::string name(256, 'a');
    Link link(&world);
    EXPECT_EQ(link.start(label.c_str()), LEAT_E_TLS_NAME);
    EXPECT_EQ(link.start(name.c_str()), LEAT_E_TLS_NAME);
}

TEST_F(TlsClient, refuses_to_start_without_a_date) {
    world.date_ms = 0;
    Link link(&world);
    EXPECT_EQ(link.start("api.test"), LEAT_E_PORT);
}

TEST(TlsOpen, reports_what_is_missing) {
    World world{CertificateSpec{}};
    world.entropy_works = false;
    EXPECT_EQ(world.open_client(), LEAT_E_PORT);
    world.entropy_works = true;
    world.config.pool_bytes = 4096;
    EXPECT_EQ(world.open_client(), LEAT_E_TLS_MEMORY);
    world.config.pool_bytes = 0;
    world.config.ca_pem = LEAT_STR("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    EXPECT_EQ(world.open_client(), LEAT_E_TLS_CA);
}

struct NameCase {
    const char* pattern;
    const char* host;
    leat_status status;
};

TEST(TlsName, dns_patterns) {
    const NameCase cases[] = {
        {"api.test", "api.test", LEAT_OK},
        {"API.test", "api.TEST", LEAT_OK},
        {"api.test", "api.test.", LEAT_OK},
        {"*.api.test", "a.api.test", LEAT_OK},
        {"*.api.test", "api.test", LEAT_E_TLS_NAME},
        {"*.api.test", "a.b.api.test", LEAT_E_TLS_NAME},
        {"*.test", "api.test", LEAT_E_TLS_NAME},
        {"*", "api", LEAT_E_TLS_NAME},
        {"a*.api.test", "ab.api.test", LEAT_E_TLS_NAME},
        {"*a.api.test", "ba.api.test", LEAT_E_TLS_NAME},
        {"a.*.test", "a.b.test", LEAT_E_TLS_NAME},
        {"api.test", "xapi.test", LEAT_E_TLS_NAME},
        {"api.test", "api.tes", LEAT_E_TLS_NAME},
        {"127.0.0.1", "127.0.0.1", LEAT_E_TLS_NAME},
    };
    for (const NameCase& one : cases) {
        CertificateSpec spec;
        spec.dns = {one.pattern};
        World world(spec);
        ASSERT_EQ(world.open_client(), LEAT_OK);
        Link link(&world);
        ASSERT_EQ(link.start(one.host), LEAT_OK);
        EXPECT_EQ(link.handshake(), one.status) << one.pattern << " for " << one.host;
        EXPECT_EQ(link.received, "");
    }
}

TEST(TlsName, nul_inside_a_name_matches_nothing) {
    CertificateSpec spec;
    spec.dns = {std::string("api.test\0.evil.test", 19)};
    World world(spec);
    ASSERT_EQ(world.open_client(), LEAT_OK);
    Link link(&world);
    ASSERT_EQ(link.start("api.test"), LEAT_OK);
    EXPECT_EQ(link.handshake(), LEAT_E_TLS_NAME);
}

TEST(TlsName, addresses) {
    CertificateSpec spec;
    spec.dns.clear();
    spec.ips = {std::string("\x7f\0\0\1", 4),
                std::string("\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16)};
    World world(spec);
    ASSERT_EQ(world.open_client(), LEAT_OK);
    const NameCase cases[] = {
        {"", "127.0.0.1", LEAT_OK},
        {"", "127.0.0.2", LEAT_E_TLS_NAME},
        {"", "2001:db8::1", LEAT_OK},
        {"", "2001:DB8:0:0:0:0:0:1", LEAT_OK},
        {"", "2001:db8::0.0.0.1", LEAT_OK},
        {"", "2001:db8::1%eth0", LEAT_OK},
        {"", "2001:db8::2", LEAT_E_TLS_NAME},
        {"", "::1", LEAT_E_TLS_NAME},
        {"", "::ffff:127.0.0.1", LEAT_E_TLS_NAME},
        {"", "api.test", LEAT_E_TLS_NAME},
    };
    for (const NameCase& one : cases) {
        Link link(&world);
        ASSERT_EQ(link.start(one.host, 1), LEAT_OK) << one.host;
        EXPECT_EQ(link.handshake(), one.status) << one.host;
    }
}

TEST(TlsDates, are_exact_to_the_second) {
    CertificateSpec spec;
    spec.not_before = "20240229120000";
    spec.not_after = "20240301115959";
    World world(spec);
    const int64_t from_ms = 1709208000000;
    const int64_t to_ms = from_ms + 24 * 3600 * 1000 - 1000;
    const struct {
        int64_t date_ms;
        leat_status status;
    } cases[] = {{from_ms - 1, LEAT_E_TLS_NOT_YET_VALID},
                 {from_ms, LEAT_OK},
                 {to_ms + 999, LEAT_OK},
                 {to_ms + 1000, LEAT_E_TLS_EXPIRED}};
    for (const auto& one : cases) {
        world.date_ms = one.date_ms;
        ASSERT_EQ(world.open_client(), LEAT_OK);
        Link link(&world);
        ASSERT_EQ(link.start("api.test"), LEAT_OK);
        EXPECT_EQ(link.handshake(), one.status) << one.date_ms;
        link.stop();
        world.close_client();
    }
}

TEST_F(TlsClient, resumes_and_counts) {
    EXPECT_EQ(leat_mbedtls.has_ticket(world.state(), 0), 0);
    for (int i = 0; i < 4; ++i) ASSERT_EQ(converse(&world, {}), LEAT_OK);
    EXPECT_EQ(leat_mbedtls.has_ticket(world.state(), 0), 1);
    EXPECT_EQ(leat_mbedtls.has_ticket(world.state(), 1), 0);
    EXPECT_EQ(world.stats().handshakes_full, 1u);
    EXPECT_EQ(world.stats().handshakes_resumed, 3u);
    ASSERT_EQ(converse(&world, {}, 1), LEAT_OK);
    EXPECT_EQ(world.stats().handshakes_full, 2u) << "each index has a ticket of its own";
}

TEST_F(TlsClient, ticket_is_for_one_host_only) {
    ASSERT_EQ(converse(&world, {}), LEAT_OK);
    Link other(&world);
    ASSERT_EQ(other.start("other.test"), LEAT_OK);
    EXPECT_EQ(leat_mbedtls.has_ticket(world.state(), 0), 0) << "forgotten when another host comes";
    EXPECT_EQ(other.handshake(), LEAT_E_TLS_NAME);
    EXPECT_EQ(world.stats().handshakes_resumed, 0u);
}

TEST_F(TlsClient, ticket_lasts_a_day_and_not_into_the_past) {
    for (const int64_t later_ms : {24 * 3600 * 1000LL + 1, -1LL}) {
        ASSERT_EQ(converse(&world, {}), LEAT_OK);
        const uint64_t resumed = world.stats().handshakes_resumed;
        world.date_ms += later_ms;
        ASSERT_EQ(converse(&world, {}), LEAT_OK);
        EXPECT_EQ(world.stats().handshakes_resumed, resumed);
    }
}

TEST(TlsTicket, ends_with_its_certificate) {
    CertificateSpec spec;
    spec.not_after = "20231114231320";  // an hour after test_date_ms
    World world(spec);
    ASSERT_EQ(world.open_client(), LEAT_OK);
    ASSERT_EQ(converse(&world, {}), LEAT_OK);
    world.date_ms += 3600 * 1000 + 1000;
    EXPECT_EQ(converse(&world, {}), LEAT_E_TLS_EXPIRED);
}

TEST_F(TlsClient, falls_back_when_the_server_lost_its_ticket_keys) {
    ASSERT_EQ(converse(&world, {}), LEAT_OK);
    {
        Authority& authority = World::authority();
        const PoolScope scope(&authority.pool);
        mbedtls_ssl_ticket_free(&world.ticket_keys);
        mbedtls_ssl_ticket_init(&world.ticket_keys);
        ASSERT_EQ(mbedtls_ssl_ticket_setup(&world.ticket_keys, mbedtls_ctr_drbg_random,
                                           &authority.random, MBEDTLS_CIPHER_AES_256_GCM, 86400),
                  0);
    }
    ASSERT_EQ(converse(&world, {}), LEAT_OK);
    EXPECT_EQ(world.stats().handshakes_full, 2u);
    ASSERT_EQ(converse(&world, {}), LEAT_OK);
    EXPECT_EQ(world.stats().handshakes_resumed, 1u);
}

TEST_F(TlsClient, failed_handshake_forgets_the_ticket_it_offered) {
    ASSERT_EQ(converse(&world, {}), LEAT_OK);
    Link link(&world);
    ASSERT_EQ(link.start("api.test"), LEAT_OK);
    EXPECT_EQ(leat_mbedtls.has_ticket(world.state(), 0), 1);
    link.to_client.reset = true;
    EXPECT_EQ(link.handshake(), LEAT_E_CONNECTION_RESET);
    EXPECT_EQ(leat_mbedtls.has_ticket(world.state(), 0), 0);
}

}  // namespace
}  // namespace leat::tls::testing
