// provider/gemini_cache.cc: see gemini_cache.h. What is cached is worded by the functions that word
// a request, so that a cached prompt and a sent one cannot differ.
#include "provider/gemini_cache.h"

#include "base/check.h"
#include "codec/http_date.h"
#include "provider/gemini.h"
#include "provider/json_read.h"
#include "provider/registry.h"

namespace leat {

namespace {

// "300s"
void put_ttl(uint32_t ttl_s, JsonMembers* body, leat_rope* rope) {
    body->name(text("ttl"));
    leat_rope_copy(rope, text("\""));
    leat_rope_json_integer(rope, ttl_s);
    leat_rope_copy(rope, text("s\""));
}

// "gemini-x" as "models/gemini-x"; what has a slash stands for itself.
leat_status put_model(Text model, leat_rope* rope) {
    for (size_t i = 0; i < model.size; ++i) {
        const char c = model.data[i];
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\') return LEAT_E_TEXT;
    }
    const bool is_path = find_byte(model, '/') != not_found;
    leat_rope_bytes(rope, is_path ? text("\"") : text("\"models/"));
    leat_rope_copy(rope, model);
    leat_rope_bytes(rope, text("\""));
    return LEAT_OK;
}

leat_status take_time(JsonCursor* at, leat_scratch* scratch, int64_t* time_ms) {
    Text written{nullptr, 0};
    LEAT_TRY(take_text(at, scratch, &written));
    (void)parse_rfc3339_ms(written, time_ms);
    return LEAT_OK;
}

leat_status read_member(JsonCursor* at, const JsonValue& key, leat_scratch* scratch,
                        GeminiCache* cache) {
    if (json_is(key, text("name"))) return take_text(at, scratch, &cache->name);
    if (json_is(key, text("model"))) return take_text(at, scratch, &cache->model);
    if (json_is(key, text("displayName"))) return take_text(at, scratch, &cache->display_name);
    if (json_is(key, text("createTime"))) return take_time(at, scratch, &cache->create_time_ms);
    if (json_is(key, text("updateTime"))) return take_time(at, scratch, &cache->update_time_ms);
    if (json_is(key, text("expireTime"))) return take_time(at, scratch, &cache->expire_time_ms);
    if (json_is(key, text("usageMetadata"))) {
        each_member(at, [&](const JsonValue& inner) {
            if (json_is(inner, text("totalTokenCount"))) take_count(at, &cache->total_tokens);
        });
    }
    return LEAT_OK;
}

leat_status read_cache(JsonCursor* at, leat_scratch* scratch, GeminiCache* cache, bool* has_error) {
    *cache = GeminiCache{};
    leat_status status = LEAT_OK;
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("error")) && at->peek() == JsonType::object) *has_error = true;
        const leat_status its = read_member(at, key, scratch, cache);
        if (status == LEAT_OK) status = its;
    });
    return status;
}

}  // namespace

// Vertex AI keeps its caches elsewhere than its models, and names them with their project; gemini-cached
// sends nothing without one.
bool gemini_has_caches(const leat_adapter& adapter) { return &adapter == &gemini_adapter; }

leat_status gemini_cache_build(const GeminiCacheOrder& order, leat_rope* rope) {
    LEAT_CHECK(rope != nullptr && order.content != nullptr);
    LEAT_CHECK(order.ttl_s > 0);
    if (empty(order.model)) return LEAT_E_ARGUMENT;
    const leat_request& content = *order.content;
    JsonMembers body(rope);
    body.name(text("model"));
    LEAT_TRY(put_model(order.model, rope));
    body.string(text("displayName"), order.display_name);
    put_ttl(order.ttl_s, &body, rope);
    gemini_put_system(content, &body, rope);
    gemini_put_tools(content, &body, rope);
    const bool has_turns = content.messages_count > 0 || !empty(content.prompt);
    if (has_turns) gemini_put_contents(content, order.model, &body, rope);
    body.end();
    return LEAT_OK;
}

void gemini_cache_build_ttl(uint32_t ttl_s, leat_rope* rope) {
    LEAT_CHECK(rope != nullptr && ttl_s > 0);
    JsonMembers body(rope);
    put_ttl(ttl_s, &body, rope);
    body.end();
}

leat_status gemini_cache_read(Text body, leat_scratch* scratch, GeminiCache* cache) {
    LEAT_CHECK(scratch != nullptr && cache != nullptr);
    JsonCursor at(body);
    bool has_error = false;
    if (at.peek() != JsonType::object) return LEAT_E_PARSE;
    const leat_status status = read_cache(&at, scratch, cache, &has_error);
    if (at.finish() != LEAT_OK) return LEAT_E_PARSE;
    LEAT_TRY(status);
    if (has_error) return LEAT_E_HTTP;
    return empty(cache->name) ? LEAT_E_PARSE : LEAT_OK;
}

leat_status gemini_cache_read_list(Text body, leat_scratch* scratch, GeminiCacheTake take,
                                   void* user, Text* next_page_token) {
    LEAT_CHECK(scratch != nullptr && take != nullptr && next_page_token != nullptr);
    *next_page_token = Text{nullptr, 0};
    JsonCursor at(body);
    leat_status status = LEAT_OK;
    bool has_error = false;
    bool wants_more = true;
    const auto note = [&](leat_status its) {
        if (status == LEAT_OK) status = its;
    };
    if (at.peek() != JsonType::object) return LEAT_E_PARSE;
    each_member(&at, [&](const JsonValue& key) {
        if (json_is(key, text("nextPageToken"))) {
            note(take_text(&at, scratch, next_page_token));
        } else if (json_is(key, text("error"))) {
            has_error = has_error || at.peek() == JsonType::object;
        } else if (json_is(key, text("cachedContents"))) {
            each_element(&at, [&] {
                GeminiCache cache;
                bool ignored = false;
                if (!wants_more || at.peek() != JsonType::object) return;
                const leat_status read = read_cache(&at, scratch, &cache, &ignored);
                note(read);
                if (read == LEAT_OK && !empty(cache.name)) wants_more = take(user, cache);
            });
        }
    });
    if (at.finish() != LEAT_OK) return LEAT_E_PARSE;
    LEAT_TRY(status);
    return has_error ? LEAT_E_HTTP : LEAT_OK;
}

}  // namespace leat
