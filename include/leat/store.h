/* leat/store.h: where answers are kept between runs: a table of functions, and the two stores there are.
 *
 * A store maps a key (SHA-256 of a request) to a value (an answer), forgets what is older than it may
 * be, and what was not used for longest when it is full. A batch uses one for its cache (leat_cache in
 * leat/batch.h); a program may use one by itself. MUST and MAY are meant literally; tests/port runs one
 * suite over every store.
 *
 * General rules. (1) A call blocks no longer than an access to a local disk takes; clear and expire
 * may take as long as the store is large. (2) A store reads no clock: the time is an argument, in
 * milliseconds since 1970-01-01 UTC. (3) A store MUST NOT allocate after open. (4) It belongs to one
 * thread at a time; any number of batches and clients of that thread may share it. (5) A call that fails
 * MUST leave the store as it was, or without the entry that it was about.
 */
#ifndef LEAT_STORE_H
#define LEAT_STORE_H

#include <leat/status.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LEAT_STORE_KEY_BYTES 32

/* For expires_ms: never. */
#define LEAT_STORE_FOR_EVER INT64_MAX

/* A value on its way into a store. */
typedef struct leat_store_entry {
    leat_str value;
    int64_t expires_ms;  /* from then on there is no such entry; LEAT_STORE_FOR_EVER */
    /* What a person who looks into the store would like to know; a store MAY drop it. */
    leat_str provider;   /* the adapter's name */
    leat_str model;
    int32_t http_status; /* 0: no HTTP */
    uint32_t reserved;
} leat_store_entry;

/* What is in a store, and what happened since it was opened. */
typedef struct leat_store_stats {
    uint64_t entries;      /* expired ones included, until they are found or expire is called */
    uint64_t value_bytes;  /* of all values */
    uint64_t bytes_max;    /* the most that value_bytes may be; UINT64_MAX: no bound */
    uint64_t hits;
    uint64_t misses;
    uint64_t sets;
    uint64_t evictions;    /* entries that had to make room */
} leat_store_stats;

/* Statuses that every function may answer besides its own: LEAT_E_WOULD_BLOCK (another process holds
 * the store now; it may be free soon), LEAT_E_STORE (what is there is no store, or is damaged),
 * LEAT_E_MEMORY (the store's memory does not suffice for that), LEAT_E_PORT (the system failed). */
typedef struct leat_store_ops {
    uint32_t struct_size;
    uint32_t reserved;
    const char *name;
    /* Copies the value of key to value, *size its bytes, and notes that it was used.
     * LEAT_OK; LEAT_E_NOT_FOUND: there is none at wall_ms; LEAT_E_TOO_LARGE: capacity does not suffice,
     * *size would, and nothing is copied. value may be NULL when capacity is 0. */
    leat_status (*get)(void *store, const uint8_t *key, int64_t wall_ms, void *value,
                       size_t capacity, size_t *size);
    /* Keeps entry under key, instead of what was there, and makes room for it where it must. entry is
     * copied. LEAT_OK; LEAT_E_TOO_LARGE: it can never fit; LEAT_E_STORE_FULL: the disk is full;
     * LEAT_E_STORE_READ_ONLY. */
    leat_status (*put)(void *store, const uint8_t *key, int64_t wall_ms,
                       const leat_store_entry *entry);
    /* Forgets key. LEAT_OK; LEAT_E_NOT_FOUND; LEAT_E_STORE_READ_ONLY. */
    leat_status (*remove)(void *store, const uint8_t *key);
    /* Forgets everything. LEAT_OK; LEAT_E_STORE_READ_ONLY. */
    leat_status (*clear)(void *store);
    /* Forgets what has expired at wall_ms; *count (may be NULL) says how many.
     * LEAT_OK; LEAT_E_STORE_READ_ONLY. */
    leat_status (*expire)(void *store, int64_t wall_ms, uint64_t *count);
    /* LEAT_OK, and *out is filled in. */
    leat_status (*stats)(void *store, leat_store_stats *out);
} leat_store_ops;

/* ---------------------------------------------------------------- in memory (leat::memory) */

typedef struct leat_memory_store leat_memory_store;

LEAT_API extern const leat_store_ops leat_memory_store_ops; /* its store: a leat_memory_store */

/* The least that leat_memory_store_open takes. */
#define LEAT_MEMORY_STORE_BYTES_MIN 4096

