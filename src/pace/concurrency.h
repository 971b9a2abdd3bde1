// pace/concurrency.h: how many requests of a limit domain may be on the wire at once. Either a
// fixed number, or one that finds itself: it grows while it is in use and answers come (by one for
// each success at first, later by one for each round), and gives way when the service shows that it
// is under pressure. A 429 that no known limit explains may mean too many at once or too many in a
// minute. Too many at once is always the same number: so a request that was one more than any that
// had worked since the last 429 makes a ceiling, and one that is refused below that ceiling shows
// that it was the rate.
// Depends on demand.h and base. Time is an argument.
// Invariant: min <= permits <= max; after a cut a success must come before the next one (cascade
// damping).
#pragma once

#include <leat/config.h>
#include <stdint.h>

#include "base/narrow.h"
#include "pace/demand.h"

namespace leat {

struct ConcurrencyRules {
    uint32_t initial;  // where it begins
    uint32_t most;     // how far it may grow
    leat_adaptive adaptive;
};

class Concurrency {
public:
    void open(const ConcurrencyRules& rules, uint64_t now_ns);
    uint32_t initial() const { return min_of(rules_.initial, rules_.most); }
    uint32_t permits(uint64_t now_ns) const;
    // When there will be one more without any answer (the start-up ramp, B43); never_ns: not so.
    uint64_t opens_at(uint64_t now_ns) const;

    void succeeded(uint64_t now_ns, const Ticket& ticket);
    // A 429 that no known limit explains, the first after a pause; in_flight: how many are left on
    // the wire. True when there were too many at once: then there is a ceiling now.
    bool refused(uint64_t now_ns, const Ticket& ticket, uint64_t latest, uint32_t in_flight);
    // Another 429 of the same burst: it was not being served either when the first one came back.
    void refused_too(const Ticket& ticket);
    // It was neither a known limit nor a number of requests, and no rate is learnt: gives way.
    void yield(const Ticket& ticket, uint64_t latest);
    // The service is overloaded: gives way when that is more than a single case (is_outage).
    void overloaded(const Ticket& ticket, uint64_t latest, bool is_outage);
    // A timeout or a broken connection: gives way when they are many, once for all that were sent
    // before.
    void troubled(const Ticket& ticket, uint64_t latest);
    // A first byte came after so long (adaptive.latency_factor).
    void first_byte(uint64_t now_ns, const Ticket& ticket, uint64_t latest, uint64_t waited_ns);

private:
    bool adapts() const { return rules_.adaptive.enabled != 0; }
    uint64_t ramp_ns() const { return uint64_t{rules_.adaptive.ramp_ms} * 1000000; }
    void cut(const Ticket& ticket, uint64_t latest, double factor);
    void obey_ceiling();
    void grow(uint64_t now_ns, const Ticket& ticket);

    ConcurrencyRules rules_{};
    double limit_ = 1;
    double soft_ceiling_ = 0;    // where it was last cut: slower from here on; 0: never was
    double limit_before_ = 0;    // the ceiling; comes back when that was a mistake
    uint32_t ceiling_ = 0;       // refused above it; 0: none
    uint32_t proven_ = 0;        // most in flight of a success since the last 429
    uint64_t event_number_ = 0;  // requests up to this one were sent before the last 429 ...
    uint64_t event_before_ = 0;  // ... and before the one before
    bool burst_lowers_ = false;  // that one made the ceiling: the others of its burst lower it
    uint64_t ceiling_until_ns_ = 0;
    uint64_t ceiling_until_number_ = 0;  // both are to be over before it is tried again
    uint64_t ceiling_wait_ns_ = 0;       // until it is tried again; doubles
    uint64_t barred_until_ns_ = 0;       // a ceiling was a mistake: no new one before this
    uint64_t cut_number_ = 0;            // requests up to this one were sent before the last cut
    bool cut_works_ = true;              // one that was sent after it has succeeded
    uint64_t opened_ns_ = 0;
    double trouble_ = 0;             // share of answers that were none, lately
    double first_byte_ns_ = 0;       // usual, and ...
    double first_byte_slow_ns_ = 0;  // ... when nothing waits
    uint64_t first_byte_at_ns_ = 0;
};

}  // namespace leat
