// port/sqlite/heap.h: the allocator behind SQLite in one fixed range: blocks of powers of two that are
// split and joined (buddies). Depends on libc only; knows nothing of SQLite.
// Invariants: every unit of the range belongs to one block; two buddies are never both free; a
// block's place is a multiple of its size; used <= peak.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace leat_sqlite {

class Heap {
public:
    // memory is aligned to 16. False when it holds not even one block.
    bool open(void* memory, size_t bytes);
    bool is_open() const { return units_ != nullptr; }
    void close();

    // Aligned to 16, not zeroed; nullptr when there is no room, and for 0 bytes.
    void* take(size_t size);
    // place is of take(), and in use: all else ends the program. nullptr is ignored.
    void give(void* place);
    // What the block of `place` holds, at least what was asked for.
    size_t size_of(const void* place) const;
    // What a block for so many bytes holds; 0 when there can be none.
    static size_t round_up(size_t size);

    size_t used() const { return used_; }
    size_t peak() const { return peak_; }
    // For tests: walks all blocks and lists; false when an invariant is broken.
    bool is_sound() const;

private:
    static constexpr unsigned orders = 26;  // up to 1 GiB
    static constexpr size_t unit_bytes = 32;

    struct Free {
        Free* next;
        Free* previous;
    };

    char* at(size_t unit) const { return units_ + unit * unit_bytes; }
    size_t unit_of(const void* place) const;
    void insert(size_t unit, unsigned order);
    void remove(size_t unit, unsigned order);

    char* units_ = nullptr;
    uint8_t* orders_ = nullptr;  // of the block that begins at a unit, with free_bit; else no_block
    size_t units_count_ = 0;
    size_t used_ = 0;
    size_t peak_ = 0;
    Free* lists_[orders] = {};
};

}  // namespace leat_sqlite
