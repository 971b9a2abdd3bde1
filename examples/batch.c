/* A batch in full: items submitted one by one, results in input order, retries, a bound on what
 * waits, and a cancel.
 *   ./batch BASE_URL [CA_FILE [COUNT [CANCEL_AFTER]]]
 * Prints one line per item and the summary. */
#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static leat_str view(const char *text) {
    leat_str s = {text, text != NULL ? strlen(text) : 0};
    return s;
}

static int fail(const char *what, leat_status status) {
    fprintf(stderr, "%s: %s: %s\n", what, leat_status_name(status), leat_status_hint(status));
    return 1;
}

static leat_status open_batch(leat_client *client, const char *url, leat_batch **batch) {
    leat_endpoint_config endpoint;
    leat_batch_config config;
    leat_status status;

    leat_endpoint_config_init(&endpoint);
    endpoint.provider = view("openai");
    endpoint.base_url = view(url);
    endpoint.api_key = leat_posix_environment("LEAT_API_KEY");
    endpoint.model = view("gpt-4o-mini");
    endpoint.max_in_flight = 8;
    endpoint.retry.attempts_max = 4;       /* three more tries ... */
    endpoint.retry.backoff_initial_ms = 50; /* ... after 50, 100 and 200 ms, with jitter */
    endpoint.timeouts.attempt_ms = 20000;

    leat_batch_config_init(&config);
    config.order = LEAT_ORDER_INPUT;
    config.retry_failed = LEAT_RETRY_FAILED_RETRYABLE;
    status = leat_endpoint_add(client, &endpoint, &config.endpoint);
    return status != LEAT_OK ? status : leat_batch_open(client, &config, batch);
}

/* Submits until leat has no more room; the text is copied, so one buffer is enough. */
static leat_status submit_some(leat_batch *batch, int *next, int count) {
    leat_status status = LEAT_OK;
    leat_request request;
    char prompt[64];
    while (*next < count) {
        snprintf(prompt, sizeof prompt, "Say the number %d in words.", *next);
        leat_request_init(&request);
        request.prompt = view(prompt);
        request.flags = LEAT_COPY;
        request.user_number = (uint64_t)*next;
        status = leat_submit(batch, &request, NULL);
        if (status != LEAT_OK) return status == LEAT_E_WOULD_BLOCK ? LEAT_OK : status;
        ++*next;
    }
    return leat_batch_finish(batch);
}

static leat_status drive(leat_client *client, leat_batch *batch, int count, int cancel_after) {
    const leat_result *result = NULL;
    leat_status status = LEAT_OK;
    int cancelled = 0;
    int next = 0;
    int seen = 0;
    for (;;) {
        if (!cancelled) {
            status = submit_some(batch, &next, count);
            if (status != LEAT_OK) return status;
        }
        status = leat_batch_next(batch, &result);
        if (status == LEAT_E_DONE) return LEAT_OK;
        if (status == LEAT_OK) {
            printf("%lu %s attempts=%u %.*s\n", (unsigned long)result->index,
                   leat_outcome_name(result->outcome), (unsigned)result->attempts,
                   (int)result->text.size, result->text.data != NULL ? result->text.data : "");
            leat_result_release(batch, result);
            if (++seen == cancel_after) {
                status = leat_batch_cancel(batch, LEAT_CANCEL_DRAIN);
                cancelled = 1;
            }
        } else if (status == LEAT_E_WOULD_BLOCK) {
            status = leat_step(client, 1000);
            if (status == LEAT_E_DONE) status = LEAT_OK;
        }
        if (status != LEAT_OK) return status;
    }
}

int main(int argc, char **argv) {
    const int count = argc > 3 ? atoi(argv[3]) : 20;
    const int cancel_after = argc > 4 ? atoi(argv[4]) : -1;
    leat_config config;
    leat_client *client = NULL;
    leat_batch *batch = NULL;
    leat_summary sum;
    leat_status status;
    void *block = NULL;
    size_t bytes;

    if (argc < 2) {
        fprintf(stderr, "usage: batch BASE_URL [CA_FILE [COUNT [CANCEL_AFTER]]]\n");
        return 2;
    }
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    leat_mbedtls_port(&config.ports);
    config.tls_ca_file = view(argc > 2 ? argv[2] : NULL);
    bytes = leat_memory_required(&config);
    status = leat_posix_map(bytes, &block);
    if (status == LEAT_OK) status = leat_open(&config, block, bytes, &client);
    if (status != LEAT_OK) return fail("open", status);
    status = open_batch(client, argv[1], &batch);
    if (status == LEAT_OK) status = drive(client, batch, count, cancel_after);
    if (status != LEAT_OK) fail("batch", status);
    if (batch != NULL) {
        leat_batch_summary(batch, &sum);
        printf("total %lu succeeded %lu failed %lu cancelled %lu attempts %lu\n",
               (unsigned long)sum.total, (unsigned long)sum.succeeded, (unsigned long)sum.failed,
               (unsigned long)sum.cancelled, (unsigned long)sum.attempts);
        leat_batch_close(batch);
    }
    leat_close(client);
    leat_posix_unmap(block, bytes);
    return status == LEAT_OK ? 0 : 1;
}
