// provider/responses_input.cc: a conversation as the items of a Responses request. A turn of the
// assistant that called tools is several items: what it said, then one for each call.
// Depends on codec and base. Invariant: text is referred to, never copied.
#include "base/check.h"
#include "provider/json_members.h"
#include "provider/request_words.h"
#include "provider/responses.h"

namespace leat {

namespace {

// Somebody's items, one by one, as they stand: an array of objects, or one object.
leat_status put_items(Text json, JsonElements* items, leat_rope* rope) {
    JsonCursor at(json);
    JsonValue item;
    if (at.peek() == JsonType::object && at.take(&item)) {
        items->next();
        leat_rope_bytes(rope, item.raw);
        return at.finish();
    }
    if (!at.enter_array()) return LEAT_E_JSON;
    while (at.element()) {
        if (!at.take_if(JsonType::object, &item)) return LEAT_E_JSON;
        items->next();
        leat_rope_bytes(rope, item.raw);
    }
    return at.finish();
}

void put_image(const leat_part& part, JsonMembers* members, leat_rope* rope) {
    members->string(text("type"), text("input_image"));
    members->name(text("image_url"));
    if (part.type == LEAT_PART_IMAGE_URL) {
        leat_rope_json_string(rope, part.content);
    } else {
        put_data_url(rope, part);
    }
    members->string(text("detail"), part.detail);
}

void put_part(const leat_part& part, Role role, leat_rope* rope) {
    JsonMembers members(rope);
    if (part.type == LEAT_PART_TEXT) {
        const bool is_own = role == Role::assistant;
        members.string(text("type"), is_own ? text("output_text") : text("input_text"));
        members.name(text("text"));
        leat_rope_json_string(rope, part.content);
    } else {
        put_image(part, &members, rope);
    }
    members.end();
}

// The value of "content", or of "output".
void put_content(const leat_message& message, Role role, leat_rope* rope) {
    if (!empty(message.content_json)) {
        leat_rope_bytes(rope, message.content_json);
        return;
    }
    if (message.parts_count == 0) {
        leat_rope_json_string(rope, message.content);
        return;
    }
    JsonElements parts(rope);
    for (uint32_t i = 0; i < message.parts_count; ++i) {
        parts.next();
        put_part(message.parts[i], role, rope);
    }
    parts.end();
}

void put_call(const leat_tool_call& call, leat_rope* rope) {
    JsonMembers members(rope);
    members.string(text("type"), text("function_call"));
    members.string(text("call_id"), call.id);
    members.string(text("name"), call.name);
    members.string(text("arguments"),
                   empty(call.arguments_json) ? text("{}") : call.arguments_json);
    members.end();
}

void put_tool_result(const leat_message& message, leat_rope* rope) {
    JsonMembers members(rope);
    members.string(text("type"), text("function_call_output"));
    members.string(text("call_id"), message.tool_call_id);
    members.name(text("output"));
    put_content(message, Role::tool, rope);
    members.end();
}

void put_said(const leat_message& message, Role role, leat_rope* rope) {
    JsonMembers members(rope);
    members.string(text("role"), role == Role::assistant ? text("assistant") : message.role);
    members.name(text("content"));
    put_content(message, role, rope);
    members.end();
}

leat_status put_message(const leat_message& message, JsonElements* items, leat_rope* rope) {
    if (!empty(message.turn_json)) return put_items(message.turn_json, items, rope);
    const Role role = role_of(message.role);
    if (role == Role::tool) {
        items->next();
        put_tool_result(message, rope);
        return LEAT_OK;
    }
    const bool calls = message.tool_calls_count > 0 || !empty(message.tool_calls_json);
    const bool says = !empty(message.content) || !empty(message.content_json) ||
                      message.parts_count > 0;
    if (says || !calls) {
        items->next();
        put_said(message, role, rope);
    }
    if (!empty(message.tool_calls_json)) return put_items(message.tool_calls_json, items, rope);
    for (uint32_t i = 0; i < message.tool_calls_count; ++i) {
        items->next();
        put_call(message.tool_calls[i], rope);
    }
    return LEAT_OK;
}

}  // namespace

leat_status responses_put_input(const leat_request& request, leat_rope* rope) {
    LEAT_CHECK(rope != nullptr);
    LEAT_CHECK(request.messages_count == 0 || request.messages != nullptr);
    if (request.messages_count == 0) {
        leat_rope_json_string(rope, request.prompt);
        return LEAT_OK;
    }
    JsonElements items(rope);
    for (uint32_t i = 0; i < request.messages_count; ++i) {
        LEAT_TRY(put_message(request.messages[i], &items, rope));
    }
    if (!empty(request.prompt)) {
        leat_message last{};
        last.role = text("user");
        last.content = request.prompt;
        items.next();
        put_said(last, Role::user, rope);
    }
    items.end();
    return LEAT_OK;
}

}  // namespace leat
