// Kept connections: which is taken, when they go, and who waits for the first TLS handshake.
#include "wire/pool.h"

#include <gtest/gtest.h>

#include "fake_ports.h"

namespace leat {
namespace {

class PoolTest : public WireFixture {
protected:
    PoolTest() {
        pool_.open(&plain_);
        secure_pool_.open(&secure_);
    }
    IdlePool pool_;
    IdlePool secure_pool_;
};

TEST_F(PoolTest, the_most_recently_used_is_taken_first) {
    Connection* const a = ready(&plain_);
    Connection* const b = ready(&plain_);
    EXPECT_EQ(pool_.take(0), nullptr);
    pool_.put(a, 10);
    pool_.put(b, 20);
    EXPECT_EQ(a->state, ConnectionState::idle);
    EXPECT_EQ(a->user, nullptr);
    EXPECT_EQ(pool_.size(), 2u);
    EXPECT_EQ(pool_.take(30), b);
    EXPECT_EQ(b->state, ConnectionState::ready);
    EXPECT_EQ(pool_.take(30), a);
    EXPECT_EQ(pool_.take(30), nullptr);
}

TEST_F(PoolTest, idle_ones_expire_exactly_at_their_time) {
    EXPECT_EQ(pool_.expires_at_ns(), never_ns);
    pool_.put(ready(&plain_), 500);
    pool_.put(ready(&plain_), 600);
    EXPECT_EQ(pool_.expires_at_ns(), 1500u);
    EXPECT_EQ(pool_.oldest_since_ns(), 500u);
    pool_.expire(1499);
    EXPECT_EQ(pool_.size(), 2u);
    pool_.expire(1500);
    EXPECT_EQ(pool_.size(), 1u);
    EXPECT_EQ(pool_.expires_at_ns(), 1600u);
    EXPECT_EQ(pool_.take(1600), nullptr) << "taking looks at the time as well";
    EXPECT_EQ(wire_.counters().open, 0u);
}

TEST_F(PoolTest, an_origin_that_keeps_none_drops_at_once) {
    plain_.keepalive_ns = 0;
    pool_.put(ready(&plain_), 1);
    EXPECT_EQ(pool_.size(), 0u);
    EXPECT_EQ(wire_.counters().open, 0u);
}

TEST_F(PoolTest, one_that_hung_up_is_not_kept) {
    Connection* const connection = ready(&plain_);
    Wire::note_event(connection, LEAT_READY_ERROR);
    pool_.put(connection, 1);
    EXPECT_EQ(pool_.size(), 0u);
}

TEST_F(PoolTest, eviction_drops_the_oldest) {
    Connection* const a = ready(&plain_);
    Connection* const b = ready(&plain_);
    pool_.put(a, 1);
    pool_.put(b, 2);
    EXPECT_TRUE(pool_.evict());
    EXPECT_EQ(a->state, ConnectionState::free);
    EXPECT_EQ(pool_.take(3), b);
    EXPECT_FALSE(pool_.evict());
}

TEST_F(PoolTest, noise_leaves_an_idle_connection_and_anything_else_drops_it) {
    Connection* const connection = ready(&plain_);
    pool_.put(connection, 1);
    Wire::note_event(connection, LEAT_READY_WRITE);
    EXPECT_FALSE(pool_.on_event(connection));
    EXPECT_EQ(pool_.size(), 1u);
    fake_.stream(connection).incoming_end = LEAT_E_CONNECTION_CLOSED;
    Wire::note_event(connection, LEAT_READY_READ);
    EXPECT_TRUE(pool_.on_event(connection));
    EXPECT_EQ(pool_.size(), 0u);
    Connection* const chatty = ready(&plain_);
    pool_.put(chatty, 1);
    fake_.stream(chatty).incoming = "HTTP/1.1 200 OK";
    Wire::note_event(chatty, LEAT_READY_READ);
    EXPECT_TRUE(pool_.on_event(chatty)) << "an answer nobody asked for";
    EXPECT_EQ(wire_.counters().open, 0u);
}

TEST_F(PoolTest, a_late_ticket_on_an_idle_connection_is_noise) {
    Connection* const connection = ready(&secure_);
    secure_pool_.put(connection, 1);
    fake_.stream(connection).incoming = FakePorts::record("t");
    Wire::note_event(connection, LEAT_READY_READ);
    EXPECT_FALSE(secure_pool_.on_event(connection));
    EXPECT_EQ(secure_pool_.take(2), connection);
    EXPECT_EQ(fake_.tickets.count(0), 1u);
}

TEST_F(PoolTest, one_that_ended_unseen_is_dropped_when_it_is_taken) {
    Connection* const kept = ready(&plain_);
    Connection* const ended = ready(&plain_);
    Connection* const chatty = ready(&plain_);
    pool_.put(kept, 1);
    pool_.put(ended, 2);
    pool_.put(chatty, 3);
    fake_.stream(ended).incoming_end = LEAT_E_CONNECTION_CLOSED;
    fake_.stream(chatty).incoming = "HTTP/1.1 408";
    EXPECT_EQ(pool_.take(10), kept);
    EXPECT_EQ(pool_.size(), 0u);
    EXPECT_EQ(wire_.counters().open, 1u);
}

TEST_F(PoolTest, drop_all_leaves_none) {
    pool_.put(ready(&plain_), 1);
    pool_.put(ready(&plain_), 2);
    pool_.drop_all();
    EXPECT_EQ(pool_.size(), 0u);
    EXPECT_EQ(wire_.counters().open, 0u);
}

TEST_F(PoolTest, plain_connections_wait_for_nobody) {
    Connection* const connection = wire_.take_free();
    ASSERT_EQ(wire_.connect(connection, &plain_, 0), LEAT_OK);
    EXPECT_FALSE(pool_.waits_for_lead(&wire_));
}

TEST_F(PoolTest, one_handshake_leads_and_the_others_wait_for_its_ticket) {
    EXPECT_FALSE(secure_pool_.waits_for_lead(&wire_)) << "somebody has to begin";
    Connection* const lead = wire_.take_free();
    ASSERT_EQ(wire_.connect(lead, &secure_, 0), LEAT_OK);
    EXPECT_TRUE(secure_pool_.waits_for_lead(&wire_));
    fake_.stream(lead).incoming = FakePorts::record("t") + FakePorts::record("H");
    EXPECT_EQ(wire_.advance(lead), LEAT_OK);
    EXPECT_FALSE(secure_pool_.waits_for_lead(&wire_));
    EXPECT_FALSE(lead->had_ticket);
    Connection* const next = wire_.take_free();
    ASSERT_EQ(wire_.connect(next, &secure_, 0), LEAT_OK);
    EXPECT_TRUE(next->had_ticket);
    EXPECT_FALSE(secure_pool_.waits_for_lead(&wire_)) << "with a ticket all go side by side";
}

TEST_F(PoolTest, a_peer_without_tickets_is_not_waited_for_again) {
    ready(&secure_);  // its handshake gave no ticket
    EXPECT_TRUE(secure_.gives_no_ticket);
    Connection* const second = wire_.take_free();
    ASSERT_EQ(wire_.connect(second, &secure_, 0), LEAT_OK);
    EXPECT_FALSE(secure_pool_.waits_for_lead(&wire_));
}

TEST_F(PoolTest, a_lead_that_dies_lets_the_next_one_lead) {
    Connection* const lead = wire_.take_free();
    ASSERT_EQ(wire_.connect(lead, &secure_, 0), LEAT_OK);
    EXPECT_TRUE(secure_pool_.waits_for_lead(&wire_));
    wire_.drop(lead);
    EXPECT_FALSE(secure_pool_.waits_for_lead(&wire_));
    EXPECT_FALSE(secure_.gives_no_ticket);
}

}  // namespace
}  // namespace leat
