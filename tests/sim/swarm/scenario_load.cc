// tests/sim/swarm/scenario_load.cc: the part of a scenario that the caller plays: batches, their
// items, and what the caller does to them while they run. Depends on scenario.h.
// Invariant: moments lie within the first seconds, so that calls meet items in every state.
#include "sim/swarm/scenario.h"

namespace swarm {

namespace {

ItemPlan plan_item(const Scenario& s, Chance* chance, uint32_t batch, uint32_t index) {
    ItemPlan item = {};
    item.id = "b" + std::to_string(batch) + "i" + std::to_string(index);
    item.prompt = item.id + " ";
    const uint64_t size = chance->one_in(8) ? chance->between(300, 1500) : chance->between(4, 60);
    while (item.prompt.size() < size) item.prompt += chance->one_in(6) ? "\"\n" : "words ";
    item.max_output_tokens = chance->one_in(3) ? 0 : chance->number(5, 60);
    item.estimated_tokens = chance->one_in(2) ? 0 : chance->number(50, 900);
    item.timeout_ms = chance->one_in(10) ? chance->number(200, 2000) : 0;
    if (s.has(Fault::deadline) && chance->one_in(6)) item.deadline_ms = chance->between(1, 9000);
    if (s.has(Fault::cancel_item) && chance->one_in(8)) {
        item.cancel_at_ms = chance->between(1, chance->one_in(2) ? 600 : 6000);
    }
    item.copy = chance->one_in(2);
    item.lane = static_cast<leat_lane>(chance->one_in(3) ? chance->below(3) : 0);
    item.model = "";
    item.conversation = 0;
    if (s.several_models) item.model = chance->pick({"", "m", "m2", "m3", "m4", "m5"});
    return item;
}

// Several endpoints for one batch, second tries, money.
void plan_routes(const Scenario& s, Chance* chance, BatchPlan* batch) {
    batch->share = chance->number(0, 3);
    if (s.endpoints.size() > 1 && chance->one_in(2)) {
        const bool fallback = chance->one_in(2);
        for (uint32_t i = 0; i < s.endpoints.size(); ++i) {
            leat_target target = {};
            target.endpoint = i;
            target.rank = fallback ? i : 0;
            target.weight = chance->number(0, 3);
            if (chance->one_in(3))
                target.fall_on = uint32_t{LEAT_ON_RATE_LIMIT} | uint32_t{LEAT_ON_FALLBACK};
            batch->targets.push_back(target);
        }
    }
    if (chance->one_in(5)) {
        batch->hedge.percentile = chance->one_in(2) ? 0.5 : 0.9;
        batch->hedge.least_ms = chance->number(0, 100);
        batch->hedge.share_percent = chance->number(5, 60);
    }
    if (chance->one_in(8)) batch->budget_usd = 1e-6 * chance->number(200, 20000);
}

// Rounds of tools, refused answers, attempts that differ.
void plan_rounds(Chance* chance, BatchPlan* batch) {
    if (chance->one_in(3)) {
        batch->tool_percent = chance->pick({20u, 100u});
        batch->tools_together = chance->one_in(2);
        batch->tool_late_ms = chance->pick({0u, 30u, 3000u});
        batch->tool_timeout_ms = chance->pick({200u, 5000u});
    }
    if (chance->one_in(4)) batch->reject_percent = chance->pick({10u, 50u});
    batch->varies = chance->one_in(5);
}

// Answers from a store.
void plan_cache(Chance* chance, BatchPlan* batch) {
    batch->caches = chance->one_in(3);
    batch->cache_mode = static_cast<leat_cache_mode>(chance->below(3));
    batch->cache_ttl_ms = chance->pick({0u, 500u, 3600000u});
    batch->store_fails_percent = chance->pick({0u, 5u, 50u});
}

// What stands around each item.
void plan_middleware(Chance* chance, BatchPlan* batch) {
    if (chance->one_in(3)) {
        batch->middleware = chance->number(1, 4);
        batch->middleware_percent = chance->pick({2u, 20u, 60u});
    }
    batch->post_processes = chance->one_in(3);
}

BatchPlan plan_batch(const Scenario& s, Chance* chance) {
    BatchPlan batch = {};
    batch.endpoint = static_cast<uint32_t>(chance->below(s.endpoints.size()));
    batch.open_at_ms = chance->one_in(2) ? 0 : chance->between(0, 4000);
    const uint64_t policy = chance->below(6);
    batch.on_failure = policy == 0   ? LEAT_ON_FAILURE_FAIL_FAST
                       : policy == 1 ? LEAT_ON_FAILURE_SKIP
                                     : LEAT_ON_FAILURE_CONTINUE;
    batch.order = chance->one_in(3) ? LEAT_ORDER_INPUT : LEAT_ORDER_COMPLETION;
    batch.retry_failed = static_cast<leat_retry_failed>(chance->below(3));
    batch.max_in_flight = chance->one_in(3) ? chance->number(1, 4) : 0;
    if (s.has(Fault::deadline) && chance->one_in(3)) batch.deadline_ms = chance->between(100, 9000);
    batch.by_source = chance->one_in(3);
    batch.source_blocks_percent = chance->one_in(2) ? 0 : 20;
    batch.by_next = chance->one_in(4);
    batch.keep_percent = chance->one_in(3) ? 30 : 0;
    plan_routes(s, chance, &batch);
    if (s.has(Fault::cancel_item)) batch.cancels_in_callback = chance->one_in(2);
    if (s.has(Fault::cancel_batch) && chance->one_in(2)) {
        batch.cancel_at_ms = chance->between(1, 6000);
        batch.cancel_mode = chance->one_in(2) ? LEAT_CANCEL_HARD : LEAT_CANCEL_DRAIN;
    }
    if (s.has(Fault::close_early) && chance->one_in(2)) {
        batch.close_at_ms = chance->between(1, 6000);
    }
    return batch;
}

}  // namespace

void plan_batches(Scenario* s, Chance chance) {
    const uint32_t batches = chance.number(1, 3);
    const uint32_t total = chance.number(20, 60);
    for (uint32_t b = 0; b < batches; ++b) {
        BatchPlan batch = plan_batch(*s, &chance);
        Chance rounds = Chance(s->seed).fork(700 + b);
        plan_rounds(&rounds, &batch);
        Chance around = Chance(s->seed).fork(800 + b);
        plan_middleware(&around, &batch);
        Chance kept = Chance(s->seed).fork(1000 + b);
        plan_cache(&kept, &batch);
        const uint32_t items = chance.one_in(20) ? chance.number(0, 1) : total / batches;
        for (uint32_t i = 0; i < items; ++i) {
            batch.items.push_back(plan_item(*s, &chance, b, i));
            batch.items.back().has_tools = rounds.percent(batch.tool_percent);
        }
        s->batches.push_back(batch);
    }
}

void plan_preparation(Scenario* s, Chance chance) {
    s->prepares = chance.one_in(4);
    s->prepare_late_ms = chance.pick({0u, 50u, 3000u});
    s->prepare_fails_percent = chance.pick({0u, 0u, 30u});
}

void plan_conversations(Scenario* s, Chance chance) {
    if (!chance.one_in(3)) return;
    const uint32_t count = chance.number(1, 4);
    for (uint32_t i = 0; i < count; ++i) {
        ConversationPlan plan = {};
        plan.mode = chance.one_in(5)   ? LEAT_HISTORY_SHARED
                    : chance.one_in(5) ? LEAT_HISTORY_STATELESS
                                       : LEAT_HISTORY_SEQUENTIAL;
        plan.on_full = chance.one_in(2) ? LEAT_HISTORY_FULL_FAIL : LEAT_HISTORY_FULL_DROP_OLDEST;
        plan.tokens_max = chance.one_in(3) ? chance.between(100, 2000) : 0;
        s->conversations.push_back(plan);
    }
    s->client.conversations_max = count;
    s->client.conversation_messages_max = chance.number(2, 30);
    s->client.conversation_bytes = chance.between(1024, 8192);
    const bool most = chance.one_in(2);
    for (BatchPlan& batch : s->batches) {
        for (ItemPlan& item : batch.items) {
            if (most || chance.one_in(3)) item.conversation = chance.number(0, count);
        }
    }
}

}  // namespace swarm
