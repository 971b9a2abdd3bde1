// port/sim/provider_draw.cc: splitmix64, a normal distribution as a sum of twelve uniform ones, and
// an exponential by a polynomial in fixed point.
// Depends on provider_draw.h. The sum's tails end at six sigmas, which is what a model of a service
// wants anyway. Invariant: no floating point between the seed and a drawn length.
#include "provider_draw.h"

namespace leat_simulator {
namespace {

constexpr uint64_t drawn_max = uint64_t{1} << 50;  // 1024ths
constexpr int64_t one_30 = int64_t{1} << 30;       // 1 in 30 fractional bits
constexpr int64_t log2_e_30 = 1549082005;          // log2(e)
constexpr int64_t ln_2_30 = 744261118;             // ln(2)
constexpr int summands = 12;                       // the variance of their sum is 1
constexpr int taylor_terms = 10;  // the next one is below 2^-30 for arguments up to ln(2)

// A standard normal number in 32 fractional bits.
int64_t normal(ProviderChance* chance) {
    int64_t sum = 0;
    for (int i = 0; i < summands; i += 2) {
        const uint64_t word = chance->next();
        sum += static_cast<int64_t>(word >> 32) + static_cast<int64_t>(word & 0xffffffffu);
    }
    return sum - (int64_t{summands / 2} << 32);
}

// value * exp(x); x in 24 fractional bits, at most 4 * 6 in size.
uint64_t times_exp(uint64_t value, int64_t x) {
    const int64_t binary = x * log2_e_30;  // 54 fractional bits
    const int64_t whole = binary >> 54;
    const int64_t rest_30 = (binary - (whole << 54)) >> 24;
    const int64_t y = (rest_30 * ln_2_30) >> 30;
    int64_t power = one_30;  // exp(y), in [1, 2)
    for (int n = taylor_terms; n >= 1; --n) power = one_30 + ((y * power) >> 30) / n;
    const uint64_t scaled = (value * static_cast<uint64_t>(power)) >> 30;
    if (whole < 0) return whole <= -64 ? 0 : scaled >> static_cast<unsigned>(-whole);
    const unsigned up = static_cast<unsigned>(whole);
    return up >= 50 || scaled > (drawn_max >> up) ? drawn_max : scaled << up;
}

}  // namespace

uint64_t ProviderChance::next() {
    state += 0x9e3779b97f4a7c15u;
    uint64_t mixed = state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
}

uint64_t ProviderSpread::draw(ProviderChance* chance) const {
    const uint64_t median = static_cast<uint64_t>(median_1024ths);
    if (sigma_65536ths == 0) return median;
    return times_exp(median, (normal(chance) * sigma_65536ths) >> 24);
}

bool spread_is_valid(const leat_sim_spread& spread) {
    return spread.median >= 0 && spread.median <= spread_median_max && spread.sigma >= 0 &&
           spread.sigma <= spread_sigma_max;
}

ProviderSpread spread_of(const leat_sim_spread& spread) {
    return {static_cast<int64_t>(spread.median * 1024), static_cast<int64_t>(spread.sigma * 65536)};
}

// The mean of exp(sigma * u) for u uniform in +-1/2 is sinh(h)/h with h = sigma/2; twelve of them
// multiply. That is the mean of what is drawn, a little below exp(sigma^2/2).
double spread_mean(const leat_sim_spread& spread) {
    const double square = spread.sigma * spread.sigma / 4;
    double term = 1;
    double one = 1;
    for (int n = 2; n <= 20; n += 2) {
        term = term * square / (n * (n + 1));
        one += term;
    }
    double all = spread.median;
    for (int i = 0; i < summands; ++i) all *= one;
    return all;
}

uint64_t chance_parts(double chance) { return static_cast<uint64_t>(chance * 4294967296.0); }

}  // namespace leat_simulator
