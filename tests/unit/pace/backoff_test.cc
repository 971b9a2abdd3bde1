// The wait after a failed attempt (B27, B28).
#include "pace/backoff.h"

#include <gtest/gtest.h>

namespace leat {
namespace {

constexpr uint64_t s = 1'000'000'000u;
constexpr double almost_one = 0.9999999999999999;

leat_retry default_rules() {
    leat_endpoint_config config;
    leat_endpoint_config_init(&config);
    return config.retry;
}

TEST(BackoffTest, doubles_from_one_second_to_sixty_B28) {
    leat_retry rules = default_rules();
    rules.jitter_min = 1.0;
    const uint64_t expected[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    for (uint32_t k = 1; k <= 9; ++k) {
        for (const double unit : {0.0, 0.5, almost_one}) {
            EXPECT_EQ(backoff_ns(rules, k, unit), expected[k - 1] * s) << k;
        }
    }
    EXPECT_EQ(backoff_ns(rules, UINT32_MAX, 0.5), 60 * s);
}

TEST(BackoffTest, jitter_is_uniform_between_a_half_and_one_B28) {
    const leat_retry rules = default_rules();
    const uint64_t whole[] = {1, 2, 4, 8, 16, 32, 60, 60};
    for (uint32_t k = 1; k <= 8; ++k) {
        EXPECT_EQ(backoff_ns(rules, k, 0.0), whole[k - 1] * s / 2);
        EXPECT_EQ(backoff_ns(rules, k, 0.5), whole[k - 1] * s * 3 / 4);
        EXPECT_LE(backoff_ns(rules, k, almost_one), whole[k - 1] * s);
        EXPECT_GE(backoff_ns(rules, k, almost_one), whole[k - 1] * s - 1);
    }
}

TEST(BackoffTest, a_jitter_from_zero_may_wait_not_at_all) {
    leat_retry rules = default_rules();
    rules.jitter_min = 0.0;
    EXPECT_EQ(backoff_ns(rules, 1, 0.0), 0u);
    EXPECT_EQ(backoff_ns(rules, 1, 0.25), s / 4);
}

TEST(BackoffTest, a_base_of_one_keeps_the_wait) {
    leat_retry rules = default_rules();
    rules.backoff_base = 1.0;
    rules.jitter_min = 1.0;
    for (uint32_t k = 1; k < 1000; k += 111) EXPECT_EQ(backoff_ns(rules, k, 0.0), s);
}

TEST(BackoffTest, the_largest_configuration_does_not_overflow) {
    leat_retry rules = default_rules();
    rules.backoff_initial_ms = UINT32_MAX;
    rules.backoff_max_ms = UINT32_MAX;
    rules.backoff_base = 1000.0;
    rules.jitter_min = 1.0;
    EXPECT_EQ(backoff_ns(rules, 1000, 0.0), uint64_t{UINT32_MAX} * 1000000u);
}

TEST(BackoffDeathTest, nothing_failed_yet_trips_a_check) {
    EXPECT_DEATH((void)backoff_ns(default_rules(), 0, 0.0), "");
    EXPECT_DEATH((void)backoff_ns(default_rules(), 1, 1.0), "");
}

}  // namespace
}  // namespace leat
