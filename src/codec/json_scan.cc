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

inline void JsonCursor::skip_blanks() { at_ += blank_run(at_, static_cast<size_t>(end_ - at_)); }

bool JsonCursor::open(bool is_object) {
    if (depth_ == depth_max_) return fail(at_, LEAT_E_TOO_LARGE);
    const uint64_t bit = uint64_t{1} << depth_;
    objects_ = is_object ? objects_ | bit : objects_ & ~bit;
    ++depth_;
    ++at_;
    expect_ = Expect::first;
    return true;
}

inline void JsonCursor::close() {
    LEAT_DCHECK(depth_ > 0);
    --depth_;
    ++at_;
    expect_ = Expect::next;
}

// At an opening quote; ends behind the closing one.
inline bool JsonCursor::read_string(JsonValue* value) {
    const char* const start = at_ + 1;
    const char* p = start;
    bool high = false;
    bool escaped = false;
    for (;;) {
        p += string_run(p, static_cast<size_t>(end_ - p), &high);
        if (p == end_) return fail(p, LEAT_E_JSON);
        if (*p == '"') break;
        if (*p != '\\') return fail(p, LEAT_E_JSON);  // a control character
        uint32_t code_point = 0;
        const size_t size = json_read_escape(p, static_cast<size_t>(end_ - p), &code_point);
        if (size == 0) return fail(p, LEAT_E_JSON);
        escaped = true;
        p += size;
    }
    const Text raw = text(start, static_cast<size_t>(p - start));
    if (high) {
        const size_t valid = utf8_valid_prefix(raw);
        if (valid != raw.size) return fail(start + valid, LEAT_E_JSON);
    }
    *value = JsonValue{raw, JsonType::string, escaped};
    at_ = p + 1;
    return true;
}

bool JsonCursor::read_literal(Text word, JsonType type, JsonValue* value) {
    const Text found = text(at_, static_cast<size_t>(end_ - at_));
    if (!starts_with(found, word)) return fail(at_, LEAT_E_JSON);
    *value = JsonValue{head(found, word.size), type, false};
    at_ += word.size;
    return true;
}

inline bool JsonCursor::read_number(JsonValue* value) {
    const Text rest = text(at_, static_cast<size_t>(end_ - at_));
    const size_t size = number_size(rest);
    if (size == 0) return fail(at_, LEAT_E_JSON);
    *value = JsonValue{head(rest, size), JsonType::number, false};
    at_ += size;
    return true;
}

// At the first byte of a value that is no container.
inline bool JsonCursor::read_scalar(JsonValue* value) {
    expect_ = Expect::next;
    switch (*at_) {
        case '"':
            return read_string(value);
        case 't':
            return read_literal(text("true"), JsonType::boolean, value);
        case 'f':
            return read_literal(text("false"), JsonType::boolean, value);
        case 'n':
            return read_literal(text("null"), JsonType::null, value);
        default:
            return read_number(value);
    }
}

// Up to a member's value. False at the end of the object and after a fault.
inline bool JsonCursor::read_member(JsonValue* key) {
    skip_blanks();
    if (at_ == end_) return fail(at_, LEAT_E_JSON);
    if (*at_ == '}') {
        close();
        return false;
    }
    if (expect_ == Expect::next) {
        if (*at_ != ',') return fail(at_, LEAT_E_JSON);
        ++at_;
        skip_blanks();
    }
    if (at_ == end_ || *at_ != '"') return fail(at_, LEAT_E_JSON);
    if (!read_string(key)) return false;
    skip_blanks();
    if (at_ == end_ || *at_ != ':') return fail(at_, LEAT_E_JSON);
    ++at_;
    expect_ = Expect::value;
    return true;
}

inline bool JsonCursor::read_element() {
    skip_blanks();
    if (at_ == end_) return fail(at_, LEAT_E_JSON);
    if (*at_ == ']') {
        close();
        return false;
    }
    if (expect_ == Expect::next) {
        if (*at_ != ',') return fail(at_, LEAT_E_JSON);
        ++at_;
    }
    expect_ = Expect::value;
    return true;
}

// One move inside or in front of a value: a bracket, a name or a scalar. False after a fault.
inline bool JsonCursor::step_inside() {
    JsonValue passed;
    if (expect_ == Expect::value) {
        skip_blanks();
        if (at_ == end_) return fail(at_, LEAT_E_JSON);
        if (*at_ == '{' || *at_ == '[') return open(*at_ == '{');
        return read_scalar(&passed);
    }
    const bool more = in_object() ? read_member(&passed) : read_element();
    return more || status_ == LEAT_OK;
}

bool JsonCursor::skip_value() {
    LEAT_DCHECK(expect_ == Expect::value);
    const uint32_t outside = depth_;
    do {
        if (!step_inside()) return false;
    } while (depth_ > outside);
    return true;
}

JsonType JsonCursor::peek() {
    if (status_ != LEAT_OK || expect_ != Expect::value) return JsonType::none;
    skip_blanks();
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
    if (expect_ == Expect::value && !skip_value()) return false;
    LEAT_CHECK(in_object());
    return read_member(key);
}

bool JsonCursor::element() {
    if (status_ != LEAT_OK) return false;
    if (expect_ == Expect::value && !skip_value()) return false;
    LEAT_CHECK(depth_ > 0 && !in_object());
    return read_element();
}

void JsonCursor::leave() {
    if (status_ != LEAT_OK) return;
    LEAT_CHECK(depth_ > 0);
    const uint32_t outside = depth_ - 1;
    while (depth_ > outside && step_inside()) {
    }
}

bool JsonCursor::take(JsonValue* value) {
    LEAT_CHECK(value != nullptr);
    if (status_ != LEAT_OK || expect_ != Expect::value) return false;
    skip_blanks();
    if (at_ == end_) return fail(at_, LEAT_E_JSON);
    if (*at_ != '{' && *at_ != '[') return read_scalar(value);
    const JsonType type = *at_ == '{' ? JsonType::object : JsonType::array;
    const char* const start = at_;
    if (!skip_value()) return false;
    *value = JsonValue{text(start, static_cast<size_t>(at_ - start)), type, false};
    return true;
}

bool JsonCursor::take_if(JsonType type, JsonValue* value) {
    LEAT_CHECK(type != JsonType::none);
    return peek() == type && take(value);
}

void JsonCursor::skip() {
    if (status_ == LEAT_OK && expect_ == Expect::value) (void)skip_value();
}

leat_status JsonCursor::finish() {
    while (status_ == LEAT_OK && (depth_ > 0 || expect_ == Expect::value)) (void)step_inside();
    if (status_ != LEAT_OK) return status_;
    skip_blanks();
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

bool json_to_count(const JsonValue& value, int64_t* out) {
    LEAT_CHECK(out != nullptr);
    if (value.type != JsonType::number && value.type != JsonType::string) return false;
    int64_t count = 0;
    if (!parse_int(value.raw, &count) || count < 0) return false;
    *out = count;
    return true;
}

}  // namespace leat
