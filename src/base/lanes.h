// base/lanes.h: a queue of fixed capacity with three lanes: within a lane first in, first out; among
// lanes with entries turns are dealt six, two, one, so that no lane starves another.
// Depends on base/check. Invariant: each entry is in one lane or free; front() stays the same entry
// until pop() or until a lane that was empty gets one.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/check.h"

namespace leat {

template <typename T>
class Lanes {
public:
    static constexpr uint32_t lanes_count = 3;
    static constexpr size_t bytes_for(size_t capacity) { return capacity * sizeof(Node); }

    void open(void* memory, size_t capacity) {
        LEAT_CHECK(memory != nullptr && capacity > 0 && capacity < none);
        *this = Lanes{};
        nodes_ = static_cast<Node*>(memory);
        capacity_ = static_cast<uint32_t>(capacity);
    }

    size_t size() const { return lanes_[0].size + lanes_[1].size + lanes_[2].size; }
    size_t capacity() const { return capacity_; }
    bool empty() const { return size() == 0; }
    bool full() const { return size() == capacity_; }

    // A new entry, the lane's last; nullptr when full. Its content is what was there.
    T* push(uint32_t lane) {
        LEAT_CHECK(lane < lanes_count);
        if (full()) return nullptr;
        const uint32_t at = take_free();
        Lane* const its = &lanes_[lane];
        nodes_[at].next = none;
        if (its->size == 0) {
            its->first = at;
        } else {
            nodes_[its->last].next = at;
        }
        its->last = at;
        ++its->size;
        return &nodes_[at].value;
    }

    T* front() { return empty() ? nullptr : &nodes_[lanes_[lane_in_turn()].first].value; }

    void pop() {
        LEAT_CHECK(!empty());
        const uint32_t lane = lane_in_turn();
        Lane* const its = &lanes_[lane];
        const uint32_t at = its->first;
        its->first = nodes_[at].next;
        --its->size;
        nodes_[at].next = free_;
        free_ = at;
        turn_ = (turn_ + 1) % turns_count;
    }

    // Calls visit(T*) for each entry, lane by lane, until it answers true; that is the answer.
    template <typename Visit>
    bool find(Visit visit) {
        for (const Lane& lane : lanes_) {
            uint32_t at = lane.first;
            for (size_t n = 0; n < lane.size; ++n, at = nodes_[at].next) {
                if (visit(&nodes_[at].value)) return true;
            }
        }
        return false;
    }

private:
    static constexpr uint32_t none = UINT32_MAX;
    // Lane 1 is the urgent one, 0 the normal, 2 the background's.
    static constexpr uint32_t turns_count = 9;
    static constexpr uint8_t turns_[turns_count] = {1, 1, 0, 1, 1, 2, 1, 0, 1};

    struct Node {
        T value;
        uint32_t next;
    };
    struct Lane {
        uint32_t first = 0;
        uint32_t last = 0;
        size_t size = 0;
    };

    uint32_t take_free() {
        if (free_ == none) {
            LEAT_CHECK(touched_ < capacity_);
            return touched_++;
        }
        const uint32_t at = free_;
        free_ = nodes_[at].next;
        return at;
    }

    // The lane whose turn it is, or the next one that has an entry.
    uint32_t lane_in_turn() const {
        for (uint32_t n = 0; n < turns_count; ++n) {
            const uint32_t lane = turns_[(turn_ + n) % turns_count];
            if (lanes_[lane].size > 0) return lane;
        }
        LEAT_CHECK(false);
        return 0;
    }

    Node* nodes_ = nullptr;
    Lane lanes_[lanes_count];
    uint32_t capacity_ = 0;
    uint32_t touched_ = 0;    // nodes that were ever used
    uint32_t free_ = none;
    uint32_t turn_ = 0;
};

}  // namespace leat
