// A strict cursor over JSON text (RFC 8259, UTF-8 checked, depth bounded), to read known shapes.
//
// Strings are decoded onto themselves: decoded text is never longer than its source, so the write
// position never passes the read position. What is passed over is not changed, so that a raw view of
// it can be read again (json_view.h). Nothing recurses, nothing allocates.
// Invariant: any bytes give true or false; nothing outside [begin, end) is touched.
#pragma once

#include "buffer.h"

namespace mock {

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
    bool string(char* dest, size_t* size);
    bool string_view(std::string_view* out) {
        if (peek() != '"') return false;
        char* dest = p_ + 1;
        size_t size = 0;
        if (!string(dest, &size)) return false;
        *out = {dest, size};
        return true;
    }

    // A number, saturated to int64; its fraction and exponent are checked and dropped.
    bool number(int64_t* out);
    // Any value, checked and passed over; its bytes stay as they are.
    bool skip();
    // The same, and says where it stood.
    bool raw(std::string_view* out) {
        skip_space();
        const char* begin = p_;
        if (!skip()) return false;
        *out = {begin, static_cast<size_t>(p_ - begin)};
        return true;
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
    bool key() { return peek() == '"' && pass_string() && take(':'); }
    bool pass_string();
    bool scalar();
    bool hex4(uint32_t* out);
    static char* put_utf8(char* out, uint32_t code);
    bool unicode_escape(char** out);
    bool escape(char** out);
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

}  // namespace mock
