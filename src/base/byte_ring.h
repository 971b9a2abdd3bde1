// base/byte_ring.h: contiguous pieces of memory, taken and given back in the same order.
// Serves the intake: text of submitted items that waits for its turn. A piece that would cross
// the end of the range begins at its start instead; the gap is charged to that piece.
// Invariant: used() is the sum of what take() charged and give_back() did not return yet.
#pragma once

#include <stddef.h>

#include "base/check.h"
#include "base/narrow.h"
#include "base/poison.h"
#include "base/secret.h"

namespace leat {

class ByteRing {
public:
    void open(void* memory, size_t bytes) {
        LEAT_CHECK(memory != nullptr || bytes == 0);
        base_ = static_cast<char*>(memory);
        bytes_ = bytes;
        tail_ = 0;
        used_ = 0;
        touched_ = 0;
        poison(base_, bytes_);
    }

    size_t used() const { return used_; }
    size_t capacity() const { return bytes_; }

    // nullptr when there is no room now. *charged is what give_back wants later.
    // Pieces are aligned to 16; size is rounded up to that.
    char* take(size_t wanted, size_t* charged) {
        LEAT_CHECK(charged != nullptr);
        if (wanted > bytes_) return nullptr;
        const size_t size = align_up(wanted, 16);
        const size_t to_end = bytes_ - tail_;
        const bool wraps = size > to_end;
        const size_t gap = wraps ? to_end : 0;
        if (size > bytes_ || gap + size > bytes_ - used_) return nullptr;
        const size_t at = wraps ? 0 : tail_;
        LEAT_CHECK(at + size <= bytes_);
        tail_ = at + size;
        touched_ = max_of(touched_, tail_);
        used_ += gap + size;
        *charged = gap + size;
        unpoison(base_ + at, size);
        return base_ + at;
    }

    // The oldest piece: its address, its size and what it was charged.
    void give_back(char* piece, size_t size, size_t charged) {
        LEAT_CHECK(charged <= used_);
        LEAT_CHECK(size <= charged);
        poison(piece, size);
        used_ -= charged;
        if (used_ == 0) tail_ = 0;
    }

    // Overwrites with zeros all that was ever given, for the ring's end.
    void wipe_used() {
        unpoison(base_, touched_);
        wipe(base_, touched_);
    }

private:
    char* base_ = nullptr;
    size_t bytes_ = 0;
    size_t tail_ = 0;
    size_t used_ = 0;
    size_t touched_ = 0;
};

}  // namespace leat
