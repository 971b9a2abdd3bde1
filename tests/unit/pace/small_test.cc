// The small rules of src/pace: what may be spent (G31), what retries may cost (features 7.17), what
// a request will probably take (B14), and when a service is left alone.
// Depends on pace/budget.h, retry_quota.h, estimate.h, overload.h.
#include <gtest/gtest.h>

#include "pace/budget.h"
#include "pace/estimate.h"
#include "pace/overload.h"
#include "pace/retry_quota.h"
#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

constexpr uint64_t ms = 1'000'000u;
constexpr uint64_t second = 1000 * ms;

TEST(BudgetTest, is_exact_at_its_limit) {
    Budget budget;
    budget.open(100);
    EXPECT_TRUE(budget.fits(100));
    EXPECT_FALSE(budget.fits(101));
    budget.reserve(60);
    EXPECT_TRUE(budget.fits(40));
    EXPECT_FALSE(budget.fits(41));
    EXPECT_TRUE(budget.fits(0)) << "what is free always fits";
    budget.settle(60, 10);
    EXPECT_TRUE(budget.fits(90));
    EXPECT_EQ(budget.spent(), 10u);
    EXPECT_FALSE(budget.anything_reserved());
    Budget none;
    none.open(0);
    EXPECT_TRUE(none.fits(UINT64_MAX));
    EXPECT_FALSE(none.warns());
}

TEST(BudgetTest, never_passes_its_limit_by_more_than_answers_cost_over_their_reservation) {
    TestRandom random(60);
    for (int round = 0; round < 200; ++round) {
        const uint64_t limit = 1 + random.below(100000);
        Budget budget;
        budget.open(limit);
        std::vector<uint64_t> out;
        uint64_t over = 0;
        for (int step = 0; step < 500; ++step) {
            const uint64_t amount = 1 + random.below(200);
            if (random.below(2) == 0 && budget.fits(amount)) {
                budget.reserve(amount);
                out.push_back(amount);
            } else if (!out.empty()) {
                const uint64_t reserved = out.back();
                out.pop_back();
                const uint64_t spent = random.below(2 * reserved);
                if (spent > reserved) over += spent - reserved;
                budget.settle(reserved, spent);
            }
            ASSERT_LE(budget.spent(), limit + over);
        }
    }
}

TEST(BudgetTest, warns_once_when_four_fifths_are_gone_G31) {
    Budget budget;
    budget.open(100);
    budget.reserve(79);
    budget.settle(79, 79);
    EXPECT_FALSE(budget.warns());
    budget.reserve(1);
    budget.settle(1, 1);
    EXPECT_TRUE(budget.warns());
    EXPECT_FALSE(budget.warns());
}

TEST(BudgetTest, absurd_costs_do_not_overflow) {
    Budget budget;
    budget.open(UINT64_MAX / 4);
    for (int i = 0; i < 5; ++i) {
        budget.reserve(1);
        budget.settle(1, UINT64_MAX);
        EXPECT_FALSE(budget.fits(1));
    }
    EXPECT_DEATH(budget.settle(1, 0), "");
}

leat_retry retry_rules() {
    leat_endpoint_config config;
    leat_endpoint_config_init(&config);
    return config.retry;
}

TEST(RetryQuotaTest, holds_500_a_retry_costs_5_a_timeout_10) {
    RetryQuota quota;
    quota.open(retry_rules());
    EXPECT_EQ(quota.left(), 500u);
    uint32_t drawn = 0;
    EXPECT_TRUE(quota.draw(false, &drawn));
    EXPECT_EQ(drawn, 5u);
    EXPECT_TRUE(quota.draw(true, &drawn));
    EXPECT_EQ(drawn, 10u);
    EXPECT_EQ(quota.left(), 485u);
    quota.succeeded(drawn);
    EXPECT_EQ(quota.left(), 495u) << "a retry that succeeds gives back what it drew";
    quota.succeeded(0);
    EXPECT_EQ(quota.left(), 496u) << "any other success one";
    for (int i = 0; i < 100; ++i) quota.succeeded(0);
    EXPECT_EQ(quota.left(), 500u) << "never more than it holds";
}

TEST(RetryQuotaTest, with_less_than_a_retrys_cost_left_nothing_is_drawn) {
    RetryQuota quota;
    quota.open(retry_rules());
    uint32_t drawn = 0;
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(quota.draw(false, &drawn));
    EXPECT_FALSE(quota.draw(false, &drawn));
    EXPECT_EQ(drawn, 0u);
    for (int i = 0; i < 4; ++i) quota.succeeded(0);
    EXPECT_FALSE(quota.draw(false, &drawn));
    quota.succeeded(0);
    EXPECT_FALSE(quota.draw(true, &drawn));
    EXPECT_TRUE(quota.draw(false, &drawn));
    EXPECT_EQ(quota.left(), 0u);
}

TEST(RetryQuotaTest, a_capacity_of_0_counts_nothing) {
    leat_retry rules = retry_rules();
    rules.quota = 0;
    RetryQuota quota;
    quota.open(rules);
    uint32_t drawn = 7;
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(quota.draw(true, &drawn));
    EXPECT_EQ(drawn, 0u);
    quota.succeeded(0);
    EXPECT_EQ(quota.left(), 0u);
}

