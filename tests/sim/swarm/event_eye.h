// tests/sim/swarm/event_eye.h: listens to all events of a client, and holds them against each other and
// against the metrics: what begins ends once, each item ends once, and the counters say the same.
// Depends on load.h and leat's public headers. Invariant: it only listens.
#pragma once

#include <map>
#include <utility>

#include "sim/swarm/load.h"

namespace swarm {

// The value of the first metric of that name; UINT64_MAX when there is none.
uint64_t metric(const leat_client* client, const char* name);

class EventEye {
public:
    // Before the first batch is opened.
    EventEye(leat_client* client, Verdict* verdict);
    EventEye(const EventEye&) = delete;
    EventEye& operator=(const EventEye&) = delete;
    // All batches are closed, the client is still open.
    void at_end();

private:
    static void on_event(void* user, const leat_observation* observation);
    void take(const leat_observation& observation);
    void take_item_end(const leat_observation& observation);
    uint64_t count(leat_observed what) const { return counts_[what]; }
    void expect_equal(const char* what, uint64_t a, uint64_t b);

    leat_client* client_;
    Verdict* verdict_;
    uint64_t counts_[LEAT_OBSERVED_END_] = {};
    uint64_t item_ends_ = 0;
    uint32_t batches_open_ = 0;
    std::map<std::pair<const leat_batch*, uint64_t>, uint32_t> calls_;  // of each item, open now
};

}  // namespace swarm
