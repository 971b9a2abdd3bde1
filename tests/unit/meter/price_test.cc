// What tokens cost (G30): cached input replaces input, unknown is not nothing, sums never wrap.
#include "meter/price.h"

#include <gtest/gtest.h>

#include "meter/usage.h"

namespace leat {
namespace {

leat_usage usage_of(int64_t input, int64_t output, int64_t cached = -1) {
    leat_usage usage = unknown_usage();
    usage.input_tokens = input;
    usage.output_tokens = output;
    usage.cached_input_tokens = cached;
    return usage;
}

TEST(PriceTest, follows_the_formula_G30) {
    const struct {
        leat_price price;
        leat_usage usage;
        double usd;
    } rows[] = {
        {{0.5, -1, 1.5}, usage_of(34, 1500), 0.002267},  // features section 10
        {{3, 0.3, 15}, usage_of(1000, 200, 600), (400 * 3 + 600 * 0.3 + 200 * 15) / 1e6},
        {{3, -1, 15}, usage_of(1000, 0, 600), 0.003},  // no price of its own: as input
        {{3, 0, 15}, usage_of(1000, 0, 1000), 0},
        {{3, 1, 15}, usage_of(10, 0, 4000), 10 * 1 / 1e6},  // more cached than there was
        {{0, -1, 0}, usage_of(1000000, 1000000), 0},
        {{1, -1, 2}, usage_of(0, 0), 0},
    };
    for (const auto& row : rows) {
        uint64_t amount = 77;
        ASSERT_TRUE(cost_of(row.price, row.usage, &amount));
        EXPECT_NEAR(to_dollars(amount), row.usd, 1e-12);
    }
}

TEST(PriceTest, unknown_is_not_nothing) {
    uint64_t amount = 0;
    EXPECT_FALSE(cost_of({-1, -1, -1}, usage_of(1, 1), &amount));
    EXPECT_FALSE(cost_of({-1, -1, 1}, usage_of(1, 1), &amount));
    EXPECT_FALSE(cost_of({1, -1, -1}, usage_of(1, 1), &amount));
    EXPECT_FALSE(cost_of({1, -1, 1}, usage_of(-1, 1), &amount));
    EXPECT_FALSE(cost_of({1, -1, 1}, usage_of(1, -1), &amount));
    EXPECT_TRUE(is_priced({0, -1, 0}));
    EXPECT_FALSE(is_priced({-1, -1, -1}));
}

TEST(PriceTest, a_million_small_amounts_sum_exactly) {
    uint64_t sum = 0;
    for (int i = 0; i < 1000000; ++i) {
        uint64_t amount = 0;
        ASSERT_TRUE(cost_of({0.15, -1, 0.6}, usage_of(7, 3), &amount));
        sum += amount;
    }
    EXPECT_DOUBLE_EQ(to_dollars(sum), (7 * 0.15 + 3 * 0.6));
}

TEST(PriceTest, nothing_wraps_at_the_ends_of_the_numbers) {
    uint64_t amount = 0;
    ASSERT_TRUE(cost_of({1e6, 1e6, 1e6}, usage_of(INT64_MAX, INT64_MAX, INT64_MAX), &amount));
    EXPECT_GE(to_dollars(amount), 1e6);
    EXPECT_LE(amount, UINT64_MAX / 2);
    EXPECT_EQ(dollars(-1), 0u);
    EXPECT_EQ(dollars(0), 0u);
    EXPECT_EQ(dollars(1e-12), 1u);
    EXPECT_LE(dollars(1e300), UINT64_MAX / 8);
    EXPECT_EQ(cost_expected({-1, -1, -1}, 10, 10), 0u);
    EXPECT_EQ(cost_expected({1, -1, 2}, 10, 10), 30u * 1000000u);
}

}  // namespace
}  // namespace leat
