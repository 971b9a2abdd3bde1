/* Promise 1 for what watches and changes items: observers, middleware, a post-processor, progress, and
 * metrics written as text; over items that succeed, fail, are tried again and are skipped, without one call
 * of the allocator between the first step and the last.
 * Depends on leat's public headers, the heap interposer and leat-mock. */
#define _GNU_SOURCE
#include <leat/leat.h>
#include <leat/posix.h>
#include <stdio.h>
#include <string.h>

#include "heap_count.h"
#include "mock_child.h"

#define TAP_ABOUT "no heap, observe"
#include "tap.h"

enum { items_count = 2000 };

static unsigned long made, results, saved, skipped, events, passes, posts, steps_told;
static char prompt[64];
static char page[256 * 1024];

static leat_status source(void* user, leat_request* request) {
    static const char* const marks[] = {"", "[[mock:500x1]]", "[[mock:400]]",  "skip",
                                        "", "[[mock:429x1]]", "[[mock:reset]]"};
    (void)user;
    if (made == items_count) return LEAT_E_DONE;
    (void)snprintf(prompt, sizeof prompt, "%s item %lu", marks[made % 7], made);
    ++made;
    request->prompt = view(prompt);
    request->flags = LEAT_COPY;
    return LEAT_OK;
}

static leat_keep on_result(void* user, const leat_result* result) {
    (void)user;
    ++results;
    saved += result->text.size == 5 && memcmp(result->text.data, "saved", 5) == 0;
    skipped += result->outcome == LEAT_SKIPPED;
    return LEAT_RELEASE;
}

static void on_event(void* user, const leat_observation* observation) {
    (void)user;
    events += leat_observed_name(observation->what) != NULL;
}

static leat_pass before(void* user, leat_request* request) {
    static char changed[80];
    (void)user;
    ++passes;
    if (memcmp(request->prompt.data, "skip", 4) == 0) return LEAT_PASS_SKIP;
    (void)snprintf(changed, sizeof changed, "%.*s!", (int)request->prompt.size,
                   request->prompt.data);
    request->prompt = view(changed);
    request->flags |= LEAT_COPY;
    return LEAT_PASS;
}

static leat_pass after(void* user, const leat_result* result, leat_str* text) {
    (void)user;
    (void)result;
    *text = view("replaced");
    return LEAT_PASS;
}

static leat_pass on_error(void* user, const leat_result* result, leat_str* text) {
    (void)user;
    if (result->status != LEAT_E_INVALID_REQUEST) return LEAT_PASS_FAILED;
    *text = view("saved");
    return LEAT_PASS_ANSWER;
}

static void post_process(void* user, const leat_result* result) {
    (void)user;
    posts += result->struct_size == sizeof *result;
}

static void on_progress(void* user, const leat_progress* progress) {
    (void)user;
    steps_told += progress->completed > 0;
}

static leat_status open_client(const mock_child* mock, leat_client** client) {
    leat_config config;
    leat_endpoint_config endpoint;
    leat_endpoint index = 0;
    leat_status status = LEAT_OK;
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    config.use_tls = 0;
    config.log_level = LEAT_LOG_ERROR;
    config.item_bytes = 32 * 1024;
    status = leat_open_mapped(&config, client);
    leat_endpoint_config_init(&endpoint);
    endpoint.provider = view("openai");
    endpoint.model = view("m");
    endpoint.base_url = view(mock->plain);
    endpoint.retry.backoff_initial_ms = 1;
    endpoint.retry.backoff_max_ms = 4;
    endpoint.retry.quota = 0;
    endpoint.cooldown.retry_after_max_ms = 5;
    endpoint.cooldown.initial_ms = 5;
    endpoint.cooldown.slow_start_items = 0;
    endpoint.ignore_learned = 1; /* refusals come by chance, not by rate */
    if (status == LEAT_OK) status = leat_endpoint_add(*client, &endpoint, &index);
    return status;
}

static leat_status run(leat_client* client) {
    leat_observer observer;
    leat_middleware list[2];
    leat_batch_config config;
    leat_batch* batch = NULL;
    leat_status status = LEAT_OK;
    leat_observer_init(&observer);
    observer.on_event = on_event;
    leat_middleware_init(&list[0]);
    list[0].before = before;
    list[0].after = after;
    leat_middleware_init(&list[1]);
    list[1].per_attempt = 1;
    list[1].before = before;
    list[1].on_error = on_error;
    leat_batch_config_init(&config);
    config.source = source;
    config.on_result = on_result;
    config.on_progress = on_progress;
    config.progress_every = 100;
    config.post_process = post_process;
    config.middleware = list;
    config.middleware_count = 2;
    status = leat_observer_add(client, &observer);
    if (status == LEAT_OK) status = leat_batch_open(client, &config, &batch);
    if (status == LEAT_OK) status = leat_batch_run(batch);
    leat_batch_close(batch);
    return status;
}

/* Both forms, each whole in the page. */
static int write_metrics(leat_client* client) {
    leat_text_buffer out = {page, sizeof page, 0};
    const leat_status json = leat_metrics_json(client, leat_text_to_buffer, &out);
    const size_t json_size = out.size;
    out.size = 0;
    return json == LEAT_OK && json_size > 0 && json_size <= sizeof page &&
           leat_metrics_prometheus(client, leat_text_to_buffer, &out) == LEAT_OK && out.size > 0 &&
           out.size <= sizeof page;
}

int main(void) {
    static const char* const mock_options[] = {"--retry-after-ms", "2", NULL};
    mock_child mock;
    leat_client* client = NULL;
    leat_status status = LEAT_OK;
    heap_count count;
    int written = 0;
    (void)setvbuf(stdout, NULL, _IONBF, 0);
    if (!mock_child_start(&mock, mock_options)) {
        printf("not ok - no heap, observe: leat-mock runs\n");
        return 1;
    }
    status = open_client(&mock, &client);
    check(status == LEAT_OK, "client and endpoint open");
    heap_count_begin();
    if (status == LEAT_OK) status = run(client);
    written = status == LEAT_OK && write_metrics(client);
    count = heap_count_end();
    check(status == LEAT_OK && results == items_count && skipped == 286 && saved == 286,
          "2000 items, each with its result: some skipped, some saved");
    check(posts == items_count && steps_told == items_count / 100, "post-processor and progress");
    check(events > 5UL * items_count && passes > items_count && written, "the rest ran as well");
    printf("#  results %lu skipped %lu saved %lu events %lu passes %lu posts %lu\n", results,
           skipped, saved, events, passes, posts);
    check(count.total_count == 0, "not one call of the allocator or the system's maps");
    leat_close_mapped(client);
    mock_child_stop(&mock);
    return failed_count != 0;
}
