// provider/openai_chat.h: OpenAI Chat Completions and everything that speaks its wire format.
// What a compatible service does differently is a row of quirks, not code of its own.
// Depends on codec and base.
#pragma once

#include <leat/adapter.h>

#include "codec/json_scan.h"

namespace leat {

struct ChatQuirks {
    const char* max_tokens_name = "max_tokens";
    const char* seed_name = "seed";          // "" where there is none
    const char* top_k_name = "";
    const char* required_word = "required";  // of tool_choice
    uint32_t lacks = 0;                      // LEAT_FIELD_*
    bool zero_temperature_is_tiny = false;   // Maritaca takes 0 as 1e-8 (M13)
    bool no_stream_options = false;          // refuses them, and tells usage unasked
    bool has(uint32_t field) const { return (lacks & field) == 0; }
};

void chat_put_messages(const leat_request& request, leat_rope* rope);

// Sets finish from finish_reason (UNKNOWN for none, OTHER for a strange one), of every choice.
// The choices lie in the item's own memory.
void chat_choose_finish(leat_answer* answer);
// The counts of a usage object.
void chat_read_usage(JsonCursor* at, leat_usage* usage);

leat_status chat_build(const leat_build* build, leat_rope* rope);
leat_status chat_parse(const leat_reply* reply, leat_scratch* scratch, leat_answer* answer);
leat_status chat_event(leat_stream* stream, const leat_event* event);
leat_status chat_assembled(const void* context, uint8_t ended, leat_answer* answer);
void chat_classify(const leat_reply* reply, leat_scratch* scratch, leat_fault* fault);

}  // namespace leat
