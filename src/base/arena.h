// base/arena.h: bump allocation inside a fixed range, from both of its ends. One arena serves one item (or
// the client while it is being laid out); it is reset whole, in O(1), and never grows. What take() gives
// can be rewound; what keep() gives, from the other end, stays until reset().
// Invariant: base <= cursor <= end. Freed and never-given bytes are poisoned under ASan.
#pragma once

#include <leat/status.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/poison.h"

namespace leat {

class Arena {
public:
    void open(void* base, size_t bytes);
    // Everything given so far becomes invalid.
    void reset();
    // Back to an earlier mark(): what was given since becomes invalid.
    void rewind(size_t mark);
    size_t mark() const { return static_cast<size_t>(cursor_ - base_); }

    // nullptr when there is no room. Not zeroed.
    void* take(size_t size, size_t alignment);

    template <typename T>
    T* make(size_t count = 1) {
        if (count > static_cast<size_t>(-1) / sizeof(T)) return nullptr;
        return static_cast<T*>(take(sizeof(T) * count, alignof(T)));
    }

    // A copy of t; data is nullptr when there was no room (also when t is empty and there was).
    bool copy(Text t, Text* out);

    // The same two from the other end, for what outlives rewinds. Not while lend_end's loan is out.
    void* keep(size_t size, size_t alignment);
    bool keep_copy(Text t, Text* out);
    template <typename T>
    T* keep_made(size_t count = 1) {
        if (count > static_cast<size_t>(-1) / sizeof(T)) return nullptr;
        return static_cast<T*>(keep(sizeof(T) * count, alignof(T)));
    }

    // Text that grows at the end of the arena: begin, then append or commit any number of times.
    // Nothing else may be taken meanwhile; text is begin..cursor.
    char* begin_text() { return cursor_; }
    bool append(Text t) {
        char* const at = extend(t.size);
        if (at == nullptr) return false;
        if (t.size > 0) memcpy(at, t.data, t.size);
        return true;
    }
    size_t room() const { return static_cast<size_t>(end_ - cursor_); }
    // Claims `size` more bytes in place (their content is what was written there before).
    char* extend(size_t size) {
        if (size > room()) return nullptr;
        char* const at = cursor_;
        unpoison(at, size);
        cursor_ += size;
        note_peak();
        return at;
    }

    // Lends the last `bytes` (at most room()) to something that lives beside what grows here;
    // nullptr for 0 bytes. One loan at a time, and no rewind under it.
    char* lend_end(size_t bytes);
    // The loan is over; its first `used` bytes, which may hold what a peer sent, are zeroed.
    void take_end_back(size_t used);

    // Overwrites with zeros all that was ever given, for the arena's end.
    void wipe_used();

    size_t used_peak() const { return peak_ + kept_peak_; }
    size_t capacity() const { return static_cast<size_t>(end_ - base_) + lent_ + kept_; }

private:
    void note_peak() {
        if (mark() > peak_) peak_ = mark();
    }

    char* base_ = nullptr;
    char* cursor_ = nullptr;
    char* end_ = nullptr;
    size_t lent_ = 0;  // bytes behind end_ that are lent
    size_t kept_ = 0;  // bytes behind end_ and the loan that are kept
    size_t peak_ = 0;
    size_t kept_peak_ = 0;
};

}  // namespace leat