TEST(EstimateTest, stands_as_configured_until_an_answer_tells_B14) {
    Estimate estimate;
    estimate.open(1000);
    EXPECT_EQ(estimate.of(4000, 0).input_tokens, 1000u) << "four bytes a token";
    EXPECT_EQ(estimate.of(4000, 0).output_tokens, 1000u);
    EXPECT_EQ(estimate.of(4000, 300).output_tokens, 300u) << "the request's own bound";
    EXPECT_EQ(estimate.of(0, 0).input_tokens, 0u);
    estimate.learn(4000, 800, 50);
    EXPECT_EQ(estimate.of(4000, 0).input_tokens, 800u);
    EXPECT_EQ(estimate.of(4000, 0).output_tokens, 50u);
}

TEST(EstimateTest, follows_the_mean_of_the_answers) {
    Estimate estimate;
    estimate.open(1000);
    for (int i = 0; i < 500; ++i) estimate.learn(1000, 250, i % 2 == 0 ? 100 : 300);
    EXPECT_NEAR(static_cast<double>(estimate.of(1000, 0).output_tokens), 200.0, 6.0);
    for (int i = 0; i < 500; ++i) estimate.learn(1000, 500, 1000);
    EXPECT_NEAR(static_cast<double>(estimate.of(1000, 0).output_tokens), 1000.0, 6.0);
    EXPECT_NEAR(static_cast<double>(estimate.of(1000, 0).input_tokens), 500.0, 6.0);
}

TEST(EstimateTest, believes_no_absurd_usage) {
    Estimate estimate;
    estimate.open(1000);
    for (int i = 0; i < 200; ++i) estimate.learn(i % 2 == 0 ? 0 : 1, UINT64_MAX, UINT64_MAX);
    EXPECT_LE(estimate.of(1000, 0).output_tokens, 1000000u);
    EXPECT_LE(estimate.of(1000, 0).input_tokens, 16000u);
    EXPECT_LE(estimate.of(UINT64_MAX, 0).input_tokens, 1000000000u);
}

Ticket ticket_of(uint64_t number, uint64_t at_ns) {
    Ticket ticket;
    ticket.totals.number = number;
    ticket.admitted_ns = at_ns;
    return ticket;
}

TEST(OverloadTest, single_overloads_between_successes_open_nothing) {
    Overload overload;
    overload.open(600 * second);
    for (uint64_t i = 1; i < 100; i += 3) {
        EXPECT_EQ(overload.overloaded(i * second, ticket_of(i, i * second), i + 2, 0), 0u);
        EXPECT_EQ(overload.overloaded(i * second, ticket_of(i + 1, i * second), i + 2, 0), 0u);
        overload.succeeded(i + 2);
        EXPECT_FALSE(overload.is_open());
    }
}

TEST(OverloadTest, three_in_a_row_open_it_and_a_later_success_closes_it) {
    Overload overload;
    overload.open(600 * second);
    (void)overload.overloaded(0, ticket_of(1, 0), 3, 0);
    (void)overload.overloaded(0, ticket_of(2, 0), 3, 0);
    EXPECT_EQ(overload.overloaded(0, ticket_of(3, 0), 3, 0), 500 * ms);
    EXPECT_TRUE(overload.is_open());
    overload.succeeded(2);
    EXPECT_TRUE(overload.is_open()) << "that one was sent before";
    overload.succeeded(4);
    EXPECT_FALSE(overload.is_open());
}

TEST(OverloadTest, asks_again_after_a_tenth_of_the_outage_with_one_at_a_time) {
    Overload overload;
    overload.open(600 * second);
    uint64_t now = 0;
    for (uint64_t i = 1; i <= 2; ++i) (void)overload.overloaded(now, ticket_of(i, now), i, 0);
    uint64_t number = 3;
    uint32_t asked = 0;
    while (now < 300 * second) {
        ASSERT_EQ(overload.ready_at(now), now);
        overload.admitted(now, number);
        if (overload.is_open()) {
            EXPECT_GT(overload.ready_at(now), now) << "one at a time";
        }
        overload.released(number);
        const uint64_t pause = overload.overloaded(now, ticket_of(number, now), number, 0);
        ASSERT_GE(pause, 500 * ms);
        ASSERT_LE(pause, std::max(now / 10, 500 * ms) + 1) << "the time that is lost at its end";
        ASSERT_LE(pause, 30 * second);
        now += pause;
        ++number;
        ++asked;
    }
    EXPECT_LE(asked, 70u);
}

TEST(OverloadTest, heeds_what_the_service_asks_for_and_gives_up_in_the_end) {
    Overload overload;
    overload.open(600 * second);
    EXPECT_EQ(overload.overloaded(0, ticket_of(1, 0), 3, 7 * second), 0u) << "it is one item's";
    (void)overload.overloaded(0, ticket_of(2, 0), 3, 0);
    EXPECT_EQ(overload.overloaded(0, ticket_of(3, 0), 3, 7 * second), 7 * second);
    uint64_t number = 3;
    for (uint64_t at = 10 * second; at < 600 * second; at += 10 * second) {
        ++number;
        (void)overload.overloaded(at, ticket_of(number, at), number, 0);
    }
    EXPECT_TRUE(overload.is_open());
    ++number;
    (void)overload.overloaded(601 * second, ticket_of(number, 601 * second), number, 0);
    EXPECT_FALSE(overload.is_open()) << "items fail from now on";
    Overload other;
    other.open(second);
    EXPECT_DEATH((void)other.overloaded(0, ticket_of(2, 0), 1, 0), "");
}

}  // namespace
}  // namespace leat
