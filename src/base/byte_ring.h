// base/byte_ring.h: contiguous pieces of memory, taken one after the other and given back in any
// order. Serves the intake: text of submitted items that waits for its turn. A piece that would cross
// the end of the range begins at its start instead; the gap is charged to that piece. What was given
// back serves again as soon as all that was taken before it has come back as well.
// Invariant: used() is the sum of what take() charged and what has not become free again; in front of
// each piece stands how much it was charged.
#pragma once

#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "base/narrow.h"
#include "base/poison.h"
#include "base/secret.h"

namespace leat {

class ByteRing {
public:
    static constexpr size_t head_bytes = 16;

    void open(void* memory, size_t bytes) {
        LEAT_CHECK(memory != nullptr || bytes == 0);
        *this = ByteRing{};
        base_ = static_cast<char*>(memory);
        bytes_ = bytes & ~(head_bytes - 1);
        poison(base_, bytes_);
    }

    size_t used() const { return used_; }
    size_t capacity() const { return bytes_; }
    // The largest piece that an empty ring has room for.
    size_t piece_bytes_max() const { return bytes_ < head_bytes ? 0 : bytes_ - head_bytes; }

    // nullptr when there is no room now. Pieces are aligned to 16; size is rounded up to that.
    char* take(size_t wanted) {
        if (bytes_ < head_bytes || wanted > piece_bytes_max()) return nullptr;
        const size_t size = align_up(wanted, head_bytes) + head_bytes;
        const size_t to_end = bytes_ - tail_;
        const size_t gap = size > to_end ? to_end : 0;
        if (gap + size > bytes_ - used_) return nullptr;
        const size_t at = gap > 0 ? 0 : tail_;
        LEAT_CHECK(at + size <= bytes_);
        // The gap is passed over when the piece in front of it has come back.
        if (gap > 0) put_head(tail_, Head{gap, true});
        put_head(at, Head{size, false});
        tail_ = at + size == bytes_ ? 0 : at + size;
        touched_ = max_of(touched_, at + size);
        used_ += gap + size;
        unpoison(base_ + at + head_bytes, size - head_bytes);
        return base_ + at + head_bytes;
    }

    void give_back(char* piece) {
        const size_t at = static_cast<size_t>(piece - base_) - head_bytes;
        LEAT_CHECK(piece >= base_ + head_bytes && at < bytes_);
        Head head = head_of(at);
        LEAT_CHECK(!head.is_free && head.bytes <= used_);
        head.is_free = true;
        put_head(at, head);
        poison(piece, head.bytes - head_bytes);
        while (used_ > 0) {
            const Head first = head_of(first_);
            if (!first.is_free) return;
            used_ -= first.bytes;
            first_ += first.bytes;
            if (first_ == bytes_) first_ = 0;
        }
        first_ = 0;
        tail_ = 0;
    }

    // Overwrites with zeros all that was ever given, for the ring's end.
    void wipe_used() {
        unpoison(base_, touched_);
        wipe(base_, touched_);
    }

private:
    struct Head {
        size_t bytes;
        bool is_free;
    };
    static_assert(sizeof(Head) <= head_bytes);

    Head head_of(size_t at) const {
        LEAT_CHECK(at + head_bytes <= bytes_);
        Head head;
        memcpy(&head, base_ + at, sizeof head);
        return head;
    }
    void put_head(size_t at, Head head) {
        unpoison(base_ + at, head_bytes);
        memcpy(base_ + at, &head, sizeof head);
    }

    char* base_ = nullptr;
    size_t bytes_ = 0;
    size_t first_ = 0;  // where the oldest piece, or the gap in front of it, begins
    size_t tail_ = 0;
    size_t used_ = 0;
    size_t touched_ = 0;
};

}  // namespace leat
