// flow/admission/target.cc: where a batch's items go: its targets, their ranks and weights; what becomes of
// an item whose target failed it, and of a target that answers nobody any more (abort_on).
// Depends on pace, provider. Invariant: a fresh item goes to a target of the lowest rank that has an
// endpoint in use; an item never goes back to a lower rank, and to another endpoint of its own rank only
// when its own was stopped.
#include "base/check.h"
#include "base/mutant.h"
#include "base/narrow.h"
#include "flow/admission/admission.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"
#include "flow/observe/events.h"
#include "flow/outcome/outcome.h"
#include "flow/report.h"
#include "flow/request/request.h"

namespace leat {

namespace {

constexpr uint32_t rank_none = UINT32_MAX;
// After successes one failure may be a mistake of the service: so many in a row are not.
constexpr uint32_t failures_that_stop = 3;

void put_target(Batch* batch, Endpoint* endpoint, const leat_target& from) {
    LEAT_CHECK(batch->targets_count < LEAT_TARGETS_MAX);
    Target* const target = &batch->targets[batch->targets_count++];
    target->endpoint = endpoint;
    target->model = from.model;
    target->rank = from.rank;
    target->fall_on = from.fall_on != 0 ? from.fall_on : uint32_t{LEAT_ON_FALLBACK};
    target->weight = from.weight != 0 ? from.weight : 1.0;
    target->served = 0;
    target->uses_table = false;
    // Whoever opens a batch gives the endpoint another chance.
    endpoint->stopped = LEAT_OK;
    endpoint->failures_in_a_row = 0;
    endpoint->had_success = false;
}

// An endpoint with a pool of keys stands for all of them.
void put_pool(Engine* engine, Batch* batch, const leat_target& from) {
    const uint32_t count = max_of(engine->endpoints[from.endpoint].pool_count, uint32_t{1});
    for (uint32_t i = 0; i < count && batch->targets_count < LEAT_TARGETS_MAX; ++i) {
        put_target(batch, &engine->endpoints[from.endpoint + i], from);
    }
}

uint32_t rank_in_use(const Batch& batch) {
    uint32_t rank = rank_none;
    for (uint32_t i = 0; i < batch.targets_count; ++i) {
        const Target& target = batch.targets[i];
        if (target.endpoint->stopped == LEAT_OK) rank = min_of(rank, target.rank);
    }
    return rank;
}

// The next target for an item that failed in that way; targets_count: none. Where nothing more is sent to
// an endpoint, those of its own rank take over: the other keys of a pool.
uint32_t next_target(const Batch& batch, uint32_t from, uint32_t family) {
    uint32_t best = batch.targets_count;
    const Target& left = batch.targets[from];
    const bool is_stopped = left.endpoint->stopped != LEAT_OK;
    for (uint32_t i = 0; i < batch.targets_count; ++i) {
        const Target& target = batch.targets[i];
        if (target.endpoint->stopped != LEAT_OK || i == from) continue;
        const bool takes_over = is_stopped && target.rank == left.rank;
        const bool falls = target.rank > left.rank && (target.fall_on & family) != 0;
        if (!takes_over && !falls) continue;
        if (best == batch.targets_count || target.rank < batch.targets[best].rank) best = i;
    }
    return best;
}

void forget_attempts(Item* item) {
    forget_last_attempt(item);
    item->attempts_before += item->attempts;
    item->attempts = 0;
    item->retry_drawn = 0;
    item->extra_pass = false;
    item->replayed = false;
}

// A fresh item would go out at once. Where one waits, of whatever model, others do for a connection.
bool could_fetch(Engine* engine, Endpoint* endpoint) {
    for (uint32_t i = 0; i < endpoint->domains_count; ++i) {
        if (!endpoint->domains[i].waiting.empty() && !LEAT_MUTANT_IF(13)) return false;
    }
    return endpoint->domains[0].gate.ask(engine->now_ns, Demand{}).admit;
}

// Nobody is left who could answer this batch's items.
void stop_if_alone(Engine* engine, Batch* batch, leat_status why) {
    if (rank_in_use(*batch) != rank_none || batch->stop != BatchStop::none) return;
    stop_batch(engine, batch, BatchStop::drain, why);
}

}  // namespace

void fill_targets(Engine* engine, Batch* batch) {
    LEAT_CHECK(batch->targets_count == 0);
    const leat_batch_config& config = batch->config;
    if (config.targets_count == 0) {
        leat_target only{};
        only.endpoint = config.endpoint;
        put_pool(engine, batch, only);
    }
    for (uint32_t i = 0; i < config.targets_count; ++i) {
        put_pool(engine, batch, config.targets[i]);
    }
    LEAT_CHECK(batch->targets_count >= 1);
}

Target* main_target(Batch* batch, const Endpoint* endpoint) {
    if (endpoint->stopped != LEAT_OK) return nullptr;
    if (batch->targets_count == 1) {
        return batch->targets[0].endpoint == endpoint ? &batch->targets[0] : nullptr;
    }
    const uint32_t rank = rank_in_use(*batch);
    for (uint32_t i = 0; i < batch->targets_count; ++i) {
        Target* const target = &batch->targets[i];
        if (target->rank == rank && target->endpoint == endpoint) return target;
    }
    return nullptr;
}

bool is_its_turn(Engine* engine, Batch* batch, const Target& target) {
    if (batch->targets_count == 1) return true;
    const double its = static_cast<double>(target.served) / target.weight;
    for (uint32_t i = 0; i < batch->targets_count; ++i) {
        const Target& other = batch->targets[i];
        if (other.rank != target.rank || &other == &target) continue;
        if (other.endpoint->stopped != LEAT_OK) continue;
        if (static_cast<double>(other.served) / other.weight >= its) continue;
        // It has had less than its share: it goes first, if it can go at all.
        if (could_fetch(engine, other.endpoint)) return false;
    }
    return true;
}

bool fall_back(Engine* engine, Item* item, leat_status status) {
    Batch* const batch = item->batch;
    const uint32_t family = leat_status_family(status);
    if (family == 0 || batch->targets_count == 1 || batch->stop != BatchStop::none ||
        item->cancel_asked) {
        return false;
    }
    const uint32_t next = next_target(*batch, item->target, family);
    if (next == batch->targets_count) return false;
    forget_attempts(item);
    item->target = next;
    item->endpoint = batch->targets[next].endpoint;
    item->domain = nullptr;
    ++item->result.fallbacks;
    ++batch->summary.fallbacks;
    saw_fallback(engine, item, status);
    begin_request(engine, item);
    return true;
}

bool has_relief(Engine* engine, const Batch& batch, const Target& target, leat_status trouble) {
    const uint32_t family = leat_status_family(trouble);
    if (family == 0 || batch.targets_count == 1 || batch.stop != BatchStop::none) return false;
    const uint32_t from = static_cast<uint32_t>(&target - batch.targets);
    const uint32_t next = next_target(batch, from, family);
    return next != batch.targets_count && could_fetch(engine, batch.targets[next].endpoint);
}

bool divert(Engine* engine, Item* item, leat_status trouble) {
    const Batch& batch = *item->batch;
    if (item->is_twin || item->cancel_asked ||
        !has_relief(engine, batch, batch.targets[item->target], trouble)) {
        return false;
    }
    leave_lists(engine, item);
    engine->work_pending = true;
    return fall_back(engine, item, trouble);
}

void note_success(Item* item) {
    item->endpoint->had_success = true;
    item->endpoint->failures_in_a_row = 0;
}

void note_failure(Engine* engine, Item* item, leat_status status) {
    Endpoint* const endpoint = item->endpoint;
    if ((endpoint->abort_on & leat_status_family(status)) == 0) return;
    ++endpoint->failures_in_a_row;
    const uint32_t most = endpoint->had_success ? failures_that_stop : 1;
    if (endpoint->failures_in_a_row < most || endpoint->stopped != LEAT_OK) return;
    endpoint->stopped = status;
    endpoint->stop_pending = true;
    engine->stops_pending = true;
    report(engine, LEAT_LOG_WARNING, endpoint, text("nothing more is sent here"), status);
}

void stop_endpoints(Engine* engine) {
    for (uint32_t i = 0; i < engine->endpoints_count; ++i) {
        Endpoint* const endpoint = &engine->endpoints[i];
        if (!endpoint->stop_pending) continue;
        endpoint->stop_pending = false;
        for (uint32_t k = 0; k < engine->config.batches_max; ++k) {
            Batch* const batch = &engine->batches[k];
            if (batch->open) stop_if_alone(engine, batch, endpoint->stopped);
        }
        for (uint32_t k = 0; k < engine->items_count; ++k) {
            Item* const item = &engine->items[k];
            const bool waits =
                item->state == ItemState::waiting || item->state == ItemState::sleeping;
            if (!waits || item->endpoint != endpoint) continue;
            leave_lists(engine, item);
            if (fall_back(engine, item, endpoint->stopped)) continue;
            finish_item(engine, item, LEAT_CANCELLED, endpoint->stopped, LEAT_STAGE_WAITING);
        }
    }
}

}  // namespace leat
