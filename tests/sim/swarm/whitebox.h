// tests/sim/swarm/whitebox.h: looks into the engine after every step: lists, permits, connections,
// arenas; and keeps a model of each domain's pause, slow start and budgets beside the real ones.
// Depends on src/flow and src/pace (reads only). Invariants: the model is fed by what items show
// (when they were dispatched, how often they were limited), never by the gate that it judges.
#pragma once

#include <leat/leat.h>
#include <leat/sim.h>

#include <vector>

#include "flow/conversation/conversation.h"
#include "flow/engine.h"
#include "sim/swarm/budget_model.h"
#include "sim/swarm/pace_model.h"
#include "sim/swarm/verdict.h"

namespace swarm {

class Whitebox {
public:
    Whitebox(leat_client* client, leat_sim* sim, const std::vector<PaceRules>& rules,
             Verdict* verdict);

    // Inside the callback, while the item still holds the result.
    void result_seen(const leat_result& result);
    void after_step();
    // When all is over: budgets of tokens, which are known only by now.
    void at_end();

private:
    // What was last seen in an item's slot.
    struct Slot {
        const leat_batch* batch = nullptr;
        uint64_t index = 0;
        uint64_t accepted_ns = 0;
        uint64_t dispatched_ns = 0;
        uint32_t rate_limited = 0;
        uint32_t tries = 0;  // attempts and rate limits
        const leat::Domain* domain = nullptr;
    };

    void note_item(const leat::Item& item);
    void check_lists();
    void check_items();
    void check_batches();
    void check_connections();
    void check_gates();
    void check_conversations();
    void check_history(const leat::Conversation& conversation, uint32_t number);
    void visit(const leat::Item* item, bool fits, const char* list);
    void find_domains();
    size_t place_of(leat::Domain* domain);
    size_t endpoint_of(const leat::Endpoint* endpoint) const;

    leat_client* engine_;
    leat_sim* sim_;
    Verdict* verdict_;
    std::vector<Slot> slots_;
    std::vector<PaceRules> rules_;  // by endpoint
    std::vector<uint32_t> visits_;
    std::vector<leat::Domain*> domains_;
    std::vector<uint32_t> on_wire_;     // by domain
    std::vector<PaceModel> models_;     // by domain
    std::vector<BudgetModel> budgets_;  // by endpoint
    uint64_t replayed_ = 0;
};

}  // namespace swarm
