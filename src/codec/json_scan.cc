// codec/json_scan.cc: the cursor. One loop reads every kind of document; nesting is a bit stack,
// one bit a level, so depth costs no machine stack. Strings are scanned in blocks, and their UTF-8
// is looked at only when a byte beyond ASCII was seen.
// Depends on base, number, scan_simd and utf8. Invariant: begin <= at <= end; no byte at or after
// end is read; every value that is passed over has been checked.
#include "codec/json_scan.h"

#include "base/check.h"
#include "codec/json_escape.h"
#include "codec/number.h"
#include "codec/scan_simd.h"
#include "codec/utf8.h"

namespace leat {
namespace {

inline size_t left(const char* p, const char* end) { return static_cast<size_t>(end - p); }

inline const char* past_blanks(const char* p, const char* end) {
    return p + blank_run(p, left(p, end));
}

// The past_ functions read one thing and answer the place behind it, or nullptr when it is broken;
// value->raw.data is then where. They keep their place in a register: a cursor's member would go
// through memory at each byte, as text may alias anything.

const char* broken_at(const char* where, JsonValue* value) {
    value->raw.data = where;
    return nullptr;
}

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
        p += string_run(p, left(p, end), &found.high);
        found.at = p;
        if (p == end) return found;
        if (*p == '"') break;
        if (*p != '\\') return found;  // a control character
        found.escaped = true;
        uint32_t code_point = 0;
        const size_t size = json_read_escape(p, left(p, end), &code_point);
        if (size == 0) return found;
        p += size;
    }
    found.good = true;
    return found;
}

__attribute__((noinline)) const char* past_long_string(const char* p, const char* end,
                                                       JsonValue* value) {
    const StringEnd found = find_string_end(p + 1, end);
    const Text raw = text(p + 1, left(p + 1, found.at));
    if (!found.good) return broken_at(found.at, value);
    if (found.high) {
        const size_t valid = utf8_valid_prefix(raw);
        if (valid != raw.size) return broken_at(raw.data + valid, value);
    }
    *value = JsonValue{raw, JsonType::string, found.escaped};
    return found.at + 1;
}

// p is at the opening quote.
inline const char* past_string(const char* p, const char* end, StringWindow* window,
                               JsonValue* value) {
#ifdef LEAT_SIMD_SSE2
    const size_t size = near_string_run(p + 1, left(p + 1, end), window);
    if (size < left(p + 1, end) && p[1 + size] == '"' && size != window_missed) {
        *value = JsonValue{text(p + 1, size), JsonType::string, false};
        return p + size + 2;
    }
#else
    (void)window;
#endif
    return past_long_string(p, end, value);
}

inline const char* past_number(const char* p, const char* end, JsonValue* value) {
    const char* q = p;
    while (q < end && is_digit(*q)) ++q;
    const bool plain = q > p && (*p != '0' || q == p + 1) && q < end &&
                       (*q == ',' || *q == '}' || *q == ']' || is_blank(*q));
    const size_t size = plain ? left(p, q) : number_size(text(p, left(p, end)));
    if (size == 0) return broken_at(p, value);
    *value = JsonValue{text(p, size), JsonType::number, false};
    return p + size;
}

template <size_t N>
inline const char* past_word(const char* p, const char* end, const char (&word)[N], JsonType type,
                             JsonValue* value) {
    constexpr size_t size = N - 1;
    if (left(p, end) < size || memcmp(p, word, size) != 0) return broken_at(p, value);
    *value = JsonValue{text(p, size), type, false};
    return p + size;
}

// p is at the first byte of a value that is no container.
inline const char* past_scalar(const char* p, const char* end, StringWindow* window,
                               JsonValue* value) {
    switch (*p) {
        case '"':
            return past_string(p, end, window, value);
        case 't':
            return past_word(p, end, "true", JsonType::boolean, value);
        case 'f':
            return past_word(p, end, "false", JsonType::boolean, value);
        case 'n':
            return past_word(p, end, "null", JsonType::null, value);
        default:
            return past_number(p, end, value);
    }
}

// A name and its colon.
inline const char* past_name(const char* p, const char* end, StringWindow* window, JsonValue* key) {
    if (p == end || *p != '"') return broken_at(p, key);
    p = past_string(p, end, window, key);
    if (p == nullptr) return nullptr;
    p = past_blanks(p, end);
    return p < end && *p == ':' ? p + 1 : broken_at(p, key);
}

}  // namespace

