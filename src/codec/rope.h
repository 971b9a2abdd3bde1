// codec/rope.h: a request body as a list of segments, and the reader that turns it into bytes.
// A segment refers to bytes that stay as they are, to text that is JSON-escaped while it is read,
// or to bytes that become base64; long text therefore goes from the caller's memory to the socket
// without a second copy.
// Depends on base, codec/json_write and known_text. Segments live in the item's arena.
// Invariant: total_bytes is the sum of what RopeReader puts out; reading again gives equal bytes.
#pragma once

#include <leat/adapter.h>

#include "base/arena.h"
#include "codec/base64.h"
#include "codec/json_write.h"
#include "codec/known_text.h"

namespace leat {

enum class RopeForm : uint8_t {
    plain,    // source goes out as it is
    escaped,  // as the inside of a JSON string
    base64
};

struct RopeSegment {
    Text source;
    RopeForm form;
};

constexpr uint32_t rope_block_segments = 6;

struct RopeBlock {
    RopeBlock* next;
    uint32_t count;
    RopeSegment segments[rope_block_segments];
};

// The finished body.
struct Rope {
    RopeBlock* first = nullptr;
    uint64_t total_bytes = 0;
};

constexpr uint32_t rope_headers_max = 16;

// Reads a rope's bytes from any place on. A copy of a reader keeps its place.
class RopeReader {
public:
    RopeReader() = default;
    explicit RopeReader(const Rope& rope) { rewind(rope); }
    void rewind(const Rope& rope);

    // Writes up to capacity bytes into out; returns how many; 0 at the end.
    size_t fill(char* out, size_t capacity);

    // The bytes that lie ready in somebody's memory at this place, if they are at least `least`;
    // else empty. skip() tells that some of them went.
    Text direct(size_t least);
    void skip(size_t size);

    bool done() const { return block_ == nullptr; }

private:
    const RopeSegment* segment() const { return &block_->segments[index_]; }
    void next_segment();
    void enter_segment();

    const RopeBlock* block_ = nullptr;
    uint32_t index_ = 0;
    size_t offset_ = 0;   // into a plain segment; of base64: into what comes out
    JsonEscape escape_;   // place in a segment with escapes
};

}  // namespace leat

// The builder behind the public name: what an adapter writes to. Its headers lie in the arena.
struct leat_rope {
    leat::Arena* arena = nullptr;
    leat::Rope rope;
    leat::RopeBlock* last = nullptr;
    leat::RopeSegment* growing = nullptr;  // the last segment, when it is copied text
    leat::KnownTexts known;                // which its texts may be among
    leat::Text path{nullptr, 0};
    leat_header* headers = nullptr;
    uint32_t headers_count = 0;
    uint32_t ignored = 0;  // LEAT_FIELD_*
    leat_status status = LEAT_OK;
};

namespace leat {

// rope_extend where there is no text at the arena's end that could grow.
char* rope_extend_far(leat_rope* rope, size_t size);

// Room for `size` more bytes of copied text, to be written at once; nullptr when there is none,
// which the rope's status then says. In line, as a request is put together from short pieces.
inline char* rope_extend(leat_rope* rope, size_t size) {
    RopeSegment* const growing = rope->growing;
    if (growing == nullptr) return rope_extend_far(rope, size);
    if (growing->source.data + growing->source.size != rope->arena->begin_text()) {
        return rope_extend_far(rope, size);
    }
    char* const at = rope->arena->extend(size);
    if (at == nullptr) return rope_extend_far(rope, size);
    growing->source.size += size;
    rope->rope.total_bytes += size;
    return at;
}

// Copies a short piece; a literal's comes down to a few stores.
inline void rope_put(leat_rope* rope, Text t) {
    char* const at = rope_extend(rope, t.size);
    if (at != nullptr && t.size > 0) memcpy(at, t.data, t.size);
}

}  // namespace leat
