// pace/demand.h: what a request asks of the limits, what it took when it was let through, and the
// glossary of limits. Depends on leat/client.h for the limiters' names.
// Invariant: a ticket is made by Gate::admit and handed back to the same gate.
#pragma once

#include <leat/client.h>
#include <stdint.h>

namespace leat {

struct Demand {
    uint64_t input_tokens = 0;
    uint64_t output_tokens = 0;
};

enum class Resource : uint8_t { requests, tokens, input_tokens, output_tokens };
constexpr uint32_t resources_count = 4;
constexpr uint32_t index_of(Resource resource) { return static_cast<uint32_t>(resource); }
constexpr leat_limiter limiter_of(Resource resource) {
    return resource == Resource::requests ? LEAT_LIMITER_REQUESTS : LEAT_LIMITER_TOKENS;
}

inline uint64_t amount_of(const Demand& demand, Resource resource) {
    switch (resource) {
        case Resource::requests:
            return 1;
        case Resource::tokens:
            return demand.input_tokens + demand.output_tokens;
        case Resource::input_tokens:
            return demand.input_tokens;
        case Resource::output_tokens:
            return demand.output_tokens;
    }
    return 0;
}

// All that was ever reserved.
struct Totals {
    uint64_t number = 0;  // of requests
    uint64_t input_tokens = 0;
    uint64_t output_tokens = 0;
};

struct Ticket {
    Demand demand;
    Totals totals;  // this request included
    uint64_t admitted_ns = 0;
    uint64_t allowance = 0;   // its number there
    uint32_t generation = 0;  // of the domain's pauses
    uint32_t in_flight = 0;   // this request included
};

}  // namespace leat
