/* Ten thousand items through everything the engine can meet, and not one call that brings or
 * returns memory between the last leat_endpoint_add and leat_close: TLS handshakes full and
 * resumed on connections that the server keeps closing, retries, rate limits, resets, cut bodies,
 * answers that do not parse, refused connections, a certificate for another name, deadlines,
 * cancelled items and a cancelled batch; chains of items whose histories are full; results by callback
 * and by leat_batch_next.
 * The fates are in the prompts (leat-mock), so the outcome of every item is known beforehand. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>

#include "chains.h"
#include "fates.h"
#include "heap_count.h"
#include "mock_child.h"

#define TAP_ABOUT "no heap"
#include "tap.h"

enum { lanes_max = 7, prompt_bytes = 96, wait_s = 100 };

/* A batch with its items: what is expected, and what came. */
typedef struct lane {
    const char* name;
    const fate* fates;
    size_t fates_count;
    uint64_t items;
    leat_endpoint endpoint;
    int by_next;    /* results by leat_batch_next, prompts copied; else callback and source */
    int is_late;    /* deadlines and short timeouts */
    int has_chains; /* items of several conversations, which forget their oldest turns */
    int is_cancel;  /* every third item is cancelled alone, then the batch */
    leat_batch* batch;
    uint64_t made;
    uint64_t results;
    uint64_t wrong;
    uint64_t first_wrong;
    leat_status wrong_status;
    uint32_t wrong_attempts;
    int ended;
    char (*prompts)[prompt_bytes];
    unsigned char* seen;
    char copied[prompt_bytes];
} lane;

static const fate* fate_of(const lane* l, uint64_t index) {
    return &l->fates[index % l->fates_count];
}

static void fill_request(lane* l, uint64_t index, char* text, leat_request* request) {
    (void)snprintf(text, prompt_bytes, "%s item %lu %s", l->name, (unsigned long)index,
                   fate_of(l, index)->mark);
    leat_request_init(request);
    request->prompt = view(text);
    request->user_number = index;
    if (l->has_chains) request->conversation = chains[index % chains_max];
    if (l->is_late) {
        if (index % 2 == 0) request->deadline_ms = 40;
        if (index % 2 == 1) request->timeout_ms = 15;
    }
}

static leat_status source(void* user, leat_request* request) {
    lane* const l = user;
    if (l->made == l->items) return LEAT_E_DONE;
    fill_request(l, l->made, l->prompts[l->made], request);
    ++l->made;
    return LEAT_OK;
}

static int is_expected(const lane* l, const leat_result* result) {
    const fate* const want = fate_of(l, result->index);
    if (l->is_cancel) return result->status == LEAT_E_CANCELLED;
    if (result->status != want->status) return 0;
    /* A reset of a kept connection is sent once more without counting as an attempt. */
    if (strstr(want->mark, "reset") != NULL) return result->attempts <= want->attempts;
    return result->attempts == want->attempts;
}

static void take(lane* l, const leat_result* result) {
    const int again = result->index < l->items && l->seen[result->index] != 0;
    ++l->results;
    if (result->index < l->items) l->seen[result->index] = 1;
    if (!again && result->index < l->items && result->user_number == result->index &&
        is_expected(l, result)) {
        return;
    }
    if (l->wrong++ == 0) {
        l->first_wrong = result->index;
        l->wrong_status = result->status;
        l->wrong_attempts = result->attempts;
    }
}

static leat_keep on_result(void* user, const leat_result* result) {
    take(user, result);
    return LEAT_RELEASE;
}

/* Submits what there is room for. 1 when all is in. */
static int submit(lane* l) {
    leat_request request;
    while (l->made < l->items) {
        leat_status status = LEAT_OK;
        fill_request(l, l->made, l->copied, &request);
        request.flags = LEAT_COPY;
        status = leat_submit(l->batch, &request, NULL);
        if (status == LEAT_E_WOULD_BLOCK) return 0;
        if (status != LEAT_OK) {
            ++l->wrong;
            l->wrong_status = status;
        }
        ++l->made;
    }
    (void)leat_batch_finish(l->batch);
    return 1;
}

static void drain(lane* l) {
    const leat_result* result = NULL;
    while (leat_batch_next(l->batch, &result) == LEAT_OK) {
        take(l, result);
        leat_result_release(l->batch, result);
    }
}

static void cancel(lane* l) {
    uint64_t index = 0;
    for (index = 0; index < l->items; index += 3) (void)leat_item_cancel(l->batch, index);
}

