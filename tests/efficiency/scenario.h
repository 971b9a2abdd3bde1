// tests/efficiency/scenario.h: the services that clients race against, and what is measured.
// Depends on leat/sim_provider.h. Everybody has an endless backlog of the same request. Invariant:
// the same scenario and seed draw the same answers for every client.
#pragma once

#include <leat/sim_provider.h>

#include <cstdint>
#include <vector>

namespace efficiency {

constexpr uint64_t second_us = 1000000;
constexpr uint64_t warm_up_ms = 5 * 60 * 1000;
constexpr uint64_t measured_ms = 60 * 60 * 1000;
constexpr uint64_t end_ms = warm_up_ms + measured_ms;
constexpr uint64_t input_tokens = 75;  // of each request

struct Scenario {
    const char* name;
    leat_sim_provider_config config;
    // What the provider's pages say, for clients whose users type it in; 0: nothing.
    double published_requests_per_minute;
    double published_tokens_per_minute;
    // What a careful user would ask for: hardly an answer is longer.
    uint64_t max_tokens;
};

// The five of the table.
std::vector<Scenario> scenarios(bool with_headers);
// Others, to see whether a client was made for those five.
std::vector<Scenario> more_scenarios(bool with_headers);

// At one moment of a run.
struct Count {
    uint64_t requests = 0;
    uint64_t refused = 0;  // 429
    uint64_t answered = 0;
};

struct Outcome {
    double capacity_percent = 0;      // answered, of what could have been, after the warm-up
    double refused_percent = 0;       // of the requests after the warm-up
    double refused_percent_ever = 0;  // of all, the start included
    uint64_t failed_items = 0;        // given up, the start included
    uint32_t in_flight_peak = 0;      // inside the service
};

Outcome outcome_of(const Count& warm, const Count& end, double capacity, uint64_t failed_items);

}  // namespace efficiency
