// flow/domain.h: a limit domain: what goes to one endpoint (provider and key) for one model. Its gate,
// what it learnt, and the items that wait for it. Depends on pace, meter and flow/item.h.
// Invariant: waiting holds items in state waiting, retries of a died connection first; each of them has
// this domain.
#pragma once

#include <leat/limits.h>

#include "flow/item.h"
#include "meter/histogram.h"
#include "meter/metrics.h"
#include "pace/estimate.h"
#include "pace/gate.h"
#include "pace/retry_quota.h"

namespace leat {

constexpr size_t domain_name_bytes = 96;
constexpr size_t priced_name_bytes = 64;

struct Domain {
    Endpoint* endpoint;
    Gate gate;
    Estimate estimate;
    RetryQuota retry_quota;
    Histogram answer_ms;      // begun to answered, of successes
    ItemList waiting;
    Timer timer;              // when to ask the gate again
    leat_rate_limits told;    // by the last answer that spoke of limits
    uint64_t told_ns;         // when; 0: none has
    DomainMetrics metrics;
    uint64_t paused_since_ns;
    uint64_t paused_until_ns; // 0: no pause that was told of
    size_t name_size;
    char name[domain_name_bytes];  // the model's, cut
    // The model whose price was asked for last: nearly always it is the next one's, too.
    size_t priced_size;
    char priced_name[priced_name_bytes];
    PriceRow priced_row;
};

// What the item will probably take. It changes while the domain learns.
Demand demand_of(const Item& item);

// domain.cc
void domain_open(Engine* engine, Endpoint* endpoint, Text model);
// The domain of that model at the endpoint; made when it is new.
Domain* domain_of(Engine* engine, Endpoint* endpoint, Text model);
// What an attempt really took, as its usage tells.
void settle_item(Engine* engine, Item* item, const leat_usage& usage);

}  // namespace leat
