// provider/responses_request.cc: the request side of the Responses API and its adapters' tables.
// Unset options do not appear, but for two:
// - "store": false, where answers are kept otherwise. A batch leaves nothing behind unasked. What a
//   reasoning model thought is then to be had only in encrypted form, which must be asked for, or
//   its turn could not be sent back; other models refuse that wish, so it goes by the model's name
//   (or by what the request asks of it). Either member in extra_json replaces ours.
// - "strict" of a tool, where it would be on otherwise: leat_tool.strict means the same everywhere.
#include "base/check.h"
#include "provider/extra_members.h"
#include "provider/registry.h"
#include "provider/request_words.h"
#include "provider/responses.h"

namespace leat {

namespace {

enum class ModelKind : uint8_t { unknown, plain, reasoning };

// "gpt-4.1-mini" -> plain, "o3", "gpt-5-nano", "ft:o4-mini:org" and "codex-mini" -> reasoning.
ModelKind kind_of(Text model) {
    Text name = model;
    if (starts_with(name, text("ft:"))) name = tail(name, 3);
    if (starts_with(name, text("chatgpt-"))) return ModelKind::plain;
    if (starts_with(name, text("gpt-5-chat"))) return ModelKind::plain;
    if (starts_with(name, text("codex-"))) return ModelKind::reasoning;
    const bool is_o = name.size >= 2 && name.data[0] == 'o' && is_digit(name.data[1]);
    if (is_o) return ModelKind::reasoning;
    if (!starts_with(name, text("gpt-")) || name.size < 5) return ModelKind::unknown;
    if (!is_digit(name.data[4])) return ModelKind::unknown;  // gpt-oss, gpt-image
    const bool two_digits = name.size >= 6 && is_digit(name.data[5]);
    return name.data[4] >= '5' || two_digits ? ModelKind::reasoning : ModelKind::plain;
}

// Drops what build->stream decides; stream_options stay in a stream.
leat_status put_body(const leat_build& build, leat_rope* rope) {
    JsonValue own;
    const bool has_model = json_find(build.request->body_json, text("model"), &own);
    const bool replace = !empty(build.request->model) || !has_model;
    JsonMembers members(rope);
    if (replace) members.string(text("model"), build.model);
    LEAT_TRY(json_copy_members(build.request->body_json, &members, [&](const JsonValue& key) {
        if (replace && json_is(key, text("model"))) return true;
        if (build.stream == 0 && json_is(key, text("stream_options"))) return true;
        return json_is(key, text("stream"));
    }));
    if (build.stream != 0) members.boolean(text("stream"), true);
    members.end();
    return LEAT_OK;
}

leat_status put_reasoning(const leat_request& request, ModelKind kind, const ExtraMembers& extra,
                          JsonMembers* body, leat_rope* rope) {
    Text effort = request.reasoning_effort;
    bool shows = request.thinking == LEAT_ON;
    if (kind == ModelKind::plain) {
        if (!empty(effort)) leat_rope_ignored(rope, LEAT_FIELD_REASONING_EFFORT);
        if (shows) leat_rope_ignored(rope, LEAT_FIELD_THINKING);
        effort = Text{nullptr, 0};
        shows = false;
    }
    if (empty(effort) && !shows && !extra.has(text("reasoning"))) return LEAT_OK;
    body->name(text("reasoning"));
    JsonMembers members(rope);
    members.string(text("effort"), effort);
    if (shows) members.string(text("summary"), text("auto"));
    LEAT_TRY(extra.put_inside(text("reasoning"), &members));
    members.end();
    return LEAT_OK;
}

void put_format(const leat_request& request, JsonMembers* object, leat_rope* rope) {
    object->name(text("format"));
    if (!empty(request.response_format_json)) {
        leat_rope_bytes(rope, request.response_format_json);
        return;
    }
    const leat_format& format = *request.format;
    JsonMembers members(rope);
    if (has_schema(&format)) {
        members.string(text("type"), text("json_schema"));
        members.string(text("name"), format_name(format));
        members.string(text("description"), format.description);
        members.name(text("schema"));
        put_format_schema(rope, format);
        if (format.strict != 0) members.boolean(text("strict"), true);
    } else {
        members.string(text("type"), text("json_object"));
    }
    members.end();
}

leat_status put_text(const leat_request& request, const ExtraMembers& extra, JsonMembers* body,
                     leat_rope* rope) {
    const bool is_asked = request.format != nullptr && request.format->kind != LEAT_FORMAT_TEXT;
    const bool has_format = is_asked || !empty(request.response_format_json);
    if (!has_format && !extra.has(text("text"))) return LEAT_OK;
    body->name(text("text"));
    JsonMembers members(rope);
    if (has_format) put_format(request, &members, rope);
    LEAT_TRY(extra.put_inside(text("text"), &members));
    members.end();
    return LEAT_OK;
}

void put_tool(const leat_tool& tool, bool says_strict, leat_rope* rope) {
    JsonMembers members(rope);
    members.string(text("type"), text("function"));
    members.string(text("name"), tool.name);
    members.string(text("description"), tool.description);
    members.json(text("parameters"), tool_parameters(tool));
    if (says_strict || tool.strict != 0) members.boolean(text("strict"), tool.strict != 0);
    members.end();
}

void put_tool_choice(const leat_tools& tools, JsonMembers* body, leat_rope* rope) {
    switch (tools.mode) {
        case LEAT_TOOLS_UNSET: return;
        case LEAT_TOOLS_AUTO: body->string(text("tool_choice"), text("auto")); return;
        case LEAT_TOOLS_NONE: body->string(text("tool_choice"), text("none")); return;
        case LEAT_TOOLS_REQUIRED: body->string(text("tool_choice"), text("required")); return;
        case LEAT_TOOLS_NAMED: break;
    }
    body->name(text("tool_choice"));
    JsonMembers members(rope);
    members.string(text("type"), text("function"));
    members.string(text("name"), tools.choice);
    members.end();
}

void put_tools(const leat_request& request, bool says_strict, JsonMembers* body, leat_rope* rope) {
    const leat_tools* const tools = request.tools;
    if (!empty(request.tools_json)) {
        body->json(text("tools"), request.tools_json);
    } else if (tools != nullptr && tools->count > 0) {
        body->name(text("tools"));
        JsonElements list(rope);
        for (uint32_t i = 0; i < tools->count; ++i) {
            list.next();
            put_tool(tools->list[i], says_strict, rope);
        }
        list.end();
    }
    if (!empty(request.tool_choice_json)) {
        body->json(text("tool_choice"), request.tool_choice_json);
    } else if (tools != nullptr) {
        put_tool_choice(*tools, body, rope);
    }
    if (tools != nullptr && tools->parallel != LEAT_UNSET) {
        body->boolean(text("parallel_tool_calls"), tools->parallel == LEAT_ON);
    }
}

void put_numbers(const leat_request& request, const ResponsesQuirks& quirks, JsonMembers* body) {
    if (request.max_output_tokens != 0) {
        body->integer(text("max_output_tokens"), request.max_output_tokens);
    }
    leat_number temperature = request.temperature;
    const bool is_zero = temperature.is_set != 0 && temperature.value == 0.0;
    if (is_zero && quirks.zero_temperature_is_tiny) temperature.value = 1e-8;
    body->number(text("temperature"), temperature);
    body->number(text("top_p"), request.top_p);
}

void put_stop(const leat_request& request, JsonMembers* body, leat_rope* rope) {
    if (request.stop_count == 0) return;
    body->name(text("stop"));
    JsonElements list(rope);
    for (uint32_t i = 0; i < request.stop_count; ++i) {
        list.next();
        leat_rope_json_string(rope, request.stop[i]);
    }
    list.end();
}

// See the top of this file.
void put_keeping(const leat_request& request, ModelKind kind, const ExtraMembers& extra,
                 JsonMembers* body) {
    if (!extra.has(text("store"))) body->boolean(text("store"), false);
    const bool asks = !empty(request.reasoning_effort) || request.thinking == LEAT_ON;
    const bool reasons = kind == ModelKind::reasoning || (kind == ModelKind::unknown && asks);
    const bool is_kept = extra.is(text("store"), text("true"));
    if (!reasons || is_kept || extra.has(text("include"))) return;
    body->json(text("include"), text("[\"reasoning.encrypted_content\"]"));
}

}  // namespace

leat_status responses_build(const leat_build* build, leat_rope* rope) {
    LEAT_CHECK(build != nullptr && rope != nullptr);
    const leat_request& request = *build->request;
    if (!empty(request.body_json)) return put_body(*build, rope);
    LEAT_CHECK(build->context != nullptr);
    const ResponsesQuirks& quirks = *static_cast<const ResponsesQuirks*>(build->context);
    const ExtraMembers extra(request.extra_json);
    JsonMembers body(rope);
    body.string(text("model"), build->model);
    body.string(text("instructions"), request.system);
    body.name(text("input"));
    LEAT_TRY(responses_put_input(request, rope));
    put_numbers(request, quirks, &body);
    if (quirks.has_stop) put_stop(request, &body, rope);
    if (quirks.keeps_answers) {
        const ModelKind kind = kind_of(build->model);
        LEAT_TRY(put_reasoning(request, kind, extra, &body, rope));
        body.string(text("prompt_cache_key"), request.prompt_cache_key);
        put_keeping(request, kind, extra, &body);
    }
    LEAT_TRY(put_text(request, extra, &body, rope));
    put_tools(request, quirks.tools_are_strict, &body, rope);
    body.json(text("metadata"), request.provider_metadata_json);
    if (build->stream != 0) body.boolean(text("stream"), true);
    const Text inside = text("text");
    const Text put[] = {inside, quirks.keeps_answers ? text("reasoning") : inside, text("stream")};
    LEAT_TRY(extra.put_rest(put, &body));
    body.end();
    return LEAT_OK;
}

namespace {

constexpr uint32_t common_lacks =
    LEAT_FIELD_TOP_K | LEAT_FIELD_SEED | LEAT_FIELD_PRESENCE_PENALTY |
    LEAT_FIELD_FREQUENCY_PENALTY | LEAT_FIELD_THINKING_BUDGET | LEAT_FIELD_CACHE_PROMPT |
    LEAT_FIELD_CACHE_HERE | LEAT_FIELD_CACHED_CONTENT | LEAT_FIELD_CHOICES_WANTED;

constexpr ResponsesQuirks openai_quirks = {true, true, false, false};
constexpr ResponsesQuirks maritaca_quirks = {false, false, true, true};

constexpr leat_adapter table(const char* name, const char* base_url, const char* path,
                             const char* auth_prefix, uint32_t lacks,
                             const ResponsesQuirks* quirks) {
    leat_adapter adapter{};
    adapter.struct_size = sizeof adapter;
    adapter.lacks = lacks;
    adapter.name = name;
    adapter.base_url = base_url;
    adapter.path = path;
    adapter.auth_header = "Authorization";
    adapter.auth_prefix = auth_prefix;
    adapter.context = quirks;
    adapter.stream_format = LEAT_STREAM_SSE;
    adapter.build = responses_build;
    adapter.parse = responses_parse;
    adapter.classify = responses_classify;
    adapter.event = responses_event;
    adapter.assembled = responses_assembled;
    return adapter;
}

}  // namespace

constexpr leat_adapter openai_responses_adapter =
    table("openai-responses", "https://api.openai.com/v1", "/responses", "Bearer ",
          common_lacks | LEAT_FIELD_STOP, &openai_quirks);

constexpr leat_adapter maritaca_responses_adapter =
    table("maritaca-responses", "https://chat.maritaca.ai/api", "/v1/responses", "Key ",
          common_lacks | LEAT_FIELD_REASONING_EFFORT | LEAT_FIELD_THINKING |
              LEAT_FIELD_PROMPT_CACHE_KEY,
          &maritaca_quirks);

}  // namespace leat
