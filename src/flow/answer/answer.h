// flow/answer/answer.h: what came back and what becomes of it: read by the adapter, judged, a round of
// tools, a success, asked again, or tried again.
// Depends on the state of flow. Invariant: an attempt that nobody cuts off ends in exactly one of
// take_answer and attempt_failed.
#pragma once

#include "flow/item.h"

namespace leat {

// What ended an attempt.
struct AttemptEnd {
    leat_fault fault;
    leat_stage stage;
    bool is_paid;  // it was answered: what it cost is settled
};

// parse.cc: a whole answer -> success or failure of the attempt.
void parse_response(Engine* engine, Item* item);

// The adapter's answer to what was sent: kept, paid for, judged.
void take_answer(Engine* engine, Item* item, const leat_answer& answer);
// The result's fields from an answer, whose texts lie in the item's arena.
void keep_answer(Item* item, const leat_answer& answer);

// judge.cc: an answer is read: it is a round of tools, a success, or of the wrong form.
void judge_answer(Engine* engine, Item* item);
// The same for one that was kept. False when it does not pass today's checks: nothing has come of it.
bool judge_kept(Engine* engine, Item* item);
// The wrong answer and what is wrong with it become turns. False when there is nothing to tell.
bool add_correction(Item* item, leat_status status);

// tools.cc: rounds of tools.
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

// retry.cc: what becomes of an item whose attempt failed. It has left the wire already.
void attempt_failed(Engine* engine, Item* item, const AttemptEnd& end);
// The same for a failure on the wire: gives connection and permit back first.
void wire_failed(Engine* engine, Item* item, leat_status status, leat_stage stage);
bool is_retryable(leat_status status);
// What that status is for an attempt, when nothing else is known of it.
leat_fault fault_of(leat_status status);
// A copy in the item's memory, cut to 500 bytes, credentials taken out; empty without room.
void keep_error_text(Item* item, Text from, Text* to);
// It has slept long enough.
void wake_item(Engine* engine, Item* item);

}  // namespace leat
