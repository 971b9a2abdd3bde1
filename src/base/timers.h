// base/timers.h: deadlines on an intrusive 4-ary heap of fixed capacity.
// set() that moves a deadline further away costs O(1): the node stays where it is and is put right
// when its old place comes up. A request therefore pays no heap operation for timeouts that do not
// fire. Time is an argument; nothing here reads a clock.
// Invariant: heap[i]->place == i, and heap_at of a parent <= heap_at of its children.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace leat {

constexpr uint64_t never_ns = UINT64_MAX;

struct Timer {
    uint64_t at_ns = never_ns;  // when it is due
    uint64_t heap_at_ns = 0;    // the key it has in the heap, <= at_ns while queued
    uint32_t place = UINT32_MAX;
    uint32_t kind = 0;      // free for the owner: what to do
    void* owner = nullptr;  // free for the owner: with whom
    bool queued() const { return place != UINT32_MAX; }
};

class Timers {
public:
    // Memory for `capacity` timers that are set at once.
    static size_t bytes_for(size_t capacity) { return capacity * sizeof(Timer*); }
    void open(void* memory, size_t capacity);

    void set(Timer* timer, uint64_t at_ns);
    void clear(Timer* timer);

    // The next timer that is due at now_ns, already cleared; nullptr when none is.
    Timer* pop_due(uint64_t now_ns);

    // When the next one is due; never_ns when none is set. May move nodes to find out.
    uint64_t next_ns();

    size_t size() const { return size_; }

private:
    void settle_top();
    void place_at(size_t index, Timer* timer);
    void sift_up(size_t index);
    void sift_down(size_t index);
    void remove_at(size_t index);

    Timer** heap_ = nullptr;
    size_t size_ = 0;
    size_t capacity_ = 0;
};

}  // namespace leat
