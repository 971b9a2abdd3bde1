// provider/anthropic.cc: the two rows of the Messages API, which differ in how the key goes out, and
// the body's outline. Depends on codec and base. Invariant: what is not set is not in the body, save
// max_tokens, which the API demands.
#include "provider/anthropic.h"

#include "base/check.h"
#include "provider/registry.h"

namespace leat {

namespace {

// What no model of the API has.
constexpr uint32_t lacks = LEAT_FIELD_SEED | LEAT_FIELD_PRESENCE_PENALTY |
                           LEAT_FIELD_FREQUENCY_PENALTY | LEAT_FIELD_PROMPT_CACHE_KEY |
                           LEAT_FIELD_CACHED_CONTENT | LEAT_FIELD_CHOICES_WANTED |
                           LEAT_FIELD_FORMAT_JSON | LEAT_FIELD_IMAGE_DETAIL;

constexpr leat_adapter row(const char* name, const char* auth_header, const char* auth_prefix) {
    leat_adapter adapter{};
    adapter.struct_size = sizeof adapter;
    adapter.lacks = lacks;
    adapter.name = name;
    adapter.base_url = "https://api.anthropic.com";
    adapter.path = "/v1/messages";
    adapter.auth_header = auth_header;
    adapter.auth_prefix = auth_prefix;
    adapter.extra_header = "anthropic-version: 2023-06-01";
    adapter.stream_format = LEAT_STREAM_SSE;
    adapter.build = messages_build;
    adapter.parse = messages_parse;
    adapter.classify = messages_classify;
    adapter.event = messages_event;
    adapter.assembled = messages_assembled;
    return adapter;
}

// A whole body of the caller's: sent as it is, but for the model where one is asked for, and for
// "stream", which says what this call does.
leat_status build_from_body(const leat_build& build, leat_rope* rope) {
    const Text body = build.request->body_json;
    JsonValue own;
    const bool replace = !empty(build.request->model) || !json_find(body, text("model"), &own);
    JsonMembers members(rope);
    if (replace) members.string(text("model"), build.model);
    LEAT_TRY(json_copy_members(body, &members, [&](const JsonValue& key) {
        return (replace && json_is(key, text("model"))) || json_is(key, text("stream"));
    }));
    if (build.stream != 0) members.boolean(text("stream"), true);
    members.end();
    return LEAT_OK;
}

}  // namespace

constexpr leat_adapter anthropic_adapter = row("anthropic", "x-api-key", "");
// OAuth tokens, and gateways that take the same body under a key of their own.
constexpr leat_adapter anthropic_bearer_adapter =
    row("anthropic-bearer", "Authorization", "Bearer ");

leat_status messages_build(const leat_build* build, leat_rope* rope) {
    LEAT_CHECK(build != nullptr && rope != nullptr);
    LEAT_CHECK(build->request != nullptr);
    const leat_request& request = *build->request;
    if (!empty(request.body_json)) return build_from_body(*build, rope);
    JsonMembers members(rope);
    members.string(text("model"), build->model);
    const uint32_t first = messages_put_system(request, &members, rope);
    messages_put_turns(request, first, &members, rope);
    messages_put_options(*build, &members, rope);
    if (!empty(request.extra_json)) {
        // The one is decided by the call, the other was put among the options.
        LEAT_TRY(json_copy_members(request.extra_json, &members, [](const JsonValue& key) {
            return json_is(key, text("stream")) || json_is(key, text("output_config"));
        }));
    }
    members.end();
    return LEAT_OK;
}

}  // namespace leat
