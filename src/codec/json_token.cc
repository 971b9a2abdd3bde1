// codec/json_token.cc: strings that need more than a look at the next 64 bytes: they are scanned in
// blocks, each escape is checked where it stands, and UTF-8 is checked only when a byte beyond ASCII
// was seen. Depends on base, json_escape, scan_simd and utf8.
// Invariant: a string that is accepted decodes without error.
#include "codec/json_token.h"

#include "codec/json_escape.h"
#include "codec/utf8.h"

namespace leat {
namespace {

struct StringEnd {
    const char* at;  // the closing quote, or what is wrong
    bool good;
    bool high;
    bool escaped;
};

// From any place inside a string on.
StringEnd find_string_end(const char* p, const char* end) {
    StringEnd found{p, false, false, false};
    for (;;) {
        p += string_run(p, bytes_left(p, end), &found.high);
        found.at = p;
        if (p == end) return found;
        if (*p == '"') break;
        if (*p != '\\') return found;  // a control character
        found.escaped = true;
        uint32_t code_point = 0;
        const size_t size = json_read_escape(p, bytes_left(p, end), &code_point);
        if (size == 0) return found;
        p += size;
    }
    found.good = true;
    return found;
}

}  // namespace

const char* past_far_string(const char* p, TokenScan* scan, JsonValue* value) {
    const StringEnd found = find_string_end(p + 1, scan->end);
    const Text raw = text(p + 1, bytes_left(p + 1, found.at));
    if (!found.good) return broken_at(found.at, scan);
    if (found.high) {
        const size_t valid = utf8_valid_prefix(raw);
        if (valid != raw.size) return broken_at(raw.data + valid, scan);
    }
    *value = JsonValue{raw, JsonType::string, found.escaped};
    return found.at + 1;
}

const char* past_any_word(const char* p, TokenScan* scan) {
    const size_t left = bytes_left(p, scan->end);
    if (left >= 4 && (memcmp(p, "null", 4) == 0 || memcmp(p, "true", 4) == 0)) return p + 4;
    if (left >= 5 && memcmp(p, "false", 5) == 0) return p + 5;
    return broken_at(p, scan);
}

const char* past_far_number(const char* p, TokenScan* scan) {
    const size_t size = number_size(text(p, bytes_left(p, scan->end)));
    return size > 0 ? p + size : broken_at(p, scan);
}

}  // namespace leat
