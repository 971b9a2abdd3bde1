// provider/ollama_messages.cc: a conversation in Ollama's form. The text of a turn is one string:
// several text parts are joined by an empty line, which takes a copy; else text is referred to.
// Images stand beside it as base64; an address the server does not fetch.
// Depends on codec and base.
#include "base/check.h"
#include "codec/json_write.h"
#include "codec/utf8.h"
#include "provider/json_members.h"
#include "provider/ollama.h"
#include "provider/request_words.h"

namespace leat {

namespace {

// The inside of a JSON string, piece by piece.
void copy_escaped(Text t, leat_rope* rope) {
    if (!utf8_valid(t)) {
        leat_rope_fail(rope, LEAT_E_TEXT);
        return;
    }
    JsonEscape escape(t);
    char window[256];
    while (!escape.done()) {
        leat_rope_copy(rope, text(window, escape.write(window, sizeof window)));
    }
}

void put_joined(const leat_message& message, leat_rope* rope) {
    bool is_first = true;
    leat_rope_bytes(rope, text("\""));
    for (uint32_t i = 0; i < message.parts_count; ++i) {
        if (message.parts[i].type != LEAT_PART_TEXT) continue;
        if (!is_first) leat_rope_bytes(rope, text("\\n\\n"));
        copy_escaped(message.parts[i].content, rope);
        is_first = false;
    }
    leat_rope_bytes(rope, text("\""));
}

void put_content(const leat_message& message, leat_rope* rope) {
    uint32_t texts = 0;
    Text last = message.parts_count == 0 ? message.content : Text{nullptr, 0};
    for (uint32_t i = 0; i < message.parts_count; ++i) {
        if (message.parts[i].type != LEAT_PART_TEXT) continue;
        last = message.parts[i].content;
        ++texts;
    }
    if (!empty(message.content_json)) {
        leat_rope_bytes(rope, message.content_json);
    } else if (texts > 1) {
        put_joined(message, rope);
    } else {
        leat_rope_json_string(rope, last);
    }
}

bool is_data(const leat_part& part) {
    return part.type == LEAT_PART_IMAGE_BYTES || part.type == LEAT_PART_IMAGE_BASE64;
}

void put_images(const leat_message& message, JsonMembers* members, leat_rope* rope) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < message.parts_count; ++i) {
        if (is_data(message.parts[i])) ++count;
    }
    if (count == 0 || !empty(message.content_json)) return;
    members->name(text("images"));
    JsonElements images(rope);
    for (uint32_t i = 0; i < message.parts_count; ++i) {
        if (!is_data(message.parts[i])) continue;
        images.next();
        put_image_base64(rope, message.parts[i]);
    }
    images.end();
}

// Arguments are an object here. What a model wrote may be none: then it is an empty one (M13).
Text arguments_of(const leat_tool_call& call) {
    const Text arguments = trim(call.arguments_json);
    const bool is_object = !empty(arguments) && arguments.data[0] == '{' &&
                           json_validate(arguments, json_depth_max, nullptr) == LEAT_OK;
    return is_object ? arguments : text("{}");
}

void put_calls(const leat_message& message, JsonMembers* members, leat_rope* rope) {
    if (!empty(message.tool_calls_json)) {
        members->json(text("tool_calls"), message.tool_calls_json);
        return;
    }
    if (message.tool_calls_count == 0) return;
    members->name(text("tool_calls"));
    JsonElements calls(rope);
    for (uint32_t i = 0; i < message.tool_calls_count; ++i) {
        calls.next();
        JsonMembers call(rope);
        call.string(text("id"), message.tool_calls[i].id);
        call.name(text("function"));
        JsonMembers function(rope);
        function.string(text("name"), message.tool_calls[i].name);
        function.json(text("arguments"), arguments_of(message.tool_calls[i]));
        function.end();
        call.end();
    }
    calls.end();
}

Text role_word(const leat_message& message) {
    switch (role_of(message.role)) {
        case Role::system: return text("system");
        case Role::user: return text("user");
        case Role::assistant: return text("assistant");
        case Role::tool: return text("tool");
        case Role::other: break;
    }
    return message.role;
}

void put_message(const leat_message& message, leat_rope* rope) {
    if (!empty(message.turn_json)) {
        leat_rope_bytes(rope, message.turn_json);
        return;
    }
    JsonMembers members(rope);
    members.string(text("role"), role_word(message));
    members.name(text("content"));
    put_content(message, rope);
    put_images(message, &members, rope);
    put_calls(message, &members, rope);
    if (role_of(message.role) == Role::tool) {
        members.string(text("tool_name"), message.name);
        members.string(text("tool_call_id"), message.tool_call_id);
    }
    members.end();
}

void put_text_message(Text role, Text content, JsonElements* messages, leat_rope* rope) {
    if (empty(content)) return;
    messages->next();
    JsonMembers members(rope);
    members.string(text("role"), role);
    members.string(text("content"), content);
    members.end();
}

}  // namespace

void ollama_put_messages(const leat_request& request, leat_rope* rope) {
    LEAT_CHECK(rope != nullptr);
    LEAT_CHECK(request.messages_count == 0 || request.messages != nullptr);
    JsonElements messages(rope);
    put_text_message(text("system"), request.system, &messages, rope);
    for (uint32_t i = 0; i < request.messages_count; ++i) {
        messages.next();
        put_message(request.messages[i], rope);
    }
    put_text_message(text("user"), request.prompt, &messages, rope);
    messages.end();
}

}  // namespace leat
