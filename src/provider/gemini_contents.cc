// provider/gemini_contents.cc: a conversation in Gemini's words: turns of role user or model, each a
// list of parts. System turns go into one systemInstruction; the answers to the calls of one turn
// go into one turn, which the API counts. Depends on codec and base. See gemini.h.
#include "base/check.h"
#include "provider/gemini.h"
#include "provider/request_words.h"

namespace leat {

namespace {

// What the API takes instead of the signature that a call of the model's had, where the call is not
// the model's own words any more (base64 of "skip_thought_signature_validator").
constexpr Text no_signature = text("\"c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=\"");

bool is_json_object(Text t) {
    JsonCursor at(t);
    return at.peek() == JsonType::object && at.finish() == LEAT_OK;
}

void put_text_part(leat_rope* rope, JsonElements* parts, Text content) {
    parts->next();
    JsonMembers part(rope);
    part.name(text("text"));
    leat_rope_json_string(rope, content);
    part.end();
}

void put_image(leat_rope* rope, JsonElements* parts, const leat_part& image) {
    const bool by_url = image.type == LEAT_PART_IMAGE_URL;
    parts->next();
    JsonMembers part(rope);
    part.name(by_url ? text("fileData") : text("inlineData"));
    JsonMembers data(rope);
    data.string(text("mimeType"), image.media_type);
    data.name(by_url ? text("fileUri") : text("data"));
    if (by_url) {
        leat_rope_json_string(rope, image.content);
    } else {
        put_image_base64(rope, image);
    }
    data.end();
    part.end();
}

// Parts that come as the caller's JSON: the elements of an array, or one part.
void put_ready(leat_rope* rope, JsonElements* parts, Text json) {
    JsonCursor at(json);
    JsonValue whole;
    if (!at.take(&whole) || at.finish() != LEAT_OK) {
        leat_rope_fail(rope, LEAT_E_JSON);
        return;
    }
    Text inside = whole.raw;
    if (whole.type == JsonType::array) {
        JsonCursor list(whole.raw);
        if (!list.enter_array() || !list.element()) return;
        inside = text(whole.raw.data + 1, whole.raw.size - 2);
    } else if (whole.type != JsonType::object) {
        leat_rope_fail(rope, LEAT_E_JSON);
        return;
    }
    parts->next();
    leat_rope_bytes(rope, inside);
}

// What a turn says, calls aside.
void put_content(leat_rope* rope, JsonElements* parts, const leat_message& message) {
    if (!empty(message.content_json)) {
        put_ready(rope, parts, message.content_json);
        return;
    }
    for (uint32_t i = 0; i < message.parts_count; ++i) {
        const leat_part& part = message.parts[i];
        if (part.type == LEAT_PART_TEXT) {
            put_text_part(rope, parts, part.content);
        } else {
            put_image(rope, parts, part);
        }
    }
    if (message.parts_count > 0) return;
    const bool has_calls = message.tool_calls_count > 0 || !empty(message.tool_calls_json);
    if (!empty(message.content) || !has_calls) put_text_part(rope, parts, message.content);
}

void put_calls(leat_rope* rope, JsonElements* parts, const leat_message& message, Text model) {
    if (!empty(message.tool_calls_json)) {
        put_ready(rope, parts, message.tool_calls_json);
        return;
    }
    for (uint32_t i = 0; i < message.tool_calls_count; ++i) {
        const leat_tool_call& call = message.tool_calls[i];
        const Text arguments = empty(call.arguments_json) ? text("{}") : call.arguments_json;
        if (!is_json_object(arguments)) leat_rope_fail(rope, LEAT_E_JSON);
        parts->next();
        JsonMembers part(rope);
        part.name(text("functionCall"));
        JsonMembers function(rope);
        function.string(text("id"), call.id);
        function.string(text("name"), call.name);
        function.json(text("args"), arguments);
        function.end();
        // Only the first call of a turn carries one.
        if (i == 0 && !gemini_is_before_3(model)) part.json(text("thoughtSignature"), no_signature);
        part.end();
    }
}

// The name of the call that a tool's message answers: its own, or that of the call with its id.
Text called_name(const leat_request& request, uint32_t index) {
    const leat_message& message = request.messages[index];
    if (!empty(message.name) || empty(message.tool_call_id)) return message.name;
    for (uint32_t i = index; i-- > 0;) {
        const leat_message& earlier = request.messages[i];
        for (uint32_t k = 0; k < earlier.tool_calls_count; ++k) {
            const leat_tool_call& call = earlier.tool_calls[k];
            if (equal(call.id, message.tool_call_id)) return call.name;
        }
    }
    return Text{nullptr, 0};
}

// A JSON object is a response as it stands; other text becomes one with a single member. A failure
// is always told as one.
void put_response(leat_rope* rope, const leat_message& message) {
    const Text word = message.is_error != 0 ? text("error") : text("result");
    uint32_t texts = 0;
    Text content = message.content;
    for (uint32_t i = 0; i < message.parts_count; ++i) {
        if (message.parts[i].type != LEAT_PART_TEXT) continue;
        content = message.parts[i].content;
        ++texts;
    }
    const bool is_object = texts < 2 && is_json_object(content);
    if (is_object && message.is_error == 0) {
        leat_rope_bytes(rope, content);
        return;
    }
    JsonMembers response(rope);
    response.name(word);
    if (is_object) {
        leat_rope_bytes(rope, content);
    } else if (texts < 2) {
        leat_rope_json_string(rope, content);
    } else {
        JsonElements list(rope);
        for (uint32_t i = 0; i < message.parts_count; ++i) {
            if (message.parts[i].type != LEAT_PART_TEXT) continue;
            list.next();
            leat_rope_json_string(rope, message.parts[i].content);
        }
        list.end();
    }
    response.end();
}

void put_function_response(leat_rope* rope, JsonElements* parts, const leat_request& request,
                           uint32_t index) {
    const leat_message& message = request.messages[index];
    if (!empty(message.content_json)) {
        put_ready(rope, parts, message.content_json);
        return;
    }
    const Text name = called_name(request, index);
    if (empty(name)) leat_rope_fail(rope, LEAT_E_ARGUMENT);
    parts->next();
    JsonMembers part(rope);
    part.name(text("functionResponse"));
    JsonMembers function(rope);
    function.string(text("id"), message.tool_call_id);
    function.string(text("name"), name);
    function.name(text("response"));
    put_response(rope, message);
    function.end();
    part.end();
}

// {"role":...,"parts":[...]} around what put_parts writes.
template <typename PutParts>
void put_turn(leat_rope* rope, JsonElements* contents, Text role, PutParts put_parts) {
    contents->next();
    JsonMembers turn(rope);
    turn.string(text("role"), role);
    turn.name(text("parts"));
    JsonElements parts(rope);
    put_parts(&parts);
    parts.end();
    turn.end();
}

bool is_tool_turn(const leat_message& message) {
    return empty(message.turn_json) && role_of(message.role) == Role::tool;
}

bool has_image(const leat_message& message) {
    if (!empty(message.content_json)) return false;
    for (uint32_t i = 0; i < message.parts_count; ++i) {
        if (message.parts[i].type != LEAT_PART_TEXT) return true;
    }
    return false;
}

// The tools' messages from index on, as one turn; images that they answer follow in a turn of
// their own. Answers the index behind them.
uint32_t put_tool_turn(leat_rope* rope, JsonElements* contents, const leat_request& request,
                       uint32_t index) {
    uint32_t end = index;
    bool images = false;
    for (; end < request.messages_count && is_tool_turn(request.messages[end]); ++end) {
        images = images || has_image(request.messages[end]);
    }
    LEAT_CHECK(end > index);
    put_turn(rope, contents, text("user"), [&](JsonElements* parts) {
        for (uint32_t i = index; i < end; ++i) put_function_response(rope, parts, request, i);
    });
    if (!images) return end;
    put_turn(rope, contents, text("user"), [&](JsonElements* parts) {
        for (uint32_t i = index; i < end; ++i) {
            const leat_message& message = request.messages[i];
            if (!has_image(message)) continue;
            for (uint32_t k = 0; k < message.parts_count; ++k) {
                if (message.parts[k].type == LEAT_PART_TEXT) continue;
                put_image(rope, parts, message.parts[k]);
            }
        }
    });
    return end;
}

void put_message(leat_rope* rope, JsonElements* contents, const leat_message& message, Text model) {
    const Role role = role_of(message.role);
    if (!empty(message.turn_json)) {
        contents->next();
        leat_rope_bytes(rope, message.turn_json);
    } else if (role == Role::user || role == Role::assistant) {
        const bool is_model = role == Role::assistant;
        put_turn(rope, contents, is_model ? text("model") : text("user"), [&](JsonElements* parts) {
            put_content(rope, parts, message);
            if (is_model) put_calls(rope, parts, message, model);
        });
    } else if (role == Role::other) {
        leat_rope_fail(rope, LEAT_E_ARGUMENT);
    }
}

bool is_system_turn(const leat_message& message) {
    return empty(message.turn_json) && role_of(message.role) == Role::system;
}

}  // namespace

bool gemini_has_system_turn(const leat_request& request) {
    for (uint32_t i = 0; i < request.messages_count; ++i) {
        if (is_system_turn(request.messages[i])) return true;
    }
    return false;
}

void gemini_put_system(const leat_request& request, JsonMembers* body, leat_rope* rope) {
    LEAT_CHECK(body != nullptr && rope != nullptr);
    if (empty(request.system) && !gemini_has_system_turn(request)) return;
    body->name(text("systemInstruction"));
    JsonMembers instruction(rope);
    instruction.name(text("parts"));
    JsonElements parts(rope);
    if (!empty(request.system)) put_text_part(rope, &parts, request.system);
    for (uint32_t i = 0; i < request.messages_count; ++i) {
        if (is_system_turn(request.messages[i])) put_content(rope, &parts, request.messages[i]);
    }
    parts.end();
    instruction.end();
}

void gemini_put_contents(const leat_request& request, Text model, JsonMembers* body,
                         leat_rope* rope) {
    LEAT_CHECK(body != nullptr && rope != nullptr);
    body->name(text("contents"));
    JsonElements contents(rope);
    for (uint32_t i = 0; i < request.messages_count;) {
        if (is_tool_turn(request.messages[i])) {
            i = put_tool_turn(rope, &contents, request, i);
        } else {
            put_message(rope, &contents, request.messages[i], model);
            ++i;
        }
    }
    if (!empty(request.prompt)) {
        put_turn(rope, &contents, text("user"),
                 [&](JsonElements* parts) { put_text_part(rope, parts, request.prompt); });
    }
    contents.end();
}

}  // namespace leat
