// The cursor's longer steps: strings with their escapes, numbers, passing over a whole value.
// See json_reader.h.
#include "json_reader.h"

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

}  // namespace

bool Reader::string(char* dest, size_t* size) {
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

bool Reader::number(int64_t* out) {
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

bool Reader::skip() {
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

bool Reader::pass_string() {
    ++p_;
    for (;;) {
        while (end_ - p_ >= 8 && plain_eight(p_)) p_ += 8;
        if (p_ == end_) return false;
        const auto c = static_cast<unsigned char>(*p_);
        if (c == '"') break;
        if (c < 0x20) return false;
        if (c == '\\') {
            char scrap[4];
            char* out = scrap;
            if (!escape(&out)) return false;
        } else if (c < 0x80) {
            ++p_;
        } else {
            const size_t count = utf8_sequence(p_, end_);
            if (count == 0) return false;
            p_ += count;
        }
    }
    ++p_;
    return true;
}

bool Reader::scalar() {
    int64_t ignored_number;
    switch (peek()) {
        case '"':
            return pass_string();
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

bool Reader::hex4(uint32_t* out) {
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

char* Reader::put_utf8(char* out, uint32_t code) {
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

bool Reader::unicode_escape(char** out) {
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

bool Reader::escape(char** out) {
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

}  // namespace mock
