/* tests/bench/leat_bench.c: leat at full work against one server: source, gate, request, answer
 * parsed and checked, usage accounted, result delivered. Public headers only.
 *
 * leat_bench BASE-URL CONCURRENCY TOTAL [ca=FILE] [warm=N] [events=N] [item=BYTES]
 * warm: requests before the clock starts (none: the clock covers leat_open and everything after).
 * Prints one line of key=value pairs, see bench.h. Exit 0 when every request succeeded.
 */
#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>

#include "bench.h"

struct work {
    struct bench bench;
    uint64_t given;
    uint64_t total;
    char prompt[prompt_bytes];
};

static leat_str view(const char *text) {
    leat_str s = {text, text != NULL ? strlen(text) : 0};
    return s;
}

static void must(leat_status status, const char *what) {
    if (status == LEAT_OK) return;
    fprintf(stderr, "leat_bench: %s: %s\n", what, leat_status_name(status));
    exit(2);
}

static leat_status next_request(void *user, leat_request *request) {
    struct work *work = user;
    if (work->given == work->total) return LEAT_E_DONE;
    bench_prompt(work->prompt, work->given++);
    request->flags = LEAT_COPY;
    request->prompt.data = work->prompt;
    request->prompt.size = sizeof work->prompt;
    request->max_output_tokens = 64;
    return LEAT_OK;
}

static leat_keep count_result(void *user, const leat_result *result) {
    struct work *work = user;
    const int good = result->outcome == LEAT_SUCCEEDED && result->text.size > 0 &&
                     result->usage.total_tokens > 0;
    if (!good && work->bench.failed++ == 0) {
        fprintf(stderr, "leat_bench: %s, HTTP %d\n", leat_status_name(result->status),
                result->http_status);
    }
    ++work->bench.done;
    histogram_add(&work->bench.latency, result->timing.total_ms);
    return LEAT_RELEASE;
}

static const char *option(int argc, char **argv, const char *name) {
    const size_t size = strlen(name);
    for (int i = 4; i < argc; ++i) {
        if (strncmp(argv[i], name, size) == 0 && argv[i][size] == '=') return argv[i] + size + 1;
    }
    return NULL;
}

static uint64_t number(const char *text, uint64_t otherwise) {
    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

static void run(leat_client *client, leat_endpoint endpoint, struct work *work, uint64_t total) {
    leat_batch_config config;
    leat_batch *batch;
    leat_batch_config_init(&config);
    config.endpoint = endpoint;
    config.user = work;
    config.source = next_request;
    config.on_result = count_result;
    work->total = work->given + total;
    must(leat_batch_open(client, &config, &batch), "batch");
    must(leat_batch_run(batch), "run");
    leat_batch_close(batch);
}

static leat_endpoint add_endpoint(leat_client *client, const char *url, uint32_t concurrency) {
    leat_endpoint_config config;
    leat_endpoint endpoint;
    leat_endpoint_config_init(&config);
    config.provider = LEAT_STR("openai");
    config.base_url = view(url);
    config.api_key = LEAT_STR(BENCH_KEY);
    config.model = LEAT_STR(BENCH_MODEL);
    config.max_in_flight = concurrency;
    must(leat_endpoint_add(client, &config, &endpoint), "endpoint");
    return endpoint;
}

static void report(leat_client *client, const struct work *work) {
    leat_stats stats;
    bench_report(&work->bench);
    leat_get_stats(client, &stats);
    const double sent = stats.requests_sent > 0 ? (double)stats.requests_sent : 1.0;
    printf(" request_bytes=%.0f reply_bytes=%.0f steps=%llu opened=%llu peak=%u full=%llu "
           "resumed=%llu retries=%llu replayed=%llu item_peak=%zu tls_peak=%zu\n",
           (double)stats.bytes_sent / sent, (double)stats.bytes_received / sent,
           (unsigned long long)stats.steps, (unsigned long long)stats.connections_opened,
           stats.in_flight_peak, (unsigned long long)stats.tls_full_handshakes,
           (unsigned long long)stats.tls_resumed_handshakes, (unsigned long long)stats.retries,
           (unsigned long long)stats.connections_replayed, stats.item_bytes_peak,
           stats.tls_pool_peak_bytes);
}

int main(int argc, char **argv) {
    static struct work work;
    if (argc < 4) {
        fprintf(stderr, "usage: leat_bench BASE-URL CONCURRENCY TOTAL [ca=FILE] [warm=N]\n");
        return 2;
    }
    const uint32_t concurrency = (uint32_t)number(argv[2], 1);
    const uint64_t warm = number(option(argc, argv, "warm"), 0);
    work.bench.name = "leat";
    bench_begin(&work.bench);
    (void)leat_posix_raise_descriptor_limit();

    leat_config config;
    leat_client *client;
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    config.use_tls = strncmp(argv[1], "https:", 6) == 0;
    if (config.use_tls) leat_mbedtls_port(&config.ports);
    config.tls_ca_file = view(option(argc, argv, "ca"));
    config.items_max = concurrency;
    config.connections_max = concurrency;
    config.endpoints_max = 1;
    config.batches_max = 1;
    config.ring_entries = 1;
    config.intake_bytes = 0;
    config.item_bytes = number(option(argc, argv, "item"), 16384);
    config.events_per_step =
        (uint32_t)number(option(argc, argv, "events"), config.events_per_step);
    must(leat_open_mapped(&config, &client), leat_config_error(&config));
    const leat_endpoint endpoint = add_endpoint(client, argv[1], concurrency);
    if (warm > 0) {
        run(client, endpoint, &work, warm);
        if (work.bench.failed > 0) return 1;
        bench_begin(&work.bench);
    }
    run(client, endpoint, &work, number(argv[3], 1));
    report(client, &work);
    leat_close_mapped(client);
    return work.bench.failed == 0 ? 0 : 1;
}
