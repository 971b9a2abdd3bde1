// The heap itself. See timers.h.
// An entry's key is never later than its node's due time, so no timer is noticed late.
#include "timers.h"

namespace mock {

void Timers::place(uint32_t index, Entry entry) {
    entries_[index] = entry;
    entry.node->heap_index = index;
}

void Timers::sift_up(uint32_t index, Entry entry) {
    while (index != 0) {
        const uint32_t parent = (index - 1) / 2;
        if (entries_[parent].key <= entry.key) break;
        place(index, entries_[parent]);
        index = parent;
    }
    place(index, entry);
}

void Timers::sift_down(uint32_t index, Entry entry) {
    for (;;) {
        uint32_t child = index * 2 + 1;
        if (child >= count_) break;
        if (child + 1 < count_ && entries_[child + 1].key < entries_[child].key) ++child;
        if (entry.key <= entries_[child].key) break;
        place(index, entries_[child]);
        index = child;
    }
    place(index, entry);
}

void Timers::arm(TimerNode* node, uint64_t due_ns) {
    node->due_ns = due_ns;
    if (node->heap_index != UINT32_MAX) {
        if (due_ns < entries_[node->heap_index].key) sift_up(node->heap_index, {due_ns, node});
        return;
    }
    if (due_ns == kNever) return;
    if (count_ == capacity_) {
        capacity_ = capacity_ == 0 ? 1024 : capacity_ * 2;
        void* moved = std::realloc(entries_, capacity_ * sizeof(Entry));
        if (moved == nullptr) out_of_memory();
        entries_ = static_cast<Entry*>(moved);
    }
    sift_up(count_++, {due_ns, node});
}

void Timers::remove(TimerNode* node) {
    const uint32_t index = node->heap_index;
    node->heap_index = UINT32_MAX;
    node->due_ns = kNever;
    if (index == UINT32_MAX) return;
    const Entry last = entries_[--count_];
    if (index == count_) return;
    if (index != 0 && last.key < entries_[(index - 1) / 2].key) {
        sift_up(index, last);
    } else {
        sift_down(index, last);
    }
}

TimerNode* Timers::pop_due(uint64_t now_ns) {
    while (count_ != 0 && entries_[0].key <= now_ns) {
        TimerNode* node = entries_[0].node;
        if (node->due_ns > now_ns && node->due_ns != kNever) {
            sift_down(0, {node->due_ns, node});  // it was moved later meanwhile
            continue;
        }
        const bool due = node->due_ns <= now_ns;
        remove(node);
        if (due) return node;
    }
    return nullptr;
}

}  // namespace mock
