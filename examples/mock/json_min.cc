// A chat request's fields out of its JSON, and JSON strings out of text.
// See json_min.h; the cursor is json_reader.h.
#include "json_min.h"

#include "json_reader.h"

namespace mock {
namespace {

// Texts joined in place: each is decoded to where the one before it ended.
struct Joined {
    char* begin = nullptr;
    size_t size = 0;

    bool append(Reader& in) {
        if (in.peek() != '"') return false;
        if (begin == nullptr) begin = in.position() + 1;
        size_t added = 0;
        if (!in.string(begin + size, &added)) return false;
        size += added;
        return true;
    }
};

bool read_part(Reader& in, Joined& text) {
    if (in.peek() == '"') return text.append(in);
    if (in.peek() != '{') return in.skip();
    return for_each_field(in, [&](std::string_view key) {
        return key == "text" && in.peek() == '"' ? text.append(in) : in.skip();
    });
}

bool read_content(Reader& in, Joined& text) {
    text = Joined{};
    switch (in.peek()) {
        case '"':
            return text.append(in);
        case '[':
            return for_each_element(in, [&] { return read_part(in, text); });
        default:
            return in.skip();
    }
}

bool read_message(Reader& in, ChatRequest* out, bool* malformed) {
    if (in.peek() != '{') {
        *malformed = true;
        return in.skip();
    }
    std::string_view role;
    Joined text;
    const bool ok = for_each_field(in, [&](std::string_view key) {
        if (key == "role" && in.peek() == '"') return in.string_view(&role);
        if (key == "content") return read_content(in, text);
        return in.skip();
    });
    if (!ok) return false;
    if (role.empty()) *malformed = true;
    ++out->message_count;
    out->text_bytes_total += text.size;
    if (role == "user") out->text = {text.begin, text.size};
    return true;
}

bool read_flag(Reader& in, bool* out, bool* malformed) {
    switch (in.peek()) {
        case 't':
            *out = true;
            return in.literal("true");
        case 'f':
            *out = false;
            return in.literal("false");
        case 'n':
            *out = false;
            return in.literal("null");
        default:
            *malformed = true;
            return in.skip();
    }
}

bool read_count(Reader& in, int64_t* out, bool* malformed) {
    const char c = in.peek();
    if (c == 'n') return in.literal("null");
    if (c == '-' || (c >= '0' && c <= '9')) {
        if (!in.number(out)) return false;
        if (*out < 1) *malformed = true;
        return true;
    }
    *malformed = true;
    return in.skip();
}

}  // namespace

JsonVerdict read_chat_request(char* body, size_t size, ChatRequest* out) {
    *out = ChatRequest{};
    out->max_tokens = -1;
    if (size == 0) return JsonVerdict::Syntax;
    Reader in(body, body + size);
    bool has_messages = false;
    bool bad_messages = false;
    bool bad_field = false;
    int64_t choices = 1;
    const bool ok = for_each_field(in, [&](std::string_view key) {
        if (key == "model" && in.peek() == '"') return in.string_view(&out->model);
        if (key == "messages" && in.peek() == '[') {
            has_messages = true;
            return for_each_element(in, [&] { return read_message(in, out, &bad_messages); });
        }
        if (key == "max_tokens" || key == "max_completion_tokens")
            return read_count(in, &out->max_tokens, &bad_field);
        if (key == "n") return read_count(in, &choices, &bad_field);
        if (key == "stream") return read_flag(in, &out->stream, &bad_field);
        if (key == "stream_options" && in.peek() == '{') {
            return for_each_field(in, [&](std::string_view option) {
                return option == "include_usage" ? read_flag(in, &out->include_usage, &bad_field)
                                                 : in.skip();
            });
        }
        return in.skip();
    });
    if (!ok || !in.at_end()) return JsonVerdict::Syntax;
    if (out->model.empty()) return JsonVerdict::NoModel;
    if (!has_messages) return JsonVerdict::NoMessages;
    if (bad_messages || out->message_count == 0) return JsonVerdict::BadMessages;
    if (bad_field || choices > 128) return JsonVerdict::BadField;
    out->choice_count = static_cast<uint32_t>(choices);
    return JsonVerdict::Ok;
}

void append_json_escaped(Buffer& out, std::string_view text) {
    const char* p = text.data();
    const char* end = p + text.size();
    const char* run = p;
    for (; p < end; ++p) {
        const auto c = static_cast<unsigned char>(*p);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(run, static_cast<size_t>(p - run));
        run = p + 1;
        switch (c) {
            case '"':
                out.append("\\\"");
                break;
            case '\\':
                out.append("\\\\");
                break;
            case '\n':
                out.append("\\n");
                break;
            case '\r':
                out.append("\\r");
                break;
            case '\t':
                out.append("\\t");
                break;
            default:
                out.append("\\u00");
                out.append_char("0123456789abcdef"[c >> 4]);
                out.append_char("0123456789abcdef"[c & 15]);
        }
    }
    out.append(run, static_cast<size_t>(p - run));
}

std::string_view utf8_prefix(std::string_view text, size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    size_t cut = bytes_max;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0U) == 0x80U) --cut;
    return text.substr(0, cut);
}

}  // namespace mock
