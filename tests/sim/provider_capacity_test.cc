// tests/sim/provider_capacity_test.cc: the yardstick of a simulated service is what a client gets
// that does everything right, and the lengths that it draws are the same everywhere.
// Depends on provider_plain.h.
#include "sim/provider_plain.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <queue>
#include <vector>

namespace sim_test {
namespace {

using leat_simulator::ProviderChance;
using leat_simulator::ProviderModel;
using leat_simulator::ProviderReason;
using leat_simulator::ProviderVerdict;

constexpr uint64_t ms = 1000000;
constexpr uint64_t second = 1000 * ms;

TEST(ProviderCapacity, lengths_have_the_median_and_the_mean_they_should) {
    for (const leat_sim_spread spread : {leat_sim_spread{400, 0.3}, {100, 0.6}, {100000, 1}}) {
        ProviderChance chance = {7};
        const leat_simulator::ProviderSpread lengths = leat_simulator::spread_of(spread);
        double sum = 0;
        int below = 0;
        const int count = 200000;
        for (int i = 0; i < count; ++i) {
            const double drawn = static_cast<double>(lengths.draw(&chance)) / 1024;
            sum += drawn;
            below += drawn < spread.median ? 1 : 0;
        }
        EXPECT_NEAR(below, count / 2, count * 0.005);
        EXPECT_NEAR(sum / count / leat_simulator::spread_mean(spread), 1, 0.01);
        EXPECT_NEAR(leat_simulator::spread_mean(spread) /
                        (spread.median * std::exp(spread.sigma * spread.sigma / 2)),
                    1, 0.005);
    }
}

// Every compiler, at every level of optimisation, must draw these.
TEST(ProviderCapacity, lengths_are_the_same_everywhere) {
    ProviderChance chance = {42};
    uint64_t hash = 0;
    for (const leat_sim_spread spread : {leat_sim_spread{400, 0.3}, {0.001, 4}, {1e6, 4}}) {
        const leat_simulator::ProviderSpread lengths = leat_simulator::spread_of(spread);
        for (int i = 0; i < 1000; ++i) hash = hash * 31 + lengths.draw(&chance);
    }
    EXPECT_EQ(hash, 16115990030864602617u);
}

// Sends the moment there is a chance, and asks anew at each microsecond that may help.
double greedy(const leat_sim_provider_config& config, uint64_t from_ms, uint64_t to_ms,
              uint64_t input_tokens) {
    Model model(config, 2);
    std::priority_queue<uint64_t, std::vector<uint64_t>, std::greater<>> leaves;
    uint64_t now_us = 0;
    double admitted = 0;
    while (now_us < to_ms * 1000) {
        const ProviderVerdict one = model.arrive(5 * second + now_us * 1000, input_tokens, 0);
        if (one.status == 200) {
            leaves.push(now_us + one.total_us);
            admitted += now_us >= from_ms * 1000 ? 1 : 0;
            continue;
        }
        uint64_t next_us = now_us + 10000;
        if (one.reason == ProviderReason::concurrency) next_us = leaves.top();
        now_us = next_us;
        while (!leaves.empty() && leaves.top() <= now_us) {
            leaves.pop();
            model.leave();
        }
    }
    return admitted;
}

TEST(ProviderCapacity, is_what_a_greedy_client_gets) {
    const struct {
        const char* what;
        std::function<void(leat_sim_provider_config*)> make;
    } cases[] = {
        {"requests", [](auto* c) { c->limits.requests_per_minute = 600; }},
        {"tokens", [](auto* c) { c->limits.tokens_per_minute = 100000; }},
        {"input", [](auto* c) { c->limits.input_tokens_per_minute = 10000; }},
        {"output", [](auto* c) { c->limits.output_tokens_per_minute = 50000; }},
        {"concurrency", [](auto* c) { c->limits.concurrency_max = 20; }},
        {"overload",
         [](auto* c) {
             c->limits.concurrency_max = 20;
             c->overload_on_ms = 20000;
             c->overload_period_ms = 120000;
         }},
        {"change",
         [](auto* c) {
             c->limits.requests_per_minute = 1200;
             c->changed.requests_per_minute = 600;
             c->change_at_ms = 30 * 60000;
         }},
        {"day",
         [](auto* c) {
             c->limits.requests_per_minute = 600;
             c->limits.requests_per_day = 20000;
         }},
        {"quota",
         [](auto* c) {
             c->limits.requests_per_minute = 600;
             c->limits.quota_requests = 20000;
         }},
    };
    for (const auto& one : cases) {
        leat_sim_provider_config config = plain_provider();
        config.first_byte_ms = {1000, 0.3};
        config.output_tokens = {100, 0.6};
        one.make(&config);
        const double served = greedy(config, 300000, 3900000, 50);
        Model model(config);
        const double capacity = model.capacity(300000, 3900000, 50);
        const bool counted = config.limits.requests_per_day + config.limits.quota_requests > 0;
        // Lengths are drawn, and what is inside when an overload begins is served into it. A count
        // of all requests also knows of the bucket that was full at the start.
        EXPECT_NEAR(served / capacity, 1, counted ? 0.04 : 0.02) << one.what << " " << capacity;
        const double parts =
            model.capacity(300000, 1234567, 50) + model.capacity(1234567, 3900000, 50);
        EXPECT_NEAR(parts, capacity, capacity * 1e-9) << one.what;
    }
    leat_sim_provider_config failing = plain_provider();
    failing.limits.requests_per_minute = 60;
    failing.server_error_chance = 0.5;
    EXPECT_NEAR(Model(failing).capacity(0, 60000, 50), 30, 1e-9);
    EXPECT_TRUE(std::isinf(Model(plain_provider()).capacity(0, 1000, 50)));
}

}  // namespace
}  // namespace sim_test
