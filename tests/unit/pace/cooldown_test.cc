// The pause after a rate limit (B34-B38, B41) and the slow start after it.
#include "pace/cooldown.h"

#include <gtest/gtest.h>

#include "pace/pacing.h"

namespace leat {
namespace {

constexpr uint64_t ms = 1'000'000u;
constexpr double almost_one = 0.9999999999999999;

leat_cooldown default_rules() {
    leat_endpoint_config config;
    leat_endpoint_config_init(&config);
    return config.cooldown;
}

leat_cooldown batch_llm_rules() {
    leat_cooldown rules = default_rules();
    leat_cooldown_batch_llm(&rules);
    return rules;
}

// The rules must outlive the cooldown.
struct Opened {
    explicit Opened(const leat_cooldown& with = default_rules()) : rules(with) {
        cooldown.open(&rules, leat_pacing_exponential());
    }
    bool limited(uint64_t now_ns, uint32_t generation, int64_t wait_ms, double unit,
                 bool own_step = false) {
        leat_rate_limit_info info{};
        info.wait_ms = wait_ms;
        info.own_step = own_step ? 1 : 0;
        return cooldown.limited(now_ns, generation, info, unit);
    }
    leat_cooldown rules;
    Cooldown cooldown;
};

TEST(CooldownTest, is_paused_until_its_end_and_not_beyond) {
    Opened opened;
    Cooldown& cooldown = opened.cooldown;
    EXPECT_FALSE(cooldown.paused(0));
    EXPECT_TRUE(opened.limited(1000 * ms, 0, 5000, 0.0));
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
            Opened opened;
            Cooldown& cooldown = opened.cooldown;
            ASSERT_TRUE(opened.limited(7, 0, wait, unit));
            EXPECT_GE(cooldown.until_ns(), 7 + pause);
            EXPECT_LE(cooldown.until_ns(), 7 + pause + most);
            EXPECT_NEAR(static_cast<double>(cooldown.until_ns() - 7 - pause),
                        static_cast<double>(most) * unit, 2.0);
        }
    }
}

TEST(CooldownTest, a_stale_rate_limit_changes_nothing_B41) {
    Opened opened;
    Cooldown& cooldown = opened.cooldown;
    EXPECT_EQ(cooldown.generation(), 0u);
    EXPECT_TRUE(opened.limited(0, 0, 1000, 0.0));
    EXPECT_EQ(cooldown.generation(), 1u);
    const uint64_t until = cooldown.until_ns();
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(opened.limited(500 * ms, 0, 100000, 0.5));
    EXPECT_EQ(cooldown.generation(), 1u);
    EXPECT_EQ(cooldown.until_ns(), until);
    // Long after the pause it is still stale.
    EXPECT_FALSE(opened.limited(50000 * ms, 0, 100000, 0.5));
    EXPECT_FALSE(cooldown.paused(50000 * ms));
}

