// flow/engine.h: all state of one client, and the stages of its pipeline in the order in which an
// item passes them. Each stage has a file of its own. Depends on everything below flow.
// Invariants: stages run inside leat_step only; a callback may submit and cancel, which records
// wishes that a later stage carries out; no stage runs inside another one's loop over items.
#pragma once

#include <leat/client.h>
#include <leat/observe.h>

#include "base/random.h"
#include "flow/context.h"
#include "flow/conversation.h"
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

using Engine = ::leat_client;

inline int64_t unix_ms(const Engine& engine) {
    return engine.ports.clock->wall_ms(engine.ports.clock_user);
}

// What ended an attempt.
struct AttemptEnd {
    leat_fault fault;
    leat_stage stage;
    bool is_paid;  // it was answered: what it cost is settled
};

enum class TimerKind : uint32_t { item, gate, idle, batch };

// flow/endpoint.cc
leat_status endpoint_fill(Engine* engine, const leat_endpoint_config& config, Endpoint* endpoint);
// Its slot is as if it had never been filled.
void endpoint_forget(Endpoint* endpoint);
// The base URL's path + path + the base URL's query. LEAT_E_ITEM_MEMORY when the arena is full.
leat_status join_endpoint_path(const Endpoint& endpoint, Text path, Arena* arena, Text* out);

// flow/domain.cc
void domain_open(Engine* engine, Endpoint* endpoint, Text model);
// The domain of that model at the endpoint; made when it is new.
Domain* domain_of(Engine* engine, Endpoint* endpoint, Text model);
// What an attempt really took, as its usage tells.
void settle_item(Engine* engine, Item* item, const leat_usage& usage);

// flow/target.cc
void fill_targets(Engine* engine, Batch* batch);
// The batch's target at that endpoint, if fresh items may go there; nullptr if not.
Target* main_target(Batch* batch, const Endpoint* endpoint);
// False when another target of the same rank should have the next item.
bool is_its_turn(Engine* engine, Batch* batch, const Target& target);
// The item, which is in no list, goes on at another target, if there is one for such a failure.
bool fall_back(Engine* engine, Item* item, leat_status status);
// Whether the batch has a fallback for such trouble of the target that could take an item at once.
bool has_relief(Engine* engine, const Batch& batch, const Target& target, leat_status trouble);
// The waiting item, which its target's trouble holds back, goes to such a fallback, if there is one.
bool divert(Engine* engine, Item* item, leat_status trouble);
// Outcomes of attempts, for abort_on.
void note_success(Item* item);
void note_failure(Engine* engine, Item* item, leat_status status);
// Items of endpoints that were stopped go elsewhere, or end.
void stop_endpoints(Engine* engine);

// flow/intake.cc: ring or source -> item, built and waiting (or done, when that failed).
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

// flow/parked.cc: items that wait for something other than the gate, in a list of what they wait for; they
// hold their slot and nothing else.
// The item is in no list.
void park(Engine* engine, Item* item, ItemList* list);
// What it waited for is there: begin_request in the next stage. From anywhere.
void unpark(Engine* engine, Item* item);
void resume_items(Engine* engine);

// flow/conversation.cc
// LEAT_OK (also for none); LEAT_E_NOT_FOUND: it is no open one of the client's; LEAT_E_ARGUMENT: the
// request brings a body of its own.
leat_status conversation_status(const leat_client& client, const Conversation* conversation,
                                const leat_request& request);
// The one that the request is for, nullptr if none, and its status. Whoever accepts it adds to its users.
leat_status find_conversation(const Batch& batch, const leat_request& request, Conversation** found);
// False: another one has its turn, and the item is parked until its own.
bool has_turn(Engine* engine, Item* item);
// What goes in front of the item's own messages. LEAT_E_CONVERSATION_FULL.
leat_status choose_past(const Item& item, Past* past);
// It succeeds: its exchange becomes part of the history. LEAT_E_TEXT or LEAT_E_CONVERSATION_FULL.
leat_status keep_exchange(Engine* engine, Item* item);
// It has its result; the next one may have its turn.
void leave_conversation(Engine* engine, Item* item);

// flow/compose.cc: item->asked, what is to be asked now: its request, as on_attempt wants it, behind its
// conversation's history, with the turns that were added.
leat_status compose_request(Item* item);
// One more turn, whose texts are kept already. author: whose turn_json it is, or nullptr.
bool add_turn(Item* item, const leat_message& message, const leat_adapter* author);

// flow/tools.cc: rounds of tools.
// The answer in item->result calls tools that are run.
bool calls_tools(const Item& item);
bool may_have_round(const Item& item);
void begin_round(Engine* engine, Item* item);
void run_tools(Engine* engine);
// In state parked with a round: it has its time.
uint64_t tools_due_ns(const Item& item);
void tools_timed_out(Engine* engine, Item* item);
// The item ends in the middle of a round.
void drop_round(Item* item);

