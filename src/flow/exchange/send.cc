// flow/exchange/send.cc: writes an item's request: the head, then the rope, through one staging window that
// all connections share. A partial write moves the committed place on; the window itself is thrown
// away, since reading the rope again gives the same bytes.
// Invariant: bytes of the head, which holds the credential, are wiped as soon as they are written.
#include "base/check.h"
#include "base/narrow.h"
#include "base/secret.h"
#include "flow/answer/answer.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"
#include "flow/observe/events.h"

namespace leat {

namespace {

// A call whose method means that something is handed over says so even when it is empty (RFC 9110, 8.6).
bool has_content(Text method) {
    return !equal(method, text("GET")) && !equal(method, text("DELETE"));
}

leat_status make_head(Item* item) {
    item->arena.rewind(item->attempt_mark);
    HttpOwnHead own;
    if (is_resource_call(*item)) {
        own.method = item->request.method;
        own.has_body = has_content(own.method) || item->rope.total_bytes > 0;
    }
    own.path = item->path;
    own.headers = item->headers;
    own.header_count = item->headers_count;
    own.content_length = item->rope.total_bytes;
    return write_own_head(item->endpoint->head, own, &item->arena, &item->head);
}

void forget_head(Item* item) {
    if (item->head.size > 0) wipe(const_cast<char*>(item->head.data), item->head.size);
    item->head = Text{nullptr, 0};
    item->head_sent = 0;
}

// Moves the committed place on by `size` bytes that the connection took.
void commit(Engine* engine, Item* item, size_t size) {
    const size_t head_left = item->head.size - item->head_sent;
    const size_t of_head = min_of(size, head_left);
    item->head_sent += of_head;
    size_t of_body = size - of_head;
    while (of_body > 0) {
        const size_t here = item->reader.fill(
            engine->staging, min_of<size_t>(of_body, engine->config.staging_bytes));
        LEAT_CHECK(here > 0);
        of_body -= here;
    }
}

int64_t write_direct(Engine* engine, Item* item, Text bytes) {
    const int64_t put = engine->wire.write(item->connection, bytes.data, bytes.size);
    if (put > 0) item->reader.skip(static_cast<size_t>(put));
    return put;
}

int64_t write_staged(Engine* engine, Item* item) {
    char* const window = engine->staging;
    const size_t capacity = engine->config.staging_bytes;
    const Text head_rest = head(tail(item->head, item->head_sent), capacity);
    if (head_rest.size > 0) memcpy(window, head_rest.data, head_rest.size);
    RopeReader probe = item->reader;
    const size_t body = probe.fill(window + head_rest.size, capacity - head_rest.size);
    const size_t size = head_rest.size + body;
    LEAT_CHECK(size > 0);
    const int64_t put = engine->wire.write(item->connection, window, size);
    wipe(window, head_rest.size);
    if (put == static_cast<int64_t>(size)) {
        item->head_sent += head_rest.size;
        item->reader = probe;
    } else if (put > 0) {
        commit(engine, item, static_cast<size_t>(put));
    }
    return put;
}

bool all_written(const Item& item) {
    return item.head_sent == item.head.size && item.reader.done();
}

// Writes until all is written or the connection takes no more.
leat_status pump(Engine* engine, Item* item) {
    const size_t direct_least = engine->config.staging_bytes / 2;
    while (!all_written(*item)) {
        const bool head_done = item->head_sent == item->head.size;
        const Text direct = head_done ? item->reader.direct(direct_least) : Text{nullptr, 0};
        const int64_t put = direct.size > 0 ? write_direct(engine, item, direct)
                                            : write_staged(engine, item);
        if (put < 0) return static_cast<leat_status>(put);
        item->written_bytes += static_cast<uint64_t>(put);
        engine->stats.bytes_sent += static_cast<uint64_t>(put);
        item->times.progress_ns = engine->now_ns;
    }
    return engine->wire.flush(item->connection);
}

}  // namespace

void send_begin(Engine* engine, Item* item) {
    LEAT_CHECK(item->connection->state == ConnectionState::ready);
    item->response_open = false;
    item->written_bytes = 0;
    item->head_sent = 0;
    item->reader.rewind(item->rope);
    item->times.begun_ns = engine->now_ns;
    item->times.progress_ns = engine->now_ns;
    if (item->times.first_send_ns == 0) item->times.first_send_ns = engine->now_ns;
    item->state = ItemState::sending;
    ++item->connection->requests;
    ++engine->stats.requests_sent;
    saw_call_begin(engine, item);
    const leat_status made = make_head(item);
    if (made != LEAT_OK) {
        wire_failed(engine, item, made, LEAT_STAGE_BUILD);
        return;
    }
    send_event(engine, item);
}

void send_event(Engine* engine, Item* item) {
    LEAT_CHECK(item->state == ItemState::sending);
    const leat_status status = pump(engine, item);
    if (status == LEAT_OK) {
        forget_head(item);
        item->times.sent_ns = engine->now_ns;
        item->state = ItemState::receiving;
        arm_timer(engine, item);
        return;
    }
    if (status == LEAT_E_WOULD_BLOCK) {
        arm_timer(engine, item);
        return;
    }
    // The peer may have answered before it closed: an early error says more than "reset".
    if (status == LEAT_E_CONNECTION_RESET && item->written_bytes > 0) {
        item->connection->drained = false;
        receive_event(engine, item);
        if (item->state != ItemState::sending) return;
    }
    wire_failed(engine, item, status, LEAT_STAGE_SEND);
}

}  // namespace leat
