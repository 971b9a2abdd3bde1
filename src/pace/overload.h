// pace/overload.h: the breaker of a limit domain: when a service answers nothing but overload (503,
// 529), the domain stops asking, and asks again with one request at a time after a tenth of the
// time that it has been down. Single overloads between successes open nothing: those items just try
// again.
// Depends on demand.h and base. Time is an argument.
// Invariant: a success that was sent after the last overload closes it at once.
#pragma once

#include <stdint.h>

#include "pace/demand.h"

namespace leat {

class Overload {
public:
    // An outage that lasts longer than this is no longer waited for.
    void open(uint64_t outage_most_ns) {
        *this = Overload{};
        outage_most_ns_ = outage_most_ns;
    }

    // A request was answered by an overload; latest: the newest number there is; wait_ns: what the
    // service asked for, 0 if nothing. Returns how long to pause, 0: not at all.
    uint64_t overloaded(uint64_t now_ns, const Ticket& ticket, uint64_t latest, uint64_t wait_ns);
    void succeeded(uint64_t number);
    // The service is known to be down: finding it so again is nobody's failed attempt.
    bool is_open() const { return open_; }

    // While it is open, one request at a time asks whether the outage is over. One that has not
    // been refused for several times as long as refusals take is probably being served: the next
    // may go, long before its answer is whole. now_ns when nothing holds back.
    uint64_t ready_at(uint64_t now_ns) const {
        return probe_number_ != 0 && probe_until_ns_ > now_ns ? probe_until_ns_ : now_ns;
    }
    void admitted(uint64_t now_ns, uint64_t number);
    void released(uint64_t number) {
        if (number == probe_number_) probe_number_ = 0;
    }

private:
    uint64_t outage_most_ns_ = 0;
    uint64_t since_ns_ = 0;      // the first overload in this row
    uint64_t last_number_ = 0;   // the newest request that met one
    uint64_t stale_number_ = 0;  // requests up to this one were sent before the last pause
    uint64_t probe_number_ = 0;  // the one that asks, 0: none does
    uint64_t probe_until_ns_ = 0;
    uint64_t refusal_ns_ = 0;  // how long refusals take, lately
    uint32_t in_a_row_ = 0;
    bool open_ = false;
};

}  // namespace leat
