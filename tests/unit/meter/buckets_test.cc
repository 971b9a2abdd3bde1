// Histograms with fixed buckets: a value that equals a bound lies below it; nothing fades or is lost.
#include "meter/buckets.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "meter/metrics.h"

namespace leat {
namespace {

TEST(BucketsTest, B51_a_value_lies_below_the_first_bound_that_it_does_not_pass) {
    for (const Bounds* bounds : {&operation_bounds, &token_bounds, &wait_bounds}) {
        ASSERT_LE(bounds->count, bounds_max);
        for (uint32_t i = 0; i < bounds->count; ++i) {
            const double bound = bounds->list[i];
            Buckets at;
            at.note(*bounds, bound);
            EXPECT_EQ(at.counts[i], 1u) << bound;
            Buckets above;
            above.note(*bounds, std::nextafter(bound, 1e300));
            EXPECT_EQ(above.counts[i + 1], 1u) << bound;
            Buckets below;
            below.note(*bounds, std::nextafter(bound, 0.0));
            EXPECT_EQ(below.counts[i], 1u) << bound;
        }
    }
}

TEST(BucketsTest, B51_bounds_are_those_of_the_opentelemetry_conventions) {
    const double operation[] = {0.01, 0.02, 0.04, 0.08,  0.16,  0.32,  0.64,
                                1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
    ASSERT_EQ(operation_bounds.count, 14u);
    for (uint32_t i = 0; i < 14; ++i) EXPECT_EQ(operation_bounds.list[i], operation[i]);
    ASSERT_EQ(token_bounds.count, 14u);
    for (uint32_t i = 0; i < 14; ++i) EXPECT_EQ(token_bounds.list[i], std::pow(4.0, i));
    for (uint32_t i = 1; i < wait_bounds.count; ++i) {
        EXPECT_DOUBLE_EQ(wait_bounds.list[i], 2 * wait_bounds.list[i - 1]);
    }
}

TEST(BucketsTest, what_is_no_value_is_not_counted) {
    Buckets buckets;
    buckets.note(operation_bounds, -1.0);
    buckets.note(operation_bounds, std::numeric_limits<double>::quiet_NaN());
    EXPECT_EQ(buckets.count, 0u);
    buckets.note(operation_bounds, 0.0);
    buckets.note(operation_bounds, 1e9);
    EXPECT_EQ(buckets.count, 2u);
    EXPECT_EQ(buckets.counts[0], 1u);
    EXPECT_EQ(buckets.counts[operation_bounds.count], 1u);
    EXPECT_EQ(buckets.sum, 1e9);
}

TEST(MetricsTest, each_status_has_a_place_of_its_own) {
    bool taken[status_places] = {};
#define LEAT_TEST_PLACE(name, number, class_name, hint)        \
    EXPECT_LT(status_place(name), status_places - 1) << #name; \
    EXPECT_FALSE(taken[status_place(name)]) << #name;          \
    taken[status_place(name)] = true;
    LEAT_STATUS_LIST(LEAT_TEST_PLACE)
#undef LEAT_TEST_PLACE
    EXPECT_EQ(status_place(-191), status_places - 1);
    EXPECT_EQ(status_place(-192), status_places - 1);
    EXPECT_EQ(status_place(1), status_places - 1);
    EXPECT_EQ(status_place(INT32_MIN), status_places - 1);
}

TEST(MetricsTest, tokens_of_a_liar_saturate) {
    Metrics metrics;
    leat_usage usage{INT64_MAX, 1, LEAT_TOKENS_UNKNOWN, LEAT_TOKENS_UNKNOWN, -5, 0};
    for (int i = 0; i < 3; ++i) metrics.note_usage(usage);
    EXPECT_EQ(metrics.of(Count::input_tokens), UINT64_MAX);
    EXPECT_EQ(metrics.of(Count::output_tokens), 3u);
    EXPECT_EQ(metrics.of(Count::cached_input_tokens), 0u);
    EXPECT_EQ(metrics.of(Count::reasoning_tokens), 0u);
}

}  // namespace
}  // namespace leat
