// api/estimate.cc: how many tokens a request's input may have: its messages counted as M7 has it. A
// ready body is read as the JSON of any provider: turns under messages, input or contents.
// Depends on the JSON scanner and the estimate of texts. Pure; texts with escapes are decoded in pieces.
#include "api/estimate.h"

#include "base/narrow.h"
#include "codec/json_characters.h"
#include "codec/json_scan.h"
#include "meter/estimate_text.h"

namespace {

using leat::JsonCursor;
using leat::JsonType;
using leat::JsonValue;
using leat::Text;

constexpr uint64_t tokens_per_message = 4;
constexpr uint64_t tokens_per_role = 1;
constexpr uint64_t tokens_per_call = 10;
constexpr uint64_t tokens_per_tool_answer = 2;
constexpr uint64_t tokens_per_conversation = 3;
constexpr size_t piece_bytes = 2048;

class RequestEstimate {
public:
    explicit RequestEstimate(const leat::TokenCounter& counter)
        : counter_(counter),
          by_quarters_(counter.count == nullptr && counter.estimator == LEAT_ESTIMATE_QUARTER) {}

    uint64_t of(const leat_request& request);

private:
    uint64_t text(Text t) const;
    uint64_t json_text(const JsonValue& value) const;
    uint64_t message(const leat_message& message) const;
    uint64_t turn(Text role, uint64_t content) const;
    uint64_t tools(const leat_request& request) const;
    uint64_t body(Text json) const;
    uint64_t body_turns(JsonCursor* at, bool is_system) const;
    uint64_t body_turn(JsonCursor* at) const;
    uint64_t body_content(JsonCursor* at) const;
    uint64_t body_part(JsonCursor* at) const;
    uint64_t body_calls(JsonCursor* at) const;

