// codec/json_write.h: JSON on its way out: escaping of text that somebody else owns, and a small
// writer for documents that fit a fixed buffer. Depends on base only; owns no memory.
// Escaped are `"`, `\` and bytes below 0x20 (short forms where JSON has them, else \u00XX); every
// other byte passes as it is, so valid UTF-8 stays valid and text that needs nothing stays itself.
// Invariant: JsonEscape puts out exactly json_escaped_size(source) bytes, however it is cut.
#pragma once

#include <leat/types.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

namespace leat {

// Bytes of t's escaped form without quotes; t.size when nothing needs escaping.
[[nodiscard]] size_t json_escaped_size(Text t);

// How many bytes at the start of t go out as they are.
[[nodiscard]] size_t json_plain_size(Text t);

// Escapes a source text into windows of any size. The state is a place in the output: the next
// source byte, and how many bytes of that byte's escape are out already. Copy it to keep a place.
class JsonEscape {
public:
    JsonEscape() = default;
    explicit JsonEscape(Text source) : source_(source) {}

    // Writes up to `capacity` bytes of escaped text; returns how many. 0 when done.
    [[nodiscard]] size_t write(char* out, size_t capacity);

    bool done() const { return at_ == source_.size; }
    void rewind();
    // Moves to a byte of the output; past its end means to its end. O(offset), from the start.
    void seek(size_t output_offset);

    // The bytes that can go to the wire straight from the source now (empty inside an escape);
    // skip_plain tells that `size` of them went.
    Text plain() const;
    void skip_plain(size_t size);

    size_t source_offset() const { return at_; }

private:
    Text source_{nullptr, 0};
    size_t at_ = 0;        // next source byte
    uint8_t escaped_ = 0;  // bytes of its escape that are out already
};

constexpr uint32_t json_writer_depth_max = 64;

// Writes one JSON document into a fixed buffer; commas and colons come by themselves. When the
// buffer is full the rest is dropped and ok() turns false for good, so one check at the end is
// enough. Calls out of order (a value without its key, an end without its begin) are programming
// errors and trip a check.
class JsonWriter {
public:
    JsonWriter(char* out, size_t capacity) : out_(out), capacity_(capacity) {}

    void begin_object();
    void end_object();
    void begin_array();
    void end_array();
    void key(Text name);
    void string(Text value);
    void integer(int64_t value);
    void number(double value);  // NaN and infinities have no JSON form: they make ok() false
    void boolean(bool value);
    void null();
    // A value that is JSON text already, taken as it is; must not be empty.
    void raw(Text json);

    bool ok() const { return !overflow_ && !not_finite_; }
    bool overflow() const { return overflow_; }
    // True when every begin has met its end and there is a value.
    bool complete() const { return depth_ == 0 && after_value_; }
    Text written() const { return text(out_, size_); }

private:
    void before_value();
    void open(char bracket, bool is_object);
    void close(char bracket, bool is_object);
    void put(Text t);
    void put_string(Text t);
    bool in_object() const { return depth_ > 0 && ((objects_ >> (depth_ - 1)) & 1u) != 0; }

    char* out_;
    size_t capacity_;
    size_t size_ = 0;
    uint64_t objects_ = 0;  // bit d: the container at depth d is an object
    uint32_t depth_ = 0;
    bool after_value_ = false;  // the container at hand has a value: a comma comes next
    bool after_key_ = false;
    bool overflow_ = false;
    bool not_finite_ = false;
};

}  // namespace leat
