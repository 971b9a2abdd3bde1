// tests/sim/swarm/pause_eye.cc: see pause_eye.h. Depends on it alone. Invariant: a pause that is not
// looked at is no finding.
#include "sim/swarm/pause_eye.h"

namespace swarm {

PauseEye::PauseEye(const Scenario& scenario, Network* network, uint64_t pause_least_ns,
                   Verdict* verdict)
    : network_(network), verdict_(verdict), pause_least_ns_(pause_least_ns) {
    const bool late_bytes = scenario.has(Fault::clog) || scenario.has(Fault::small_buffers) ||
                            scenario.has(Fault::chunks);
    const bool one = scenario.services.size() == 1 && scenario.endpoints[0].keys == 1;
    looks_ = one && !scenario.several_models && !late_bytes;
    way_ns_ = scenario.services[0].link.up_ns + scenario.services[0].link.jitter_ns;
}

void PauseEye::after_step(const leat_client* client) {
    if (!looks_ || paused_at_ns_ != 0) return;
    leat_stats stats = {};
    leat_get_stats(client, &stats);
    if (stats.rate_limited == 0) return;
    paused_at_ns_ = leat_sim_now_ns(network_->sim());
    on_their_way_ = stats.in_flight;
}

void PauseEye::at_end() {
    if (!looks_ || paused_at_ns_ == 0) return;
    const uint64_t from_ns = paused_at_ns_ + way_ns_;
    const uint64_t until_ns = paused_at_ns_ + pause_least_ns_;
    uint32_t arrived = 0;
    for (const Arrival& arrival : network_->services()[0]->arrivals) {
        if (arrival.at_ns > from_ns && arrival.at_ns < until_ns) ++arrived;
    }
    if (arrived > on_their_way_) {
        verdict_->fail("pause-seen", "%u requests came during a pause, %u were on their way",
                       arrived, on_their_way_);
    }
}

}  // namespace swarm
