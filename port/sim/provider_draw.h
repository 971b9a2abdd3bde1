// port/sim/provider_draw.h: chance of a simulated provider: its own stream of numbers, and lengths
// with a log-normal distribution.
// Depends on leat/sim_provider.h. All of it is integer arithmetic: no libm, no rounding that a
// compiler may choose. Invariant: the same seed gives the same lengths on every target.
#pragma once

#include <leat/sim_provider.h>

namespace leat_simulator {

constexpr double spread_median_max = 1e6;
constexpr double spread_sigma_max = 4;

// Splitmix64: one word of state, so a copy of a model goes on alike.
struct ProviderChance {
    uint64_t state;

    uint64_t next();
    uint64_t below(uint64_t limit) { return limit == 0 ? 0 : next() % limit; }
    // True with a chance of parts in 2^32.
    bool happens(uint64_t parts) { return (next() >> 32) < parts; }
};

// A spread in whole numbers. Scaling by powers of two is exact, so these conversions are too.
struct ProviderSpread {
    int64_t median_1024ths;
    int64_t sigma_65536ths;

    // In 1024ths of the spread's unit.
    uint64_t draw(ProviderChance* chance) const;
};

bool spread_is_valid(const leat_sim_spread& spread);
ProviderSpread spread_of(const leat_sim_spread& spread);
// The mean of what draw gives, in the spread's unit: above the median, as the tail is long.
double spread_mean(const leat_sim_spread& spread);
uint64_t chance_parts(double chance);

}  // namespace leat_simulator
