// Sums of token counts of which some are unknown (B21).
#include "meter/usage.h"

#include <gtest/gtest.h>

namespace leat {
namespace {

TEST(UsageTest, unknown_stays_unknown_until_something_is_known) {
    leat_usage sum = unknown_usage();
    usage_add(&sum, unknown_usage());
    EXPECT_EQ(sum.input_tokens, LEAT_TOKENS_UNKNOWN);
    leat_usage part = unknown_usage();
    part.output_tokens = 5;
    usage_add(&sum, part);
    EXPECT_EQ(sum.output_tokens, 5);
    EXPECT_EQ(sum.input_tokens, LEAT_TOKENS_UNKNOWN);
    usage_add(&sum, unknown_usage());
    EXPECT_EQ(sum.output_tokens, 5) << "an unknown part adds nothing";
}

TEST(UsageTest, a_known_zero_makes_a_sum_known) {
    leat_usage sum = unknown_usage();
    leat_usage part = unknown_usage();
    part.total_tokens = 0;
    usage_add(&sum, part);
    EXPECT_EQ(sum.total_tokens, 0);
}

TEST(UsageTest, adds_every_count) {
    leat_usage sum{1, 2, 3, 4, 5, 6};
    usage_add(&sum, leat_usage{10, 20, 30, 40, 50, 60});
    EXPECT_EQ(sum.input_tokens, 11);
    EXPECT_EQ(sum.output_tokens, 22);
    EXPECT_EQ(sum.cached_input_tokens, 33);
    EXPECT_EQ(sum.cache_write_tokens, 44);
    EXPECT_EQ(sum.reasoning_tokens, 55);
    EXPECT_EQ(sum.total_tokens, 66);
}

TEST(UsageTest, sums_stop_at_the_largest_number) {
    leat_usage sum{INT64_MAX, INT64_MAX - 1, 0, 0, 0, INT64_MAX - 1};
    usage_add(&sum, leat_usage{1, 1, INT64_MAX, -5, 0, INT64_MAX});
    EXPECT_EQ(sum.input_tokens, INT64_MAX);
    EXPECT_EQ(sum.output_tokens, INT64_MAX);
    EXPECT_EQ(sum.cached_input_tokens, INT64_MAX);
    EXPECT_EQ(sum.cache_write_tokens, 0) << "a negative part counts as unknown";
    EXPECT_EQ(sum.total_tokens, INT64_MAX);
}

}  // namespace
}  // namespace leat
