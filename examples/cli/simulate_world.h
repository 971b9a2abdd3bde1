// cli/simulate_world.h: a simulated network with one provider in it, made from the options.
// Depends on the simulated port; without it there is no such world. Must outlive the client in it.
#pragma once

#if LEAT_CLI_HAS_SIM

#include <leat/sim.h>
#include <leat/sim_provider.h>

#include "cli/mapped_block.h"
#include "cli/simulate.h"

namespace cli {

constexpr uint64_t bytes_per_token = 4;  // as the provider counts a request

class SimulatedWorld {
public:
    // False after it has said why on stderr.
    bool open(const SimulateSettings& settings, uint64_t in_flight);

    leat_sim* sim() const { return sim_; }
    uint64_t now_ns() const { return leat_sim_now_ns(sim_); }
    leat_sim_provider_stats stats() const;
    // What the provider can serve between two moments, in requests of so many input tokens.
    double capacity(uint64_t from_ms, uint64_t to_ms, double input_tokens) const;

private:
    bool open_network(const SimulateSettings& settings, uint64_t in_flight);
    bool open_provider(const SimulateSettings& settings);
    bool open_host();

    MappedBlock network_block_;
    MappedBlock provider_block_;
    leat_sim* sim_ = nullptr;
    leat_sim_provider* provider_ = nullptr;
};

// Says on stderr what failed, and why; false.
bool refuse_simulation(const char* what, leat_status status, const char* field);

}  // namespace cli

#endif
