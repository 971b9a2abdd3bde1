// Quantiles from buckets that grow by a quarter of an octave: right within a quarter, on the safe side.
#include "meter/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

TEST(HistogramTest, is_exact_for_small_values_and_empty) {
    Histogram histogram;
    histogram.open();
    EXPECT_EQ(histogram.quantile(0.5), 0u);
    for (uint64_t value = 0; value < 8; ++value) {
        histogram.open();
        histogram.note(value);
        EXPECT_EQ(histogram.quantile(0.0), value);
        EXPECT_EQ(histogram.quantile(1.0), value);
    }
}

TEST(HistogramTest, a_quantile_is_never_below_the_true_one_and_at_most_a_quarter_above) {
    TestRandom random(5);
    for (int round = 0; round < 20; ++round) {
        Histogram histogram;
        histogram.open();
        std::vector<uint64_t> values;
        const uint64_t most = uint64_t{1} << (4 + random.below(26));
        for (int i = 0; i < 2000; ++i) {
            values.push_back(random.below(most));
            histogram.note(values.back());
        }
        std::sort(values.begin(), values.end());
        for (const double share : {0.01, 0.25, 0.5, 0.9, 0.99, 1.0}) {
            const size_t place = static_cast<size_t>(share * 2000 + 0.5);
            const uint64_t truth = values[place == 0 ? 0 : place - 1];
            EXPECT_GE(histogram.quantile(share), truth);
            EXPECT_LE(histogram.quantile(share), truth + truth / 4 + 1);
        }
    }
}

TEST(HistogramTest, the_largest_values_fall_into_the_last_bucket) {
    Histogram histogram;
    histogram.open();
    histogram.note(UINT64_MAX);
    histogram.note(UINT64_C(1) << 40);
    EXPECT_EQ(histogram.count(), 2u);
    EXPECT_GE(histogram.quantile(1.0), UINT64_C(1) << 32);
}

TEST(HistogramTest, old_values_fade) {
    Histogram histogram;
    histogram.open();
    for (int i = 0; i < 4000; ++i) histogram.note(1000);
    for (int i = 0; i < 16000; ++i) histogram.note(10);
    EXPECT_LT(histogram.count(), 4096u);
    EXPECT_LT(histogram.quantile(0.95), 20u) << "what was usual long ago is not any more";
}

}  // namespace
}  // namespace leat
