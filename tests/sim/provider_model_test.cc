// tests/sim/provider_model_test.cc: the simulated service itself, without a network: each limit is
// exact, and the rest is as configured.
// Depends on provider_plain.h.
#include "sim/provider_plain.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace sim_test {
namespace {

using leat_simulator::ProviderChance;
using leat_simulator::ProviderFault;
using leat_simulator::ProviderModel;
using leat_simulator::ProviderReason;
using leat_simulator::ProviderVerdict;

constexpr uint64_t ms = 1000000;
constexpr uint64_t second = 1000 * ms;
constexpr uint64_t minute = 60 * second;

TEST(ProviderModel, requests_are_exact_at_the_limit) {
    leat_sim_provider_config config = plain_provider();
    config.limits.requests_per_minute = 60;
    config.burst_ms = 3000;
    Model model(config);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(model.ask(0), ProviderReason::admitted);
    EXPECT_EQ(model.ask(0), ProviderReason::requests);
    EXPECT_EQ(model.ask(second - 1), ProviderReason::requests);
    EXPECT_EQ(model.ask(second), ProviderReason::admitted);
    EXPECT_EQ(model.ask(second + 1), ProviderReason::requests);
    EXPECT_EQ(model.ask(2 * second), ProviderReason::admitted);
    EXPECT_EQ(model.stats().refused_requests, 3u);
    EXPECT_EQ(model.stats().refused, 3u);
}

TEST(ProviderModel, a_burst_below_one_request_is_one) {
    leat_sim_provider_config config = plain_provider();
    config.limits.requests_per_minute = 60;
    config.burst_ms = 0;
    Model model(config);
    EXPECT_EQ(model.ask(0), ProviderReason::admitted);
    EXPECT_EQ(model.ask(second - 1), ProviderReason::requests);
    EXPECT_EQ(model.ask(second), ProviderReason::admitted);
}

// A bucket of 1,000 tokens that refills 1,000 a second; a request takes 100 of output.
TEST(ProviderModel, tokens_are_exact_at_the_limit) {
    leat_sim_provider_config config = plain_provider();
    config.burst_ms = 1000;
    config.limits.tokens_per_minute = 60000;
    for (uint64_t input : {899u, 900u, 901u}) {
        Model model(config);
        const bool fits = model.ask(0, input) == ProviderReason::admitted;
        EXPECT_EQ(fits, input <= 900);
    }
    Model model(config);
    EXPECT_EQ(model.ask(0, 900), ProviderReason::admitted);
    EXPECT_EQ(model.ask(200 * ms - 1, 100), ProviderReason::tokens);
    EXPECT_EQ(model.ask(200 * ms, 100), ProviderReason::admitted);
    EXPECT_EQ(model.stats().refused_tokens, 1u);
}

TEST(ProviderModel, input_and_output_have_buckets_of_their_own) {
    leat_sim_provider_config config = plain_provider();
    config.burst_ms = 1000;
    config.limits.input_tokens_per_minute = 60000;
    config.limits.output_tokens_per_minute = 12000;
    Model model(config);
    EXPECT_EQ(model.ask(0, 1001), ProviderReason::input_tokens);
    EXPECT_EQ(model.ask(0, 1000), ProviderReason::admitted);
    EXPECT_EQ(model.ask(0, 1), ProviderReason::input_tokens);
    EXPECT_EQ(model.ask(ms, 1), ProviderReason::admitted);
    EXPECT_EQ(model.ask(second, 1), ProviderReason::admitted);
    EXPECT_EQ(model.ask(second, 1), ProviderReason::admitted);
    EXPECT_EQ(model.ask(second, 1), ProviderReason::output_tokens);
}

TEST(ProviderModel, concurrency_is_exact) {
    leat_sim_provider_config config = plain_provider();
    config.limits.concurrency_max = 3;
    Model model(config);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(model.arrive(6 * second, 1, 0).reason, ProviderReason::admitted);
    }
    EXPECT_EQ(model.arrive(6 * second, 1, 0).reason, ProviderReason::concurrency);
    model.leave();
    EXPECT_EQ(model.arrive(6 * second, 1, 0).reason, ProviderReason::admitted);
    EXPECT_EQ(model.arrive(6 * second, 1, 0).status, 429);
    EXPECT_EQ(model.stats().in_flight_peak, 3u);
    EXPECT_EQ(model.stats().refused_concurrency, 2u);
}

