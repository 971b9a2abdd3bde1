// provider/openai_chat.cc: the request side of Chat Completions. Unset options do not appear.
// The answer side is openai_answer.cc, errors are openai_errors.cc.
#include "provider/openai_chat.h"

#include "base/check.h"
#include "codec/json_scan.h"
#include "codec/rope.h"

namespace leat {

namespace {

// Members of a JSON object, one after the other with commas.
class Members {
public:
    explicit Members(leat_rope* rope) : rope_(rope) { rope_put(rope_, text("{")); }
    // With a comma where one is due.
    void name(Text key) {
        const size_t comma = first_ ? 0 : 1;
        first_ = false;
        char* const at = rope_extend(rope_, comma + key.size + 3);
        if (at == nullptr) return;
        at[0] = ',';
        at[comma] = '"';
        memcpy(at + comma + 1, key.data, key.size);
        at[comma + 1 + key.size] = '"';
        at[comma + 2 + key.size] = ':';
    }
    void string(Text key, Text value) {
        if (empty(value)) return;
        name(key);
        leat_rope_json_string(rope_, value);
    }
    void json(Text key, Text value) {
        if (empty(value)) return;
        name(key);
        leat_rope_bytes(rope_, value);
    }
    void number(Text key, const leat_number& value) {
        if (value.is_set == 0 || empty(key)) return;
        name(key);
        leat_rope_json_number(rope_, value.value);
    }
    // `"key":value` as it stands in somebody's JSON.
    void member(Text whole) {
        if (!first_) rope_put(rope_, text(","));
        leat_rope_bytes(rope_, whole);
        first_ = false;
    }
    void end() { rope_put(rope_, text("}")); }

private:
    leat_rope* rope_;
    bool first_ = true;
};

void put_message(leat_rope* rope, const leat_message& message) {
    Members members(rope);
    members.string(text("role"), message.role);
    if (!empty(message.content_json)) {
        members.json(text("content"), message.content_json);
    } else if (!empty(message.content) || empty(message.tool_calls_json)) {
        members.name(text("content"));
        leat_rope_json_string(rope, message.content);
    }
    members.json(text("tool_calls"), message.tool_calls_json);
    members.string(text("tool_call_id"), message.tool_call_id);
    members.end();
}

// `begin` is what stands before the content: a bracket or comma, and the message so far.
inline void put_text_message(leat_rope* rope, Text begin, Text content) {
    rope_put(rope, begin);
    leat_rope_json_string(rope, content);
}

void put_messages(const leat_request& request, leat_rope* rope) {
    if (!empty(request.system)) {
        put_text_message(rope, text("[{\"role\":\"system\",\"content\":"), request.system);
        rope_put(rope, text("}"));
    }
    for (uint32_t i = 0; i < request.messages_count; ++i) {
        rope_put(rope, i == 0 && empty(request.system) ? text("[") : text(","));
        put_message(rope, request.messages[i]);
    }
    const bool first = empty(request.system) && request.messages_count == 0;
    if (!empty(request.prompt)) {
        put_text_message(rope, first ? text("[{\"role\":\"user\",\"content\":")
                                     : text(",{\"role\":\"user\",\"content\":"),
                         request.prompt);
        rope_put(rope, text("}]"));
    } else {
        rope_put(rope, text("]"));
    }
}

void put_stop(const leat_request& request, Members* members, leat_rope* rope) {
    if (request.stop_count == 0) return;
    members->name(text("stop"));
    for (uint32_t i = 0; i < request.stop_count; ++i) {
        rope_put(rope, i == 0 ? text("[") : text(","));
        leat_rope_json_string(rope, request.stop[i]);
    }
    rope_put(rope, text("]"));
}

// Copies the members of a JSON object, save those that `drop` names.
template <typename Drop>
leat_status put_object(Text object, Members* members, Drop drop) {
    JsonCursor at(object);
    if (!at.enter_object()) return LEAT_E_JSON;
    JsonValue key;
    while (at.member(&key)) {
        JsonValue value;
        if (!at.take(&value)) break;
        if (drop(key)) continue;
        const char* const begin = key.raw.data - 1;
        const size_t quote = value.type == JsonType::string ? 1 : 0;
        const char* const end = value.raw.data + value.raw.size + quote;
        members->member(text(begin, static_cast<size_t>(end - begin)));
    }
    return at.finish();
}

// A whole body of the caller's: sent as it is, but for the model where one is asked for, and for
// streaming, which this call does not do.
leat_status build_from_body(const leat_build& build, leat_rope* rope) {
    JsonValue own;
    const bool has_model = json_find(build.request->body_json, text("model"), &own);
    const bool replace = !empty(build.request->model) || !has_model;
    Members members(rope);
    if (replace) members.string(text("model"), build.model);
    LEAT_TRY(put_object(build.request->body_json, &members, [&](const JsonValue& key) {
        return (replace && json_is(key, text("model"))) || json_is(key, text("stream")) ||
               json_is(key, text("stream_options"));
    }));
    members.end();
    return LEAT_OK;
}

void put_temperature(const leat_request& request, const ChatQuirks& quirks, Members* members) {
    leat_number temperature = request.temperature;
    const bool is_zero = temperature.is_set != 0 && temperature.value == 0.0;
    if (is_zero && quirks.zero_temperature_is_tiny) temperature.value = 1e-8;
    members->number(text("temperature"), temperature);
}

}  // namespace

leat_status chat_build(const leat_build* build, leat_rope* rope) {
    LEAT_CHECK(build != nullptr && rope != nullptr);
    const leat_request& request = *build->request;
    if (!empty(request.body_json)) return build_from_body(*build, rope);
    LEAT_CHECK(build->context != nullptr);
    const ChatQuirks& quirks = *static_cast<const ChatQuirks*>(build->context);
    Members members(rope);
    members.string(text("model"), build->model);
    members.name(text("messages"));
    put_messages(request, rope);
    put_temperature(request, quirks, &members);
    members.number(text("top_p"), request.top_p);
    members.number(text_of(quirks.seed_name), request.seed);
    members.number(text("presence_penalty"), request.presence_penalty);
    members.number(text("frequency_penalty"), request.frequency_penalty);
    if (request.max_output_tokens != 0) {
        members.name(text_of(quirks.max_tokens_name));
        leat_rope_json_integer(rope, request.max_output_tokens);
    }
    put_stop(request, &members, rope);
    members.string(text("reasoning_effort"), request.reasoning_effort);
    members.json(text("response_format"), request.response_format_json);
    members.json(text("tools"), request.tools_json);
    members.json(text("tool_choice"), request.tool_choice_json);
    if (!empty(request.extra_json)) {
        LEAT_TRY(put_object(request.extra_json, &members, [](const JsonValue&) { return false; }));
    }
    members.end();
    return LEAT_OK;
}

}  // namespace leat
