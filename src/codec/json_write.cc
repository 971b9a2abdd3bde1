// codec/json_write.cc: escaping and the fixed-buffer writer. Both go from run to run: bytes that
// need nothing are copied in blocks, an escape is looked at only where one stands.
// Depends on base, number and scan_simd. Invariant: nothing is written beyond a window's end.
#include "codec/json_write.h"

#include "base/check.h"
#include "base/narrow.h"
#include "codec/number.h"
#include "codec/scan_copy.h"
#include "codec/scan_simd.h"

namespace leat {
namespace {

// Writes the escape of c into out, which has room for 6; returns its size.
size_t escape_of(char c, char* out) {
    constexpr char hex[] = "0123456789abcdef";
    const unsigned byte = static_cast<unsigned char>(c);
    LEAT_DCHECK(c == '"' || c == '\\' || byte < 0x20);
    out[0] = '\\';
    switch (c) {
        case '\b':
            out[1] = 'b';
            return 2;
        case '\f':
            out[1] = 'f';
            return 2;
        case '\n':
            out[1] = 'n';
            return 2;
        case '\r':
            out[1] = 'r';
            return 2;
        case '\t':
            out[1] = 't';
            return 2;
        case '"':
        case '\\':
            out[1] = c;
            return 2;
        default:
            break;
    }
    out[1] = 'u';
    out[2] = '0';
    out[3] = '0';
    out[4] = hex[byte >> 4];
    out[5] = hex[byte & 15u];
    return 6;
}

}  // namespace

size_t json_escaped_size(Text t) { return t.size + escape_growth(t.data, t.size); }

size_t json_plain_size(Text t) {
    bool high = false;
    return string_run(t.data, t.size, &high);
}

size_t JsonEscape::write(char* out, size_t capacity) {
    LEAT_CHECK(out != nullptr || capacity == 0);
    LEAT_CHECK(at_ <= source_.size);
    size_t size = 0;
    while (size < capacity && at_ < source_.size) {
        if (escaped_ == 0) {
            const size_t most = min_of(source_.size - at_, capacity - size);
            const size_t run = copy_plain(source_.data + at_, most, out + size);
            at_ += run;
            size += run;
            if (run == most) continue;
        }
        char escape[6];
        const size_t whole = escape_of(source_.data[at_], escape);
        const size_t part = min_of(whole - escaped_, capacity - size);
        for (size_t i = 0; i < part; ++i) out[size + i] = escape[escaped_ + i];
        size += part;
        escaped_ = static_cast<uint8_t>(escaped_ + part);
        if (escaped_ == whole) {
            escaped_ = 0;
            ++at_;
        }
    }
    LEAT_CHECK(size <= capacity);
    return size;
}

void JsonEscape::rewind() {
    at_ = 0;
    escaped_ = 0;
}

void JsonEscape::seek(size_t output_offset) {
    rewind();
    size_t left = output_offset;
    while (left > 0 && at_ < source_.size) {
        const size_t run = min_of(json_plain_size(tail(source_, at_)), left);
        at_ += run;
        left -= run;
        if (left == 0 || at_ == source_.size) return;
        char escape[6];
        const size_t whole = escape_of(source_.data[at_], escape);
        if (left < whole) {
            escaped_ = static_cast<uint8_t>(left);
            return;
        }
        left -= whole;
        ++at_;
    }
}

Text JsonEscape::plain() const {
    if (escaped_ != 0 || at_ == source_.size) return Text{nullptr, 0};
    const Text rest = tail(source_, at_);
    return head(rest, json_plain_size(rest));
}

void JsonEscape::skip_plain(size_t size) {
    LEAT_CHECK(size == 0 || escaped_ == 0);
    LEAT_CHECK(size <= source_.size - at_);
    at_ += size;
}

void JsonWriter::put(Text t) {
    LEAT_CHECK(size_ <= capacity_);
    if (!ok() || t.size > capacity_ - size_) {
        overflow_ = overflow_ || ok();
        return;
    }
    if (t.size > 0) memcpy(out_ + size_, t.data, t.size);
    size_ += t.size;
}

void JsonWriter::put_string(Text t) {
    put(text("\""));
    JsonEscape escape(t);
    if (ok()) size_ += escape.write(out_ + size_, capacity_ - size_);
    if (!escape.done()) overflow_ = overflow_ || ok();
    put(text("\""));
}

void JsonWriter::before_value() {
    LEAT_CHECK(in_object() == after_key_);
    LEAT_CHECK(depth_ > 0 || !after_value_);
    if (after_value_ && !after_key_) put(text(","));
    after_key_ = false;
    after_value_ = true;
}

void JsonWriter::open(char bracket, bool is_object) {
    before_value();
    LEAT_CHECK(depth_ < json_writer_depth_max);
    const uint64_t bit = uint64_t{1} << depth_;
    objects_ = is_object ? objects_ | bit : objects_ & ~bit;
    ++depth_;
    after_value_ = false;
    put(text(&bracket, 1));
}

void JsonWriter::close(char bracket, bool is_object) {
    LEAT_CHECK(depth_ > 0 && !after_key_);
    LEAT_CHECK(in_object() == is_object);
    --depth_;
    after_value_ = true;
    put(text(&bracket, 1));
}

void JsonWriter::begin_object() { open('{', true); }
void JsonWriter::end_object() { close('}', true); }
void JsonWriter::begin_array() { open('[', false); }
void JsonWriter::end_array() { close(']', false); }

void JsonWriter::key(Text name) {
    LEAT_CHECK(in_object());
    LEAT_CHECK(!after_key_);
    if (after_value_) put(text(","));
    put_string(name);
    put(text(":"));
    after_value_ = true;
    after_key_ = true;
}

void JsonWriter::string(Text value) {
    before_value();
    put_string(value);
}

void JsonWriter::integer(int64_t value) {
    char digits[number_bytes_max];
    before_value();
    put(text(digits, print_int(digits, value)));
}

void JsonWriter::number(double value) {
    char digits[number_bytes_max];
    before_value();
    const size_t size = print_double(digits, value);
    not_finite_ = not_finite_ || size == 0;
    put(text(digits, size));
}

void JsonWriter::boolean(bool value) {
    before_value();
    put(value ? text("true") : text("false"));
}

void JsonWriter::null() {
    before_value();
    put(text("null"));
}

void JsonWriter::raw(Text json) {
    LEAT_CHECK(json.size > 0);
    before_value();
    put(json);
}

}  // namespace leat
