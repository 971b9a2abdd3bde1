// Means, shares and places in a sorted list, as the reference systems define them.
#include "meter/rates.h"

#include <gtest/gtest.h>

namespace leat {
namespace {

TEST(RatesTest, mean_and_share_are_0_of_nothing_B51) {
    EXPECT_EQ(mean_of(0, 0), 0.0);
    EXPECT_EQ(mean_of(7.5, 3), 2.5);
    EXPECT_EQ(share_of(0, 0), 0.0);
    EXPECT_EQ(share_of(3, 4), 0.75);
    EXPECT_EQ(share_of(4, 4), 1.0);
}

TEST(RatesTest, a_percentile_is_the_element_at_the_floor_of_its_place_M16) {
    const struct {
        double share;
        uint64_t count;
        uint64_t place;
    } rows[] = {{0.5, 1, 0},    {0.5, 2, 1},     {0.5, 100, 50}, {0.95, 100, 95}, {0.99, 100, 99},
                {1.0, 100, 99}, {0.99, 10, 9},   {0.0, 10, 0},   {0.95, 20, 19},  {0.5, 3, 1},
                {2.0, 5, 4},    {-1.0, 5, 0}};
    for (const auto& row : rows) {
        EXPECT_EQ(percentile_place(row.share, row.count), row.place)
            << row.share << " of " << row.count;
    }
}

}  // namespace
}  // namespace leat
