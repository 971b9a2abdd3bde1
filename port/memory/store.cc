// port/memory/store.cc: a store in a block of the caller's (see leat/store.h). Values lie in chained
// chunks of one size, so that a full store never has room in the wrong places; entries are found through
// a table of chains, and stand in a list by their last use. Depends on the public header only.
// Invariants: an entry is in one chain and in the list by use, or free; a chunk belongs to one entry, or
// is free; used_bytes is the sum of the sizes of all entries.
#include <leat/store.h>
#include <string.h>

namespace leat_memory {
namespace {

constexpr uint32_t none = UINT32_MAX;
constexpr size_t chunk_bytes = 508;
constexpr size_t chunks_per_entry = 4;  // room for answers of 2 KiB; longer ones mean fewer entries
constexpr size_t entries_most = size_t{1} << 29;

struct Chunk {
    uint32_t next;
    char bytes[chunk_bytes];
};

struct Entry {
    uint8_t key[LEAT_STORE_KEY_BYTES];
    int64_t expires_ms;
    uint64_t size;
    uint32_t chunk;  // the first one
    uint32_t next;   // in its chain, or among the free
    uint32_t newer;  // by use
    uint32_t older;
};

constexpr size_t bytes_per_entry = sizeof(Entry) + sizeof(uint32_t) + chunks_per_entry * sizeof(Chunk);

}  // namespace
}  // namespace leat_memory

using namespace leat_memory;

struct alignas(16) leat_memory_store {
    Entry* entries;
    Chunk* chunks;
    uint32_t* chains;  // as many as entries
    uint32_t entries_count;
    uint32_t free_entry;
    uint32_t free_chunk;
    uint32_t newest;
    uint32_t oldest;
    uint64_t free_chunks;
    uint64_t used_entries;
    uint64_t used_bytes;
    uint64_t hits;
    uint64_t misses;
    uint64_t sets;
    uint64_t evictions;
};

