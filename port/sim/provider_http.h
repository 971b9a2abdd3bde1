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

// The name of the first tool that the request offers, in JSON, as long as fewer than `rounds` results
// of tools are in it; empty: there is nothing to call.
leat_str read_tool(leat_str body, uint32_t rounds);

// Status, body and all headers; a call of `tool` unless it is empty. wall_ms is of now; 0: the world has no
// wall clock.
void write_answer(const ProviderModel& model, const ProviderVerdict& verdict, leat_str tool,
                  int64_t wall_ms, leat_sim_response* response);

}  // namespace leat_simulator
