// base/ring.h: a first-in first-out queue of fixed capacity in memory given by the owner.
// Invariant: size() <= capacity(); the oldest entry is front().
#pragma once

#include <stddef.h>

#include "base/check.h"

namespace leat {

template <typename T>
class Ring {
public:
    static constexpr size_t bytes_for(size_t capacity) { return capacity * sizeof(T); }

    void open(void* memory, size_t capacity) {
        LEAT_CHECK(memory != nullptr && capacity > 0);
        entries_ = static_cast<T*>(memory);
        capacity_ = capacity;
        first_ = 0;
        size_ = 0;
    }

    size_t size() const { return size_; }
    size_t capacity() const { return capacity_; }
    bool empty() const { return size_ == 0; }
    bool full() const { return size_ == capacity_; }

    // The next free entry becomes the newest; nullptr when full. Its content is what was there.
    T* push() {
        if (full()) return nullptr;
        ++size_;
        return at(size_ - 1);
    }
    T* front() { return empty() ? nullptr : at(0); }
    // The i-th oldest.
    T* at(size_t i) {
        LEAT_CHECK(i < size_);
        const size_t place = first_ + i;
        return &entries_[place < capacity_ ? place : place - capacity_];
    }
    void pop() {
        LEAT_CHECK(!empty());
        first_ = first_ + 1 == capacity_ ? 0 : first_ + 1;
        --size_;
    }

private:
    T* entries_ = nullptr;
    size_t capacity_ = 0;
    size_t first_ = 0;
    size_t size_ = 0;
};

}  // namespace leat
