// flow/admission/hedge.cc: a second try of an item whose first one takes unusually long. It is an item of
// its own, a twin, with a slot, a permit and a connection of its own; it has one attempt. Whoever succeeds
// first is the item; the other one is dropped without a word.
// Depends on meter. Invariant: of twins exactly one gets a result; a twin is never accepted or counted.
#include "base/check.h"
#include "base/narrow.h"
#include "flow/admission/admission.h"
#include "flow/cache/cache.h"
#include "flow/conversation/conversation.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"
#include "flow/observe/events.h"
#include "flow/outcome/outcome.h"
#include "flow/request/request.h"
#include "meter/usage.h"

namespace leat {

namespace {

constexpr uint64_t samples_least = 20;  // before that nobody knows what is unusual
constexpr uint32_t share_percent_usual = 5;
constexpr uint64_t ms_ns = UINT64_C(1000000);

bool share_is_left(const Batch& batch) {
    const uint64_t percent = batch.config.hedge.share_percent != 0 ? batch.config.hedge.share_percent
                                                                   : share_percent_usual;
    return (batch.summary.hedges + 1) * 100 <= batch.sent * percent;
}

// A second try beside an item of a chain would be a second one in its turn.
bool is_in_chain(const Item& item) {
    return item.conversation != nullptr && takes_turns(*item.conversation);
}

bool may_hedge(const Engine& engine, const Item& item) {
    return item.batch->config.hedge.percentile > 0 && item.result.hedged == 0 && !item.is_twin &&
           !item.streams && !is_resource_call(item) && item.turns_count == 0 && !is_in_chain(item) &&
           item.state == ItemState::receiving && item.times.first_byte_ns == 0 &&
           item.domain->answer_ms.count() >= samples_least && share_is_left(*item.batch) &&
           item.batch->stop == BatchStop::none && !item.cancel_asked && !engine.free_items.empty();
}

void part(Item* item) {
    item->twin->twin = nullptr;
    item->twin = nullptr;
}

// Its slot is free: no result. It is off the wire and in no list.
void forget(Engine* engine, Item* item) {
    LEAT_CHECK(item->connection == nullptr && !item->link.linked());
    engine->timers.clear(&item->timer);
    item->state = ItemState::held;
    release_item(engine, item);
}

void drop(Engine* engine, Item* item) {
    if (on_wire(item->state)) {
        lease_end(engine, item, false);
        saw_cut(engine, item, LEAT_E_CANCELLED);
    } else {
        leave_lists(engine, item);
    }
    forget(engine, item);
}

// What the one who leaves had spent belongs to the one who stays.
void inherit(const Item& from, bool from_twin, Item* to) {
    // attempts_max bounds the item, not each try; the second try's one attempt comes on top.
    to->attempts_before += from.attempts_before + (from_twin ? from.attempts : 0);
    to->attempts += from_twin ? 0 : from.attempts;
    to->extra_pass = to->extra_pass || from.extra_pass;
    to->rate_limited += from.rate_limited;
    to->cost += from.cost;
    to->cost_is_known = to->cost_is_known && from.cost_is_known;
    usage_add(&to->result.usage_failed, from.result.usage_failed);
    // Facts of the item, whichever of the two tells them.
    to->result.retried = max_of(to->result.retried, from.result.retried);
    to->result.fallbacks = max_of(to->result.fallbacks, from.result.fallbacks);
}

}  // namespace

uint64_t hedge_at_ns(const Engine& engine, const Item& item) {
    if (!may_hedge(engine, item)) return never_ns;
    const leat_hedge& rule = item.batch->config.hedge;
    const uint64_t usual_ms = item.domain->answer_ms.quantile(rule.percentile);
    return item.times.begun_ns + max_of<uint64_t>(usual_ms, rule.least_ms) * ms_ns;
}

void hedge_begin(Engine* engine, Item* item) {
    LEAT_CHECK(may_hedge(*engine, *item));
    Item* const twin = take_slot(engine, item->batch, item->target, item->index, item->times.accepted_ns);
    item->result.hedged = 1;  // once, whatever comes of it
    twin->is_twin = true;
    twin->conversation = item->conversation;
    twin->times.deadline_ns = item->times.deadline_ns;
    const bool copy = (item->request.flags & LEAT_COPY) != 0;
    leat_status status = keep_request(twin, item->request, copy);
    twin->request_mark = twin->arena.mark();
    twin->context_generation = item->context_generation;
    if (status == LEAT_OK) status = build_request(engine, twin);
    if (status != LEAT_OK) {
        forget(engine, twin);
        return;
    }
    twin->twin = item;
    item->twin = twin;
    ++item->batch->summary.hedges;
    to_waiting(engine, twin);
    engine->work_pending = true;
}

bool resolve_twin(Engine* engine, Item* item, leat_outcome outcome, leat_status status) {
    Item* const other = item->twin;
    LEAT_CHECK(other != nullptr && other->twin == item);
    const bool was_twin = item->is_twin;
    const bool ends_both = outcome == LEAT_SUCCEEDED || outcome == LEAT_CANCELLED ||
                           status == LEAT_E_DEADLINE_ITEM;
    part(item);
    cache_hand_over(ends_both ? other : item, ends_both ? item : other);
    if (ends_both) {
        if (item->is_twin) {
            item->result.hedged = outcome == LEAT_SUCCEEDED ? 2 : 1;
            if (outcome == LEAT_SUCCEEDED) ++item->batch->summary.hedges_won;
        }
        item->is_twin = false;
        inherit(*other, !was_twin, item);
        drop(engine, other);
        return false;
    }
    // It failed, the other one is still out: the item is the other one from now on.
    other->is_twin = false;
    other->result.hedged = 1;
    inherit(*item, was_twin, other);
    forget(engine, item);
    return true;
}

}  // namespace leat
