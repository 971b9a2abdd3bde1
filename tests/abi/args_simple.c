/* Every function of leat/simple.h, leat/context.h and the estimates of leat/meter.h with NULL, and with a
 * struct_size that nobody knows: the documented status, and no crash. */
#include <leat/leat.h>
#include <stdio.h>

#define TAP_ABOUT "arguments"
#include "args_client.h"

static void test_context(void) {
    leat_context_config config;
    leat_context_info info;
    leat_context* context = NULL;
    leat_context_config_init(NULL);
    leat_context_config_init(&config);
    check(leat_context_config_error(NULL)[0] != '\0', "leat_context_config_error(NULL)");
    check(leat_context_config_warning(NULL, 0) == NULL, "leat_context_config_warning(NULL)");
    expect(leat_context_open(NULL, &config, &context), LEAT_E_ARGUMENT, "context open, no client");
    expect(leat_context_open(client, NULL, &context), LEAT_E_ARGUMENT, "context open, no config");
    expect(leat_context_open(client, &config, NULL), LEAT_E_ARGUMENT, "context open to nowhere");
    expect(leat_context_open(client, &config, &context), LEAT_E_ARGUMENT,
           "context open, no content");
    config.struct_size = 1;
    expect(leat_context_open(client, &config, &context), LEAT_E_STRUCT_SIZE, "context open, size");
    expect(leat_context_delete(NULL), LEAT_E_ARGUMENT, "context delete");
    expect(leat_context_run(NULL), LEAT_E_ARGUMENT, "context run");
    expect(leat_context_close(NULL), LEAT_E_ARGUMENT, "context close");
    expect(leat_context_get_info(NULL, &info), LEAT_E_ARGUMENT, "context info");
    expect(leat_prepare_complete(NULL, LEAT_OK, NULL), LEAT_E_ARGUMENT, "prepare complete");
}

static void test_simple(void) {
    const leat_result* result = NULL;
    leat_request request;
    leat_texts texts;
    leat_batch_config config;
    leat_texts_init(NULL);
    leat_texts_init(&texts);
    leat_request_init(&request);
    leat_batch_config_init(&config);
    config.endpoint = endpoint;
    expect(leat_complete(client, endpoint, &request, NULL), LEAT_E_ARGUMENT, "complete to nowhere");
    expect(leat_complete(NULL, endpoint, &request, &result), LEAT_E_ARGUMENT,
           "complete, no client");
    expect(leat_complete(client, endpoint, NULL, &result), LEAT_E_ARGUMENT, "complete of nothing");
    expect(leat_complete(client, 7, &request, &result), LEAT_E_NOT_FOUND, "complete, no endpoint");
    expect(leat_complete(client, endpoint, &request, &result), LEAT_E_ARGUMENT, "... no prompt");
    check(result == NULL, "... leaves NULL");
    leat_complete_release(NULL, NULL);
    leat_complete_release(client, NULL);
    expect(leat_run_prompts(NULL, &config, NULL, 0, &texts), LEAT_E_ARGUMENT, "prompts, no client");
    expect(leat_run_prompts(client, NULL, NULL, 0, &texts), LEAT_E_ARGUMENT, "prompts, no options");
    expect(leat_run_prompts(client, &config, NULL, 0, NULL), LEAT_E_ARGUMENT, "prompts, no texts");
    expect(leat_run_prompts(client, &config, NULL, 1, &texts), LEAT_E_ARGUMENT, "prompts are NULL");
    texts.buffer_bytes = 1;
    expect(leat_run_prompts(client, &config, NULL, 0, &texts), LEAT_E_ARGUMENT, "no buffer");
    texts.buffer_bytes = 0;
    expect(leat_run_prompts(client, &config, NULL, 0, &texts), LEAT_OK, "no prompts");
}

static void test_estimate(void) {
    leat_estimate_config config;
    leat_estimate estimate;
    leat_estimate_config_init(NULL);
    leat_estimate_init(NULL);
    leat_estimate_config_init(&config);
    leat_estimate_init(&estimate);
    expect(leat_batch_estimate(&config, NULL, 0, &estimate), LEAT_OK, "estimate of nothing");
    check(estimate.requests == 0 && estimate.seconds < 0, "... is nothing");
    config.struct_size = 1;
    expect(leat_batch_estimate(&config, NULL, 0, &estimate), LEAT_E_STRUCT_SIZE, "its size");
    expect(leat_batch_estimate(NULL, NULL, 0, &estimate), LEAT_E_ARGUMENT, "estimate, no config");
}

int main(void) {
    leat_config config;
    (void)setvbuf(stdout, NULL, _IONBF, 0);
    small_config(&config);
    config.contexts_max = 1;
    open_client(&config);
    test_context();
    test_simple();
    test_estimate();
    leat_close_mapped(client);
    return failed_count != 0;
}
