// provider/openai_messages.cc: the turns of a conversation in Chat Completions' form: text, parts,
// tool calls and their results. Image data is referred to, never copied.
#include "base/check.h"
#include "provider/json_members.h"
#include "provider/openai_chat.h"
#include "provider/request_words.h"

namespace leat {

namespace {

void put_image(leat_rope* rope, const leat_part& part, JsonMembers* members) {
    members->string(text("type"), text("image_url"));
    members->name(text("image_url"));
    JsonMembers image(rope);
    image.name(text("url"));
    if (part.type == LEAT_PART_IMAGE_URL) {
        leat_rope_json_string(rope, part.content);
    } else {
        put_data_url(rope, part);
    }
    image.string(text("detail"), part.detail);
    image.end();
}

void put_part(leat_rope* rope, const leat_part& part) {
    JsonMembers members(rope);
    if (part.type == LEAT_PART_TEXT) {
        members.string(text("type"), text("text"));
        members.name(text("text"));
        leat_rope_json_string(rope, part.content);
    } else {
        put_image(rope, part, &members);
    }
    members.end();
}

void put_content(leat_rope* rope, const leat_message& message, JsonMembers* members) {
    const bool has_calls = !empty(message.tool_calls_json) || message.tool_calls_count > 0;
    if (!empty(message.content_json)) {
        members->json(text("content"), message.content_json);
    } else if (message.parts_count > 0) {
        members->name(text("content"));
        JsonElements parts(rope);
        for (uint32_t i = 0; i < message.parts_count; ++i) {
            parts.next();
            put_part(rope, message.parts[i]);
        }
        parts.end();
    } else if (!empty(message.content) || !has_calls) {
        members->name(text("content"));
        leat_rope_json_string(rope, message.content);
    }
}

void put_calls(leat_rope* rope, const leat_message& message, JsonMembers* members) {
    if (!empty(message.tool_calls_json)) {
        members->json(text("tool_calls"), message.tool_calls_json);
        return;
    }
    if (message.tool_calls_count == 0) return;
    members->name(text("tool_calls"));
    JsonElements calls(rope);
    for (uint32_t i = 0; i < message.tool_calls_count; ++i) {
        const leat_tool_call& call = message.tool_calls[i];
        calls.next();
        JsonMembers one(rope);
        one.string(text("id"), call.id);
        one.string(text("type"), text("function"));
        one.name(text("function"));
        JsonMembers function(rope);
        function.string(text("name"), call.name);
        function.name(text("arguments"));
        leat_rope_json_string(rope, call.arguments_json);
        function.end();
        one.end();
    }
    calls.end();
}

void put_message(leat_rope* rope, const leat_message& message) {
    if (!empty(message.turn_json)) {
        leat_rope_bytes(rope, message.turn_json);
        return;
    }
    JsonMembers members(rope);
    members.string(text("role"), message.role);
    put_content(rope, message, &members);
    put_calls(rope, message, &members);
    members.string(text("tool_call_id"), message.tool_call_id);
    members.end();
}

// `begin` is what stands before the content: a bracket or comma, and the message so far.
void put_text_message(leat_rope* rope, Text begin, Text content) {
    rope_put(rope, begin);
    leat_rope_json_string(rope, content);
}

}  // namespace

void chat_put_messages(const leat_request& request, leat_rope* rope) {
    LEAT_CHECK(rope != nullptr);
    if (!empty(request.system)) {
        put_text_message(rope, text("[{\"role\":\"system\",\"content\":"), request.system);
        rope_put(rope, text("}"));
    }
    for (uint32_t i = 0; i < request.messages_count; ++i) {
        rope_put(rope, i == 0 && empty(request.system) ? text("[") : text(","));
        put_message(rope, request.messages[i]);
    }
    const bool is_first = empty(request.system) && request.messages_count == 0;
    if (!empty(request.prompt)) {
        put_text_message(rope,
                         is_first ? text("[{\"role\":\"user\",\"content\":")
                                  : text(",{\"role\":\"user\",\"content\":"),
                         request.prompt);
        rope_put(rope, text("}"));
    } else if (is_first) {
        rope_put(rope, text("["));
    }
    rope_put(rope, text("]"));
}

}  // namespace leat
