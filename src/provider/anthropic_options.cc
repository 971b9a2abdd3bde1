// provider/anthropic_options.cc: the options of a Messages request. Models differ in what they take,
// so a table says what is known of them; of a model that is not in it everything is believed.
// Depends on codec and base. Invariant: what a model is known to refuse (HTTP 400) is left out and
// reported, never sent and never silently dropped.
#include "base/check.h"
#include "provider/anthropic.h"
#include "provider/extra_members.h"
#include "provider/request_words.h"

namespace leat {

namespace {

// The API demands max_tokens. This is the most that every model takes (Claude 3 Haiku and Opus take
// no more); a request that wants longer answers says so.
constexpr int64_t max_tokens_default = 4096;

// The least thinking budget that the API takes.
constexpr int64_t budget_least_tokens = 1024;

// With thinking on, top_p may not be lower.
constexpr double thinking_top_p_least = 0.95;

enum : uint32_t {
    no_sampling = 1,     // refuses temperature, top_p and top_k
    one_sampler = 2,     // refuses temperature and top_p together
    adaptive_only = 4,   // refuses a thinking budget; hides its thinking unless asked to show it
    budget_only = 8,     // refuses adaptive thinking
    always_thinks = 16,  // refuses to have its thinking turned off
};

constexpr uint32_t newest = no_sampling | adaptive_only;

struct Model {
    Text part;  // of the name; what follows is no digit
    uint32_t traits;
};

// Names with a prefix and a suffix (dates, other hosts' "anthropic.NAME-v1:0") are known as well.
constexpr Model models[] = {
    {text("claude-opus-4-7"), newest},
    {text("claude-opus-4-8"), newest},
    {text("claude-opus-5"), newest},
    {text("claude-sonnet-5"), newest},
    {text("claude-fable-5"), newest | always_thinks},
    {text("claude-mythos"), newest | always_thinks},
    {text("claude-opus-4-6"), one_sampler},
    {text("claude-sonnet-4-6"), one_sampler},
    {text("claude-opus-4-5"), one_sampler | budget_only},
    {text("claude-sonnet-4-5"), one_sampler | budget_only},
    {text("claude-haiku-4-5"), one_sampler | budget_only},
    {text("claude-opus-4-1"), one_sampler | budget_only},
    {text("claude-opus-4-0"), budget_only},
    {text("claude-sonnet-4-0"), budget_only},
    {text("claude-opus-4-20250514"), budget_only},
    {text("claude-sonnet-4-20250514"), budget_only},
    {text("claude-3-7-sonnet"), budget_only},
};

uint32_t traits_of(Text name) {
    for (const Model& model : models) {
        const size_t at = find_ignoring_case(name, model.part);
        if (at == not_found) continue;
        const Text rest = tail(name, at + model.part.size);
        if (empty(rest) || !is_digit(rest.data[0])) return model.traits;
    }
    return 0;
}

enum class Thinks : uint8_t { unsaid, off, adaptive, budget };

struct Thinking {
    Thinks how = Thinks::unsaid;
    double budget_tokens = 0;
    uint32_t ignored = 0;

