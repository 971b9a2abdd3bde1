// port/sim/provider_http.h: the parts of a simulated provider's HTTP face: what it reads off a
// request, and what it writes for a verdict.
// Depends on provider_model.h and leat/sim.h. Pure, but for the response that is filled.
// Invariant: an answer's usage is the tokens that the model has taken.
#pragma once

#include <leat/sim.h>

#include "provider_model.h"

namespace leat_simulator {

// "max_tokens" or "max_completion_tokens" of a request's body; 0: neither is there.
uint64_t read_max_tokens(leat_str body);

// Status, body and all headers. wall_ms is of now; 0: the world has no wall clock.
void write_answer(const ProviderModel& model, const ProviderVerdict& verdict, int64_t wall_ms,
                  leat_sim_response* response);

}  // namespace leat_simulator
