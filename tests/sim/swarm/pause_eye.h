// tests/sim/swarm/pause_eye.h: looks at a pause as the service sees it: after the first rate limit has
// been delivered to the client, nothing may arrive until the pause is over, save what was on its way.
// Depends on network.h and leat's public headers; knows nothing of the engine.
// Invariant: it looks only where every arrival can be explained: one service, one key, one model, and
// a way on which bytes are late by no more than the link's own delays.
#pragma once

#include <leat/leat.h>

#include "sim/swarm/network.h"

namespace swarm {

class PauseEye {
public:
    // pause_least_ns: what a pause lasts at least.
    PauseEye(const Scenario& scenario, Network* network, uint64_t pause_least_ns, Verdict* verdict);

    void after_step(const leat_client* client);
    void at_end();
    bool has_seen_a_pause() const { return paused_at_ns_ != 0; }

private:
    Network* network_;
    Verdict* verdict_;
    uint64_t pause_least_ns_;
    uint64_t way_ns_ = 0;        // of a byte to the service, at most
    uint64_t paused_at_ns_ = 0;  // the end of the step in which the first rate limit came
    uint32_t on_their_way_ = 0;  // requests that were then let through already
    bool looks_ = false;
};

}  // namespace swarm
