// pace/estimate.h: what the next request will probably cost, learnt from the answers of its domain:
// moving averages of the tokens that an answer has, and of the tokens that a byte of a body makes.
// Depends on demand.h. Invariant: before an answer has told its usage, the configured guess stands.
#pragma once

#include "base/narrow.h"
#include "pace/demand.h"

namespace leat {

class Estimate {
public:
    void open(uint64_t output_guess) {
        *this = Estimate{};
        output_ = static_cast<double>(output_guess);
    }

    // output_most: the request's own bound, 0: none.
    Demand of(uint64_t body_bytes, uint64_t output_most) const {
        Demand demand;
        demand.input_tokens = whole(static_cast<double>(body_bytes) * input_per_byte_);
        demand.output_tokens = whole(output_);
        if (output_most != 0) demand.output_tokens = min_of(demand.output_tokens, output_most);
        return demand;
    }

    // An answer told its usage.
    void learn(uint64_t body_bytes, uint64_t input_tokens, uint64_t output_tokens) {
        const double share = samples_ < samples_max ? 1.0 / (samples_ + 1) : 1.0 / samples_max;
        if (samples_ < samples_max) ++samples_;
        const double output = static_cast<double>(min_of(output_tokens, output_max));
        output_ += (output - output_) * share;
        if (body_bytes == 0) return;
        double ratio = static_cast<double>(input_tokens) / static_cast<double>(body_bytes);
        if (ratio > ratio_max) ratio = ratio_max;
        input_per_byte_ += (ratio - input_per_byte_) * share;
    }

private:
    static constexpr double ratio_guess = 0.25;  // four bytes a token
    static constexpr double ratio_max = 16.0;    // images; more is not to be believed
    static constexpr double tokens_max = 1e9;
    static constexpr uint64_t output_max = 1000000;  // neither is a longer answer
    static constexpr uint32_t samples_max = 50;

    static uint64_t whole(double tokens) {
        if (tokens >= tokens_max) return static_cast<uint64_t>(tokens_max);
        const uint64_t below = static_cast<uint64_t>(tokens);
        return tokens - static_cast<double>(below) < 0.5 ? below : below + 1;
    }

    double output_ = 0;
    double input_per_byte_ = ratio_guess;
    uint32_t samples_ = 0;
};

}  // namespace leat
