// flow/exchange/lease.cc: an item's permit and connection, taken and given back together, so that neither
// can outlive the other; a call without HTTP has a permit alone.
// Invariant: item->connection->user == item exactly while leased.
#include "base/check.h"
#include "base/mutant.h"
#include "base/secret.h"
#include "flow/admission/admission.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"
#include "flow/exchange/stream.h"
#include "flow/observe/events.h"

namespace leat {

namespace {

void part_with_connection(Engine* engine, Item* item, bool keep) {
    Connection* const connection = item->connection;
    LEAT_CHECK(connection != nullptr && connection->user == item);
    if (item->head.size > 0) wipe(const_cast<char*>(item->head.data), item->head.size);
    item->head = Text{nullptr, 0};
    item->connection = nullptr;
    connection->user = nullptr;
    if (connection->link.linked()) engine->again.remove(connection);
    if (!keep) {
        engine->wire.drop(connection);
        return;
    }
    item->endpoint->idle.put(connection, engine->now_ns);
    if (!item->endpoint->idle_timer.queued()) {
        engine->timers.set(&item->endpoint->idle_timer, item->endpoint->idle.expires_at_ns());
    }
}

}  // namespace

void forget_last_attempt(Item* item) {
    leat_result* const result = &item->result;
    result->http_status = 0;
    result->body = Text{nullptr, 0};
    result->request_id = Text{nullptr, 0};
    result->error_message = Text{nullptr, 0};
    result->error_code = Text{nullptr, 0};
    result->text = Text{nullptr, 0};
    result->thinking = Text{nullptr, 0};
    result->refusal = Text{nullptr, 0};
    result->finish = LEAT_FINISH_UNKNOWN;
    result->finish_reason = Text{nullptr, 0};
    result->tool_calls = nullptr;
    result->tool_calls_count = 0;
    result->choices = nullptr;
    result->choices_count = 0;
    result->model = Text{nullptr, 0};
    result->response_id = Text{nullptr, 0};
    result->turn_json = Text{nullptr, 0};
    result->safety_json = Text{nullptr, 0};
    result->block_reason = Text{nullptr, 0};
    result->streamed = 0;
    result->cached = 0;
    result->partial = 0;
    item->response_open = false;
    item->stream = nullptr;
}

void lease_begin(Engine* engine, Item* item, Connection* connection, bool reused) {
    LEAT_CHECK(item->connection == nullptr);
    LEAT_CHECK(connection == nullptr || connection->user == nullptr);
    item->ticket = item->domain->gate.admit(engine->now_ns, demand_of(*item));
    reserve_cost(item);
    item->attempt_cost = 0;
    item->connection = connection;
    if (connection != nullptr) connection->user = item;
    item->reused_connection = reused;
    item->times.dispatched_ns = engine->now_ns;
    item->times.begun_ns = 0;
    item->times.sent_ns = 0;
    item->times.first_byte_ns = 0;
    item->times.first_token_ns = 0;
    item->times.ended_ns = 0;
    item->times.progress_ns = engine->now_ns;
    forget_last_attempt(item);
    ++item->attempts;
    ++item->batch->in_flight;
    ++item->batch->sent;
    ++engine->stats.in_flight;
    if (engine->stats.in_flight > engine->stats.in_flight_peak) {
        engine->stats.in_flight_peak = engine->stats.in_flight;
    }
    saw_admission(engine, item);
}

void lease_end(Engine* engine, Item* item, bool keep_connection) {
    if (item->state == ItemState::calling) {
        call_cancel(engine, item);
    } else {
        part_with_connection(engine, item, keep_connection);
        stream_close(item);
    }
    if (!(LEAT_MUTANT_IF(2) && item->cancel_asked)) item->domain->gate.release(item->ticket);
    engine->gave_back = true;
    item->batch->budget.settle(item->cost_reserved, 0);
    item->cost_reserved = 0;
    item->times.ended_ns = engine->now_ns;
    LEAT_CHECK(item->batch->in_flight > 0 && engine->stats.in_flight > 0);
    --item->batch->in_flight;
    --engine->stats.in_flight;
}

}  // namespace leat
