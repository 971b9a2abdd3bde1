// tests/unit/codec/json_reference.h: a second, slow validator to compare the scanner with. Written
// from RFC 8259's grammar by descent, byte by byte; shares no code with src/codec.
#pragma once

#include <stdint.h>

#include <string>

namespace leat {

class JsonReference {
public:
    explicit JsonReference(const std::string& text) : s_(text) {}

    bool valid(int depth_max) {
        depth_left_ = depth_max;
        blanks();
        if (!value()) return false;
        blanks();
        return i_ == s_.size();
    }

private:
    int at(size_t i) const { return i < s_.size() ? static_cast<unsigned char>(s_[i]) : -1; }
    int now() const { return at(i_); }
    bool eat(int c) {
        if (now() != c) return false;
        ++i_;
        return true;
    }
    void blanks() {
        while (now() == ' ' || now() == '\t' || now() == '\n' || now() == '\r') ++i_;
    }
    bool word(const char* w) {
        for (; *w != 0; ++w) {
            if (!eat(*w)) return false;
        }
        return true;
    }
    bool digits() {
        if (now() < '0' || now() > '9') return false;
        while (now() >= '0' && now() <= '9') ++i_;
        return true;
    }
    bool number() {
        eat('-');
        if (!eat('0') && !digits()) return false;
        if (eat('.') && !digits()) return false;
        if (now() != 'e' && now() != 'E') return true;
        ++i_;
        if (!eat('+')) eat('-');
        return digits();
    }
    int hex4() {
        int v = 0;
        for (int k = 0; k < 4; ++k, ++i_) {
            const std::string all = "0123456789abcdef0123456789ABCDEF";
            const size_t d = now() < 0 ? std::string::npos : all.find(static_cast<char>(now()));
            if (d == std::string::npos) return -1;
            v = v * 16 + static_cast<int>(d % 16);
        }
        return v;
    }
    bool escape() {
        const int c = now();
        ++i_;
        if (c != 'u') return c > 0 && std::string("\"\\/bfnrt").find(static_cast<char>(c)) < 8;
        const int high = hex4();
        if (high < 0 || (high >= 0xDC00 && high <= 0xDFFF)) return false;
        if (high < 0xD800 || high > 0xDBFF) return true;
        if (!eat('\\') || !eat('u')) return false;
        const int low = hex4();
        return low >= 0xDC00 && low <= 0xDFFF;
    }
    bool beyond_ascii() {
        const int lead = now();
        const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        if (lead < 0xC0 || lead > 0xF7) return false;
        long code = lead & (more == 3 ? 7 : more == 2 ? 15 : 31);
        ++i_;
        for (int k = 0; k < more; ++k, ++i_) {
            if (now() < 0x80 || now() > 0xBF) return false;
            code = code * 64 + (now() & 63);
        }
        const long least[] = {0, 0x80, 0x800, 0x10000};
        return code >= least[more] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    }
    bool string() {
        if (!eat('"')) return false;
        for (;;) {
            const int c = now();
            if (c < 0x20) return false;
            if (c == '"') return eat('"');
            if (c >= 0x80) {
                if (!beyond_ascii()) return false;
                continue;
            }
            ++i_;
            if (c == '\\' && !escape()) return false;
        }
    }
    bool container(int close, bool object) {
        if (depth_left_-- == 0) return false;
        ++i_;
        blanks();
        if (!eat(close)) {
            do {
                blanks();
                if (object) {
                    if (!string()) return false;
                    blanks();
                    if (!eat(':')) return false;
                    blanks();
                }
                if (!value()) return false;
                blanks();
            } while (eat(','));
            if (!eat(close)) return false;
        }
        ++depth_left_;
        return true;
    }
    bool value() {
        switch (now()) {
            case '{':
                return container('}', true);
            case '[':
                return container(']', false);
            case '"':
                return string();
            case 't':
                return word("true");
            case 'f':
                return word("false");
            case 'n':
                return word("null");
            default:
                return number();
        }
    }

    const std::string& s_;
    size_t i_ = 0;
    int depth_left_ = 0;
};

}  // namespace leat
