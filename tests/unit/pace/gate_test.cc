// The one admission gate: what holds a request back, in which order, until exactly when, and what the
// answers change. Depends on pace/gate.h.
#include "pace/gate.h"

#include <gtest/gtest.h>

#include "base/timers.h"
#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

constexpr uint64_t ms = 1'000'000u;
constexpr uint64_t second = 1000 * ms;

// A gate and all that it points to.
struct Domain {
    explicit Domain(uint32_t permits, uint64_t requests = 0, uint64_t tokens = 0) {
        leat_endpoint_config_init(&config);
        limits.in_flight_most = permits;
        limits.requests_per_minute = requests;
        limits.tokens_per_minute = tokens;
        open();
    }
    void open() {
        allowance.open(limits);
        GateRules rules{};
        rules.allowance = &allowance;
        rules.cooldown = &config.cooldown;
        rules.pacing = leat_pacing_exponential();
        rules.concurrency = {limits.in_flight_most, limits.in_flight_most, config.adaptive};
        rules.uses_told = uses_told;
        rules.uses_learned = uses_learned;
        gate.open(rules, 0);
    }
    GateVerdict ask(uint64_t now_ns, uint64_t tokens = 0) { return gate.ask(now_ns, {tokens, 0}); }
    Ticket admit(uint64_t now_ns, uint64_t tokens = 0) { return gate.admit(now_ns, {tokens, 0}); }
    bool limited(uint64_t now_ns, const Ticket& ticket, int64_t wait_ms = -1) {
        leat_rate_limit_info info{};
        info.status = LEAT_E_RATE_LIMIT;
        info.wait_ms = wait_ms;
        return gate.rate_limited(now_ns, ticket, info, 0.0);
    }
    leat_endpoint_config config;
    AllowanceRules limits{};
    Allowance allowance;
    Gate gate;
    bool uses_told = true;
    bool uses_learned = true;
};

leat_rate_limits told_requests(int64_t limit, int64_t remaining, int64_t reset_ms) {
    leat_rate_limits limits;
    const leat_reply reply{};
    leat_reply_limits(&reply, 0, &limits);
    limits.requests = {limit, remaining, reset_ms, -1};
    return limits;
}

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

TEST(GateTest, settles_tokens_of_requests_that_were_cheaper_or_dearer) {
    Domain domain(10, 0, 1200);  // 20/s, burst 100
    const Ticket ticket = domain.admit(0, 100);
    EXPECT_EQ(domain.ask(0, 20).retry_at_ns, second);
    domain.gate.settle(0, ticket, Used{-1, -1});
    EXPECT_EQ(domain.ask(0, 20).retry_at_ns, second) << "unknown usage changes nothing";
    domain.gate.settle(0, ticket, Used{50, 0});
    EXPECT_LE(domain.ask(0, 50).retry_at_ns, 1u);
    domain.gate.release(ticket);
}

TEST(GateTest, a_usage_beyond_belief_holds_the_domain_for_a_minute_at_most) {
    for (const int64_t lie : {int64_t{1000000}, INT64_MAX}) {
        Domain domain(10, 0, 1200);
        const Ticket ticket = domain.admit(0, 100);
        domain.gate.settle(0, ticket, Used{lie, lie});
        EXPECT_FALSE(domain.ask(0, 20).admit);
        EXPECT_LE(domain.ask(0, 20).retry_at_ns, 65 * second);
    }
}

TEST(GateTest, what_answers_tell_is_kept_to_unless_it_is_to_be_ignored) {
    for (const bool uses : {true, false}) {
        Domain domain(10);
        domain.uses_told = uses;
        domain.open();
        const Ticket ticket = domain.admit(0);
        domain.gate.told(0, ticket, told_requests(60, 0, 60000));
        const GateVerdict verdict = domain.ask(0);
        EXPECT_EQ(verdict.admit, !uses);
        if (uses) {
            EXPECT_EQ(verdict.limiter, LEAT_LIMITER_REQUESTS);
        }
    }
}