JsonCursor::JsonCursor(Text document, uint32_t depth_max)
    : begin_(document.size == 0 ? "" : document.data),
      at_(begin_),
      end_(begin_ + document.size),
      depth_max_(depth_max) {
    LEAT_CHECK(document.data != nullptr || document.size == 0);
    LEAT_CHECK(depth_max >= 1 && depth_max <= json_depth_max);
}

bool JsonCursor::fail(const char* where, leat_status status) {
    LEAT_DCHECK(where >= begin_ && where <= end_);
    LEAT_DCHECK(status != LEAT_OK);
    at_ = where;
    status_ = status;
    return false;
}

// at_ is at an opening bracket.
bool JsonCursor::open(bool is_object) {
    if (nesting_.depth == depth_max_) return fail(at_, LEAT_E_TOO_LARGE);
    nesting_.push(is_object);
    ++at_;
    expect_ = Expect::first;
    return true;
}

bool JsonCursor::close_at(const char* bracket) {
    LEAT_DCHECK(nesting_.depth > 0);
    at_ = bracket + 1;
    --nesting_.depth;
    expect_ = Expect::next;
    return false;
}

// Reads on until no more than `outside` containers are open and no value is due.
bool JsonCursor::skip_until(uint32_t outside) {
    const char* p = at_;
    const char* const end = end_;
    Nesting nesting = nesting_;
    Expect expect = expect_;
    StringWindow window = window_;
    JsonValue passed;
    while (nesting.depth > outside || expect == Expect::value) {
        p = past_blanks(p, end);
        if (p == end) return fail(p, LEAT_E_JSON);
        if (expect != Expect::value) {
            const bool object = nesting.in_object();
            if (*p == (object ? '}' : ']')) {
                ++p;
                --nesting.depth;
                expect = Expect::next;
                continue;
            }
            if (expect == Expect::next) {
                if (*p != ',') return fail(p, LEAT_E_JSON);
                p = past_blanks(p + 1, end);
            }
            if (object) {
                p = past_name(p, end, &window, &passed);
                if (p == nullptr) return fail(passed.raw.data, LEAT_E_JSON);
                p = past_blanks(p, end);
            }
            if (p == end) return fail(p, LEAT_E_JSON);
        }
        if (*p == '{' || *p == '[') {
            if (nesting.depth == depth_max_) return fail(p, LEAT_E_TOO_LARGE);
            nesting.push(*p == '{');
            ++p;
            expect = Expect::first;
            continue;
        }
        p = past_scalar(p, end, &window, &passed);
        if (p == nullptr) return fail(passed.raw.data, LEAT_E_JSON);
        expect = Expect::next;
    }
    at_ = p;
    nesting_ = nesting;
    expect_ = expect;
    window_ = window;
    return true;
}

// A value that nobody took. Scalars go here, so that skipping one costs no set-up.
inline bool JsonCursor::skip_untaken() {
    if (expect_ != Expect::value) return true;
    const char* p = past_blanks(at_, end_);
    if (p == end_) return fail(p, LEAT_E_JSON);
    if (*p == '{' || *p == '[') return skip_until(nesting_.depth);
    JsonValue passed;
    p = past_scalar(p, end_, &window_, &passed);
    if (p == nullptr) return fail(passed.raw.data, LEAT_E_JSON);
    at_ = p;
    expect_ = Expect::next;
    return true;
}

JsonType JsonCursor::peek() {
    if (status_ != LEAT_OK || expect_ != Expect::value) return JsonType::none;
    at_ = past_blanks(at_, end_);
    if (at_ == end_) return JsonType::none;
    switch (*at_) {
        case '{':
            return JsonType::object;
        case '[':
            return JsonType::array;
        case '"':
            return JsonType::string;
        case 't':
        case 'f':
            return JsonType::boolean;
        case 'n':
            return JsonType::null;
        default:
            return *at_ == '-' || is_digit(*at_) ? JsonType::number : JsonType::none;
    }
}

bool JsonCursor::enter_object() { return peek() == JsonType::object && open(true); }

bool JsonCursor::enter_array() { return peek() == JsonType::array && open(false); }