static double now_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(leat_client* client, lane* lanes, size_t count) {
    const double end_s = now_s() + wait_s;
    size_t open = count;
    uint64_t steps = 0;
    unsigned idle = 0; /* LEAT_E_DONE with work left would be a bug; do not spin on it */
    while (open > 0 && idle < 1000 && now_s() < end_s) {
        size_t i = 0;
        if (leat_step(client, 20) == LEAT_E_DONE && steps > 100) ++idle;
        ++steps;
        open = 0;
        for (i = 0; i < count; ++i) {
            lane* const l = &lanes[i];
            if (l->by_next) {
                (void)submit(l);
                drain(l);
            }
            if (l->is_cancel && steps == 40) cancel(l);
            if (l->is_cancel && steps == 80) (void)leat_batch_cancel(l->batch, LEAT_CANCEL_DRAIN);
            if (l->is_cancel && steps == 90) (void)leat_batch_cancel(l->batch, LEAT_CANCEL_HARD);
            l->ended = leat_batch_done(l->batch) && l->results == l->made;
            open += !l->ended;
        }
    }
}

/* A port of this machine that refuses: bound, and not listening. */
static unsigned refusing_port(int* holder) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *holder = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(*holder, (struct sockaddr*)&address, sizeof address) != 0) return 0;
    if (getsockname(*holder, (struct sockaddr*)&address, &size) != 0) return 0;
    return ntohs(address.sin_port);
}

static leat_status add(leat_client* client, const char* url, const leat_resolve* resolve,
                       leat_endpoint* endpoint) {
    leat_endpoint_config config;
    leat_endpoint_config_init(&config);
    config.provider = view("openai");
    config.base_url = view(url);
    config.api_key = view("no-heap-key");
    config.model = view("m");
    config.max_in_flight = 24;
    config.retry.backoff_initial_ms = 1;
    config.retry.quota = 0;
    config.abort_on = 0;
    config.ignore_learned = 1; /* refusals come by chance, not by rate */
    config.retry.backoff_max_ms = 4;
    config.cooldown.initial_ms = 5;
    config.cooldown.max_ms = 10;
    config.cooldown.retry_after_max_ms = 5;
    config.cooldown.retries_max = 1000;
    config.cooldown.slow_start_items = 0;
    config.cooldown.slow_start_initial_ms = 0;
    config.cooldown.slow_start_final_ms = 0;
    config.resolve = resolve;
    config.resolve_count = resolve != NULL;
    return leat_endpoint_add(client, &config, endpoint);
}

static int open_lanes(leat_client* client, lane* lanes, size_t count) {
    size_t i = 0;
    if (!open_chains(client)) return 0;
    for (i = 0; i < count; ++i) {
        lane* const l = &lanes[i];
        leat_batch_config config;
        leat_batch_config_init(&config);
        config.endpoint = l->endpoint;
        config.order = i % 2 == 0 ? LEAT_ORDER_COMPLETION : LEAT_ORDER_INPUT;
        config.user = l;
        if (!l->by_next) {
            config.source = source;
            config.on_result = on_result;
        }
        if (leat_batch_open(client, &config, &l->batch) != LEAT_OK) return 0;
    }
    return 1;
}

static void report(const lane* l) {
    char line[200];
    uint64_t missing = 0;
    uint64_t i = 0;
    leat_summary sum;
    leat_batch_summary(l->batch, &sum);
    for (i = 0; i < l->items; ++i) missing += l->seen[i] == 0;
    (void)snprintf(line, sizeof line, "%s: %lu items, each with its one expected result", l->name,
                   (unsigned long)l->items);
    check(l->ended && missing == 0 && l->wrong == 0 && l->results == l->items &&
              sum.total == l->items &&
              sum.succeeded + sum.failed + sum.skipped + sum.cancelled == sum.total,
          line);
    if (missing == 0 && l->wrong == 0) return;
    printf(
        "#  made %lu results %lu missing %lu wrong %lu; first wrong: item %lu (%s) %s after %u\n",
        (unsigned long)l->made, (unsigned long)l->results, (unsigned long)missing,
        (unsigned long)l->wrong, (unsigned long)l->first_wrong, fate_of(l, l->first_wrong)->mark,
        leat_status_name(l->wrong_status), l->wrong_attempts);
}

#define FATES(list) .fates = (list), .fates_count = sizeof(list) / sizeof((list)[0])

static lane lanes[lanes_max] = {
    {.name = "plain", FATES(plain_fates), .items = 4000, .endpoint = 0},
    {.name = "tls", FATES(plain_fates), .items = 5000, .endpoint = 1, .by_next = 1},
    {.name = "refused", FATES(refused_fates), .items = 400, .endpoint = 2},
    {.name = "wrong name", FATES(wrong_name_fates), .items = 100, .endpoint = 3, .by_next = 1},
    {.name = "late", FATES(late_fates), .items = 300, .endpoint = 4, .is_late = 1},
    {.name = "cancelled",
     FATES(cancel_fates),
     .items = 300,
     .endpoint = 5,
     .by_next = 1,
     .is_cancel = 1},
    {.name = "chains", FATES(chain_fates), .items = 600, .endpoint = 6, .has_chains = 1},
};