/* Makes a store of block, which stays the caller's, is aligned to 16 and outlives the store; there is
 * nothing to close. About nine tenths of it hold values, in pieces of 508 bytes.
 * LEAT_OK; LEAT_E_ARGUMENT (NULL, or not aligned); LEAT_E_MEMORY (fewer than
 * LEAT_MEMORY_STORE_BYTES_MIN). What is over 1 TiB is not used. */
LEAT_API leat_status leat_memory_store_open(void *block, size_t bytes,
                                            leat_memory_store **store) LEAT_CHECKED;

/* ---------------------------------------------------------------- in a file (leat::sqlite) */

/* An SQLite database with a view `entries`, for the sqlite3 shell as well: key in hex, created_ms,
 * expires_ms (NULL: never), last_used_ms, provider, model, status, bytes, value. (To delete from it,
 * delete from `keys`; the rest follows.) It is in WAL mode with synchronous=NORMAL: killing the
 * process loses nothing, a power failure at most the last entries; the file is whole either way.
 * Several processes may use it at once, on a local disk.
 *
 * SQLite has one allocator for the whole process. leat_sqlite_memory gives it a fixed block instead
 * of the heap; call it first, from one thread, before anything else in the process uses SQLite.
 * Without it SQLite takes from the heap. */
typedef struct leat_sqlite_store leat_sqlite_store;

LEAT_API extern const leat_store_ops leat_sqlite_store_ops; /* its store: a leat_sqlite_store */

/* For one store with the default bounds: 2 MiB for pages, the rest for statements and values. */
#define LEAT_SQLITE_MEMORY_BYTES ((size_t)16 << 20)
#define LEAT_SQLITE_MEMORY_BYTES_MIN ((size_t)4 << 20)

/* block, aligned to 16, is SQLite's until the process ends, or until leat_sqlite_memory_end.
 * LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_MEMORY (fewer than LEAT_SQLITE_MEMORY_BYTES_MIN); LEAT_E_STATE:
 * SQLite is in use already. */
LEAT_API leat_status leat_sqlite_memory(void *block, size_t bytes) LEAT_CHECKED;

/* Shuts SQLite down and gives the block back; every store, and whatever else uses SQLite, MUST be
 * closed before. Does nothing without a block. */
LEAT_API void leat_sqlite_memory_end(void);

/* Bytes of that block which are in use now, and the most that were; pages are counted apart. Zero
 * without a block. Either may be NULL. */
LEAT_API void leat_sqlite_memory_used(size_t *now, size_t *peak);

typedef struct leat_sqlite_config {
    uint32_t struct_size;
    uint8_t read_only;      /* 1: the file must be there, and is not written, hits are not noted */
    uint8_t reserved[3];
    leat_str path;          /* made when it is not there; at most 1023 bytes, without NUL */
    uint64_t bytes_max;     /* of all values; 10 GB. The file is somewhat larger. 0: no bound */
    uint32_t value_max_bytes; /* of one: 1 MiB. At most 1 GiB, and an eighth of SQLite's block */
    uint32_t wait_ms;       /* for another process that writes, in each call: 50 */
} leat_sqlite_config;

LEAT_API void leat_sqlite_config_init(leat_sqlite_config *config);

/* The state of one store. */
#define LEAT_SQLITE_STORE_BYTES 2048

/* Opens the store. state: LEAT_SQLITE_STORE_BYTES bytes, aligned to 16, that outlive it.
 * LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_STRUCT_SIZE; LEAT_E_RESERVED; LEAT_E_CONFIG (no path, or a bound out
 * of its range); LEAT_E_NOT_FOUND (read_only, and there is no such file); LEAT_E_STORE (the file is no
 * store, or a later version's); LEAT_E_STORE_READ_ONLY (the file may not be written);
 * LEAT_E_STORE_FULL (the disk); LEAT_E_WOULD_BLOCK (another process holds it); LEAT_E_MEMORY (SQLite's
 * block is used up); LEAT_E_PORT (the system refuses: no such folder, or it may not be written). */
LEAT_API leat_status leat_sqlite_store_open(const leat_sqlite_config *config, void *state,
                                            leat_sqlite_store **store) LEAT_CHECKED;

/* NULL is ignored. */
LEAT_API void leat_sqlite_store_close(leat_sqlite_store *store);

#ifdef __cplusplus
}
#endif
#endif
