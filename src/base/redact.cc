// base/redact.cc: one pass over the text. At each place it asks what begins there: a secret, or a
// phrase behind which a credential stands; both give a range to hide, and ranges may overlap.
#include "base/redact.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {
namespace {

constexpr Text mark = text("[redacted]");

// Bytes [begin, end) are not to be shown. Empty when begin == end.
struct Hidden {
    size_t begin;
    size_t end;
};
constexpr Hidden nothing{0, 0};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_line_end(char c) { return c == '\r' || c == '\n'; }

bool begins_with(Text t, Text lower_phrase) {
    return t.size >= lower_phrase.size &&
           equal_ignoring_case(head(t, lower_phrase.size), lower_phrase);
}

// Where an unquoted value ends: the bytes that a key or a token is never written with.
size_t find_value_end(Text in, size_t at) {
    constexpr Text ends = text("&\"'<>#;,)}]\\ \t\r\n");
    while (at < in.size && find_byte(ends, in.data[at]) == not_found) ++at;
    return at;
}

// Behind an opening quote: the closing one, or the end of the text.
size_t find_quote(Text in, size_t at) {
    while (at < in.size && in.data[at] != '"') {
        at += in.data[at] == '\\' && at + 1 < in.size ? 2 : 1;
    }
    return min_of(at, in.size);
}

size_t find_line_end(Text in, size_t at) {
    while (at < in.size && !is_line_end(in.data[at])) ++at;
    return at;
}

size_t skip_blanks(Text in, size_t at) {
    while (at < in.size && is_blank(in.data[at])) ++at;
    return at;
}

// Quotes of every kind, also with backslashes before them.
size_t skip_quotes(Text in, size_t at) {
    while (at < in.size && find_byte(text("\"'\\"), in.data[at]) != not_found) ++at;
    return at;
}

// `name: value` up to the line's end, or `"name": "value"` as JSON has it, also when the JSON
// itself stands in a string and its quotes have backslashes.
Hidden after_header(Text in, size_t at, Text name) {
    at += name.size;
    at = skip_blanks(in, skip_quotes(in, at));
    if (at == in.size || (in.data[at] != ':' && in.data[at] != '=')) return nothing;
    at = skip_blanks(in, at + 1);
    if (at < in.size && in.data[at] == '"') return Hidden{at + 1, find_quote(in, at + 1)};
    return Hidden{at, find_line_end(in, at)};
}

Hidden header_at(Text in, size_t at) {
    constexpr Text names[] = {text("authorization"), text("proxy-authorization"),
                              text("x-api-key"),     text("api-key"),
                              text("api_key"),       text("x-goog-api-key"),
                              text("cookie"),        text("set-cookie")};
    for (const Text name : names) {
        if (begins_with(tail(in, at), name)) return after_header(in, at, name);
    }
    return nothing;
}

Hidden phrase_at(Text in, size_t at) {
    constexpr Text phrases[] = {text("bearer "), text("key="), text("token=")};
    for (const Text phrase : phrases) {
        if (!begins_with(tail(in, at), phrase)) continue;
        const size_t begin = skip_quotes(in, skip_blanks(in, at + phrase.size));
        return Hidden{begin, find_value_end(in, begin)};
    }
    return nothing;
}

// The end of the longest secret that begins here; `at` when none does.
size_t secret_end(Text in, size_t at, const Text* secrets, size_t count) {
    const Text rest = tail(in, at);
    size_t longest = 0;
    for (size_t i = 0; i < count; ++i) {
        const Text secret = secrets[i];
        const bool whole = secret.size > 0 && starts_with(rest, secret);
        const bool cut = rest.size >= redact_prefix_min && starts_with(secret, rest);
        if (whole) longest = max_of(longest, secret.size);
        if (cut) longest = max_of(longest, rest.size);
    }
    return at + longest;
}

// A cut text ends at a character's boundary.
size_t whole_characters(const char* out, size_t size) {
    size_t begin = size;
    while (begin > 0 && size - begin < 3) {
        const unsigned char c = static_cast<unsigned char>(out[begin - 1]);
        --begin;
        if (c < 0x80) return size;
        if (c < 0xc0) continue;
        const size_t wanted = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
        return size - begin < wanted ? begin : size;
    }
    return size;
}

class Output {
public:
    Output(char* to, size_t room) : to_(to), room_(room) {}
    // False when t does not fit, of which nothing is written then.
    bool put(Text t) {
        if (t.size > room_ - size_) return false;
        memcpy(to_ + size_, t.data, t.size);
        size_ += t.size;
        return true;
    }
    Text cut() const { return text(to_, whole_characters(to_, size_)); }
    Text all() const { return text(to_, size_); }

private:
    char* to_;
    size_t room_;
    size_t size_ = 0;
};

// Takes in what begins at `at`. `pending` is one range: what lies between two is hidden with them.
void widen(Hidden* pending, Hidden found) {
    if (found.begin == found.end) return;
    if (pending->begin == pending->end) {
        *pending = found;
        return;
    }
    pending->begin = min_of(pending->begin, found.begin);
    pending->end = max_of(pending->end, found.end);
}

}  // namespace

Text redact(Text in, const Text* secrets, size_t secret_count, char* out, size_t out_bytes) {
    LEAT_CHECK(secrets != nullptr || secret_count == 0);
    LEAT_CHECK(out != nullptr || out_bytes == 0);
    Output output(out, out_bytes);
    Hidden pending = nothing;
    bool inside = false;
    for (size_t at = 0; at < in.size; ++at) {
        widen(&pending, Hidden{at, secret_end(in, at, secrets, secret_count)});
        widen(&pending, header_at(in, at));
        widen(&pending, phrase_at(in, at));
        const bool hide = at >= pending.begin && at < pending.end;
        if (hide && !inside && !output.put(mark)) return output.cut();
        if (!hide && !output.put(text(in.data + at, 1))) return output.cut();
        inside = hide;
        if (at + 1 >= pending.end) pending = nothing;
    }
    return output.all();
}

void mask_secrets(char* bytes, size_t size, const Text* secrets, size_t secret_count) {
    for (size_t i = 0; i < secret_count; ++i) {
        const Text secret = secrets[i];
        if (secret.size == 0) continue;
        size_t at = 0;
        while (size - at >= secret.size) {
            const size_t starts = size - at - secret.size + 1;
            const void* const first = memchr(bytes + at, secret.data[0], starts);
            if (first == nullptr) break;
            at = static_cast<size_t>(static_cast<const char*>(first) - bytes);
            const bool whole = memcmp(bytes + at, secret.data, secret.size) == 0;
            if (whole) memset(bytes + at, '*', secret.size);
            at += whole ? secret.size : 1;
        }
    }
}

}  // namespace leat
