// flow/context/context.cc: the life of a context cache: it is sought or made when the first item asks,
// renewed while it is in use, sought again when it is lost, and deleted when that is asked for. Each call is
// an item of the cache's own, which goes through the gate as every item does (context_call.cc words and
// reads it).
// Invariant: one call is out at a time; an item that waits is resumed when that call has ended.
#include "flow/context/context.h"

#include "base/check.h"
#include "base/narrow.h"
#include "flow/admission/admission.h"
#include "flow/engine.h"
#include "flow/outcome/outcome.h"

namespace leat {

namespace {

constexpr uint64_t second_ns = UINT64_C(1000000000);
// How long nothing new is tried after a failure: doubling, so that a wrong content costs little.
constexpr uint64_t patience_first_ns = 60 * second_ns;
constexpr uint64_t patience_most_ns = 600 * second_ns;

uint64_t buffer_ns(const Context& context) {
    const uint64_t ttl_ns = context.config.ttl_s * second_ns;
    const uint32_t percent = context.config.renew_percent;
    return percent > 0 ? ttl_ns / 100 * percent : context.config.renew_before_s * second_ns;
}

void renew_in_time(Engine* engine, Context* context) {
    const bool is_due = context->expire_ns - engine->now_ns <= buffer_ns(*context);
    if (!is_due || context->config.renew == 0 || context_is_busy(*context)) return;
    if (engine->now_ns >= context->patience_ns) {
        context_call_begin(engine, context, ContextCall::renew);
    }
}

}  // namespace

bool context_is_usable(const Engine& engine, const Context& context) {
    return context.name.size > 0 && engine.now_ns < context.expire_ns;
}

bool context_may_adopt(const Engine& engine, const Context& context, uint64_t expire_ns) {
    return expire_ns > engine.now_ns && expire_ns - engine.now_ns > buffer_ns(context);
}

ContextUse context_ask(Engine* engine, Context* context) {
    if (context_is_usable(*engine, *context)) {
        renew_in_time(engine, context);
        return ContextUse::cached;
    }
    if (!context_is_busy(*context)) {
        if (engine->now_ns < context->patience_ns) {
            return context->config.send_inline != 0 ? ContextUse::sent_inline : ContextUse::refused;
        }
        context->name.clear();
        context_seek(engine, context);
    }
    return ContextUse::waits;
}

void context_seek(Engine* engine, Context* context) {
    // Without tags one cache cannot be told from another of the same model.
    const bool searches = context->config.find != 0 && context->display_name.size > 0;
    context->page_token.clear();
    context->pages = 0;
    context_call_begin(engine, context, searches ? ContextCall::list : ContextCall::create);
}

void context_ready(Context* context, Text name, uint64_t expire_ns) {
    const bool fits = context->name.set(name);
    LEAT_CHECK(fits && name.size > 0);
    context->expire_ns = expire_ns;
    ++context->generation;
    context->failures = 0;
    context->patience_ns = 0;
}

void context_wait_longer(const Engine& engine, Context* context) {
    const uint32_t doublings = min_of<uint32_t>(context->failures, 8);
    ++context->failures;
    context->patience_ns =
        engine.now_ns + min_of(patience_first_ns << doublings, patience_most_ns);
}

void context_resume(Engine* engine, Context* context) {
    while (Item* const item = context->waiting.front()) unpark(engine, item);
}

void context_lost(Context* context, uint64_t generation) {
    if (context->generation != generation || context->name.size == 0) return;
    (void)context->lost_name.set(context->name.view());
    context->name.clear();
    ++context->lost;
}

void context_go_on(Engine* engine, Context* context) {
    if (context->call != ContextCall::none || !context->delete_asked) return;
    context->delete_asked = false;
    if (context->name.size > 0) context_call_begin(engine, context, ContextCall::remove);
}

// What is out for it ends here and now, unheard.
void context_forget(Engine* engine, Context* context) {
    LEAT_CHECK(context->waiting.empty() && !engine->in_step);
    if (context->call != ContextCall::none) {
        Item* const item = context->item;
        if (item->state != ItemState::done) {
            item->cancel_asked = true;
            engine->stops_pending = true;
            engine->in_step = true;
            stop_items(engine);
            engine->in_step = false;
        }
        LEAT_CHECK(item->state == ItemState::done);
        context_call_drop(engine, context);
    }
    context->open = false;
    engine->work_pending = true;
}

bool contexts_are_busy(const Engine& engine) {
    for (uint32_t i = 0; i < engine.config.contexts_max; ++i) {
        const Context& context = engine.contexts[i];
        if (context.open && context_is_busy(context)) return true;
    }
    return false;
}

void step_contexts(Engine* engine) {
    for (uint32_t i = 0; i < engine->config.contexts_max; ++i) {
        Context* const context = &engine->contexts[i];
        if (!context->open) continue;
        if (!context->calls.done.empty()) context_call_end(engine, context);
        // Items may have been built long ago.
        if (context->was_used && context_is_usable(*engine, *context)) renew_in_time(engine, context);
        context->was_used = false;
        context_go_on(engine, context);
    }
}

}  // namespace leat
