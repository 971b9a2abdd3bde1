// provider/ollama.h: Ollama's own API (/api/chat). Its OpenAI-like one is a row of compat.cc.
// Depends on codec and base. Pure functions without a context.
#pragma once

#include <leat/adapter.h>

#include "codec/json_scan.h"

namespace leat {

// "messages": system, conversation, prompt.
void ollama_put_messages(const leat_request& request, leat_rope* rope);

// Sets finish from finish_reason; a call of a tool comes with an ordinary one.
void ollama_choose_finish(leat_answer* answer);
// One of the counts that stand at the top of an answer or of a stream's last line; false for
// another member.
bool ollama_read_count(JsonCursor* at, const JsonValue& key, leat_usage* usage);
// Their sum, when both were told.
void ollama_sum(leat_usage* usage);

leat_status ollama_build(const leat_build* build, leat_rope* rope);
leat_status ollama_parse(const leat_reply* reply, leat_scratch* scratch, leat_answer* answer);
leat_status ollama_event(leat_stream* stream, const leat_event* event);
leat_status ollama_assembled(const void* context, uint8_t ended, leat_answer* answer);
void ollama_classify(const leat_reply* reply, leat_scratch* scratch, leat_fault* fault);

}  // namespace leat
