// api/batch.cc: the batch's public functions: arguments are checked, wishes are recorded; the
// stages of flow carry them out.
#include <leat/leat.h>

#include "base/check.h"
#include "base/narrow.h"
#include "flow/conversation/conversation.h"
#include "flow/engine.h"
#include "flow/lifecycle.h"
#include "flow/loop.h"
#include "flow/observe/events.h"
#include "flow/outcome/outcome.h"
#include "flow/request/prepare.h"
#include "flow/request/request_text.h"

namespace {

leat_status batch_config_status(const leat_client* client, const leat_batch_config* config) {
    if (client == nullptr || config == nullptr) return LEAT_E_ARGUMENT;
    if (config->struct_size != sizeof(leat_batch_config)) return LEAT_E_STRUCT_SIZE;
    if (config->targets_count == 0 && config->endpoint >= client->endpoints_count) {
        return LEAT_E_NOT_FOUND;
    }
    if (config->targets_count > 0 && config->targets == nullptr) return LEAT_E_ARGUMENT;
    const uint32_t targets = leat::min_of<uint32_t>(config->targets_count, LEAT_TARGETS_MAX);
    for (uint32_t i = 0; i < targets; ++i) {
        if (config->targets[i].endpoint >= client->endpoints_count) return LEAT_E_NOT_FOUND;
    }
    if (leat_batch_config_error(client, config)[0] != '\0') return LEAT_E_CONFIG;
    return config->defaults == nullptr ? LEAT_OK : leat::defaults_check(*config->defaults);
}

// Copies a request's text into the batch's intake.
leat_status keep_text(leat_batch* batch, const leat_request& request, leat::Waiting* waiting) {
    const size_t bytes = leat::request_copy_bytes(request);
    if (bytes > batch->intake.piece_bytes_max()) return LEAT_E_TOO_LARGE;
    waiting->text = batch->intake.take(bytes);
    if (waiting->text == nullptr) return LEAT_E_WOULD_BLOCK;
    leat::request_copy(request, waiting->text, &waiting->request);
    return LEAT_OK;
}

leat_status accept(leat_batch* batch, const leat_request& request, uint64_t* index) {
    leat::Waiting waiting{};
    leat_conversation* conversation = nullptr;
    LEAT_TRY(leat::find_conversation(*batch, request, &conversation));
    waiting.request = request;
    if ((request.flags & LEAT_COPY) != 0) LEAT_TRY(keep_text(batch, request, &waiting));
    leat::update_clock(batch->client);
    waiting.index = batch->accepted;
    waiting.accepted_ns = batch->client->now_ns;
    // Results in the order of input would wait for those that others overtook, and hold their memory.
    const bool has_lanes = batch->config.order == LEAT_ORDER_COMPLETION;
    leat::Waiting* const entry = batch->ring.push(has_lanes ? request.lane : LEAT_LANE_NORMAL);
    LEAT_CHECK(entry != nullptr);
    *entry = waiting;
    entry->request.conversation = conversation;
    if (conversation != nullptr) ++conversation->users;
    if (index != nullptr) *index = batch->accepted;
    ++batch->accepted;
    ++batch->summary.total;
    batch->client->work_pending = true;
    return LEAT_OK;
}

bool is_waiting_result(const leat_batch& batch) {
    return leat::next_deliverable(const_cast<leat_batch*>(&batch)) != nullptr;
}

// No item can come free by stepping: each waits for its caller to take or to release it.
bool is_every_item_kept(const leat_client& client) {
    if (!client.free_items.empty()) return false;
    for (uint32_t i = 0; i < client.config.items_max; ++i) {
        const leat::Item& item = client.items[i];
        const bool is_untaken = item.state == leat::ItemState::done &&
                                item.batch->config.on_result == nullptr;
        if (item.state != leat::ItemState::held && !is_untaken) return false;
    }
    return true;
}

}  // namespace

leat_status leat_batch_open(leat_client* client, const leat_batch_config* config,
                            leat_batch** batch) {
    if (batch == nullptr) return LEAT_E_ARGUMENT;
    *batch = nullptr;
    LEAT_TRY(batch_config_status(client, config));
    leat_batch* const slot = leat::free_batch(client);
    if (slot == nullptr) return LEAT_E_TOO_MANY;
    leat::update_clock(client);
    leat::batch_fill(client, slot, *config);
    *batch = slot;
    return LEAT_OK;
}

leat_status leat_submit(leat_batch* batch, const leat_request* request, uint64_t* index) {
    if (batch == nullptr || request == nullptr || !batch->open) return LEAT_E_ARGUMENT;
    LEAT_TRY(leat::request_check(*request));
    if (batch->finished) return LEAT_E_STATE;
    leat_status status = batch->ring.full() ? LEAT_E_WOULD_BLOCK : LEAT_OK;
    if (status == LEAT_OK) status = accept(batch, *request, index);
    if (status == LEAT_E_WOULD_BLOCK) batch->wants_writable = true;
    return status;
}

