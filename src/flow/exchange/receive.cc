// flow/exchange/receive.cc: reads an item's answer into its arena. One connection gets a bounded share of a
// step; what is left waits in engine->again. Whatever follows a whole answer closes the connection
// and never reaches another item.
#include "base/check.h"
#include "flow/answer/answer.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"
#include "flow/exchange/stream.h"
#include "flow/report.h"

namespace leat {

namespace {

// Windows that one connection may fill in one step.
constexpr uint32_t windows_per_step = 8;

void open_response(Engine* engine, Item* item) {
    // The head is sent and wiped: its place serves the answer. An early answer goes behind it.
    if (item->state == ItemState::receiving) item->arena.rewind(item->attempt_mark);
    HttpLimits limits;
    limits.header_bytes_max = engine->config.header_bytes_max;
    limits.body_bytes_max = engine->config.body_bytes_max;
    item->response.open(limits, &item->arena, stream_sink(engine, item));
    item->response_open = true;
}

// After a whole answer the connection must be silent.
bool is_quiet(Engine* engine, Item* item) {
    Connection* const connection = item->connection;
    if (!connection->tls_active && connection->drained) return true;
    return engine->wire.read(connection, engine->receive, engine->config.receive_bytes) ==
           LEAT_E_WOULD_BLOCK;
}

void complete(Engine* engine, Item* item, bool surplus) {
    item->connection->share_used = false;
    const bool whole_request = item->state == ItemState::receiving;
    bool keep = item->response.keep_alive() && whole_request && !surplus;
    if (surplus) {
        report(engine, LEAT_LOG_WARNING, item->endpoint, text("connection closed"),
               LEAT_ALERT_SURPLUS);
    } else if (keep) {
        keep = is_quiet(engine, item);
    }
    ++engine->stats.responses;
    const leat_status streamed = item->stream == nullptr ? LEAT_OK : stream_finish(item);
    if (streamed != LEAT_OK) {
        wire_failed(engine, item, streamed, LEAT_STAGE_RECEIVE);
        return;
    }
    lease_end(engine, item, keep);
    parse_response(engine, item);
}

// The stream ended, in order or not. True when that made the answer whole.
leat_status end_of_stream(Item* item, int64_t got) {
    const bool is_end = got == LEAT_E_CONNECTION_CLOSED || got == LEAT_E_TLS_TRUNCATED;
    if (!item->response_open || !is_end) return static_cast<leat_status>(got);
    const leat_status verdict = item->response.finish(got == LEAT_E_CONNECTION_CLOSED);
    // Too early an end is called by what the connection saw: closed, or cut inside TLS.
    if (verdict == LEAT_E_CONNECTION_CLOSED) return static_cast<leat_status>(got);
    if (verdict != LEAT_OK) return verdict;
    return item->response.complete() ? LEAT_OK : static_cast<leat_status>(got);
}

enum class Step : uint8_t { more, waits, ended };

Step take_window(Engine* engine, Item* item) {
    Connection* const connection = item->connection;
    const int64_t got =
        engine->wire.read(connection, engine->receive, engine->config.receive_bytes);
    if (got == LEAT_E_WOULD_BLOCK) return Step::waits;
    if (got < 0) {
        const leat_status status = end_of_stream(item, got);
        if (status == LEAT_OK) {
            complete(engine, item, false);
        } else {
            wire_failed(engine, item, status, LEAT_STAGE_RECEIVE);
        }
        return Step::ended;
    }
    if (item->written_bytes == 0) {
        wire_failed(engine, item, LEAT_ALERT_UNSOLICITED, LEAT_STAGE_RECEIVE);
        return Step::ended;
    }
    engine->stats.bytes_received += static_cast<uint64_t>(got);
    item->times.progress_ns = engine->now_ns;
    if (!item->response_open) {
        open_response(engine, item);
        item->times.first_byte_ns = engine->now_ns;
        item->domain->gate.first_byte(engine->now_ns, item->ticket,
                                      engine->now_ns - item->times.begun_ns);
    }
    const bool is_first = item->times.first_byte_ns == engine->now_ns;
    size_t consumed = 0;
    const leat_status fed =
        item->response.feed(engine->receive, static_cast<size_t>(got), &consumed);
    if (fed != LEAT_OK) {
        wire_failed(engine, item, fed, LEAT_STAGE_RECEIVE);
        return Step::ended;
    }
    if (item->response.complete()) {
        complete(engine, item, consumed < static_cast<size_t>(got));
        return Step::ended;
    }
    // From now on silence is bounded by idle_ms, which may be due sooner than what was set.
    if (is_first) arm_timer(engine, item);
    return Step::more;
}

}  // namespace

void receive_event(Engine* engine, Item* item) {
    LEAT_CHECK(item->state == ItemState::sending || item->state == ItemState::receiving);
    Connection* const connection = item->connection;
    for (uint32_t n = 0; n < windows_per_step; ++n) {
        const Step step = take_window(engine, item);
        if (step != Step::more) return;
        if (connection->drained && !connection->tls_active) return;
    }
    // The share is used up. Records that were read ahead lie in a window that all connections
    // share, so they are taken still; the socket is not.
    connection->share_used = true;
    Step step = Step::more;
    while (step == Step::more && engine->wire.has_read_ahead(connection)) {
        step = take_window(engine, item);
    }
    if (step == Step::ended) return;
    connection->share_used = false;
    if (!connection->link.linked()) engine->again.push_back(connection);
    engine->work_pending = true;
}

}  // namespace leat
