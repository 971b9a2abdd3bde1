// flow/batch.h: a batch: what waits to become items, what is done and waits to be delivered, and
// the counts. Depends on flow/item. Invariants: accepted = in ring + alive + completed; done is in
// order of completion, or of index for LEAT_ORDER_INPUT; next_index is the next one to deliver.
#pragma once

#include <leat/batch.h>

#include "base/byte_ring.h"
#include "base/lanes.h"
#include "flow/item.h"
#include "pace/budget.h"

namespace leat {

// An accepted request that waits for a free item.
struct Waiting {
    leat_request request;
    uint64_t index;
    uint64_t accepted_ns;
    char* text;            // its piece of the intake, nullptr when borrowed
    bool cancel_asked;
};

enum class BatchStop : uint8_t { none, drain, hard };

// One of the endpoints that may answer its items.
struct Target {
    Endpoint* endpoint;
    Text model;
    uint32_t rank;
    uint32_t fall_on;
    double weight;
    uint64_t served;
    bool uses_table;  // its adapter's table is prepared for this batch, too
};

// Items whose answer equal ones may wait for, spread by their key.
using LeaderList = List<Item, &Item::lead_link>;
constexpr uint32_t leader_lists = 16;

}  // namespace leat

struct leat_batch {
    leat_client* client;
    leat::Target targets[LEAT_TARGETS_MAX];
    uint32_t targets_count;
    uint32_t turns_left;          // of its share, before another batch has its turn
    leat::Budget budget;
    leat_batch_config config;
    leat_request defaults;        // zero when the config names none
    leat::Timer deadline;
    leat::Lanes<leat::Waiting> ring;
    leat::ByteRing intake;
    leat::ItemList done;
    leat::LeaderList leaders[leat::leader_lists];
    leat::ItemList followers;     // parked
    leat_summary summary;
    uint64_t opened_ns;
    uint64_t last_result_ns;
    uint64_t accepted;
    uint64_t sent;                // attempts
    uint64_t completed;
    uint64_t next_index;          // for LEAT_ORDER_INPUT
    uint32_t in_flight;
    uint32_t queued;              // items that are parked for a turn in their conversation
    uint32_t alive;               // items that belong to it, held ones too
    leat_status stop_status;      // what stopped items are told
    uint64_t stopped_by;          // the item whose failure did it; LEAT_NO_INDEX: none
    leat::BatchStop stop;
    bool open;
    bool finished;                // no more input
    bool source_blocked;          // the source said LEAT_E_WOULD_BLOCK
    bool wants_writable;
    bool stop_pending;            // the stop stage has not gone over its items yet
    bool format_is_sound;         // defaults.format was validated
    bool is_of_complete;          // leat_complete opened it
    bool cache_has_failed;        // and was reported
    bool end_told;                // observers know that it is done
    leat_middleware middleware[LEAT_MIDDLEWARE_MAX];
    uint32_t middleware_count;
    bool has_middleware_per_attempt;
};

namespace leat {

inline bool batch_is_done(const Batch& batch) {
    return batch.finished && batch.completed == batch.accepted;
}

// It may have one more on the wire.
inline bool batch_has_room(const Batch& batch) {
    const uint32_t most = batch.config.max_in_flight;
    return most == 0 || batch.in_flight < most;
}

// A request can be had from it: one waits, or the source may have one.
inline bool batch_may_have_work(const Batch& batch) {
    return !batch.ring.empty() ||
           (batch.config.source != nullptr && !batch.finished && !batch.source_blocked);
}

}  // namespace leat
