// port/sqlite/heap.cc: see heap.h. The range begins with a byte for each unit, in which the block that
// begins there has its order (size = unit << order); free blocks carry their list's links.
// Depends on libc only. Taking and giving cost at most one split or join for each order.
#include "heap.h"

#include <string.h>

namespace leat_sqlite {
namespace {

constexpr uint8_t no_block = 0xff;
constexpr uint8_t free_bit = 0x80;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace

bool Heap::open(void* memory, size_t bytes) {
    close();
    const size_t count = bytes / (unit_bytes + 1);
    const size_t map_bytes = (count + unit_bytes - 1) / unit_bytes * unit_bytes;
    if (count == 0 || bytes < map_bytes + unit_bytes) return false;
    orders_ = static_cast<uint8_t*>(memory);
    units_ = static_cast<char*>(memory) + map_bytes;
    units_count_ = (bytes - map_bytes) / unit_bytes;
    if (units_count_ > count) units_count_ = count;
    memset(orders_, no_block, units_count_);
    // The largest blocks that fit, from the front: places are multiples of sizes by themselves.
    for (size_t unit = 0; unit < units_count_;) {
        unsigned order = orders - 1;
        while (unit % (size_t{1} << order) != 0 || unit + (size_t{1} << order) > units_count_) --order;
        insert(unit, order);
        unit += size_t{1} << order;
    }
    return true;
}

void Heap::close() { *this = Heap{}; }

size_t Heap::round_up(size_t size) {
    size_t bytes = unit_bytes;
    for (unsigned order = 0; order < orders; ++order, bytes *= 2) {
        if (size <= bytes) return bytes;
    }
    return 0;
}

size_t Heap::unit_of(const void* place) const {
    const size_t offset = static_cast<size_t>(static_cast<const char*>(place) - units_);
    require(place >= units_ && offset % unit_bytes == 0 && offset / unit_bytes < units_count_);
    return offset / unit_bytes;
}

void Heap::insert(size_t unit, unsigned order) {
    Free* const block = reinterpret_cast<Free*>(at(unit));
    block->previous = nullptr;
    block->next = lists_[order];
    if (block->next != nullptr) block->next->previous = block;
    lists_[order] = block;
    orders_[unit] = static_cast<uint8_t>(order | free_bit);
}

void Heap::remove(size_t unit, unsigned order) {
    Free* const block = reinterpret_cast<Free*>(at(unit));
    if (block->next != nullptr) block->next->previous = block->previous;
    if (block->previous != nullptr) block->previous->next = block->next;
    if (lists_[order] == block) lists_[order] = block->next;
    orders_[unit] = no_block;
}

void* Heap::take(size_t size) {
    const size_t bytes = round_up(size);
    if (size == 0 || bytes == 0) return nullptr;
    const unsigned wanted = static_cast<unsigned>(__builtin_ctzll(bytes / unit_bytes));
    unsigned order = wanted;
    while (order < orders && lists_[order] == nullptr) ++order;
    if (order == orders) return nullptr;
    const size_t unit = unit_of(lists_[order]);
    remove(unit, order);
    while (order > wanted) {
        --order;
        insert(unit + (size_t{1} << order), order);
    }
    orders_[unit] = static_cast<uint8_t>(wanted);
    used_ += bytes;
    if (used_ > peak_) peak_ = used_;
    return at(unit);
}

void Heap::give(void* place) {
    if (place == nullptr) return;
    size_t unit = unit_of(place);
    require(orders_[unit] < orders);  // in use, and a block's beginning
    unsigned order = orders_[unit];
    used_ -= unit_bytes << order;
    orders_[unit] = no_block;
    for (; order + 1 < orders; ++order) {
        const size_t buddy = unit ^ (size_t{1} << order);
        if (buddy >= units_count_ || orders_[buddy] != (order | free_bit)) break;
        remove(buddy, order);
        if (buddy < unit) unit = buddy;
    }
    insert(unit, order);
}

size_t Heap::size_of(const void* place) const {
    const size_t unit = unit_of(place);
    require(orders_[unit] < orders);
    return unit_bytes << orders_[unit];
}

bool Heap::is_sound() const {
    size_t used = 0;
    size_t free_blocks = 0;
    for (size_t unit = 0; unit < units_count_;) {
        const uint8_t mark = orders_[unit];
        const unsigned order = mark & static_cast<uint8_t>(~free_bit);
        if (mark == no_block || order >= orders) return false;
        const size_t count = size_t{1} << order;
        if (unit % count != 0 || unit + count > units_count_) return false;
        const size_t buddy = unit ^ count;
        const bool is_free = (mark & free_bit) != 0;
        if (is_free && buddy < units_count_ && orders_[buddy] == mark) return false;
        for (size_t i = 1; i < count; ++i) {
            if (orders_[unit + i] != no_block) return false;
        }
        free_blocks += is_free ? 1 : 0;
        used += is_free ? 0 : count * unit_bytes;
        unit += count;
    }
    for (unsigned order = 0; order < orders; ++order) {
        for (const Free* at = lists_[order]; at != nullptr; at = at->next) {
            if (orders_[unit_of(at)] != (order | free_bit) || free_blocks == 0) return false;
            --free_blocks;
        }
    }
    return free_blocks == 0 && used == used_;
}

}  // namespace leat_sqlite
