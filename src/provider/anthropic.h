// provider/anthropic.h: the Messages API of Anthropic: anthropic.cc (tables, the body), _messages
// (system and turns), _options (what depends on the model), _answer, _stream, _errors.
// Depends on codec and base. Invariant: an option that a model refuses is left out and reported.
#pragma once

#include <leat/adapter.h>

#include "provider/json_members.h"

namespace leat {

// "system", when there is any; returns how many messages went into it.
uint32_t messages_put_system(const leat_request& request, JsonMembers* members, leat_rope* rope);
// "messages": what is left of them from `first` on, and the prompt.
void messages_put_turns(const leat_request& request, uint32_t first, JsonMembers* members,
                        leat_rope* rope);
// Everything else: max_tokens, sampling, thinking, output_config, tools ...
void messages_put_options(const leat_build& build, JsonMembers* members, leat_rope* rope);

// Adds a usage object to what is known. Streams send it twice, cumulative.
void messages_read_usage(JsonCursor* at, leat_usage* usage);
// Sets finish from finish_reason and the tool calls.
void messages_choose_finish(leat_answer* answer);

leat_status messages_build(const leat_build* build, leat_rope* rope);
leat_status messages_parse(const leat_reply* reply, leat_scratch* scratch, leat_answer* answer);
leat_status messages_event(leat_stream* stream, const leat_event* event);
leat_status messages_assembled(const void* context, uint8_t ended, leat_answer* answer);
void messages_classify(const leat_reply* reply, leat_scratch* scratch, leat_fault* fault);

}  // namespace leat