/* A client with an endpoint for each lane, in the lanes' order. */
static leat_status open_client(const mock_child* mock, unsigned refusing, leat_client** client) {
    leat_config config;
    leat_resolve other_name;
    char refused[64];
    char other[64];
    leat_status status = LEAT_OK;
    leat_endpoint endpoint = 0;
    (void)snprintf(refused, sizeof refused, "http://127.0.0.1:%u/v1", refusing);
    (void)snprintf(other, sizeof other, "https://other.test:%u/v1", mock->tls_port);
    memset(&other_name, 0, sizeof other_name);
    other_name.host = view("other.test");
    other_name.address = view("127.0.0.1");
    other_name.port = (uint16_t)mock->tls_port;

    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    leat_mbedtls_port(&config.ports);
    config.items_max = 192;
    config.item_bytes = 64 * 1024;
    config.connections_max = 96;
    config.endpoints_max = lanes_max;
    config.batches_max = lanes_max;
    config.conversations_max = chains_max;
    config.conversation_bytes = 2048;
    config.ring_entries = 300; /* all of the cancelled batch's items at once */
    config.tls_ca_file = view(mock->ca_file);
    config.log_level = LEAT_LOG_ERROR;
    status = leat_open_mapped(&config, client);
    if (status == LEAT_OK) status = add(*client, mock->plain, NULL, &endpoint);
    if (status == LEAT_OK) status = add(*client, mock->tls, NULL, &endpoint);
    if (status == LEAT_OK) status = add(*client, refused, NULL, &endpoint);
    if (status == LEAT_OK) status = add(*client, other, &other_name, &endpoint);
    if (status == LEAT_OK) status = add(*client, mock->plain, NULL, &endpoint);
    if (status == LEAT_OK) status = add(*client, mock->tls, NULL, &endpoint);
    if (status == LEAT_OK) status = add(*client, mock->plain, NULL, &endpoint);
    return status;
}

static void check_stats(const leat_stats* stats) {
    check(stats->tls_full_handshakes > 0 && stats->tls_resumed_handshakes > 500,
          "there were handshakes, full and resumed");
    check(stats->connections_opened > 2000 && stats->retries > 2000 && stats->rate_limited > 400,
          "connections were opened often, items retried, rate limits met");
    printf("#  opened %lu reused %lu replayed %lu full %lu resumed %lu retries %lu limited %lu\n",
           (unsigned long)stats->connections_opened, (unsigned long)stats->connections_reused,
           (unsigned long)stats->connections_replayed, (unsigned long)stats->tls_full_handshakes,
           (unsigned long)stats->tls_resumed_handshakes, (unsigned long)stats->retries,
           (unsigned long)stats->rate_limited);
}

static void check_count(const heap_count* count, const char* name) {
    check(count->total_count == 0, name);
    if (count->total_count == 0) return;
    printf(
        "#  malloc %lu calloc %lu realloc %lu free %lu aligned %lu map %lu break %lu; first %s "
        "from %p\n",
        count->malloc_count, count->calloc_count, count->realloc_count, count->free_count,
        count->aligned_count, count->map_count, count->break_count,
        count->first_name != NULL ? count->first_name : "?", count->first_caller);
}

static void run_lanes(leat_client* client) {
    leat_stats stats;
    heap_count running;
    heap_count closing;
    size_t i = 0;
    heap_count_begin();
    if (open_lanes(client, lanes, lanes_max)) run(client, lanes, lanes_max);
    leat_get_stats(client, &stats);
    running = heap_count_end();
    for (i = 0; i < lanes_max; ++i) report(&lanes[i]);
    check_stats(&stats);
    check(chains_dropped() > 100, "conversations were full, and forgot their oldest turns");
    heap_count_begin();
    for (i = 0; i < lanes_max; ++i) leat_batch_close(lanes[i].batch);
    closing = heap_count_end();
    check_count(&running, "not one call of the allocator or the system's maps while it runs");
    check_count(&closing, "nor while batches are closed");
}

int main(void) {
    static const char* const mock_options[] = {
        "--keepalive-requests", "5", "--retry-after-ms", "2", "--tokens", "4:40", NULL};
    mock_child mock;
    leat_client* client = NULL;
    leat_status status = LEAT_OK;
    int holder = -1;
    size_t i = 0;

    (void)setvbuf(stdout, NULL, _IONBF, 0);
    if (!mock_child_start(&mock, mock_options)) {
        printf("not ok - no heap: leat-mock runs\n");
        return 1;
    }
    for (i = 0; i < lanes_max; ++i) {
        lanes[i].prompts = calloc(lanes[i].items, prompt_bytes);
        lanes[i].seen = calloc(lanes[i].items, 1);
    }
    status = open_client(&mock, refusing_port(&holder), &client);
    check(status == LEAT_OK, "client and endpoints open");
    if (status == LEAT_OK) run_lanes(client);
    leat_close_mapped(client);
    mock_child_stop(&mock);
    (void)close(holder);
    for (i = 0; i < lanes_max; ++i) {
        free(lanes[i].prompts);
        free(lanes[i].seen);
    }
    return failed_count != 0;
}
