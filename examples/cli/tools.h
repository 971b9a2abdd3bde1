// cli/tools.h: a list of tools, and a choice among them, out of JSON: leat's own form
// [{name, description, parameters, strict, command}] or OpenAI's with "type" and "function" around it.
// Strings are decoded where they lie, so the text must be writable and stay.
// Invariant: what is not understood is left untouched, so that it can go out as it is.
#pragma once

#include <leat/tool.h>

#include "codec/json_scan.h"

namespace cli {

constexpr uint32_t tools_max = 128;

struct ToolList {
    leat_tool list[tools_max];
    leat_str commands[tools_max];  // "command" as it stands there, JSON; empty: none
    leat_tools tools;  // points to list, or to another list's
};

enum class ToolsRead : uint8_t {
    good,
    foreign,   // some tool is of a kind that only its provider knows
    too_many,
};

// array is valid JSON and an array.
ToolsRead read_tools(leat_str array, ToolList* out);

// "auto", "none", "required" ("any"), a tool's name, or an object that names one. False: something
// else.
bool read_tool_choice(const leat::JsonValue& value, leat_tools* tools);

}  // namespace cli
