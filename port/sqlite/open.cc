// port/sqlite/open.cc: opening a store: the file is looked at before it is trusted, made when it is new,
// and every statement is prepared once. Depends on store.h.
// Invariants: a file that is no store of this version is not written; after a failure nothing is open.
#include <errno.h>
#include <string.h>

#include "store.h"

namespace leat_sqlite {
namespace {

constexpr size_t path_bytes_max = 1023;
constexpr uint32_t value_bytes_default = 1u << 20;
constexpr uint32_t value_bytes_limit = 1u << 30;
constexpr uint64_t bytes_max_default = UINT64_C(10'000'000'000);
constexpr int value_overhead_bytes = 4096;  // a row with its names, and SQL text
constexpr int application_id = 0x6c656174;  // "leat"
constexpr int version = 1;

constexpr char settings[] =
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA mmap_size = 0;"
    "PRAGMA cache_size = 400;";

// The first two count for a file that is made now.
constexpr char writer_settings[] =
    "PRAGMA auto_vacuum = INCREMENTAL;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = NORMAL;"
    "PRAGMA journal_size_limit = 16777216;";

// Values lie apart, so that noting a use does not write them again.
constexpr char schema[] =
    "PRAGMA application_id = 1818583412;"
    "PRAGMA user_version = 1;"
    "CREATE TABLE keys("
    " id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, created_ms INTEGER NOT NULL, expires_ms INTEGER,"
    " last_used_ms INTEGER NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, status INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL);"
    "CREATE INDEX keys_by_use ON keys(last_used_ms);"
    "CREATE TABLE answers(id INTEGER PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE totals(entries INTEGER NOT NULL, bytes INTEGER NOT NULL);"
    "INSERT INTO totals VALUES(0, 0);"
    "CREATE TRIGGER key_came AFTER INSERT ON keys BEGIN"
    " UPDATE totals SET entries = entries + 1, bytes = bytes + new.bytes; END;"
    "CREATE TRIGGER key_went AFTER DELETE ON keys BEGIN"
    " DELETE FROM answers WHERE id = old.id;"
    " UPDATE totals SET entries = entries - 1, bytes = bytes - old.bytes; END;"
    "CREATE VIEW entries AS SELECT key, created_ms, expires_ms, last_used_ms, provider, model, status,"
    " bytes, value FROM keys JOIN answers USING(id);";

constexpr const char* statement_texts[statements_count] = {
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
    ("SELECT value FROM keys JOIN answers USING(id)"
     " WHERE key = ?1 AND (expires_ms IS NULL OR expires_ms > ?2)"),
    "UPDATE keys SET last_used_ms = ?2 WHERE key = ?1",
    "DELETE FROM keys WHERE key = ?1",
    ("INSERT INTO keys(key, created_ms, expires_ms, last_used_ms, provider, model, status, bytes)"
     " VALUES(?1, ?2, ?3, ?2, ?4, ?5, ?6, ?7)"),
    "INSERT INTO answers(id, value) VALUES(?1, ?2)",
    "SELECT entries, bytes FROM totals",
    "DELETE FROM keys WHERE id = (SELECT id FROM keys WHERE id <> ?1 ORDER BY last_used_ms, id LIMIT 1)",
    "DELETE FROM keys",
    "DELETE FROM keys WHERE expires_ms <= ?1",
    "PRAGMA incremental_vacuum",
};

leat_status run(sqlite3* database, const char* sql) {
    return status_of(sqlite3_exec(database, sql, nullptr, nullptr, nullptr));
}

leat_status read_number(sqlite3* database, const char* sql, int64_t* out) {
    sqlite3_stmt* statement = nullptr;
    int result = sqlite3_prepare_v2(database, sql, -1, &statement, nullptr);
    if (result == SQLITE_OK) result = sqlite3_step(statement);
    if (result == SQLITE_ROW) *out = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return status_of(result);
}

// LEAT_OK: *is_new says whether it is an empty database; else it is a store of this version.
leat_status look_at(sqlite3* database, bool* is_new) {
    int64_t id = 0;
    int64_t its_version = 0;
    int64_t tables = 0;
    leat_status status = read_number(database, "PRAGMA application_id", &id);
    if (status == LEAT_OK) status = read_number(database, "PRAGMA user_version", &its_version);
    if (status == LEAT_OK) {
        status = read_number(database, "SELECT count(*) FROM sqlite_schema", &tables);
    }
    if (status != LEAT_OK) return status;
    *is_new = id == 0 && its_version == 0 && tables == 0;
    return *is_new || (id == application_id && its_version == version) ? LEAT_OK : LEAT_E_STORE;
}

// Another process may make it at the same time: who comes second finds it made.
leat_status make_schema(sqlite3* database) {
    leat_status status = run(database, "BEGIN IMMEDIATE");
    if (status != LEAT_OK) return status;
    bool is_new = false;
    status = look_at(database, &is_new);
    if (status == LEAT_OK && is_new) status = run(database, schema);
    if (status == LEAT_OK) status = run(database, "COMMIT");
    if (status != LEAT_OK) (void)run(database, "ROLLBACK");
    return status;
}

leat_status prepare_all(leat_sqlite_store* store) {
    for (uint32_t i = 0; i < statements_count; ++i) {
        const int result =
            sqlite3_prepare_v3(store->database, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &store->statements[i], nullptr);
        if (result != SQLITE_OK) return status_of(result);
    }
    return LEAT_OK;
}

// A table or a column that is not there shows when a statement is prepared: that is no store.
leat_status set_up(leat_sqlite_store* store) {
    sqlite3* const database = store->database;
    bool is_new = false;
    leat_status status = look_at(database, &is_new);
    if (status == LEAT_OK && store->read_only && is_new) return LEAT_E_STORE;
    if (status == LEAT_OK) status = run(database, settings);
    if (status == LEAT_OK && !store->read_only) {
        status = run(database, writer_settings);
        if (status == LEAT_OK && is_new) status = make_schema(database);
    }
    if (status == LEAT_OK) status = prepare_all(store);
    if (status != LEAT_OK || store->read_only) return status;
    // Writing shows at once whether it can be done, and maps what the log's index needs.
    status = run(database, "BEGIN IMMEDIATE");
    if (status == LEAT_OK) status = run(database, "UPDATE totals SET entries = entries; ROLLBACK");
    return status;
}

leat_status check_config(const leat_sqlite_config* config) {
    if (config->struct_size != sizeof *config) return LEAT_E_STRUCT_SIZE;
    for (const uint8_t byte : config->reserved) {
        if (byte != 0) return LEAT_E_RESERVED;
    }
    if (config->path.size == 0 || config->path.size > path_bytes_max) return LEAT_E_CONFIG;
    if (memchr(config->path.data, '\0', config->path.size) != nullptr) return LEAT_E_CONFIG;
    if (config->value_max_bytes == 0 || config->value_max_bytes > value_bytes_limit) return LEAT_E_CONFIG;
    const bool has_block = block_bytes != 0;
    if (has_block && config->value_max_bytes > value_bytes_most(block_bytes)) return LEAT_E_CONFIG;
    return config->wait_ms > INT32_MAX ? LEAT_E_CONFIG : LEAT_OK;
}

leat_status open_file(const leat_sqlite_config* config, sqlite3** database) {
    // As a path, whatever it looks like: a name of "file:..." or ":memory:" is one, too.
    char path[path_bytes_max + 3];
    const bool is_plain = config->path.data[0] == '/';
    const size_t at = is_plain ? 0 : 2;
    memcpy(path, "./", 2);
    memcpy(path + at, config->path.data, config->path.size);
    path[at + config->path.size] = '\0';
    const int access = config->read_only != 0 ? SQLITE_OPEN_READONLY
                                              : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    const int result =
        sqlite3_open_v2(path, database, access | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    if (result == SQLITE_OK) return LEAT_OK;
    if ((result & 0xff) != SQLITE_CANTOPEN) return status_of(result);
    const int error = *database == nullptr ? 0 : sqlite3_system_errno(*database);
    if (error == EACCES || error == EROFS || error == EPERM) return LEAT_E_STORE_READ_ONLY;
    return error == ENOENT && config->read_only != 0 ? LEAT_E_NOT_FOUND : LEAT_E_PORT;
}

}  // namespace

leat_status status_of(int result) {
    switch (result & 0xff) {
        case SQLITE_OK:
        case SQLITE_ROW:
        case SQLITE_DONE: return LEAT_OK;
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return LEAT_E_WOULD_BLOCK;
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
        case SQLITE_FORMAT:
        case SQLITE_SCHEMA:
        case SQLITE_MISMATCH:
        case SQLITE_CONSTRAINT:
        case SQLITE_ERROR: return LEAT_E_STORE;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH: return LEAT_E_STORE_READ_ONLY;
        case SQLITE_FULL: return LEAT_E_STORE_FULL;
        case SQLITE_NOMEM: return LEAT_E_MEMORY;
        case SQLITE_TOOBIG: return LEAT_E_TOO_LARGE;
        default: return LEAT_E_PORT;
    }
}

}  // namespace leat_sqlite

void leat_sqlite_config_init(leat_sqlite_config* config) {
    if (config == nullptr) return;
    memset(config, 0, sizeof *config);
    config->struct_size = sizeof *config;
    config->bytes_max = leat_sqlite::bytes_max_default;
    config->value_max_bytes = leat_sqlite::value_bytes_default;
    config->wait_ms = 50;
}

leat_status leat_sqlite_store_open(const leat_sqlite_config* config, void* state,
                                   leat_sqlite_store** out) {
    using namespace leat_sqlite;
    static_assert(sizeof(leat_sqlite_store) <= LEAT_SQLITE_STORE_BYTES);
    if (config == nullptr || state == nullptr || out == nullptr) return LEAT_E_ARGUMENT;
    *out = nullptr;
    if (reinterpret_cast<uintptr_t>(state) % 16 != 0) return LEAT_E_ARGUMENT;
    leat_status status = check_config(config);
    if (status != LEAT_OK) return status;
    leat_sqlite_store* const store = static_cast<leat_sqlite_store*>(state);
    memset(store, 0, sizeof *store);
    store->bytes_max = config->bytes_max == 0 ? INT64_MAX : config->bytes_max;
    if (store->bytes_max > INT64_MAX) store->bytes_max = INT64_MAX;
    store->value_bytes_max = config->value_max_bytes;
    store->read_only = config->read_only != 0;
    status = open_file(config, &store->database);
    if (status == LEAT_OK) {
        (void)sqlite3_busy_timeout(store->database, static_cast<int>(config->wait_ms));
        (void)sqlite3_limit(store->database, SQLITE_LIMIT_LENGTH,
                            static_cast<int>(store->value_bytes_max) + value_overhead_bytes);
        status = set_up(store);
    }
    if (status != LEAT_OK) {
        leat_sqlite_store_close(store);
        return status;
    }
    *out = store;
    return LEAT_OK;
}

void leat_sqlite_store_close(leat_sqlite_store* store) {
    if (store == nullptr) return;
    for (sqlite3_stmt*& statement : store->statements) {
        (void)sqlite3_finalize(statement);
        statement = nullptr;
    }
    (void)sqlite3_close(store->database);
    store->database = nullptr;
}
