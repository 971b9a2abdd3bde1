// Deciding what to say, and the words. The words are a short list; token n is a pure function of the
// prompt's hash and n. See turn.h.
#include "turn.h"

#include "json_text.h"
#include "schema.h"

namespace mock {
namespace {

constexpr std::string_view kWords[64] = {
    " the",   " water",  " stone", " mill",  " runs", " over",   " a",       " wheel",
    " and",   " then",   " under", " field", " with", " steady", " channel", " turns",
    " slow",  " bright", " grain", " from",  " hill", " to",     " river",   " light",
    " along", " bank",   " where", " small", " gate", " opens",  " when",    " rain",
    " falls", " for",    " hours", " each",  " day",  " miller", " keeps",   " count",
    " of",    " sacks",  " that",  " leave", " by",   " cart",   " before",  " dusk",
    " is",    " quiet",  " work",  " goes",  " on",   " until",  " last",    " spark",
    " fades", " in",     " yard",  " while", " moss", " grows",  " near",    " it"};

constexpr uint64_t kThoughtSalt = 0x7140;
constexpr uint64_t kSignatureSalt = 0x5197;

uint64_t text_hash(const mock_config& config, const Request& request, uint32_t choice) {
    return mix64(hash_bytes(request.text, config.seed) + choice);
}

uint32_t drawn_tokens(const mock_config& config, const Request& request, uint32_t choice) {
    if (config.tokens_max <= config.tokens_min) return config.tokens_min;
    const uint64_t hash = text_hash(config, request, choice);
    const uint64_t span = uint64_t{config.tokens_max} - config.tokens_min + 1;
    return config.tokens_min + static_cast<uint32_t>(mix64(hash ^ 0x1e17) % span);
}

void append_token(Buffer& out, uint64_t hash, uint32_t index) {
    const uint64_t drawn = mix64(hash + index);
    if (index > 2 && (drawn >> 32) % 12 == 0) {
        out.append_char('.');
        return;
    }
    const std::string_view word = kWords[drawn % 64];
    if (index != 0) {
        out.append(word);
        return;
    }
    out.append_char(static_cast<char>(word[1] - 32));
    out.append(word.substr(2));
}

bool contains(std::string_view text, std::string_view part) {
    return memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

bool says_tool(std::string_view text) {
    return contains(text, "tool") || contains(text, "Tool") || contains(text, "TOOL");
}

// "[[rounds:N]]" in the prompt: the model calls its tools N times before it answers.
uint32_t rounds_asked(std::string_view text) {
    constexpr std::string_view kOpen = "[[rounds:";
    const size_t at = text.find(kOpen);
    uint32_t count = 0;
    if (at == std::string_view::npos) return 1;
    for (size_t i = at + kOpen.size(); i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i)
        count = count < 1000 ? count * 10 + static_cast<uint32_t>(text[i] - '0') : count;
    return count;
}

struct Tool {
    std::string_view name;
    std::string_view schema;
};

// A function that a tool list declares, in any of the formats; hosted tools have no schema of ours.
Tool function_of(Json declared) {
    const Json nested = declared.member("function");
    const Json type = declared.member("type");
    if (nested.kind() == '{') {
        declared = nested;
    } else if (type.kind() == '"' && !type.is("function") && !type.is("custom")) {
        return {};
    }
    Json schema = declared.member("parameters", "input_schema");
    if (schema.kind() == '\0')
        schema = declared.member("parametersJsonSchema", "parameters_json_schema");
    return {declared.member("name").text(), schema.raw()};
}

template <typename Each>
void for_each_function(std::string_view tools, Each each) {
    Json(tools).for_each_element([&](Json declared) {
        const Json group = declared.member("functionDeclarations", "function_declarations");
        if (group.kind() == '[') {
            group.for_each_element([&](Json one) {
                const Tool tool = function_of(one);
                if (!tool.name.empty()) each(tool);
                return true;
            });
        } else if (const Tool tool = function_of(declared); !tool.name.empty()) {
            each(tool);
        }
        return true;
    });
}

// Which tools are called: the one that was named by the request, else those the prompt names, else
// the first.
uint32_t choose_tools(const Request& request, Tool* chosen) {
    const uint32_t most = request.one_call ? 1 : kCallMax;
    uint32_t count = 0;
    Tool first;
    for_each_function(request.tools, [&](Tool tool) {
        if (first.name.empty()) first = tool;
        const bool wanted = request.tool_choice == ToolChoice::Named
                                ? tool.name == request.tool_name
                                : contains(request.text, tool.name);
        if (wanted && count < most) chosen[count++] = tool;
    });
    if (count == 0 && request.tool_choice != ToolChoice::Named && !first.name.empty())
        chosen[count++] = first;
    return count;
}

bool calls_tools(const Request& request) {
    if (request.tools.empty() || request.tool_choice == ToolChoice::None) return false;
    if (request.turn_count >= rounds_asked(request.text) && request.result_count != 0) return false;
    return request.tool_choice != ToolChoice::Auto || says_tool(request.text);
}

void append_quote(Buffer& out, const Request& request) {
    out.append("The tool answered: ");
    for (uint32_t i = 0; i < request.result_count; ++i) {
        if (i != 0) out.append(" | ");
        out.append(request.results[i]);
    }
}

// {"answer": ...}, for a client that asks for JSON and gives no schema.
void append_answer_object(Buffer& out, const mock_config& config, const Request& request) {
    out.append("{\"answer\":\"");
    if (request.result_count != 0) {
        Buffer quote;
        append_quote(quote, request);
        append_json_escaped(out, quote.view());
    } else if (config.echo) {
        append_json_escaped(out, request.text);
    } else {
        const uint64_t hash = text_hash(config, request, 0);
        const uint32_t tokens = drawn_tokens(config, request, 0);
        for (uint32_t i = 0; i < tokens; ++i) append_token(out, hash, i);
    }
    out.append("\"}");
}

void decide_calls(const Request& request, Buffer& scratch, Turn* turn) {
    Tool chosen[kCallMax];
    size_t ends[kCallMax];
    turn->call_count = choose_tools(request, chosen);
    for (uint32_t i = 0; i < turn->call_count; ++i) {
        append_arguments(scratch, chosen[i].schema);
        ends[i] = scratch.size();
    }
    size_t begin = 0;
    for (uint32_t i = 0; i < turn->call_count; ++i) {
        turn->calls[i] = {chosen[i].name, scratch.view().substr(begin, ends[i] - begin)};
        begin = ends[i];
    }
}

}  // namespace

void decide_turn(const mock_config& config, const Request& request, Buffer& scratch, Turn* turn) {
    scratch.clear();
    turn->fixed = false;
    turn->cut = false;
    turn->call_count = 0;
    turn->cache_read = 0;
    turn->cache_write = 0;
    if (calls_tools(request)) decide_calls(request, scratch, turn);
    if (turn->call_count != 0) return;
    if (request.json) {
        if (Json(request.schema).kind() == '{') {
            append_instance(scratch, request.schema);
        } else {
            append_answer_object(scratch, config, request);
        }
    } else if (request.result_count != 0 && (!config.echo || !request.tools.empty())) {
        append_quote(scratch, request);
    } else if (config.echo) {
        // An echo is never cut: whoever asks for one wants to compare it.
        turn->fixed = true;
        turn->text = request.text;
        return;
    } else {
        return;
    }
    turn->fixed = true;
    const uint64_t bytes_max =
        request.max_tokens < 0 ? UINT64_MAX : static_cast<uint64_t>(request.max_tokens) * 4;
    turn->text = utf8_prefix(scratch.view(), bytes_max < SIZE_MAX ? bytes_max : SIZE_MAX);
    turn->cut = turn->text.size() < scratch.size();
}

uint64_t prompt_tokens(const Request& request) {
    return (request.text_bytes_total + request.tools.size() + 3) / 4 +
           uint64_t{request.message_count} * 4 + 3;
}

uint32_t text_tokens(const Context& context, uint32_t choice) {
    const Turn& turn = *context.turn;
    if (turn.call_count != 0) return 0;
    if (turn.fixed) return static_cast<uint32_t>((turn.text.size() + 3) / 4);
    const uint32_t tokens = drawn_tokens(*context.config, *context.request, choice);
    const int64_t limit = context.request->max_tokens;
    return limit >= 0 && limit < static_cast<int64_t>(tokens) ? static_cast<uint32_t>(limit)
                                                              : tokens;
}

bool is_cut(const Context& context, uint32_t choice) {
    const Turn& turn = *context.turn;
    if (turn.call_count != 0) return false;
    if (turn.fixed) return turn.cut;
    const int64_t limit = context.request->max_tokens;
    return limit >= 0 &&
           limit < static_cast<int64_t>(drawn_tokens(*context.config, *context.request, choice));
}

uint64_t choice_tokens(const Context& context, uint32_t choice) {
    const Turn& turn = *context.turn;
    uint64_t tokens = text_tokens(context, choice);
    for (uint32_t i = 0; i < turn.call_count; ++i)
        tokens += 8 + (turn.calls[i].name.size() + turn.calls[i].arguments.size() + 3) / 4;
    return tokens;
}

void append_word(Buffer& out, const Context& context, uint32_t choice, uint32_t index) {
    append_token(out, text_hash(*context.config, *context.request, choice), index);
}

void append_text(Buffer& out, const Context& context, uint32_t choice) {
    if (context.turn->fixed) return append_json_escaped(out, context.turn->text);
    const uint64_t hash = text_hash(*context.config, *context.request, choice);
    const uint32_t tokens = text_tokens(context, choice);
    for (uint32_t i = 0; i < tokens; ++i) append_token(out, hash, i);
}

uint64_t thought_tokens(const Context& context) {
    return context.request->think ? kThoughtTokens : 0;
}

void append_thought_word(Buffer& out, const Context& context, uint32_t index) {
    append_token(out, text_hash(*context.config, *context.request, 0) ^ kThoughtSalt, index);
}

void append_thought(Buffer& out, const Context& context) {
    for (uint32_t i = 0; i < kThoughtTokens; ++i) append_thought_word(out, context, i);
}

void append_signature(Buffer& out, std::string_view text) {
    append_id(out, "Eq", hash_bytes(text, kSignatureSalt), 86);
}

bool is_signature(std::string_view text, std::string_view signature) {
    Buffer wanted;
    append_signature(wanted, text);
    return wanted.view() == signature;
}

void append_id(Buffer& out, std::string_view prefix, uint64_t bits, size_t count) {
    constexpr std::string_view kDigits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    uint64_t left = 0;
    out.append(prefix);
    for (size_t i = 0; i < count; ++i) {
        if (i % 10 == 0) left = mix64(bits + i);
        out.append_char(kDigits[left % 62]);
        left /= 62;
    }
}

}  // namespace mock
