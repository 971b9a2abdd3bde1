// flow/exchange/exchange.h: one attempt on the wire, in the order of its bytes: permit and connection,
// tunnel, request out, response in; calls that are not HTTP; and an item's timer.
// Depends on the state of flow. Invariant: permit and connection are taken and given back in lease.cc only.
#pragma once

#include "flow/item.h"

namespace leat {

// lease.cc: permit and connection of an item on the wire.
// The last attempt's answer is about to be overwritten: nothing may refer to it any more.
void forget_last_attempt(Item* item);
void lease_begin(Engine* engine, Item* item, Connection* connection, bool reused);
void lease_end(Engine* engine, Item* item, bool keep_connection);

// connect.cc: from a connection's opening to the first byte of the request.
void connect_event(Engine* engine, Item* item);

// tunnel.cc: a proxy's CONNECT. LEAT_OK when agreed, WOULD_BLOCK, or an error.
leat_status tunnel_begin(Engine* engine, Item* item);
leat_status tunnel_event(Engine* engine, Item* item);

// send.cc
void send_begin(Engine* engine, Item* item);
void send_event(Engine* engine, Item* item);

// receive.cc
void receive_event(Engine* engine, Item* item);

// call.cc: attempts without HTTP.
void call_begin(Engine* engine, Item* item);
void call_cancel(Engine* engine, Item* item);
void end_calls(Engine* engine);
// A piece of an answer, to the batch's on_token.
void tell_token(Item* item, leat_delta delta, uint32_t choice, uint32_t tool, Text piece);

// deadline.cc: an item's timer.
void arm_timer(Engine* engine, Item* item);
void timer_due(Engine* engine, Item* item);

}  // namespace leat
