// The one admission gate: what holds a request back, in which order, and until exactly when.
#include "pace/gate.h"

#include <gtest/gtest.h>

#include "base/timers.h"
#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

constexpr uint64_t second = 1'000'000'000u;

GateLimits limits_of(uint32_t permits, uint64_t requests = 0, uint64_t tokens = 0) {
    leat_endpoint_config config;
    leat_endpoint_config_init(&config);
    GateLimits limits{};
    limits.permits = permits;
    limits.requests_per_minute = requests;
    limits.tokens_per_minute = tokens;
    limits.cooldown = config.cooldown;
    return limits;
}

Gate opened(const GateLimits& limits) {
    Gate gate;
    gate.open(limits);
    return gate;
}

TEST(GateTest, lets_as_many_go_as_it_has_permits_P4) {
    for (const uint32_t permits : {1u, 5u, 65536u}) {
        Gate gate = opened(limits_of(permits));
        for (uint32_t i = 0; i < permits; ++i) {
            ASSERT_TRUE(gate.ask(0, 100).admit);
            gate.admit(0, 100);
        }
        EXPECT_EQ(gate.in_flight(), permits);
        const GateVerdict verdict = gate.ask(0, 100);
        EXPECT_FALSE(verdict.admit);
        EXPECT_EQ(verdict.limiter, LEAT_LIMITER_IN_FLIGHT);
        EXPECT_EQ(verdict.retry_at_ns, never_ns) << "only a release helps";
        gate.release();
        EXPECT_TRUE(gate.ask(0, 100).admit);
    }
}

TEST(GateTest, nothing_goes_while_paused_B35) {
    Gate gate = opened(limits_of(5));
    const uint32_t generation = gate.admit(0, 1);
    EXPECT_TRUE(gate.rate_limited(0, generation, 3000, 0.0));
    gate.release();
    for (const uint64_t now : {uint64_t{0}, second, 3 * second - 1}) {
        const GateVerdict verdict = gate.ask(now, 0);
        EXPECT_FALSE(verdict.admit);
        EXPECT_EQ(verdict.limiter, LEAT_LIMITER_COOLDOWN);
        EXPECT_EQ(verdict.retry_at_ns, 3 * second);
    }
    EXPECT_NE(gate.ask(3 * second, 0).limiter, LEAT_LIMITER_COOLDOWN);
}

TEST(GateTest, the_pause_is_named_before_every_other_limit) {
    Gate gate = opened(limits_of(1, 60, 60));
    const uint32_t generation = gate.admit(0, 1);
    EXPECT_EQ(gate.ask(0, 1).limiter, LEAT_LIMITER_IN_FLIGHT);
    EXPECT_TRUE(gate.rate_limited(0, generation, 1000, 0.0));
    EXPECT_EQ(gate.ask(0, 1).limiter, LEAT_LIMITER_COOLDOWN);
    // The pause is over, its permit still out: now that is what holds.
    EXPECT_EQ(gate.ask(second, 1).limiter, LEAT_LIMITER_IN_FLIGHT);
    gate.release();
    EXPECT_EQ(gate.ask(second, 1).limiter, LEAT_LIMITER_SLOW_START);
}

TEST(GateTest, stamps_requests_with_the_pause_they_came_before_B41) {
    Gate gate = opened(limits_of(3));
    const uint32_t a = gate.admit(0, 1);
    const uint32_t b = gate.admit(0, 1);
    EXPECT_EQ(a, b);
    EXPECT_TRUE(gate.rate_limited(0, a, 1000, 0.0));
    EXPECT_FALSE(gate.rate_limited(1, b, 100000, 0.0));
    gate.release();
    gate.release();
    const GateVerdict verdict = gate.ask(second, 0);
    ASSERT_EQ(verdict.limiter, LEAT_LIMITER_SLOW_START);
    EXPECT_EQ(gate.admit(verdict.retry_at_ns, 0), a + 1);
}

TEST(GateTest, the_burst_of_requests_is_one_seconds_worth_unless_given) {
    const struct {
        uint64_t per_minute;
        uint64_t burst;
        uint32_t expected;
    } rows[] = {{60, 0, 1}, {59, 0, 1}, {1, 0, 1}, {600, 0, 10}, {659, 0, 10}, {60, 7, 7}};
    for (const auto& row : rows) {
        GateLimits limits = limits_of(100, row.per_minute);
        limits.request_burst = row.burst;
        Gate gate = opened(limits);
        // Rounding against the taker may cost a nanosecond a token; the burst is over by then.
        uint64_t now = 0;
        uint32_t gone = 0;
        for (GateVerdict verdict = gate.ask(now, 0); verdict.retry_at_ns <= 20;
             verdict = gate.ask(now, 0)) {
            now = verdict.retry_at_ns;
            if (!verdict.admit) continue;
            gate.admit(now, 0);
            ++gone;
        }
        EXPECT_EQ(gone, row.expected) << row.per_minute << " " << row.burst;
        EXPECT_EQ(gate.ask(now, 0).limiter, LEAT_LIMITER_REQUESTS);
    }
}

