// provider/compat.cc: the table of services that speak OpenAI's Chat Completions. A row is a base
// URL, how the key is sent, and quirks. Facts from the vendors' pages.
#include "provider/openai_chat.h"
#include "provider/registry.h"

namespace leat {

namespace {

constexpr ChatQuirks plain = {"max_tokens", "seed", false};
constexpr ChatQuirks completion_tokens = {"max_completion_tokens", "seed", false};
constexpr ChatQuirks mistral = {"max_tokens", "random_seed", false};
constexpr ChatQuirks maritaca = {"max_tokens", "", true};

constexpr leat_adapter row(const char* name, const char* base_url, const ChatQuirks* quirks,
                           const char* auth_header = "Authorization",
                           const char* auth_prefix = "Bearer ") {
    return leat_adapter{sizeof(leat_adapter), 0,           name,       base_url,
                        "/chat/completions",  auth_header, auth_prefix, quirks,
                        chat_build,           chat_parse,  chat_classify};
}

constexpr leat_adapter rows[] = {
    row("openai", "https://api.openai.com/v1", &completion_tokens),
    row("azure", "", &completion_tokens, "api-key", ""),
    row("cerebras", "https://api.cerebras.ai/v1", &completion_tokens),
    row("deepseek", "https://api.deepseek.com", &plain),
    row("gpustack", "", &plain),
    row("groq", "https://api.groq.com/openai/v1", &completion_tokens),
    row("llamacpp", "http://127.0.0.1:8080/v1", &plain),
    row("maritaca", "https://chat.maritaca.ai/api", &maritaca, "Authorization", "Key "),
    row("mistral", "https://api.mistral.ai/v1", &mistral),
    row("ollama-openai", "http://127.0.0.1:11434/v1", &plain),
    row("openrouter", "https://openrouter.ai/api/v1", &plain),
    row("perplexity", "https://api.perplexity.ai", &plain),
    row("together", "https://api.together.xyz/v1", &plain),
    row("upstage", "https://api.upstage.ai/v1", &plain),
    row("vllm", "http://127.0.0.1:8000/v1", &plain),
    row("xai", "https://api.x.ai/v1", &plain),
};

constexpr uint32_t rows_count = sizeof rows / sizeof rows[0];

}  // namespace

const leat_adapter* adapter_at(uint32_t index) {
    return index < rows_count ? &rows[index] : nullptr;
}

const leat_adapter* find_adapter(Text name) {
    for (const leat_adapter& adapter : rows) {
        if (equal(name, text_of(adapter.name))) return &adapter;
    }
    return nullptr;
}

}  // namespace leat
