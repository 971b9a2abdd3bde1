// provider/request_words.cc: see request_words.h. Image data goes out in segments of its own, never
// copied; base64 that comes ready is sent as it is, when it is base64 at all.
#include "provider/request_words.h"

#include "base/check.h"
#include "provider/json_members.h"

namespace leat {

namespace {

struct RoleWord {
    Text word;
    Role role;
};

constexpr RoleWord role_words[] = {
    {text("user"), Role::user},       {text("assistant"), Role::assistant},
    {text("system"), Role::system},   {text("developer"), Role::system},
    {text("tool"), Role::tool},       {text("function"), Role::tool},
    {text("model"), Role::assistant},
};

// What was said to be base64 goes into a JSON string unescaped: a quote in it would break out.
bool is_base64(Text t) {
    for (size_t i = 0; i < t.size; ++i) {
        const char c = t.data[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
        if (!letter && c != '+' && c != '/' && c != '=') return false;
    }
    return t.size % 4 == 0;
}

// "image/png": it stands unescaped in a string, too.
bool is_media_type(Text t) {
    for (size_t i = 0; i < t.size; ++i) {
        const char c = t.data[i];
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\' || c == ',' || c == ';') return false;
    }
    return find_byte(t, '/') != not_found;
}

void put_base64(leat_rope* rope, const leat_part& part) {
    if (part.type == LEAT_PART_IMAGE_BYTES) {
        leat_rope_base64(rope, part.content);
    } else if (is_base64(part.content)) {
        leat_rope_bytes(rope, part.content);
    } else {
        leat_rope_fail(rope, LEAT_E_TEXT);
    }
}

}  // namespace

Role role_of(Text word) {
    for (const RoleWord& known : role_words) {
        if (equal(known.word, word)) return known.role;
    }
    return Role::other;
}

Text format_name(const leat_format& format) {
    return empty(format.name) ? text("answer") : format.name;
}

bool has_schema(const leat_format* format) {
    return format != nullptr &&
           (format->kind == LEAT_FORMAT_JSON_SCHEMA || format->kind == LEAT_FORMAT_CHOICE);
}

void put_format_schema(leat_rope* rope, const leat_format& format) {
    LEAT_CHECK(has_schema(&format));
    if (format.kind == LEAT_FORMAT_JSON_SCHEMA) {
        leat_rope_bytes(rope, format.schema_json);
        return;
    }
    leat_rope_bytes(rope, text("{\"type\":\"object\",\"properties\":{\"choice\":{"
                               "\"type\":\"string\",\"enum\":"));
    JsonElements choices(rope);
    for (uint32_t i = 0; i < format.choices_count; ++i) {
        choices.next();
        leat_rope_json_string(rope, format.choices[i]);
    }
    choices.end();
    leat_rope_bytes(rope, text("}},\"required\":[\"choice\"],\"additionalProperties\":false}"));
}

Text tool_parameters(const leat_tool& tool) {
    return empty(tool.parameters_json) ? text("{\"type\":\"object\",\"properties\":{}}")
                                       : tool.parameters_json;
}

void put_data_url(leat_rope* rope, const leat_part& part) {
    LEAT_CHECK(part.type == LEAT_PART_IMAGE_BYTES || part.type == LEAT_PART_IMAGE_BASE64);
    leat_rope_bytes(rope, text("\"data:"));
    if (!is_media_type(part.media_type)) leat_rope_fail(rope, LEAT_E_TEXT);
    leat_rope_copy(rope, part.media_type);
    leat_rope_bytes(rope, text(";base64,"));
    put_base64(rope, part);
    leat_rope_bytes(rope, text("\""));
}

void put_image_base64(leat_rope* rope, const leat_part& part) {
    LEAT_CHECK(part.type == LEAT_PART_IMAGE_BYTES || part.type == LEAT_PART_IMAGE_BASE64);
    leat_rope_bytes(rope, text("\""));
    put_base64(rope, part);
    leat_rope_bytes(rope, text("\""));
}

}  // namespace leat
