// flow/request/request.h: from what a caller wants to a request that could be sent: fetched from the ring
// or a source, composed, prepared for, built, and put where it waits for the gate. Depends on the state of
// flow. Invariant: what begins here has a slot of its own; it leaves waiting, parked, or with its result.
#pragma once

#include "flow/item.h"

namespace leat {

// intake.cc: ring or source -> item, built and waiting (or done, when that failed).
// false when nothing could be fetched for this endpoint now; its limiter then says why.
bool fetch_item(Engine* engine, Endpoint* endpoint);
// A stopped batch's waiting requests -> results, as many as there are free slots.
void end_waiting(Engine* engine, Batch* batch);
// The same for all of them at once, with no slot: their batch is being closed.
void end_unsent(Engine* engine, Batch* batch);

// A free slot, which there must be, for a request of that batch.
void open_slot(Item* item, Batch* batch, uint32_t target, uint64_t index, uint64_t accepted_ns);
Item* take_slot(Engine* engine, Batch* batch, uint32_t target, uint64_t index,
                uint64_t accepted_ns);
// Fills in item->request, its texts copied into the arena or borrowed.
leat_status keep_request(Item* item, const leat_request& request, bool copy);

// compose.cc: item->asked, what is to be asked now: its request, as on_attempt wants it, behind its
// conversation's history, with the turns that were added.
leat_status compose_request(Item* item);
// One more turn, whose texts are kept already. author: whose turn_json it is, or nullptr.
bool add_turn(Item* item, const leat_message& message, const leat_adapter* author);

// ready.cc
// Builds what is to be asked now, from the request's own texts on; then ready_item, or its end. The item
// is in no list; nothing behind request_mark stays.
void begin_request(Engine* engine, Item* item);
// A built request goes to the gate, or is answered here.
void ready_item(Engine* engine, Item* item);
// Who it is, on its result.
void fill_identity(const Engine& engine, Item* item);

// build.cc: request -> rope.
leat_status build_request(Engine* engine, Item* item);
leat_build build_of(const Item& item);
// Of the target that it is at. A fallback's endpoint knows its own models, not those of the endpoint that
// the request was meant for.
Text choose_model(const Item& item);
// Builds a request as it would be built, and drops it: which of its fields are left out.
leat_status probe_request(Engine* engine, Endpoint* endpoint, const leat_request& request,
                          uint32_t* ignored);

}  // namespace leat
