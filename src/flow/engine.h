// flow/engine.h: all state of one client. Depends on everything below flow. Who works on it lives in rooms;
// an item passes them in this order:
//   request/       what the caller wants -> a request that could be sent
//   admission/     when it may go, and where to; where it waits until then
//   exchange/      one attempt: permit, connection, tunnel, bytes out, bytes in
//   answer/        read, judged; a round of tools, asked again, tried again
//   outcome/       its result, handed out
// and on its way it may look into conversation/, context/ and cache/; observe/ is told of everything.
// loop.cc goes through them once a step. Invariants: stages run inside leat_step only; a callback may submit
// and cancel, which records wishes that a later stage carries out; no stage runs inside another one's loop
// over items.
#pragma once

#include <leat/client.h>
#include <leat/observe.h>

#include "base/random.h"
#include "flow/batch.h"
#include "flow/endpoint.h"
#include "meter/metrics.h"

struct leat_client {
    leat_config config;
    leat_ports ports;
    void* block;
    size_t block_bytes;

    leat::Wire wire;
    leat::Timers timers;
    leat::Random random;
    leat::Item* items;
    leat::ItemList free_items;
    leat::ItemList sleeping;
    leat::ItemList ended_calls;
    leat::ItemList resumed;    // were parked, and go on in the next stage
    leat::ItemList at_tools;   // wait for their tools
    leat::ItemList tool_turns; // have tools to start, or all their results
    uint64_t tool_serial;      // of the last round that began
    leat::Endpoint* endpoints;
    uint32_t endpoints_count;
    leat_batch* batches;
    leat_conversation* conversations;
    leat_context* contexts;
    uint32_t items_count;  // items_max, and one for each context's calls
    char* staging;
    char* receive;
    leat_ready* ready;
    leat::List<leat::Connection, &leat::Connection::link> again;  // had more than a step's share

    uint64_t now_ns;           // never goes back
    uint64_t clock_seen_ns;    // what the clock said last
    uint64_t clock_behind_ns;  // by how much it has gone back in all
    leat_stats stats;
    leat::Metrics metrics;
    uint64_t observed;         // events that some observer has asked for
    leat_observer observers[LEAT_OBSERVERS_MAX];
    uint32_t observers_count;
    uint32_t batches_under_way;
    leat::Item* delivering;    // its result is being handed out
    bool release_asked;        // ... and was released meanwhile
    bool tells_slow;           // observers are being told of a slow callback
    uint32_t handshake_turns;  // left in this step for handshakes that cannot resume
    bool in_step;
    bool work_pending;   // a stage stopped at its bound: step again without waiting
    bool stops_pending;  // a batch or an item is to be stopped
    bool gave_back;      // an item has left the wire
};

namespace leat {

inline int64_t unix_ms(const Engine& engine) {
    return engine.ports.clock->wall_ms(engine.ports.clock_user);
}

enum class TimerKind : uint32_t { item, gate, idle, batch };

}  // namespace leat
