// The one admission gate: what holds a request back, in which order, until exactly when. Depends on
// pace/gate.h.
#include "pace/gate.h"

#include <gtest/gtest.h>

#include "base/timers.h"
#include "unit/codec/codec_test_help.h"
#include "unit/pace/gate_test_help.h"

namespace leat {
namespace {

constexpr uint64_t second = 1'000'000'000u;

TEST(GateTest, lets_as_many_go_as_it_has_permits_P4) {
    for (const uint32_t permits : {1u, 5u, 65536u}) {
        Domain domain(permits);
        Ticket last;
        for (uint32_t i = 0; i < permits; ++i) {
            ASSERT_TRUE(domain.ask(0, 100).admit);
            last = domain.admit(0, 100);
        }
        EXPECT_EQ(domain.gate.in_flight(), permits);
        const GateVerdict verdict = domain.ask(0, 100);
        EXPECT_FALSE(verdict.admit);
        EXPECT_EQ(verdict.limiter, LEAT_LIMITER_IN_FLIGHT);
        EXPECT_EQ(verdict.retry_at_ns, never_ns) << "only a release helps";
        domain.gate.release(last);
        EXPECT_TRUE(domain.ask(0, 100).admit);
    }
}

TEST(GateTest, domains_of_an_endpoint_share_what_is_configured) {
    Domain one(3);
    Gate other;
    GateRules rules{};
    rules.allowance = &one.allowance;
    rules.cooldown = &one.config.cooldown;
    rules.pacing = leat_pacing_exponential();
    rules.concurrency = {3, 3, one.config.adaptive};
    other.open(rules, 0);
    (void)one.admit(0);
    (void)one.admit(0);
    const Ticket ticket = other.admit(0, {});
    EXPECT_FALSE(one.ask(0).admit);
    EXPECT_FALSE(other.ask(0, {}).admit);
    EXPECT_EQ(other.in_flight(), 1u);
    other.release(ticket);
    EXPECT_TRUE(one.ask(0).admit);
}

TEST(GateTest, nothing_goes_while_paused_B35) {
    Domain domain(5);
    const Ticket ticket = domain.admit(0);
    EXPECT_TRUE(domain.limited(0, ticket, 3000));
    domain.gate.release(ticket);
    for (const uint64_t now : {uint64_t{0}, second, 3 * second - 1}) {
        const GateVerdict verdict = domain.ask(now);
        EXPECT_FALSE(verdict.admit);
        EXPECT_EQ(verdict.limiter, LEAT_LIMITER_COOLDOWN);
        EXPECT_EQ(verdict.retry_at_ns, 3 * second);
    }
    EXPECT_NE(domain.ask(3 * second).limiter, LEAT_LIMITER_COOLDOWN);
}

TEST(GateTest, the_pause_is_named_before_every_other_limit) {
    Domain domain(1, 60, 60);
    const Ticket ticket = domain.admit(0, 1);
    EXPECT_EQ(domain.ask(0, 1).limiter, LEAT_LIMITER_IN_FLIGHT);
    EXPECT_TRUE(domain.limited(0, ticket, 1000));
    EXPECT_EQ(domain.ask(0, 1).limiter, LEAT_LIMITER_COOLDOWN);
    // The pause is over, its permit still out: now that is what holds.
    EXPECT_EQ(domain.ask(second, 1).limiter, LEAT_LIMITER_IN_FLIGHT);
    domain.gate.release(ticket);
    EXPECT_EQ(domain.ask(second, 1).limiter, LEAT_LIMITER_SLOW_START);
}

TEST(GateTest, stamps_requests_with_the_pause_they_came_before_B41) {
    Domain domain(3);
    const Ticket a = domain.admit(0);
    const Ticket b = domain.admit(0);
    EXPECT_EQ(a.generation, b.generation);
    EXPECT_TRUE(domain.limited(0, a, 1000));
    const uint32_t permits = domain.gate.permits(0);
    EXPECT_FALSE(domain.limited(1, b, 100000)) << "it changes nothing but its item";
    EXPECT_EQ(domain.ask(2).retry_at_ns, second);
    EXPECT_EQ(domain.gate.permits(2), permits);
    domain.gate.release(a);
    domain.gate.release(b);
    const uint64_t at = domain.ask(second).retry_at_ns;
    EXPECT_EQ(domain.admit(at).generation, a.generation + 1);
}

TEST(GateTest, the_later_of_the_limits_is_named) {
    Domain domain(100, 60, 1200);  // 1/s, 20/s with a burst of 100
    (void)domain.admit(0, 100);
    EXPECT_EQ(domain.ask(0, 1).limiter, LEAT_LIMITER_REQUESTS);
    EXPECT_EQ(domain.ask(0, 1).retry_at_ns, second);
    EXPECT_EQ(domain.ask(0, 100).limiter, LEAT_LIMITER_TOKENS);
    EXPECT_EQ(domain.ask(0, 100).retry_at_ns, 5 * second);
}

TEST(GateTest, retry_at_is_exact) {
    TestRandom random(32);
    for (int round = 0; round < 200; ++round) {
        Domain domain(1000, 1 + random.below(10000), 1 + random.below(1000000));
        domain.uses_learned = false;
        domain.open();
        uint64_t now = random.below(1000);
        for (int step = 0; step < 100; ++step) {
            if (random.below(40) == 0 && domain.ask(now).admit) {
                const Ticket ticket = domain.admit(now);
                (void)domain.limited(now, ticket, static_cast<int64_t>(random.below(5000)));
                domain.gate.release(ticket);
            }
            const uint64_t tokens = random.below(3000);
            GateVerdict verdict = domain.ask(now, tokens);
            for (int hop = 0; !verdict.admit && hop < 5; ++hop) {
                ASSERT_GT(verdict.retry_at_ns, now);
                ASSERT_NE(verdict.retry_at_ns, never_ns);
                const GateVerdict before = domain.ask(verdict.retry_at_ns - 1, tokens);
                ASSERT_FALSE(before.admit) << "it could have gone earlier";
                now = verdict.retry_at_ns;
                const leat_limiter was = verdict.limiter;
                verdict = domain.ask(now, tokens);
                if (!verdict.admit) {
                    ASSERT_NE(verdict.limiter, was) << "asked too early";
                }
            }
            ASSERT_TRUE(verdict.admit);
            const Ticket ticket = domain.admit(now, tokens);
            domain.gate.release(ticket);
        }
    }
}

TEST(GateDeathTest, permits_are_never_made_up) {
    Domain domain(1);
    EXPECT_DEATH(domain.gate.release(Ticket{}), "");
    (void)domain.admit(0);
    EXPECT_DEATH((void)domain.admit(0), "");
    Gate gate;
    EXPECT_DEATH(gate.open(GateRules{}, 0), "");
}

}  // namespace
}  // namespace leat
