// flow/request/prepare.cc: the life cycle of an adapter's table (B16, B17): prepared when the first item of
// a batch comes to it, while the others are parked; cleaned up when the last batch that uses it has ended.
// Depends on flow/endpoint. Invariant: no item is built for a table that is not prepared.
#include "flow/request/prepare.h"

#include "base/check.h"
#include "base/mutant.h"
#include "base/narrow.h"
#include "flow/admission/admission.h"
#include "flow/answer/answer.h"
#include "flow/engine.h"
#include "flow/outcome/outcome.h"
#include "flow/report.h"

namespace leat {

namespace {

leat_prepare* handle_of(Preparation* preparation) {
    return reinterpret_cast<leat_prepare*>(preparation);
}

bool has_life_cycle(const leat_adapter& adapter) {
    return adapter.prepare != nullptr || adapter.cleanup != nullptr;
}

void clean_up(Engine* engine, Preparation* preparation) {
    const leat_adapter& adapter = *preparation->endpoint->adapter;
    preparation->state = PrepareState::none;
    if (adapter.cleanup == nullptr) return;
    const leat_status status = adapter.cleanup(adapter.context);
    if (status != LEAT_OK) {
        report(engine, LEAT_LOG_WARNING, preparation->endpoint, text("cleanup failed"), status);
    }
}

void clean_up_unused(Engine* engine, Preparation* preparation) {
    const bool is_over = preparation->state == PrepareState::done ||
                         preparation->state == PrepareState::failed;
    if (is_over && (preparation->users == 0 || LEAT_MUTANT_IF(17))) clean_up(engine, preparation);
}

void end_preparing(Preparation* preparation, leat_status status) {
    preparation->state = status == LEAT_OK ? PrepareState::done : PrepareState::failed;
    preparation->status = status;
    Engine* const engine = preparation->client;
    while (Item* const item = preparation->waiting.front()) unpark(engine, item);
    engine->work_pending = true;
}

void begin_preparing(Preparation* preparation) {
    const leat_adapter& adapter = *preparation->endpoint->adapter;
    preparation->state = PrepareState::under_way;
    preparation->message.clear();
    preparation->code.clear();
    const leat_status status = adapter.prepare == nullptr
                                   ? LEAT_OK
                                   : adapter.prepare(adapter.context, handle_of(preparation));
    const bool is_open = preparation->state == PrepareState::under_way;
    if (is_open && (status != LEAT_OK || adapter.prepare == nullptr)) {
        end_preparing(preparation, status);
    }
}

void refuse(Engine* engine, Item* item, const Preparation& preparation) {
    if (fall_back(engine, item, preparation.status)) return;
    keep_error_text(item, preparation.message.view(), &item->result.error_message);
    keep_error_text(item, preparation.code.view(), &item->result.error_code);
    finish_item(engine, item, LEAT_FAILED, preparation.status, LEAT_STAGE_BUILD);
}

}  // namespace

void prepare_open(Engine* engine, Endpoint* endpoint) {
    endpoint->home = endpoint;
    for (Endpoint* other = engine->endpoints; other < endpoint; ++other) {
        if (other->adapter != endpoint->adapter) continue;
        endpoint->home = other;
        break;
    }
    endpoint->preparation.client = engine;
    endpoint->preparation.endpoint = endpoint;
    endpoint->preparation.waiting.open();
}

bool prepare_admits(Engine* engine, Item* item) {
    if (!has_life_cycle(*item->endpoint->adapter) || item->batch->config.dry_run != 0) return true;
    Preparation* const preparation = &item->endpoint->home->preparation;
    Target* const target = &item->batch->targets[item->target];
    if (!target->uses_table) {
        target->uses_table = true;
        ++preparation->users;
    }
    if (preparation->state == PrepareState::none) begin_preparing(preparation);
    switch (preparation->state) {
        case PrepareState::done: return true;
        case PrepareState::failed: refuse(engine, item, *preparation); return false;
        case PrepareState::none:
        case PrepareState::under_way: break;
    }
    park(engine, item, &preparation->waiting);
    return false;
}

void release_tables(Engine* engine, Batch* batch) {
    if (!batch_is_done(*batch)) return;
    for (uint32_t i = 0; i < batch->targets_count; ++i) {
        Target* const target = &batch->targets[i];
        if (!target->uses_table) continue;
        target->uses_table = false;
        Preparation* const preparation = &target->endpoint->home->preparation;
        LEAT_CHECK(preparation->users > 0);
        --preparation->users;
        clean_up_unused(engine, preparation);
    }
}

void release_all_tables(Engine* engine) {
    for (uint32_t i = 0; i < engine->config.batches_max; ++i) {
        if (engine->batches[i].open) release_tables(engine, &engine->batches[i]);
    }
}

void close_tables(Engine* engine) {
    for (uint32_t i = 0; i < engine->endpoints_count; ++i) {
        Preparation* const preparation = &engine->endpoints[i].preparation;
        if (preparation->state != PrepareState::none) clean_up(engine, preparation);
    }
}

}  // namespace leat

leat_status leat_prepare_complete(leat_prepare* prepare, leat_status status,
                                  const leat_fault* fault) {
    leat::Preparation* const preparation = reinterpret_cast<leat::Preparation*>(prepare);
    if (preparation == nullptr || status > LEAT_OK) return LEAT_E_ARGUMENT;
    if (preparation->state != leat::PrepareState::under_way) return LEAT_E_ARGUMENT;
    if (fault != nullptr) {
        (void)preparation->message.set(leat::head(fault->message, sizeof preparation->message.bytes));
        (void)preparation->code.set(leat::head(fault->code, sizeof preparation->code.bytes));
    }
    leat::end_preparing(preparation, status);
    leat::clean_up_unused(preparation->client, preparation);
    return LEAT_OK;
}