TEST(ProviderModel, a_day_is_a_fixed_window) {
    leat_sim_provider_config config = plain_provider();
    config.limits.requests_per_day = 2;
    Model model(config);
    const uint64_t day = 86400 * second;
    EXPECT_EQ(model.ask(day / 2), ProviderReason::admitted);
    EXPECT_EQ(model.ask(day / 2), ProviderReason::admitted);
    const ProviderVerdict verdict = model.arrive(5 * second + day / 2, 1, 0);
    EXPECT_EQ(verdict.reason, ProviderReason::day);
    EXPECT_EQ(verdict.wait_ms, day / 2 / ms);
    EXPECT_EQ(model.ask(day - 1), ProviderReason::day);
    EXPECT_EQ(model.ask(day), ProviderReason::admitted);
    EXPECT_EQ(model.stats().refused_day, 2u);
}

TEST(ProviderModel, a_quota_never_comes_back) {
    leat_sim_provider_config config = plain_provider();
    config.limits.quota_requests = 2;
    Model model(config);
    EXPECT_EQ(model.ask(0), ProviderReason::admitted);
    EXPECT_EQ(model.ask(0), ProviderReason::admitted);
    EXPECT_EQ(model.ask(0), ProviderReason::quota);
    EXPECT_EQ(model.ask(1000 * 86400 * second), ProviderReason::quota);
    EXPECT_EQ(model.stats().refused, 0u);
    EXPECT_EQ(model.stats().refused_quota, 2u);
}

TEST(ProviderModel, overloads_come_by_schedule_until_they_are_mended) {
    leat_sim_provider_config config = plain_provider();
    config.overload_status = 529;
    config.overload_from_ms = 1000;
    config.overload_on_ms = 20;
    config.overload_period_ms = 100;
    Model model(config);
    for (uint64_t at = 0; at < 2000; ++at) {
        const bool expected = at >= 1000 && (at - 1000) % 100 < 20;
        EXPECT_EQ(model.ask(at * ms) == ProviderReason::overload, expected) << at;
    }
    EXPECT_EQ(model.arrive(5 * second + 2000 * ms, 1, 0).status, 529);
    model.mend();
    EXPECT_EQ(model.ask(2001 * ms), ProviderReason::admitted);
    config.overload_period_ms = 0;
    Model once(config);
    EXPECT_EQ(once.ask(1019 * ms), ProviderReason::overload);
    EXPECT_EQ(once.ask(1020 * ms), ProviderReason::admitted);
    EXPECT_EQ(once.ask(1100 * ms), ProviderReason::admitted);
}

TEST(ProviderModel, limits_change_and_cut_what_is_left) {
    leat_sim_provider_config config = plain_provider();
    config.limits.requests_per_minute = 600;
    config.change_at_ms = 60000;
    config.changed = config.limits;
    config.changed.requests_per_minute = 60;
    Model model(config);
    int before = 0;
    while (model.ask(minute - 1) == ProviderReason::admitted) ++before;
    EXPECT_EQ(before, 600);
    Model idle(config);
    int after = 0;
    while (idle.ask(minute) == ProviderReason::admitted) ++after;
    EXPECT_EQ(after, 60);
    EXPECT_EQ(idle.ask(minute + second - 1), ProviderReason::requests);
    EXPECT_EQ(idle.ask(minute + second), ProviderReason::admitted);
}

TEST(ProviderModel, whoever_waits_as_told_is_admitted) {
    leat_sim_provider_config config = plain_provider();
    config.limits.requests_per_minute = 70;
    config.limits.tokens_per_minute = 7777;
    config.burst_ms = 7000;
    Model model(config);
    uint64_t at_ns = 12345;
    int told = 0;
    for (int i = 0; i < 1000; ++i) {
        const ProviderVerdict verdict = model.arrive(5 * second + at_ns, 77, 0);
        if (verdict.status == 200) {
            told = 0;
            model.leave();
            continue;
        }
        ASSERT_EQ(++told, 1) << "told to wait, and refused again";
        at_ns += verdict.wait_ms * ms;
    }
}

// In any window of arrivals no more than burst + rate * t, in whole numbers: sum * units is at most
// size + per_minute * t_us.
struct Window {
    uint64_t per_minute;
    uint64_t burst_ms;
    __int128 sum = 0;
    __int128 lowest = 0;
    bool any = false;

    bool holds(uint64_t at_us, uint64_t amount) {
        const __int128 base = sum - static_cast<__int128>(per_minute) * at_us;
        if (!any || base < lowest) lowest = base;
        any = true;
        sum += static_cast<__int128>(amount) * 60000000;
        const __int128 size = static_cast<__int128>(per_minute) * burst_ms * 1000;
        return sum - static_cast<__int128>(per_minute) * at_us - lowest <= size;
    }
};

