// flow/spend.cc: what items cost, and whether their batch can pay. Before an item is sent, the most it
// is expected to cost is reserved from its batch's budget; what it really cost is settled afterwards.
// Depends on meter. Invariant: cost_reserved is in the batch's budget exactly while the item is on the
// wire.
#include "base/check.h"
#include "base/narrow.h"
#include "flow/engine.h"
#include "meter/price.h"

namespace leat {

namespace {

uint64_t expected(const Item& item) {
    const Demand demand = demand_of(item);
    // Worst case: the request's own bound, when it has one.
    const uint64_t output = max_of<uint64_t>(demand.output_tokens, item.request.max_output_tokens);
    return cost_expected(item.endpoint->price, demand.input_tokens, output);
}

void tell(Batch* batch, bool exhausted) {
    if (batch->config.on_budget == nullptr) return;
    leat_budget_state state{};
    state.limit_usd = batch->config.budget_usd;
    state.spent_usd = to_dollars(batch->budget.spent());
    state.exhausted = exhausted ? 1 : 0;
    batch->config.on_budget(batch->config.user, &state);
}

}  // namespace

bool can_pay(Engine* engine, Item* item) {
    Batch* const batch = item->batch;
    if (!batch->budget.limited() || batch->budget.fits(expected(*item))) return true;
    if (batch->budget.anything_reserved()) {
        // What is on the wire may turn out cheaper than it looked.
        item->endpoint->limiter = LEAT_LIMITER_BUDGET;
        return false;
    }
    if (batch->stop == BatchStop::none) {
        tell(batch, true);
        stop_batch(engine, batch, BatchStop::drain, LEAT_E_BUDGET);
    }
    return false;
}

void reserve_cost(Item* item) {
    LEAT_CHECK(item->cost_reserved == 0);
    if (!item->batch->budget.limited()) return;
    item->cost_reserved = expected(*item);
    item->batch->budget.reserve(item->cost_reserved);
}

void settle_cost(Engine* engine, Item* item, const leat_usage& usage, bool certain) {
    LEAT_CHECK(engine != nullptr && item->cost_reserved == 0);
    const leat_price& price = item->endpoint->price;
    if (!is_priced(price)) return;
    uint64_t amount = 0;
    const bool known = cost_of(price, usage, &amount);
    Batch* const batch = item->batch;
    if (!known && certain) {
        item->cost_is_known = false;
        amount = expected(*item);
    }
    item->cost += amount;
    batch->summary.cost_usd += to_dollars(amount);
    batch->budget.settle(0, amount);
    if (batch->budget.warns()) tell(batch, false);
}

}  // namespace leat
