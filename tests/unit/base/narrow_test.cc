// Casts that lose nothing, and arithmetic that says when it would.
#include "base/narrow.h"

#include <gtest/gtest.h>

namespace leat {
namespace {

TEST(NarrowTest, keeps_values_that_fit) {
    EXPECT_EQ((narrow<uint8_t>(255)), 255);
    EXPECT_EQ((narrow<int8_t>(-128)), -128);
    EXPECT_EQ((narrow<uint32_t>(uint64_t{UINT32_MAX})), UINT32_MAX);
    EXPECT_EQ((narrow<int64_t>(uint64_t{INT64_MAX})), INT64_MAX);
}

TEST(NarrowTest, sums_and_products_tell_of_overflow) {
    size_t out = 0;
    EXPECT_TRUE(checked_add(SIZE_MAX - 1, size_t{1}, &out));
    EXPECT_EQ(out, SIZE_MAX);
    EXPECT_FALSE(checked_add(SIZE_MAX, size_t{1}, &out));
    EXPECT_TRUE(checked_mul(SIZE_MAX / 2, size_t{2}, &out));
    EXPECT_EQ(out, SIZE_MAX - 1);
    EXPECT_FALSE(checked_mul(SIZE_MAX / 2 + 1, size_t{2}, &out));
    int64_t signed_out = 0;
    EXPECT_FALSE(checked_add(INT64_MAX, int64_t{1}, &signed_out));
    EXPECT_FALSE(checked_mul(INT64_MIN, int64_t{-1}, &signed_out));
}

TEST(NarrowTest, rounds_up_to_powers_of_two) {
    EXPECT_EQ(align_up(0, 16), 0u);
    EXPECT_EQ(align_up(1, 16), 16u);
    EXPECT_EQ(align_up(16, 16), 16u);
    EXPECT_EQ(align_up(17, 16), 32u);
    EXPECT_EQ(align_up(5, 1), 5u);
    EXPECT_EQ(min_of(1, 2), 1);
    EXPECT_EQ(max_of(1, 2), 2);
}

TEST(NarrowDeathTest, a_lost_value_or_sign_trips_a_check) {
    volatile int too_large = 256;
    volatile int negative = -1;
    volatile uint64_t huge = UINT64_MAX;
    EXPECT_DEATH((void)narrow<uint8_t>(int{too_large}), "");
    EXPECT_DEATH((void)narrow<uint64_t>(int{negative}), "");
    EXPECT_DEATH((void)narrow<int64_t>(uint64_t{huge}), "");
}

}  // namespace
}  // namespace leat
