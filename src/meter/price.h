// meter/price.h: what tokens cost. Amounts are dollars times 10^12, so that sums of many small ones are
// exact. Pure; depends on the public types and base.
// Invariant: an unknown price or usage never counts as nothing.
#pragma once

#include <leat/config.h>
#include <leat/types.h>

namespace leat {

constexpr double amounts_per_dollar = 1e12;

// Dollars as an amount; 0 for what is negative.
uint64_t dollars(double usd);
inline double to_dollars(uint64_t amount) {
    return static_cast<double>(amount) / amounts_per_dollar;
}

inline bool is_priced(const leat_price& price) { return price.input >= 0 && price.output >= 0; }

// (input - cached) * p_in + cached * p_cached + output * p_out (G30): cached input replaces, it does
// not add. False when price or usage is unknown.
bool cost_of(const leat_price& price, const leat_usage& usage, uint64_t* amount);

// The most that a request is expected to cost, before it is sent.
uint64_t cost_expected(const leat_price& price, uint64_t input_tokens, uint64_t output_tokens);

}  // namespace leat
