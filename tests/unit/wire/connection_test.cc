// A connection's life over ports made by hand: addresses in turn, TLS, stale events, read-ahead.
#include "wire/connection.h"

#include <gtest/gtest.h>

#include "fake_ports.h"
#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

class ConnectionTest : public WireFixture {
protected:
    uint64_t token_of(const Connection* connection) {
        return fake_.registered.at(connection->descriptor);
    }
};

TEST_F(ConnectionTest, a_plain_one_is_ready_when_it_is_connected) {
    Connection* const connection = wire_.take_free();
    ASSERT_EQ(wire_.connect(connection, &plain_, 7), LEAT_OK);
    EXPECT_EQ(connection->state, ConnectionState::connecting);
    EXPECT_EQ(connection->opened_ns, 7u);
    fake_.stream(connection).finish = {LEAT_E_WOULD_BLOCK};
    EXPECT_EQ(wire_.advance(connection), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(fake_.rearmed.back(),
              std::make_pair(connection->descriptor, uint32_t{LEAT_READY_WRITE}));
    EXPECT_EQ(wire_.advance(connection), LEAT_OK);
    EXPECT_EQ(connection->state, ConnectionState::ready);
    EXPECT_FALSE(connection->tls_active);
    EXPECT_EQ(wire_.counters().open, 1u);
    EXPECT_EQ(wire_.counters().opened, 1u);
    wire_.drop(connection);
    EXPECT_EQ(wire_.counters().open, 0u);
    EXPECT_TRUE(fake_.registered.empty());
}

TEST_F(ConnectionTest, there_are_as_many_as_there_are_slots) {
    Connection* all[connections_max];
    for (Connection*& connection : all) {
        ASSERT_TRUE(wire_.has_free());
        connection = wire_.take_free();
        ASSERT_EQ(wire_.connect(connection, &plain_, 0), LEAT_OK);
    }
    EXPECT_FALSE(wire_.has_free());
    EXPECT_EQ(wire_.take_free(), nullptr);
    wire_.drop(all[2]);
    EXPECT_EQ(wire_.take_free(), all[2]);
}

TEST_F(ConnectionTest, addresses_that_refuse_at_once_are_passed_over) {
    fake_.open_answers = {{1, LEAT_E_CONNECT}, {2, LEAT_E_CONNECT}};
    Connection* const connection = wire_.take_free();
    ASSERT_EQ(wire_.connect(connection, &plain_, 0), LEAT_OK);
    EXPECT_EQ(fake_.stream(connection).to.port, 3);
    EXPECT_EQ(wire_.advance(connection), LEAT_OK);
    EXPECT_EQ(plain_.preferred_address, 2u);
}

TEST_F(ConnectionTest, an_address_that_fails_late_gives_way_to_the_next) {
    fake_.finish_answers[1] = {LEAT_E_WOULD_BLOCK, LEAT_E_CONNECT};
    Connection* const connection = wire_.take_free();
    ASSERT_EQ(wire_.connect(connection, &plain_, 0), LEAT_OK);
    const int64_t first = connection->descriptor;
    EXPECT_EQ(wire_.advance(connection), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(wire_.advance(connection), LEAT_E_WOULD_BLOCK);
    EXPECT_NE(connection->descriptor, first);
    EXPECT_FALSE(fake_.stream(first).open);
    EXPECT_EQ(fake_.registered.count(first), 0u);
    EXPECT_EQ(wire_.advance(connection), LEAT_OK);
    EXPECT_EQ(plain_.preferred_address, 1u) << "the next connection begins there";
    Connection* const second = wire_.take_free();
    ASSERT_EQ(wire_.connect(second, &plain_, 0), LEAT_OK);
    EXPECT_EQ(fake_.stream(second).to.port, 2);
}

TEST_F(ConnectionTest, each_address_is_tried_once_whatever_the_first) {
    for (uint32_t first = 0; first < 3; ++first) {
        plain_.preferred_address = first;
        fake_.open_answers = {{1, LEAT_E_CONNECT}, {2, LEAT_E_CONNECT}, {3, LEAT_E_CONNECT}};
        Connection* const connection = wire_.take_free();
        EXPECT_EQ(wire_.connect(connection, &plain_, 0), LEAT_E_CONNECT);
        EXPECT_EQ(connection->addresses_tried, 3u);
        if (connection->state != ConnectionState::free) wire_.drop(connection);
    }
    EXPECT_EQ(wire_.counters().open, 0u);
}

TEST_F(ConnectionTest, all_addresses_failing_late_end_in_one_failure) {
    for (uint16_t port = 1; port <= 3; ++port) fake_.finish_answers[port] = {LEAT_E_CONNECT};
    Connection* const connection = wire_.take_free();
    ASSERT_EQ(wire_.connect(connection, &plain_, 0), LEAT_OK);
    EXPECT_EQ(wire_.advance(connection), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(wire_.advance(connection), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(wire_.advance(connection), LEAT_E_CONNECT);
    wire_.drop(connection);
    EXPECT_TRUE(fake_.registered.empty());
    for (const auto& [descriptor, stream] : fake_.streams) EXPECT_FALSE(stream.open);
}

TEST_F(ConnectionTest, a_lack_of_descriptors_is_not_taken_for_a_bad_address) {
    fake_.open_answers = {{1, LEAT_E_DESCRIPTORS}};
    Connection* connection = wire_.take_free();
    EXPECT_EQ(wire_.connect(connection, &plain_, 0), LEAT_E_DESCRIPTORS);
    EXPECT_EQ(connection->addresses_tried, 1u);
    if (connection->state != ConnectionState::free) wire_.drop(connection);
    fake_.open_answers.clear();
    fake_.add_answer = LEAT_E_TOO_MANY;
    connection = wire_.take_free();
    EXPECT_EQ(wire_.connect(connection, &plain_, 0), LEAT_E_TOO_MANY);
    for (const auto& [descriptor, stream] : fake_.streams) EXPECT_FALSE(stream.open);
}

TEST_F(ConnectionTest, an_event_for_a_connection_that_is_gone_finds_nobody) {
    Connection* const first = ready(&plain_);
    const uint64_t old = token_of(first);
    EXPECT_EQ(wire_.find(old), first);
    wire_.drop(first);
    EXPECT_EQ(wire_.find(old), nullptr);
    Connection* const second = ready(&plain_);
    ASSERT_EQ(second, first) << "the same slot";
    EXPECT_EQ(wire_.find(old), nullptr) << "the old token must not reach the new owner";
    EXPECT_EQ(wire_.find(token_of(second)), second);
    EXPECT_EQ(wire_.find(UINT64_MAX), nullptr);
    EXPECT_EQ(wire_.find((token_of(second) & ~uint64_t{UINT32_MAX}) | connections_max), nullptr);
}

TEST_F(ConnectionTest, an_event_of_the_address_before_finds_nobody) {
    fake_.finish_answers[1] = {LEAT_E_CONNECT};
    Connection* const connection = wire_.take_free();
    ASSERT_EQ(wire_.connect(connection, &plain_, 0), LEAT_OK);
    const uint64_t old = token_of(connection);
    EXPECT_EQ(wire_.advance(connection), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(wire_.find(old), nullptr);
    EXPECT_EQ(wire_.find(token_of(connection)), connection);
}

TEST_F(ConnectionTest, after_a_short_read_the_stream_is_left_alone_until_its_event) {
    Connection* const connection = ready(&plain_);
    fake_.stream(connection).incoming = "abc";
    char bytes[8];
    EXPECT_EQ(wire_.read(connection, bytes, 8), 3);
    EXPECT_EQ(fake_.rearmed.back(),
              std::make_pair(connection->descriptor, uint32_t{LEAT_READY_READ}));
    const int reads = fake_.reads;
    fake_.stream(connection).incoming = "more";
    EXPECT_EQ(wire_.read(connection, bytes, 8), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(fake_.reads, reads) << "no system call before the event";
    Wire::note_event(connection, LEAT_READY_READ);
    EXPECT_EQ(wire_.read(connection, bytes, 4), 4);
    EXPECT_EQ(fake_.rearmed.size(), 1u) << "a full read leaves the edge unspent";
    EXPECT_EQ(wire_.read(connection, bytes, 4), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(fake_.rearmed.size(), 2u);
}

TEST_F(ConnectionTest, after_an_error_event_it_is_read_to_its_end) {
    Connection* const connection = ready(&plain_);
    fake_.stream(connection).incoming = "last";
    fake_.stream(connection).incoming_end = LEAT_E_CONNECTION_CLOSED;
    Wire::note_event(connection, LEAT_READY_ERROR);
    char bytes[64];
    EXPECT_EQ(wire_.read(connection, bytes, sizeof bytes), 4);
    EXPECT_EQ(wire_.read(connection, bytes, sizeof bytes), LEAT_E_CONNECTION_CLOSED);
}

TEST_F(ConnectionTest, writes_that_fall_short_are_armed_again) {
    Connection* const connection = ready(&plain_);
    EXPECT_EQ(wire_.write(connection, "abcdef", 6), 6);
    EXPECT_TRUE(fake_.rearmed.empty());
    fake_.stream(connection).write_room = 2;
    EXPECT_EQ(wire_.write(connection, "abcdef", 6), 2);
    EXPECT_EQ(fake_.rearmed.back(),
              std::make_pair(connection->descriptor, uint32_t{LEAT_READY_WRITE}));
    EXPECT_EQ(wire_.write(connection, "cdef", 4), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(fake_.rearmed.size(), 2u);
    EXPECT_EQ(wire_.flush(connection), LEAT_OK);
}

TEST_F(ConnectionTest, a_poller_without_rearm_is_not_asked) {
    fake_.poller_.rearm = nullptr;
    Connection* const connection = ready(&plain_);
    char byte = 0;
    EXPECT_EQ(wire_.read(connection, &byte, 1), LEAT_E_WOULD_BLOCK);
    fake_.stream(connection).write_room = 0;
    EXPECT_EQ(wire_.write(connection, "x", 1), LEAT_E_WOULD_BLOCK);
}

TEST_F(ConnectionTest, a_tunnel_waits_for_the_proxys_word) {
    secure_.proxy = ProxyUse::tunnel;
    Connection* const connection = wire_.take_free();
    ASSERT_EQ(wire_.connect(connection, &secure_, 0), LEAT_OK);
    EXPECT_EQ(wire_.advance(connection), LEAT_OK);
    EXPECT_EQ(connection->state, ConnectionState::tunnelling);
    EXPECT_FALSE(connection->tls_active);
    EXPECT_EQ(fake_.sessions, 0);
    fake_.stream(connection).incoming = FakePorts::record("H");
    EXPECT_EQ(wire_.tunnel_done(connection), LEAT_OK);
    EXPECT_EQ(connection->state, ConnectionState::ready);
    EXPECT_TRUE(connection->tls_active);
}

TEST_F(ConnectionTest, a_handshake_goes_on_at_each_event) {
    Connection* const connection = wire_.take_free();
    ASSERT_EQ(wire_.connect(connection, &secure_, 0), LEAT_OK);
    EXPECT_EQ(secure_.handshakes, 1u);
    const std::string flight = FakePorts::record("x") + FakePorts::record("H");
    EXPECT_EQ(wire_.advance(connection), LEAT_E_WOULD_BLOCK);
    for (size_t i = 0; i < flight.size(); ++i) {
        EXPECT_EQ(connection->state, ConnectionState::handshaking);
        fake_.stream(connection).incoming = flight.substr(i, 1);
        Wire::note_event(connection, LEAT_READY_READ);
        EXPECT_EQ(wire_.advance(connection), i + 1 == flight.size() ? LEAT_OK : LEAT_E_WOULD_BLOCK);
    }
    EXPECT_EQ(connection->state, ConnectionState::ready);
    EXPECT_EQ(secure_.handshakes, 0u);
}

TEST_F(ConnectionTest, bytes_before_any_request_are_an_alert) {
    Connection* const connection = wire_.take_free();
    ASSERT_EQ(wire_.connect(connection, &secure_, 0), LEAT_OK);
    fake_.stream(connection).incoming = FakePorts::record("H") + FakePorts::record("early");
    EXPECT_EQ(wire_.advance(connection), LEAT_ALERT_UNSOLICITED);
    wire_.drop(connection);
    EXPECT_EQ(fake_.sessions, 0);
}

TEST_F(ConnectionTest, a_ticket_behind_the_handshake_is_taken_in_peace) {
    Connection* const connection = wire_.take_free();
    ASSERT_EQ(wire_.connect(connection, &secure_, 0), LEAT_OK);
    fake_.stream(connection).incoming = FakePorts::record("H") + FakePorts::record("t");
    EXPECT_EQ(wire_.advance(connection), LEAT_OK);
    EXPECT_EQ(fake_.tickets.count(0), 1u);
}

TEST_F(ConnectionTest, one_read_of_the_socket_serves_many_records) {
    Connection* const connection = ready(&secure_);
    const int reads = fake_.reads;
    fake_.stream(connection).incoming =
        FakePorts::record("one") + FakePorts::record("four") + FakePorts::record("seven");
    Wire::note_event(connection, LEAT_READY_READ);
    char bytes[16];
    EXPECT_EQ(wire_.read(connection, bytes, sizeof bytes), 3);
    EXPECT_EQ(wire_.read(connection, bytes, sizeof bytes), 4);
    EXPECT_EQ(wire_.read(connection, bytes, sizeof bytes), 5);
    EXPECT_EQ(wire_.read(connection, bytes, sizeof bytes), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(fake_.reads, reads + 1);
}

TEST_F(ConnectionTest, read_ahead_of_one_never_reaches_or_stops_another) {
    // A step serves a connection for a bounded share only; what was read ahead for it stays, and
    // the next connection must be able to read all the same.
    Connection* const first = ready(&secure_);
    Connection* const second = ready(&secure_);
    fake_.stream(first).incoming = FakePorts::record("1a") + FakePorts::record("1b");
    fake_.stream(second).incoming = FakePorts::record("2a") + FakePorts::record("2b");
    Wire::note_event(first, LEAT_READY_READ);
    Wire::note_event(second, LEAT_READY_READ);
    char bytes[16];
    const auto read = [&](Connection* connection) {
        const int64_t got = wire_.read(connection, bytes, sizeof bytes);
        return got < 0 ? std::string(leat_status_word(static_cast<leat_status>(got)))
                       : std::string(bytes, static_cast<size_t>(got));
    };
    EXPECT_EQ(read(first), "1a");
    EXPECT_EQ(read(second), "2a");
    EXPECT_EQ(read(second), "2b");
    EXPECT_EQ(read(second), "would_block");
    EXPECT_EQ(read(first), "1b");
    EXPECT_EQ(read(first), "would_block");
}

TEST_F(ConnectionTest, a_handshake_that_waits_to_write_keeps_what_it_read_ahead) {
    fake_.handshake_must_write = true;
    Connection* const first = wire_.take_free();
    ASSERT_EQ(wire_.connect(first, &secure_, 0), LEAT_OK);
    fake_.stream(first).incoming = FakePorts::record("H") + FakePorts::record("t");
    fake_.stream(first).write_room = 0;
    EXPECT_EQ(wire_.advance(first), LEAT_E_WOULD_BLOCK);
    Connection* const second = wire_.take_free();
    ASSERT_EQ(wire_.connect(second, &secure_, 0), LEAT_OK);
    fake_.stream(second).incoming = FakePorts::record("H");
    EXPECT_EQ(wire_.advance(second), LEAT_OK);
    fake_.stream(first).write_room = 10;
    EXPECT_EQ(wire_.advance(first), LEAT_OK);
    EXPECT_EQ(fake_.tickets.count(0), 1u) << "the ticket that lay ready was lost";
}

TEST_F(ConnectionTest, what_was_read_ahead_dies_with_its_connection) {
    Connection* const first = ready(&secure_);
    fake_.stream(first).incoming = FakePorts::record("1a") + FakePorts::record("1b");
    Wire::note_event(first, LEAT_READY_READ);
    char bytes[16];
    EXPECT_EQ(wire_.read(first, bytes, sizeof bytes), 2);
    wire_.drop(first);
    Connection* const second = ready(&secure_);
    ASSERT_EQ(second, first);
    EXPECT_EQ(wire_.read(second, bytes, sizeof bytes), LEAT_E_WOULD_BLOCK);
}

TEST_F(ConnectionTest, dropping_in_any_state_leaves_nothing_behind) {
    for (int stage = 0; stage < 4; ++stage) {
        Connection* const connection = wire_.take_free();
        ASSERT_EQ(wire_.connect(connection, &secure_, 0), LEAT_OK);
        if (stage >= 1) {
            EXPECT_EQ(wire_.advance(connection), LEAT_E_WOULD_BLOCK);
        }
        if (stage >= 2) {
            fake_.stream(connection).incoming = FakePorts::record("H");
            Wire::note_event(connection, LEAT_READY_READ);
            EXPECT_EQ(wire_.advance(connection), LEAT_OK);
        }
        if (stage >= 3) {
            fake_.stream(connection).incoming = FakePorts::record("ab") + FakePorts::record("c");
            Wire::note_event(connection, LEAT_READY_READ);
            char byte = 0;
            EXPECT_EQ(wire_.read(connection, &byte, 1), 1);
        }
        wire_.drop(connection);
        EXPECT_EQ(secure_.handshakes, 0u);
        EXPECT_EQ(fake_.sessions, 0);
        EXPECT_TRUE(fake_.registered.empty());
        EXPECT_EQ(connection->state, ConnectionState::free);
    }
    EXPECT_EQ(wire_.counters().opened, 4u);
}

TEST_F(ConnectionTest, closing_the_wire_closes_every_stream) {
    ready(&plain_);
    ready(&secure_);
    Connection* const connecting = wire_.take_free();
    ASSERT_EQ(wire_.connect(connecting, &plain_, 0), LEAT_OK);
    wire_.close();
    for (const auto& [descriptor, stream] : fake_.streams) EXPECT_FALSE(stream.open);
    EXPECT_EQ(fake_.sessions, 0);
    EXPECT_EQ(wire_.counters().open, 0u);
}

}  // namespace
}  // namespace leat
