// flow/context/context_use.cc: an item and the context cache that its request names: it waits for it, is
// built over it or with the shared part sent along, and is tried once more when the cache turns out to be
// lost.
// Depends on context.h and provider/gemini_tags.
// Invariant: what was built names one cache for good: its name lies in the item's own memory.
#include "base/check.h"
#include "base/narrow.h"
#include "flow/admission/admission.h"
#include "flow/answer/answer.h"
#include "flow/context/context.h"
#include "flow/engine.h"
#include "flow/outcome/outcome.h"
#include "flow/request/request.h"
#include "provider/gemini_tags.h"
#include "provider/request_words.h"

namespace leat {

namespace {

// The API takes none of these beside a cache, or the shared part could not be joined with them.
bool has_its_own(const leat_request& request) {
    bool its_own = !empty(request.body_json) || !empty(request.method) || !empty(request.system) ||
                   !empty(request.cached_content) || !empty(request.tools_json) ||
                   !empty(request.tool_choice_json) || request.tools != nullptr;
    for (uint32_t i = 0; i < request.messages_count; ++i) {
        its_own |= role_of(request.messages[i].role) == Role::system;
    }
    return its_own;
}

Text bare(Text model) {
    constexpr Text folder = text("models/");
    return starts_with(model, folder) ? tail(model, folder.size) : model;
}

bool serves(const Context& context, const Item& item) {
    return item.endpoint == context.endpoint &&
           equal(bare(item.model), bare(context.model.view()));
}

bool is_open(const Engine& engine, const Context* context) {
    const uint32_t count = engine.config.contexts_max;
    const size_t place = place_in(context, engine.contexts, sizeof(Context), count);
    return place < count && engine.contexts[place].open;
}

// A second try may be built when the cache of the first one is gone; on_attempt may choose another model.
bool is_built_over(const Context& context, const Item& item) {
    return item.context_generation != 0 && item.context_generation == context.generation &&
           context.name.size > 0 && serves(context, item);
}

void refuse(Engine* engine, Item* item, leat_status status, Text why) {
    keep_error_text(item, why, &item->result.error_message);
    finish_item(engine, item, LEAT_FAILED, status, LEAT_STAGE_BUILD);
}

}  // namespace

bool context_admits(Engine* engine, Item* item) {
    Context* const context = item->request.context;
    item->context_generation = 0;
    if (context == nullptr || item->batch->config.dry_run != 0) return true;
    if (!is_open(*engine, context)) {
        refuse(engine, item, LEAT_E_ARGUMENT, text("the context is not open"));
        return false;
    }
    if (has_its_own(item->request)) {
        refuse(engine, item, LEAT_E_ARGUMENT,
               text("beside a context no body, method, system text, tools or tool choice is taken"));
        return false;
    }
    item->model = choose_model(*item);
    if (item->goes_inline || !serves(*context, *item)) return true;
    switch (context_ask(engine, context)) {
        case ContextUse::cached: item->context_generation = context->generation; return true;
        case ContextUse::sent_inline: return true;
        case ContextUse::waits: park(engine, item, &context->waiting); return false;
        case ContextUse::refused: break;
    }
    refuse(engine, item, context->status, context->error.view());
    return false;
}

leat_status context_apply(Item* item, leat_request* asked, const leat_request** shared) {
    const Context* const context = item->request.context;
    if (context == nullptr) return LEAT_OK;
    if (has_its_own(*asked)) return LEAT_E_ARGUMENT;  // on_attempt's
    item->model = choose_model(*item);
    if (is_built_over(*context, *item)) {
        return item->arena.copy(context->name.view(), &asked->cached_content) ? LEAT_OK
                                                                             : LEAT_E_ITEM_MEMORY;
    }
    item->context_generation = 0;
    *shared = &context->content;
    asked->system = context->content.system;
    asked->tools = context->content.tools;
    asked->tools_json = context->content.tools_json;
    asked->tool_choice_json = context->content.tool_choice_json;
    return LEAT_OK;
}

const leat_tools* tools_of(const Item& item) {
    const Context* const context = item.request.context;
    if (item.asked->tools != nullptr || context == nullptr) return item.asked->tools;
    return context->content.tools;
}

void context_note_answer(const Item& item) {
    if (item.context_generation != 0) item.request.context->was_used = true;
}

bool context_recovers(Engine* engine, Item* item, const leat_fault& fault) {
    if (item->context_generation == 0 || item->context_recovered || item->is_twin) return false;
    if (item->batch->stop != BatchStop::none || item->cancel_asked) return false;
    if (!gemini_cache_is_lost(item->result.http_status, fault.message)) return false;
    Context* const context = item->request.context;
    context_lost(context, item->context_generation);
    item->context_recovered = true;
    item->goes_inline = context->config.recreate == 0;
    LEAT_CHECK(item->attempts > 0);
    --item->attempts;  // it was no answer to what was asked
    begin_request(engine, item);
    return true;
}

}  // namespace leat
