// provider/anthropic_messages.cc: the conversation in Anthropic's words: system text apart from the
// turns, a turn as text or as a list of blocks, tool results inside user turns. Depends on codec,
// base. Invariant: the results of one turn's tool calls share one user message and come first in
// it, whatever the user said between them; the API refuses everything else.
#include "base/check.h"
#include "provider/anthropic.h"
#include "provider/json_read.h"
#include "provider/request_words.h"

namespace leat {

namespace {

void put_cache_control(const leat_part& part, JsonMembers* block, leat_rope* rope) {
    if (part.cache_here == 0) return;
    block->name(text("cache_control"));
    leat_rope_bytes(rope, text("{\"type\":\"ephemeral\"}"));
}

// An empty text block is refused by the API, so what says nothing is not said.
void put_text_block(Text content, JsonElements* list, leat_rope* rope) {
    if (empty(content)) return;
    list->next();
    leat_rope_bytes(rope, text("{\"type\":\"text\",\"text\":"));
    leat_rope_json_string(rope, content);
    leat_rope_bytes(rope, text("}"));
}

void put_image_source(const leat_part& part, leat_rope* rope) {
    JsonMembers source(rope);
    if (part.type == LEAT_PART_IMAGE_URL) {
        source.string(text("type"), text("url"));
        source.string(text("url"), part.content);
    } else {
        source.string(text("type"), text("base64"));
        source.string(text("media_type"), part.media_type);
        source.name(text("data"));
        put_image_base64(rope, part);
    }
    source.end();
}

void put_part(const leat_part& part, JsonElements* list, leat_rope* rope) {
    const bool is_text = part.type == LEAT_PART_TEXT;
    if (is_text && empty(part.content) && part.cache_here == 0) return;
    list->next();
    JsonMembers block(rope);
    block.string(text("type"), is_text ? text("text") : text("image"));
    block.name(is_text ? text("text") : text("source"));
    if (is_text) {
        leat_rope_json_string(rope, part.content);
    } else {
        put_image_source(part, rope);
    }
    put_cache_control(part, &block, rope);
    block.end();
}

void put_json_block(const JsonValue& value, JsonElements* list, leat_rope* rope) {
    list->next();
    if (value.type == JsonType::string) {
        leat_rope_bytes(rope, text("{\"type\":\"text\",\"text\":\""));
        leat_rope_bytes(rope, value.raw);
        leat_rope_bytes(rope, text("\"}"));
    } else {
        leat_rope_bytes(rope, value.raw);
    }
}

// Somebody's JSON content (text, a block, a list of blocks) among other blocks.
void put_json_blocks(Text json, JsonElements* list, leat_rope* rope) {
    JsonCursor at(json);
    JsonValue value;
    if (at.peek() == JsonType::array) {
        each_element(&at, [&] {
            if (at.take(&value)) put_json_block(value, list, rope);
        });
    } else if (at.take(&value)) {
        put_json_block(value, list, rope);
    }
    if (at.finish() != LEAT_OK) leat_rope_fail(rope, LEAT_E_JSON);
}

void put_content_blocks(const leat_message& message, JsonElements* list, leat_rope* rope) {
    if (!empty(message.content_json)) {
        put_json_blocks(message.content_json, list, rope);
        return;
    }
    if (message.parts_count == 0) put_text_block(message.content, list, rope);
    for (uint32_t i = 0; i < message.parts_count; ++i) put_part(message.parts[i], list, rope);
}

bool is_json_object(Text json) {
    JsonCursor at(json);
    return at.enter_object() && at.finish() == LEAT_OK;
}

// The API wants the arguments as an object; of other arguments nothing can be said (M13).
void put_tool_use(const leat_tool_call& call, JsonElements* list, leat_rope* rope) {
    list->next();
    JsonMembers block(rope);
    block.string(text("type"), text("tool_use"));
    block.string(text("id"), call.id);
    block.string(text("name"), call.name);
    const bool is_object = is_json_object(call.arguments_json);
    block.json(text("input"), is_object ? call.arguments_json : text("{}"));
    block.end();
}

bool has_tool_calls(const leat_message& message) {
    return !empty(message.tool_calls_json) || message.tool_calls_count > 0;
}

void put_tool_uses(const leat_message& message, JsonElements* list, leat_rope* rope) {
    if (!empty(message.tool_calls_json)) {
        put_json_blocks(message.tool_calls_json, list, rope);
        return;
    }
    for (uint32_t i = 0; i < message.tool_calls_count; ++i) {
        put_tool_use(message.tool_calls[i], list, rope);
    }
}

void put_tool_result(const leat_message& message, JsonElements* list, leat_rope* rope) {
    list->next();
    JsonMembers block(rope);
    block.string(text("type"), text("tool_result"));
    block.string(text("tool_use_id"), message.tool_call_id);
    if (!empty(message.content_json)) {
        block.json(text("content"), message.content_json);
    } else if (message.parts_count > 0) {
        block.name(text("content"));
        JsonElements parts(rope);
        for (uint32_t i = 0; i < message.parts_count; ++i) put_part(message.parts[i], &parts, rope);
        parts.end();
    } else {
        block.string(text("content"), message.content);
    }
    if (message.is_error != 0) block.boolean(text("is_error"), true);
    block.end();
}

Text role_word(const leat_message& message) {
    switch (role_of(message.role)) {
        case Role::user:
        case Role::tool:
            return text("user");
        case Role::assistant:
            return text("assistant");
        case Role::system:
            return text("system");  // in mid-conversation; some models take it
        case Role::other:
            break;
    }
    return message.role;
}

// A turn as it was answered: the list of its blocks (leat_result.turn_json), or a whole message.
void put_told_turn(const leat_message& message, leat_rope* rope) {
    JsonCursor at(message.turn_json);
    if (at.peek() != JsonType::array) {
        leat_rope_bytes(rope, message.turn_json);
        return;
    }
    JsonMembers members(rope);
    members.string(text("role"), empty(message.role) ? text("assistant") : role_word(message));
    members.json(text("content"), message.turn_json);
    members.end();
}

void put_turn(const leat_message& message, leat_rope* rope) {
    if (!empty(message.turn_json)) {
        put_told_turn(message, rope);
        return;
    }
    JsonMembers members(rope);
    members.string(text("role"), role_word(message));
    members.name(text("content"));
    const bool calls = has_tool_calls(message);
    if (!calls && !empty(message.content_json)) {
        leat_rope_bytes(rope, message.content_json);
    } else if (!calls && message.parts_count == 0) {
        leat_rope_json_string(rope, message.content);
    } else {
        JsonElements blocks(rope);
        put_content_blocks(message, &blocks, rope);
        put_tool_uses(message, &blocks, rope);
        blocks.end();
    }
    members.end();
}

bool is_tool_result(const leat_message& message) {
    return empty(message.turn_json) && role_of(message.role) == Role::tool;
}

bool is_user_side(const leat_message& message) {
    if (!empty(message.turn_json)) return false;
    const Role role = role_of(message.role);
    return role == Role::user || role == Role::tool;
}

// Messages that follow each other without a turn of the model between them.
struct Run {
    const leat_message* list;
    uint32_t count;
    bool has_results;
};

Run run_at(const leat_message* list, uint32_t count) {
    Run run{list, 0, false};
    while (run.count < count && is_user_side(list[run.count])) {
        run.has_results = run.has_results || is_tool_result(list[run.count]);
        ++run.count;
    }
    return run;
}

void put_merged(const Run& run, Text prompt, leat_rope* rope) {
    LEAT_CHECK(run.count > 0 && run.has_results);
    leat_rope_bytes(rope, text("{\"role\":\"user\",\"content\":"));
    JsonElements blocks(rope);
    for (uint32_t i = 0; i < run.count; ++i) {
        if (is_tool_result(run.list[i])) put_tool_result(run.list[i], &blocks, rope);
    }
    for (uint32_t i = 0; i < run.count; ++i) {
        if (!is_tool_result(run.list[i])) put_content_blocks(run.list[i], &blocks, rope);
    }
    put_text_block(prompt, &blocks, rope);
    blocks.end();
    leat_rope_bytes(rope, text("}"));
}

bool says_something(const leat_message& message) {
    return !empty(message.content_json) || message.parts_count > 0 || !empty(message.content);
}

bool is_plain(const leat_message& message) {
    return empty(message.content_json) && message.parts_count == 0;
}

}  // namespace

uint32_t messages_put_system(const leat_request& request, JsonMembers* members, leat_rope* rope) {
    LEAT_CHECK(members != nullptr && rope != nullptr);
    uint32_t front = 0;
    uint32_t pieces = empty(request.system) ? 0 : 1;
    Text only = request.system;
    bool plain = true;
    for (; front < request.messages_count; ++front) {
        const leat_message& message = request.messages[front];
        if (role_of(message.role) != Role::system || !empty(message.turn_json)) break;
        if (!says_something(message)) continue;
        ++pieces;
        only = message.content;
        plain = plain && is_plain(message);
    }
    if (pieces == 0) return front;
    members->name(text("system"));
    if (pieces == 1 && plain) {
        leat_rope_json_string(rope, only);
        return front;
    }
    JsonElements blocks(rope);
    put_text_block(request.system, &blocks, rope);
    for (uint32_t i = 0; i < front; ++i) put_content_blocks(request.messages[i], &blocks, rope);
    blocks.end();
    return front;
}

void messages_put_turns(const leat_request& request, uint32_t first, JsonMembers* members,
                        leat_rope* rope) {
    LEAT_CHECK(members != nullptr && rope != nullptr);
    LEAT_CHECK(first <= request.messages_count);
    members->name(text("messages"));
    JsonElements turns(rope);
    Text prompt = request.prompt;
    for (uint32_t i = first; i < request.messages_count;) {
        const Run run = run_at(request.messages + i, request.messages_count - i);
        const uint32_t end = i + (run.count == 0 ? 1 : run.count);
        if (run.has_results) {
            const bool is_last = end == request.messages_count;
            turns.next();
            put_merged(run, is_last ? prompt : Text{}, rope);
            if (is_last) prompt = Text{};
            i = end;
        }
        for (; i < end; ++i) {
            turns.next();
            put_turn(request.messages[i], rope);
        }
    }
    if (!empty(prompt)) {
        turns.next();
        leat_rope_bytes(rope, text("{\"role\":\"user\",\"content\":"));
        leat_rope_json_string(rope, prompt);
        leat_rope_bytes(rope, text("}"));
    }
    turns.end();
}

}  // namespace leat
