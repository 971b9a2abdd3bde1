// tests/sim/swarm/budget_model.h: what an endpoint may send in any window of time, by its configuration:
// requests and tokens in a minute. Depends on leat/config.h only.
// Invariant: the bound is burst + rate x t for every window, checked in one pass over what was sent.
#pragma once

#include <leat/config.h>
#include <stdint.h>

#include <vector>

#include "sim/swarm/verdict.h"

namespace swarm {

class BudgetModel {
public:
    BudgetModel(const leat_endpoint_config& config, Verdict* verdict)
        : config_(config), verdict_(verdict) {}

    // An attempt was given its permit at this moment; in any order within a step.
    void dispatched(uint64_t at_ns);
    void step_over();
    // An answer told how many tokens its request took, which was dispatched then.
    void used(uint64_t dispatched_ns, uint64_t tokens);
    // When all is over.
    void check_tokens();

private:
    struct Spend {
        uint64_t at_ns;
        uint64_t tokens;
    };

    leat_endpoint_config config_;
    Verdict* verdict_;
    std::vector<uint64_t> fresh_;  // dispatches of this step
    std::vector<Spend> spends_;
    double sum_ = 0;
    double best_start_ = 1e18;
};

}  // namespace swarm
