/* Promise 1 for what decides when and where items go: limits that answers tell, 429s, overloads, a pool of
 * keys, fallbacks to another endpoint, second tries, a budget, lanes; all at once over TLS, without one
 * call of the allocator between the first step and the last.
 * Depends on leat's public headers, the heap interposer and leat-mock. */
#define _GNU_SOURCE
#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "heap_count.h"
#include "mock_child.h"

#define TAP_ABOUT "no heap, pace"
#include "tap.h"

enum { items_count = 3000, wait_s = 60 };

static unsigned long results_count, fell_back, hedged, cancelled_count, urgent_count;
static unsigned budget_calls;
static unsigned char seen[items_count];

static leat_keep on_result(void* user, const leat_result* result) {
    (void)user;
    ++results_count;
    if (result->index < items_count) ++seen[result->index];
    fell_back += result->fallbacks > 0;
    hedged += result->hedged > 0;
    cancelled_count += result->outcome == LEAT_CANCELLED;
    urgent_count += result->user_number == LEAT_LANE_URGENT;
    return LEAT_RELEASE;
}

static void on_budget(void* user, const leat_budget_state* state) {
    (void)user;
    (void)state;
    ++budget_calls;
}

/* Most prompts just go; some meet a service that is overloaded, slow, without the model or at its limit. */
static const char* const prompts[] = {
    "one",
    "two",
    "three",
    "[[mock:503x1]] four",
    "five",
    "[[mock:404x1]] six",
    "seven",
    "eight",
    "[[mock:ok latency=150]] nine",
    "ten",
    "[[mock:429x1]] eleven",
    "twelve",
    "[[mock:500x2]] thirteen",
};

static leat_status submit(leat_batch* batch, unsigned long number) {
    static char text[96];
    leat_request request;
    leat_request_init(&request);
    (void)snprintf(text, sizeof text, "%s %lu",
                   prompts[number % (sizeof prompts / sizeof prompts[0])], number);
    request.prompt = view(text);
    request.flags = LEAT_COPY;
    request.lane = (leat_lane)(number % 3);
    request.user_number = number % 3;
    return leat_submit(batch, &request, NULL);
}

static leat_status open_client(const mock_child* mock, leat_client** client) {
    static const leat_key keys[] = {
        {{"key-1", 5}, 0, 0}, {{"key-2", 5}, 0, 0}, {{"key-3", 5}, 0, 0}};
    leat_config config;
    leat_endpoint_config endpoint;
    leat_endpoint index = 0;
    leat_status status = LEAT_OK;
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    leat_mbedtls_port(&config.ports);
    config.tls_ca_file = view(mock->ca_file);
    config.log_level = LEAT_LOG_ERROR;
    config.items_max = 96;
    config.item_bytes = 32 * 1024;
    status = leat_open_mapped(&config, client);
    leat_endpoint_config_init(&endpoint);
    endpoint.provider = view("openai");
    endpoint.model = view("m");
    endpoint.base_url = view(mock->tls);
    endpoint.retry.backoff_initial_ms = 1;
    endpoint.retry.backoff_max_ms = 4;
    endpoint.cooldown.retry_after_max_ms = 5;
    endpoint.cooldown.initial_ms = 5;
    endpoint.cooldown.slow_start_items = 3;
    endpoint.cooldown.slow_start_initial_ms = 3;
    endpoint.cooldown.slow_start_final_ms = 1;
    endpoint.ignore_learned = 1; /* refusals come by chance, not by rate */
    endpoint.price.input = 1.0;
    endpoint.price.output = 2.0;
    if (status == LEAT_OK) status = leat_endpoint_add_keys(*client, &endpoint, keys, 3, &index);
    endpoint.base_url = view(mock->plain);
    endpoint.api_key = view("key-4");
    if (status == LEAT_OK) status = leat_endpoint_add(*client, &endpoint, &index);
    return status;
}

static void run(leat_client* client, leat_summary* sum) {
    leat_target targets[2];
    leat_batch_config config;
    leat_batch* batch = NULL;
    unsigned long sent = 0;
    struct timespec now;
    time_t end = 0;
    memset(targets, 0, sizeof targets);
    targets[0].endpoint = 0;
    targets[1].endpoint = 3;
    targets[1].rank = 1;
    leat_batch_config_init(&config);
    config.targets = targets;
    config.targets_count = 2;
    config.on_result = on_result;
    config.on_budget = on_budget;
    config.hedge.percentile = 0.9;
    config.hedge.share_percent = 20;
    config.budget_usd = 0.09; /* not enough for all of them */
    if (leat_batch_open(client, &config, &batch) != LEAT_OK) return;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    end = now.tv_sec + wait_s;
    while (leat_batch_done(batch) == 0 && now.tv_sec < end) {
        while (sent < items_count) {
            const leat_status status = submit(batch, sent);
            if (status == LEAT_E_WOULD_BLOCK) break;
            if (status == LEAT_E_STATE)
                sent = items_count; /* the budget was used up */
            else
                ++sent;
        }
        if (sent == items_count) (void)leat_batch_finish(batch);
        (void)leat_step(client, 20);
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
    }
    leat_batch_summary(batch, sum);
    leat_batch_close(batch);
}

int main(void) {
    static const char* const options[] = {
        "--keepalive-requests", "40", "--rate-headers", "--rpm", "60000",
        "--retry-after-ms",     "2",  "--tokens",       "4:40",  NULL};
    mock_child mock;
    leat_client* client = NULL;
    leat_status status = LEAT_OK;
    leat_summary sum;
    leat_stats stats;
    heap_count counted;
    unsigned long repeated = 0;
    unsigned long i = 0;
    (void)setvbuf(stdout, NULL, _IONBF, 0);
    memset(&sum, 0, sizeof sum);
    if (!mock_child_start(&mock, options)) {
        printf("not ok - no heap, pace: leat-mock runs\n");
        return 1;
    }
    status = open_client(&mock, &client);
    check(status == LEAT_OK, "client, pool of keys and fallback open");
    if (status == LEAT_OK) {
        heap_count_begin();
        run(client, &sum);
        counted = heap_count_end();
        for (i = 0; i < items_count; ++i) repeated += seen[i] > 1;
        leat_get_stats(client, &stats);
        check(results_count == sum.total && repeated == 0 &&
                  sum.succeeded + sum.failed + sum.skipped + sum.cancelled == sum.total,
              "every accepted item has its one result");
        check(sum.succeeded > 500 && sum.cost_usd <= 0.0902,
              "the budget was spent, and not passed");
        check(budget_calls == 2 && cancelled_count > 0, "its end was told and cancelled the rest");
        check(fell_back > 50 && hedged > 10 && urgent_count > 0 && stats.rate_limited > 10 &&
                  stats.retries > 50,
              "items fell back, were hedged, met rate limits and were tried again");
        check(counted.total_count == 0, "not one call of the allocator or the system's maps");
        printf(
            "#  total %lu ok %lu cancelled %lu fell back %lu hedged %lu (won %lu) limited %lu "
            "retries %lu cost %.4f\n",
            (unsigned long)sum.total, (unsigned long)sum.succeeded, cancelled_count, fell_back,
            hedged, (unsigned long)sum.hedges_won, (unsigned long)stats.rate_limited,
            (unsigned long)stats.retries, sum.cost_usd);
    }
    leat_close_mapped(client);
    mock_child_stop(&mock);
    return failed_count != 0;
}
