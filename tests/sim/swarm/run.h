// tests/sim/swarm/run.h: one seed from its scenario to its verdict. Depends on everything in this
// folder. Invariant: the same seed gives the same verdict and the same hash, whatever ran before.
#pragma once

#include <stdint.h>

#include "sim/swarm/verdict.h"

namespace swarm {

// What all seeds of a run did together, to see that the trouble they are meant for is there.
struct Tally {
    uint64_t seeds = 0;
    uint64_t steps = 0;
    uint64_t steps_most = 0;
    uint64_t virtual_ms = 0;
    uint64_t after_heal_ms_most = 0;
    uint64_t steps_after_heal_most = 0;
    uint64_t items = 0;
    uint64_t succeeded = 0;
    uint64_t failed = 0;
    uint64_t cancelled = 0;
    uint64_t rate_limited = 0;
    uint64_t retries = 0;
    uint64_t replays = 0;
    uint64_t resumed = 0;
    uint64_t rounds = 0;  // of tools
    uint64_t rejected = 0;
    uint64_t skipped = 0;  // by middleware
    uint64_t rescued = 0;
    uint64_t cached = 0;
    uint64_t paused_sends = 0;
    uint64_t pauses_seen = 0;
};

struct Outcome {
    Verdict verdict;
    uint64_t hash = 0;  // over the simulator's trace and all results
};

Outcome run_seed(uint64_t seed, Tally* tally);

}  // namespace swarm
