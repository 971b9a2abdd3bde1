// flow/admission/spend.cc: what items cost, and whether their batch can pay. Before an item is sent, the
// most it is expected to cost is reserved from its batch's budget; what it really cost is settled
// afterwards.
// Depends on meter. Invariant: cost_reserved is in the batch's budget exactly while the item is on the wire.
#include "base/check.h"
#include "base/narrow.h"
#include "flow/admission/admission.h"
#include "flow/batch.h"
#include "flow/domain.h"
#include "flow/endpoint.h"
#include "flow/item.h"
#include "flow/outcome/outcome.h"
#include "meter/price.h"
#include "meter/tariff.h"
#include "meter/usage.h"

namespace leat {

namespace {

// What a model costs at the domain's endpoint.
PriceRow price_of(Domain* domain, Text model) {
    if (empty(domain->endpoint->vendor) || empty(model)) return 0;
    if (equal(text(domain->priced_name, domain->priced_size), model)) return domain->priced_row;
    const PriceRow row = find_usd_price(domain->endpoint->vendor, model);
    if (model.size > priced_name_bytes) return row;
    memcpy(domain->priced_name, model.data, model.size);
    domain->priced_size = model.size;
    domain->priced_row = row;
    return row;
}

uint64_t amount_of(double usd) { return dollars(usd + 0.5 / amounts_per_dollar); }

bool cost_of_item(const Item& item, const leat_usage& usage, uint64_t* amount) {
    const leat_price& own = item.endpoint->price;
    if (is_priced(own)) return cost_of(own, usage, amount);
    double usd = 0;
    *amount = 0;
    if (!tariff_cost(usd_price(item.price), usage, 0, &usd)) return false;
    *amount = amount_of(usd);
    return true;
}

uint64_t expected(const Item& item) {
    const Demand demand = demand_of(item);
    // Worst case: the request's own bound, when it has one.
    const uint64_t output = max_of<uint64_t>(demand.output_tokens, item.asked->max_output_tokens);
    const leat_price& own = item.endpoint->price;
    if (is_priced(own)) return cost_expected(own, demand.input_tokens, output);
    if (item.price == 0) return 0;
    leat_usage usage = unknown_usage();
    usage.input_tokens = static_cast<int64_t>(min_of<uint64_t>(demand.input_tokens, INT64_MAX));
    usage.output_tokens = static_cast<int64_t>(min_of<uint64_t>(output, INT64_MAX));
    double usd = 0;
    return tariff_cost(usd_price(item.price), usage, 0, &usd) ? amount_of(usd) : 0;
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

bool is_priced_for(const Endpoint& endpoint, Text model) {
    if (is_priced(endpoint.price)) return true;
    return find_usd_price(endpoint.vendor, empty(model) ? endpoint.model : model) != 0;
}

void price_item(Item* item) {
    LEAT_CHECK(item->domain != nullptr);
    item->price = is_priced(item->endpoint->price) ? 0 : price_of(item->domain, item->model);
}

bool has_price(const Item& item) { return item.price != 0 || is_priced(item.endpoint->price); }

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

double cost_saved_usd(Item* item) {
    if (!has_price(*item) && empty(item->model)) {
        item->price = price_of(item->domain, item->result.model);
    }
    uint64_t amount = 0;
    return has_price(*item) && cost_of_item(*item, item->result.usage, &amount) ? to_dollars(amount) : 0.0;
}

void reserve_cost(Item* item) {
    LEAT_CHECK(item->cost_reserved == 0);
    if (!item->batch->budget.limited()) return;
    item->cost_reserved = expected(*item);
    item->batch->budget.reserve(item->cost_reserved);
}

void settle_cost(Item* item, const leat_usage& usage, bool certain) {
    LEAT_CHECK(item->cost_reserved == 0);
    // A ready body may name a model that only the answer tells.
    if (!has_price(*item) && empty(item->model)) {
        item->price = price_of(item->domain, item->result.model);
    }
    if (!has_price(*item)) return;
    uint64_t amount = 0;
    const bool known = cost_of_item(*item, usage, &amount);
    Batch* const batch = item->batch;
    if (!known && certain) {
        item->cost_is_known = false;
        amount = expected(*item);
    }
    item->cost += amount;
    item->attempt_cost += amount;
    batch->summary.cost_usd += to_dollars(amount);
    batch->budget.settle(0, amount);
    if (batch->budget.warns()) tell(batch, false);
}

}  // namespace leat
