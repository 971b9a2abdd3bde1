// port/sqlite/store.h: one open store: its database, its prepared statements, its bounds, and what
// the files of this port share. Depends on sqlite3.
// Invariant: between two calls no statement is active and no transaction is open.
#pragma once

#include <leat/store.h>
#include <sqlite3.h>

namespace leat_sqlite {

// In the order of statement_texts (open.cc).
enum Statement : uint32_t {
    begin,
    commit,
    rollback,
    find,
    note_use,
    forget,
    add_entry,
    add_value,
    totals,
    evict,
    clear,
    expire,
    shrink,
    statements_count
};

// What went wrong last in the database, as a status; LEAT_OK for results that are no error.
leat_status status_of(int result);

// The largest value for which a block of that size surely has room.
size_t value_bytes_most(size_t block_bytes);
extern size_t block_bytes;  // 0: SQLite takes from the heap

}  // namespace leat_sqlite

struct leat_sqlite_store {
    sqlite3* database;
    sqlite3_stmt* statements[leat_sqlite::statements_count];
    uint64_t bytes_max;
    uint64_t hits;
    uint64_t misses;
    uint64_t sets;
    uint64_t evictions;
    uint32_t value_bytes_max;
    bool read_only;
};