TEST(GateTest, the_later_of_the_two_buckets_is_named) {
    Gate gate = opened(limits_of(100, 60, 1200));  // 1/s, 20/s with a burst of 100
    gate.admit(0, 100);
    EXPECT_EQ(gate.ask(0, 1).limiter, LEAT_LIMITER_REQUESTS);
    EXPECT_EQ(gate.ask(0, 1).retry_at_ns, second);
    EXPECT_EQ(gate.ask(0, 100).limiter, LEAT_LIMITER_TOKENS);
    EXPECT_EQ(gate.ask(0, 100).retry_at_ns, 5 * second);
}

TEST(GateTest, retry_at_is_exact) {
    TestRandom random(32);
    for (int round = 0; round < 200; ++round) {
        Gate gate = opened(limits_of(1000, 1 + random.below(10000), 1 + random.below(1000000)));
        uint64_t now = random.below(1000);
        for (int step = 0; step < 100; ++step) {
            if (gate.has_permit() && random.below(40) == 0 && gate.ask(now, 0).admit) {
                gate.rate_limited(now, gate.admit(now, 0), static_cast<int64_t>(random.below(5000)),
                                  0.5);
                gate.release();
            }
            const uint64_t tokens = random.below(3000);
            GateVerdict verdict = gate.ask(now, tokens);
            for (int hop = 0; !verdict.admit && hop < 5; ++hop) {
                ASSERT_GT(verdict.retry_at_ns, now);
                ASSERT_NE(verdict.retry_at_ns, never_ns);
                const GateVerdict before = gate.ask(verdict.retry_at_ns - 1, tokens);
                ASSERT_FALSE(before.admit) << "it could have gone earlier";
                now = verdict.retry_at_ns;
                const leat_limiter was = verdict.limiter;
                verdict = gate.ask(now, tokens);
                if (!verdict.admit) {
                    ASSERT_NE(verdict.limiter, was) << "asked too early";
                }
            }
            ASSERT_TRUE(verdict.admit);
            gate.admit(now, tokens);
            gate.release();
        }
    }
}

TEST(GateTest, settles_tokens_of_requests_that_were_cheaper_or_dearer) {
    Gate gate = opened(limits_of(10, 0, 1200));  // 20/s, burst 100
    gate.admit(0, 100);
    EXPECT_EQ(gate.ask(0, 20).retry_at_ns, second);
    gate.settle(100, 120);
    EXPECT_EQ(gate.ask(0, 20).retry_at_ns, 2 * second);
    gate.settle(100, 50);
    EXPECT_TRUE(gate.ask(0, 20).admit);
    EXPECT_TRUE(gate.limits_tokens());
    EXPECT_FALSE(opened(limits_of(1, 60)).limits_tokens());
}

TEST(GateTest, a_usage_beyond_belief_holds_the_domain_for_a_minute_at_most) {
    Gate gate = opened(limits_of(10, 0, 1200));  // 20/s, burst 100
    gate.admit(0, 100);
    gate.settle(100, UINT64_MAX);
    EXPECT_FALSE(gate.ask(0, 20).admit);
    EXPECT_LE(gate.ask(0, 20).retry_at_ns, 65 * second);
}

TEST(GateTest, a_request_larger_than_the_tokens_burst_waits_for_a_full_bucket) {
    Gate gate = opened(limits_of(10, 0, 1200));
    EXPECT_TRUE(gate.ask(0, 5000).admit);
    gate.admit(0, 100);
    EXPECT_EQ(gate.ask(0, 5000).retry_at_ns, 5 * second);
}

TEST(GateDeathTest, permits_are_never_made_up) {
    Gate gate = opened(limits_of(1));
    EXPECT_DEATH(gate.release(), "");
    gate.admit(0, 0);
    EXPECT_DEATH(gate.admit(0, 0), "");
    EXPECT_DEATH(gate.open(limits_of(0)), "");
}

}  // namespace
}  // namespace leat
