// What the configuration allows (B14, P4): requests and tokens in a minute and in a day.
// Depends on pace/allowance.h, daily.h.
#include "pace/allowance.h"

#include <gtest/gtest.h>

#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

constexpr uint64_t second = 1'000'000'000u;
constexpr uint64_t hour = 3600 * second;
constexpr uint64_t day = 24 * hour;

AllowanceRules rules_of(uint32_t in_flight) {
    AllowanceRules rules{};
    rules.in_flight_most = in_flight;
    return rules;
}

GateVerdict ask(const Allowance& allowance, uint64_t now_ns, const Demand& demand) {
    GateVerdict verdict{true, LEAT_LIMITER_NONE, now_ns};
    allowance.ask(now_ns, demand, &verdict);
    return verdict;
}

TEST(AllowanceTest, the_burst_of_requests_is_one_seconds_worth_unless_given) {
    const struct {
        uint64_t per_minute, burst;
        uint32_t expected;
    } rows[] = {{60, 0, 1}, {59, 0, 1}, {1, 0, 1}, {600, 0, 10}, {659, 0, 10}, {60, 7, 7}};
    for (const auto& row : rows) {
        AllowanceRules rules = rules_of(100);
        rules.requests_per_minute = row.per_minute;
        rules.request_burst = row.burst;
        Allowance allowance;
        allowance.open(rules);
        // Rounding against the taker may cost a nanosecond each; the burst is over by then.
        uint64_t now = 0;
        uint32_t gone = 0;
        for (GateVerdict verdict = ask(allowance, now, {}); verdict.retry_at_ns <= 20;
             verdict = ask(allowance, now, {})) {
            now = verdict.retry_at_ns;
            if (!verdict.admit) continue;
            (void)allowance.take(now, {});
            ++gone;
        }
        EXPECT_EQ(gone, row.expected) << row.per_minute << " " << row.burst;
        EXPECT_EQ(ask(allowance, now, {}).limiter, LEAT_LIMITER_REQUESTS);
    }
}

TEST(AllowanceTest, input_and_output_tokens_have_limits_of_their_own) {
    AllowanceRules rules = rules_of(100);
    rules.input_tokens_per_minute = 1200;  // 20/s, burst 100
    rules.output_tokens_per_minute = 600;  // 10/s, burst 50
    Allowance allowance;
    allowance.open(rules);
    const uint64_t number = allowance.take(0, {100, 50});
    EXPECT_EQ(ask(allowance, 0, {100, 0}).retry_at_ns, 5 * second);
    EXPECT_EQ(ask(allowance, 0, {0, 10}).retry_at_ns, second);
    EXPECT_EQ(ask(allowance, 0, {0, 10}).limiter, LEAT_LIMITER_TOKENS);
    allowance.settle(0, 0, number, {100, 50}, {100, 10});
    EXPECT_LE(ask(allowance, 0, {0, 40}).retry_at_ns, 2u);
    EXPECT_EQ(ask(allowance, 0, {20, 0}).retry_at_ns, second);
}

TEST(AllowanceTest, a_usage_beyond_belief_holds_for_a_minute_at_most) {
    AllowanceRules rules = rules_of(100);
    rules.tokens_per_minute = 1200;
    Allowance allowance;
    allowance.open(rules);
    const uint64_t number = allowance.take(0, {50, 50});
    allowance.settle(0, 0, number, {50, 50}, {INT64_MAX, INT64_MAX});
    EXPECT_FALSE(ask(allowance, 0, {10, 10}).admit);
    EXPECT_LE(ask(allowance, 0, {10, 10}).retry_at_ns, 65 * second);
}

TEST(AllowanceTest, permits_are_exact_P4) {
    for (const uint32_t most : {1u, 5u, 65536u}) {
        Allowance allowance;
        allowance.open(rules_of(most));
        for (uint32_t i = 0; i < most; ++i) {
            ASSERT_TRUE(allowance.has_permit());
            (void)allowance.take(0, {});
        }
        EXPECT_FALSE(allowance.has_permit());
        allowance.release();
        EXPECT_TRUE(allowance.has_permit());
        EXPECT_EQ(allowance.in_flight(), most - 1);
    }
}