bool JsonCursor::member(JsonValue* key) {
    LEAT_CHECK(key != nullptr);
    if (status_ != LEAT_OK) return false;
    if (!skip_untaken()) return false;
    LEAT_CHECK(nesting_.in_object());
    const char* p = past_blanks(at_, end_);
    if (p < end_ && *p == '}') return close_at(p);
    if (expect_ == Expect::next) {
        if (p == end_ || *p != ',') return fail(p, LEAT_E_JSON);
        p = past_blanks(p + 1, end_);
    }
    p = past_name(p, end_, &window_, key);
    if (p == nullptr) return fail(key->raw.data, LEAT_E_JSON);
    at_ = p;
    expect_ = Expect::value;
    return true;
}

bool JsonCursor::element() {
    if (status_ != LEAT_OK) return false;
    if (!skip_untaken()) return false;
    LEAT_CHECK(nesting_.depth > 0 && !nesting_.in_object());
    const char* p = past_blanks(at_, end_);
    if (p < end_ && *p == ']') return close_at(p);
    if (expect_ == Expect::next) {
        if (p == end_ || *p != ',') return fail(p, LEAT_E_JSON);
        ++p;
    }
    at_ = p;
    expect_ = Expect::value;
    return true;
}

void JsonCursor::leave() {
    if (status_ != LEAT_OK) return;
    LEAT_CHECK(nesting_.depth > 0);
    (void)skip_until(nesting_.depth - 1);
}

bool JsonCursor::take(JsonValue* value) {
    LEAT_CHECK(value != nullptr);
    if (status_ != LEAT_OK || expect_ != Expect::value) return false;
    const char* const start = past_blanks(at_, end_);
    if (start == end_) return fail(start, LEAT_E_JSON);
    if (*start != '{' && *start != '[') {
        const char* const p = past_scalar(start, end_, &window_, value);
        if (p == nullptr) return fail(value->raw.data, LEAT_E_JSON);
        at_ = p;
        expect_ = Expect::next;
        return true;
    }
    const JsonType type = *start == '{' ? JsonType::object : JsonType::array;
    if (!skip_until(nesting_.depth)) return false;
    *value = JsonValue{text(start, left(start, at_)), type, false};
    return true;
}

bool JsonCursor::take_if(JsonType type, JsonValue* value) {
    LEAT_CHECK(type != JsonType::none);
    return peek() == type && take(value);
}

void JsonCursor::skip() {
    if (status_ == LEAT_OK && expect_ == Expect::value) (void)skip_until(nesting_.depth);
}

leat_status JsonCursor::finish() {
    if (status_ != LEAT_OK || !skip_until(0)) return status_;
    at_ = past_blanks(at_, end_);
    if (at_ != end_) (void)fail(at_, LEAT_E_JSON);
    return status_;
}

leat_status json_validate(Text document, uint32_t depth_max, size_t* error_offset) {
    JsonCursor cursor(document, depth_max);
    const leat_status status = cursor.finish();
    if (status != LEAT_OK && error_offset != nullptr) *error_offset = cursor.offset();
    return status;
}

bool json_find(Text object, Text name, JsonValue* value) {
    LEAT_CHECK(value != nullptr);
    JsonCursor cursor(object);
    JsonValue key;
    JsonValue last;
    if (!cursor.enter_object()) return false;
    while (cursor.member(&key)) {
        if (json_is(key, name)) (void)cursor.take(&last);
    }
    if (cursor.finish() != LEAT_OK || last.type == JsonType::none) return false;
    *value = last;
    return true;
}

bool json_to_bool(const JsonValue& value, bool* out) {
    LEAT_CHECK(out != nullptr);
    if (value.type != JsonType::boolean) return false;
    *out = equal(value.raw, text("true"));
    return true;
}

// Digits only, few enough not to overflow, no superfluous zero: nearly all counts.
static bool plain_count(Text t, int64_t* out) {
    if (t.size == 0 || t.size > 18 || (t.data[0] == '0' && t.size > 1)) return false;
    int64_t value = 0;
    for (size_t i = 0; i < t.size; ++i) {
        if (!is_digit(t.data[i])) return false;
        value = value * 10 + (t.data[i] - '0');
    }
    *out = value;
    return true;
}

bool json_to_count(const JsonValue& value, int64_t* out) {
    LEAT_CHECK(out != nullptr);
    if (value.type != JsonType::number && value.type != JsonType::string) return false;
    int64_t count = 0;
    if (plain_count(value.raw, out)) return true;
    if (!parse_int(value.raw, &count) || count < 0) return false;
    *out = count;
    return true;
}

}  // namespace leat