    const leat::TokenCounter& counter_;
    bool by_quarters_;
};

bool is_counted_role(Text role) {
    return leat::equal(role, leat::text("system")) || leat::equal(role, leat::text("user")) ||
           leat::equal(role, leat::text("assistant")) || leat::equal(role, leat::text("tool"));
}

uint64_t RequestEstimate::text(Text t) const {
    if (counter_.count != nullptr) return counter_.count(counter_.user, t);
    return by_quarters_ ? leat::estimate_by_quarters(t) : leat::estimate_by_scripts(t);
}

// How many bytes of a string's content make a piece: no escape and no character is cut.
size_t piece_size(Text raw) {
    if (raw.size <= piece_bytes) return raw.size;
    size_t at = 0;
    size_t good = 0;
    while (at + 12 < piece_bytes) {
        good = at;
        const auto byte = static_cast<unsigned char>(raw.data[at]);
        if (byte == '\\') {
            // Twice, so that a pair of surrogates stays together.
            const bool is_code = raw.data[at + 1] == 'u';
            const bool goes_on = is_code && raw.data[at + 6] == '\\' && raw.data[at + 7] == 'u';
            at += goes_on ? 12 : is_code ? 6 : 2;
        } else {
            at += byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
        }
    }
    return good;
}

uint64_t RequestEstimate::json_text(const JsonValue& value) const {
    if (value.type != JsonType::string) return 0;
    if (by_quarters_) return leat::quarter_of(leat::json_character_count(value));
    if (!value.escaped) return text(value.raw);
    char decoded[piece_bytes];
    uint64_t tokens = 0;
    for (Text rest = value.raw; !leat::empty(rest);) {
        const size_t size = piece_size(rest);
        size_t decoded_size = 0;
        if (size == 0 || leat::json_string_decode(leat::head(rest, size), decoded, sizeof decoded,
                                                  &decoded_size) != LEAT_OK) {
            return tokens + text(rest);
        }
        tokens += text(leat::text(decoded, decoded_size));
        rest = leat::tail(rest, size);
    }
    return tokens;
}

uint64_t RequestEstimate::turn(Text role, uint64_t content) const {
    return tokens_per_message + content + (is_counted_role(role) ? tokens_per_role : 0) +
           (leat::equal(role, leat::text("tool")) ? tokens_per_tool_answer : 0);
}

uint64_t RequestEstimate::message(const leat_message& message) const {
    uint64_t content = 0;
    if (!leat::empty(message.turn_json)) {
        content = text(message.turn_json);
    } else if (!leat::empty(message.content_json)) {
        JsonCursor at(message.content_json);
        content = body_content(&at);
    } else if (message.parts_count > 0) {
        for (uint32_t i = 0; message.parts != nullptr && i < message.parts_count; ++i) {
            const leat_part& part = message.parts[i];
            if (leat::enum_number(part.type) == LEAT_PART_TEXT) content += text(part.content);
        }
    } else {
        content = text(message.content);
    }
    for (uint32_t i = 0; message.tool_calls != nullptr && i < message.tool_calls_count; ++i) {
        const leat_tool_call& call = message.tool_calls[i];
        content += text(call.name) + text(call.arguments_json) + tokens_per_call;
    }
    if (!leat::empty(message.tool_calls_json)) content += text(message.tool_calls_json);
    return turn(message.role, content);
}

// Providers bill the description of tools; the reference does not count it.
uint64_t RequestEstimate::tools(const leat_request& request) const {
    if (by_quarters_) return 0;
    uint64_t tokens = 0;
    if (!leat::empty(request.tools_json)) return text(request.tools_json);
    for (uint32_t i = 0; request.tools != nullptr && i < request.tools->count; ++i) {
        const leat_tool& tool = request.tools->list[i];
        tokens +=
            tokens_per_call + text(tool.name) + text(tool.description) + text(tool.parameters_json);
    }
    return tokens;
}

// A part's own text; images and others are nothing.
uint64_t RequestEstimate::body_part(JsonCursor* at) const {
    JsonValue key;
    JsonValue value;
    uint64_t tokens = 0;
    if (!at->enter_object()) return at->take(&value) ? json_text(value) : 0;
    while (at->member(&key)) {
        const bool is_text = leat::json_is(key, leat::text("text"));
        if (is_text && at->take(&value)) tokens += json_text(value);
    }
    return tokens;
}

// A string, one part, or an array of parts.
uint64_t RequestEstimate::body_content(JsonCursor* at) const {
    if (!at->enter_array()) return body_part(at);
    uint64_t tokens = 0;
    while (at->element()) tokens += body_part(at);
    return tokens;
}

// [{"function":{"name","arguments"}}]
uint64_t RequestEstimate::body_calls(JsonCursor* at) const {
    JsonValue key;
    JsonValue value;
    uint64_t tokens = 0;
    if (!at->enter_array()) return 0;
    while (at->element()) {
        tokens += tokens_per_call;
        if (!at->enter_object()) continue;
        while (at->member(&key)) {
            if (!leat::json_is(key, leat::text("function")) || !at->enter_object()) continue;
            while (at->member(&key)) {
                const bool is_text = leat::json_is(key, leat::text("name")) ||
                                     leat::json_is(key, leat::text("arguments"));
                if (is_text && at->take(&value)) tokens += json_text(value);
            }
        }
    }
    return tokens;
}

uint64_t RequestEstimate::body_turn(JsonCursor* at) const {
    if (!at->enter_object()) return turn(leat::text("user"), body_content(at));
    JsonValue key;
    JsonValue value;
    Text role = leat::text("user");
    uint64_t content = 0;
    while (at->member(&key)) {
        if (leat::json_is(key, leat::text("role"))) {
            if (at->take(&value)) role = value.raw;
        } else if (leat::json_is(key, leat::text("content")) ||
                   leat::json_is(key, leat::text("parts"))) {
            content += body_content(at);
        } else if (leat::json_is(key, leat::text("text")) ||
                   leat::json_is(key, leat::text("output")) ||
                   leat::json_is(key, leat::text("arguments"))) {
            if (at->take(&value)) content += json_text(value);
        } else if (leat::json_is(key, leat::text("tool_calls"))) {
            content += body_calls(at);
        }
    }
    return turn(role, content);
}

uint64_t RequestEstimate::body_turns(JsonCursor* at, bool is_system) const {
    // Anthropic's system is an array of parts, not of turns.
    if (is_system || !at->enter_array()) return body_turn(at);
    uint64_t tokens = 0;
    while (at->element()) tokens += body_turn(at);
    return tokens;
}

uint64_t RequestEstimate::body(Text json) const {
    JsonCursor at(json);
    JsonValue key;
    JsonValue value;
    uint64_t tokens = tokens_per_conversation;
    if (!at.enter_object()) return tokens + text(json);
    while (at.member(&key)) {
        const auto is = [&key](Text name) { return leat::json_is(key, name); };
        if (is(leat::text("messages")) || is(leat::text("input")) || is(leat::text("contents"))) {
            tokens += body_turns(&at, false);
        } else if (is(leat::text("system")) || is(leat::text("instructions")) ||
                   is(leat::text("prompt")) || is(leat::text("systemInstruction")) ||
                   is(leat::text("system_instruction"))) {
            tokens += body_turns(&at, true);
        } else if (is(leat::text("tools")) && !by_quarters_) {
            if (at.take(&value)) tokens += text(value.raw);
        }
    }
    return tokens;
}

uint64_t RequestEstimate::of(const leat_request& request) {
    if (!leat::empty(request.body_json)) return body(request.body_json);
    uint64_t tokens = tokens_per_conversation + tools(request);
    if (!leat::empty(request.system)) tokens += turn(leat::text("system"), text(request.system));
    for (uint32_t i = 0; request.messages != nullptr && i < request.messages_count; ++i) {
        tokens += message(request.messages[i]);
    }
    const bool has_prompt = !leat::empty(request.prompt) || request.messages_count == 0;
    if (has_prompt) tokens += turn(leat::text("user"), text(request.prompt));
    return tokens;
}

}  // namespace

namespace leat {

uint64_t estimate_input(const leat_request& request, const TokenCounter& counter) {
    return RequestEstimate(counter).of(request);
}

}  // namespace leat

uint64_t leat_estimate_tokens(leat_str text, leat_estimator estimator) {
    if (text.data == nullptr) text.size = 0;
    return leat::enum_number(estimator) == LEAT_ESTIMATE_QUARTER ? leat::estimate_by_quarters(text)
                                                                 : leat::estimate_by_scripts(text);
}

uint64_t leat_estimate_request(const leat_request* request, leat_estimator estimator) {
    if (request == nullptr) return 0;
    return leat::estimate_input(*request, {leat::enum_number(estimator), nullptr, nullptr});
}
