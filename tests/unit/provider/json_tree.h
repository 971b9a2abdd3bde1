// tests/unit/provider/json_tree.h: a second JSON reader, slow and plain, that turns a text into a
// tree for comparing. Shares no code with src/codec. Objects are compared without regard to order;
// a name that comes twice is an error, since no body of ours may hold one.
#pragma once

#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace leat {

struct JsonTree {
    char kind = '?';  // n b d s a o
    double number = 0;
    std::string text;
    std::vector<JsonTree> elements;
    std::map<std::string, JsonTree> members;

    bool operator==(const JsonTree& other) const {
        return kind == other.kind && number == other.number && text == other.text &&
               elements == other.elements && members == other.members;
    }
};

class JsonTreeReader {
public:
    explicit JsonTreeReader(const std::string& source) : s_(source) {}

    JsonTree read() {
        const JsonTree tree = value();
        blanks();
        if (i_ != s_.size()) fail("something behind the document");
        return tree;
    }

private:
    [[noreturn]] void fail(const std::string& why) const {
        throw std::runtime_error(why + " at " + std::to_string(i_) + " of " + s_);
    }
    char now() const { return i_ < s_.size() ? s_[i_] : '\0'; }
    void blanks() {
        while (i_ < s_.size() && std::string(" \t\r\n").find(s_[i_]) != std::string::npos) ++i_;
    }
    void eat(char c) {
        blanks();
        if (now() != c) fail(std::string("no ") + c);
        ++i_;
    }
    JsonTree word(const std::string& w, char kind, double number) {
        if (s_.compare(i_, w.size(), w) != 0) fail("no " + w);
        i_ += w.size();
        JsonTree tree;
        tree.kind = kind;
        tree.number = number;
        return tree;
    }
    void put_utf8(unsigned long code, std::string* out) const {
        const auto put = [&](unsigned long byte) { *out += static_cast<char>(byte); };
        if (code < 0x80) {
            put(code);
        } else if (code < 0x800) {
            put(0xC0 | code >> 6);
            put(0x80 | (code & 63));
        } else if (code < 0x10000) {
            put(0xE0 | code >> 12);
            put(0x80 | (code >> 6 & 63));
            put(0x80 | (code & 63));
        } else {
            put(0xF0 | code >> 18);
            put(0x80 | (code >> 12 & 63));
            put(0x80 | (code >> 6 & 63));
            put(0x80 | (code & 63));
        }
    }
    unsigned long hex4() {
        if (i_ + 4 > s_.size()) fail("cut escape");
        const unsigned long code = std::stoul(s_.substr(i_, 4), nullptr, 16);
        i_ += 4;
        return code;
    }
    std::string string() {
        eat('"');
        std::string out;
        while (now() != '"') {
            if (i_ >= s_.size() || static_cast<unsigned char>(now()) < 0x20) fail("bad string");
            if (now() != '\\') {
                out += s_[i_++];
                continue;
            }
            ++i_;
            const char c = now();
            ++i_;
            const std::string from = "\"\\/bfnrt";
            const std::string to = "\"\\/\b\f\n\r\t";
            if (const size_t at = from.find(c); c != '\0' && at != std::string::npos) {
                out += to[at];
                continue;
            }
            if (c != 'u') fail("bad escape");
            unsigned long code = hex4();
            if (code >= 0xD800 && code < 0xDC00) {
                i_ += 2;
                code = 0x10000 + ((code - 0xD800) << 10) + (hex4() - 0xDC00);
            }
            put_utf8(code, &out);
        }
        ++i_;
        return out;
    }
    JsonTree number() {
        const char* const begin = s_.c_str() + i_;
        char* end = nullptr;
        JsonTree tree;
        tree.kind = 'd';
        tree.number = std::strtod(begin, &end);
        if (end == begin) fail("no value");
        i_ += static_cast<size_t>(end - begin);
        return tree;
    }
    JsonTree array() {
        JsonTree tree;
        tree.kind = 'a';
        eat('[');
        blanks();
        if (now() == ']') {
            ++i_;
            return tree;
        }
        for (;;) {
            tree.elements.push_back(value());
            blanks();
            if (now() != ',') break;
            ++i_;
        }
        eat(']');
        return tree;
    }
    JsonTree object() {
        JsonTree tree;
        tree.kind = 'o';
        eat('{');
        blanks();
        if (now() == '}') {
            ++i_;
            return tree;
        }
        for (;;) {
            blanks();
            const std::string name = string();
            eat(':');
            if (!tree.members.emplace(name, value()).second) fail("twice " + name);
            blanks();
            if (now() != ',') break;
            ++i_;
        }
        eat('}');
        return tree;
    }
    JsonTree value() {
        blanks();
        switch (now()) {
            case '{': return object();
            case '[': return array();
            case 't': return word("true", 'b', 1);
            case 'f': return word("false", 'b', 0);
            case 'n': return word("null", 'n', 0);
            case '"': {
                JsonTree tree;
                tree.kind = 's';
                tree.text = string();
                return tree;
            }
            default: return number();
        }
    }

    const std::string& s_;
    size_t i_ = 0;
};

inline JsonTree json_tree(const std::string& source) { return JsonTreeReader(source).read(); }

}  // namespace leat
