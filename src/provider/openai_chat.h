// provider/openai_chat.h: OpenAI Chat Completions and everything that speaks its wire format.
// What a compatible service does differently is a row of quirks, not code of its own.
// Depends on codec and base.
#pragma once

#include <leat/adapter.h>

namespace leat {

struct ChatQuirks {
    const char* max_tokens_name;   // "max_tokens" or "max_completion_tokens"
    const char* seed_name;         // "seed"; "random_seed" at Mistral; "" where there is none
    bool zero_temperature_is_tiny; // Maritaca takes 0 as 1e-8 (M13)
};

leat_status chat_build(const leat_build* build, leat_rope* rope);
leat_status chat_parse(const leat_reply* reply, leat_scratch* scratch, leat_answer* answer);
void chat_classify(const leat_reply* reply, leat_scratch* scratch, leat_fault* fault);

}  // namespace leat
