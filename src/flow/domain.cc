// flow/domain.cc: which limit domain a request belongs to, and what its answers teach that domain.
// Domains are made as models come up; when an endpoint has no room for another, what is more shares
// the last. Depends on pace.
#include "flow/domain.h"

#include "base/check.h"
#include "flow/engine.h"

namespace leat {

namespace {

bool is_named(const Domain& domain, Text model) {
    return equal(text(domain.name, domain.name_size), head(model, domain_name_bytes));
}

void name_domain(Domain* domain, Text model) {
    const Text cut = head(model, domain_name_bytes);
    if (cut.size > 0) memcpy(domain->name, cut.data, cut.size);
    domain->name_size = cut.size;
}

}  // namespace

void domain_open(Engine* engine, Endpoint* endpoint, Text model) {
    LEAT_CHECK(endpoint->domains_count < domains_max);
    Domain* const domain = &endpoint->domains[endpoint->domains_count++];
    domain->endpoint = endpoint;
    domain->waiting.open();
    domain->timer = Timer{};
    domain->timer.kind = static_cast<uint32_t>(TimerKind::gate);
    domain->timer.owner = endpoint;
    domain->estimate.open(endpoint->output_estimate_tokens);
    domain->retry_quota.open(endpoint->retry);
    domain->answer_ms.open();
    const leat_reply silent{};
    leat_reply_limits(&silent, 0, &domain->told);
    name_domain(domain, model);
    GateRules rules{};
    rules.allowance = &endpoint->allowance;
    rules.cooldown = &endpoint->cooldown;
    rules.pacing = endpoint->pacing;
    rules.concurrency = endpoint->concurrency;
    rules.uses_told = endpoint->uses_told;
    rules.uses_learned = endpoint->uses_learned;
    domain->gate.open(rules, engine->now_ns);
}

Domain* domain_of(Engine* engine, Endpoint* endpoint, Text model) {
    LEAT_CHECK(endpoint->domains_count >= 1);
    for (uint32_t i = 0; i < endpoint->domains_count; ++i) {
        if (is_named(endpoint->domains[i], model)) return &endpoint->domains[i];
    }
    Domain* const first = &endpoint->domains[0];
    // The first model that is named makes an endpoint without one its own.
    if (first->name_size == 0 && endpoint->domains_count == 1) {
        name_domain(first, model);
        return first;
    }
    if (endpoint->domains_count < domains_max) domain_open(engine, endpoint, model);
    return &endpoint->domains[endpoint->domains_count - 1];
}

Demand demand_of(const Item& item) {
    LEAT_CHECK(item.domain != nullptr);
    Demand demand = item.domain->estimate.of(item.rope.total_bytes, item.asked->max_output_tokens);
    const uint64_t said = item.asked->estimated_tokens;
    if (said == 0) return demand;
    demand.input_tokens = min_of(demand.input_tokens, said);
    demand.output_tokens = said - demand.input_tokens;
    return demand;
}

void settle_item(Engine* engine, Item* item, const leat_usage& usage) {
    Used used = {usage.input_tokens, usage.output_tokens};
    if (used.input_tokens < 0 && used.output_tokens < 0 && usage.total_tokens >= 0) {
        const int64_t input = static_cast<int64_t>(min_of<uint64_t>(
            item->ticket.demand.input_tokens, static_cast<uint64_t>(usage.total_tokens)));
        used = {input, usage.total_tokens - input};
    }
    if (used.input_tokens < 0 && used.output_tokens < 0) return;
    // A provider that tells one of the two means that the other is nothing.
    used.input_tokens = max_of<int64_t>(used.input_tokens, 0);
    used.output_tokens = max_of<int64_t>(used.output_tokens, 0);
    item->domain->gate.settle(engine->now_ns, item->ticket, used);
    item->domain->estimate.learn(item->rope.total_bytes, static_cast<uint64_t>(used.input_tokens),
                                 static_cast<uint64_t>(used.output_tokens));
}

}  // namespace leat
