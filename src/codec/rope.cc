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
    segment->form = RopeForm::plain;
    return segment;
}

void add_borrowed(leat_rope* rope, Text t, RopeForm form, size_t wire_size) {
    RopeSegment* const segment = add_segment(rope);
    if (segment == nullptr) return;
    segment->source = t;
    segment->form = form;
    rope->growing = nullptr;
    rope->rope.total_bytes += wire_size;
}

}  // namespace

char* rope_extend_far(leat_rope* rope, size_t size) {
    if (rope->status != LEAT_OK) return nullptr;
    RopeSegment* const segment = add_segment(rope);
    if (segment == nullptr) return nullptr;
    char* const at = rope->arena->extend(size);
    if (at == nullptr) {
        fail(rope, LEAT_E_ITEM_MEMORY);
        return nullptr;
    }
    segment->source = text(at, size);
    rope->growing = segment;
    rope->rope.total_bytes += size;
    return at;
}

void RopeReader::rewind(const Rope& rope) {
    block_ = rope.first;
    index_ = 0;
    if (block_ != nullptr && block_->count == 0) block_ = nullptr;
    enter_segment();
}

void RopeReader::enter_segment() {
    offset_ = 0;
    if (block_ == nullptr) return;
    if (segment()->form == RopeForm::escaped) escape_ = JsonEscape(segment()->source);
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
        if (at->form == RopeForm::escaped) {
            filled += escape_.write(out + filled, capacity - filled);
            if (escape_.done()) next_segment();
            continue;
        }
        if (at->form == RopeForm::base64) {
            const size_t here =
                base64_write(at->source, offset_, out + filled, capacity - filled);
            filled += here;
            offset_ += here;
            if (offset_ == base64_size(at->source.size)) next_segment();
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
    if (block_ == nullptr || segment()->form != RopeForm::plain) return Text{nullptr, 0};
    const Text rest = tail(segment()->source, offset_);
    return rest.size >= least ? rest : Text{nullptr, 0};
}

void RopeReader::skip(size_t size) {
    LEAT_CHECK(block_ != nullptr && segment()->form == RopeForm::plain);
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
    if (rope->headers == nullptr) {
        rope->headers = rope->arena->make<leat_header>(leat::rope_headers_max);
        if (rope->headers == nullptr) {
            leat::fail(rope, LEAT_E_ITEM_MEMORY);
            return;
        }
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
        leat::rope_put(rope, bytes);
    } else {
        leat::add_borrowed(rope, bytes, leat::RopeForm::plain, bytes.size);
    }
}

void leat_rope_copy(leat_rope* rope, leat_str bytes) {
    LEAT_CHECK(rope != nullptr);
    if (rope->status != LEAT_OK || bytes.size == 0) return;
    leat::rope_put(rope, bytes);
}

static void put_quoted(leat_rope* rope, Text escaped) {
    leat::rope_put(rope, leat::text("\""));
    leat::add_borrowed(rope, escaped, leat::RopeForm::plain, escaped.size);
    leat::rope_put(rope, leat::text("\""));
}

// Text with escapes or beyond ASCII.
static void put_special_string(leat_rope* rope, Text text) {
    if (!leat::utf8_valid(text)) {
        leat::fail(rope, LEAT_E_TEXT);
        return;
    }
    const size_t escaped = leat::json_escaped_size(text);
    leat::rope_put(rope, leat::text("\""));
    if (escaped == text.size) {
        leat_rope_bytes(rope, text);
    } else if (rope->status == LEAT_OK) {
        leat::add_borrowed(rope, text, leat::RopeForm::escaped, escaped);
    }
    if (rope->status == LEAT_OK) leat::rope_put(rope, leat::text("\""));
}

void leat_rope_json_string(leat_rope* rope, leat_str text) {
    LEAT_CHECK(rope != nullptr);
    if (rope->status != LEAT_OK) return;
    if (text.size > leat::inline_bytes_max) {
        const leat::KnownText* const known = rope->known.find(text);
        if (known != nullptr) {
            put_quoted(rope, known->escaped);
            return;
        }
    }
    if (!leat::is_plain_ascii(text.data, text.size)) {
        put_special_string(rope, text);
        return;
    }
    if (text.size > leat::inline_bytes_max) {
        put_quoted(rope, text);
        return;
    }
    char* const at = leat::rope_extend(rope, text.size + 2);
    if (at == nullptr) return;
    at[0] = '"';
    if (text.size > 0) memcpy(at + 1, text.data, text.size);
    at[text.size + 1] = '"';
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
    if (rope->status != LEAT_OK) return;
    leat::rope_put(rope, leat::text(digits, leat::print_int(digits, value)));
}

void leat_rope_base64(leat_rope* rope, leat_str bytes) {
    LEAT_CHECK(rope != nullptr);
    if (rope->status != LEAT_OK || bytes.size == 0) return;
    leat::add_borrowed(rope, bytes, leat::RopeForm::base64, leat::base64_size(bytes.size));
}

void leat_rope_ignored(leat_rope* rope, uint32_t fields) {
    LEAT_CHECK(rope != nullptr);
    rope->ignored |= fields;
}

void leat_rope_fail(leat_rope* rope, leat_status status) {
    LEAT_CHECK(rope != nullptr && status != LEAT_OK);
    leat::fail(rope, status);
}