namespace leat_memory {
namespace {

using Store = leat_memory_store;

Store* store_of(void* store) { return static_cast<Store*>(store); }

uint32_t* chain_of(Store* store, const uint8_t* key) {
    uint32_t hash = 0;  // keys are digests: any bytes of them will do
    memcpy(&hash, key, sizeof hash);
    return &store->chains[hash % store->entries_count];
}

uint32_t find(Store* store, const uint8_t* key) {
    uint32_t at = *chain_of(store, key);
    while (at != none && memcmp(store->entries[at].key, key, LEAT_STORE_KEY_BYTES) != 0) {
        at = store->entries[at].next;
    }
    return at;
}

void link_newest(Store* store, uint32_t at) {
    Entry* const entry = &store->entries[at];
    entry->newer = none;
    entry->older = store->newest;
    if (store->newest != none) store->entries[store->newest].newer = at;
    store->newest = at;
    if (store->oldest == none) store->oldest = at;
}

void unlink(Store* store, uint32_t at) {
    const Entry& entry = store->entries[at];
    if (entry.newer != none) store->entries[entry.newer].older = entry.older;
    if (entry.older != none) store->entries[entry.older].newer = entry.newer;
    if (store->newest == at) store->newest = entry.older;
    if (store->oldest == at) store->oldest = entry.newer;
}

void give_chunks(Store* store, uint32_t first) {
    while (first != none) {
        const uint32_t next = store->chunks[first].next;
        store->chunks[first].next = store->free_chunk;
        store->free_chunk = first;
        ++store->free_chunks;
        first = next;
    }
}

void drop(Store* store, uint32_t at) {
    Entry* const entry = &store->entries[at];
    uint32_t* place = chain_of(store, entry->key);
    while (*place != at) place = &store->entries[*place].next;
    *place = entry->next;
    unlink(store, at);
    give_chunks(store, entry->chunk);
    store->used_bytes -= entry->size;
    --store->used_entries;
    entry->next = store->free_entry;
    store->free_entry = at;
}

// There are enough free chunks. The chain's last one ends it.
uint32_t fill_chunks(Store* store, leat_str value) {
    uint32_t first = none;
    uint32_t* place = &first;
    for (size_t done = 0; done < value.size; done += chunk_bytes) {
        const uint32_t at = store->free_chunk;
        Chunk* const chunk = &store->chunks[at];
        store->free_chunk = chunk->next;
        --store->free_chunks;
        const size_t left = value.size - done;
        memcpy(chunk->bytes, value.data + done, left < chunk_bytes ? left : chunk_bytes);
        chunk->next = none;
        *place = at;
        place = &chunk->next;
    }
    return first;
}

void copy_value(const Store* store, const Entry& entry, char* out) {
    uint64_t left = entry.size;
    for (uint32_t at = entry.chunk; at != none; at = store->chunks[at].next) {
        const size_t part = left < chunk_bytes ? static_cast<size_t>(left) : chunk_bytes;
        memcpy(out, store->chunks[at].bytes, part);
        out += part;
        left -= part;
    }
}

leat_status store_get(void* state, const uint8_t* key, int64_t wall_ms, void* value,
                      size_t capacity, size_t* size) {
    Store* const store = store_of(state);
    const uint32_t at = find(store, key);
    if (at == none || store->entries[at].expires_ms <= wall_ms) {
        if (at != none) drop(store, at);
        ++store->misses;
        return LEAT_E_NOT_FOUND;
    }
    const Entry& entry = store->entries[at];
    *size = static_cast<size_t>(entry.size);
    if (entry.size > capacity) return LEAT_E_TOO_LARGE;
    copy_value(store, entry, static_cast<char*>(value));
    unlink(store, at);
    link_newest(store, at);
    ++store->hits;
    return LEAT_OK;
}

leat_status store_put(void* state, const uint8_t* key, int64_t wall_ms,
                      const leat_store_entry* from) {
    Store* const store = store_of(state);
    const uint64_t needed = (from->value.size + chunk_bytes - 1) / chunk_bytes;
    if (needed > uint64_t{store->entries_count} * chunks_per_entry) return LEAT_E_TOO_LARGE;
    const uint32_t old = find(store, key);
    if (old != none) drop(store, old);
    if (from->expires_ms <= wall_ms) return LEAT_OK;
    while (store->free_entry == none || store->free_chunks < needed) {
        drop(store, store->oldest);
        ++store->evictions;
    }
    const uint32_t at = store->free_entry;
    Entry* const entry = &store->entries[at];
    store->free_entry = entry->next;
    memcpy(entry->key, key, LEAT_STORE_KEY_BYTES);
    entry->expires_ms = from->expires_ms;
    entry->size = from->value.size;
    entry->chunk = fill_chunks(store, from->value);
    uint32_t* const chain = chain_of(store, key);
    entry->next = *chain;
    *chain = at;
    link_newest(store, at);
    store->used_bytes += entry->size;
    ++store->used_entries;
    ++store->sets;
    return LEAT_OK;
}

leat_status store_remove(void* state, const uint8_t* key) {
    Store* const store = store_of(state);
    const uint32_t at = find(store, key);
    if (at == none) return LEAT_E_NOT_FOUND;
    drop(store, at);
    return LEAT_OK;
}

leat_status store_clear(void* state) {
    Store* const store = store_of(state);
    while (store->oldest != none) drop(store, store->oldest);
    return LEAT_OK;
}

leat_status store_expire(void* state, int64_t wall_ms, uint64_t* count) {
    Store* const store = store_of(state);
    uint64_t dropped = 0;
    for (uint32_t at = store->oldest; at != none;) {
        const uint32_t newer = store->entries[at].newer;
        if (store->entries[at].expires_ms <= wall_ms) {
            drop(store, at);
            ++dropped;
        }
        at = newer;
    }
    if (count != nullptr) *count = dropped;
    return LEAT_OK;
}

leat_status store_stats(void* state, leat_store_stats* out) {
    const Store* const store = store_of(state);
    out->entries = store->used_entries;
    out->value_bytes = store->used_bytes;
    out->bytes_max = uint64_t{store->entries_count} * chunks_per_entry * chunk_bytes;
    out->hits = store->hits;
    out->misses = store->misses;
    out->sets = store->sets;
    out->evictions = store->evictions;
    return LEAT_OK;
}

// All entries and chunks, linked as free ones.
void make_empty(Store* store) {
    const uint32_t entries = store->entries_count;
    const uint32_t chunks = entries * static_cast<uint32_t>(chunks_per_entry);
    for (uint32_t i = 0; i < entries; ++i) {
        store->chains[i] = none;
        store->entries[i].next = i + 1 < entries ? i + 1 : none;
    }
    for (uint32_t i = 0; i < chunks; ++i) store->chunks[i].next = i + 1 < chunks ? i + 1 : none;
    store->free_entry = 0;
    store->free_chunk = 0;
    store->free_chunks = chunks;
    store->newest = none;
    store->oldest = none;
}

}  // namespace
}  // namespace leat_memory

const leat_store_ops leat_memory_store_ops = {
    sizeof(leat_store_ops),    0,
    "memory",                  leat_memory::store_get,
    leat_memory::store_put,    leat_memory::store_remove,
    leat_memory::store_clear,  leat_memory::store_expire,
    leat_memory::store_stats,
};

leat_status leat_memory_store_open(void* block, size_t bytes, leat_memory_store** out) {
    static_assert(sizeof(leat_memory_store) % 16 == 0 && sizeof(Entry) % 16 == 0);
    static_assert(LEAT_MEMORY_STORE_BYTES_MIN >= sizeof(leat_memory_store) + bytes_per_entry);
    if (block == nullptr || out == nullptr) return LEAT_E_ARGUMENT;
    *out = nullptr;
    if (reinterpret_cast<uintptr_t>(block) % 16 != 0) return LEAT_E_ARGUMENT;
    if (bytes < LEAT_MEMORY_STORE_BYTES_MIN) return LEAT_E_MEMORY;
    Store* const store = static_cast<Store*>(block);
    memset(store, 0, sizeof *store);
    size_t entries = (bytes - sizeof *store) / bytes_per_entry;
    if (entries > entries_most) entries = entries_most;
    store->entries_count = static_cast<uint32_t>(entries);
    store->entries = reinterpret_cast<Entry*>(store + 1);
    store->chains = reinterpret_cast<uint32_t*>(store->entries + entries);
    store->chunks = reinterpret_cast<Chunk*>(store->chains + entries);
    make_empty(store);
    *out = store;
    return LEAT_OK;
}
