// One timer per connection, on a binary heap that thousands can wait in.
//
// Moving a timer later only writes its due time; the heap notices when the old time comes. So the
// idle timer, pushed back at every request, costs a store. Invariant: a connection is in the heap
// at most once, and its heap key is never later than its due time.
#pragma once

#include "buffer.h"

namespace mock {

constexpr uint64_t kNever = UINT64_MAX;

struct TimerNode {
    uint64_t due_ns = kNever;
    uint32_t heap_index = UINT32_MAX;
};

class Timers {
public:
    Timers() = default;
    Timers(const Timers&) = delete;
    Timers& operator=(const Timers&) = delete;
    ~Timers() { std::free(entries_); }

    void arm(TimerNode* node, uint64_t due_ns);
    void remove(TimerNode* node);
    // A node whose time has come, now out of the heap; nullptr when there is none.
    TimerNode* pop_due(uint64_t now_ns);
    uint64_t next_ns() const { return count_ == 0 ? kNever : entries_[0].key; }

private:
    struct Entry {
        uint64_t key;
        TimerNode* node;
    };
    void place(uint32_t index, Entry entry);
    void sift_up(uint32_t index, Entry entry);
    void sift_down(uint32_t index, Entry entry);

    Entry* entries_ = nullptr;
    uint32_t count_ = 0;
    uint32_t capacity_ = 0;
};

}  // namespace mock
