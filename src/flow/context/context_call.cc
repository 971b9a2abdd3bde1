// flow/context/context_call.cc: the calls for a context cache: list, create, renew, remove. Here they are
// begun as an item of the cache's own and read when that item has ended; context.cc decides what follows.
// Depends on provider/gemini_cache and codec.
// Invariant: between a call's begin and its end the cache's item is alive, and nowhere else is.
#include "base/check.h"
#include "base/narrow.h"
#include "codec/scratch.h"
#include "flow/admission/admission.h"
#include "flow/context/context.h"
#include "flow/engine.h"
#include "flow/outcome/outcome.h"
#include "flow/report.h"
#include "flow/request/request.h"
#include "meter/usage.h"
#include "provider/gemini_cache.h"

namespace leat {

namespace {

constexpr uint64_t ns_per_ms = 1'000'000;
constexpr Text page_query = text("?pageSize=100");

Text method_of(ContextCall call) {
    switch (call) {
        case ContextCall::list: return text("GET");
        case ContextCall::create: return text("POST");
        case ContextCall::renew: return text("PATCH");
        case ContextCall::remove: return text("DELETE");
        case ContextCall::none: break;
    }
    LEAT_CHECK(false);
    return Text{nullptr, 0};
}

// The text with all but the letters and digits percent-encoded.
leat_status encode(Text from, Arena* arena, Text* out) {
    constexpr char hex[] = "0123456789ABCDEF";
    char* const at = static_cast<char*>(arena->take(3 * from.size, 1));
    if (at == nullptr) return LEAT_E_ITEM_MEMORY;
    size_t size = 0;
    for (size_t i = 0; i < from.size; ++i) {
        const char c = from.data[i];
        const char lower = to_lower(c);
        const unsigned byte = static_cast<unsigned char>(c);
        if (is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '-' || c == '_') {
            at[size++] = c;
            continue;
        }
        at[size++] = '%';
        at[size++] = hex[byte >> 4];
        at[size++] = hex[byte & 15];
    }
    *out = text(at, size);
    return LEAT_OK;
}

leat_status join(const Text (&parts)[3], Arena* arena, Text* out) {
    size_t size = 0;
    for (const Text part : parts) size += part.size;
    char* const at = static_cast<char*>(arena->take(size, 1));
    if (at == nullptr) return LEAT_E_ITEM_MEMORY;
    *out = text(at, 0);
    for (const Text part : parts) {
        if (part.size > 0) memcpy(at + out->size, part.data, part.size);
        out->size += part.size;
    }
    return LEAT_OK;
}

// /cachedContents, with its page; or /NAME.
leat_status path_of(const Context& context, Arena* arena, Text* path) {
    constexpr Text none = Text{nullptr, 0};
    if (context.call == ContextCall::create) {
        *path = gemini_caches_path;
        return LEAT_OK;
    }
    if (context.call != ContextCall::list) {
        return join({text("/"), context.name.view(), none}, arena, path);
    }
    if (context.page_token.size == 0) return join({gemini_caches_path, page_query, none}, arena, path);
    Text token{nullptr, 0};
    LEAT_TRY(encode(context.page_token.view(), arena, &token));
    return join({gemini_caches_path, text("?pageSize=100&pageToken="), token}, arena, path);
}

// When a cache that was told of so ends, by the engine's clock. The service's own times count from one
// another, or from the wall clock; without any the lifetime that was asked for holds.
uint64_t expiry_of(Engine* engine, const Context& context, const GeminiCache& cache) {
    const int64_t begin_ms = max_of(cache.update_time_ms, cache.create_time_ms);
    const bool is_ours = context.call != ContextCall::list;
    int64_t left_ms = int64_t{context.config.ttl_s} * 1000;
    uint64_t from_ns = context.called_ns;
    if (is_ours && cache.expire_time_ms >= 0 && begin_ms >= 0) {
        left_ms = cache.expire_time_ms - begin_ms;
    } else if (!is_ours) {
        from_ns = engine->now_ns;
        left_ms = cache.expire_time_ms < 0 ? 0 : cache.expire_time_ms - unix_ms(*engine);
    }
    return left_ms <= 0 ? from_ns : from_ns + static_cast<uint64_t>(left_ms) * ns_per_ms;
}

// What a peer names so goes into paths.
bool is_usable_name(Text name) {
    return name.size <= context_name_bytes && gemini_is_cache_name(name);
}

// Looks for a cache to take over.
struct Search {
    Engine* engine;
    Context* context;
    GeminiCache found;
    uint64_t expire_ns;

