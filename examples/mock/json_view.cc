// Finding where values end, and the questions to them. See json_view.h.
// Only quotes, backslashes and brackets matter here: the text was checked before.
#include "json_view.h"

namespace mock {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

size_t string_size(std::string_view text) {
    for (size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            return i + 1;
        }
    }
    return text.size();
}

}  // namespace

size_t json_value_size(std::string_view text) {
    size_t depth = 0;
    size_t at = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at += string_size(text.substr(at));
        } else if (c == '{' || c == '[') {
            ++depth;
            ++at;
            continue;
        } else if (c == '}' || c == ']') {
            if (depth == 0) return at;  // a number that ends where its container does
            --depth;
            ++at;
        } else if (depth == 0 && (c == ',' || is_space(c))) {
            return at;
        } else {
            ++at;
            if (depth == 0) continue;  // a number or a word goes on
        }
        if (depth == 0) return at;
    }
    return at;
}

void append_compact(Buffer& out, std::string_view json) {
    for (size_t at = 0; at < json.size();) {
        const size_t size = json[at] == '"' ? string_size(json.substr(at)) : 1;
        if (!is_space(json[at])) out.append(json.substr(at, size));
        at += size;
    }
}

char Json::kind() const {
    if (raw_.empty()) return '\0';
    const char c = raw_[0];
    return c == '-' || (c >= '0' && c <= '9') ? '0' : c;
}

double Json::number_or(double fallback) const {
    char copy[64];
    const std::string_view digits = kind() == '"' ? text() : raw_;
    if ((kind() != '0' && kind() != '"') || digits.empty() || digits.size() >= sizeof copy)
        return fallback;
    std::memcpy(copy, digits.data(), digits.size());
    copy[digits.size()] = '\0';
    char* end = nullptr;
    const double value = std::strtod(copy, &end);
    return *end == '\0' ? value : fallback;
}

Json Json::member(std::string_view key) const {
    Json found;
    for_each_member([&](std::string_view name, Json value) {
        if (name == key) found = value;
        return name != key;
    });
    return found;
}

Json Json::element(size_t index) const {
    Json found;
    for_each_element([&](Json value) {
        found = index == 0 ? value : found;
        return index-- != 0;
    });
    return found;
}

size_t Json::element_count() const {
    size_t count = 0;
    for_each_element([&](Json) {
        ++count;
        return true;
    });
    return count;
}

std::string_view Json::after_space(std::string_view text) {
    size_t at = 0;
    while (at < text.size() && is_space(text[at])) ++at;
    return text.substr(at);
}

std::string_view Json::after_comma(std::string_view text) {
    text = after_space(text);
    return !text.empty() && text[0] == ',' ? after_space(text.substr(1)) : text;
}

}  // namespace mock