TEST(GateTest, a_refusal_that_a_told_limit_explains_is_no_reason_to_pause_for_long) {
    Domain domain(10);
    const Ticket ticket = domain.admit(0);
    domain.gate.told(0, ticket, told_requests(60, 0, 60000));
    EXPECT_TRUE(domain.limited(0, ticket));
    EXPECT_EQ(domain.ask(0).retry_at_ns, second);
    EXPECT_EQ(domain.gate.permits(0), 10u) << "nor for fewer at once";
    // What nothing explains is taken seriously.
    Domain other(10);
    const Ticket alone = other.admit(0);
    EXPECT_TRUE(other.limited(0, alone));
    EXPECT_EQ(other.ask(0).retry_at_ns, 10 * second);
}

TEST(GateTest, one_burst_of_refusals_finds_the_places_and_pauses_once) {
    Domain domain(12);
    std::vector<Ticket> sent;
    for (int i = 0; i < 12; ++i) sent.push_back(domain.admit(0));
    uint32_t pauses = 0;
    for (size_t i = 11; i >= 8; --i) {
        domain.gate.release(sent[i]);
        pauses += domain.limited(1, sent[i]) ? 1u : 0u;
    }
    EXPECT_EQ(pauses, 1u);
    EXPECT_EQ(domain.gate.permits(1), 8u);
    EXPECT_EQ(domain.ask(1).retry_at_ns, 1 + second) << "a step of its own is taken back";
}

TEST(GateTest, a_service_that_is_down_is_asked_by_one_at_a_time) {
    Domain domain(10);
    std::vector<Ticket> sent;
    for (int i = 0; i < 6; ++i) sent.push_back(domain.admit(0));
    uint32_t known = 0;
    for (const Ticket& ticket : sent) {
        domain.gate.release(ticket);
        known += domain.gate.overloaded(10 * ms, ticket, -1) ? 1u : 0u;
    }
    EXPECT_EQ(known, 3u) << "the first three showed it";
    EXPECT_EQ(domain.ask(11 * ms).limiter, LEAT_LIMITER_OVERLOAD);
    const uint64_t at = domain.ask(11 * ms).retry_at_ns;
    const Ticket probe = domain.admit(at);
    EXPECT_EQ(domain.ask(at).limiter, LEAT_LIMITER_OVERLOAD);
    domain.gate.succeeded(at, probe);
    domain.gate.release(probe);
    EXPECT_TRUE(domain.ask(at).admit) << "and no slow start";
}

TEST(GateTest, in_flight_never_passes_the_permits_whatever_the_answers_are) {
    TestRandom random(33);
    for (int round = 0; round < 60; ++round) {
        Domain domain(1 + static_cast<uint32_t>(random.below(40)), random.below(2) * 600);
        std::vector<Ticket> out;
        uint64_t now = 0;
        for (int step = 0; step < 2000; ++step) {
            now += random.below(second);
            const Demand demand = {random.below(2000), random.below(2000)};
            if (domain.gate.ask(now, demand).admit) {
                ASSERT_LT(domain.gate.in_flight(), domain.gate.permits(now));
                ASSERT_FALSE(domain.gate.paused(now));
                out.push_back(domain.gate.admit(now, demand));
            }
            if (out.empty() || random.below(2) == 0) continue;
            const size_t i = random.below(out.size());
            const Ticket ticket = out[i];
            out.erase(out.begin() + static_cast<long>(i));
            domain.gate.release(ticket);
            if (random.below(3) == 0) {
                domain.gate.told(now, ticket,
                                 told_requests(static_cast<int64_t>(random.next()),
                                               static_cast<int64_t>(random.next()),
                                               static_cast<int64_t>(random.next())));
            }
            domain.gate.settle(now, ticket, Used{static_cast<int64_t>(random.next()),
                                                 static_cast<int64_t>(random.next())});
            switch (random.below(6)) {
                case 0: (void)domain.limited(now, ticket, static_cast<int64_t>(random.next())); break;
                case 1: (void)domain.gate.overloaded(now, ticket, -1); break;
                case 2: domain.gate.troubled(now, ticket); break;
                default: domain.gate.succeeded(now, ticket); break;
            }
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
