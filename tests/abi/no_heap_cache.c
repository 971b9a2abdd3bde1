/* Promise 1 for the cache: batches whose answers come from the service, from a store in memory, from one in
 * an SQLite file and from equal items, whole and streamed, without one call of the allocator between the
 * first step and the last. SQLite has a block of its own (leat_sqlite_memory).
 * Depends on leat's public headers, the heap interposer and leat-mock. */
#define _GNU_SOURCE
#include <leat/leat.h>
#include <leat/posix.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "heap_count.h"
#include "mock_child.h"

#define TAP_ABOUT "no heap, cache"
#include "tap.h"

enum { items_count = 600, equal_count = 50, wait_s = 60, block_bytes = 4 * 1024 * 1024 };

static char memory_block[block_bytes] __attribute__((aligned(16)));

/* One batch: what it uses, and what came of it. */
typedef struct job {
    const leat_store_ops* ops;
    void* store;
    int streams;
    unsigned long made;
    unsigned long good;
    leat_summary sum;
    char text[64];
} job;

static leat_keep on_result(void* user, const leat_result* result) {
    job* const j = user;
    j->good += result->outcome == LEAT_SUCCEEDED && result->text.size > 0;
    return LEAT_RELEASE;
}

static void on_token(void* user, const leat_token* token) {
    (void)user;
    (void)token;
}

static leat_status submit(job* j, leat_batch* batch) {
    leat_request request;
    leat_request_init(&request);
    /* Each asked twice in a row, some more often, a few fail at first. */
    (void)snprintf(j->text, sizeof j->text, "%sQuestion %lu",
                   j->made % 40 < 2 ? "[[mock:500x1]] " : "",
                   j->made % 5 == 0 ? j->made % equal_count : j->made / 2);
    request.prompt = view(j->text);
    request.flags = LEAT_COPY;
    request.stream = j->streams ? LEAT_ON : LEAT_OFF;
    return leat_submit(batch, &request, NULL);
}

static double now_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(leat_client* client, job* j) {
    const double end_s = now_s() + wait_s;
    leat_batch_config config;
    leat_batch* batch = NULL;
    j->made = 0;
    j->good = 0;
    leat_batch_config_init(&config);
    config.on_result = on_result;
    config.on_token = j->streams ? on_token : NULL;
    config.user = j;
    config.cache.store = j->ops;
    config.cache.store_user = j->store;
    if (leat_batch_open(client, &config, &batch) != LEAT_OK) return;
    while (!leat_batch_done(batch) && now_s() < end_s) {
        while (j->made < items_count && submit(j, batch) == LEAT_OK) ++j->made;
        if (j->made == items_count) (void)leat_batch_finish(batch);
        (void)leat_step(client, 20);
    }
    leat_batch_summary(batch, &j->sum);
    leat_batch_close(batch);
}

/* The same twice: the second one needs no service. */
static void run_twice(leat_client* client, job* j, const char* name) {
    char line[160];
    heap_count count;
    leat_summary first;
    heap_count_begin();
    run(client, j);
    first = j->sum;
    run(client, j);
    count = heap_count_end();
    (void)snprintf(line, sizeof line, "%s: %lu of %d answers were kept, then all were there", name,
                   (unsigned long)first.cache_sets, items_count);
    check(j->good == items_count && first.succeeded == items_count && first.cache_sets >= 250 &&
              first.cache_shared > 0 && j->sum.cached == items_count && j->sum.attempts == 0 &&
              first.cache_failures + j->sum.cache_failures == 0,
          line);
    (void)snprintf(line, sizeof line, "%s: not one call of the allocator or the system's maps",
                   name);
    check(count.total_count == 0, line);
    if (count.total_count == 0) return;
    printf(
        "#  malloc %lu calloc %lu realloc %lu free %lu aligned %lu map %lu break %lu; first %s "
        "from %p\n",
        count.malloc_count, count.calloc_count, count.realloc_count, count.free_count,
        count.aligned_count, count.map_count, count.break_count,
        count.first_name != NULL ? count.first_name : "?", count.first_caller);
}

