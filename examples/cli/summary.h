// cli/summary.h: the table that ends a run, on stderr.
// Reads counters only.
#pragma once

#include <leat/client.h>

#include "cli/service.h"
#include "cli/shared_context.h"
#include "cli/tally.h"
#include "cli/terminal.h"

namespace cli {

struct SummaryFacts {
    const Tally* tally;
    leat_stats stats;
    leat_summary summary;
    const Service* people;    // who may have answered
    const SharedContext* context;
    double budget_usd;        // 0: none
    double wall_ms;
    const char* service;
    const char* output;
    const char* stopped;      // why the run ended early; nullptr: it did not
    uint64_t unfinished;      // items that have no record now
    size_t block_bytes;
    size_t resident_bytes;    // of the whole process, at its peak
    uint64_t ids_capacity;
    size_t ids_bytes;
};

void print_summary(const SummaryFacts& facts, const Terminal& terminal);

}  // namespace cli
