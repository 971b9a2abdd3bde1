// port/sqlite/store.cc: what a store does, as SQL (see store.h). Depends on store.h.
// Invariants: each call is one transaction, or none; whatever fails is undone before the call returns.
#include "store.h"

#include <string.h>

namespace leat_sqlite {
namespace {

using Store = leat_sqlite_store;

constexpr int key_text_bytes = 2 * LEAT_STORE_KEY_BYTES;

Store* store_of(void* store) { return static_cast<Store*>(store); }

struct KeyText {
    char digits[key_text_bytes];
    explicit KeyText(const uint8_t* key) {
        for (int i = 0; i < LEAT_STORE_KEY_BYTES; ++i) {
            digits[2 * i] = "0123456789abcdef"[key[i] >> 4];
            digits[2 * i + 1] = "0123456789abcdef"[key[i] & 15];
        }
    }
};

// A statement in use; what is bound to it outlives it.
class Use {
public:
    Use(Store* store, Statement which) : statement_(store->statements[which]) {}
    ~Use() {
        (void)sqlite3_reset(statement_);
        (void)sqlite3_clear_bindings(statement_);
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

    void bind(int place, const KeyText& key) {
        (void)sqlite3_bind_text(statement_, place, key.digits, key_text_bytes, SQLITE_STATIC);
    }
    void bind(int place, leat_str text) {
        (void)sqlite3_bind_text64(statement_, place, text.size == 0 ? "" : text.data, text.size,
                                  SQLITE_STATIC, SQLITE_UTF8);
    }
    void bind(int place, int64_t number) { (void)sqlite3_bind_int64(statement_, place, number); }

    // SQLITE_ROW, SQLITE_DONE or an error.
    int step() { return sqlite3_step(statement_); }
    int64_t number(int column) { return sqlite3_column_int64(statement_, column); }
    leat_str text(int column) {
        const void* const data = sqlite3_column_blob(statement_, column);
        const int size = sqlite3_column_bytes(statement_, column);
        return leat_str{static_cast<const char*>(data), size > 0 ? static_cast<size_t>(size) : 0};
    }

private:
    sqlite3_stmt* statement_;
};

leat_status run(Store* store, Statement which) {
    Use use(store, which);
    int result = SQLITE_ROW;
    while (result == SQLITE_ROW) result = use.step();
    return status_of(result);
}

// The end of a transaction: kept when all went well, else undone.
leat_status end(Store* store, leat_status status) {
    if (status == LEAT_OK) status = run(store, commit);
    if (status != LEAT_OK && sqlite3_get_autocommit(store->database) == 0) (void)run(store, rollback);
    return status;
}

leat_status read_totals(Store* store, uint64_t* entries, uint64_t* bytes) {
    Use use(store, totals);
    const int result = use.step();
    if (result != SQLITE_ROW) return result == SQLITE_DONE ? LEAT_E_STORE : status_of(result);
    const int64_t count = use.number(0);
    const int64_t sum = use.number(1);
    *entries = count > 0 ? static_cast<uint64_t>(count) : 0;
    *bytes = sum > 0 ? static_cast<uint64_t>(sum) : 0;
    return LEAT_OK;
}

leat_status insert(Store* store, const KeyText& key, int64_t wall_ms, const leat_store_entry& entry) {
    {
        Use use(store, add_entry);
        use.bind(1, key);
        use.bind(2, wall_ms);
        if (entry.expires_ms != LEAT_STORE_FOR_EVER) use.bind(3, entry.expires_ms);
        use.bind(4, entry.provider);
        use.bind(5, entry.model);
        use.bind(6, int64_t{entry.http_status});
        use.bind(7, static_cast<int64_t>(entry.value.size));
        const int result = use.step();
        if (result != SQLITE_DONE) return status_of(result);
    }
    Use use(store, add_value);
    use.bind(1, sqlite3_last_insert_rowid(store->database));
    use.bind(2, entry.value);
    return status_of(use.step());
}

leat_status delete_by_key(Store* store, const KeyText& key, bool* was_there) {
    Use use(store, forget);
    use.bind(1, key);
    const int result = use.step();
    if (was_there != nullptr) *was_there = sqlite3_changes(store->database) > 0;
    return status_of(result);
}

// Room for what came last, which itself stays.
leat_status evict_oldest(Store* store, int64_t newest, uint64_t* evicted) {
    uint64_t entries = 0;
    uint64_t bytes = 0;
    leat_status status = read_totals(store, &entries, &bytes);
    while (status == LEAT_OK && bytes > store->bytes_max) {
        Use use(store, evict);
        use.bind(1, newest);
        status = status_of(use.step());
        if (status == LEAT_OK && sqlite3_changes(store->database) == 0) return LEAT_OK;
        ++*evicted;
        if (status == LEAT_OK) status = read_totals(store, &entries, &bytes);
    }
    return status;
}

leat_status put_inside(Store* store, const KeyText& key, int64_t wall_ms,
                       const leat_store_entry& entry, uint64_t* evicted) {
    leat_status status = delete_by_key(store, key, nullptr);
    if (status != LEAT_OK || entry.expires_ms <= wall_ms) return status;
    status = insert(store, key, wall_ms, entry);
    if (status != LEAT_OK) return status;
    return evict_oldest(store, sqlite3_last_insert_rowid(store->database), evicted);
}

leat_status store_put(void* state, const uint8_t* key, int64_t wall_ms, const leat_store_entry* entry) {
    Store* const store = store_of(state);
    if (store->read_only) return LEAT_E_STORE_READ_ONLY;
    if (entry->value.size > store->value_bytes_max || entry->value.size > store->bytes_max) {
        return LEAT_E_TOO_LARGE;
    }
    leat_status status = run(store, begin);
    if (status != LEAT_OK) return status;
    uint64_t evicted = 0;
    status = end(store, put_inside(store, KeyText(key), wall_ms, *entry, &evicted));
    if (status != LEAT_OK) return status;
    store->evictions += evicted;
    if (entry->expires_ms > wall_ms) ++store->sets;
    return LEAT_OK;
}

// Fails where the file may not be written, or another process writes: the use is then not noted.
void note(Store* store, const KeyText& key, int64_t wall_ms) {
    if (store->read_only) return;
    Use use(store, note_use);
    use.bind(1, key);
    use.bind(2, wall_ms);
    (void)use.step();
}

leat_status store_get(void* state, const uint8_t* key, int64_t wall_ms, void* value,
                      size_t capacity, size_t* size) {
    Store* const store = store_of(state);
    const KeyText key_text(key);
    {
        Use use(store, find);
        use.bind(1, key_text);
        use.bind(2, wall_ms);
        const int result = use.step();
        if (result == SQLITE_DONE) {
            ++store->misses;
            return LEAT_E_NOT_FOUND;
        }
        if (result != SQLITE_ROW) return status_of(result);
        const leat_str found = use.text(0);
        if (found.data == nullptr && sqlite3_errcode(store->database) == SQLITE_NOMEM) return LEAT_E_MEMORY;
        *size = found.size;
        if (found.size > capacity) return LEAT_E_TOO_LARGE;
        if (found.data != nullptr) memcpy(value, found.data, found.size);
    }
    note(store, key_text, wall_ms);
    ++store->hits;
    return LEAT_OK;
}

leat_status store_remove(void* state, const uint8_t* key) {
    Store* const store = store_of(state);
    if (store->read_only) return LEAT_E_STORE_READ_ONLY;
    bool was_there = false;
    const leat_status status = delete_by_key(store, KeyText(key), &was_there);
    if (status != LEAT_OK) return status;
    return was_there ? LEAT_OK : LEAT_E_NOT_FOUND;
}

leat_status store_clear(void* state) {
    Store* const store = store_of(state);
    if (store->read_only) return LEAT_E_STORE_READ_ONLY;
    const leat_status status = run(store, clear);
    if (status == LEAT_OK) (void)run(store, shrink);  // a file that stays large is no failure
    return status;
}

leat_status store_expire(void* state, int64_t wall_ms, uint64_t* count) {
    Store* const store = store_of(state);
    if (store->read_only) return LEAT_E_STORE_READ_ONLY;
    {
        Use use(store, expire);
        use.bind(1, wall_ms);
        const leat_status status = status_of(use.step());
        if (status != LEAT_OK) return status;
        if (count != nullptr) *count = static_cast<uint64_t>(sqlite3_changes64(store->database));
    }
    (void)run(store, shrink);
    return LEAT_OK;
}

leat_status store_stats(void* state, leat_store_stats* out) {
    Store* const store = store_of(state);
    memset(out, 0, sizeof *out);
    out->bytes_max = store->bytes_max == INT64_MAX ? UINT64_MAX : store->bytes_max;
    out->hits = store->hits;
    out->misses = store->misses;
    out->sets = store->sets;
    out->evictions = store->evictions;
    return read_totals(store, &out->entries, &out->value_bytes);
}

}  // namespace
}  // namespace leat_sqlite

const leat_store_ops leat_sqlite_store_ops = {
    sizeof(leat_store_ops),    0,
    "sqlite",                  leat_sqlite::store_get,
    leat_sqlite::store_put,    leat_sqlite::store_remove,
    leat_sqlite::store_clear,  leat_sqlite::store_expire,
    leat_sqlite::store_stats,
};
