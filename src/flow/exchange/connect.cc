// flow/exchange/connect.cc: an item whose connection is being opened: TCP, perhaps a proxy's tunnel, TLS.
// The order is the wire's; the tunnel's talk is HTTP and therefore flow/exchange/tunnel.cc's.
#include "base/check.h"
#include "flow/answer/answer.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"

namespace leat {

namespace {

leat_stage stage_of(const Connection& connection) {
    return connection.state == ConnectionState::handshaking ? LEAT_STAGE_TLS : LEAT_STAGE_CONNECT;
}

// Connection refused by the peer's certificate is final; anything else may be tried again.
void connect_failed(Engine* engine, Item* item, leat_status status) {
    wire_failed(engine, item, status, stage_of(*item->connection));
}

// A full handshake costs milliseconds of computing; a step does a few turns of it and leaves the
// rest for the next one. Resumed ones cost next to nothing.
bool turn_is_spent(Engine* engine, Connection* connection) {
    const bool costly =
        connection->state == ConnectionState::handshaking && !connection->had_ticket;
    if (!costly) return false;
    if (engine->handshake_turns > 0) {
        --engine->handshake_turns;
        return false;
    }
    if (!connection->link.linked()) engine->again.push_back(connection);
    engine->work_pending = true;
    return true;
}

}  // namespace

void connect_event(Engine* engine, Item* item) {
    LEAT_CHECK(item->state == ItemState::connecting || item->state == ItemState::tunnelling);
    Connection* const connection = item->connection;
    if (turn_is_spent(engine, connection)) return;
    leat_status status = LEAT_OK;
    if (item->state == ItemState::connecting) {
        status = engine->wire.advance(connection);
        if (status == LEAT_OK && connection->state == ConnectionState::tunnelling) {
            item->state = ItemState::tunnelling;
            status = tunnel_begin(engine, item);
        }
    } else {
        status = tunnel_event(engine, item);
    }
    if (status == LEAT_OK && item->state == ItemState::tunnelling) {
        item->state = ItemState::connecting;
        status = engine->wire.tunnel_done(connection);
    }
    if (status == LEAT_E_WOULD_BLOCK) return;
    if (status != LEAT_OK) {
        connect_failed(engine, item, status);
        return;
    }
    LEAT_CHECK(connection->state == ConnectionState::ready);
    // A peer that speaks before it was asked is no HTTP server, or means to poison an answer.
    char byte = 0;
    const int64_t early = engine->wire.read(connection, &byte, 1);
    if (early != LEAT_E_WOULD_BLOCK) {
        status = early > 0 ? LEAT_ALERT_UNSOLICITED : static_cast<leat_status>(early);
        connect_failed(engine, item, status);
        return;
    }
    send_begin(engine, item);
}

}  // namespace leat
