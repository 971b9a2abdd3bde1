// provider/compat.cc: the table of services that speak OpenAI's Chat Completions. A row is a base
// URL, how the key is sent, and quirks. Facts from the vendors' pages.
#include "provider/openai_chat.h"
#include "provider/registry.h"

namespace leat {

namespace {

// What no service of this family has in its chat API.
constexpr uint32_t none_has = LEAT_FIELD_THINKING_BUDGET | LEAT_FIELD_THINKING |
                              LEAT_FIELD_CACHE_PROMPT | LEAT_FIELD_CACHE_HERE |
                              LEAT_FIELD_CACHED_CONTENT;
// What only some of them have.
constexpr uint32_t few_have = none_has | LEAT_FIELD_PROMPT_CACHE_KEY |
                              LEAT_FIELD_PROVIDER_METADATA | LEAT_FIELD_TOP_K;

constexpr ChatQuirks make_openai() {
    ChatQuirks quirks;
    quirks.max_tokens_name = "max_completion_tokens";
    quirks.lacks = none_has | LEAT_FIELD_TOP_K;
    return quirks;
}

constexpr ChatQuirks make_plain(uint32_t lacks = few_have) {
    ChatQuirks quirks;
    quirks.lacks = lacks;
    return quirks;
}

constexpr ChatQuirks make_completion_tokens() {
    ChatQuirks quirks = make_plain();
    quirks.max_tokens_name = "max_completion_tokens";
    return quirks;
}

constexpr ChatQuirks make_mistral() {
    ChatQuirks quirks = make_plain();
    quirks.seed_name = "random_seed";
    quirks.required_word = "any";
    quirks.no_stream_options = true;
    return quirks;
}

constexpr ChatQuirks make_maritaca() {
    ChatQuirks quirks = make_plain(few_have | LEAT_FIELD_SEED | LEAT_FIELD_REASONING_EFFORT);
    quirks.seed_name = "";
    quirks.zero_temperature_is_tiny = true;
    return quirks;
}

// Servers of one's own, and routers to them, take more sampling options.
constexpr ChatQuirks make_open_models() {
    ChatQuirks quirks = make_plain(few_have & ~uint32_t{LEAT_FIELD_TOP_K});
    quirks.top_k_name = "top_k";
    return quirks;
}

constexpr ChatQuirks openai = make_openai();
constexpr ChatQuirks plain = make_plain();
constexpr ChatQuirks completion_tokens = make_completion_tokens();
constexpr ChatQuirks mistral = make_mistral();
constexpr ChatQuirks maritaca = make_maritaca();
constexpr ChatQuirks open_models = make_open_models();
constexpr ChatQuirks upstage = make_plain(few_have | LEAT_FIELD_PARALLEL_TOOLS);
constexpr ChatQuirks perplexity =
    make_plain(few_have | LEAT_FIELD_TOOLS | LEAT_FIELD_TOOL_CHOICE |
               LEAT_FIELD_PARALLEL_TOOLS | LEAT_FIELD_CHOICES_WANTED | LEAT_FIELD_STOP);

constexpr leat_adapter row(const char* name, const char* base_url, const ChatQuirks* quirks,
                           const char* auth_header = "Authorization",
                           const char* auth_prefix = "Bearer ") {
    leat_adapter adapter{};
    adapter.struct_size = sizeof adapter;
    adapter.lacks = quirks->lacks;
    adapter.name = name;
    adapter.base_url = base_url;
    adapter.path = "/chat/completions";
    adapter.auth_header = auth_header;
    adapter.auth_prefix = auth_prefix;
    adapter.context = quirks;
    adapter.stream_format = LEAT_STREAM_SSE;
    adapter.build = chat_build;
    adapter.parse = chat_parse;
    adapter.classify = chat_classify;
    adapter.event = chat_event;
    adapter.assembled = chat_assembled;
    return adapter;
}

constexpr leat_adapter rows[] = {
    row("openai", "https://api.openai.com/v1", &openai),
    row("azure", "", &openai, "api-key", ""),
    row("cerebras", "https://api.cerebras.ai/v1", &completion_tokens),
    row("deepseek", "https://api.deepseek.com", &plain),
    row("gpustack", "", &open_models),
    row("groq", "https://api.groq.com/openai/v1", &completion_tokens),
    row("llamacpp", "http://127.0.0.1:8080/v1", &open_models),
    row("maritaca", "https://chat.maritaca.ai/api", &maritaca, "Authorization", "Key "),
    row("mistral", "https://api.mistral.ai/v1", &mistral),
    row("ollama-openai", "http://127.0.0.1:11434/v1", &open_models),
    row("openrouter", "https://openrouter.ai/api/v1", &open_models),
    row("perplexity", "https://api.perplexity.ai", &perplexity),
    row("together", "https://api.together.xyz/v1", &open_models),
    row("upstage", "https://api.upstage.ai/v1", &upstage),
    row("vllm", "http://127.0.0.1:8000/v1", &open_models),
    row("xai", "https://api.x.ai/v1", &plain),
};

constexpr uint32_t rows_count = sizeof rows / sizeof rows[0];

}  // namespace

const leat_adapter* compat_at(uint32_t index) {
    return index < rows_count ? &rows[index] : nullptr;
}

}  // namespace leat
