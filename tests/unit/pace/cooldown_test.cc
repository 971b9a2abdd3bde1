// The pause after a rate limit (B34-B38, B41) and the slow start after it.
#include "pace/cooldown.h"

#include <gtest/gtest.h>

namespace leat {
namespace {

constexpr uint64_t ms = 1'000'000u;
constexpr double almost_one = 0.9999999999999999;

leat_cooldown default_rules() {
    leat_endpoint_config config;
    leat_endpoint_config_init(&config);
    return config.cooldown;
}

TEST(CooldownTest, grows_300_450_600_600_seconds_B36) {
    const leat_cooldown rules = default_rules();
    const uint64_t expected_s[] = {300, 450, 600, 600, 600};
    for (uint32_t c = 1; c <= 5; ++c) {
        EXPECT_EQ(cooldown_ms(rules, c, -1), expected_s[c - 1] * 1000) << c;
    }
    EXPECT_EQ(cooldown_ms(rules, UINT32_MAX, -1), 600000u);
}

TEST(CooldownTest, a_multiplier_of_one_keeps_the_length) {
    leat_cooldown rules = default_rules();
    rules.multiplier = 1.0;
    for (uint32_t c = 1; c < 10; ++c) EXPECT_EQ(cooldown_ms(rules, c, -1), 300000u);
}

TEST(CooldownTest, retry_after_decides_B37) {
    const leat_cooldown rules = default_rules();
    for (uint32_t c = 1; c <= 4; ++c) {
        EXPECT_EQ(cooldown_ms(rules, c, 0), 1000u) << "\"at once\" is a second";
        EXPECT_EQ(cooldown_ms(rules, c, 1), 1u);
        EXPECT_EQ(cooldown_ms(rules, c, 119999), 119999u);
        EXPECT_EQ(cooldown_ms(rules, c, 120000), 120000u);
        EXPECT_EQ(cooldown_ms(rules, c, 120001), 120000u) << "cut to retry_after_max_ms";
        EXPECT_EQ(cooldown_ms(rules, c, INT64_MAX), 120000u);
    }
}

TEST(CooldownTest, retry_after_as_a_floor_only_lengthens_B37) {
    leat_cooldown rules = default_rules();
    rules.retry_after_is_floor = 1;
    EXPECT_EQ(cooldown_ms(rules, 1, 1000), 300000u);
    EXPECT_EQ(cooldown_ms(rules, 1, -1), 300000u);
    rules.retry_after_max_ms = 1000000;
    EXPECT_EQ(cooldown_ms(rules, 1, 300001), 300001u);
    EXPECT_EQ(cooldown_ms(rules, 1, 900000), 900000u);
    EXPECT_EQ(cooldown_ms(rules, 1, INT64_MAX), 1000000u);
}

TEST(CooldownTest, is_paused_until_its_end_and_not_beyond) {
    Cooldown cooldown;
    cooldown.open(default_rules());
    EXPECT_FALSE(cooldown.paused(0));
    EXPECT_TRUE(cooldown.limited(1000 * ms, 0, 5000, 0.0));
    EXPECT_EQ(cooldown.until_ns(), 6000 * ms);
    EXPECT_TRUE(cooldown.paused(6000 * ms - 1));
    EXPECT_FALSE(cooldown.paused(6000 * ms));
    EXPECT_EQ(cooldown.ready_at(1000 * ms, 5), 6000 * ms);
}

TEST(CooldownTest, spreads_the_end_by_a_tenth_and_at_most_a_second) {
    for (const int64_t wait : {1, 10, 1000, 9999, 10000, 20000, 120000}) {
        const uint64_t pause = static_cast<uint64_t>(wait) * ms;
        const uint64_t most = pause / 10 < 1000 * ms ? pause / 10 : 1000 * ms;
        for (const double unit : {0.0, 0.25, 0.5, almost_one}) {
            Cooldown cooldown;
            cooldown.open(default_rules());
            ASSERT_TRUE(cooldown.limited(7, 0, wait, unit));
            EXPECT_GE(cooldown.until_ns(), 7 + pause);
            EXPECT_LE(cooldown.until_ns(), 7 + pause + most);
            EXPECT_NEAR(static_cast<double>(cooldown.until_ns() - 7 - pause),
                        static_cast<double>(most) * unit, 2.0);
        }
    }
}

TEST(CooldownTest, a_stale_rate_limit_changes_nothing_B41) {
    Cooldown cooldown;
    cooldown.open(default_rules());
    EXPECT_EQ(cooldown.generation(), 0u);
    EXPECT_TRUE(cooldown.limited(0, 0, 1000, 0.0));
    EXPECT_EQ(cooldown.generation(), 1u);
    const uint64_t until = cooldown.until_ns();
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(cooldown.limited(500 * ms, 0, 100000, 0.5));
    EXPECT_EQ(cooldown.generation(), 1u);
    EXPECT_EQ(cooldown.until_ns(), until);
    // Long after the pause it is still stale.
    EXPECT_FALSE(cooldown.limited(50000 * ms, 0, 100000, 0.5));
    EXPECT_FALSE(cooldown.paused(50000 * ms));
}

TEST(CooldownTest, consecutive_pauses_grow_and_any_success_starts_over_B36) {
    Cooldown cooldown;
    cooldown.open(default_rules());
    uint64_t now = 0;
    const auto pause_s = [&] {
        EXPECT_TRUE(cooldown.limited(now, cooldown.generation(), -1, 0.0));
        const uint64_t length = (cooldown.until_ns() - now) / ms / 1000;
        now = cooldown.until_ns();
        return length;
    };
    EXPECT_EQ(pause_s(), 300u);
    EXPECT_EQ(pause_s(), 450u);
    EXPECT_EQ(pause_s(), 600u);
    EXPECT_EQ(pause_s(), 600u);
    cooldown.succeeded();
    EXPECT_EQ(pause_s(), 300u);
    EXPECT_EQ(pause_s(), 450u);
}

TEST(CooldownTest, a_stale_rate_limit_does_not_lengthen_the_next_pause) {
    Cooldown cooldown;
    cooldown.open(default_rules());
    EXPECT_TRUE(cooldown.limited(0, 0, -1, 0.0));
    EXPECT_FALSE(cooldown.limited(1, 0, -1, 0.0));
    EXPECT_FALSE(cooldown.limited(2, 0, -1, 0.0));
    const uint64_t now = cooldown.until_ns();
    EXPECT_TRUE(cooldown.limited(now, 1, -1, 0.0));
    EXPECT_EQ(cooldown.until_ns() - now, 450000 * ms);
}

TEST(SlowStartTest, delays_follow_the_formula_B38) {
    const leat_cooldown rules = default_rules();
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

TEST(SlowStartTest, zero_items_switch_it_off) {
    leat_cooldown rules = default_rules();
    rules.slow_start_items = 0;
    EXPECT_EQ(slow_start_ns(rules, 0), 0u);
    Cooldown cooldown;
    cooldown.open(rules);
    EXPECT_TRUE(cooldown.limited(0, 0, 1000, 0.0));
    EXPECT_FALSE(cooldown.slow(1000 * ms));
    EXPECT_EQ(cooldown.ready_at(1000 * ms, 1), 1000 * ms);
}

TEST(SlowStartTest, equal_ends_make_a_steady_pace) {
    leat_cooldown rules = default_rules();
    rules.slow_start_initial_ms = 100;
    rules.slow_start_final_ms = 100;
    for (uint32_t n = 0; n < 50; ++n) EXPECT_EQ(slow_start_ns(rules, n), 100 * ms);
}

TEST(SlowStartTest, does_not_hold_back_before_the_first_pause) {
    Cooldown cooldown;
    cooldown.open(default_rules());
    EXPECT_FALSE(cooldown.slow(0));
    EXPECT_EQ(cooldown.ready_at(0, 1), 0u);
    cooldown.admitted(0);
    EXPECT_FALSE(cooldown.slow(0));
}

TEST(SlowStartTest, W_permits_let_items_through_every_delay_over_W_B38) {
    for (const uint32_t permits : {1u, 5u, 64u}) {
        const leat_cooldown rules = default_rules();
        Cooldown cooldown;
        cooldown.open(rules);
        ASSERT_TRUE(cooldown.limited(0, 0, 1000, 0.0));
        uint64_t now = cooldown.until_ns();
        for (uint32_t n = 0; n < 50; ++n) {
            ASSERT_TRUE(cooldown.slow(now));
            const uint64_t at = cooldown.ready_at(now, permits);
            ASSERT_EQ(at - now, slow_start_ns(rules, n) / permits) << n;
            ASSERT_EQ(cooldown.ready_at(at - 1, permits), at);
            ASSERT_EQ(cooldown.ready_at(at, permits), at);
            cooldown.admitted(at);
            now = at;
        }
        EXPECT_FALSE(cooldown.slow(now));
        EXPECT_EQ(cooldown.ready_at(now, permits), now);
    }
}

TEST(SlowStartTest, a_new_rate_limit_begins_it_again_B38) {
    Cooldown cooldown;
    cooldown.open(default_rules());
    ASSERT_TRUE(cooldown.limited(0, 0, 1000, 0.0));
    uint64_t now = cooldown.until_ns();
    for (int n = 0; n < 30; ++n) {
        now = cooldown.ready_at(now, 1);
        cooldown.admitted(now);
    }
    ASSERT_TRUE(cooldown.limited(now, 1, 1000, 0.0));
    const uint64_t until = cooldown.until_ns();
    EXPECT_EQ(cooldown.ready_at(until, 1), until + 2000 * ms);
}

TEST(CooldownDeathTest, a_generation_from_the_future_trips_a_check) {
    Cooldown cooldown;
    cooldown.open(default_rules());
    EXPECT_DEATH(cooldown.limited(0, 1, -1, 0.0), "");
}

}  // namespace
}  // namespace leat
