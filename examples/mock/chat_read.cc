// Reading OpenAI's chat requests: messages, tools, response_format, the few options that show in an
// answer. Also Azure's and other compatible services'.
//
// Invariant as in read_parts.h. A tool's message must answer a call of the assistant's message
// before it, and each call must be answered: the provider refuses other histories too.
#include "format.h"
#include "read_parts.h"

namespace mock {
namespace {

struct ChatReader {
    Reader in;
    Request* out;
    Findings found;
    Ledger ledger;

    bool read_message();
    bool read_calls();
    void end_message(std::string_view role, std::string_view text, std::string_view call_id);
    bool read_response_format();
    bool read_field(std::string_view key);
    int64_t choices = 1;
};

bool ChatReader::read_calls() {
    return for_each_element(in, [&] {
        if (in.peek() != '{') return in.skip();
        return for_each_field(in, [&](std::string_view key) {
            std::string_view id;
            if (key != "id" || in.peek() != '"') return in.skip();
            if (!in.string_view(&id)) return false;
            ledger.open(id);
            return true;
        });
    });
}

bool ChatReader::read_message() {
    if (in.peek() != '{') {
        found.bad_messages = true;
        return in.skip();
    }
    std::string_view role;
    std::string_view call_id;
    Joined text;
    const bool was_settled = ledger.settled();
    const bool ok = for_each_field(in, [&](std::string_view key) {
        if (key == "role" && in.peek() == '"') return in.string_view(&role);
        if (key == "content") return read_content(in, text);
        if (key == "tool_call_id") return read_name(in, &call_id);
        if (key == "tool_calls" && in.peek() == '[') return read_calls();
        return in.skip();
    });
    if (!ok) return false;
    if (role.empty()) found.bad_messages = true;
    if (role != "tool" && !was_settled) found.open_call = true;
    end_message(role, text.view(), call_id);
    return true;
}

void ChatReader::end_message(std::string_view role, std::string_view text,
                             std::string_view call_id) {
    ++out->message_count;
    if (role == "tool" || role == "function") {
        if (role == "tool" && (call_id.empty() || !ledger.close(call_id)))
            found.orphan_result = true;
        return out->add_result(text);
    }
    out->text_bytes_total += text.size();
    if (role == "user") begin_user_turn(out, text);
    if (role == "assistant") begin_model_turn(out);
}

bool ChatReader::read_response_format() {
    return for_each_field(in, [&](std::string_view key) {
        if (key == "type" && in.peek() == '"') {
            std::string_view type;
            if (!in.string_view(&type)) return false;
            out->json = type == "json_object" || type == "json_schema";
            return true;
        }
        if (key != "json_schema" || in.peek() != '{') return in.skip();
        return for_each_field(in, [&](std::string_view inner) {
            return inner == "schema" ? in.raw(&out->schema) : in.skip();
        });
    });
}

bool ChatReader::read_field(std::string_view key) {
    if (key == "model" && in.peek() == '"') return in.string_view(&out->model);
    if (key == "messages" && in.peek() == '[') {
        found.has_messages = true;
        return for_each_element(in, [&] { return read_message(); });
    }
    if (key == "max_tokens" || key == "max_completion_tokens")
        return read_count(in, &out->max_tokens, &found.bad_field);
    if (key == "n") return read_count(in, &choices, &found.bad_field);
    if (key == "stream") return read_flag(in, &out->stream, &found.bad_field);
    if (key == "stream_options" && in.peek() == '{') {
        return for_each_field(in, [&](std::string_view option) {
            return option == "include_usage" ? read_flag(in, &out->include_usage, &found.bad_field)
                                             : in.skip();
        });
    }
    if (key == "tools" && in.peek() == '[') return in.raw(&out->tools);
    if (key == "tool_choice") return read_tool_choice(in, out);
    if (key == "parallel_tool_calls") return read_parallel(in, out, &found.bad_field);
    if (key == "response_format" && in.peek() == '{') return read_response_format();
    return in.skip();
}

}  // namespace

Fault read_chat(char* body, size_t size, Request* out) {
    if (size == 0) return Fault::Syntax;
    ChatReader reader{Reader(body, body + size), out, {}, {}};
    const bool ok =
        for_each_field(reader.in, [&](std::string_view key) { return reader.read_field(key); });
    if (!ok || !reader.in.at_end()) return Fault::Syntax;
    if (!reader.ledger.settled()) reader.found.open_call = true;
    if (reader.choices > 128) reader.found.bad_field = true;
    out->choice_count = static_cast<uint32_t>(reader.choices);
    return reader.found.verdict(*out);
}

}  // namespace mock
