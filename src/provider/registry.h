// provider/registry.h: the providers that leat knows by name: one adapter a file, and the
// OpenAI-compatible services as rows of one table. Static data. Depends on base.
#pragma once

#include <leat/adapter.h>

#include "base/bytes.h"

namespace leat {

// nullptr when there is none of that name.
const leat_adapter* find_adapter(Text name);
// In the order of the table; nullptr past its end.
const leat_adapter* adapter_at(uint32_t index);

// A row of the compatible services' table (compat.cc).
const leat_adapter* compat_at(uint32_t index);

// Adapters with a file of their own are declared here.
extern const leat_adapter anthropic_adapter;
extern const leat_adapter anthropic_bearer_adapter;
extern const leat_adapter gemini_adapter;
extern const leat_adapter vertex_adapter;
extern const leat_adapter gemini_cached_adapter;
extern const leat_adapter openai_responses_adapter;
extern const leat_adapter maritaca_responses_adapter;
extern const leat_adapter ollama_adapter;

}  // namespace leat
