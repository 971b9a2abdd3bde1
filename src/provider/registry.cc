// provider/registry.cc: see registry.h. Adapters with a file of their own come first, then the rows
// of the compatible services' table.
#include "provider/registry.h"

namespace leat {

namespace {

// In the order in which leat_provider_name lists them.
constexpr const leat_adapter* own[] = {
    &anthropic_adapter,
    &anthropic_bearer_adapter,
    &gemini_adapter,
    &vertex_adapter,
    &gemini_cached_adapter,
    &openai_responses_adapter,
    &maritaca_responses_adapter,
    &ollama_adapter,
    nullptr,  // ends the list
};

constexpr uint32_t own_count = sizeof own / sizeof own[0] - 1;

}  // namespace

const leat_adapter* adapter_at(uint32_t index) {
    return index < own_count ? own[index] : compat_at(index - own_count);
}

const leat_adapter* find_adapter(Text name) {
    const leat_adapter* adapter = nullptr;
    for (uint32_t i = 0; (adapter = adapter_at(i)) != nullptr; ++i) {
        if (equal(name, text_of(adapter->name))) return adapter;
    }
    return nullptr;
}

}  // namespace leat
