// The square root against the mathematics library's.
#include "base/root.h"

#include <gtest/gtest.h>

#include <cmath>

#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

TEST(RootTest, is_as_good_as_the_librarys) {
    TestRandom random(9);
    for (const double value : {1.0, 2.0, 3.999999, 4.0, 1e-12, 1e12, 1e299, 1e-299, 0.5}) {
        EXPECT_NEAR(square_root(value) / std::sqrt(value), 1.0, 1e-15) << value;
    }
    for (int i = 0; i < 10000; ++i) {
        const double value = static_cast<double>(random.next()) / 1e6;
        if (value <= 0) continue;
        ASSERT_NEAR(square_root(value) / std::sqrt(value), 1.0, 1e-15) << value;
    }
    EXPECT_EQ(square_root(HUGE_VAL), HUGE_VAL);
    EXPECT_EQ(square_root(0), 0.0);
    EXPECT_EQ(square_root(1e-310), 0.0) << "too small to matter";
}

TEST(RootDeathTest, of_what_is_negative_trips_a_check) {
    EXPECT_DEATH((void)square_root(-1.0), "");
    EXPECT_DEATH((void)square_root(std::nan("")), "");
}

}  // namespace
}  // namespace leat