TEST(AllowanceDeathTest, programming_errors_trip_checks) {
    Allowance allowance;
    EXPECT_DEATH(allowance.open(rules_of(0)), "");
    allowance.open(rules_of(1));
    EXPECT_DEATH(allowance.release(), "");
    (void)allowance.take(0, {});
    EXPECT_DEATH((void)allowance.take(0, {}), "");
    EXPECT_DEATH(allowance.settle(0, 0, 2, {}, {}), "");
}

TEST(DailyTest, no_24_hours_hold_more_than_the_limit) {
    TestRandom random(40);
    for (int round = 0; round < 60; ++round) {
        const uint64_t limit = 1 + random.below(random.below(2) == 0 ? 10 : 5000);
        Daily daily;
        daily.open(limit);
        std::vector<std::pair<uint64_t, uint64_t>> takes;
        uint64_t now = random.below(2) == 0 ? 0 : UINT64_MAX / 4;
        for (int step = 0; step < 120; ++step) {
            now += random.below(4) == 0 ? random.below(3 * day) : random.below(2 * hour);
            const uint64_t count = 1 + random.below(limit);
            const uint64_t at = daily.ready_at(now, count);
            ASSERT_GE(at, now);
            ASSERT_LE(at, now + day + hour);
            ASSERT_EQ(daily.ready_at(at, count), at) << "not ready at its own moment";
            now = at;
            daily.take(now, count);
            takes.push_back({now, count});
        }
        for (size_t i = 0; i < takes.size(); ++i) {
            uint64_t sum = 0;
            for (size_t j = i; j < takes.size() && takes[j].first - takes[i].first <= day; ++j) {
                sum += takes[j].second;
            }
            ASSERT_LE(sum, limit);
        }
    }
}

TEST(DailyTest, at_the_limit_goes_and_one_more_waits) {
    Daily daily;
    daily.open(10);
    daily.take(0, 9);
    EXPECT_EQ(daily.ready_at(0, 1), 0u);
    EXPECT_EQ(daily.ready_at(0, 2), 25 * hour) << "until that hour is a whole day past";
    daily.take(0, 1);
    EXPECT_EQ(daily.ready_at(hour, 1), 25 * hour);
    daily.settle(0, 9, 4);
    EXPECT_EQ(daily.ready_at(hour, 5), hour);
    EXPECT_EQ(daily.ready_at(hour, 6), 25 * hour);
}

TEST(DailyTest, more_than_all_of_it_goes_alone) {
    Daily daily;
    daily.open(10);
    EXPECT_EQ(daily.ready_at(0, 100), 0u);
    daily.take(0, 100);
    EXPECT_EQ(daily.ready_at(0, 1), 25 * hour);
}

TEST(DailyTest, hostile_usage_does_not_overflow) {
    Daily daily;
    daily.open(UINT64_MAX);
    for (int i = 0; i < 5; ++i) {
        daily.take(static_cast<uint64_t>(i) * hour, 1);
        daily.settle(static_cast<uint64_t>(i) * hour, 1, UINT64_MAX);
    }
    EXPECT_GE(daily.ready_at(5 * hour, 1), 5 * hour);
    daily.settle(100 * day, 1, UINT64_MAX);
    // Whatever an answer claims to have taken, nothing more goes on that day.
    for (const uint64_t used : {UINT64_MAX - 2, UINT64_MAX - 1, UINT64_MAX}) {
        Daily full;
        full.open(100);
        for (const uint64_t at_ns : {uint64_t{0}, hour}) {
            full.take(at_ns, 1);
            full.settle(at_ns, 1, used);
        }
        for (const uint64_t count : {1u, 2u, 3u, 4u}) {
            EXPECT_EQ(full.ready_at(hour, count), 26 * hour);
        }
    }
    Daily none;
    none.open(0);
    EXPECT_EQ(none.ready_at(7, UINT64_MAX), 7u);
}

}  // namespace
}  // namespace leat
