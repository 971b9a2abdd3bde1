// cli/item_answer.cc: what a line wants of its answer (a form, thinking) and the tools that it
// offers, in OpenAI's words or leat's. What only one provider understands goes out as it stands.
#include <leat/schema.h>

#include "base/bytes.h"
#include "cli/item.h"

namespace cli {

using leat::JsonCursor;
using leat::JsonType;

// The object that has "schema", and perhaps "name", "description" and "strict".
void ItemParser::take_schema(const Value& object) {
    JsonCursor at(object.raw);
    Value key;
    Value value;
    format_.kind = LEAT_FORMAT_JSON_SCHEMA;
    if (!at.enter_object()) {
        return;
    }
    while (at.member(&key) && at.take(&value)) {
        bool strict = false;
        if (leat::json_is(key, leat::text("schema")) && value.type == JsonType::object) {
            format_.schema_json = value.raw;
        } else if (leat::json_is(key, leat::text("name")) && value.type == JsonType::string) {
            (void)!leat::json_string_in_place(value, &format_.name);
        } else if (leat::json_is(key, leat::text("description")) &&
                   value.type == JsonType::string) {
            (void)!leat::json_string_in_place(value, &format_.description);
        } else if (leat::json_is(key, leat::text("strict"))) {
            format_.strict = leat::json_to_bool(value, &strict) && strict ? 1 : 0;
        }
    }
}

// OpenAI's response_format. A schema that leat cannot check is asked for all the same.
bool ItemParser::read_format(const Value& value) {
    own_fields_ = true;
    Value type;
    Value inner;
    if (value.type != JsonType::object) {
        return wrong("an object");
    }
    if (!leat::json_find(value.raw, leat::text("type"), &type)) {
        return wrong("an object with a \"type\"");
    }
    format_ = leat_format{};
    if (leat::json_is(type, leat::text("json_schema"))) {
        const bool nested = leat::json_find(value.raw, leat::text("json_schema"), &inner) &&
                            inner.type == JsonType::object;
        const Value& object = nested ? inner : value;
        Value schema;
        if (!leat::json_find(object.raw, leat::text("schema"), &schema) ||
            schema.type != JsonType::object) {
            return wrong("an object whose \"json_schema\" has a \"schema\"");
        }
        take_schema(object);
        if (leat_schema_validate(format_.schema_json, nullptr) != LEAT_OK) {
            format_.unchecked = 1;
        }
    } else if (leat::json_is(type, leat::text("json_object"))) {
        format_.kind = LEAT_FORMAT_JSON;
    } else if (!leat::json_is(type, leat::text("text"))) {
        request_->response_format_json = value.raw;
        return true;
    }
    request_->format = &format_;
    return true;
}

bool ItemParser::read_schema(const Value& value) {
    own_fields_ = true;
    format_ = leat_format{};
    format_.kind = LEAT_FORMAT_JSON_SCHEMA;
    request_->format = &format_;
    return json_of(value, JsonType::object, "an object", &format_.schema_json);
}

bool ItemParser::read_choices(const Value& value) {
    own_fields_ = true;
    JsonCursor at(value.raw);
    Value choice;
    format_ = leat_format{};
    format_.kind = LEAT_FORMAT_CHOICE;
    format_.choices = choices_;
    if (value.type != JsonType::array || !at.enter_array()) {
        return wrong("an array of strings");
    }
    while (at.element() && at.take(&choice)) {
        if (format_.choices_count == choices_max ||
            !text_of(choice, &choices_[format_.choices_count])) {
            return wrong("an array of at most 256 strings");
        }
        ++format_.choices_count;
    }
    request_->format = &format_;
    return format_.choices_count > 0 || wrong("an array with a string in it");
}

bool ItemParser::read_thinking(const Value& value) {
    own_fields_ = true;
    bool on = false;
    if (leat::json_to_bool(value, &on)) {
        request_->thinking = on ? LEAT_ON : LEAT_OFF;
        return true;
    }
    const bool word = value.type == JsonType::string || value.type == JsonType::number;
    return (word && cli::read_thinking(value.raw, request_)) ||
           wrong("true, false, \"on\", \"off\" or a number of tokens");
}

bool ItemParser::read_tools(const Value& value) {
    own_fields_ = true;
    if (value.type != JsonType::array) {
        return wrong("an array");
    }
    switch (cli::read_tools(value.raw, &tools_)) {
        case ToolsRead::good: has_tools_ = true; return true;
        case ToolsRead::too_many: return wrong("at most 128 tools");
        case ToolsRead::foreign: break;
    }
    request_->tools_json = value.raw;
    return true;
}

bool ItemParser::read_tool_choice(const Value& value) {
    own_fields_ = true;
    if (value.type != JsonType::string && value.type != JsonType::object) {
        return wrong("a string or an object");
    }
    tool_choice_ = value;
    return true;
}

// A choice is made among the line's tools, else among those of --tools; --tool-choice holds where
// the line has none.
bool ItemParser::finish_tools() {
    const leat_tools* const given = defaults_.request().tools;
    const bool chooses = tool_choice_.type != JsonType::none;
    const bool foreign = !leat::empty(request_->tools_json);
    if (!has_tools_ && !chooses) {
        return true;
    }
    if (!has_tools_ && !foreign && given == nullptr && leat::empty(request_->extra_json)) {
        return fail("invalid_field", "there is a \"tool_choice\" and no \"tools\"");
    }
    if (!has_tools_) {
        tools_.tools = given != nullptr && !foreign ? *given : leat_tools{};
    } else if (!chooses && given != nullptr) {
        tools_.tools.mode = given->mode;
        tools_.tools.choice = given->choice;
    }
    if (chooses && (foreign || !cli::read_tool_choice(tool_choice_, &tools_.tools))) {
        const bool quoted = tool_choice_.type == JsonType::string;
        request_->tool_choice_json = quoted ? leat_str{tool_choice_.raw.data - 1,
                                                       tool_choice_.raw.size + 2}
                                            : tool_choice_.raw;
    }
    request_->tools = &tools_.tools;
    return true;
}

}  // namespace cli
