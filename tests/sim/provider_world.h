// tests/sim/provider_world.h: a client of leat that talks to a simulated provider, which keeps its
// limits and counts what was over.
// Depends on sim_world.h and leat/sim_provider.h. Invariant: what went into the service has left it
// when the world ends.
#pragma once

#include <leat/sim_provider.h>

#include "sim/sim_world.h"

namespace sim_test {

class ProviderWorld : public World {
public:
    explicit ProviderWorld(const leat_sim_provider_config& config, const Options& with = Options())
        : World(with) {
        memory_.resize(leat_sim_provider_bytes() / sizeof(Cell) + 1);
        EXPECT_EQ(leat_sim_provider_open(memory_.data(), memory_.size() * sizeof(Cell), sim,
                                         &config, &provider),
                  LEAT_OK);
        const leat_sim_handler handler = leat_sim_provider_handler(provider);
        EXPECT_EQ(leat_sim_host_add(sim, LEAT_STR("10.0.0.9"), 80, &handler, &service), LEAT_OK);
        name("llm.test", "10.0.0.9");
        setup.endpoint.base_url = LEAT_STR("http://llm.test/v1");
    }
    ~ProviderWorld() {
        close();
        EXPECT_EQ(counts().in_flight, 0u);
    }
    leat_sim_provider_stats counts() const {
        leat_sim_provider_stats out;
        leat_sim_provider_get_stats(provider, &out);
        return out;
    }

    leat_sim_provider* provider = nullptr;
    leat_sim_host* service = nullptr;

private:
    struct alignas(16) Cell {
        char bytes[16];
    };
    std::vector<Cell> memory_;
};

}  // namespace sim_test
