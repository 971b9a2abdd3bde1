// flow/request/build.cc: turns an item's request into a rope, once; retries rewind it. The adapter does
// the wording; here its path is checked and its part of the arena closed.
#include "base/check.h"
#include "base/narrow.h"
#include "flow/admission/admission.h"
#include "flow/answer/answer.h"
#include "flow/answer/validate.h"
#include "flow/context/context.h"
#include "flow/conversation/conversation.h"
#include "flow/engine.h"
#include "flow/request/request.h"
#include "provider/request_fields.h"

namespace leat {

namespace {

leat_status choose_path(Item* item, const leat_rope& rope) {
    Text path = rope.path;
    if (empty(path)) path = item->asked->path;
    if (empty(path)) {
        item->path = item->endpoint->path;
        if (!empty(item->path)) return LEAT_OK;
        path = text_of(item->endpoint->adapter->path);
    }
    return join_endpoint_path(*item->endpoint, path, &item->arena, &item->path);
}

// A batch's own format is looked at once: it stays as it is until the batch is closed.
leat_status validate_format(Item* item) {
    const leat_format* const format = checked_format(*item->asked);
    if (format == nullptr) return LEAT_OK;
    Batch* const batch = item->batch;  // a probe has none
    const bool is_shared = batch != nullptr && format == batch->defaults.format;
    if (is_shared && batch->format_is_sound) return LEAT_OK;
    FormatFinding finding;
    if (format_validate(*format, &finding) != LEAT_OK) {
        keep_error_text(item, finding.message(), &item->result.error_message);
        return finding.status;
    }
    if (is_shared) batch->format_is_sound = true;
    return LEAT_OK;
}

bool wants_stream(const Item& item) {
    if (is_resource_call(item)) return false;
    if (item.endpoint->adapter->event == nullptr) return false;
    if (item.asked->stream != LEAT_UNSET) return item.asked->stream == LEAT_ON;
    return item.batch != nullptr && item.batch->config.on_token != nullptr;
}

// The words of the request. Fields that the provider has not got are left out.
leat_status word_request(Item* item, leat_rope* rope) {
    if (item->serves != nullptr) return context_call_word(*item, rope);
    if (is_resource_call(*item)) {
        if (empty(item->asked->path)) return LEAT_E_ARGUMENT;
        leat_rope_bytes(rope, item->asked->body_json);
        return LEAT_OK;
    }
    const leat_adapter& adapter = *item->endpoint->adapter;
    const leat_build build = build_of(*item);
    LEAT_TRY(adapter.build(&build, rope));
    item->result.ignored_fields =
        rope->ignored | (request_fields(*item->asked) & adapter_lacks(adapter));
    return LEAT_OK;
}

}  // namespace

Text choose_model(const Item& item) {
    const Batch* const batch = item.batch;  // a probe has none
    const Target* const target = batch == nullptr ? nullptr : &batch->targets[item.target];
    if (target != nullptr && !empty(target->model)) return target->model;
    const bool is_main = target == nullptr || target->rank == batch->targets[0].rank ||
                         target->endpoint == batch->targets[0].endpoint;
    const bool asks = is_main || empty(item.endpoint->model);
    return asks && !empty(item.asked->model) ? item.asked->model : item.endpoint->model;
}

leat_build build_of(const Item& item) {
    leat_build build{};
    build.request = item.asked;
    build.model = item.model;
    build.context = item.endpoint->adapter->context;
    build.stream = item.streams ? 1 : 0;
    return build;
}

leat_status build_request(Engine* engine, Item* item) {
    LEAT_CHECK(engine != nullptr && item->endpoint != nullptr);
    const leat_adapter* const adapter = item->endpoint->adapter;
    LEAT_TRY(compose_request(item));
    if (!is_resource_call(*item)) LEAT_TRY(validate_format(item));
    item->model = choose_model(*item);
    if (item->batch != nullptr) {  // a probe goes past the gate
        item->domain = domain_of(engine, item->endpoint, item->model);
        price_item(item);
        // Nobody could say when the budget is used up.
        if (item->batch->budget.limited() && !has_price(*item)) return LEAT_E_CONFIG;
    }
    item->streams = wants_stream(*item);
    if (adapter->start != nullptr && is_resource_call(*item)) return LEAT_E_UNSUPPORTED;
    if (adapter->start != nullptr) {  // there is nothing to build: start gets the request
        item->result.ignored_fields = request_fields(*item->asked) & adapter_lacks(*adapter);
        item->attempt_mark = item->arena.mark();
        return LEAT_OK;
    }
    leat_rope rope;
    rope.arena = &item->arena;
    if (item->conversation != nullptr) rope.known = item->conversation->history.known();
    LEAT_TRY(word_request(item, &rope));
    for (uint32_t i = 0; i < item->asked->headers_count; ++i) {
        leat_rope_header(&rope, item->asked->headers[i].name, item->asked->headers[i].value);
    }
    LEAT_TRY(rope.status);
    item->rope = rope.rope;
    LEAT_TRY(choose_path(item, rope));
    item->headers = rope.headers;
    item->headers_count = rope.headers_count;
    item->attempt_mark = item->arena.mark();
    return LEAT_OK;
}

leat_status probe_request(Engine* engine, Endpoint* endpoint, const leat_request& request,
                          uint32_t* ignored) {
    LEAT_CHECK(ignored != nullptr);
    Item* const item = engine->free_items.pop_front();
    if (item == nullptr) return LEAT_E_WOULD_BLOCK;
    item->arena.reset();
    item->batch = nullptr;
    item->conversation = request.conversation;
    item->endpoint = endpoint;
    item->request = request;
    item->rope = Rope{};
    item->turns_count = 0;
    item->context_generation = 0;
    const leat_status status = build_request(engine, item);
    if (status == LEAT_OK) *ignored = item->result.ignored_fields;
    item->arena.reset();
    item->endpoint = nullptr;
    item->conversation = nullptr;
    engine->free_items.push_front(item);
    return status;
}

}  // namespace leat