TEST(CooldownTest, consecutive_pauses_grow_and_any_success_starts_over_B36) {
    Opened opened(batch_llm_rules());
    Cooldown& cooldown = opened.cooldown;
    uint64_t now = 0;
    const auto pause_s = [&] {
        EXPECT_TRUE(opened.limited(now, cooldown.generation(), -1, 0.0));
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
    Opened opened(batch_llm_rules());
    Cooldown& cooldown = opened.cooldown;
    EXPECT_TRUE(opened.limited(0, 0, -1, 0.0));
    EXPECT_FALSE(opened.limited(1, 0, -1, 0.0));
    EXPECT_FALSE(opened.limited(2, 0, -1, 0.0));
    const uint64_t now = cooldown.until_ns();
    EXPECT_TRUE(opened.limited(now, 1, -1, 0.0));
    EXPECT_EQ(cooldown.until_ns() - now, 450000 * ms);
}

TEST(SlowStartTest, zero_items_switch_it_off) {
    leat_cooldown rules = default_rules();
    rules.slow_start_items = 0;
    EXPECT_EQ(slow_start_ns(rules, 0), 0u);
    Opened opened(rules);
    Cooldown& cooldown = opened.cooldown;
    EXPECT_TRUE(opened.limited(0, 0, 1000, 0.0));
    EXPECT_FALSE(cooldown.slow(1000 * ms));
    EXPECT_EQ(cooldown.ready_at(1000 * ms, 1), 1000 * ms);
}

TEST(SlowStartTest, does_not_hold_back_before_the_first_pause) {
    Opened opened;
    Cooldown& cooldown = opened.cooldown;
    EXPECT_FALSE(cooldown.slow(0));
    EXPECT_EQ(cooldown.ready_at(0, 1), 0u);
    cooldown.admitted(0);
    EXPECT_FALSE(cooldown.slow(0));
}

TEST(SlowStartTest, W_permits_let_items_through_every_delay_over_W_B38) {
    for (const uint32_t permits : {1u, 5u, 64u}) {
        const leat_cooldown rules = default_rules();
        Opened opened(rules);
        Cooldown& cooldown = opened.cooldown;
        ASSERT_TRUE(opened.limited(0, 0, 1000, 0.0));
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
    Opened opened;
    Cooldown& cooldown = opened.cooldown;
    ASSERT_TRUE(opened.limited(0, 0, 1000, 0.0));
    uint64_t now = cooldown.until_ns();
    for (int n = 0; n < 30; ++n) {
        now = cooldown.ready_at(now, 1);
        cooldown.admitted(now);
    }
    ASSERT_TRUE(opened.limited(now, 1, 1000, 0.0));
    const uint64_t until = cooldown.until_ns();
    EXPECT_EQ(cooldown.ready_at(until, 1), until + 2000 * ms);
}

TEST(SlowStartTest, a_step_of_our_own_that_is_taken_back_needs_none) {
    Opened opened;
    ASSERT_TRUE(opened.limited(0, 0, -1, 0.0, true));
    const uint64_t until = opened.cooldown.until_ns();
    EXPECT_EQ(until, 1000 * ms);
    EXPECT_EQ(opened.cooldown.ready_at(until, 1), until);
    ASSERT_TRUE(opened.limited(until, 1, -1, 0.0, true));
    EXPECT_EQ(opened.cooldown.until_ns() - until, 20000 * ms);
    EXPECT_TRUE(opened.cooldown.slow(opened.cooldown.until_ns())) << "taking it back did not help";
}

TEST(CooldownTest, a_pause_of_an_overload_makes_older_requests_stale_and_needs_no_slow_start) {
    Opened opened;
    opened.cooldown.pause_for(5, 1000 * ms);
    EXPECT_EQ(opened.cooldown.until_ns(), 5 + 1000 * ms);
    EXPECT_FALSE(opened.limited(6, 0, 100000, 0.0));
    EXPECT_FALSE(opened.cooldown.slow(2000 * ms));
    EXPECT_EQ(opened.cooldown.ready_at(2000 * ms, 1), 2000 * ms);
}

TEST(CooldownTest, a_custom_table_that_says_anything_does_not_overflow_B40) {
    leat_pacing pacing = *leat_pacing_exponential();
    pacing.pause_ms = [](void*, const leat_cooldown*, const leat_rate_limit_info*) {
        return UINT64_MAX;
    };
    pacing.slow_start_ns = [](void*, const leat_cooldown*, uint32_t) { return UINT64_MAX / 4; };
    const leat_cooldown rules = default_rules();
    Cooldown cooldown;
    cooldown.open(&rules, &pacing);
    ASSERT_TRUE(cooldown.limited(1000, 0, leat_rate_limit_info{}, 0.999));
    const uint64_t year = UINT64_C(367) * 24 * 3600 * 1000 * ms;
    EXPECT_GT(cooldown.until_ns(), 1000u);
    EXPECT_LE(cooldown.until_ns(), year);
    EXPECT_GE(cooldown.ready_at(cooldown.until_ns(), 1), cooldown.until_ns());
}

TEST(CooldownDeathTest, without_rules_or_a_table_trips_a_check) {
    const leat_cooldown rules = default_rules();
    Cooldown cooldown;
    EXPECT_DEATH(cooldown.open(nullptr, leat_pacing_exponential()), "");
    EXPECT_DEATH(cooldown.open(&rules, nullptr), "");
}

TEST(CooldownDeathTest, a_generation_from_the_future_trips_a_check) {
    Opened opened;
    EXPECT_DEATH(opened.limited(0, 1, -1, 0.0), "");
}

}  // namespace
}  // namespace leat
