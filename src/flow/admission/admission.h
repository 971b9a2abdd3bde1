// flow/admission/admission.h: which request may go, where to, and when: the gate, the targets and their
// fallbacks, what it may cost, a second try beside a slow one; and where an item waits.
// Depends on the state of flow. Invariant: nothing gets a permit but in admit.cc.
#pragma once

#include "flow/batch.h"

namespace leat {

// target.cc
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

// admit.cc: waiting items through the gate, as many as it lets.
void admit_items(Engine* engine, Endpoint* endpoint);

// spend.cc: what items cost, and whether their batch can pay.
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

// hedge.cc: when a second try is due (never_ns: it is not), and its beginning.
uint64_t hedge_at_ns(const Engine& engine, const Item& item);
void hedge_begin(Engine* engine, Item* item);
// The item has ended and has a twin. True when it is dropped and the twin goes on in its place.
bool resolve_twin(Engine* engine, Item* item, leat_outcome outcome, leat_status status);

// waiting.cc: where an item waits. It is in no list before.
// For the gate, behind the others or before them.
void to_waiting(Engine* engine, Item* item);
void to_waiting_first(Engine* engine, Item* item);
void to_sleep(Engine* engine, Item* item, uint64_t until_ns);
// In a list of what it waits for; it holds its slot and nothing else.
void park(Engine* engine, Item* item, ItemList* list);
// What it waited for is there: begin_request in the next stage. From anywhere.
void unpark(Engine* engine, Item* item);
void resume_items(Engine* engine);
// Out of the list in which it waits, sleeps or is parked.
void leave_lists(Engine* engine, Item* item);

}  // namespace leat
