// Reading Ollama's chat requests. A stream is what it gives unless told otherwise.
//
// Invariant as in read_parts.h. Ollama checks little: roles are free, results need no calls.
#include "format.h"
#include "json_view.h"
#include "read_parts.h"

namespace mock {
namespace {

struct OllamaReader {
    Reader in;
    Request* out;
    Findings found;

    bool read_message();
    bool read_format();
    bool read_options();
    bool read_field(std::string_view key);
};

bool OllamaReader::read_message() {
    if (in.peek() != '{') {
        found.bad_messages = true;
        return in.skip();
    }
    std::string_view role;
    Joined text;
    const bool ok = for_each_field(in, [&](std::string_view key) {
        if (key == "role") return read_name(in, &role);
        if (key != "content") return in.skip();
        // A list of parts is OpenAI's; here it is an error.
        if (in.peek() != '"' && in.peek() != 'n') found.bad_messages = true;
        return in.peek() == '"' ? text.append(in) : in.skip();
    });
    if (!ok) return false;
    ++out->message_count;
    if (role == "tool") {
        out->add_result(text.view());
        return true;
    }
    out->text_bytes_total += text.size;
    if (role == "user") begin_user_turn(out, text.view());
    if (role == "assistant") begin_model_turn(out);
    return true;
}

// "json", a schema, or nothing ("" and null).
bool OllamaReader::read_format() {
    if (in.peek() == '{') {
        out->json = true;
        return in.raw(&out->schema);
    }
    std::string_view word;
    if (in.peek() != '"') return in.skip();
    if (!in.string_view(&word)) return false;
    out->json = word == "json";
    if (!word.empty() && !out->json) found.bad_field = true;
    return true;
}

bool OllamaReader::read_options() {
    return for_each_field(in, [&](std::string_view key) {
        int64_t count = 0;
        if (key != "num_predict" || (in.peek() != '-' && (in.peek() < '0' || in.peek() > '9')))
            return in.skip();
        if (!in.number(&count)) return false;
        if (count > 0) out->max_tokens = count;  // -1 and -2: no limit
        return true;
    });
}

bool OllamaReader::read_field(std::string_view key) {
    if (key == "model") return read_name(in, &out->model);
    if (key == "messages" && in.peek() == '[') {
        found.has_messages = true;
        return for_each_element(in, [&] { return read_message(); });
    }
    if (key == "stream") return read_flag(in, &out->stream, &found.bad_field);
    if (key == "tools" && in.peek() == '[') return in.raw(&out->tools);
    if (key == "format") return read_format();
    if (key == "options" && in.peek() == '{') return read_options();
    if (key == "think") {
        out->think = in.peek() == 't' || in.peek() == '"';
        return in.skip();
    }
    return in.skip();
}

}  // namespace

Fault read_ollama(char* body, size_t size, Request* out) {
    if (size == 0) return Fault::Syntax;
    out->stream = true;
    OllamaReader reader{Reader(body, body + size), out, {}};
    const bool ok =
        for_each_field(reader.in, [&](std::string_view key) { return reader.read_field(key); });
    if (!ok || !reader.in.at_end()) return Fault::Syntax;
    return reader.found.verdict(*out);
}

}  // namespace mock
