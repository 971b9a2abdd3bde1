// base/timers.cc: the heap behind timers.h. A node whose deadline moved away keeps its place until
// it comes to the top and is put right there: settle_top.
#include "base/timers.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {

namespace {
constexpr size_t arity = 4;
}

void Timers::open(void* memory, size_t capacity) {
    LEAT_CHECK(memory != nullptr || capacity == 0);
    LEAT_CHECK(capacity < UINT32_MAX);
    heap_ = static_cast<Timer**>(memory);
    capacity_ = capacity;
    size_ = 0;
}

void Timers::place_at(size_t index, Timer* timer) {
    LEAT_DCHECK(index < size_);
    heap_[index] = timer;
    timer->place = static_cast<uint32_t>(index);
}

void Timers::sift_up(size_t index) {
    Timer* const timer = heap_[index];
    while (index > 0) {
        const size_t parent = (index - 1) / arity;
        if (heap_[parent]->heap_at_ns <= timer->heap_at_ns) break;
        place_at(index, heap_[parent]);
        index = parent;
    }
    place_at(index, timer);
}

void Timers::sift_down(size_t index) {
    Timer* const timer = heap_[index];
    for (;;) {
        const size_t first = index * arity + 1;
        if (first >= size_) break;
        size_t least = first;
        const size_t end = min_of(first + arity, size_);
        for (size_t child = first + 1; child < end; ++child) {
            if (heap_[child]->heap_at_ns < heap_[least]->heap_at_ns) least = child;
        }
        if (heap_[least]->heap_at_ns >= timer->heap_at_ns) break;
        place_at(index, heap_[least]);
        index = least;
    }
    place_at(index, timer);
}

void Timers::set(Timer* timer, uint64_t at_ns) {
    LEAT_CHECK(timer != nullptr);
    if (at_ns == never_ns) {
        clear(timer);
        return;
    }
    timer->at_ns = at_ns;
    if (!timer->queued()) {
        LEAT_CHECK(size_ < capacity_);
        timer->heap_at_ns = at_ns;
        ++size_;
        place_at(size_ - 1, timer);
        sift_up(size_ - 1);
    } else if (at_ns < timer->heap_at_ns) {
        timer->heap_at_ns = at_ns;
        sift_up(timer->place);
    }
}

void Timers::remove_at(size_t index) {
    LEAT_CHECK(index < size_);
    Timer* const gone = heap_[index];
    Timer* const last = heap_[size_ - 1];
    --size_;
    gone->place = UINT32_MAX;
    if (gone == last) return;
    place_at(index, last);
    sift_down(index);
    sift_up(last->place);
}

void Timers::clear(Timer* timer) {
    LEAT_CHECK(timer != nullptr);
    timer->at_ns = never_ns;
    if (timer->queued()) remove_at(timer->place);
    LEAT_DCHECK(!timer->queued());
}

// Puts right every node at the top whose deadline has moved away since it was queued.
void Timers::settle_top() {
    while (size_ > 0 && heap_[0]->heap_at_ns < heap_[0]->at_ns) {
        heap_[0]->heap_at_ns = heap_[0]->at_ns;
        sift_down(0);
    }
}

Timer* Timers::pop_due(uint64_t now_ns) {
    settle_top();
    if (size_ == 0 || heap_[0]->at_ns > now_ns) return nullptr;
    Timer* const due = heap_[0];
    LEAT_DCHECK(due->queued());
    clear(due);
    return due;
}

uint64_t Timers::next_ns() {
    settle_top();
    return size_ == 0 ? never_ns : heap_[0]->at_ns;
}

}  // namespace leat
