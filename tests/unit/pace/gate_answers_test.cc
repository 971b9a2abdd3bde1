// What the answers change in the gate: usage, limits that are told, refusals, outages.
// Depends on pace/gate.h.
#include <gtest/gtest.h>

#include "base/timers.h"
#include "unit/codec/codec_test_help.h"
#include "unit/pace/gate_test_help.h"

namespace leat {
namespace {

constexpr uint64_t ms = 1'000'000u;
constexpr uint64_t second = 1000 * ms;

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

TEST(GateTest, who_keeps_to_what_is_told_and_is_refused_learns_the_rest) {
    Domain domain(50);
    uint64_t now = second;
    for (int i = 0; i < 60; ++i) {
        const uint64_t at = domain.ask(now).retry_at_ns;
        ASSERT_NE(at, never_ns);
        now = std::max(now, at);
        if (!domain.ask(now).admit) continue;
        const Ticket ticket = domain.admit(now);
        domain.gate.release(ticket);
        // Somebody else takes two of three: every third one is let through.
        domain.gate.told(now, ticket, told_requests(60, 0, 60000));
        if (i % 3 == 0) {
            domain.gate.succeeded(now, ticket);
        } else {
            (void)domain.limited(now, ticket);
        }
    }
    EXPECT_GT(domain.gate.learned_per_minute(), 0.0);
    EXPECT_LT(domain.gate.learned_per_minute(), 40.0);
    EXPECT_EQ(domain.gate.permits(now), 50u);
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
            domain.gate.settle(
                now, ticket,
                Used{static_cast<int64_t>(random.next()), static_cast<int64_t>(random.next())});
            switch (random.below(6)) {
                case 0:
                    (void)domain.limited(now, ticket, static_cast<int64_t>(random.next()));
                    break;
                case 1:
                    (void)domain.gate.overloaded(now, ticket, -1);
                    break;
                case 2:
                    domain.gate.troubled(ticket);
                    break;
                default:
                    domain.gate.succeeded(now, ticket);
                    break;
            }
        }
    }
}

}  // namespace
}  // namespace leat
