// cli/tools.cc: see tools.h. The list is walked twice: first to see whether all of it is
// understood, then to take it, since decoding in place cannot be undone.
#include "cli/tools.h"

#include "base/bytes.h"

namespace cli {

using leat::JsonCursor;
using leat::JsonType;
using leat::JsonValue;

namespace {

bool find_string(leat_str object, leat_str name, JsonValue* value) {
    return leat::json_find(object, name, value) && value->type == JsonType::string;
}

bool find_object(leat_str object, leat_str name, JsonValue* value) {
    return leat::json_find(object, name, value) && value->type == JsonType::object;
}

// The object that has the name: the tool itself, or what stands in it as "function".
bool find_function(const JsonValue& tool, leat_str* function) {
    JsonValue inner;
    JsonValue type;
    if (tool.type != JsonType::object) {
        return false;
    }
    if (find_string(tool.raw, leat::text("type"), &type) &&
        !leat::json_is(type, leat::text("function"))) {
        return false;
    }
    *function = find_object(tool.raw, leat::text("function"), &inner) ? inner.raw : tool.raw;
    return find_string(*function, leat::text("name"), &inner);
}

void take_tool(leat_str function, leat_tool* tool, leat_str* command) {
    *tool = leat_tool{};
    *command = leat_str{nullptr, 0};
    JsonCursor at(function);
    JsonValue key;
    JsonValue value;
    if (!at.enter_object()) {
        return;
    }
    while (at.member(&key) && at.take(&value)) {
        if (leat::json_is(key, leat::text("name")) && value.type == JsonType::string) {
            (void)!leat::json_string_in_place(value, &tool->name);
        } else if (leat::json_is(key, leat::text("description")) &&
                   value.type == JsonType::string) {
            (void)!leat::json_string_in_place(value, &tool->description);
        } else if (leat::json_is(key, leat::text("parameters")) &&
                   value.type == JsonType::object) {
            tool->parameters_json = value.raw;
        } else if (leat::json_is(key, leat::text("command"))) {
            // A string with its quotes, so that what it is shows.
            const bool quoted = value.type == JsonType::string;
            *command = quoted ? leat_str{value.raw.data - 1, value.raw.size + 2} : value.raw;
        } else if (leat::json_is(key, leat::text("strict"))) {
            bool strict = false;
            tool->strict = leat::json_to_bool(value, &strict) && strict ? 1 : 0;
        }
    }
}

}  // namespace

ToolsRead read_tools(leat_str array, ToolList* out) {
    leat_str functions[tools_max];
    uint32_t count = 0;
    JsonCursor at(array);
    JsonValue tool;
    if (!at.enter_array()) {
        return ToolsRead::foreign;
    }
    while (at.element()) {
        if (count == tools_max) {
            return ToolsRead::too_many;
        }
        if (!at.take(&tool) || !find_function(tool, &functions[count])) {
            return ToolsRead::foreign;
        }
        ++count;
    }
    for (uint32_t i = 0; i < count; ++i) {
        take_tool(functions[i], &out->list[i], &out->commands[i]);
    }
    out->tools = leat_tools{};
    out->tools.list = out->list;
    out->tools.count = count;
    return ToolsRead::good;
}

bool read_tool_choice(const JsonValue& value, leat_tools* tools) {
    struct Word {
        leat_str word;
        leat_tool_mode mode;
    };
    const Word words[] = {{leat::text("auto"), LEAT_TOOLS_AUTO},
                          {leat::text("none"), LEAT_TOOLS_NONE},
                          {leat::text("required"), LEAT_TOOLS_REQUIRED},
                          {leat::text("any"), LEAT_TOOLS_REQUIRED}};
    JsonValue name = value;
    if (value.type == JsonType::object) {
        leat_str function{nullptr, 0};
        JsonValue type;
        if (find_string(value.raw, leat::text("type"), &type) &&
            leat::json_is(type, leat::text("tool"))) {
            function = value.raw;  // {"type":"tool","name":...}
        } else if (!find_function(value, &function)) {
            return false;
        }
        if (!find_string(function, leat::text("name"), &name)) {
            return false;
        }
    } else if (value.type == JsonType::string) {
        for (const Word& one : words) {
            if (leat::json_is(value, one.word)) {
                tools->mode = one.mode;
                return true;
            }
        }
    } else {
        return false;
    }
    tools->mode = LEAT_TOOLS_NAMED;
    return leat::json_string_in_place(name, &tools->choice) == LEAT_OK;
}

}  // namespace cli