leat_status leat_batch_finish(leat_batch* batch) {
    if (batch == nullptr || !batch->open) return LEAT_E_ARGUMENT;
    batch->finished = true;
    // Inside a step the deliveries will see it.
    if (!batch->client->in_step) {
        leat::saw_batch_end(batch->client, batch);
        leat::release_tables(batch->client, batch);
    }
    return LEAT_OK;
}

leat_status leat_batch_wake(leat_batch* batch) {
    if (batch == nullptr || !batch->open) return LEAT_E_ARGUMENT;
    batch->source_blocked = false;
    batch->client->work_pending = true;
    return LEAT_OK;
}

leat_status leat_batch_next(leat_batch* batch, const leat_result** result) {
    if (batch == nullptr || result == nullptr || !batch->open) return LEAT_E_ARGUMENT;
    *result = nullptr;
    if (batch->config.on_result != nullptr) return LEAT_E_STATE;
    leat::drop_hidden(batch->client, batch);
    leat::Item* const item = leat::next_deliverable(batch);
    if (item == nullptr) return leat::batch_is_done(*batch) ? LEAT_E_DONE : LEAT_E_WOULD_BLOCK;
    leat::take_result(batch->client, batch, item);
    leat::release_tables(batch->client, batch);
    *result = &item->result;
    return LEAT_OK;
}

void leat_result_release(leat_batch* batch, const leat_result* result) {
    if (batch == nullptr || result == nullptr) return;
    leat_client* const client = batch->client;
    leat::Item* const item = leat::held_item(client, result);
    if (item == nullptr) return;
    if (item == client->delivering) {
        client->release_asked = true;
        return;
    }
    leat::release_item(client, item);
    client->work_pending = true;
}

leat_status leat_batch_cancel(leat_batch* batch, leat_cancel mode) {
    if (batch == nullptr || !batch->open || leat::enum_number(mode) > LEAT_CANCEL_HARD)
        return LEAT_E_ARGUMENT;
    const leat::BatchStop stop =
        mode == LEAT_CANCEL_HARD ? leat::BatchStop::hard : leat::BatchStop::drain;
    leat::stop_batch(batch->client, batch, stop, LEAT_E_CANCELLED);
    return LEAT_OK;
}

leat_status leat_item_cancel(leat_batch* batch, uint64_t index) {
    if (batch == nullptr || !batch->open) return LEAT_E_NOT_FOUND;
    const bool waits = batch->ring.find([index](leat::Waiting* waiting) {
        if (waiting->index == index) waiting->cancel_asked = true;
        return waiting->index == index;
    });
    if (waits) {
        batch->client->work_pending = true;
        return LEAT_OK;
    }
    leat_client* const client = batch->client;
    for (uint32_t i = 0; i < client->config.items_max; ++i) {
        leat::Item* const item = &client->items[i];
        if (leat::is_over(item->state) || item->batch != batch || item->index != index) continue;
        item->cancel_asked = true;
        client->stops_pending = true;
        return LEAT_OK;
    }
    return LEAT_E_NOT_FOUND;
}

int32_t leat_batch_done(const leat_batch* batch) {
    return batch != nullptr && batch->open && leat::batch_is_done(*batch) ? 1 : 0;
}

leat_status leat_batch_run(leat_batch* batch) {
    if (batch == nullptr || !batch->open) return LEAT_E_ARGUMENT;
    leat_client* const client = batch->client;
    if (client->in_step) return LEAT_E_REENTRANT;
    const bool can_end = batch->finished || batch->config.source != nullptr;
    const bool by_next = batch->config.on_result == nullptr;
    if (!can_end && !by_next) return LEAT_E_STATE;
    bool was_stuck = false;
    while (!leat::batch_is_done(*batch)) {
        if (by_next && is_waiting_result(*batch)) return LEAT_OK;
        if (!can_end && batch->completed == batch->accepted) return LEAT_E_STATE;
        const bool is_stuck = is_every_item_kept(*client);
        if (is_stuck && was_stuck) return LEAT_E_STATE;
        // A step may still deliver something whose item is then given back.
        LEAT_TRY(leat::run_step(client, is_stuck ? 0 : -1));
        was_stuck = is_stuck;
    }
    return LEAT_OK;
}

void leat_batch_summary(const leat_batch* batch, leat_summary* summary) {
    if (batch == nullptr || summary == nullptr) return;
    *summary = leat::summary_of(*batch);
}

void leat_batch_close(leat_batch* batch) {
    if (batch == nullptr || !batch->open || batch->client->in_step) return;
    leat::end_batch(batch->client, batch);
}