TEST(ProviderModel, no_window_holds_more_than_burst_and_rate) {
    for (uint64_t seed = 1; seed <= 60; ++seed) {
        ProviderChance chance = {seed};
        leat_sim_provider_config config = plain_provider();
        config.output_tokens = {50, 0.5};
        config.burst_ms = static_cast<uint32_t>(1000 + chance.below(5000));
        config.limits.requests_per_minute = static_cast<uint32_t>(60 + chance.below(5000));
        config.limits.tokens_per_minute = 10000 + chance.below(300000);
        config.limits.output_tokens_per_minute = 10000 + chance.below(200000);
        Window requests = {config.limits.requests_per_minute, config.burst_ms};
        Window tokens = {config.limits.tokens_per_minute, config.burst_ms};
        Window output = {config.limits.output_tokens_per_minute, config.burst_ms};
        Model model(config, seed);
        uint64_t at_ns = 0;
        const uint64_t gap_ns = uint64_t{1} << (10 + chance.below(16));
        for (int i = 0; i < 5000; ++i) {
            at_ns += chance.below(500) == 0 ? chance.below(20 * second) : chance.below(gap_ns);
            const ProviderVerdict one = model.arrive(5 * second + at_ns, chance.below(200), 0);
            if (one.status != 200) continue;
            model.leave();
            ASSERT_TRUE(requests.holds(at_ns / 1000, 1)) << seed;
            ASSERT_TRUE(tokens.holds(at_ns / 1000, one.input_tokens + one.output_tokens)) << seed;
            ASSERT_TRUE(output.holds(at_ns / 1000, one.output_tokens)) << seed;
        }
        EXPECT_GT(model.stats().refused, 0u);
    }
}

TEST(ProviderModel, an_answer_is_cut_by_max_tokens) {
    Model model(plain_provider());
    const ProviderVerdict whole = model.arrive(5 * second, 1, 100);
    EXPECT_EQ(whole.output_tokens, 100u);
    EXPECT_FALSE(whole.output_cut);
    EXPECT_EQ(whole.first_byte_us, 1000000u);
    EXPECT_EQ(whole.total_us, 2000000u);
    const ProviderVerdict cut = model.arrive(5 * second, 1, 99);
    EXPECT_EQ(cut.output_tokens, 99u);
    EXPECT_TRUE(cut.output_cut);
}

TEST(ProviderModel, failures_come_as_often_as_asked) {
    leat_sim_provider_config config = plain_provider();
    config.server_error_chance = 0.1;
    config.reset_chance = 0.2;
    config.stall_chance = 0.05;
    Model model(config);
    int counts[4] = {};
    for (int i = 0; i < 10000; ++i) {
        const ProviderVerdict one = model.arrive(6 * second, 1, 0);
        ++counts[static_cast<int>(one.fault)];
        EXPECT_EQ(one.status, one.fault == ProviderFault::error ? 500 : 200);
        model.leave();
    }
    EXPECT_NEAR(counts[1], 1000, 150);
    EXPECT_NEAR(counts[2], 1800, 200);
    EXPECT_NEAR(counts[3], 360, 90);
    EXPECT_EQ(model.stats().failed, static_cast<uint64_t>(counts[1] + counts[2] + counts[3]));
}

TEST(ProviderModel, configurations_that_make_no_sense_are_refused) {
    const auto valid = [](std::function<void(leat_sim_provider_config*)> change) {
        leat_sim_provider_config config = plain_provider();
        change(&config);
        return ProviderModel::config_is_valid(config);
    };
    EXPECT_TRUE(valid([](auto*) {}));
    EXPECT_FALSE(valid([](auto* c) { c->reset_chance = 1.01; }));
    EXPECT_FALSE(valid([](auto* c) { c->stall_chance = NAN; }));
    EXPECT_FALSE(valid([](auto* c) { c->output_tokens.median = 1e6 + 1; }));
    EXPECT_FALSE(valid([](auto* c) { c->token_us.sigma = 4.01; }));
    EXPECT_FALSE(valid([](auto* c) { c->overload_status = 429; }));
    EXPECT_FALSE(valid([](auto* c) {
        c->overload_period_ms = 10;
        c->overload_on_ms = 11;
    }));
    EXPECT_FALSE(valid([](auto* c) { c->changed.tokens_per_minute = 100000000001; }));
    EXPECT_TRUE(valid([](auto* c) { c->limits.tokens_per_minute = 100000000000; }));
    EXPECT_FALSE(valid([](auto* c) {
        c->limits.tokens_per_minute = 100000000000;
        c->burst_ms = UINT32_MAX;
    }));
}

}  // namespace
}  // namespace sim_test
