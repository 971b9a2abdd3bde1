// How long to wait after what: backoff (B27, B28), pauses (B36, B37), slow start (B38), the tables
// of leat/pacing.h (B39, P23), and what other systems do as options (features section 10).
#include "pace/pacing.h"

#include <gtest/gtest.h>

namespace leat {
namespace {

constexpr uint64_t ms = 1'000'000u;
constexpr uint64_t s = 1000 * ms;
constexpr double almost_one = 0.9999999999999999;

leat_endpoint_config defaults() {
    leat_endpoint_config config;
    leat_endpoint_config_init(&config);
    return config;
}

leat_cooldown batch_llm() {
    leat_cooldown rules = defaults().cooldown;
    leat_cooldown_batch_llm(&rules);
    return rules;
}

TEST(BackoffTest, doubles_from_one_second_to_sixty_B28) {
    leat_retry rules = defaults().retry;
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
    const leat_retry rules = defaults().retry;
    const uint64_t whole[] = {1, 2, 4, 8, 16, 32, 60, 60};
    for (uint32_t k = 1; k <= 8; ++k) {
        EXPECT_EQ(backoff_ns(rules, k, 0.0), whole[k - 1] * s / 2);
        EXPECT_EQ(backoff_ns(rules, k, 0.5), whole[k - 1] * s * 3 / 4);
        EXPECT_LE(backoff_ns(rules, k, almost_one), whole[k - 1] * s);
        EXPECT_GE(backoff_ns(rules, k, almost_one), whole[k - 1] * s - 1);
    }
}

TEST(BackoffTest, a_jitter_from_zero_may_wait_not_at_all) {
    leat_retry rules = defaults().retry;
    rules.jitter_min = 0.0;
    EXPECT_EQ(backoff_ns(rules, 1, 0.0), 0u);
    EXPECT_EQ(backoff_ns(rules, 1, 0.25), s / 4);
    EXPECT_EQ(backoff_ns(rules, 9, 0.0), 0u) << "pyhub's jitter: uniform from 0 (P23)";
}

TEST(BackoffTest, a_base_of_one_is_the_constant_wait_of_GlueLLM) {
    // min(30, 2 * 1^k): two seconds, whatever k.
    leat_retry rules = defaults().retry;
    rules.backoff_initial_ms = 2000;
    rules.backoff_max_ms = 30000;
    rules.backoff_base = 1.0;
    rules.jitter_min = 1.0;
    for (uint32_t k = 1; k < 1000; k += 111) EXPECT_EQ(backoff_ns(rules, k, 0.0), 2 * s);
}

TEST(BackoffTest, the_largest_configuration_does_not_overflow) {
    leat_retry rules = defaults().retry;
    rules.backoff_initial_ms = UINT32_MAX;
    rules.backoff_max_ms = UINT32_MAX;
    rules.backoff_base = 1000.0;
    rules.jitter_min = 1.0;
    EXPECT_EQ(backoff_ns(rules, 1000, 0.0), uint64_t{UINT32_MAX} * ms);
    const leat_pacing* const linear = leat_pacing_linear();
    EXPECT_EQ(linear->backoff_ns(linear->user, &rules, UINT32_MAX, 0.0), uint64_t{UINT32_MAX} * ms);
}

TEST(PauseTest, the_default_is_ten_seconds_doubling_to_ten_minutes_B36) {
    const leat_cooldown rules = defaults().cooldown;
    const uint64_t expected_s[] = {10, 20, 40, 80, 160, 320, 600, 600};
    for (uint32_t c = 1; c <= 8; ++c)
        EXPECT_EQ(cooldown_ms(rules, c, -1), expected_s[c - 1] * 1000);
    EXPECT_EQ(cooldown_ms(rules, UINT32_MAX, -1), 600000u);
}

TEST(PauseTest, of_batch_llm_grow_300_450_600_600_seconds_B36) {
    const leat_cooldown rules = batch_llm();
    const uint64_t expected_s[] = {300, 450, 600, 600, 600};
    for (uint32_t c = 1; c <= 5; ++c) {
        EXPECT_EQ(cooldown_ms(rules, c, -1), expected_s[c - 1] * 1000) << c;
    }
    EXPECT_EQ(rules.retry_after_is_floor, 1u) << "B37";
}

TEST(PauseTest, a_multiplier_of_one_keeps_the_length) {
    leat_cooldown rules = defaults().cooldown;
    rules.multiplier = 1.0;
    for (uint32_t c = 1; c < 10; ++c) EXPECT_EQ(cooldown_ms(rules, c, -1), 10000u);
}

TEST(PauseTest, retry_after_decides_B37) {
    const leat_cooldown rules = defaults().cooldown;
    for (uint32_t c = 1; c <= 4; ++c) {
        EXPECT_EQ(cooldown_ms(rules, c, 0), 1000u) << "\"at once\" is a second";
        EXPECT_EQ(cooldown_ms(rules, c, 1), 1u);
        EXPECT_EQ(cooldown_ms(rules, c, 119999), 119999u);
        EXPECT_EQ(cooldown_ms(rules, c, 120000), 120000u);
        EXPECT_EQ(cooldown_ms(rules, c, 120001), 120000u) << "cut to retry_after_max_ms";
        EXPECT_EQ(cooldown_ms(rules, c, INT64_MAX), 120000u);
    }
}

TEST(PauseTest, retry_after_as_a_floor_only_lengthens_B37) {
    leat_cooldown rules = batch_llm();
    EXPECT_EQ(cooldown_ms(rules, 1, 1000), 300000u);
    EXPECT_EQ(cooldown_ms(rules, 1, -1), 300000u);
    rules.retry_after_max_ms = 1000000;
    EXPECT_EQ(cooldown_ms(rules, 1, 300001), 300001u);
    EXPECT_EQ(cooldown_ms(rules, 1, 900000), 900000u);
    EXPECT_EQ(cooldown_ms(rules, 1, INT64_MAX), 1000000u);
}

TEST(PauseTest, after_an_own_step_lasts_a_second_the_first_time) {
    leat_cooldown rules = defaults().cooldown;
    EXPECT_EQ(cooldown_ms(rules, 1, -1, true), 1000u);
    EXPECT_EQ(cooldown_ms(rules, 2, -1, true), 20000u) << "it did not help";
    EXPECT_EQ(cooldown_ms(rules, 1, 7000, true), 7000u) << "Retry-After decides all the same";
    rules.initial_ms = 300;
    EXPECT_EQ(cooldown_ms(rules, 1, -1, true), 300u) << "never longer than the usual one";
}

TEST(SlowStartTest, delays_follow_the_formula_B38) {
    const leat_cooldown rules = defaults().cooldown;
    const struct {
        uint32_t item;
        double delay_ms;
    } vectors[] = {{0, 2000}, {1, 1962}, {10, 1620}, {25, 1050}, {49, 138}};
    for (const auto& vector : vectors) {
        EXPECT_NEAR(static_cast<double>(slow_start_ns(rules, vector.item)), vector.delay_ms * 1e6,
                    2.0)
            << vector.item;
    }
    EXPECT_EQ(slow_start_ns(rules, 50), 0u);
    EXPECT_EQ(slow_start_ns(rules, UINT32_MAX), 0u);
}

TEST(SlowStartTest, equal_ends_make_a_steady_pace) {
    leat_cooldown rules = defaults().cooldown;
    rules.slow_start_initial_ms = 100;
    rules.slow_start_final_ms = 100;
    for (uint32_t n = 0; n < 50; ++n) EXPECT_EQ(slow_start_ns(rules, n), 100 * ms);
}

TEST(PacingTest, the_default_table_is_the_formulas) {
    const leat_pacing* const pacing = leat_pacing_exponential();
    const leat_endpoint_config config = defaults();
    EXPECT_EQ(pacing->struct_size, sizeof(leat_pacing));
    leat_rate_limit_info info{};
    info.consecutive = 3;
    info.wait_ms = -1;
    EXPECT_EQ(pacing->pause_ms(pacing->user, &config.cooldown, &info), 40000u);
    info.consecutive = 1;
    info.own_step = 1;
    EXPECT_EQ(pacing->pause_ms(pacing->user, &config.cooldown, &info), 1000u);
    EXPECT_EQ(pacing->slow_start_ns(pacing->user, &config.cooldown, 25), 1050 * ms);
    EXPECT_EQ(pacing->backoff_ns(pacing->user, &config.retry, 3, 0.5), 3 * s);
}

TEST(PacingTest, fixed_delay_pauses_always_as_long_and_waits_a_second_for_ever_B39) {
    const leat_pacing* const pacing = leat_pacing_fixed_delay();
    leat_endpoint_config config = defaults();
    leat_cooldown_batch_llm(&config.cooldown);
    config.retry.jitter_min = 1.0;
    for (uint32_t c = 1; c < 5; ++c) {
        leat_rate_limit_info info{};
        info.consecutive = c;
        info.wait_ms = 5;
        EXPECT_EQ(pacing->pause_ms(pacing->user, &config.cooldown, &info), 300000u);
    }
    for (const uint32_t item : {0u, 1u, 49u, 50u, 1000000u, UINT32_MAX}) {
        EXPECT_EQ(pacing->slow_start_ns(pacing->user, &config.cooldown, item), s);
    }
    for (uint32_t k = 1; k < 9; ++k) {
        EXPECT_EQ(pacing->backoff_ns(pacing->user, &config.retry, k, 0.3), s) << "pyhub fixed: 1";
    }
}

TEST(PacingTest, linear_grows_by_the_first_wait_up_to_the_cap_P23) {
    const leat_pacing* const pacing = leat_pacing_linear();
    leat_endpoint_config config = defaults();
    config.retry.jitter_min = 1.0;
    for (uint32_t n = 1; n <= 61; ++n) {
        EXPECT_EQ(pacing->backoff_ns(pacing->user, &config.retry, n, 0.5), (n < 60 ? n : 60) * s);
    }
    EXPECT_EQ(pacing->slow_start_ns(pacing->user, &config.cooldown, 0), 2 * s);
}

TEST(PacingDeathTest, nothing_failed_yet_trips_a_check) {
    EXPECT_DEATH((void)backoff_ns(defaults().retry, 0, 0.0), "");
    EXPECT_DEATH((void)backoff_ns(defaults().retry, 1, 1.0), "");
    EXPECT_DEATH((void)cooldown_ms(defaults().cooldown, 0, -1), "");
}

}  // namespace
}  // namespace leat
