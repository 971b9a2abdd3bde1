// provider/openai_chat.cc: the request side of Chat Completions. Unset options do not appear.
// Turns are openai_messages.cc, the answer side is openai_answer.cc and openai_stream.cc, errors
// are openai_errors.cc.
#include "provider/openai_chat.h"

#include "base/check.h"
#include "provider/extra_members.h"
#include "provider/request_words.h"

namespace leat {

namespace {

// extra: where the caller's own stream_options may be.
void put_stream(JsonMembers* members, leat_rope* rope, const ChatQuirks& quirks,
                const ExtraMembers& extra) {
    members->boolean(text("stream"), true);
    if (quirks.no_stream_options || extra.has(text("stream_options"))) return;
    members->name(text("stream_options"));
    rope_put(rope, text("{\"include_usage\":true}"));
}

bool is_stream_member(const JsonValue& key) {
    return json_is(key, text("stream")) || json_is(key, text("stream_options"));
}

// A whole body of the caller's: sent as it is, but for the model where one is asked for, and for
// streaming, which is what the call was opened for.
leat_status build_from_body(const leat_build& build, const ChatQuirks& quirks, leat_rope* rope) {
    JsonValue own;
    const bool has_model = json_find(build.request->body_json, text("model"), &own);
    const bool replace = !empty(build.request->model) || !has_model;
    JsonMembers members(rope);
    if (replace) members.string(text("model"), build.model);
    LEAT_TRY(json_copy_members(build.request->body_json, &members, [&](const JsonValue& key) {
        return (replace && json_is(key, text("model"))) || is_stream_member(key);
    }));
    if (build.stream != 0) put_stream(&members, rope, quirks, ExtraMembers(Text{nullptr, 0}));
    members.end();
    return LEAT_OK;
}

void put_stop(const leat_request& request, JsonMembers* members, leat_rope* rope) {
    if (request.stop_count == 0) return;
    members->name(text("stop"));
    JsonElements words(rope);
    for (uint32_t i = 0; i < request.stop_count; ++i) {
        words.next();
        leat_rope_json_string(rope, request.stop[i]);
    }
    words.end();
}

void put_tool(leat_rope* rope, const leat_tool& tool) {
    rope_put(rope, text("{\"type\":\"function\",\"function\":"));
    JsonMembers members(rope);
    members.string(text("name"), tool.name);
    members.string(text("description"), tool.description);
    members.json(text("parameters"), tool_parameters(tool));
    if (tool.strict != 0) members.boolean(text("strict"), true);
    members.end();
    rope_put(rope, text("}"));
}

void put_tool_choice(const leat_tools& tools, JsonMembers* members, leat_rope* rope,
                     const ChatQuirks& quirks) {
    switch (tools.mode) {
        case LEAT_TOOLS_UNSET: return;
        case LEAT_TOOLS_AUTO: members->string(text("tool_choice"), text("auto")); return;
        case LEAT_TOOLS_NONE: members->string(text("tool_choice"), text("none")); return;
        case LEAT_TOOLS_REQUIRED:
            members->string(text("tool_choice"), text_of(quirks.required_word));
            return;
        case LEAT_TOOLS_NAMED: break;
    }
    members->name(text("tool_choice"));
    rope_put(rope, text("{\"type\":\"function\",\"function\":{\"name\":"));
    leat_rope_json_string(rope, tools.choice);
    rope_put(rope, text("}}"));
}

void put_tool_list(const leat_tools& tools, JsonMembers* members, leat_rope* rope) {
    members->name(text("tools"));
    JsonElements list(rope);
    for (uint32_t i = 0; i < tools.count; ++i) {
        list.next();
        put_tool(rope, tools.list[i]);
    }
    list.end();
}

void put_tools(const leat_request& request, JsonMembers* members, leat_rope* rope,
               const ChatQuirks& quirks) {
    const leat_tools* const tools = request.tools;
    members->json(text("tools"), request.tools_json);
    members->json(text("tool_choice"), request.tool_choice_json);
    if (tools == nullptr || !quirks.has(LEAT_FIELD_TOOLS)) return;
    const bool has_own = !empty(request.tools_json);
    if (tools->count == 0 && !has_own) {
        // A choice among no tools is refused.
        if (tools->mode != LEAT_TOOLS_UNSET) leat_rope_ignored(rope, LEAT_FIELD_TOOL_CHOICE);
        if (tools->parallel != LEAT_UNSET) leat_rope_ignored(rope, LEAT_FIELD_PARALLEL_TOOLS);
        return;
    }
    if (!has_own) put_tool_list(*tools, members, rope);
    if (empty(request.tool_choice_json)) put_tool_choice(*tools, members, rope, quirks);
    if (tools->parallel == LEAT_UNSET || !quirks.has(LEAT_FIELD_PARALLEL_TOOLS)) return;
    members->boolean(text("parallel_tool_calls"), tools->parallel == LEAT_ON);
}

void put_format(const leat_request& request, JsonMembers* members, leat_rope* rope) {
    if (!empty(request.response_format_json)) {
        members->json(text("response_format"), request.response_format_json);
        return;
    }
    const leat_format* const format = request.format;
    if (format == nullptr || format->kind == LEAT_FORMAT_TEXT) return;
    members->name(text("response_format"));
    if (format->kind == LEAT_FORMAT_JSON) {
        rope_put(rope, text("{\"type\":\"json_object\"}"));
        return;
    }
    rope_put(rope, text("{\"type\":\"json_schema\",\"json_schema\":"));
    JsonMembers schema(rope);
    schema.string(text("name"), format_name(*format));
    schema.string(text("description"), format->description);
    schema.name(text("schema"));
    put_format_schema(rope, *format);
    if (format->strict != 0) schema.boolean(text("strict"), true);
    schema.end();
    rope_put(rope, text("}"));
}

void put_temperature(const leat_request& request, const ChatQuirks& quirks, JsonMembers* members) {
    leat_number temperature = request.temperature;
    const bool is_zero = temperature.is_set != 0 && temperature.value == 0.0;
    if (is_zero && quirks.zero_temperature_is_tiny) temperature.value = 1e-8;
    members->number(text("temperature"), temperature);
}

void put_options(const leat_request& request, JsonMembers* members, leat_rope* rope,
                 const ChatQuirks& quirks) {
    put_temperature(request, quirks, members);
    members->number(text("top_p"), request.top_p);
    members->number(text_of(quirks.top_k_name), request.top_k);
    members->number(text_of(quirks.seed_name), request.seed);
    members->number(text("presence_penalty"), request.presence_penalty);
    members->number(text("frequency_penalty"), request.frequency_penalty);
    if (request.max_output_tokens != 0) {
        members->integer(text_of(quirks.max_tokens_name), request.max_output_tokens);
    }
    if (quirks.has(LEAT_FIELD_STOP)) put_stop(request, members, rope);
    if (quirks.has(LEAT_FIELD_REASONING_EFFORT)) {
        members->string(text("reasoning_effort"), request.reasoning_effort);
    }
    if (request.choices_wanted > 1 && quirks.has(LEAT_FIELD_CHOICES_WANTED)) {
        members->integer(text("n"), request.choices_wanted);
    }
    if (quirks.has(LEAT_FIELD_PROMPT_CACHE_KEY)) {
        members->string(text("prompt_cache_key"), request.prompt_cache_key);
    }
    if (quirks.has(LEAT_FIELD_PROVIDER_METADATA)) {
        members->json(text("metadata"), request.provider_metadata_json);
    }
}

}  // namespace

leat_status chat_build(const leat_build* build, leat_rope* rope) {
    LEAT_CHECK(build != nullptr && rope != nullptr && build->context != nullptr);
    const leat_request& request = *build->request;
    const ChatQuirks& quirks = *static_cast<const ChatQuirks*>(build->context);
    if (!empty(request.body_json)) return build_from_body(*build, quirks, rope);
    JsonMembers members(rope);
    members.string(text("model"), build->model);
    members.name(text("messages"));
    chat_put_messages(request, rope);
    put_options(request, &members, rope, quirks);
    put_format(request, &members, rope);
    put_tools(request, &members, rope, quirks);
    const bool streams = build->stream != 0;
    if (streams) put_stream(&members, rope, quirks, ExtraMembers(request.extra_json));
    if (!empty(request.extra_json)) {
        LEAT_TRY(json_copy_members(request.extra_json, &members, [&](const JsonValue& key) {
            return streams ? json_is(key, text("stream")) : is_stream_member(key);
        }));
    }
    members.end();
    return LEAT_OK;
}

}  // namespace leat
