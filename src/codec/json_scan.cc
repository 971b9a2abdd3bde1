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
      scan_{begin_ + document.size, nullptr, {}},
      depth_max_(depth_max) {
    LEAT_CHECK(document.data != nullptr || document.size == 0);
    LEAT_CHECK(depth_max >= 1 && depth_max <= json_depth_max);
}

bool JsonCursor::fail(const char* where, leat_status status) {
    LEAT_DCHECK(where >= begin_ && where <= scan_.end);
    LEAT_DCHECK(status != LEAT_OK);
    at_ = where;
    status_ = status;
    expect_ = Expect::fault;
    return false;
}

bool JsonCursor::enter(JsonType container) {
    if (peek() != container) return false;
    if (nesting_.depth == depth_max_) return fail(at_, LEAT_E_TOO_LARGE);
    nesting_.push(container == JsonType::object);
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
    const char* const end = scan_.end;
    Nesting nesting = nesting_;
    Expect expect = expect_;
    JsonValue name;
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
                p = past_name(p, &scan_, &name);
                if (p == nullptr) return fail_at_token();
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
        p = past_unwanted(p, &scan_);
        if (p == nullptr) return fail_at_token();
        expect = Expect::next;
    }
    at_ = p;
    nesting_ = nesting;
    expect_ = expect;
    return true;
}

// The place behind a value that nobody took, or nullptr. Scalars go here, so that skipping one
// costs no set-up.
LEAT_INLINE const char* JsonCursor::past_untaken() {
    const char* p = past_blanks(at_, scan_.end);
    if (p == scan_.end) {
        (void)fail(p, LEAT_E_JSON);
        return nullptr;
    }
    if (*p == '{' || *p == '[') return skip_until(nesting_.depth) ? at_ : nullptr;
    p = past_unwanted(p, &scan_);
    if (p == nullptr) (void)fail_at_token();
    return p;
}

// Up to the next name or element of the innermost container, which *p gets; false at its end and
// after a fault.
LEAT_INLINE bool JsonCursor::next_in(bool is_object, const char** place) {
    const char* p = at_;
    bool first = false;
    switch (expect_) {
        case Expect::fault:
            return false;
        case Expect::value:
            p = past_untaken();
            if (p == nullptr) return false;
            break;
        case Expect::first:
            first = true;
            break;
        case Expect::next:
            break;
    }
    LEAT_CHECK(is_object ? nesting_.in_object() : nesting_.in_array());
    p = past_blanks(p, scan_.end);
    if (p == scan_.end) return fail(p, LEAT_E_JSON);
    if (*p == (is_object ? '}' : ']')) return close_at(p);
    if (!first) {
        if (*p != ',') return fail(p, LEAT_E_JSON);
        p = past_blanks(p + 1, scan_.end);
    }
    *place = p;
    return true;
}

bool JsonCursor::member(JsonValue* key) {
    LEAT_CHECK(key != nullptr);
    const char* p = at_;
    if (!next_in(true, &p)) return false;
    p = past_name(p, &scan_, key);
    if (p == nullptr) return fail_at_token();
    at_ = p;
    expect_ = Expect::value;
    return true;
}

bool JsonCursor::element() {
    const char* p = at_;
    if (!next_in(false, &p)) return false;
    at_ = p;
    expect_ = Expect::value;
    return true;
}

void JsonCursor::leave() {
    if (status_ != LEAT_OK) return;
    LEAT_CHECK(nesting_.depth > 0);
    (void)skip_until(nesting_.depth - 1);
}

bool JsonCursor::take_container(const char* start, JsonValue* value) {
    if (!skip_until(nesting_.depth)) return false;
    *value = JsonValue{text(start, bytes_left(start, at_)), json_types.of(*start), false};
    return true;
}

bool JsonCursor::take(JsonValue* value) {
    LEAT_CHECK(value != nullptr);
    if (expect_ != Expect::value) return false;
    const char* const start = past_blanks(at_, scan_.end);
    if (start == scan_.end) return fail(start, LEAT_E_JSON);
    if (*start == '{' || *start == '[') return take_container(start, value);
    const char* const p = past_scalar(start, &scan_, value);
    if (p == nullptr) return fail_at_token();
    at_ = p;
    expect_ = Expect::next;
    return true;
}

bool JsonCursor::take_if(JsonType type, JsonValue* value) {
    LEAT_CHECK(type != JsonType::none);
    return peek() == type && take(value);
}

void JsonCursor::skip() {
    if (expect_ == Expect::value) (void)skip_until(nesting_.depth);
}

void JsonCursor::take_count(int64_t* out) {
    LEAT_CHECK(out != nullptr);
    if (expect_ != Expect::value) return;
    const char* const p = past_blanks(at_, scan_.end);
    int64_t count = 0;
    const char* const q = p < scan_.end ? past_digits(p, scan_.end, &count) : p;
    if (q == p) return take_count_far(out);
    *out = count;
    at_ = q;
    expect_ = Expect::next;
}

void JsonCursor::take_count_far(int64_t* out) {
    JsonValue value;
    if (take(&value)) (void)json_to_count(value, out);
}

leat_status JsonCursor::finish() {
    if (status_ != LEAT_OK || !skip_until(0)) return status_;
    at_ = past_blanks(at_, scan_.end);
    if (at_ != scan_.end) (void)fail(at_, LEAT_E_JSON);
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

Text json_trim(Text t) {
    while (!empty(t) && is_blank(t.data[0])) t = tail(t, 1);
    while (!empty(t) && is_blank(t.data[t.size - 1])) t = head(t, t.size - 1);
    return t;
}

bool json_to_bool(const JsonValue& value, bool* out) {
    LEAT_CHECK(out != nullptr);
    if (value.type != JsonType::boolean) return false;
    *out = equal(value.raw, text("true"));
    return true;
}

bool json_to_count(const JsonValue& value, int64_t* out) {
    LEAT_CHECK(out != nullptr);
    if (value.type != JsonType::number && value.type != JsonType::string) return false;
    int64_t count = 0;
    if (!parse_int(value.raw, &count) || count < 0) return false;
    *out = count;
    return true;
}

}  // namespace leat
