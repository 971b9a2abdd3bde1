// tests/efficiency/leat_run.h: leat itself in a scenario: the public C interface, an endpoint as
// leat_endpoint_config_init makes it, the simulated network.
// Depends on scenario.h and leat's public headers. Invariant: nothing of the scenario reaches the
// client's configuration.
#pragma once

#include "efficiency/scenario.h"

namespace efficiency {

Outcome run_leat(const Scenario& scenario, uint64_t seed);

}  // namespace efficiency
