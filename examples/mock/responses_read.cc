// Reading OpenAI's Responses requests: input items, flat tools, text.format, reasoning.
//
// Invariant as in read_parts.h. A function_call_output must answer a function_call of the input,
// unless a previous response is named, whose items are not known here.
#include "format.h"
#include "json_view.h"
#include "read_parts.h"

namespace mock {
namespace {

struct Item {
    std::string_view type;
    std::string_view role;
    std::string_view call_id;
    Joined content;
    Joined output;
};

struct ResponsesReader {
    Reader in;
    Request* out;
    Findings found;
    Ledger ledger;
    bool has_previous = false;
    bool in_model_turn = false;

    bool read_input();
    bool read_item();
    void end_item(const Item& item);
    void end_message(const Item& item);
    void begin_model_item();
    bool read_text();
    bool read_reasoning();
    bool read_include();
    bool read_field(std::string_view key);
};

// Several items in a row, calls for example, are one turn of the model.
void ResponsesReader::begin_model_item() {
    if (!in_model_turn) begin_model_turn(out);
    in_model_turn = true;
}

void ResponsesReader::end_message(const Item& item) {
    out->text_bytes_total += item.content.size;
    if (item.role == "assistant") return begin_model_item();
    in_model_turn = false;
    if (item.role == "user") begin_user_turn(out, item.content.view());
    if (item.role.empty()) found.bad_messages = true;
}

void ResponsesReader::end_item(const Item& item) {
    ++out->message_count;
    if (item.type.empty() || item.type == "message") return end_message(item);
    if (item.type == "function_call") {
        begin_model_item();
        ledger.open(item.call_id);
    } else if (item.type == "function_call_output") {
        in_model_turn = false;
        if (!ledger.close(item.call_id)) found.orphan_result = true;
        out->add_result(item.output.view());
    } else if (item.type == "reasoning") {
        begin_model_item();
    }
}

bool ResponsesReader::read_item() {
    if (in.peek() != '{') {
        found.bad_messages = true;
        return in.skip();
    }
    Item item;
    const bool ok = for_each_field(in, [&](std::string_view key) {
        if (key == "type") return read_name(in, &item.type);
        if (key == "role") return read_name(in, &item.role);
        if (key == "call_id") return read_name(in, &item.call_id);
        if (key == "content") return read_content(in, item.content);
        return key == "output" ? read_content(in, item.output) : in.skip();
    });
    if (ok) end_item(item);
    return ok;
}

bool ResponsesReader::read_input() {
    if (in.peek() == '[') {
        found.has_messages = true;
        return for_each_element(in, [&] { return read_item(); });
    }
    if (in.peek() != '"') return in.skip();
    std::string_view text;
    if (!in.string_view(&text)) return false;
    found.has_messages = true;
    out->message_count = 1;
    out->text_bytes_total += text.size();
    begin_user_turn(out, text);
    return true;
}

bool ResponsesReader::read_text() {
    return for_each_field(in, [&](std::string_view key) {
        if (key != "format" || in.peek() != '{') return in.skip();
        if (!in.raw(&out->shape)) return false;
        const Json type = Json(out->shape).member("type");
        out->json = type.is("json_object") || type.is("json_schema");
        out->schema = Json(out->shape).member("schema").raw();
        return true;
    });
}

bool ResponsesReader::read_reasoning() {
    std::string_view effort;
    std::string_view summary;
    const bool ok = for_each_field(in, [&](std::string_view key) {
        if (key == "effort") return read_name(in, &effort);
        return key == "summary" || key == "generate_summary" ? read_name(in, &summary) : in.skip();
    });
    out->think = !summary.empty() || (!effort.empty() && effort != "none");
    out->hide_thoughts = summary.empty();
    return ok;
}

bool ResponsesReader::read_include() {
    return for_each_element(in, [&] {
        std::string_view word;
        if (!read_name(in, &word)) return false;
        if (word == "reasoning.encrypted_content") out->sealed_thoughts = true;
        return true;
    });
}

bool ResponsesReader::read_field(std::string_view key) {
    if (key == "model") return read_name(in, &out->model);
    if (key == "input") return read_input();
    if (key == "instructions" && in.peek() == '"') {
        std::string_view text;
        if (!in.string_view(&text)) return false;
        out->text_bytes_total += text.size();
        return true;
    }
    if (key == "previous_response_id") {
        has_previous = in.peek() == '"';
        return in.skip();
    }
    if (key == "max_output_tokens") return read_count(in, &out->max_tokens, &found.bad_field);
    if (key == "stream") return read_flag(in, &out->stream, &found.bad_field);
    if (key == "tools" && in.peek() == '[') return in.raw(&out->tools);
    if (key == "tool_choice") return read_tool_choice(in, out);
    if (key == "parallel_tool_calls") return read_parallel(in, out, &found.bad_field);
    if (key == "text" && in.peek() == '{') return read_text();
    if (key == "reasoning" && in.peek() == '{') return read_reasoning();
    if (key == "include" && in.peek() == '[') return read_include();
    return in.skip();
}

}  // namespace

Fault read_responses(char* body, size_t size, Request* out) {
    if (size == 0) return Fault::Syntax;
    ResponsesReader reader{Reader(body, body + size), out, {}, {}};
    const bool ok =
        for_each_field(reader.in, [&](std::string_view key) { return reader.read_field(key); });
    if (!ok || !reader.in.at_end()) return Fault::Syntax;
    if (!reader.ledger.settled()) reader.found.open_call = true;
    if (reader.has_previous) reader.found.orphan_result = false;
    return reader.found.verdict(*out);
}

}  // namespace mock
