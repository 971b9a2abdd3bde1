// tests/sim/swarm/load.h: the caller of a scenario: it opens the client and its batches, feeds them,
// takes results, cancels and closes, at the planned moments. Depends on leat's public headers,
// network.h and scenario.h. Invariants: everything is done between steps or inside callbacks, as a
// real caller would; each result is written down before it is released.
#pragma once

#include <leat/store.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/swarm/network.h"
#include "sim/swarm/scenario.h"
#include "sim/swarm/verdict.h"

namespace swarm {

class Load;

// What became of one item.
struct Record {
    uint32_t results = 0;     // deliveries: on_result or leat_batch_next
    uint32_t progresses = 0;  // ... on_progress
    uint32_t processed = 0;   // ... post_process
    bool cancel_asked = false;
    bool skip_asked = false;  // by a middleware
    bool rescued = false;     // a failure that a middleware answered
    uint32_t befores = 0;     // bits: which of those that run once have run
    uint32_t way_out = 0;     // calls on its way out
    uint32_t out_place = 0;   // the last of them
    std::string text;         // that its result should have now; empty: nothing has changed it
    std::string text_before;  // ... unless there was no room for that
    uint64_t accepted_ns = 0;
    uint64_t at_ns = 0;
    leat_result result = {};  // its texts are gone
};

// A tool that works on a call.
struct ToolJob {
    leat_tool_run run;
    uint64_t due_ns;
};

// The services' adapter, as one that has to be prepared: once, before anything is built.
struct Table {
    leat_adapter adapter = {};
    const leat_adapter* inner = nullptr;
    leat_prepare* open = nullptr;  // being prepared
    uint64_t due_ns = 0;
    uint64_t prepared = 0;
    uint64_t cleaned = 0;
    uint64_t failed = 0;
    bool ready = false;
};

struct BatchRun;

// One of those that stand around each item.
struct Around {
    BatchRun* run;
    uint32_t place;
    bool per_attempt;
};

struct BatchRun {
    Load* load = nullptr;
    const BatchPlan* plan = nullptr;
    leat_batch* handle = nullptr;
    uint32_t number = 0;
    bool opened = false;
    bool closing = false;
    bool closed = false;
    bool fed = false;  // all was submitted, or the source has said so
    bool cancelled = false;
    bool cancel_done = false;
    uint64_t deadline_ns = 0;  // 0: none
    uint64_t wake_at_ns = 0;   // 0: the source is awake
    uint64_t accepted = 0;
    uint64_t delivered = 0;
    std::vector<Record> records;  // by index
    std::vector<uint64_t> order;  // indexes as they were delivered
    std::vector<const leat_result*> kept;
    std::vector<char> item_cancelled;
    leat_tool tool = {};
    leat_tools tools = {};
    std::vector<ToolJob> jobs;
    uint64_t rejected = 0;
    std::vector<Around> around;
    uint64_t around_failed = 0;  // calls that said so, or had no room for what they left
    uint64_t store_sets = 0;
    uint64_t store_failures = 0;
    uint64_t around_changed = 0;  // requests: there may have been no room for that
};

class Load {
public:
    Load(const Scenario& scenario, Network* network, Verdict* verdict);
    ~Load();
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    // False when the client does not open; the verdict then says why.
    bool open();
    bool over() const;
    const Table& table() const { return table_; }
    // All batches are closed: what was prepared has been cleaned up.
    void end_table();
    // What the caller does now, between two steps.
    void act();
    // After a step: results that wait for leat_batch_next.
    void take_results();
    // How long the next step may wait, in ms; -1 for as long as it takes.
    int32_t patience_ms() const;
    // Ends the client; looks for credentials in what it leaves behind.
    void close();

    leat_client* client() const { return client_; }
    const std::vector<BatchRun>& batches() const { return batches_; }
    const Scenario& scenario() const { return scenario_; }
    // Whose endpoint that is.
    uint32_t plan_of(leat_endpoint endpoint) const;
    Verdict* verdict() { return verdict_; }
    // Told of every result before its item is released.
    std::function<void(const leat_result&)> observer;

private:
    uint64_t now() const { return leat_sim_now_ns(network_->sim()); }
    uint64_t planned(uint64_t at_ms) const { return network_->start_ns() + at_ms * ms; }
    void add_endpoint(uint32_t number);
    void open_conversations();
    void watch();
    void make_store();
    static leat_status on_get(void* store, const uint8_t* key, int64_t wall_ms, void* value,
                              size_t capacity, size_t* size);
    static leat_status on_put(void* store, const uint8_t* key, int64_t wall_ms,
                              const leat_store_entry* entry);
    void make_table();
    void prepare_due();
    leat_status end_preparing();
    static leat_status on_build(const leat_build* build, leat_rope* rope);
    static leat_status on_prepare(const void* context, leat_prepare* prepare);
    static leat_status on_cleanup(const void* context);
    void open_batch(BatchRun* run);
    void feed(BatchRun* run);
    void fill(BatchRun* run, leat_request* request);
    void accept(BatchRun* run);
    void cancel_due(BatchRun* run);
    void cancel_item(BatchRun* run, uint64_t index);
    void cancel_batch(BatchRun* run, leat_cancel mode);
    void release_some(BatchRun* run);
    void close_batch(BatchRun* run);
    leat_keep note(BatchRun* run, const leat_result& result);
    void meddle(BatchRun* run);

    static leat_status on_source(void* user, leat_request* request);
    static leat_keep on_result(void* user, const leat_result* result);
    static void on_progress(void* user, const leat_progress* progress);
    static void on_writable(void* user, leat_batch* batch);
    static leat_status on_tool(void* user, const leat_tool_job* job);
    static void on_tool_cancel(void* user, leat_tool_run run);
    static leat_status on_validate(void* user, const leat_result* result, leat_str* message);
    static void on_attempt(void* user, leat_attempt* attempt);
    static void on_event(void* user, const leat_observation* observation);
    static leat_pass on_before(void* user, leat_request* request);
    static leat_pass on_after(void* user, const leat_result* result, leat_str* text);
    static leat_pass on_error(void* user, const leat_result* result, leat_str* text);
    static void on_processed(void* user, const leat_result* result);
    std::vector<leat_middleware> stand_around(BatchRun* run);
    Record* record_of(BatchRun* run, uint64_t index, const char* who);
    void offer_tools(BatchRun* run);
    void complete_tools(BatchRun* run);

    const Scenario& scenario_;
    Network* network_;
    Verdict* verdict_;
    Chance chance_;
    leat_config config_ = {};
    leat_client* client_ = nullptr;
    void* block_ = nullptr;
    size_t block_bytes_ = 0;
    std::vector<leat_endpoint> endpoints_;  // the first of each plan's keys
    std::vector<leat_conversation*> conversations_;
    Table table_;
    Memory store_memory_;
    leat_memory_store* store_ = nullptr;
    leat_store_ops store_ops_ = {};
    std::vector<BatchRun> batches_;
};

// checks.cc: what the records alone must satisfy. check_result: one result as it comes.
void check_result(const Load& load, const BatchRun& run, const leat_result& result,
                  Verdict* verdict);
// load_middleware.cc: ... and what stands around its item.
void check_middleware(BatchRun* run, const leat_result& result, Verdict* verdict);
// A batch that is done and about to be closed.
void check_summary(const BatchRun& run, const leat_summary& summary, Verdict* verdict);
// All of it, once the batches are over and the client is still open.
void check_counts(const Load& load, Network* network, Verdict* verdict);
// After leat_close: nothing may be left in the world.
void check_world(Network* network, Verdict* verdict);

}  // namespace swarm
