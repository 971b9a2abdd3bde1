// flow/item.h: one item from acceptance to release: its request, its memory, where it is now.
// Depends on codec, meter, pace, wire. Invariants: an item holds a permit and a connection exactly in the
// states connecting, tunnelling, sending and receiving (calling: a permit alone); its arena up to
// attempt_mark is the request (up to request_mark its texts, then what was built of them), beyond it
// the last attempt's answer, and at its other end the turns of its rounds; it is in exactly one list,
// or held by the caller.
#pragma once

#include <leat/adapter.h>
#include <leat/batch.h>

#include "base/arena.h"
#include "base/list.h"
#include "base/sha256.h"
#include "base/timers.h"
#include "codec/http_response.h"
#include "codec/rope.h"
#include "meter/tariff.h"
#include "pace/demand.h"

struct leat_batch;
struct leat_client;
struct leat_conversation;

namespace leat {

using Engine = ::leat_client;
using Batch = ::leat_batch;
using Conversation = ::leat_conversation;
using Context = ::leat_context;

struct Connection;
struct Domain;
struct Endpoint;
struct ItemStream;

enum class ItemState : uint8_t {
    free,
    waiting,     // in its domain's list, for the gate
    sleeping,    // until its timer, after a failed attempt
    parked,      // in a list of what it waits for, other than the gate (flow/admission/waiting.cc)
    connecting,  // on the wire from here ...
    tunnelling,
    sending,
    receiving,
    calling,     // ... to here; the adapter carries it out by itself
    done,        // in its batch's list, for delivery
    held         // result handed out
};

// Holds a permit.
constexpr bool on_wire(ItemState state) {
    return state >= ItemState::connecting && state <= ItemState::calling;
}

// Has its result, or is nobody's.
constexpr bool is_over(ItemState state) {
    return state == ItemState::free || state >= ItemState::done;
}

// How an adapter ended its call.
struct CallEnd {
    leat_answer answer;
    leat_fault fault;
    bool is_answer;
};

// Moments in the item's life, nanoseconds of the port's clock; 0 where it has not happened.
struct ItemTimes {
    uint64_t accepted_ns;
    uint64_t waiting_ns;     // it began to wait for the gate
    uint64_t first_send_ns;
    uint64_t dispatched_ns;  // this attempt was given its connection
    uint64_t begun_ns;       // this attempt's first byte was written
    uint64_t sent_ns;        // ... and its last
    uint64_t first_byte_ns;  // of the answer
    uint64_t first_token_ns; // of a stream
    uint64_t ended_ns;       // of the attempt
    uint64_t progress_ns;    // last byte in either direction
    uint64_t deadline_ns;    // never_ns: none
};

// A turn that came after the request's own: what the model answered, and what it was told then. It is
// kept in the item's arena.
struct Turn {
    Turn* next;
    const leat_adapter* author;  // whose words message.turn_json is in
    leat_message message;
};

struct ToolRound;

struct Item {
    Link link;
    Timer timer;
    leat_batch* batch = nullptr;
    Endpoint* endpoint = nullptr;
    Domain* domain = nullptr;      // of the endpoint; known once the request is built
    Connection* connection = nullptr;
    Item* twin = nullptr;          // the other try of a hedged item
    Arena arena;
    size_t request_mark = 0;   // behind the request's own texts
    size_t attempt_mark = 0;

    leat_request request{};  // texts in the arena, or borrowed
    // As middleware that runs for each attempt gets it, in the arena; nullptr: its batch has none.
    const leat_request* before_attempts = nullptr;
    uint32_t tries_prepared = 0;  // tries for which that middleware has run
    const leat_request* asked = nullptr;  // what is built: request, or made of it (request/compose.cc)
    leat_conversation* conversation = nullptr;  // until it has its result
    Turn* first_turn = nullptr;
    Turn* last_turn = nullptr;
    uint32_t turns_count = 0;
    void* parked_in = nullptr;  // an ItemList, in state parked; nullptr while it is being built
    ToolRound* round = nullptr;  // kept in the arena, while tools run
    leat_tool_step* first_step = nullptr;
    leat_tool_step* last_step = nullptr;
    leat_usage rounds_usage{};   // of the answers that called tools
    void* slots[2] = {nullptr, nullptr};  // on_attempt's own
    Text last_message{nullptr, 0};  // of the attempt before, for on_attempt; kept
    leat_status last_status = LEAT_OK;
    bool build_again = false;    // turns were added since it was built
    leat_context* serves = nullptr;  // a context cache whose calls it carries, for good
    uint64_t context_generation = 0; // of the cache that it was built over; 0: it has the shared part
    Sha256Digest cache_key{};       // of what was built first for this target and round, if it has one
    Link lead_link;                 // among its batch's leaders, while leads
    Item* follows = nullptr;        // the equal item whose answer it waits for
    uint32_t key_target = 0;
    uint32_t key_rounds = 0;
    Text model{nullptr, 0};
    Text path{nullptr, 0};
    const leat_header* headers = nullptr;  // its own; the endpoint has those of all
    uint32_t headers_count = 0;
    Rope rope;

    RopeReader reader;       // what is left to send
    Text head{nullptr, 0};   // request head of this attempt; wiped when it is sent
    size_t head_sent = 0;
    uint64_t written_bytes = 0;
    HttpResponse response;
    ItemStream* stream = nullptr;  // in the arena, while the answer comes as events
    CallEnd* call_end = nullptr;   // in the arena, in state calling
    void* call_slot = nullptr;     // the adapter's own

    ItemTimes times{};
    uint64_t index = 0;
    PriceRow price = 0;          // the built-in one, where its endpoint has none of its own
    uint64_t cost = 0;           // of all attempts so far, as meter/price.h counts
    uint64_t cost_reserved = 0;  // of this attempt
    uint64_t attempt_cost = 0;   // of this attempt, as it turned out
    uint32_t target = 0;         // which of its batch's
    uint32_t attempts = 0;
    uint32_t attempts_before = 0; // at targets that it has left
    uint32_t rate_limited = 0;
    Ticket ticket;            // what this attempt took from the gate
    uint32_t retry_drawn = 0; // from the domain's retry quota, for this attempt
    ItemState state = ItemState::free;
    bool response_open = false;
    bool reused_connection = false;
    bool replayed = false;    // this attempt was already moved to a fresh connection once
    bool extra_pass = false;  // retry_failed was used up
    bool cancel_asked = false;
    bool streams = false;     // the request asks for a stream
    bool call_refused = false; // the adapter would not begin it
    bool cost_is_known = true;
    bool had_schema_fault = false; // an answer of the wrong form
    bool is_twin = false;     // the second try
    bool is_queued = false;   // parked until its turn in its conversation
    bool context_recovered = false; // a lost cache was made good for it
    bool goes_inline = false;  // without the cache that its request names
    bool has_cache_key = false;
    bool leads = false;       // equal items wait for its answer
    leat_result result{};
};

using ItemList = List<Item, &Item::link>;

// It calls another resource of the service: no adapter words it or reads its answer.
inline bool is_resource_call(const Item& item) { return item.request.method.size > 0; }

}  // namespace leat
