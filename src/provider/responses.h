// provider/responses.h: OpenAI's Responses API and those who speak it: requests made of items,
// answers made of items, streams of typed events. What a service does differently is a row of
// quirks. Depends on codec and base. Pure functions.
#pragma once

#include <leat/adapter.h>

#include "codec/json_scan.h"

namespace leat {

struct ResponsesQuirks {
    bool keeps_answers;             // stores them unless told not to, and has reasoning to hand back
    bool tools_are_strict;          // unless told otherwise
    bool has_stop;                  // "stop", an array
    bool zero_temperature_is_tiny;  // Maritaca takes 0 as 1e-8 (M13)
};

// "input": the conversation as items. LEAT_OK or LEAT_E_JSON.
leat_status responses_put_input(const leat_request& request, leat_rope* rope);

// The counts of a usage object.
void responses_read_usage(JsonCursor* at, leat_usage* usage);
// The word for how it ended: why it is incomplete, else the status.
JsonValue responses_finish_word(const JsonValue& status, const JsonValue& incomplete_reason);
// Takes incomplete_details; *reason stays as it is when there is none.
void responses_take_incomplete(JsonCursor* at, JsonValue* reason);
// Whether a response of this status holds no answer: failed, cancelled, not yet begun or done.
bool responses_has_no_answer(const JsonValue& status);
// Sets finish from finish_reason, refusal and tool calls.
void responses_choose_finish(leat_answer* answer);

leat_status responses_build(const leat_build* build, leat_rope* rope);
leat_status responses_parse(const leat_reply* reply, leat_scratch* scratch, leat_answer* answer);
leat_status responses_event(leat_stream* stream, const leat_event* event);
leat_status responses_assembled(const void* context, uint8_t ended, leat_answer* answer);
void responses_classify(const leat_reply* reply, leat_scratch* scratch, leat_fault* fault);

}  // namespace leat
