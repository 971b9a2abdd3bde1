// codec/rope.cc: building and reading ropes. See rope.h. The leat_rope_* functions are the public
// ones of leat/adapter.h; a failure sticks in the rope's status.
#include "codec/rope.h"

#include "base/check.h"
#include "codec/number.h"
#include "codec/scan_simd.h"
#include "codec/utf8.h"

namespace leat {

namespace {

// Up to this size bytes are copied beside their neighbours, so that short pieces make one segment.
constexpr size_t inline_bytes_max = 256;

bool is_one_line(Text t) {
    return find_byte(t, '\r') == not_found && find_byte(t, '\n') == not_found &&
           find_byte(t, '\0') == not_found;
}

void fail(leat_rope* rope, leat_status status) {
    if (rope->status == LEAT_OK) rope->status = status;
}

RopeSegment* last_segment(leat_rope* rope) {
    if (rope->last == nullptr || rope->last->count == 0) return nullptr;
    return &rope->last->segments[rope->last->count - 1];
}

RopeSegment* add_segment(leat_rope* rope) {
    if (rope->last == nullptr || rope->last->count == rope_block_segments) {
        RopeBlock* const block = rope->arena->make<RopeBlock>();
        if (block == nullptr) {
            fail(rope, LEAT_E_ITEM_MEMORY);
            return nullptr;
        }
        block->next = nullptr;
        block->count = 0;
        if (rope->last == nullptr) {
            rope->rope.first = block;
        } else {
            rope->last->next = block;
        }
        rope->last = block;
    }
    RopeSegment* const segment = &rope->last->segments[rope->last->count++];
    segment->source = Text{nullptr, 0};
    segment->escape = false;
    return segment;
}

void add_borrowed(leat_rope* rope, Text t, bool escape, size_t wire_size) {
    RopeSegment* const segment = add_segment(rope);
    if (segment == nullptr) return;
    segment->source = t;
    segment->escape = escape;
    rope->rope.total_bytes += wire_size;
}

void add_copied(leat_rope* rope, Text t) {
    RopeSegment* segment = last_segment(rope);
    const bool continues = segment != nullptr && !segment->escape &&
                           segment->source.data + segment->source.size == rope->arena->begin_text();
    if (!continues) {
        segment = add_segment(rope);
        if (segment == nullptr) return;
        segment->source = text(rope->arena->begin_text(), 0);
    }
    if (!rope->arena->append(t)) {
        fail(rope, LEAT_E_ITEM_MEMORY);
        return;
    }
    segment->source.size += t.size;
    rope->rope.total_bytes += t.size;
}

}  // namespace

void RopeReader::rewind(const Rope& rope) {
    block_ = rope.first;
    index_ = 0;
    if (block_ != nullptr && block_->count == 0) block_ = nullptr;
    enter_segment();
}

void RopeReader::enter_segment() {
    offset_ = 0;
    if (block_ != nullptr && segment()->escape) escape_ = JsonEscape(segment()->source);
}

void RopeReader::next_segment() {
    LEAT_DCHECK(block_ != nullptr);
    if (++index_ == block_->count) {
        block_ = block_->next;
        index_ = 0;
    }
    enter_segment();
}

size_t RopeReader::fill(char* out, size_t capacity) {
    LEAT_CHECK(out != nullptr || capacity == 0);
    size_t filled = 0;
    while (block_ != nullptr && filled < capacity) {
        const RopeSegment* const at = segment();
        if (at->escape) {
            filled += escape_.write(out + filled, capacity - filled);
            if (escape_.done()) next_segment();
            continue;
        }
        const size_t left = at->source.size - offset_;
        const size_t room = capacity - filled;
        const size_t size = left < room ? left : room;
        if (size > 0) memcpy(out + filled, at->source.data + offset_, size);
        filled += size;
        offset_ += size;
        if (offset_ == at->source.size) next_segment();
    }
    return filled;
}

Text RopeReader::direct(size_t least) {
    if (block_ == nullptr || segment()->escape) return Text{nullptr, 0};
    const Text rest = tail(segment()->source, offset_);
    return rest.size >= least ? rest : Text{nullptr, 0};
}

void RopeReader::skip(size_t size) {
    LEAT_CHECK(block_ != nullptr && !segment()->escape);
    LEAT_CHECK(size <= segment()->source.size - offset_);
    offset_ += size;
    if (offset_ == segment()->source.size) next_segment();
}

}  // namespace leat

using leat::Text;

void leat_rope_path(leat_rope* rope, leat_str path) {
    LEAT_CHECK(rope != nullptr);
    if (!rope->arena->copy(path, &rope->path)) leat::fail(rope, LEAT_E_ITEM_MEMORY);
}

void leat_rope_header(leat_rope* rope, leat_str name, leat_str value) {
    LEAT_CHECK(rope != nullptr);
    if (!leat::is_one_line(name) || !leat::is_one_line(value)) {
        leat::fail(rope, LEAT_E_TEXT);
        return;
    }
    if (rope->headers_count == leat::rope_headers_max) {
        leat::fail(rope, LEAT_E_TOO_MANY);
        return;
    }
    leat_header* const header = &rope->headers[rope->headers_count];
    if (!rope->arena->copy(name, &header->name) || !rope->arena->copy(value, &header->value)) {
        leat::fail(rope, LEAT_E_ITEM_MEMORY);
        return;
    }
    ++rope->headers_count;
}

void leat_rope_bytes(leat_rope* rope, leat_str bytes) {
    LEAT_CHECK(rope != nullptr);
    if (rope->status != LEAT_OK || bytes.size == 0) return;
    if (bytes.size <= leat::inline_bytes_max) {
        leat::add_copied(rope, bytes);
    } else {
        leat::add_borrowed(rope, bytes, false, bytes.size);
    }
}

void leat_rope_copy(leat_rope* rope, leat_str bytes) {
    LEAT_CHECK(rope != nullptr);
    if (rope->status != LEAT_OK || bytes.size == 0) return;
    leat::add_copied(rope, bytes);
}

void leat_rope_json_string(leat_rope* rope, leat_str text) {
    LEAT_CHECK(rope != nullptr);
    if (rope->status != LEAT_OK) return;
    // Most text is ASCII without escapes, which one look can tell.
    bool high = false;
    const bool plain = leat::string_run_far(text.data, text.size, &high) == text.size && !high;
    if (!plain && !leat::utf8_valid(text)) {
        leat::fail(rope, LEAT_E_TEXT);
        return;
    }
    const size_t escaped = plain ? text.size : leat::json_escaped_size(text);
    leat::add_copied(rope, leat::text("\""));
    if (escaped == text.size) {
        leat_rope_bytes(rope, text);
    } else if (rope->status == LEAT_OK) {
        leat::add_borrowed(rope, text, true, escaped);
    }
    if (rope->status == LEAT_OK) leat::add_copied(rope, leat::text("\""));
}

void leat_rope_json_number(leat_rope* rope, double value) {
    char digits[leat::number_bytes_max];
    const size_t size = leat::print_double(digits, value);
    if (size == 0) {
        leat::fail(rope, LEAT_E_ARGUMENT);
        return;
    }
    leat_rope_copy(rope, leat::text(digits, size));
}

void leat_rope_json_integer(leat_rope* rope, int64_t value) {
    char digits[leat::number_bytes_max];
    leat_rope_copy(rope, leat::text(digits, leat::print_int(digits, value)));
}
