// Reading Gemini's generateContent requests, and the bodies of its cached contents, which hold the
// same things under a model and a lifetime.
//
// Invariant as in read_parts.h. Names are taken in camelCase and in snake_case; unknown ones at the
// top are refused, and so are calls without results; gemini-3 models want their thought signatures
// back.
#include "format.h"
#include "json_view.h"
#include "read_parts.h"

namespace mock {
namespace {

struct Part {
    std::string_view call_name;
    std::string_view signature;
};

struct GeminiReader {
    Reader in;
    Request* out;
    Findings found;
    uint32_t open_calls = 0;
    uint32_t calls = 0;    // of the model's turn that is read
    uint32_t results = 0;  // of the content that is read
    bool in_model_turn = false;
    bool no_thought = false;
    bool bad_signature = false;

    bool read_part(Joined& text);
    bool read_parts(Joined& text);
    bool read_result();
    void end_call(const Part& part);
    bool read_content();
    void end_content(std::string_view role, std::string_view text);
    bool read_instruction();
    bool read_tool_config();
    bool read_generation();
    bool read_thinking();
    bool read_field(std::string_view key);
    Fault verdict();
};

bool either(std::string_view key, std::string_view camel, std::string_view snake) {
    return key == camel || key == snake;
}

// A result is an object; its first text is what the tool said, or else all of it.
bool GeminiReader::read_result() {
    std::string_view said;
    const bool ok = for_each_field(in, [&](std::string_view key) {
        if (key != "response") return in.skip();
        std::string_view all;
        Reader ahead = in;
        if (!ahead.raw(&all)) return false;
        if (in.peek() != '{') return in.raw(&said);
        std::string_view text;
        const bool inner = for_each_field(in, [&](std::string_view) {
            return text.empty() && in.peek() == '"' ? in.string_view(&text) : in.skip();
        });
        said = text.empty() ? all : text;
        return inner;
    });
    ++results;
    out->add_result(said);
    return ok;
}

// Only the first of parallel calls carries a signature.
void GeminiReader::end_call(const Part& part) {
    if (calls++ != 0) return;
    if (part.signature.empty()) {
        no_thought = true;
    } else if (!is_signature(part.call_name, part.signature)) {
        bad_signature = true;
    }
}

bool GeminiReader::read_part(Joined& text) {
    if (in.peek() != '{') {
        found.bad_messages = true;
        return in.skip();
    }
    Part part;
    bool is_call = false;
    const bool ok = for_each_field(in, [&](std::string_view key) {
        if (key == "text" && in.peek() == '"') return text.append(in);
        if (either(key, "thoughtSignature", "thought_signature"))
            return read_name(in, &part.signature);
        if (either(key, "functionResponse", "function_response") && in.peek() == '{') {
            text.restart();
            return read_result();
        }
        if (!either(key, "functionCall", "function_call") || in.peek() != '{') return in.skip();
        is_call = true;
        return for_each_field(in, [&](std::string_view inner) {
            return inner == "name" ? read_name(in, &part.call_name) : in.skip();
        });
    });
    if (ok && is_call) end_call(part);
    return ok;
}

bool GeminiReader::read_parts(Joined& text) {
    if (in.peek() != '[') return in.skip();
    return for_each_element(in, [&] { return read_part(text); });
}

bool GeminiReader::read_content() {
    if (in.peek() != '{') {
        found.bad_messages = true;
        return in.skip();
    }
    std::string_view role;
    Joined text;
    results = 0;
    out->result_count = 0;
    const bool ok = for_each_field(in, [&](std::string_view key) {
        if (key == "role") return read_name(in, &role);
        return key == "parts" ? read_parts(text) : in.skip();
    });
    if (ok) end_content(role, text.view());
    return ok;
}

void GeminiReader::end_content(std::string_view role, std::string_view text) {
    ++out->message_count;
    out->text_bytes_total += text.size();
    if (out->vertex && role != "user" && role != "model") found.bad_messages = true;
    if (role == "model") {
        // Contents of the model in a row are one turn: a client that streams keeps them so.
        if (!in_model_turn) begin_model_turn(out);
        in_model_turn = true;
        open_calls = calls;
        return;
    }
    in_model_turn = false;
    if (results != open_calls) (open_calls == 0 ? found.orphan_result : found.open_call) = true;
    open_calls = 0;
    calls = 0;
    if (results != 0) return;
    begin_user_turn(out, text);
    no_thought = false;
    bad_signature = false;
}

bool GeminiReader::read_instruction() {
    Joined text;
    const bool ok = in.peek() == '"' ? text.append(in)
                    : in.peek() == '{'
                        ? for_each_field(in,
                                         [&](std::string_view key) {
                                             return key == "parts" ? read_parts(text) : in.skip();
                                         })
                        : in.skip();
    out->text_bytes_total += text.size;
    out->sets_context = true;
    return ok;
}

bool GeminiReader::read_tool_config() {
    std::string_view config;
    if (!in.raw(&config)) return false;
    out->sets_context = true;
    const Json calling = Json(config).member("functionCallingConfig", "function_calling_config");
    const Json mode = calling.member("mode");
    const Json names = calling.member("allowedFunctionNames", "allowed_function_names");
    if (mode.is("NONE")) out->tool_choice = ToolChoice::None;
    if (!mode.is("ANY")) return true;
    out->tool_name = names.element_count() == 1 ? names.element(0).text() : std::string_view{};
    out->tool_choice = out->tool_name.empty() ? ToolChoice::Any : ToolChoice::Named;
    return true;
}

bool GeminiReader::read_thinking() {
    std::string_view raw;
    if (!in.raw(&raw)) return false;
    const Json config(raw);
    const bool shown = config.member("includeThoughts", "include_thoughts").kind() == 't';
    const double budget = config.member("thinkingBudget", "thinking_budget").number_or(0);
    const bool levelled = config.member("thinkingLevel", "thinking_level").kind() == '"';
    out->think = shown || budget != 0 || levelled;
    out->hide_thoughts = !shown;
    return true;
}

bool GeminiReader::read_generation() {
    int64_t choices = 1;
    const bool ok = for_each_field(in, [&](std::string_view key) {
        if (either(key, "maxOutputTokens", "max_output_tokens"))
            return read_count(in, &out->max_tokens, &found.bad_field);
        if (either(key, "candidateCount", "candidate_count"))
            return read_count(in, &choices, &found.bad_field);
        if (either(key, "responseMimeType", "response_mime_type")) {
            std::string_view type;
            if (!read_name(in, &type)) return false;
            out->json = type == "application/json";
            return true;
        }
        if (either(key, "responseSchema", "response_schema") ||
            either(key, "responseJsonSchema", "response_json_schema"))
            return in.raw(&out->schema);
        if (either(key, "thinkingConfig", "thinking_config") && in.peek() == '{')
            return read_thinking();
        return in.skip();
    });
    if (choices > 8) found.bad_field = true;
    out->choice_count = choices > 8 ? 1 : static_cast<uint32_t>(choices);
    return ok;
}

// "models/m", or on Vertex "projects/.../models/m", without what stands before m.
std::string_view bare_model(std::string_view name) {
    const size_t at = name.rfind("models/");
    return at == std::string_view::npos ? name : name.substr(at + 7);
}

bool GeminiReader::read_field(std::string_view key) {
    const bool cache = out->kind == FormatKind::GeminiCache;
    if (key == "contents" && in.peek() == '[') {
        found.has_messages = true;
        return for_each_element(in, [&] { return read_content(); });
    }
    if (either(key, "systemInstruction", "system_instruction")) return read_instruction();
    if (key == "tools" && in.peek() == '[') {
        out->sets_context = true;
        return in.raw(&out->tools);
    }
    if (either(key, "toolConfig", "tool_config") && in.peek() == '{') return read_tool_config();
    if (key == "model") {
        std::string_view name;
        if (!read_name(in, &name)) return false;
        if (cache) out->model = bare_model(name);
        return true;
    }
    if (cache) {
        if (either(key, "displayName", "display_name")) return read_name(in, &out->display_name);
        if (key == "ttl") return read_name(in, &out->ttl);
        if (either(key, "expireTime", "expire_time")) return read_name(in, &out->expire_time);
        if (key == "name") return in.skip();
    } else {
        if (either(key, "generationConfig", "generation_config") && in.peek() == '{')
            return read_generation();
        if (either(key, "cachedContent", "cached_content"))
            return read_name(in, &out->cached_content);
        if (either(key, "safetySettings", "safety_settings") || key == "contents" ||
            either(key, "generationConfig", "generation_config") || key == "tools" ||
            either(key, "toolConfig", "tool_config") || either(key, "serviceTier", "service_tier"))
            return in.skip();
        if (key == "labels" && out->vertex) return in.skip();
    }
    if (out->culprit.empty()) out->culprit = key;
    return in.skip();
}

Fault GeminiReader::verdict() {
    if (!out->culprit.empty()) return Fault::UnknownField;
    if (out->kind == FormatKind::GeminiCache)
        return found.bad_messages ? Fault::BadMessages : Fault::None;
    if (open_calls != 0) found.open_call = true;
    if (!out->schema.empty() && !out->json) found.bad_field = true;
    const Fault fault = found.verdict(*out);
    if (fault != Fault::None) return fault;
    if (out->model.find("gemini-3") == std::string_view::npos || out->result_count == 0)
        return Fault::None;
    if (no_thought) return Fault::NoThought;
    return bad_signature ? Fault::BadSignature : Fault::None;
}

}  // namespace

Fault read_gemini(char* body, size_t size, Request* out) {
    if (size == 0) return Fault::Syntax;
    GeminiReader reader{Reader(body, body + size), out, {}};
    const bool ok =
        for_each_field(reader.in, [&](std::string_view key) { return reader.read_field(key); });
    if (!ok || !reader.in.at_end()) return Fault::Syntax;
    return reader.verdict();
}

}  // namespace mock