    bool suits(const GeminiCache& cache) const {
        const leat_context_config& config = context->config;
        return is_usable_name(cache.name) && !equal(cache.name, context->lost_name.view()) &&
               gemini_is_model(cache.model, context->model.view()) &&
               gemini_has_tags(cache.display_name, config.tags, config.tags_count) &&
               context_may_adopt(*engine, *context, expiry_of(engine, *context, cache));
    }
    static bool take(void* user, const GeminiCache& cache) {
        Search* const self = static_cast<Search*>(user);
        if (!self->suits(cache)) return true;
        self->found = cache;
        self->expire_ns = expiry_of(self->engine, *self->context, cache);
        return false;
    }
};

void note_error(Engine* engine, Context* context, const leat_result& result, leat_status status,
                Text what) {
    context->status = status;
    (void)context->error.set(head(result.error_message, context_error_bytes));
    report(engine, LEAT_LOG_WARNING, context->endpoint, what, status);
}

// What follows a call.
enum class After : uint8_t { resume, next_page, create, seek };

After end_list(Engine* engine, Context* context, const leat_result& result, leat_scratch* scratch) {
    Search search{engine, context, GeminiCache{}, 0};
    Text token{nullptr, 0};
    leat_status read = result.status;
    if (read == LEAT_OK) {
        read = gemini_cache_read_list(result.body, scratch, Search::take, &search, &token);
    }
    if (!empty(search.found.name)) {
        ++context->found;
        context->is_ours = false;
        context->tokens = search.found.total_tokens;
        context_ready(context, search.found.name, search.expire_ns);
        return After::resume;
    }
    if (read != LEAT_OK) note_error(engine, context, result, read, text("context caches not listed"));
    const bool goes_on = read == LEAT_OK && !empty(token) && ++context->pages < list_pages_max &&
                         context->page_token.set(token);
    return goes_on ? After::next_page : After::create;
}

// What making it took, as far as anybody can tell.
void note_cost(Context* context, const GeminiCache& cache) {
    Item* const item = context->item;
    const bool is_known = cache.total_tokens >= 0 && has_price(*item);
    context->cost_is_known = context->cost_is_known && is_known;
    if (!is_known) return;
    leat_usage usage = unknown_usage();
    usage.input_tokens = cache.total_tokens;
    usage.output_tokens = 0;
    settle_cost(item, usage, false);
    context->cost += item->cost;
}

// One cache, as the answers that make and renew it tell.
leat_status read_one(const leat_result& result, leat_scratch* scratch, GeminiCache* cache) {
    LEAT_TRY(result.status);
    LEAT_TRY(gemini_cache_read(result.body, scratch, cache));
    return is_usable_name(cache->name) ? LEAT_OK : LEAT_E_PARSE;
}

After end_create(Engine* engine, Context* context, const leat_result& result,
                 leat_scratch* scratch) {
    GeminiCache cache;
    leat_status read = read_one(result, scratch, &cache);
    const uint64_t expire_ns = read == LEAT_OK ? expiry_of(engine, *context, cache) : 0;
    // One that is over as it begins would be made again at once, and again.
    if (read == LEAT_OK && expire_ns <= engine->now_ns) read = LEAT_E_PARSE;
    if (read != LEAT_OK) {
        note_error(engine, context, result, read, text("no context cache"));
        context_wait_longer(*engine, context);
        return After::resume;
    }
    ++context->created;
    context->is_ours = true;
    context->tokens = cache.total_tokens;
    note_cost(context, cache);
    context_ready(context, cache.name, expire_ns);
    return After::resume;
}

After end_renew(Engine* engine, Context* context, const leat_result& result, leat_scratch* scratch) {
    GeminiCache cache;
    const leat_status read = read_one(result, scratch, &cache);
    if (read == LEAT_OK) {
        ++context->renewed;
        context->expire_ns = expiry_of(engine, *context, cache);
        return After::resume;
    }
    note_error(engine, context, result, read, text("context cache not renewed"));
    // Another one takes its place; until then, or until it expires, this one serves on.
    if (gemini_cache_is_lost(result.http_status, result.error_message)) {
        context_lost(context, context->generation);
    }
    return After::seek;
}

After end_remove(Engine* engine, Context* context, const leat_result& result) {
    const bool is_gone = result.status == LEAT_OK ||
                         gemini_cache_is_lost(result.http_status, result.error_message);
    if (is_gone) {
        context->name.clear();
    } else {
        note_error(engine, context, result, result.status, text("context cache not deleted"));
    }
    return After::resume;
}

After end_call(Engine* engine, Context* context, const leat_result& result, leat_scratch* scratch) {
    switch (context->call) {
        case ContextCall::list: return end_list(engine, context, result, scratch);
        case ContextCall::create: return end_create(engine, context, result, scratch);
        case ContextCall::renew: return end_renew(engine, context, result, scratch);
        case ContextCall::remove: return end_remove(engine, context, result);
        case ContextCall::none: break;
    }
    LEAT_CHECK(false);
    return After::resume;
}

}  // namespace

void context_call_begin(Engine* engine, Context* context, ContextCall call) {
    LEAT_CHECK(context->call == ContextCall::none && call != ContextCall::none);
    Item* const item = context->item;
    Batch* const calls = &context->calls;
    context->call = call;
    context->called_ns = engine->now_ns;
    open_slot(item, calls, 0, calls->accepted++, engine->now_ns);
    ++calls->summary.total;
    item->request = leat_request{};
    item->request.method = method_of(call);
    item->request.path = gemini_caches_path;
    item->request.model = context->model.view();
    item->request_mark = item->arena.mark();
    begin_request(engine, item);
    engine->work_pending = true;
}

leat_status context_call_word(const Item& item, leat_rope* rope) {
    LEAT_CHECK(item.serves != nullptr);
    const Context& context = *item.serves;
    Text path{nullptr, 0};
    LEAT_TRY(path_of(context, rope->arena, &path));
    leat_rope_path(rope, path);
    if (context.call == ContextCall::renew) gemini_cache_build_ttl(context.config.ttl_s, rope);
    if (context.call != ContextCall::create) return LEAT_OK;
    GeminiCacheOrder order;
    order.content = &context.content;
    order.model = context.model.view();
    order.display_name = context.display_name.view();
    order.ttl_s = context.config.ttl_s;
    return gemini_cache_build(order, rope);
}

void context_call_drop(Engine* engine, Context* context) {
    hand_out(engine, &context->calls, context->item);
    release_item(engine, context->item);
    context->call = ContextCall::none;
}

void context_call_end(Engine* engine, Context* context) {
    LEAT_CHECK(context->item->state == ItemState::done);
    leat_scratch scratch;
    scratch.arena = &context->item->arena;
    const After after = end_call(engine, context, context->item->result, &scratch);
    context_call_drop(engine, context);
    // Whoever has asked for its deletion meanwhile wants no other one.
    switch (context->delete_asked ? After::resume : after) {
        case After::resume: context_resume(engine, context); return;
        case After::next_page: context_call_begin(engine, context, ContextCall::list); return;
        case After::create: context_call_begin(engine, context, ContextCall::create); return;
        case After::seek: context_seek(engine, context); return;
    }
}

}  // namespace leat
