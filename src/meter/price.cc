// meter/price.cc: see price.h. Sums saturate: a hostile peer's counts cannot wrap around.
// Depends on base.
#include "meter/price.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {

namespace {

constexpr double tokens_per_price = 1e6;
constexpr uint64_t amount_max = UINT64_MAX / 8;

uint64_t saturated(double amount) {
    if (!(amount > 0)) return 0;
    return amount < static_cast<double>(amount_max) ? static_cast<uint64_t>(amount) : amount_max;
}

uint64_t priced(double usd, uint64_t tokens) {
    const double each = usd * (amounts_per_dollar / tokens_per_price);
    return saturated(each * static_cast<double>(tokens) + 0.5);
}

}  // namespace

uint64_t dollars(double usd) { return saturated(usd * amounts_per_dollar); }

bool cost_of(const leat_price& price, const leat_usage& usage, uint64_t* amount) {
    LEAT_CHECK(amount != nullptr);
    *amount = 0;
    if (!is_priced(price) || usage.input_tokens < 0 || usage.output_tokens < 0) return false;
    const uint64_t input = static_cast<uint64_t>(usage.input_tokens);
    const uint64_t told =
        usage.cached_input_tokens > 0 ? static_cast<uint64_t>(usage.cached_input_tokens) : 0;
    const uint64_t cached = min_of(told, input);
    const double cached_usd = price.cached_input >= 0 ? price.cached_input : price.input;
    *amount = priced(price.input, input - cached) + priced(cached_usd, cached) +
              priced(price.output, static_cast<uint64_t>(usage.output_tokens));
    return true;
}

uint64_t cost_expected(const leat_price& price, uint64_t input_tokens, uint64_t output_tokens) {
    if (!is_priced(price)) return 0;
    return priced(price.input, input_tokens) + priced(price.output, output_tokens);
}

}  // namespace leat
