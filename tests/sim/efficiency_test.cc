// tests/sim/efficiency_test.cc: how much of a service's capacity leat gets with an endpoint of which
// nothing but the provider, the URL and the model was said, and how often it is refused.
// Depends on efficiency/leat_run.h and efficiency/race.h.
#include <gtest/gtest.h>

#include "efficiency/leat_run.h"
#include "efficiency/race.h"

namespace sim_test {
namespace {

using efficiency::Outcome;
using efficiency::Scenario;

constexpr uint64_t seed = 1;

// Needs a pace that adapts by itself.
TEST(Efficiency, nearly_all_capacity_is_used_where_headers_tell_the_limits) {
    for (const Scenario& scenario : efficiency::scenarios(true)) {
        const Outcome outcome = efficiency::run_leat(scenario, seed);
        EXPECT_GE(outcome.capacity_percent, 97) << scenario.name;
        EXPECT_LT(outcome.refused_percent, 0.5) << scenario.name;
        EXPECT_EQ(outcome.failed_items, 0u) << scenario.name;
    }
}

TEST(Efficiency, most_capacity_is_used_where_nothing_tells_the_limits) {
    for (const Scenario& scenario : efficiency::scenarios(false)) {
        const Outcome outcome = efficiency::run_leat(scenario, seed);
        EXPECT_GE(outcome.capacity_percent, 90) << scenario.name;
        EXPECT_EQ(outcome.failed_items, 0u) << scenario.name;
    }
}

// The measure itself: who is told the truth and keeps to it gets everything, five workers get what
// five workers can get.
TEST(Efficiency, is_measured_right) {
    const Scenario requests = efficiency::scenarios(true)[0];
    const Outcome told = efficiency::race(requests, efficiency::make_langchain().get(), seed);
    EXPECT_NEAR(told.capacity_percent, 100, 2);  // it polls
    EXPECT_EQ(told.refused_percent, 0);
    const Outcome five = efficiency::race(requests, efficiency::make_fixed_workers().get(), seed);
    EXPECT_NEAR(five.capacity_percent, 25, 0.5);
    EXPECT_EQ(five.in_flight_peak, 5u);
}

TEST(Efficiency, repeats_exactly) {
    const Scenario places = efficiency::scenarios(false)[2];
    const auto same = [](const Outcome& a, const Outcome& b) {
        EXPECT_EQ(a.capacity_percent, b.capacity_percent);
        EXPECT_EQ(a.refused_percent_ever, b.refused_percent_ever);
        EXPECT_EQ(a.failed_items, b.failed_items);
    };
    same(efficiency::race(places, efficiency::make_aws_adaptive().get(), seed),
         efficiency::race(places, efficiency::make_aws_adaptive().get(), seed));
    same(efficiency::run_leat(places, seed), efficiency::run_leat(places, seed));
}

}  // namespace
}  // namespace sim_test
