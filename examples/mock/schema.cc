// Making instances: a walk over the schema, a value for each node. See schema.h.
// The walk recurses, at most kDepthMax deep; deeper values are null.
#include "schema.h"

#include <cmath>

namespace mock {
namespace {

constexpr unsigned kDepthMax = 24;
constexpr unsigned kDepthFull = 5;  // below it optional properties and elements are left out
constexpr unsigned kNodeMax = 4096;
constexpr double kCountMax = 1000;  // elements of an array, characters of a string
constexpr double kNumberMax = 1e15;
constexpr std::string_view kFiller = "text";

struct FormatSample {
    std::string_view format;
    std::string_view sample;
};
constexpr FormatSample kSamples[] = {
    {"date-time", "2026-01-01T00:00:00Z"},
    {"date", "2026-01-01"},
    {"time", "00:00:00Z"},
    {"duration", "PT1S"},
    {"email", "a@example.com"},
    {"uri", "https://example.com/"},
    {"url", "https://example.com/"},
    {"hostname", "example.com"},
    {"ipv4", "127.0.0.1"},
    {"ipv6", "::1"},
    {"uuid", "00000000-0000-4000-8000-000000000000"},
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_word(std::string_view text, std::string_view word) {
    if (text.size() != word.size()) return false;
    for (size_t i = 0; i < text.size(); ++i) {
        if (lower(text[i]) != word[i]) return false;
    }
    return true;
}

class Maker {
public:
    Maker(Buffer& out, Json root) : out_(out), root_(root) {}
    void value(Json schema, unsigned depth);
    void object(Json schema, unsigned depth);
    std::string_view type_of(Json schema) const;
    Json resolved(Json schema) const;

private:
    void members(Json schema, unsigned depth, bool* first);
    void array(Json schema, unsigned depth);
    void text(Json schema);
    void number(Json schema, bool whole);
    void typed(Json schema, unsigned depth);

    Buffer& out_;
    Json root_;
    unsigned nodes_ = 0;
    size_t ordinal_ = 0;  // which of several elements that must differ
};

Json first_branch(Json schema) {
    const Json any = schema.member("anyOf", "oneOf");
    return any.kind() == '[' ? any.element(0) : schema.member("any_of").element(0);
}

// Follows "#/$defs/Name"; a chain of references ends after a few steps.
Json Maker::resolved(Json schema) const {
    for (unsigned step = 0; step < 8; ++step) {
        const std::string_view target = schema.member("$ref").text();
        if (target.empty() || target[0] != '#') return schema;
        Json at = root_;
        std::string_view path = target.substr(1);
        while (!path.empty() && path[0] == '/') {
            path = path.substr(1);
            const size_t end = path.find('/');
            at = at.member(path.substr(0, end));
            path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
        }
        schema = at;
    }
    return schema;
}

// The type's name in the schema's own spelling; guessed from other keywords where it is not said.
std::string_view Maker::type_of(Json schema) const {
    const Json type = schema.member("type");
    if (type.kind() == '"') return type.text();
    std::string_view chosen;
    type.for_each_element([&](Json one) {
        if (chosen.empty() || same_word(chosen, "null")) chosen = one.text();
        return true;
    });
    if (!chosen.empty()) return chosen;
    auto has = [&schema](std::string_view key) { return schema.member(key).kind() != '\0'; };
    if (has("properties") || has("required")) return "object";
    if (has("items") || has("prefixItems")) return "array";
    if (has("minimum") || has("maximum") || has("multipleOf")) return "number";
    return {};
}

void Maker::value(Json schema, unsigned depth) {
    schema = resolved(schema);
    if (schema.kind() != '{' || depth > kDepthMax || ++nodes_ > kNodeMax) {
        out_.append("null");
        return;
    }
    const Json constant = schema.member("const");
    const Json choices = schema.member("enum");
    if (constant.kind() != '\0') return append_compact(out_, constant.raw());
    if (const size_t count = choices.element_count(); count != 0)
        return append_compact(out_, choices.element(ordinal_ % count).raw());
    if (type_of(schema).empty()) {
        const Json branch = first_branch(schema);
        if (branch.kind() != '\0') return value(branch, depth + 1);
        const Json all = schema.member("allOf");
        const Json part = resolved(all.element(0));
        if (part.kind() != '\0' && !same_word(type_of(part), "object"))
            return value(part, depth + 1);
        if (part.kind() != '\0') return object(schema, depth);
    }
    typed(schema, depth);
}

void Maker::typed(Json schema, unsigned depth) {
    const std::string_view type = type_of(schema);
    if (same_word(type, "object")) return object(schema, depth);
    if (same_word(type, "array")) return array(schema, depth);
    if (same_word(type, "integer")) return number(schema, true);
    if (same_word(type, "number")) return number(schema, false);
    if (same_word(type, "boolean")) return out_.append("true");
    if (same_word(type, "null")) return out_.append("null");
    text(schema);
}

void Maker::object(Json schema, unsigned depth) {
    bool first = true;
    out_.append_char('{');
    members(schema, depth, &first);
    schema.member("allOf").for_each_element([&](Json part) {
        members(resolved(part), depth, &first);
        return true;
    });
    out_.append_char('}');
}

void Maker::members(Json schema, unsigned depth, bool* first) {
    const Json properties = schema.member("properties");
    const Json required = schema.member("required");
    auto add = [&](std::string_view name, Json property) {
        if (!*first) out_.append_char(',');
        *first = false;
        out_.append_char('"');
        out_.append(name);
        out_.append("\":");
        if (property.kind() == '{') {
            value(property, depth + 1);
        } else {
            out_.append("true");
        }
        return true;
    };
    if (required.kind() == '[') {
        required.for_each_element([&](Json name) {
            return name.kind() != '"' || add(name.text(), properties.member(name.text()));
        });
    } else if (depth < kDepthFull) {
        properties.for_each_member(add);
    }
}

void Maker::array(Json schema, unsigned depth) {
    const Json prefix = schema.member("prefixItems");
    const Json items = schema.member("items");
    const double most = schema.member("maxItems", "max_items").number_or(kCountMax);
    double wanted = depth < kDepthFull ? 1 : 0;
    wanted = schema.member("minItems", "min_items").number_or(wanted);
    const size_t prefixed = prefix.element_count();
    if (wanted < static_cast<double>(prefixed)) wanted = static_cast<double>(prefixed);
    if (wanted > most) wanted = most;
    if (wanted > kCountMax) wanted = kCountMax;
    const size_t outer = ordinal_;
    out_.append_char('[');
    for (size_t i = 0; static_cast<double>(i) < wanted; ++i) {
        if (i != 0) out_.append_char(',');
        ordinal_ = schema.member("uniqueItems").kind() == 't' ? i : 0;
        value(i < prefixed ? prefix.element(i) : items, depth + 1);
    }
    ordinal_ = outer;
    out_.append_char(']');
}

void Maker::text(Json schema) {
    out_.append_char('"');
    const std::string_view format = schema.member("format").text();
    for (const FormatSample& known : kSamples) {
        if (known.format != format) continue;
        out_.append(known.sample);
        return out_.append("\"");
    }
    double least = schema.member("minLength", "min_length").number_or(0);
    const double most = schema.member("maxLength", "max_length").number_or(kCountMax);
    if (least > kCountMax) least = kCountMax;
    size_t size = 0;
    if (ordinal_ != 0) {
        const size_t begin = out_.size();
        out_.append_u64(ordinal_);
        size = out_.size() - begin;
    }
    while (static_cast<double>(size) < most &&
           (size < kFiller.size() || static_cast<double>(size) < least))
        out_.append_char(kFiller[size++ % kFiller.size()]);
    out_.append_char('"');
}

void Maker::number(Json schema, bool whole) {
    const Json above = schema.member("exclusiveMinimum");
    const Json below = schema.member("exclusiveMaximum");
    double least = schema.member("minimum").number_or(-INFINITY);
    double most = schema.member("maximum").number_or(INFINITY);
    bool open_below = above.kind() == 't';  // as in draft 4; later it is a number
    bool open_above = below.kind() == 't';
    if (const double limit = above.number_or(-INFINITY); limit >= least && above.kind() == '0') {
        least = limit;
        open_below = true;
    }
    if (const double limit = below.number_or(INFINITY); limit <= most && below.kind() == '0') {
        most = limit;
        open_above = true;
    }
    const double step = schema.member("multipleOf").number_or(whole ? 1 : 0);
    double value = 0;
    if (least > 0 || (least == 0 && open_below)) value = least + (open_below ? 1 : 0);
    if (most < 0 || (most == 0 && open_above)) value = most - (open_above ? 1 : 0);
    value += static_cast<double>(ordinal_);
    if (step > 0) {
        value = (most <= 0 && value < 0) ? std::floor(value / step) * step
                                         : std::ceil(value / step) * step;
        if (open_below && value <= least) value += step;
    } else if (value > most || value < least || (open_above && value >= most)) {
        value = least + (most - least) / 2;
    }
    if (!(std::fabs(value) < kNumberMax)) value = 0;
    char digits[40];
    const int size = std::snprintf(digits, sizeof digits, whole ? "%.0f" : "%.15g", value);
    out_.append(digits, static_cast<size_t>(size));
}

}  // namespace

void append_instance(Buffer& out, std::string_view schema) {
    Maker maker(out, Json(schema));
    maker.value(Json(schema), 0);
}

void append_arguments(Buffer& out, std::string_view schema) {
    Maker maker(out, Json(schema));
    const Json root = maker.resolved(Json(schema));
    const bool is_object = same_word(maker.type_of(root), "object") ||
                           root.member("allOf").kind() == '[' || root.member("anyOf").kind() == '[';
    if (!is_object) return out.append("{}");
    const size_t begin = out.size();
    maker.value(root, 0);
    if (out.data()[begin] == '{') return;
    out.resize(begin);
    out.append("{}");
}

}  // namespace mock
