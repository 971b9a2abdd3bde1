// A cursor over JSON text. Strings are decoded onto themselves: decoded text is never longer than
// its source, so the write position never passes the read position. See json_min.h for the
// promises.
#include "json_min.h"

namespace mock {
namespace {

constexpr unsigned kDepthMax = 512;

// Length of the well-formed UTF-8 sequence (2-4 bytes) at p, or 0.
size_t utf8_sequence(const char* p, const char* end) {
    auto at = [p](int i) { return static_cast<unsigned char>(p[i]); };
    auto tail = [&at](int i) { return (at(i) & 0xc0U) == 0x80U; };
    const ptrdiff_t left = end - p;
    const unsigned first = at(0);
    if (first >= 0xc2 && first <= 0xdf) return left >= 2 && tail(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        if (left < 3 || !tail(1) || !tail(2)) return 0;
        if (first == 0xe0 && at(1) < 0xa0) return 0;
        if (first == 0xed && at(1) > 0x9f) return 0;
        return 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        if (left < 4 || !tail(1) || !tail(2) || !tail(3)) return 0;
        if (first == 0xf0 && at(1) < 0x90) return 0;
        if (first == 0xf4 && at(1) > 0x8f) return 0;
        return 4;
    }
    return 0;
}

// True when none of eight bytes needs a look: no quote, no backslash, no control, nothing above
// ASCII.
bool plain_eight(const char* p) {
    constexpr uint64_t kOnes = 0x0101010101010101U;
    constexpr uint64_t kHighs = 0x8080808080808080U;
    uint64_t word;
    std::memcpy(&word, p, 8);
    const uint64_t quote = word ^ (kOnes * '"');
    const uint64_t slash = word ^ (kOnes * '\\');
    const uint64_t special = (word - kOnes * 0x20) | (quote - kOnes) | (slash - kOnes) | word;
    return (special & kHighs) == 0;
}

class Reader {
public:
    Reader(char* begin, char* end) : p_(begin), end_(end) {}

    char* position() const { return p_; }
    bool at_end() {
        skip_space();
        return p_ == end_;
    }
    char peek() {
        skip_space();
        return p_ < end_ ? *p_ : '\0';
    }
    bool take(char c) {
        if (peek() != c) return false;
        ++p_;
        return true;
    }
    bool literal(std::string_view word) {
        if (static_cast<size_t>(end_ - p_) < word.size()) return false;
        if (std::memcmp(p_, word.data(), word.size()) != 0) return false;
        p_ += word.size();
        return true;
    }

    // Decodes the string that starts here to dest, which is not after the string's first byte.
    bool string(char* dest, size_t* size) {
        if (!take('"')) return false;
        char* out = dest;
        for (;;) {
            while (end_ - p_ >= 8 && plain_eight(p_)) {
                std::memmove(out, p_, 8);
                out += 8;
                p_ += 8;
            }
            if (p_ == end_) return false;
            const auto c = static_cast<unsigned char>(*p_);
            if (c == '"') break;
            if (c < 0x20) return false;
            if (c == '\\') {
                if (!escape(&out)) return false;
            } else if (c < 0x80) {
                *out++ = *p_++;
            } else {
                const size_t count = utf8_sequence(p_, end_);
                if (count == 0) return false;
                std::memmove(out, p_, count);
                out += count;
                p_ += count;
            }
        }
        ++p_;
        *size = static_cast<size_t>(out - dest);
        return true;
    }

    bool string_view(std::string_view* out) {
        if (peek() != '"') return false;
        char* dest = p_ + 1;
        size_t size = 0;
        if (!string(dest, &size)) return false;
        *out = {dest, size};
        return true;
    }

    // A number, saturated to int64; its fraction and exponent are checked and dropped.
    bool number(int64_t* out) {
        const bool negative = take('-');
        if (p_ == end_ || *p_ < '0' || *p_ > '9') return false;
        constexpr int64_t kMax = INT64_MAX / 16;
        int64_t value = 0;
        if (*p_ == '0') {
            ++p_;
        } else {
            for (; digit(); ++p_) value = value >= kMax ? kMax : value * 10 + (*p_ - '0');
        }
        if (p_ < end_ && *p_ == '.') {
            ++p_;
            if (!digits()) return false;
        }
        if (p_ < end_ && (*p_ == 'e' || *p_ == 'E')) {
            ++p_;
            if (p_ < end_ && (*p_ == '+' || *p_ == '-')) ++p_;
            if (!digits()) return false;
        }
        *out = negative ? -value : value;
        return true;
    }

