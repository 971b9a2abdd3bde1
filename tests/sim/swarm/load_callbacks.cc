// tests/sim/swarm/load_callbacks.cc: what the caller does inside leat's callbacks: it writes results
// down, submits more, and now and then cancels. Depends on load.h.
// Invariant: nothing here steps the client.
#include <algorithm>

#include "sim/swarm/load.h"

namespace swarm {

leat_status Load::on_source(void* user, leat_request* request) {
    BatchRun* const run = static_cast<BatchRun*>(user);
    Load* const self = run->load;
    if (run->accepted == run->plan->items.size()) {
        run->fed = true;
        return LEAT_E_DONE;
    }
    if (self->chance_.percent(run->plan->source_blocks_percent)) {
        run->wake_at_ns = self->now() + self->chance_.between(1, 60) * ms;
        return LEAT_E_WOULD_BLOCK;
    }
    self->fill(run, request);
    self->accept(run);
    return LEAT_OK;
}

// Calls from inside a callback: they are wishes that a later stage carries out.
void Load::meddle(BatchRun* run) {
    if (!run->plan->cancels_in_callback || run->accepted == 0) return;
    if (chance_.one_in(6)) {
        uint64_t index = chance_.below(run->accepted);
        // The oldest that is not over has often just been tried, or is about to be tried again.
        if (chance_.one_in(2)) {
            index = 0;
            while (index + 1 < run->accepted && run->records[index].progresses > 0) ++index;
        }
        cancel_item(run, index);
    }
    if (chance_.one_in(60)) cancel_batch(run, LEAT_CANCEL_DRAIN);
}

// Of every fourth scenario: whoever listens may act on what it hears.
void Load::watch() {
    if (!chance_.fork(8).one_in(4)) return;
    leat_observer listener;
    leat_observer_init(&listener);
    listener.user = this;
    listener.on_event = on_event;
    if (leat_observer_add(client_, &listener) != LEAT_OK) verdict_->fail("open", "not listening");
}

void Load::on_event(void* user, const leat_observation* observation) {
    Load* const self = static_cast<Load*>(user);
    if (!self->chance_.one_in(8)) return;
    for (BatchRun& run : self->batches_) {
        const bool is_it = run.opened && !run.closing && run.handle == observation->batch;
        if (is_it) self->meddle(&run);
    }
}

leat_keep Load::note(BatchRun* run, const leat_result& result) {
    if (result.index >= run->accepted) {
        verdict_->fail("one-result", "a result for item %llu, which was never accepted",
                       static_cast<unsigned long long>(result.index));
        return LEAT_RELEASE;
    }
    ++run->records[result.index].results;
    check_middleware(run, result, verdict_);
    check_result(*this, *run, result, verdict_);
    return chance_.percent(run->plan->keep_percent) ? LEAT_KEEP : LEAT_RELEASE;
}

leat_keep Load::on_result(void* user, const leat_result* result) {
    BatchRun* const run = static_cast<BatchRun*>(user);
    const leat_keep keep = run->load->note(run, *result);
    run->load->meddle(run);
    if (keep == LEAT_KEEP) run->kept.push_back(result);
    return keep;
}

void Load::on_progress(void* user, const leat_progress* progress) {
    BatchRun* const run = static_cast<BatchRun*>(user);
    Load* const self = run->load;
    const leat_result& result = *progress->result;
    if (self->observer) self->observer(result);
    if (result.index >= run->accepted) {
        self->verdict_->fail("one-result", "progress of item %llu, which was never accepted",
                             static_cast<unsigned long long>(result.index));
        return;
    }
    ++run->delivered;
    // What waits for leat_batch_next when its batch is closed dies without a word.
    const bool unheard = run->plan->by_next && run->closing;
    if (!unheard && (progress->completed != run->delivered || progress->total != run->accepted)) {
        self->verdict_->fail("one-result", "progress says %llu of %llu, seen were %llu of %llu",
                             static_cast<unsigned long long>(progress->completed),
                             static_cast<unsigned long long>(progress->total),
                             static_cast<unsigned long long>(run->delivered),
                             static_cast<unsigned long long>(run->accepted));
    }
    Record* const record = &run->records[result.index];
    ++record->progresses;
    record->at_ns = self->now();
    record->result = result;
    run->order.push_back(result.index);
}

void Load::on_writable(void* user, leat_batch* batch) {
    (void)batch;
    BatchRun* const run = static_cast<BatchRun*>(user);
    run->load->feed(run);
}

void Load::take_results() {
    for (BatchRun& run : batches_) {
        if (!run.opened || run.closed || !run.plan->by_next) continue;
        const leat_result* result = nullptr;
        while (leat_batch_next(run.handle, &result) == LEAT_OK) {
            if (note(&run, *result) == LEAT_KEEP) {
                run.kept.push_back(result);
            } else {
                leat_result_release(run.handle, result);
            }
        }
    }
}

}  // namespace swarm
