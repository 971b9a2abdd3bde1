// flow/build.cc: turns an item's request into a rope, once; retries rewind it. The adapter does
// the wording; here its path is checked and its part of the arena closed.
#include "base/check.h"
#include "base/narrow.h"
#include "flow/engine.h"

namespace leat {

namespace {

// What a request will probably cost: a quarter of its bytes, and the estimated answer (B14, M7).
uint64_t estimate_tokens(const Item& item) {
    if (item.request.estimated_tokens != 0) return item.request.estimated_tokens;
    const uint64_t answer = item.request.max_output_tokens != 0
                                ? min_of<uint64_t>(item.request.max_output_tokens,
                                                   item.endpoint->output_estimate_tokens)
                                : item.endpoint->output_estimate_tokens;
    return item.rope.total_bytes / 4 + answer;
}

// base path + the request's or the adapter's path.
leat_status choose_path(Item* item, const leat_rope& rope) {
    Text path = rope.path;
    if (empty(path)) path = item->request.path;
    if (empty(path)) {
        item->path = item->endpoint->path;
        if (!empty(item->path)) return LEAT_OK;
        path = text_of(item->endpoint->adapter->path);
    }
    const size_t room = item->endpoint->base_path.size + path.size + 2;
    char* const out = static_cast<char*>(item->arena.take(room, 1));
    if (out == nullptr) return LEAT_E_ITEM_MEMORY;
    return join_path(item->endpoint->base_path, path, out, room, &item->path);
}

}  // namespace

leat_status build_request(Engine* engine, Item* item) {
    LEAT_CHECK(engine != nullptr && item->endpoint != nullptr);
    const leat_adapter* const adapter = item->endpoint->adapter;
    item->model = empty(item->request.model) ? item->endpoint->model : item->request.model;
    leat_rope rope;
    rope.arena = &item->arena;
    const leat_build build = {&item->request, item->model, adapter->context};
    LEAT_TRY(adapter->build(&build, &rope));
    LEAT_TRY(rope.status);
    item->rope = rope.rope;
    LEAT_TRY(choose_path(item, rope));
    item->headers = rope.headers;
    item->headers_count = rope.headers_count;
    item->reserved_tokens = estimate_tokens(*item);
    item->attempt_mark = item->arena.mark();
    return LEAT_OK;
}

}  // namespace leat