    // Any value, checked and passed over.
    bool skip() {
        uint64_t object_bits[kDepthMax / 64] = {};
        unsigned depth = 0;
        for (;;) {
            const char c = peek();
            if (c == '{' || c == '[') {
                if (depth == kDepthMax) return false;
                ++p_;
                const uint64_t bit = uint64_t{1} << (depth % 64);
                if (c == '{') {
                    object_bits[depth / 64] |= bit;
                } else {
                    object_bits[depth / 64] &= ~bit;
                }
                ++depth;
                if (peek() != (c == '{' ? '}' : ']')) {
                    if (c == '{' && !key()) return false;
                    continue;
                }
            } else if (!scalar()) {
                return false;
            }
            // A value has ended (or an empty container stands before its closing bracket).
            for (; depth != 0; --depth) {
                const bool object = (object_bits[(depth - 1) / 64] >> ((depth - 1) % 64) & 1U) != 0;
                if (take(',')) {
                    if (object && !key()) return false;
                    break;
                }
                if (!take(object ? '}' : ']')) return false;
            }
            if (depth == 0) return true;
        }
    }

private:
    void skip_space() {
        while (p_ < end_ && (*p_ == ' ' || *p_ == '\n' || *p_ == '\r' || *p_ == '\t')) ++p_;
    }
    bool digit() const { return p_ < end_ && *p_ >= '0' && *p_ <= '9'; }
    bool digits() {
        if (!digit()) return false;
        while (digit()) ++p_;
        return true;
    }
    bool key() {
        std::string_view ignored;
        return string_view(&ignored) && take(':');
    }
    bool scalar() {
        std::string_view ignored_text;
        int64_t ignored_number;
        switch (peek()) {
            case '"':
                return string_view(&ignored_text);
            case 't':
                return literal("true");
            case 'f':
                return literal("false");
            case 'n':
                return literal("null");
            default:
                return number(&ignored_number);
        }
    }

    bool hex4(uint32_t* out) {
        if (end_ - p_ < 4) return false;
        uint32_t value = 0;
        for (int i = 0; i < 4; ++i) {
            const char c = *p_++;
            uint32_t digit_value = 0;
            if (c >= '0' && c <= '9') {
                digit_value = static_cast<uint32_t>(c - '0');
            } else if (c >= 'a' && c <= 'f') {
                digit_value = static_cast<uint32_t>(c - 'a' + 10);
            } else if (c >= 'A' && c <= 'F') {
                digit_value = static_cast<uint32_t>(c - 'A' + 10);
            } else {
                return false;
            }
            value = value * 16 + digit_value;
        }
        *out = value;
        return true;
    }

    static char* put_utf8(char* out, uint32_t code) {
        auto put = [&out](uint32_t byte) { *out++ = static_cast<char>(byte); };
        if (code < 0x80) {
            put(code);
        } else if (code < 0x800) {
            put(0xc0 | code >> 6);
            put(0x80 | (code & 63));
        } else if (code < 0x10000) {
            put(0xe0 | code >> 12);
            put(0x80 | (code >> 6 & 63));
            put(0x80 | (code & 63));
        } else {
            put(0xf0 | code >> 18);
            put(0x80 | (code >> 12 & 63));
            put(0x80 | (code >> 6 & 63));
            put(0x80 | (code & 63));
        }
        return out;
    }

    bool unicode_escape(char** out) {
        uint32_t code = 0;
        if (!hex4(&code)) return false;
        if (code >= 0xdc00 && code <= 0xdfff) return false;
        if (code >= 0xd800 && code <= 0xdbff) {
            uint32_t low = 0;
            if (!literal("\\u") || !hex4(&low)) return false;
            if (low < 0xdc00 || low > 0xdfff) return false;
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
        *out = put_utf8(*out, code);
        return true;
    }

    bool escape(char** out) {
        if (end_ - p_ < 2) return false;
        const char c = p_[1];
        p_ += 2;
        char decoded = c;
        switch (c) {
            case '"':
            case '\\':
            case '/':
                break;
            case 'b':
                decoded = '\b';
                break;
            case 'f':
                decoded = '\f';
                break;
            case 'n':
                decoded = '\n';
                break;
            case 'r':
                decoded = '\r';
                break;
            case 't':
                decoded = '\t';
                break;
            case 'u':
                return unicode_escape(out);
            default:
                return false;
        }
        *(*out)++ = decoded;
        return true;
    }

    char* p_;
    char* end_;
};

// Calls field(key) at each value of the object that starts here; field consumes the value.
template <typename Field>
bool for_each_field(Reader& in, Field field) {
    if (!in.take('{')) return false;
    if (in.take('}')) return true;
    do {
        std::string_view key;
        if (!in.string_view(&key) || !in.take(':')) return false;
        if (!field(key)) return false;
    } while (in.take(','));
    return in.take('}');
}

template <typename Element>
bool for_each_element(Reader& in, Element element) {
    if (!in.take('[')) return false;
    if (in.take(']')) return true;
    do {
        if (!element()) return false;
    } while (in.take(','));
    return in.take(']');
}

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
