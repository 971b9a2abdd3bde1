// api/estimate.h: what the estimates of one request and of many share. Depends on leat/meter.h.
// Pure; what is given is only looked at.
#pragma once

#include <leat/meter.h>

#include "base/bytes.h"

namespace leat {

// How the tokens of a text are counted.
struct TokenCounter {
    uint32_t estimator;                            // LEAT_ESTIMATE_*
    uint64_t (*count)(void* user, leat_str text);  // instead, unless nullptr
    void* user;
};

// The input tokens of a request (M7).
uint64_t estimate_input(const leat_request& request, const TokenCounter& counter);

// The model that the request names, itself or in its ready body; empty when it names none.
Text model_of_request(const leat_request& request);

// Fills in how long all of it takes at the limits: the longest of what each makes of it.
void estimate_time(const leat_estimate_config& config, leat_estimate* estimate);

}  // namespace leat
