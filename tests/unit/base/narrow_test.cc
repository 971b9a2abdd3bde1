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

TEST(NarrowTest, an_address_that_a_caller_gives_back_is_an_element_or_nothing) {
    struct Element {
        uint64_t before;
        uint64_t inner;
        uint64_t behind;
    } elements[3] = {};
    const char* const first = reinterpret_cast<const char*>(&elements[0].inner);
    const struct {
        const void* address;
        size_t place;
    } cases[] = {
        {&elements[0].inner, 0},
        {&elements[2].inner, 2},
        {first + 1, 3},
        {first - 1, 3},
        {&elements[0].before, 3},
        {first - sizeof(Element), 3},
        {first + 3 * sizeof(Element), 3},
        {nullptr, 3},
    };
    for (const auto& one : cases) {
        EXPECT_EQ(place_in(one.address, first, sizeof(Element), 3), one.place) << one.address;
    }
    EXPECT_EQ(place_in(first, first, sizeof(Element), 0), 0u) << "of none there is none";
    EXPECT_EQ(place_in(nullptr, nullptr, sizeof(Element), 0), 0u);
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
