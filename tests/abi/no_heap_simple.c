/* The blocking calls of leat/simple.h, over TLS against leat-mock, and an estimate: not one call that
 * brings or returns memory. Some prompts are refused, some find the buffer full. */
#define _GNU_SOURCE
#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>

#include "heap_count.h"
#include "mock_child.h"

#define TAP_ABOUT "no heap, simple"
#include "tap.h"

enum { prompts_count = 40 };

static char prompt_texts[prompts_count][64];
static leat_str prompts[prompts_count];
static leat_str answers[prompts_count];
static leat_status statuses[prompts_count];
static char memory[prompts_count * 128];

/* Every fourth is refused. */
static void make_prompts(void) {
    int i = 0;
    for (i = 0; i < prompts_count; ++i) {
        (void)snprintf(prompt_texts[i], sizeof prompt_texts[i], "number %d%s", i,
                       i % 4 == 3 ? " [[mock:400]]" : "");
        prompts[i] = view(prompt_texts[i]);
    }
}

static int run_all(leat_client* client, leat_endpoint endpoint, size_t buffer_bytes,
                   leat_status expected) {
    leat_batch_config config;
    leat_texts texts;
    leat_batch_config_init(&config);
    leat_texts_init(&texts);
    config.endpoint = endpoint;
    texts.list = answers;
    texts.statuses = statuses;
    texts.buffer = memory;
    texts.buffer_bytes = buffer_bytes;
    return leat_run_prompts(client, &config, prompts, prompts_count, &texts) == expected;
}

static int are_as_expected(void) {
    int holds = 1;
    int i = 0;
    for (i = 0; i < prompts_count; ++i) {
        char marker[64];
        (void)snprintf(marker, sizeof marker, "Error processing prompt %d: ", i + 1);
        if (i % 4 == 3) {
            holds &= statuses[i] == LEAT_E_INVALID_REQUEST && answers[i].size > strlen(marker) &&
                     memcmp(answers[i].data, marker, strlen(marker)) == 0;
        } else {
            holds &= statuses[i] == LEAT_OK && answers[i].size == prompts[i].size &&
                     memcmp(answers[i].data, prompts[i].data, prompts[i].size) == 0;
        }
    }
    return holds;
}

static int complete_one(leat_client* client, leat_endpoint endpoint) {
    const leat_result* result = NULL;
    leat_request request;
    leat_status status = LEAT_OK;
    int holds = 0;
    leat_request_init(&request);
    request.prompt = LEAT_STR("one alone");
    status = leat_complete(client, endpoint, &request, &result);
    holds = status == LEAT_OK && result->text.size == request.prompt.size;
    leat_complete_release(client, result);
    return holds;
}

static int estimate_one(void) {
    leat_estimate_config config;
    leat_estimate estimate;
    leat_request request;
    leat_estimate_config_init(&config);
    leat_estimate_init(&estimate);
    leat_request_init(&request);
    config.provider = LEAT_STR("openai");
    config.model = LEAT_STR("gpt-4o-mini");
    request.prompt = LEAT_STR("one alone");
    return leat_batch_estimate(&config, &request, 1, &estimate) == LEAT_OK && estimate.cost > 0;
}

static leat_status open_client(const mock_child* mock, leat_client** client,
                               leat_endpoint* endpoint) {
    leat_config config;
    leat_endpoint_config endpoint_config;
    leat_status status = LEAT_OK;
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    leat_mbedtls_port(&config.ports);
    config.tls_ca_file = view(mock->ca_file);
    leat_endpoint_config_init(&endpoint_config);
    endpoint_config.provider = LEAT_STR("openai");
    endpoint_config.base_url = view(mock->tls);
    endpoint_config.model = LEAT_STR("m");
    status = leat_open_mapped(&config, client);
    return status != LEAT_OK ? status : leat_endpoint_add(*client, &endpoint_config, endpoint);
}

static void run(leat_client* client, leat_endpoint endpoint) {
    heap_count count;
    int ran = 0;
    int overran = 0;
    int asked = 0;
    int estimated = 0;
    make_prompts();
    heap_count_begin();
    overran = run_all(client, endpoint, 100, LEAT_E_TOO_LARGE);
    ran = run_all(client, endpoint, sizeof memory, LEAT_OK);
    asked = complete_one(client, endpoint);
    estimated = estimate_one();
    count = heap_count_end();
    check(overran, "a buffer that is too small has its status");
    check(ran && are_as_expected(), "forty prompts, ten of them marked as failed");
    check(asked, "one request that blocks");
    check(estimated, "an estimate");
    check(count.total_count == 0, "not one call of the allocator or the system's maps");
}

int main(void) {
    static const char* const mock_options[] = {"--echo", NULL};
    mock_child mock;
    leat_client* client = NULL;
    leat_endpoint endpoint = 0;
    leat_status status = LEAT_OK;
    (void)setvbuf(stdout, NULL, _IONBF, 0);
    if (!mock_child_start(&mock, mock_options)) {
        printf("not ok - no heap, simple: leat-mock runs\n");
        return 1;
    }
    status = open_client(&mock, &client, &endpoint);
    check(status == LEAT_OK, "client and endpoint open");
    if (status == LEAT_OK) run(client, endpoint);
    leat_close_mapped(client);
    mock_child_stop(&mock);
    return failed_count != 0;
}
