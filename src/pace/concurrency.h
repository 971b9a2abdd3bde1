// pace/concurrency.h: how many requests of a limit domain may be on the wire at once. Either a fixed
// number, or one that finds itself: it grows while it is in use and answers come (by one for each
// success at first, later by one for each round), and gives way when the service shows that it is
// under pressure. What was refused is remembered as a ceiling, which is tried again ever more rarely.
// Depends on demand.h and base. Time is an argument.
// Invariant: min <= permits <= max; after a cut a success must come before the next one (cascade
// damping).
#pragma once

#include <leat/config.h>
#include <stdint.h>

#include "pace/demand.h"

namespace leat {

struct ConcurrencyRules {
    uint32_t initial;   // where it begins
    uint32_t most;      // how far it may grow
    leat_adaptive adaptive;
};

class Concurrency {
public:
    void open(const ConcurrencyRules& rules, uint64_t now_ns);
    uint32_t permits(uint64_t now_ns) const;
    // When there will be one more without any answer (the start-up ramp, B43); never_ns: not so.
    uint64_t opens_at(uint64_t now_ns) const;

    void succeeded(uint64_t now_ns, const Ticket& ticket);
    // A 429. True when no limit of requests or tokens is known to explain it and the request was one
    // more than what had been seen to work: then that is the new ceiling.
    bool refused(uint64_t now_ns, const Ticket& ticket, uint64_t latest, bool explained);
    // The service is overloaded: gives way when that is more than a single case (is_outage).
    void overloaded(uint64_t now_ns, const Ticket& ticket, uint64_t latest, bool is_outage);
    // A timeout or a broken connection: gives way when they are many, once for all that were sent
    // before.
    void troubled(uint64_t now_ns, const Ticket& ticket, uint64_t latest);
    // A first byte came after so long (adaptive.latency_factor).
    void first_byte(uint64_t now_ns, const Ticket& ticket, uint64_t latest, uint64_t waited_ns);

private:
    static constexpr uint64_t second_ns = UINT64_C(1000000000);

    bool adapts() const { return rules_.adaptive.enabled != 0; }
    uint32_t proven(uint64_t now_ns) const;
    void note_proven(uint64_t now_ns, uint32_t in_flight);
    void cut(const Ticket& ticket, uint64_t latest, double factor);
    void grow(uint64_t now_ns, const Ticket& ticket);

    ConcurrencyRules rules_{};
    double limit_ = 1;
    double soft_ceiling_ = 0;      // where it was last cut: slower from here on; 0: never was
    uint32_t ceiling_ = 0;         // refused above it; 0: none
    uint64_t ceiling_until_ns_ = 0;
    uint64_t ceiling_wait_ns_ = 0; // until it is tried again; doubles
    uint64_t cut_number_ = 0;      // requests up to this one were sent before the last cut
    bool cut_works_ = true;        // one that was sent after it has succeeded
    uint64_t opened_ns_ = 0;
    uint64_t proven_from_ns_ = 0;
    uint32_t proven_now_ = 0;      // most in flight of a success, in this span ...
    uint32_t proven_before_ = 0;   // ... and in the one before
    double trouble_ = 0;           // share of answers that were none, lately
    double first_byte_ns_ = 0;     // usual, and ...
    double first_byte_slow_ns_ = 0; // ... when nothing waits
    uint64_t first_byte_at_ns_ = 0;
};

}  // namespace leat
