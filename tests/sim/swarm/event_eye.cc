// tests/sim/swarm/event_eye.cc: see event_eye.h. Depends on load.h.
// Invariant: a finding names the rule that broke, not the event that showed it.
#include "sim/swarm/event_eye.h"

#include <string.h>

namespace swarm {

uint64_t metric(const leat_client* client, const char* name) {
    leat_metric one;
    leat_metric_init(&one);
    for (uint32_t i = 0; leat_metric_at(client, i, &one) == LEAT_OK; ++i) {
        const bool is_it =
            one.name.size == strlen(name) && memcmp(one.name.data, name, one.name.size) == 0;
        if (is_it) return static_cast<uint64_t>(one.value);
    }
    return UINT64_MAX;
}

EventEye::EventEye(leat_client* client, Verdict* verdict) : client_(client), verdict_(verdict) {
    leat_observer observer;
    leat_observer_init(&observer);
    observer.user = this;
    observer.on_event = on_event;
    if (leat_observer_add(client, &observer) != LEAT_OK) verdict->fail("events", "not listening");
}

void EventEye::on_event(void* user, const leat_observation* observation) {
    static_cast<EventEye*>(user)->take(*observation);
}

void EventEye::take_item_end(const leat_observation& observation) {
    ++item_ends_;
    const auto open = calls_.find({observation.batch, observation.index});
    // Of twins the other one may still have to be dropped: never more than one.
    if (open == calls_.end()) return;
    if (open->second > 0) verdict_->fail("events", "an item ended with a call under way");
    calls_.erase(open);
}

void EventEye::take(const leat_observation& observation) {
    ++counts_[observation.what];
    const std::pair<const leat_batch*, uint64_t> item = {observation.batch, observation.index};
    switch (static_cast<uint32_t>(observation.what)) {
        case LEAT_OBSERVED_BATCH_STARTED:
            ++batches_open_;
            return;
        case LEAT_OBSERVED_BATCH_COMPLETED:
            if (batches_open_-- == 0) verdict_->fail("events", "a batch ended that never began");
            return;
        case LEAT_OBSERVED_LLM_CALL_STARTED:
            if (++calls_[item] > 2) verdict_->fail("events", "an item has three calls under way");
            return;
        case LEAT_OBSERVED_LLM_CALL_FAILED:
            if (observation.duration_ms < 0) {
                --counts_[observation.what];  // it had not begun
                return;
            }
            [[fallthrough]];
        case LEAT_OBSERVED_LLM_CALL_ENDED:
            if (calls_[item] == 0) {
                verdict_->fail("events", "a call ended that never began");
            } else {
                --calls_[item];
            }
            return;
        case LEAT_OBSERVED_ITEM_COMPLETED:
        case LEAT_OBSERVED_ITEM_FAILED:
        case LEAT_OBSERVED_ITEM_SKIPPED:
        case LEAT_OBSERVED_ITEM_CANCELLED:
            take_item_end(observation);
            return;
        default:
            return;
    }
}

void EventEye::expect_equal(const char* what, uint64_t a, uint64_t b) {
    if (a == b) return;
    verdict_->fail("events", "%s: %llu and %llu", what, static_cast<unsigned long long>(a),
                   static_cast<unsigned long long>(b));
}

void EventEye::at_end() {
    expect_equal("calls begun and ended", count(LEAT_OBSERVED_LLM_CALL_STARTED),
                 count(LEAT_OBSERVED_LLM_CALL_ENDED) + count(LEAT_OBSERVED_LLM_CALL_FAILED));
    expect_equal("tools begun and ended", count(LEAT_OBSERVED_TOOL_CALL_STARTED),
                 count(LEAT_OBSERVED_TOOL_CALL_ENDED));
    expect_equal("batches begun and ended", count(LEAT_OBSERVED_BATCH_STARTED),
                 count(LEAT_OBSERVED_BATCH_COMPLETED));
    expect_equal("processing begun and ended", count(LEAT_OBSERVED_PROCESSING_STARTED),
                 count(LEAT_OBSERVED_PROCESSING_COMPLETED));
    expect_equal("workers begun and ended", count(LEAT_OBSERVED_WORKER_STARTED),
                 count(LEAT_OBSERVED_WORKER_STOPPED));
    expect_equal("items ended and counted", item_ends_,
                 metric(client_, "batch_llm_items_processed"));
    expect_equal("items failed and counted", count(LEAT_OBSERVED_ITEM_FAILED),
                 metric(client_, "batch_llm_items_failed"));
    expect_equal("calls and their count", count(LEAT_OBSERVED_LLM_CALL_STARTED),
                 metric(client_, "leat_calls_total"));
    expect_equal("rate limits and their count", count(LEAT_OBSERVED_RATE_LIMIT_HIT),
                 metric(client_, "batch_llm_rate_limits_hit"));
    if (count(LEAT_OBSERVED_COOLDOWN_ENDED) > count(LEAT_OBSERVED_COOLDOWN_STARTED)) {
        verdict_->fail("events", "more pauses ended than began");
    }
    leat_stats stats;
    leat_get_stats(client_, &stats);
    expect_equal("requests and calls", stats.requests_sent, count(LEAT_OBSERVED_LLM_CALL_STARTED));
}

}  // namespace swarm
