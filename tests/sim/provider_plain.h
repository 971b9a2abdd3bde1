// tests/sim/provider_plain.h: what tests of the simulated service begin with: one without limits, all
// of whose answers take the same; and the service alone, without a network.
// Depends on port/sim/provider_model.h.
#pragma once

#include <gtest/gtest.h>

#include "port/sim/provider_model.h"

namespace sim_test {

// Answers of 100 tokens begin after a second and take another one.
inline leat_sim_provider_config plain_provider() {
    leat_sim_provider_config config;
    leat_sim_provider_config_init(&config);
    config.first_byte_ms = {1000, 0};
    config.token_us = {10000, 0};
    config.output_tokens = {100, 0};
    return config;
}

struct Model : leat_simulator::ProviderModel {
    static constexpr uint64_t start_ns = 5000000000;

    explicit Model(const leat_sim_provider_config& config, uint64_t seed = 1) {
        EXPECT_TRUE(config_is_valid(config));
        open(config, seed, start_ns);
    }
    // at_ns after the start; the request is through at once.
    leat_simulator::ProviderReason ask(uint64_t at_ns, uint64_t input_tokens = 1) {
        const leat_simulator::ProviderVerdict verdict = arrive(start_ns + at_ns, input_tokens, 0);
        if (verdict.reason == leat_simulator::ProviderReason::admitted) leave();
        return verdict.reason;
    }
};

}  // namespace sim_test