// flow/judge.cc: an answer is read: it is a round of tools, a success, or of the wrong form.
void judge_answer(Engine* engine, Item* item);
// The same for one that was kept. False when it does not pass today's checks: nothing has come of it.
bool judge_kept(Engine* engine, Item* item);
// The wrong answer and what is wrong with it become turns. False when there is nothing to tell.
bool add_correction(Item* item, leat_status status);

// flow/ready.cc
// Builds what is to be asked now, from the request's own texts on; then ready_item, or its end. The item
// is in no list; nothing behind request_mark stays.
void begin_request(Engine* engine, Item* item);
// A built request goes to the gate, or is answered here.
void ready_item(Engine* engine, Item* item);
// Who it is, on its result.
void fill_identity(const Engine& engine, Item* item);

// flow/prepare.cc: the life cycle of adapters' tables.
void prepare_open(Engine* engine, Endpoint* endpoint);
// True when the item's adapter is prepared; else the item waits, or has ended.
bool prepare_admits(Engine* engine, Item* item);
// The tables that the batch used, when it has ended.
void release_tables(Engine* engine, Batch* batch);
void release_all_tables(Engine* engine);
// All that is prepared, as the client is closed.
void close_tables(Engine* engine);

// flow/context_open.cc
void contexts_open(Engine* engine, void* memory);
Context* free_context(Engine* engine);  // nullptr when all are open
// config is valid. LEAT_OK; LEAT_E_ARGUMENT, LEAT_E_TOO_MANY, LEAT_E_TOO_LARGE: it stays closed.
leat_status context_fill(Engine* engine, Context* context, const leat_context_config& config);

// flow/context.cc: the life of a context cache.
bool context_is_usable(const Engine& engine, const Context& context);
// Whether one that lives until then is worth taking over.
bool context_may_adopt(const Engine& engine, const Context& context, uint64_t expire_ns);
// What an item that wants it is to do; makes sure that somebody looks after it.
ContextUse context_ask(Engine* engine, Context* context);
// Looks for one, or makes it.
void context_seek(Engine* engine, Context* context);
void context_ready(Context* context, Text name, uint64_t expire_ns);
// After a failure nothing is tried for a while.
void context_wait_longer(const Engine& engine, Context* context);
void context_resume(Engine* engine, Context* context);
// The one of that generation is gone; a later one is not concerned.
void context_lost(Context* context, uint64_t generation);
// Closes it: nobody waits for it, and what is out for it ends unheard.
void context_forget(Engine* engine, Context* context);
bool contexts_are_busy(const Engine& engine);
void step_contexts(Engine* engine);

// flow/context_call.cc: its calls.
void context_call_begin(Engine* engine, Context* context, ContextCall call);
leat_status context_call_word(const Item& item, leat_rope* rope);
void context_call_end(Engine* engine, Context* context);
void context_call_drop(Engine* engine, Context* context);

// flow/context_use.cc: an item and the cache that it names.
// True when the item may be built now; else it waits, or has ended.
bool context_admits(Engine* engine, Item* item);
// What is asked names the cache, or takes over what is shared; *shared then has the turns that go before
// its own.
leat_status context_apply(Item* item, leat_request* asked, const leat_request** shared);
// The tools that the model knows, from what was asked or from the cache; may be nullptr.
const leat_tools* tools_of(const Item& item);
// An answer came, with the help of a cache or without.
void context_note_answer(const Item& item);
// The attempt failed as its cache is lost: the item is tried once more. True when it went on.
bool context_recovers(Engine* engine, Item* item, const leat_fault& fault);

// flow/cache_key.cc: the key of the item's built request. The item's arena is as before.
Sha256Digest cache_key_of(Item* item);

// flow/cache.cc: answers from the batch's store, and from equal items that are out.
// True: the built request is answered, or waits for an equal one; it has left.
bool cache_settles(Engine* engine, Item* item);
// The answer has passed every check: it is kept, and those that wait for it get it.
void cache_keep(Engine* engine, Item* item);
// A kept answer has passed: it counts, and on_token hears of it.
void cache_tell(Engine* engine, Item* item);
// The item leads no more: those that wait for it go on by themselves.
void cache_leave(Engine* engine, Item* item);
// Of twins the one that stays leads.
void cache_hand_over(Item* from, Item* to);

// flow/hedge.cc: when a second try is due (never_ns: it is not), and its beginning.
uint64_t hedge_at_ns(const Engine& engine, const Item& item);
void hedge_begin(Engine* engine, Item* item);
// The item has ended and has a twin. True when it is dropped and the twin goes on in its place.
bool resolve_twin(Engine* engine, Item* item, leat_outcome outcome, leat_status status);

// flow/build.cc: request -> rope.
leat_status build_request(Engine* engine, Item* item);
leat_build build_of(const Item& item);
// Of the target that it is at. A fallback's endpoint knows its own models, not those of the endpoint that
// the request was meant for.
Text choose_model(const Item& item);
// Builds a request as it would be built, and drops it: which of its fields are left out.
leat_status probe_request(Engine* engine, Endpoint* endpoint, const leat_request& request,
                          uint32_t* ignored);

// flow/admit.cc: waiting items through the gate, as many as it lets.
void admit_items(Engine* engine, Endpoint* endpoint);

