// port/mbedtls/pool.h: the heap of the TLS library, in one fixed range.
// Two-level segregated fit: take and give cost the same however full the pool is; neighbours that
// are free are one block at once. Depends on libc only.
// Invariants: every byte of the range belongs to one block; no two free blocks touch; used <= peak.
// A take that found no room sets a latch: whoever runs the library must look at it, because the
// library may go on as if nothing had happened.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace leat::tls {

class Pool {
public:
    // memory is aligned to 16. Less than a few hundred bytes is an empty pool. Where all of it is 0
    // already, pages that were never in use stay untouched.
    void open(void* memory, size_t bytes, bool is_zero = false);
    // Every byte becomes 0; nothing can be taken until the next open.
    void close();

    // Zeroed; nullptr when there is no room or count * size overflows.
    void* take(size_t count, size_t size);
    // nullptr is allowed. A pointer that is not in use in this pool ends the program.
    void give(void* at);

    // Did a take fail since the last call? Clears the latch.
    bool take_failure();
    void latch_failure() { failed_ = true; }

    size_t capacity() const { return capacity_; }
    size_t used() const { return used_; }
    size_t peak() const { return peak_; }
    uint64_t failures() const { return failures_; }
    uint64_t takes() const { return takes_; }
    void restart_peak() { peak_ = used_; }

    // For tests: the n-th take from now on fails (1 is the next one), once or from then on for
    // ever; 0 ends it.
    void fail_after(uint64_t n, bool for_ever);
    // For tests: walks all blocks and lists; false when an invariant is broken.
    bool is_sound() const;

    struct Block;

private:
    static constexpr unsigned column_bits = 4;
    static constexpr unsigned columns = 1u << column_bits;
    static constexpr unsigned rows = 26;

    struct Place {
        unsigned row;
        unsigned column;
    };
    static Place place_of(size_t size);
    Block* find(size_t size);
    Block* find_in(Place place, size_t size, unsigned tries) const;
    void insert(Block* block);
    void remove(Block* block);
    void split(Block* block, size_t size);
    void* clear(Block* block);
    bool injected_failure();

    Block* first_;
    Block* last_;  // sentinel of size 0, never free
    char* written_end_;  // bytes from here on are 0 still
    size_t capacity_;
    size_t used_;
    size_t peak_;
    uint64_t failures_;
    uint64_t takes_;
    uint64_t fail_in_;
    bool fail_for_ever_;
    bool failed_;
    uint32_t row_map_;
    uint32_t column_map_[rows];
    Block* lists_[rows][columns];
};

// Makes `pool` the one that the library's allocations on this thread come from, until the scope
// ends. Scopes nest.
class PoolScope {
public:
    explicit PoolScope(Pool* pool);
    ~PoolScope();
    PoolScope(const PoolScope&) = delete;
    PoolScope& operator=(const PoolScope&) = delete;

private:
    Pool* previous_;
};

// Zeroes memory in a way that is not optimised away.
void wipe(void* at, size_t size);

}  // namespace leat::tls

// What the TLS library calls instead of calloc and free. Without a current pool the first answers
// NULL, and the next scope's pool finds its latch set.
extern "C" void* leat_tls_calloc(size_t count, size_t size);
extern "C" void leat_tls_free(void* at);
