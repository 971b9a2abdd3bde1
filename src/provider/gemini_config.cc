// provider/gemini_config.cc: the options of a request in Gemini's words: generationConfig, tools and
// toolConfig. What one model has and another has not is decided by the model's name and reported
// as ignored. Depends on codec and base. See gemini.h.
#include "base/check.h"
#include "provider/gemini.h"
#include "provider/request_fields.h"
#include "provider/request_words.h"

namespace leat {

namespace {

constexpr uint32_t config_fields =
    LEAT_FIELD_TEMPERATURE | LEAT_FIELD_TOP_P | LEAT_FIELD_TOP_K | LEAT_FIELD_SEED |
    LEAT_FIELD_PRESENCE_PENALTY | LEAT_FIELD_FREQUENCY_PENALTY | LEAT_FIELD_MAX_OUTPUT_TOKENS |
    LEAT_FIELD_STOP | LEAT_FIELD_REASONING_EFFORT | LEAT_FIELD_THINKING_BUDGET |
    LEAT_FIELD_THINKING | LEAT_FIELD_FORMAT_JSON | LEAT_FIELD_FORMAT_SCHEMA;

constexpr size_t level_bytes_max = 24;

void put_stop(const leat_request& request, JsonMembers* config, leat_rope* rope) {
    if (request.stop_count == 0) return;
    config->name(text("stopSequences"));
    JsonElements list(rope);
    for (uint32_t i = 0; i < request.stop_count; ++i) {
        list.next();
        leat_rope_json_string(rope, request.stop[i]);
    }
    list.end();
}

void put_format(const leat_request& request, JsonMembers* config, leat_rope* rope) {
    if (!empty(request.response_format_json)) {
        const leat_status copied = json_copy_members(request.response_format_json, config,
                                                     [](const JsonValue&) { return false; });
        if (copied != LEAT_OK) leat_rope_fail(rope, copied);
        return;
    }
    const leat_format* const format = request.format;
    if (format == nullptr || format->kind == LEAT_FORMAT_TEXT) return;
    config->string(text("responseMimeType"), text("application/json"));
    if (!has_schema(format)) return;
    config->name(text("responseJsonSchema"));
    put_format_schema(rope, *format);
}

// "low" as "LOW". It is a word; anything else has no place there.
void put_level(Text effort, JsonMembers* thinking, leat_rope* rope) {
    char level[level_bytes_max + 2];  // with its quotes
    bool is_word = effort.size <= level_bytes_max;
    for (size_t i = 0; is_word && i < effort.size; ++i) {
        const char c = to_lower(effort.data[i]);
        is_word = (c >= 'a' && c <= 'z') || c == '_';
        level[i + 1] = c == '_' ? c : static_cast<char>(c - ('a' - 'A'));
    }
    if (!is_word) {
        leat_rope_fail(rope, LEAT_E_TEXT);
        return;
    }
    level[0] = '"';
    level[effort.size + 1] = '"';
    thinking->name(text("thinkingLevel"));
    leat_rope_copy(rope, text(level, effort.size + 2));
}

// Levels came with Gemini 3, where a budget beside one is refused; before, there were budgets only.
void put_thinking(const leat_request& request, Text model, JsonMembers* config, leat_rope* rope) {
    bool has_level = !empty(request.reasoning_effort);
    bool has_budget = request.thinking_budget_tokens.is_set != 0;
    if (has_level && gemini_is_before_3(model)) {
        leat_rope_ignored(rope, LEAT_FIELD_REASONING_EFFORT);
        has_level = false;
    }
    if (has_level && has_budget) {
        leat_rope_ignored(rope, LEAT_FIELD_THINKING_BUDGET);
        has_budget = false;
    }
    if (!has_level && !has_budget && request.thinking == LEAT_UNSET) return;
    config->name(text("thinkingConfig"));
    JsonMembers thinking(rope);
    if (request.thinking != LEAT_UNSET) {
        thinking.boolean(text("includeThoughts"), request.thinking == LEAT_ON);
    }
    if (has_budget) thinking.number(text("thinkingBudget"), request.thinking_budget_tokens);
    if (has_level) put_level(request.reasoning_effort, &thinking, rope);
    thinking.end();
}

void put_options(const leat_request& request, JsonMembers* config) {
    config->number(text("temperature"), request.temperature);
    config->number(text("topP"), request.top_p);
    config->number(text("topK"), request.top_k);
    config->number(text("seed"), request.seed);
    config->number(text("presencePenalty"), request.presence_penalty);
    config->number(text("frequencyPenalty"), request.frequency_penalty);
    if (request.choices_wanted != 0) {
        config->integer(text("candidateCount"), request.choices_wanted);
    }
    if (request.max_output_tokens != 0) {
        config->integer(text("maxOutputTokens"), request.max_output_tokens);
    }
}

void put_declarations(const leat_tools& tools, JsonMembers* body, leat_rope* rope) {
    body->name(text("tools"));
    leat_rope_bytes(rope, text("[{\"functionDeclarations\":"));
    JsonElements list(rope);
    for (uint32_t i = 0; i < tools.count; ++i) {
        const leat_tool& tool = tools.list[i];
        list.next();
        JsonMembers declaration(rope);
        declaration.string(text("name"), tool.name);
        declaration.string(text("description"), tool.description);
        // An object schema without members is refused here; no schema means the same.
        declaration.json(text("parametersJsonSchema"), tool.parameters_json);
        declaration.end();
    }
    list.end();
    leat_rope_bytes(rope, text("}]"));
}

Text mode_word(leat_tool_mode mode) {
    switch (mode) {
        case LEAT_TOOLS_AUTO:
            return text("AUTO");
        case LEAT_TOOLS_NONE:
            return text("NONE");
        case LEAT_TOOLS_REQUIRED:
        case LEAT_TOOLS_NAMED:
            return text("ANY");
        case LEAT_TOOLS_UNSET:
            break;
    }
    return Text{nullptr, 0};
}

void put_mode(const leat_tools& tools, JsonMembers* body, leat_rope* rope) {
    const Text word = mode_word(tools.mode);
    if (empty(word)) return;
    body->name(text("toolConfig"));
    JsonMembers outer(rope);
    outer.name(text("functionCallingConfig"));
    JsonMembers calling(rope);
    calling.string(text("mode"), word);
    if (tools.mode == LEAT_TOOLS_NAMED) {
        calling.name(text("allowedFunctionNames"));
        JsonElements names(rope);
        names.next();
        leat_rope_json_string(rope, tools.choice);
        names.end();
    }
    calling.end();
    outer.end();
}

}  // namespace

void gemini_put_tools(const leat_request& request, JsonMembers* body, leat_rope* rope) {
    LEAT_CHECK(body != nullptr && rope != nullptr);
    const leat_tools* const tools = request.tools;
    if (!empty(request.tools_json)) {
        body->json(text("tools"), request.tools_json);
    } else if (tools != nullptr && tools->count > 0) {
        put_declarations(*tools, body, rope);
    }
    if (!empty(request.tool_choice_json)) {
        body->json(text("toolConfig"), request.tool_choice_json);
    } else if (tools != nullptr) {
        put_mode(*tools, body, rope);
    }
}

void gemini_put_config(const leat_request& request, Text model, JsonMembers* body,
                       leat_rope* rope) {
    LEAT_CHECK(body != nullptr && rope != nullptr);
    JsonValue extra;
    const bool has_extra = json_find(request.extra_json, text("generationConfig"), &extra) ||
                           json_find(request.extra_json, text("generation_config"), &extra);
    const bool is_set = (request_fields(request) & config_fields) != 0 ||
                        request.choices_wanted != 0 || !empty(request.response_format_json);
    if (!is_set && !has_extra) return;
    body->name(text("generationConfig"));
    JsonMembers config(rope);
    put_options(request, &config);
    put_stop(request, &config, rope);
    put_format(request, &config, rope);
    put_thinking(request, model, &config, rope);
    if (has_extra) {
        const leat_status copied =
            json_copy_members(extra.raw, &config, [](const JsonValue&) { return false; });
        if (copied != LEAT_OK) leat_rope_fail(rope, copied);
    }
    config.end();
}

}  // namespace leat
