// The seeded generator: SplitMix64's published numbers.
#include "base/random.h"

#include <gtest/gtest.h>

namespace leat {
namespace {

TEST(RandomTest, gives_the_published_numbers_of_splitmix64) {
    Random random;
    random.open(1234567);
    const uint64_t expected[] = {6457827717110365317u, 3203168211198807973u,
                                 9817491932198370423u, 4593380528125082431u,
                                 16408922859458223821u};
    for (const uint64_t number : expected) EXPECT_EQ(random.next(), number);
    random.open(0);
    EXPECT_EQ(random.next(), 0xE220A8397B1DCDAFu);
    EXPECT_EQ(random.next(), 0x6E789E6AA1B965F4u);
    EXPECT_EQ(random.next(), 0x06C45D188009454Fu);
}

TEST(RandomTest, unit_is_in_its_range_and_evenly_spread) {
    Random random;
    random.open(1);
    double sum = 0;
    int tenths[10] = {};
    for (int i = 0; i < 100000; ++i) {
        const double unit = random.unit();
        ASSERT_GE(unit, 0.0);
        ASSERT_LT(unit, 1.0);
        sum += unit;
        ++tenths[static_cast<int>(unit * 10)];
    }
    EXPECT_NEAR(sum / 100000, 0.5, 0.01);
    for (const int count : tenths) EXPECT_NEAR(count, 10000, 500);
}

TEST(RandomTest, one_seed_one_sequence) {
    Random a;
    Random b;
    a.open(99);
    b.open(99);
    for (int i = 0; i < 100; ++i) ASSERT_EQ(a.next(), b.next());
}

}  // namespace
}  // namespace leat
