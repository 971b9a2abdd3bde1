// Walking over JSON text that a Reader has already checked: members, elements, texts, numbers.
//
// A Json is a view of one value; nothing is decoded and nothing is changed, so schemas and tool
// lists can be read as often as needed. Invariant: the text is valid JSON; an absent value has the
// kind '\0' and every question to it has an empty answer.
#pragma once

#include "buffer.h"

namespace mock {

// Bytes of the value at the start of text.
size_t json_value_size(std::string_view text);

class Json {
public:
    Json() = default;
    explicit Json(std::string_view text) : raw_(text) {}

    // '{', '[', '"', 't', 'f', 'n', '0' for any number, '\0' for nothing.
    char kind() const;
    std::string_view raw() const { return raw_; }
    // The inside of a string, escapes and all.
    std::string_view text() const {
        return kind() == '"' ? raw_.substr(1, raw_.size() - 2) : std::string_view{};
    }
    bool is(std::string_view text_wanted) const { return kind() == '"' && text() == text_wanted; }
    // Gemini writes numbers as strings too.
    double number_or(double fallback) const;
    Json member(std::string_view key) const;
    Json member(std::string_view key, std::string_view other_key) const {
        const Json found = member(key);
        return found.kind() != '\0' ? found : member(other_key);
    }
    Json element(size_t index) const;
    size_t element_count() const;

    // Calls each(key, value) until it says false.
    template <typename Each>
    void for_each_member(Each each) const {
        if (kind() != '{') return;
        std::string_view rest = after_space(raw_.substr(1));
        while (!rest.empty() && rest[0] == '"') {
            const size_t key_size = json_value_size(rest);
            const std::string_view key = rest.substr(1, key_size - 2);
            rest = after_space(rest.substr(key_size));
            rest = after_space(rest.substr(1));
            const size_t size = json_value_size(rest);
            if (!each(key, Json(rest.substr(0, size)))) return;
            rest = after_comma(rest.substr(size));
        }
    }
    template <typename Each>
    void for_each_element(Each each) const {
        if (kind() != '[') return;
        std::string_view rest = after_space(raw_.substr(1));
        while (!rest.empty() && rest[0] != ']') {
            const size_t size = json_value_size(rest);
            if (!each(Json(rest.substr(0, size)))) return;
            rest = after_comma(rest.substr(size));
        }
    }

private:
    static std::string_view after_space(std::string_view text);
    static std::string_view after_comma(std::string_view text);
    std::string_view raw_;
};

// JSON text without the space between its tokens, so that it fits into one line.
void append_compact(Buffer& out, std::string_view json);

}  // namespace mock
