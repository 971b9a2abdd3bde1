// Reading Anthropic's Messages requests: blocks, tool results, thinking, cache marks.
//
// Invariant as in read_parts.h. Refused as the provider does: results that answer no call, calls
// without results, and with thinking on, calls that come back without their thinking block.
#include "format.h"
#include "json_view.h"
#include "read_parts.h"

namespace mock {
namespace {

struct Block {
    std::string_view type;
    std::string_view id;
    std::string_view tool_use_id;
    std::string_view thinking;
    std::string_view signature;
    Joined result;
    bool marked = false;
};

struct AnthropicReader {
    Reader in;
    Request* out;
    Findings found;
    Ledger ledger;
    const char* messages_begin = nullptr;
    const char* messages_end = nullptr;
    uint64_t message_bytes = 0;  // texts of messages so far
    uint64_t system_bytes = 0;
    uint64_t system_hash = 0;
    bool system_marked = false;
    bool messages_marked = false;
    uint64_t marked_bytes = 0;  // of messages, up to the last mark
    uint64_t marked_hash = 0;
    bool bad_signature = false;
    bool no_thought = false;  // the last turn of the model has calls and no thoughts
    bool whole_marked = false;
    int64_t budget = 0;
    bool needs_thoughts = false;

    bool read_messages();
    bool read_message();
    bool read_block(Joined& text, bool* calls, bool* thinks);
    void end_block(const Block& block, Joined& text, bool* calls, bool* thinks);
    void end_message(std::string_view role, std::string_view text, bool calls, bool thinks);
    bool read_system();
    bool read_thinking();
    bool read_shape();
    bool read_choice();
    bool read_field(std::string_view key);
    void mark_messages(const char* end, uint64_t bytes);
    void settle_marks();
    Fault verdict();
};

// All up to here can be cached. The bytes were decoded in place, which is the same for the same
// request, so their hash tells prefixes apart.
void AnthropicReader::mark_messages(const char* end, uint64_t bytes) {
    marked_bytes = bytes;
    marked_hash = hash_bytes({messages_begin, static_cast<size_t>(end - messages_begin)}, 1);
    messages_marked = true;
}

bool AnthropicReader::read_block(Joined& text, bool* calls, bool* thinks) {
    if (in.peek() != '{') {
        found.bad_messages = true;
        return in.skip();
    }
    Block block;
    const bool ok = for_each_field(in, [&](std::string_view key) {
        if (key == "type") return read_name(in, &block.type);
        if (key == "text" && in.peek() == '"') return text.append(in);
        if (key == "id") return read_name(in, &block.id);
        if (key == "tool_use_id") return read_name(in, &block.tool_use_id);
        if (key == "content") return read_content(in, block.result);
        if (key == "thinking") return read_name(in, &block.thinking);
        if (key == "signature") return read_name(in, &block.signature);
        if (key == "cache_control") block.marked = in.peek() == '{';
        return in.skip();
    });
    if (!ok) return false;
    end_block(block, text, calls, thinks);
    if (block.marked) mark_messages(in.position(), message_bytes + text.size);
    return true;
}

void AnthropicReader::end_block(const Block& block, Joined& text, bool* calls, bool* thinks) {
    if (block.type == "tool_use") {
        *calls = true;
        ledger.open(block.id);
    } else if (block.type == "tool_result") {
        if (!ledger.close(block.tool_use_id)) found.orphan_result = true;
        out->add_result(block.result.view());
        message_bytes += block.result.size;
        text.restart();
    } else if (block.type == "thinking") {
        *thinks = true;
        if (!is_signature(block.thinking, block.signature)) bad_signature = true;
    } else if (block.type == "redacted_thinking") {
        *thinks = true;
    } else if (block.type.empty()) {
        found.bad_messages = true;
    }
}

bool AnthropicReader::read_message() {
    if (in.peek() != '{') {
        found.bad_messages = true;
        return in.skip();
    }
    std::string_view role;
    Joined text;
    bool calls = false;
    bool thinks = false;
    const bool was_settled = ledger.settled();
    out->result_count = 0;
    const bool ok = for_each_field(in, [&](std::string_view key) {
        if (key == "role") return read_name(in, &role);
        if (key != "content") return in.skip();
        if (in.peek() == '"') return text.append(in);
        if (in.peek() != '[') return in.skip();
        return for_each_element(in, [&] { return read_block(text, &calls, &thinks); });
    });
    if (!ok) return false;
    if (!was_settled && !ledger.settled()) found.open_call = true;
    end_message(role, text.view(), calls, thinks);
    return true;
}

void AnthropicReader::end_message(std::string_view role, std::string_view text, bool calls,
                                  bool thinks) {
    ++out->message_count;
    message_bytes += text.size();
    out->text_bytes_total += text.size();
    if (role == "assistant") {
        no_thought = calls && !thinks;
        return begin_model_turn(out);
    }
    if (role != "user" && role != "system") found.bad_messages = true;
    // A text beside results is a remark, not a new question.
    if (role == "user" && out->result_count == 0) begin_user_turn(out, text);
}

bool AnthropicReader::read_messages() {
    found.has_messages = true;
    messages_begin = in.position();
    const bool ok = for_each_element(in, [&] { return read_message(); });
    messages_end = in.position();
    return ok;
}

bool AnthropicReader::read_system() {
    const char* begin = in.position();
    Joined text;
    bool ok = true;
    if (in.peek() == '[') {
        ok = for_each_element(in, [&] {
            if (in.peek() != '{') return in.skip();
            return for_each_field(in, [&](std::string_view key) {
                if (key == "text" && in.peek() == '"') return text.append(in);
                if (key == "cache_control" && in.peek() == '{') system_marked = true;
                return in.skip();
            });
        });
    } else {
        ok = in.peek() == '"' ? text.append(in) : in.skip();
    }
    system_bytes = text.size;
    out->text_bytes_total += text.size;
    system_hash = hash_bytes({begin, static_cast<size_t>(in.position() - begin)}, 2);
    return ok;
}

bool AnthropicReader::read_thinking() {
    std::string_view type;
    std::string_view display;
    const bool ok = for_each_field(in, [&](std::string_view key) {
        if (key == "type") return read_name(in, &type);
        if (key == "display") return read_name(in, &display);
        return key == "budget_tokens" ? read_count(in, &budget, &found.bad_field) : in.skip();
    });
    needs_thoughts = type == "enabled";
    out->think = needs_thoughts || type == "adaptive";
    out->hide_thoughts = display == "omitted";
    return ok;
}

// {"type": "json_schema", "schema": ...}
bool AnthropicReader::read_shape() {
    std::string_view shape;
    if (!in.raw(&shape)) return false;
    out->json = Json(shape).member("type").is("json_schema");
    out->schema = Json(shape).member("schema").raw();
    return true;
}

bool AnthropicReader::read_choice() {
    std::string_view choice;
    if (!in.raw(&choice)) return false;
    const Json type = Json(choice).member("type");
    out->tool_name = Json(choice).member("name").text();
    out->one_call = Json(choice).member("disable_parallel_tool_use").kind() == 't';
    if (type.is("any")) out->tool_choice = ToolChoice::Any;
    if (type.is("none")) out->tool_choice = ToolChoice::None;
    if (type.is("tool")) out->tool_choice = ToolChoice::Named;
    return true;
}

bool AnthropicReader::read_field(std::string_view key) {
    if (key == "model") return read_name(in, &out->model);
    if (key == "max_tokens") return read_count(in, &out->max_tokens, &found.bad_field);
    if (key == "messages" && in.peek() == '[') return read_messages();
    if (key == "system") return read_system();
    if (key == "stream") return read_flag(in, &out->stream, &found.bad_field);
    if (key == "tools" && in.peek() == '[') return in.raw(&out->tools);
    if (key == "tool_choice" && in.peek() == '{') return read_choice();
    if (key == "thinking" && in.peek() == '{') return read_thinking();
    if (key == "output_format" && in.peek() == '{') return read_shape();
    if (key == "output_config" && in.peek() == '{') {
        return for_each_field(in, [&](std::string_view inner) {
            return inner == "format" && in.peek() == '{' ? read_shape() : in.skip();
        });
    }
    if (key == "cache_control") whole_marked = in.peek() == '{';
    return in.skip();
}

// The prompt is tools, system, messages; a mark caches all that stands before it too.
void AnthropicReader::settle_marks() {
    if (whole_marked && messages_end != nullptr) mark_messages(messages_end, message_bytes);
    const bool tools_marked = out->tools.find("\"cache_control\"") != std::string_view::npos;
    if (!messages_marked && !system_marked && !tools_marked) return;
    out->cache_bytes = out->tools.size() + 1;
    out->cache_hash = hash_bytes(out->tools, hash_bytes(out->model, 3));
    if (!messages_marked && !system_marked) return;
    out->cache_bytes += system_bytes;
    out->cache_hash = mix64(out->cache_hash ^ system_hash);
    if (!messages_marked) return;
    out->cache_bytes += marked_bytes;
    out->cache_hash = mix64(out->cache_hash ^ marked_hash);
}

Fault AnthropicReader::verdict() {
    if (!ledger.settled()) found.open_call = true;
    // At least 1024 tokens to think, and fewer than to say.
    if (needs_thoughts && (budget < 1024 || budget >= out->max_tokens)) found.bad_field = true;
    const Fault fault = found.verdict(*out);
    if (fault != Fault::None) return fault;
    if (out->max_tokens < 0) return Fault::NoMaxTokens;
    if (bad_signature) return Fault::BadSignature;
    if (needs_thoughts && no_thought && out->result_count != 0) return Fault::NoThought;
    settle_marks();
    return Fault::None;
}

}  // namespace

Fault read_anthropic(char* body, size_t size, Request* out) {
    if (size == 0) return Fault::Syntax;
    AnthropicReader reader{Reader(body, body + size), out, {}, {}};
    const bool ok =
        for_each_field(reader.in, [&](std::string_view key) { return reader.read_field(key); });
    if (!ok || !reader.in.at_end()) return Fault::Syntax;
    return reader.verdict();
}

}  // namespace mock
