// meter/model_name.cc: see model_name.h. A release is made of parts with dashes (or @, as Vertex has
// it) between them.
// Depends on base.
#include "meter/model_name.h"

namespace leat {

namespace {

constexpr uint32_t fit_same = UINT32_MAX;
constexpr uint32_t fit_longer_name = 1;  // name is wanted and a release
constexpr uint32_t fit_base = 2;         // plus the size of a name that wanted goes on from
constexpr size_t name_bytes_max = 1024;

bool is_joint(char c) { return c == '-' || c == '@'; }

Text take_part(Text* rest) {
    size_t size = 0;
    while (size < rest->size && !is_joint(rest->data[size])) ++size;
    const Text part = head(*rest, size);
    *rest = tail(*rest, size + 1);
    return part;
}

size_t digits_of(Text part) {
    for (size_t i = 0; i < part.size; ++i) {
        if (!is_digit(part.data[i])) return 0;
    }
    return part.size;
}

bool is_release_word(Text part) {
    if (equal_ignoring_case(part, text("latest")) || equal_ignoring_case(part, text("preview")) ||
        equal_ignoring_case(part, text("exp"))) {
        return true;
    }
    return part.size >= 2 && to_lower(part.data[0]) == 'v' && digits_of(tail(part, 1)) > 0;
}

// "-2024-08-06", "-0613", "@001", "-preview-06-17", "-latest": whole parts only. Two digits are a month
// or a day only beside others of a date.
bool is_release(Text rest) {
    if (rest.size < 2 || !is_joint(rest.data[0])) return false;
    rest = tail(rest, 1);
    size_t before = 0;   // digits of the part before
    bool waits = false;  // two digits that nothing has explained yet
    while (rest.size > 0) {
        const Text part = take_part(&rest);
        const size_t digits = digits_of(part);
        if (digits == 0 && !is_release_word(part)) return false;
        if (digits == 1 || digits > 8) return false;
        const bool in_date = digits == 2 || digits == 4;
        if (waits && !in_date) return false;
        waits = digits == 2 && before != 2 && before != 4;
        before = digits;
    }
    return !waits;
}

bool starts_alike(Text t, Text prefix) {
    return t.size >= prefix.size && equal_ignoring_case(head(t, prefix.size), prefix);
}

// A tuned model is its base's name, then the customer's own words.
bool is_tuned(Text wanted, Text name) {
    return starts_alike(name, text("ft:")) && wanted.data[name.size] == ':';
}

struct Alias {
    const char* provider;
    const char* canonical;
};

constexpr Alias aliases[] = {
    {"openai-responses", "openai"},
    {"azure", "openai"},
    {"anthropic-bearer", "anthropic"},
    {"gemini-cached", "gemini"},
    {"vertex", "gemini"},
    {"google", "gemini"},
    {"google_genai", "gemini"},
    {"maritaca-responses", "maritaca"},
    {"mistralai", "mistral"},
    {"x-ai", "xai"},
    {"huggingface_hub", "huggingface"},
};

}  // namespace

uint32_t name_fit(Text wanted, Text name) {
    if (wanted.size == 0 || name.size == 0 || name.size > name_bytes_max) return 0;
    if (starts_alike(wanted, name)) {
        if (wanted.size == name.size) return fit_same;
        if (is_release(tail(wanted, name.size)) || is_tuned(wanted, name)) {
            return fit_base + static_cast<uint32_t>(name.size);
        }
    }
    const Text latest = text("-latest");
    if (wanted.size > latest.size && ends_with(wanted, latest)) wanted.size -= latest.size;
    const bool goes_on = name.size > wanted.size && starts_alike(name, wanted);
    return goes_on && is_release(tail(name, wanted.size)) ? fit_longer_name : 0;
}

BestName best_name(Text wanted, const char* names, uint32_t count) {
    BestName best;
    for (uint32_t row = 0; row < count; ++row) {
        const Text name = text_of(names);
        best.offer(wanted, name, row);
        names += name.size + 1;
    }
    return best;
}

Text canonical_provider(Text provider) {
    for (const Alias& alias : aliases) {
        if (equal_ignoring_case(provider, text_of(alias.provider))) return text_of(alias.canonical);
    }
    return provider;
}

bool split_maker(Text model, Text* maker, Text* rest) {
    const size_t slash = find_byte(model, '/');
    if (slash == not_found) return false;
    *maker = head(model, slash);
    *rest = tail(model, slash + 1);
    return true;
}

}  // namespace leat
