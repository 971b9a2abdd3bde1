// tests/port/tls_client_test.cc: the mbedTLS port against a server in memory: delivery in crumbs,
// full sockets, the ways a connection ends, and what is left of it.
#include <gtest/gtest.h>
#include <string.h>

#include "tls_world.h"

namespace leat::tls::testing {
namespace {

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

}  // namespace
}  // namespace leat::tls::testing