// flow/connect.cc: from a connection's opening to the first byte of the request.
void connect_event(Engine* engine, Item* item);

// flow/tunnel.cc: a proxy's CONNECT. LEAT_OK when agreed, WOULD_BLOCK, or an error.
leat_status tunnel_begin(Engine* engine, Item* item);
leat_status tunnel_event(Engine* engine, Item* item);

// flow/send.cc
void send_begin(Engine* engine, Item* item);
void send_event(Engine* engine, Item* item);

// flow/receive.cc
void receive_event(Engine* engine, Item* item);

// flow/parse.cc: a whole answer -> success or failure of the attempt.
void parse_response(Engine* engine, Item* item);

// The adapter's answer to what was sent: kept, paid for, judged.
void take_answer(Engine* engine, Item* item, const leat_answer& answer);
// The result's fields from an answer, whose texts lie in the item's arena.
void keep_answer(Item* item, const leat_answer& answer);

// flow/call.cc: attempts without HTTP.
void call_begin(Engine* engine, Item* item);
void call_cancel(Engine* engine, Item* item);
void end_calls(Engine* engine);
// A piece of an answer, to the batch's on_token.
void tell_token(Item* item, leat_delta delta, uint32_t choice, uint32_t tool, Text piece);

// flow/retry.cc: what becomes of an item whose attempt failed. It has left the wire already.
void attempt_failed(Engine* engine, Item* item, const AttemptEnd& end);
// The same for a failure on the wire: gives connection and permit back first.
void wire_failed(Engine* engine, Item* item, leat_status status, leat_stage stage);
bool is_retryable(leat_status status);
// What that status is for an attempt, when nothing else is known of it.
leat_fault fault_of(leat_status status);
// A copy in the item's memory, cut to 500 bytes, credentials taken out; empty without room.
void keep_error_text(Item* item, Text from, Text* to);
void wake_item(Engine* engine, Item* item);
// Out of the list in which it waits or sleeps.
void leave_lists(Engine* engine, Item* item);
void to_waiting(Engine* engine, Item* item);

// flow/spend.cc: what items cost, and whether their batch can pay.
// Whether the model (empty: its own) has a price at the endpoint.
bool is_priced_for(const Endpoint& endpoint, Text model);
void price_item(Item* item);  // once it has its model and domain
bool has_price(const Item& item);
bool can_pay(Engine* engine, Item* item);
void reserve_cost(Item* item);
// What the result's usage would have cost; 0 where nobody knows.
double cost_saved_usd(Item* item);
// What an attempt cost. certain: it was answered, so that unknown usage is not nothing.
void settle_cost(Item* item, const leat_usage& usage, bool certain);

// flow/lease.cc: permit and connection of an item on the wire.
// The last attempt's answer is about to be overwritten: nothing may refer to it any more.
void forget_last_attempt(Item* item);
void lease_begin(Engine* engine, Item* item, Connection* connection, bool reused);
void lease_end(Engine* engine, Item* item, bool keep_connection);

// flow/deadline.cc: an item's timer.
void arm_timer(Engine* engine, Item* item);
void timer_due(Engine* engine, Item* item);

// flow/finish.cc: an item's end.
void finish_item(Engine* engine, Item* item, leat_outcome outcome, leat_status status,
                 leat_stage stage);
void release_item(Engine* engine, Item* item);

// flow/stop.cc: batches and items that are to be stopped.
void stop_batch(Engine* engine, Batch* batch, BatchStop mode, leat_status status);
void stop_items(Engine* engine);
// Ends a batch at once: every item gets its result, every slot comes back.
void end_batch(Engine* engine, Batch* batch);

// flow/deliver.cc
Item* next_deliverable(Batch* batch);
void hand_out(Engine* engine, Batch* batch, Item* item);
// The item that the result was handed out of; nullptr when it is none, or was released.
Item* held_item(Engine* engine, const leat_result* result);
void deliver_results(Engine* engine);
// To leat_batch_next: handed out, and everybody told.
void take_result(Engine* engine, Batch* batch, Item* item);
// post_process and on_progress, for a result that was handed out.
void tell_delivered(Engine* engine, Batch* batch, const leat_result& result);
// The batch's counts so far, with what follows from them.
leat_summary summary_of(const Batch& batch);
// Failures that the policy hides must not reach, or block, leat_batch_next.
void drop_hidden(Engine* engine, Batch* batch);
// The result of a stopped batch's request that never became an item.
void hand_out_unsent(Engine* engine, Batch* batch, const Waiting& waiting);

// flow/loop.cc
leat_status run_step(Engine* engine, int64_t timeout_ns);
int64_t next_wait_ns(Engine* engine);
void update_clock(Engine* engine);

// flow/report.cc: one line to the log port, credentials taken out.
void report(Engine* engine, leat_log_level level, const Endpoint* endpoint, Text what,
            leat_status status);
// The same about the client as a whole; both texts are leat's own.
void report_line(Engine* engine, leat_log_level level, Text what, Text detail);

}  // namespace leat
