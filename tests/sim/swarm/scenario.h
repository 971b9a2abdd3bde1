// tests/sim/swarm/scenario.h: everything that one seed decides, as plain data: the client, the
// services and the way to them, the batches, what goes wrong and when. Depends on leat's public
// headers and chance.h. Invariant: a scenario follows from its seed alone, and its faults end at
// heal_ms; what then still limits the client (budgets, latency) lets every batch end.
#pragma once

#include <leat/leat.h>
#include <leat/sim.h>
#include <leat/sim_provider.h>

#include <string>
#include <vector>

#include "sim/swarm/chance.h"

namespace swarm {

constexpr uint64_t ms = 1000000;
constexpr uint64_t second = 1000 * ms;
// Every key begins with it, so that one search finds any of them.
#define LEAT_SWARM_CANARY "sk-canary-7f3c29b1e04d58a6"

// Kinds of trouble. Each seed switches a random part of them on, so that combinations vary (swarm
// testing: Groce, Zhang, Eide, Chen, Regehr 2012).
// It never ends up the same twice.
// clang-format off
#define LEAT_SWARM_FAULTS(X) \
    X(jitter) X(chunks) X(small_buffers) X(refuse) X(blackhole) X(kill) X(clog) \
    X(dead_address) X(clock_back) X(port) X(late_caller) X(server_error) X(answer_reset) \
    X(answer_stall) X(overload) X(rpm) X(tpm) X(concurrency) X(quota) X(change) \
    X(slow_tokens) X(cancel_item) X(cancel_batch) X(deadline) X(close_early) X(no_tickets)
// clang-format on

enum class Fault : uint32_t {
#define LEAT_SWARM_ENTRY(name) name,
    LEAT_SWARM_FAULTS(LEAT_SWARM_ENTRY)
#undef LEAT_SWARM_ENTRY
        count
};

struct ServicePlan {
    leat_sim_provider_config provider;
    leat_sim_link link;
    bool dead_first;  // the name's first address has no listener, or one that never answers
    bool dead_is_blackhole;
    bool no_tickets;
};

struct EndpointPlan {
    uint32_t service;
    uint32_t keys;                // 1, or a pool of so many
    leat_endpoint_config config;  // texts are filled in by the load
};

struct ItemPlan {
    std::string id;
    std::string prompt;
    uint32_t max_output_tokens;
    uint32_t estimated_tokens;
    uint32_t timeout_ms;
    uint64_t deadline_ms;
    uint64_t cancel_at_ms;  // after the start; 0: never
    leat_lane lane;
    const char* model;      // "": the endpoint's
    uint32_t conversation;  // 0: none; else one more than its number
    bool has_tools;
    bool copy;
};

struct BatchPlan {
    uint32_t endpoint;
    std::vector<leat_target> targets;  // by number of endpoint plan; empty: endpoint alone
    leat_hedge hedge;
    double budget_usd;
    uint32_t share;
    uint64_t open_at_ms;
    leat_failure_policy on_failure;
    leat_order order;
    leat_retry_failed retry_failed;
    uint32_t max_in_flight;
    uint64_t deadline_ms;
    bool by_source;
    uint32_t source_blocks_percent;
    bool by_next;           // results are taken with leat_batch_next
    uint32_t keep_percent;  // of results, released later
    bool cancels_in_callback;
    uint64_t cancel_at_ms;  // 0: never
    leat_cancel cancel_mode;
    uint64_t close_at_ms;   // 0: when it is done
    uint32_t tool_percent;  // of items that may call a tool; services call it up to twice
    bool tools_together;
    uint32_t tool_late_ms;  // most that a tool takes; 0: it answers at once
    uint32_t tool_timeout_ms;
    uint32_t reject_percent;      // of answers that the caller's validation refuses
    bool varies;                  // later attempts ask for something else
    uint32_t middleware;          // so many stand around each item
    uint32_t middleware_percent;  // of their calls that do more than look
    bool post_processes;
    bool caches;  // in the store that all batches share
    leat_cache_mode cache_mode;
    uint64_t cache_ttl_ms;
    uint32_t store_fails_percent;
    std::vector<ItemPlan> items;
};

struct ConversationPlan {
    leat_history mode;
    leat_history_full on_full;
    uint64_t tokens_max;
};

struct Scenario {
    uint64_t seed;
    uint32_t faults;  // one bit for each Fault
    bool tls;
    bool several_models;
    uint64_t heal_ms;  // after the start: faults end
    leat_sim_config world;
    leat_config client;  // without ports
    std::vector<ServicePlan> services;
    std::vector<EndpointPlan> endpoints;
    std::vector<BatchPlan> batches;
    std::vector<ConversationPlan> conversations;
    bool prepares;             // the services' adapter wants to be prepared
    uint32_t prepare_late_ms;  // most that it takes; 0: at once
    uint32_t prepare_fails_percent;

    bool has(Fault fault) const { return (faults >> static_cast<uint32_t>(fault) & 1) != 0; }
    uint32_t items() const;
    // What a pace model cannot tell from the outside: whose rate limit it was that paused a gate.
    bool moves_items() const;
};

Scenario scenario_of(uint64_t seed);

// One line for people.
std::string describe(const Scenario& scenario);

// scenario_load.cc: the batches and their items.
void plan_batches(Scenario* scenario, Chance chance);
// A life of its own for the adapter, in every fourth scenario.
void plan_preparation(Scenario* scenario, Chance chance);
// Histories for some of their items, in every third scenario.
void plan_conversations(Scenario* scenario, Chance chance);

}  // namespace swarm