    bool is_on() const { return how == Thinks::adaptive || how == Thinks::budget; }
};

// What the two options say together, whatever the model. Of two that contradict each other the one
// that turns thinking off is obeyed.
Thinking asked_thinking(const leat_request& request) {
    Thinking asked;
    const leat_number& budget = request.thinking_budget_tokens;
    const bool has_budget = budget.is_set != 0;
    if (has_budget && budget.value == 0) {
        asked.how = Thinks::off;
        if (request.thinking == LEAT_ON) asked.ignored = LEAT_FIELD_THINKING;
    } else if (request.thinking == LEAT_OFF) {
        asked.how = Thinks::off;
        if (has_budget) asked.ignored = LEAT_FIELD_THINKING_BUDGET;
    } else if (has_budget && !(budget.value < 0)) {
        asked.how = Thinks::budget;
        asked.budget_tokens = budget.value;
    } else if (has_budget || request.thinking == LEAT_ON) {
        asked.how = Thinks::adaptive;
    }
    return asked;
}

// The same in a way that the model takes.
Thinking thinking_of(const leat_request& request, uint32_t traits) {
    Thinking thinking = asked_thinking(request);
    const bool has_budget = request.thinking_budget_tokens.is_set != 0;
    const uint32_t budget_field = has_budget ? uint32_t{LEAT_FIELD_THINKING_BUDGET} : 0;
    if (thinking.how == Thinks::off && (traits & always_thinks) != 0) {
        thinking.how = Thinks::unsaid;
        thinking.ignored |= budget_field;
        if (request.thinking == LEAT_OFF) thinking.ignored |= LEAT_FIELD_THINKING;
    } else if (thinking.how == Thinks::budget && (traits & adaptive_only) != 0) {
        thinking.how = Thinks::adaptive;
        thinking.budget_tokens = 0;
        thinking.ignored |= budget_field;
    } else if (thinking.how == Thinks::adaptive && (traits & budget_only) != 0) {
        thinking.how = Thinks::budget;
        thinking.budget_tokens = static_cast<double>(budget_least_tokens);
        thinking.ignored |= budget_field;
    }
    return thinking;
}

void put_thinking(const leat_request& request, const Thinking& thinking, uint32_t traits,
                  JsonMembers* members, leat_rope* rope) {
    leat_rope_ignored(rope, thinking.ignored);
    if (thinking.how == Thinks::unsaid) return;
    members->name(text("thinking"));
    JsonMembers inside(rope);
    if (thinking.how == Thinks::off) {
        inside.string(text("type"), text("disabled"));
    } else if (thinking.how == Thinks::adaptive) {
        inside.string(text("type"), text("adaptive"));
    } else {
        inside.string(text("type"), text("enabled"));
        inside.name(text("budget_tokens"));
        leat_rope_json_number(rope, thinking.budget_tokens);
    }
    const bool hides = (traits & adaptive_only) != 0;
    if (thinking.is_on() && hides && request.thinking == LEAT_ON) {
        inside.string(text("display"), text("summarized"));
    }
    inside.end();
}

// The budget is part of max_tokens, so an answer that names no limit gets its default beside it.
void put_max_tokens(const leat_request& request, const Thinking& thinking, JsonMembers* members) {
    JsonValue own;
    if (request.max_output_tokens != 0) {
        members->integer(text("max_tokens"), request.max_output_tokens);
    } else if (empty(request.extra_json) ||
               !json_find(request.extra_json, text("max_tokens"), &own)) {
        const bool is_sane = thinking.budget_tokens > 0 && thinking.budget_tokens < 1e9;
        const int64_t budget = is_sane ? static_cast<int64_t>(thinking.budget_tokens) : 0;
        members->integer(text("max_tokens"), max_tokens_default + budget);
    }
}

// Thinking takes no sampling but the default temperature and a top_p close to it.
void put_sampling(const leat_request& request, bool thinks, uint32_t traits, JsonMembers* members,
                  leat_rope* rope) {
    const bool none = (traits & no_sampling) != 0;
    const leat_number& temperature = request.temperature;
    const bool drop_temperature = none || (thinks && temperature.value != 1.0);
    const bool has_temperature = temperature.is_set != 0 && !drop_temperature;
    const bool drop_top_p = none || (thinks && request.top_p.value < thinking_top_p_least) ||
                            (has_temperature && (traits & one_sampler) != 0);
    const struct {
        Text name;
        const leat_number& value;
        uint32_t field;
        bool drop;
    } rows[] = {
        {text("temperature"), temperature, LEAT_FIELD_TEMPERATURE, drop_temperature},
        {text("top_p"), request.top_p, LEAT_FIELD_TOP_P, drop_top_p},
        {text("top_k"), request.top_k, LEAT_FIELD_TOP_K, none || thinks},
    };
    for (const auto& row : rows) {
        if (row.value.is_set == 0) continue;
        if (row.drop) {
            leat_rope_ignored(rope, row.field);
        } else {
            members->number(row.name, row.value);
        }
    }
}

void put_output_config(const leat_request& request, JsonMembers* members, leat_rope* rope) {
    const bool has_own = !empty(request.response_format_json);
    const bool has_format = has_own || has_schema(request.format);
    const ExtraMembers extra(request.extra_json);
    const bool has_extra = extra.has(text("output_config"));
    if (!has_format && !has_extra && empty(request.reasoning_effort)) return;
    members->name(text("output_config"));
    JsonMembers inside(rope);
    inside.string(text("effort"), request.reasoning_effort);
    inside.json(text("format"), request.response_format_json);
    if (has_format && !has_own) {
        inside.name(text("format"));
        leat_rope_bytes(rope, text("{\"type\":\"json_schema\",\"schema\":"));
        put_format_schema(rope, *request.format);
        leat_rope_bytes(rope, text("}"));
    }
    const leat_status joined = extra.put_inside(text("output_config"), &inside);
    if (joined != LEAT_OK) leat_rope_fail(rope, joined);
    inside.end();
}

void put_tool_list(const leat_tools& tools, leat_rope* rope) {
    JsonElements list(rope);
    for (uint32_t i = 0; i < tools.count; ++i) {
        const leat_tool& tool = tools.list[i];
        list.next();
        JsonMembers members(rope);
        members.string(text("name"), tool.name);
        members.string(text("description"), tool.description);
        members.json(text("input_schema"), tool_parameters(tool));
        if (tool.strict != 0) members.boolean(text("strict"), true);
        members.end();
    }
    list.end();
}

Text choice_word(leat_tool_mode mode) {
    switch (mode) {
        case LEAT_TOOLS_NONE:
            return text("none");
        case LEAT_TOOLS_REQUIRED:
            return text("any");
        case LEAT_TOOLS_NAMED:
            return text("tool");
        case LEAT_TOOLS_UNSET:
        case LEAT_TOOLS_AUTO:
            break;
    }
    return text("auto");
}

void put_tool_choice(const leat_tools& tools, JsonMembers* members, leat_rope* rope) {
    if (tools.mode == LEAT_TOOLS_UNSET && tools.parallel == LEAT_UNSET) return;
    members->name(text("tool_choice"));
    JsonMembers choice(rope);
    choice.string(text("type"), choice_word(tools.mode));
    if (tools.mode == LEAT_TOOLS_NAMED) choice.string(text("name"), tools.choice);
    if (tools.parallel != LEAT_UNSET && tools.mode == LEAT_TOOLS_NONE) {
        leat_rope_ignored(rope, LEAT_FIELD_PARALLEL_TOOLS);  // "none" takes no second word
    } else if (tools.parallel != LEAT_UNSET) {
        choice.boolean(text("disable_parallel_tool_use"), tools.parallel == LEAT_OFF);
    }
    choice.end();
}

void put_tools(const leat_request& request, JsonMembers* members, leat_rope* rope) {
    const leat_tools* const tools = request.tools;
    const bool has_list = tools != nullptr && tools->count > 0;
    members->json(text("tools"), request.tools_json);
    if (empty(request.tools_json) && has_list) {
        members->name(text("tools"));
        put_tool_list(*tools, rope);
    }
    members->json(text("tool_choice"), request.tool_choice_json);
    if (tools == nullptr || !empty(request.tool_choice_json)) return;
    if (has_list || !empty(request.tools_json)) {
        put_tool_choice(*tools, members, rope);
        return;
    }
    // A choice among no tools is refused.
    if (tools->mode != LEAT_TOOLS_UNSET) leat_rope_ignored(rope, LEAT_FIELD_TOOL_CHOICE);
    if (tools->parallel != LEAT_UNSET) leat_rope_ignored(rope, LEAT_FIELD_PARALLEL_TOOLS);
}

}  // namespace

void messages_put_options(const leat_build& build, JsonMembers* members, leat_rope* rope) {
    LEAT_CHECK(members != nullptr && rope != nullptr);
    const leat_request& request = *build.request;
    const uint32_t traits = traits_of(build.model);
    const Thinking thinking = thinking_of(request, traits);
    put_max_tokens(request, thinking, members);
    put_sampling(request, thinking.is_on(), traits, members, rope);
    if (request.stop_count > 0) {
        members->name(text("stop_sequences"));
        JsonElements stops(rope);
        for (uint32_t i = 0; i < request.stop_count; ++i) {
            stops.next();
            leat_rope_json_string(rope, request.stop[i]);
        }
        stops.end();
    }
    put_thinking(request, thinking, traits, members, rope);
    put_output_config(request, members, rope);
    put_tools(request, members, rope);
    if (request.cache_prompt == LEAT_ON) {
        members->name(text("cache_control"));
        leat_rope_bytes(rope, text("{\"type\":\"ephemeral\"}"));
    }
    members->json(text("metadata"), request.provider_metadata_json);
    if (build.stream != 0) members->boolean(text("stream"), true);
}

}  // namespace leat
