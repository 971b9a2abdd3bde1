// port/sqlite/memory.cc: SQLite's allocator and page cache in a block that is given once for the whole
// process, as SQLite has one of each. Depends on heap.h.
// Invariant: SQLite serialises its calls of the allocator, because memory statistics are on.
#include <leat/store.h>
#include <sqlite3.h>
#include <string.h>

#include "heap.h"

namespace leat_sqlite {
namespace {

constexpr size_t pages_bytes = size_t{2} << 20;
constexpr int page_bytes = 4096;

Heap heap;
sqlite3_mem_methods before;  // what SQLite had, for the end

// SQLite keeps sizes in an int.
size_t size_from(int size) { return size > 0 ? static_cast<size_t>(size) : 0; }

void* heap_take(int size) { return heap.take(size_from(size)); }
void heap_give(void* at) { heap.give(at); }
int heap_size(void* at) { return at == nullptr ? 0 : static_cast<int>(heap.size_of(at)); }

void* heap_resize(void* at, int size) {
    const size_t old = heap.size_of(at);
    const size_t wanted = size_from(size);
    if (Heap::round_up(wanted) == old) return at;
    void* const fresh = heap.take(wanted);
    if (fresh == nullptr) return nullptr;
    memcpy(fresh, at, old < wanted ? old : wanted);
    heap.give(at);
    return fresh;
}

int heap_round_up(int size) {
    const size_t rounded = Heap::round_up(size_from(size));
    return rounded == 0 || rounded > INT32_MAX ? size : static_cast<int>(rounded);
}

int heap_begin(void*) { return SQLITE_OK; }
void heap_end(void*) {}

const sqlite3_mem_methods methods = {heap_take,     heap_give,  heap_resize, heap_size,
                                     heap_round_up, heap_begin, heap_end,    nullptr};

// All or nothing: the first call already answers whether SQLite is in use.
bool configure(char* pages) {
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &before) != SQLITE_OK) return false;
    int header_bytes = 0;
    if (sqlite3_config(SQLITE_CONFIG_PCACHE_HDRSZ, &header_bytes) != SQLITE_OK) return false;
    const int slot_bytes = page_bytes + ((header_bytes + 7) & ~7);
    const int slots = static_cast<int>(pages_bytes) / slot_bytes;
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 1) == SQLITE_OK &&
           sqlite3_config(SQLITE_CONFIG_PAGECACHE, pages, slot_bytes, slots) == SQLITE_OK &&
           sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK;
}

}  // namespace

// The largest value that SQLite can surely handle: it needs room for it twice, and for the rest.
size_t value_bytes_most(size_t block_bytes) { return block_bytes / 8; }

size_t block_bytes = 0;

}  // namespace leat_sqlite

leat_status leat_sqlite_memory(void* block, size_t bytes) {
    using namespace leat_sqlite;
    if (block == nullptr || reinterpret_cast<uintptr_t>(block) % 16 != 0) return LEAT_E_ARGUMENT;
    if (bytes < LEAT_SQLITE_MEMORY_BYTES_MIN) return LEAT_E_MEMORY;
    if (heap.is_open()) return LEAT_E_STATE;
    char* const at = static_cast<char*>(block);
    if (!heap.open(at + pages_bytes, bytes - pages_bytes)) return LEAT_E_MEMORY;
    if (!configure(at)) {
        heap.close();
        return LEAT_E_STATE;
    }
    block_bytes = bytes;
    return LEAT_OK;
}

void leat_sqlite_memory_end(void) {
    using namespace leat_sqlite;
    if (!heap.is_open()) return;
    (void)sqlite3_shutdown();
    (void)sqlite3_config(SQLITE_CONFIG_MALLOC, &before);
    (void)sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0);
    heap.close();
    block_bytes = 0;
}

void leat_sqlite_memory_used(size_t* now, size_t* peak) {
    if (now != nullptr) *now = leat_sqlite::heap.used();
    if (peak != nullptr) *peak = leat_sqlite::heap.peak();
}
