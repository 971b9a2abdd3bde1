// port/mbedtls/pool.cc: the fixed heap (see pool.h). Depends on libc only.
// A block is a header and its payload. A free block keeps its list links in the payload, whose
// rest is poisoned under AddressSanitizer. Blocks lie in address order; each knows the one below.
// Lists: row 0 holds payloads under 256 bytes in steps of a unit, each further row one power of two
// in 16 steps. Two bitmaps find a list that is not empty without a loop.
#include "pool.h"

#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define LEAT_TLS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAT_TLS_ASAN 1
#endif
#endif
#ifdef LEAT_TLS_ASAN
extern "C" void __asan_poison_memory_region(void const volatile* address, size_t size);
extern "C" void __asan_unpoison_memory_region(void const volatile* address, size_t size);
#endif

namespace leat::tls {

struct Pool::Block {
    Block* below;  // nullptr for the first
    size_t tag;    // payload bytes, a multiple of the unit; lowest bit: free
    Block* next;   // the rest only while free
    Block* previous;

    size_t size() const { return tag & ~size_t{1}; }
    bool is_free() const { return (tag & 1) != 0; }
};

namespace {

using Block = Pool::Block;

constexpr size_t unit = 2 * sizeof(void*);
constexpr size_t header_bytes = unit;
constexpr size_t payload_min = 2 * sizeof(void*);
constexpr size_t written_bytes = header_bytes + payload_min;  // of a free block
constexpr size_t small_end = 16 * unit;
constexpr unsigned small_end_log2 = sizeof(void*) == 8 ? 8 : 7;
constexpr size_t size_max = size_t{1} << 31;
constexpr unsigned own_list_tries = 8;

static_assert((size_t{1} << small_end_log2) == small_end);
static_assert(offsetof(Block, next) == header_bytes);

void poison(void* at, size_t size) {
#ifdef LEAT_TLS_ASAN
    __asan_poison_memory_region(at, size);
#else
    (void)at;
    (void)size;
#endif
}

void unpoison(void* at, size_t size) {
#ifdef LEAT_TLS_ASAN
    __asan_unpoison_memory_region(at, size);
#else
    (void)at;
    (void)size;
#endif
}

char* payload_of(Block* block) { return reinterpret_cast<char*>(block) + header_bytes; }

Block* block_of(void* payload) {
    return reinterpret_cast<Block*>(static_cast<char*>(payload) - header_bytes);
}

Block* above(Block* block) { return reinterpret_cast<Block*>(payload_of(block) + block->size()); }

// The part of a free payload behind the links.
void poison_rest(Block* block) {
    poison(payload_of(block) + payload_min, block->size() - payload_min);
}

unsigned log2_of(size_t size) {
    return static_cast<unsigned>(8 * sizeof(unsigned long long) - 1) -
           static_cast<unsigned>(__builtin_clzll(size));
}

}  // namespace

void wipe(void* at, size_t size) {
    if (size == 0) return;
    memset(at, 0, size);
    __asm__ __volatile__("" : : "r"(at) : "memory");
}

void Pool::open(void* memory, size_t bytes, bool is_zero) {
    memset(static_cast<void*>(this), 0, sizeof *this);
    bytes &= ~(unit - 1);
    if (bytes > size_max) bytes = size_max;
    if (memory == nullptr || bytes < 2 * header_bytes + payload_min) return;
    first_ = static_cast<Block*>(memory);
    capacity_ = bytes;
    first_->below = nullptr;
    first_->tag = bytes - 2 * header_bytes;
    last_ = above(first_);
    last_->below = first_;
    last_->tag = 0;
    written_end_ = static_cast<char*>(memory) + (is_zero ? written_bytes : bytes);
    insert(first_);
}

void Pool::close() {
    if (first_ != nullptr) {
        unpoison(first_, capacity_);
        wipe(first_, static_cast<size_t>(written_end_ - reinterpret_cast<char*>(first_)));
        wipe(last_, header_bytes);
    }
    memset(static_cast<void*>(this), 0, sizeof *this);
}

Pool::Place Pool::place_of(size_t size) {
    if (size < small_end) return Place{0, static_cast<unsigned>(size / unit)};
    const unsigned power = log2_of(size);
    const size_t step = (size >> (power - column_bits)) - columns;
    return Place{power - small_end_log2 + 1, static_cast<unsigned>(step)};
}

void Pool::insert(Block* block) {
    const Place place = place_of(block->size());
    Block*& list = lists_[place.row][place.column];
    block->tag |= 1;
    block->previous = nullptr;
    block->next = list;
    if (list != nullptr) list->previous = block;
    list = block;
    row_map_ |= 1u << place.row;
    column_map_[place.row] |= 1u << place.column;
    poison_rest(block);
}

void Pool::remove(Block* block) {
    const Place place = place_of(block->size());
    Block*& list = lists_[place.row][place.column];
    if (block->previous != nullptr) {
        block->previous->next = block->next;
    } else {
        list = block->next;
    }
    if (block->next != nullptr) block->next->previous = block->previous;
    if (list == nullptr) {
        column_map_[place.row] &= ~(1u << place.column);
        if (column_map_[place.row] == 0) row_map_ &= ~(1u << place.row);
    }
    block->tag &= ~size_t{1};
    unpoison(payload_of(block), block->size());
}

// The first of at most `tries` blocks of one list that is large enough.
Block* Pool::find_in(Place place, size_t size, unsigned tries) const {
    Block* block = lists_[place.row][place.column];
    for (; block != nullptr && tries > 0; block = block->next, --tries) {
        if (block->size() >= size) return block;
    }
    return nullptr;
}

// The list of the very size comes first: record buffers come back in the size they went, and must
// not eat into larger blocks. Then any larger list; its blocks all fit.
Block* Pool::find(size_t size) {
    const Place own = place_of(size);
    if (Block* const block = find_in(own, size, own_list_tries)) return block;
    const uint32_t beyond = own.column + 1 < columns ? ~0u << (own.column + 1) : 0;
    unsigned row = own.row;
    uint32_t map = column_map_[row] & beyond;
    if (map == 0) {
        const uint32_t rows_beyond = row_map_ & (~0u << (own.row + 1));
        if (rows_beyond == 0) return find_in(own, size, ~0u);
        row = static_cast<unsigned>(__builtin_ctz(rows_beyond));
        map = column_map_[row];
    }
    return lists_[row][__builtin_ctz(map)];
}

void Pool::split(Block* block, size_t size) {
    if (block->size() < size + header_bytes + payload_min) return;
    const size_t rest = block->size() - size - header_bytes;
    block->tag = size;
    Block* const upper = above(block);
    upper->below = block;
    upper->tag = rest;
    above(upper)->below = upper;
    insert(upper);
}

bool Pool::injected_failure() {
    if (fail_in_ > 1) {
        --fail_in_;
        return false;
    }
    if (!fail_for_ever_) fail_in_ = 0;
    return true;
}

void* Pool::take(size_t count, size_t size) {
    size_t bytes = 0;
    ++takes_;
    Block* block = nullptr;
    const bool refused = fail_in_ != 0 && injected_failure();
    if (!refused && !__builtin_mul_overflow(count, size, &bytes) && bytes < size_max) {
        bytes = (bytes + unit - 1) & ~(unit - 1);
        if (bytes < payload_min) bytes = payload_min;
        block = find(bytes);
    }
    if (block == nullptr) {
        failed_ = true;
        ++failures_;
        return nullptr;
    }
    remove(block);
    split(block, bytes);
    used_ += block->size() + header_bytes;
    if (used_ > peak_) peak_ = used_;
    return clear(block);
}

// Zeroes a block's payload as far as it was ever written to. Behind it lies, from now on, at most
// the head of a free block.
void* Pool::clear(Block* block) {
    char* const begin = payload_of(block);
    char* const end = begin + block->size();
    if (begin < written_end_) {
        memset(begin, 0, static_cast<size_t>((end < written_end_ ? end : written_end_) - begin));
    }
    char* const last = reinterpret_cast<char*>(last_) + header_bytes;
    char* const touched = end + written_bytes < last ? end + written_bytes : last;
    if (touched > written_end_) written_end_ = touched;
    return begin;
}

void Pool::give(void* at) {
    if (at == nullptr) return;
    const uintptr_t address = reinterpret_cast<uintptr_t>(at);
    const uintptr_t begin = reinterpret_cast<uintptr_t>(first_) + header_bytes;
    const bool inside = first_ != nullptr && address >= begin &&
                        address < reinterpret_cast<uintptr_t>(last_) && address % unit == 0;
    // A foreign pointer or a second give: going on would corrupt the heap of a TLS library.
    if (!inside) __builtin_trap();
    Block* block = block_of(at);
    if (block->is_free() || block->size() == 0 || above(block)->below != block) __builtin_trap();

    used_ -= block->size() + header_bytes;
    Block* const upper = above(block);
    if (upper->is_free()) {
        remove(upper);
        block->tag += upper->size() + header_bytes;
        upper->tag = 0;
    }
    Block* const lower = block->below;
    if (lower != nullptr && lower->is_free()) {
        remove(lower);
        lower->tag += block->size() + header_bytes;
        block->tag = 0;
        block = lower;
    }
    above(block)->below = block;
    insert(block);
}

bool Pool::take_failure() {
    const bool failed = failed_;
    failed_ = false;
    return failed;
}

void Pool::fail_after(uint64_t n, bool for_ever) {
    fail_in_ = n;
    fail_for_ever_ = for_ever;
}

bool Pool::is_sound() const {
    if (first_ == nullptr) return used_ == 0;
    size_t used = 0;
    size_t free_blocks = 0;
    Block* below = nullptr;
    for (Block* block = first_; block != last_; block = above(block)) {
        if (block->below != below || block->size() < payload_min) return false;
        if (block->is_free()) {
            if (below != nullptr && below->is_free()) return false;
            ++free_blocks;
        } else {
            used += block->size() + header_bytes;
        }
        below = block;
    }
    for (unsigned row = 0; row < rows; ++row) {
        for (unsigned column = 0; column < columns; ++column) {
            const Block* block = lists_[row][column];
            const bool marked = (column_map_[row] >> column & 1) != 0;
            if (marked != (block != nullptr)) return false;
            for (; block != nullptr; block = block->next, --free_blocks) {
                const Place place = place_of(block->size());
                if (!block->is_free() || place.row != row || place.column != column) return false;
            }
        }
        if ((row_map_ >> row & 1) != (column_map_[row] != 0 ? 1u : 0u)) return false;
    }
    return last_->below == below && used == used_ && free_blocks == 0;
}

}  // namespace leat::tls
