// flow/exchange/tunnel.cc: asks a proxy for a tunnel (RFC 9110 section 9.3.6) and reads its answer.
// The proxy sees host and port of the target and its own credentials, never the provider's key.
// Invariant: no byte goes to the target before the proxy has answered 2xx and said no more.
#include "base/check.h"
#include "base/narrow.h"
#include "base/secret.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"

namespace leat {

namespace {

constexpr uint32_t connect_answer_bytes_max = 16 * 1024;

leat_status send_head(Engine* engine, Item* item) {
    while (item->head_sent < item->head.size) {
        const Text rest = tail(item->head, item->head_sent);
        const int64_t put = engine->wire.write(item->connection, rest.data, rest.size);
        if (put < 0) return static_cast<leat_status>(put);
        item->head_sent += static_cast<size_t>(put);
    }
    if (item->head.size > 0) wipe(const_cast<char*>(item->head.data), item->head.size);
    item->head = Text{nullptr, 0};
    item->head_sent = 0;
    return LEAT_OK;
}

void open_answer(Engine* engine, Item* item) {
    HttpLimits limits;
    limits.header_bytes_max =
        min_of(engine->config.header_bytes_max, connect_answer_bytes_max);
    limits.body_bytes_max = connect_answer_bytes_max;
    item->response.open(limits, &item->arena, BodySink{}, HttpAnswerTo::connect);
    item->response_open = true;
}

leat_status judge(const HttpResponse& response) {
    const int code = response.status();
    if (code >= 200 && code < 300) return LEAT_OK;
    return code == 407 ? LEAT_E_PROXY_AUTH : LEAT_E_PROXY;
}

}  // namespace

leat_status tunnel_begin(Engine* engine, Item* item) {
    LEAT_CHECK(item->state == ItemState::tunnelling);
    const Endpoint& endpoint = *item->endpoint;
    item->arena.rewind(item->attempt_mark);
    item->head_sent = 0;
    LEAT_TRY(write_connect_head(endpoint.authority, endpoint.proxy_credentials, &item->arena,
                                &item->head));
    return tunnel_event(engine, item);
}

leat_status tunnel_event(Engine* engine, Item* item) {
    LEAT_TRY(send_head(engine, item));
    if (!item->response_open) open_answer(engine, item);
    for (;;) {
        // A byte at a time near the end would be needed to leave TLS bytes unread; but the target
        // speaks second in TLS, so whatever follows the proxy's answer is surplus.
        const int64_t got =
            engine->wire.read(item->connection, engine->receive, engine->config.receive_bytes);
        if (got == LEAT_E_WOULD_BLOCK) return LEAT_E_WOULD_BLOCK;
        if (got < 0) {
            return got == LEAT_E_CONNECTION_CLOSED ? LEAT_E_PROXY : static_cast<leat_status>(got);
        }
        size_t consumed = 0;
        LEAT_TRY(item->response.feed(engine->receive, static_cast<size_t>(got), &consumed));
        if (!item->response.has_head() || !item->response.complete()) {
            if (item->response.has_head() && item->response.status() >= 300) {
                return judge(item->response);
            }
            continue;
        }
        LEAT_TRY(judge(item->response));
        LEAT_TRY(check_surplus(item->response, static_cast<size_t>(got), consumed));
        item->response_open = false;
        item->arena.rewind(item->attempt_mark);
        return LEAT_OK;
    }
}

}  // namespace leat
