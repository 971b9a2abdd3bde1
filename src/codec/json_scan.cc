// codec/json_scan.cc: the cursor. One loop skips every kind of document; nesting is a bit stack,
// one bit a level, so depth costs no machine stack.
// Depends on base, json_token and number. Invariant: begin <= at <= end; no byte at or after
// end is read; every value that is passed over has been checked.
#include "codec/json_scan.h"

#include "base/check.h"
#include "codec/json_token.h"
#include "codec/number.h"

namespace leat {
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
    nesting_.pop();
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
                nesting.pop();
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
    LEAT_CHECK(nesting_.depth > 0 && nesting_.in_object());
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
    *value = JsonValue{text(start, bytes_left(start, at_)), type, false};
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
