// base/list.h: intrusive doubly linked list. Nodes live inside their owners, so linking never
// fails and unlinking is O(1). A node is in at most one list per embedded Link.
#pragma once

#include <stddef.h>

#include "base/check.h"

namespace leat {

struct Link {
    Link* previous = nullptr;
    Link* next = nullptr;
    void* owner = nullptr;
    bool linked() const { return next != nullptr; }
};

// List of T through its member `Link T::*M`.
template <typename T, Link T::*M>
class List {
public:
    void open() {
        head_.previous = &head_;
        head_.next = &head_;
        size_ = 0;
    }
    bool empty() const { return size_ == 0; }
    size_t size() const { return size_; }

    void push_back(T* item) { insert(&head_, item); }
    void push_front(T* item) { insert(head_.next, item); }
    // Before `place`, which is in this list.
    void insert_before(T* place, T* item) { insert(&(place->*M), item); }

    T* front() { return size_ == 0 ? nullptr : owner(head_.next); }
    T* back() { return size_ == 0 ? nullptr : owner(head_.previous); }
    T* next(T* item) {
        Link* const link = (item->*M).next;
        return link == &head_ ? nullptr : owner(link);
    }
    T* previous(T* item) {
        Link* const link = (item->*M).previous;
        return link == &head_ ? nullptr : owner(link);
    }

    T* pop_front() {
        T* const first = front();
        if (first != nullptr) remove(first);
        return first;
    }

    void remove(T* item) {
        Link* const link = &(item->*M);
        LEAT_CHECK(link->linked());
        LEAT_CHECK(size_ > 0);
        link->previous->next = link->next;
        link->next->previous = link->previous;
        link->previous = nullptr;
        link->next = nullptr;
        --size_;
    }

private:
    void insert(Link* place, T* item) {
        Link* const link = &(item->*M);
        LEAT_CHECK(!link->linked());
        LEAT_DCHECK(place->linked());
        link->owner = item;
        link->previous = place->previous;
        link->next = place;
        place->previous->next = link;
        place->previous = link;
        ++size_;
    }
    static T* owner(Link* link) { return static_cast<T*>(link->owner); }

    Link head_;
    size_t size_ = 0;
};

}  // namespace leat