static leat_status open_client(const mock_child* mock, leat_client** client) {
    leat_config config;
    leat_endpoint_config endpoint;
    leat_endpoint index = 0;
    leat_status status = LEAT_OK;
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    config.log_level = LEAT_LOG_ERROR;
    config.use_tls = 0;
    config.items_max = 96;
    status = leat_open_mapped(&config, client);
    leat_endpoint_config_init(&endpoint);
    endpoint.provider = view("openai");
    endpoint.model = view("m");
    endpoint.base_url = view(mock->plain);
    endpoint.api_key = view("no-heap-key");
    endpoint.retry.backoff_initial_ms = 1;
    endpoint.retry.backoff_max_ms = 4;
    if (status == LEAT_OK) status = leat_endpoint_add(*client, &endpoint, &index);
    return status;
}

static void in_memory(leat_client* client) {
    leat_memory_store* store = NULL;
    job whole = {0};
    job streamed = {0};
    if (leat_memory_store_open(memory_block, sizeof memory_block, &store) != LEAT_OK) {
        check(0, "a store in memory opens");
        return;
    }
    whole.ops = streamed.ops = &leat_memory_store_ops;
    whole.store = streamed.store = store;
    run_twice(client, &whole, "in memory, whole");
    (void)leat_memory_store_ops.clear(store);
    streamed.streams = 1;
    run_twice(client, &streamed, "in memory, streamed");
}

#ifdef LEAT_HAS_SQLITE
static void in_file(leat_client* client) {
    static char state[LEAT_SQLITE_STORE_BYTES] __attribute__((aligned(16)));
    char folder[] = "/tmp/leat_no_heap_XXXXXX";
    char file[64];
    char other[72];
    void* block = NULL;
    size_t peak = 0;
    leat_sqlite_config config;
    leat_sqlite_store* store = NULL;
    job whole = {0};
    if (mkdtemp(folder) == NULL || leat_posix_map(LEAT_SQLITE_MEMORY_BYTES, &block) != LEAT_OK)
        return;
    (void)snprintf(file, sizeof file, "%s/cache.db", folder);
    leat_sqlite_config_init(&config);
    config.path = view(file);
    if (leat_sqlite_memory(block, LEAT_SQLITE_MEMORY_BYTES) != LEAT_OK ||
        leat_sqlite_store_open(&config, state, &store) != LEAT_OK) {
        check(0, "a store in a file opens");
        return;
    }
    whole.ops = &leat_sqlite_store_ops;
    whole.store = store;
    run_twice(client, &whole, "in a file");
    leat_sqlite_memory_used(NULL, &peak);
    printf("#  SQLite's block: %lu KiB at most, besides its pages\n", (unsigned long)(peak / 1024));
    check(peak > 0 && peak < 8u * 1024 * 1024, "SQLite lives in its block");
    leat_sqlite_store_close(store);
    leat_sqlite_memory_used(&peak, NULL);
    check(peak < 64 * 1024, "and gives back what it took");
    leat_sqlite_memory_end();
    leat_posix_unmap(block, LEAT_SQLITE_MEMORY_BYTES);
    (void)unlink(file);
    (void)snprintf(other, sizeof other, "%s-wal", file);
    (void)unlink(other);
    (void)snprintf(other, sizeof other, "%s-shm", file);
    (void)unlink(other);
    (void)rmdir(folder);
}
#endif

int main(void) {
    static const char* const mock_options[] = {"--tokens", "4:40", NULL};
    mock_child mock;
    leat_client* client = NULL;
    (void)setvbuf(stdout, NULL, _IONBF, 0);
    if (!mock_child_start(&mock, mock_options)) {
        printf("not ok - no heap, cache: leat-mock runs\n");
        return 1;
    }
    check(open_client(&mock, &client) == LEAT_OK, "client and endpoint open");
    if (client != NULL) {
        in_memory(client);
#ifdef LEAT_HAS_SQLITE
        in_file(client);
#endif
    }
    leat_close_mapped(client);
    mock_child_stop(&mock);
    return failed_count != 0;
}
