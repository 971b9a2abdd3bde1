// flow/context/context_open.cc: a context cache's place in the block, and how it is filled in when one is
// opened.
// Depends on context.h and provider/gemini_tags.
// Invariant: each place has an item of its own, behind those of the caller's requests.
#include "base/check.h"
#include "flow/context/context.h"
#include "flow/engine.h"

namespace leat {

namespace {

// The batch of its calls: one target, and nobody who hears of results.
void fill_calls(Engine* engine, Context* context) {
    Batch* const calls = &context->calls;
    *calls = Batch{};
    calls->client = engine;
    calls->config.struct_size = sizeof calls->config;
    calls->done.open();
    calls->opened_ns = engine->now_ns;
    calls->targets_count = 1;
    calls->targets[0] = Target{context->endpoint, context->model.view(), 0, 0, 1.0, 0, false};
}

}  // namespace

void contexts_open(Engine* engine, void* memory) {
    engine->contexts = static_cast<Context*>(memory);
    for (uint32_t i = 0; i < engine->config.contexts_max; ++i) {
        Context* const context = &engine->contexts[i];
        *context = Context{};
        context->client = engine;
        context->item = &engine->items[engine->config.items_max + i];
        context->item->serves = context;
    }
}

Context* free_context(Engine* engine) {
    for (uint32_t i = 0; i < engine->config.contexts_max; ++i) {
        if (!engine->contexts[i].open) return &engine->contexts[i];
    }
    return nullptr;
}

leat_status context_fill(Engine* engine, Context* context, const leat_context_config& config) {
    LEAT_CHECK(!context->open && context->item->state == ItemState::free);
    Item* const item = context->item;
    *context = Context{};
    context->client = engine;
    context->item = item;
    context->endpoint = &engine->endpoints[config.endpoint];
    context->config = config;
    context->content = *config.content;
    const Text model = empty(config.model) ? context->endpoint->model : config.model;
    if (empty(model)) return LEAT_E_ARGUMENT;
    Text name{nullptr, 0};
    LEAT_TRY(gemini_tags_write(config.tags, config.tags_count, context->display_name.bytes, &name));
    context->display_name.size = name.size;
    if (!context->model.set(model)) return LEAT_E_TOO_LARGE;
    context->config.model = context->model.view();
    context->tokens = LEAT_TOKENS_UNKNOWN;
    context->cost_is_known = true;
    context->waiting.open();
    fill_calls(engine, context);
    context->open = true;
    return LEAT_OK;
}

}  // namespace leat
