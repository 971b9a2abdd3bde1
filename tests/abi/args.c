/* Every public function with NULL, with a struct_size that nobody knows and with reserved fields
 * that are not 0: the documented status, and no crash. */
#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define TAP_ABOUT "arguments"
#include "args_client.h"

static void test_init(void) {
    leat_config_init(NULL);
    leat_endpoint_config_init(NULL);
    leat_batch_config_init(NULL);
    leat_request_init(NULL);
    check(1, "init functions with NULL");
    check(leat_config_error(NULL)[0] != '\0', "leat_config_error(NULL) says something");
    check(leat_endpoint_config_error(NULL)[0] != '\0', "leat_endpoint_config_error(NULL) as well");
}

static void test_names(void) {
    int32_t number = 0;
    int holds = 1;
    for (number = -200; number < 50; ++number) {
        holds &= leat_status_name(number) != NULL && leat_status_word(number) != NULL &&
                 leat_status_hint(number) != NULL;
        holds &= leat_outcome_name((leat_outcome)(number & 15)) != NULL &&
                 leat_finish_name((leat_finish)(number & 15)) != NULL &&
                 leat_stage_name((leat_stage)(number & 15)) != NULL &&
                 leat_limiter_name((leat_limiter)(number & 15)) != NULL &&
                 leat_context_state_name((leat_context_state)(number & 15)) != NULL;
    }
    check(holds, "names of all numbers, known or not");
    check(strcmp(leat_status_name(-999), "LEAT_E_?") == 0, "name of an unknown status");
    check(leat_status_class(-999) == LEAT_CLASS_CALLER, "class of an unknown status");
    check(leat_provider_name(UINT32_MAX) == NULL, "no provider after the last");
    check(leat_provider_lacks(UINT32_MAX) == 0, "which lacks nothing");
    check(leat_version() != NULL && leat_abi_age() > 0, "version and age");
}

static void test_open(void) {
    static union {
        char bytes[64];
        long double aligned;
    } block;
    leat_config config;
    leat_client* none = NULL;
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    config.use_tls = 0;
    expect(leat_open(NULL, &block, sizeof block, &none), LEAT_E_ARGUMENT, "leat_open, no config");
    expect(leat_open(&config, NULL, sizeof block, &none), LEAT_E_ARGUMENT, "leat_open, no block");
    expect(leat_open(&config, &block, sizeof block, NULL), LEAT_E_ARGUMENT, "leat_open, no client");
    expect(leat_open_mapped(NULL, &none), LEAT_E_ARGUMENT, "leat_open_mapped, no config");
    expect(leat_open_mapped(&config, NULL), LEAT_E_ARGUMENT, "leat_open_mapped, no client");
    leat_close(NULL);
    leat_close_mapped(NULL);
    check(leat_memory_required(NULL) == 0, "leat_memory_required(NULL)");
    expect(leat_memory_report(&config, NULL, NULL), LEAT_E_ARGUMENT, "leat_memory_report, no line");
    check(leat_memory_block(NULL, NULL) == NULL, "leat_memory_block(NULL)");
    check(leat_memory_block(client, NULL) != NULL, "leat_memory_block without bytes");
}

static void test_client(void) {
    leat_stats stats;
    expect(leat_step(NULL, 0), LEAT_E_ARGUMENT, "leat_step, no client");
    expect(leat_step(client, 0), LEAT_E_DONE, "leat_step with nothing to do");
    expect(leat_step(client, -1), LEAT_E_DONE, "leat_step without limit, with nothing to do");
    expect(leat_step(client, INT32_MIN), LEAT_E_DONE, "leat_step, the most negative wait");
    check(leat_pollable_fd(NULL) == -1 && leat_pollable_fd(client) >= 0, "leat_pollable_fd");
    check(leat_next_deadline_ms(NULL) == -1, "leat_next_deadline_ms(NULL)");
    leat_get_stats(NULL, &stats);
    leat_get_stats(client, NULL);
    check(leat_endpoint_limiter(NULL, 0) == LEAT_LIMITER_NONE, "leat_endpoint_limiter(NULL)");
    check(leat_endpoint_limiter(client, 99) == LEAT_LIMITER_NONE, "limiter of no endpoint");
}

static leat_endpoint_config good_endpoint(void) {
    leat_endpoint_config config;
    leat_endpoint_config_init(&config);
    config.provider = LEAT_STR("openai");
    config.base_url = LEAT_STR("http://127.0.0.1:9/v1");
    return config;
}

#define ENDPOINT(change, expected, name)                                                 \
    do {                                                                                 \
        leat_endpoint_config config = good_endpoint();                                   \
        leat_endpoint added = 77;                                                        \
        change;                                                                          \
        expect(leat_endpoint_add(client, &config, &added), expected, "endpoint, " name); \
    } while (0)

static void test_endpoint(void) {
    static const leat_header bad_name = {LEAT_STR_INIT("X Y"), LEAT_STR_INIT("v")};
    static const leat_header bad_value = {LEAT_STR_INIT("X-Y"), LEAT_STR_INIT("a\r\nHost: b")};
    static leat_header many[33];
    static char long_text[9000];
    leat_endpoint_config whole = good_endpoint();
    leat_endpoint index = 0;
    memset(long_text, 'a', sizeof long_text);
    expect(leat_endpoint_add(NULL, &whole, &index), LEAT_E_ARGUMENT, "endpoint, no client");
    expect(leat_endpoint_add(client, NULL, &index), LEAT_E_ARGUMENT, "endpoint, no config");
    expect(leat_endpoint_add(client, &whole, NULL), LEAT_E_ARGUMENT, "endpoint, no index");
    ENDPOINT(config.struct_size = 0, LEAT_E_STRUCT_SIZE, "struct_size 0");
    ENDPOINT(++config.struct_size, LEAT_E_STRUCT_SIZE, "struct_size one more");
    ENDPOINT(config.reserved8 = 1, LEAT_E_RESERVED, "reserved8");
    ENDPOINT(config.retry.reserved2 = 1, LEAT_E_RESERVED, "second reserved of retry");
    ENDPOINT(config.adaptive.reserved8[2] = 1, LEAT_E_RESERVED, "reserved8 of adaptive");
    ENDPOINT(config.adaptive.reserved = 1, LEAT_E_RESERVED, "reserved of adaptive");
    ENDPOINT(config.retry.reserved = 1, LEAT_E_RESERVED, "reserved of retry");
    ENDPOINT(config.cooldown.reserved8[6] = 1, LEAT_E_RESERVED, "reserved of cooldown");
    ENDPOINT(config.max_in_flight = 0, LEAT_E_CONFIG, "max_in_flight 0");
    ENDPOINT(config.retry.attempts_max = 0, LEAT_E_CONFIG, "no attempt");
    ENDPOINT(config.retry.backoff_initial_ms = 0, LEAT_E_CONFIG, "no backoff");
    ENDPOINT(config.retry.backoff_max_ms = 999, LEAT_E_CONFIG, "backoff_max below initial");
    ENDPOINT(config.retry.backoff_base = 0.5, LEAT_E_CONFIG, "backoff_base below 1");
    ENDPOINT(config.retry.backoff_base = NAN, LEAT_E_CONFIG, "backoff_base not a number");
    ENDPOINT(config.retry.jitter_min = -0.1, LEAT_E_CONFIG, "jitter_min below 0");
    ENDPOINT(config.retry.jitter_min = 1.1, LEAT_E_CONFIG, "jitter_min above 1");
    ENDPOINT(config.cooldown.multiplier = 0.9, LEAT_E_CONFIG, "multiplier below 1");
    ENDPOINT(config.cooldown.max_ms = 1, LEAT_E_CONFIG, "cooldown.max_ms below initial");
    ENDPOINT(config.cooldown.retry_after_is_floor = 2, LEAT_E_CONFIG, "a boolean of 2");
    ENDPOINT(config.timeouts.attempt_ms = 0, LEAT_E_CONFIG, "attempt_ms 0");
    ENDPOINT(config.headers_count = 33; config.headers = many, LEAT_E_CONFIG, "33 headers");
    ENDPOINT(config.headers_count = 1, LEAT_E_CONFIG, "headers NULL");
    ENDPOINT(config.resolve_count = 1, LEAT_E_CONFIG, "resolve NULL");
    ENDPOINT(config.headers_count = 1; config.headers = &bad_name, LEAT_E_TEXT, "space in a name");
    ENDPOINT(config.headers_count = 1;
             config.headers = &bad_value, LEAT_E_TEXT, "CR LF in a value");
    ENDPOINT(config.api_key = LEAT_STR("a\nb"), LEAT_E_TEXT, "LF in the key");
    ENDPOINT(config.api_key = ((leat_str){"a\0b", 3}), LEAT_E_TEXT, "NUL in the key");
    ENDPOINT(config.provider = LEAT_STR("nobody"), LEAT_E_NOT_FOUND, "unknown provider");
    ENDPOINT(config.base_url = LEAT_STR("ftp://127.0.0.1/"), LEAT_E_URL, "another scheme");
    ENDPOINT(config.base_url = LEAT_STR("http://"), LEAT_E_URL, "no host");
    ENDPOINT(config.base_url = LEAT_STR("http://u:p@127.0.0.1/"), LEAT_E_URL, "user in the URL");
    ENDPOINT(config.base_url = LEAT_STR("http://127.0.0.1:99999/"), LEAT_E_URL,
             "port out of range");
    ENDPOINT(config.base_url = LEAT_STR("http://192.0.2.1/v1"), LEAT_E_PLAIN_HTTP, "plain http");
    ENDPOINT(config.base_url = LEAT_STR("https://127.0.0.1/v1"), LEAT_E_UNSUPPORTED, "no TLS port");
    ENDPOINT(config.base_url = LEAT_STR("http://no.such.host.invalid/v1");
             config.allow_plain_http = 1, LEAT_E_RESOLVE, "a name without address");
    ENDPOINT(config.model = ((leat_str){long_text, sizeof long_text}), LEAT_E_TOO_LARGE,
             "texts over 8 KiB");
    ENDPOINT(config.model = ((leat_str){NULL, 3}), LEAT_E_ARGUMENT, "a text of NULL");
    ENDPOINT((void)0, LEAT_OK, "a good one after all the bad");
    ENDPOINT((void)0, LEAT_E_TOO_MANY, "one too many");
}

static leat_keep drop(void* user, const leat_result* result) {
    (void)user;
    (void)result;
    return LEAT_RELEASE;
}

static leat_batch* test_batch_open(void) {
    leat_batch_config config;
    leat_batch* batch = NULL;
    leat_batch* more = NULL;
    leat_request defaults;
    leat_batch_config_init(&config);
    config.endpoint = endpoint;
    expect(leat_batch_open(NULL, &config, &batch), LEAT_E_ARGUMENT, "batch, no client");
    expect(leat_batch_open(client, NULL, &batch), LEAT_E_ARGUMENT, "batch, no config");
    expect(leat_batch_open(client, &config, NULL), LEAT_E_ARGUMENT, "batch, nowhere to put it");
    config.endpoint = 9;
    expect(leat_batch_open(client, &config, &batch), LEAT_E_NOT_FOUND, "batch, no such endpoint");
    config.endpoint = endpoint;
    ++config.struct_size;
    expect(leat_batch_open(client, &config, &batch), LEAT_E_STRUCT_SIZE, "batch, struct_size");
    --config.struct_size;
    config.order = (leat_order)2;
    expect(leat_batch_open(client, &config, &batch), LEAT_E_CONFIG, "batch, unknown order");
    config.order = LEAT_ORDER_COMPLETION;
    config.on_failure = (leat_failure_policy)3;
    expect(leat_batch_open(client, &config, &batch), LEAT_E_CONFIG, "batch, unknown policy");
    config.on_failure = LEAT_ON_FAILURE_CONTINUE;
    leat_request_init(&defaults);
    defaults.struct_size = 4;
    config.defaults = &defaults;
    expect(leat_batch_open(client, &config, &batch), LEAT_E_STRUCT_SIZE, "batch, defaults' size");
    leat_request_init(&defaults);
    defaults.flags = 1u << 31;
    expect(leat_batch_open(client, &config, &batch), LEAT_E_RESERVED, "batch, defaults' reserved");
    config.defaults = NULL;
    config.on_result = drop;
    expect(leat_batch_open(client, &config, &batch), LEAT_OK, "batch");
    expect(leat_batch_open(client, &config, &more), LEAT_OK, "second batch");
    leat_batch_close(more);
    expect(leat_batch_open(client, &config, &more), LEAT_OK, "second batch again");
    {
        leat_batch* third = NULL;
        expect(leat_batch_open(client, &config, &third), LEAT_E_TOO_MANY, "third of two batches");
        check(third == NULL, "... leaves NULL");
    }
    leat_batch_close(more);
    return batch;
}

static void test_submit_refused(leat_batch* batch) {
    static leat_message message;
    leat_request request;
    uint64_t index = 0;
    leat_request_init(&request);
    expect(leat_submit(batch, &request, &index), LEAT_E_ARGUMENT, "submit, nothing to ask");
    request.prompt = LEAT_STR("hello");
    expect(leat_submit(NULL, &request, &index), LEAT_E_ARGUMENT, "submit, no batch");
    expect(leat_submit(batch, NULL, &index), LEAT_E_ARGUMENT, "submit, no request");
    request.body_json = LEAT_STR("{}");
    expect(leat_submit(batch, &request, &index), LEAT_E_ARGUMENT, "submit, two bodies");
    request.body_json.size = 0;
    request.struct_size = 1;
    expect(leat_submit(batch, &request, &index), LEAT_E_STRUCT_SIZE, "submit, struct_size");
    request.struct_size = sizeof request;
    request.flags = 4;
    expect(leat_submit(batch, &request, &index), LEAT_E_RESERVED, "submit, unknown flag");
    request.flags = 0;
    request.temperature.reserved[3] = 1;
    expect(leat_submit(batch, &request, &index), LEAT_E_RESERVED, "submit, a number's reserved");
    request.temperature.reserved[3] = 0;
    request.system.size = 3;
    expect(leat_submit(batch, &request, &index), LEAT_E_ARGUMENT, "submit, text of NULL");
    request.system.size = 0;
    request.messages_count = 1;
    expect(leat_submit(batch, &request, &index), LEAT_E_ARGUMENT, "submit, messages of NULL");
    message.role = LEAT_STR("user");
    message.content.size = 5;
    request.messages = &message;
    expect(leat_submit(batch, &request, &index), LEAT_E_ARGUMENT,
           "submit, a message's text of NULL");
    request.messages_count = 0;
    request.stop_count = 1;
    expect(leat_submit(batch, &request, &index), LEAT_E_ARGUMENT, "submit, stop of NULL");
}

/* Fills the ring of two, and the intake of 64 bytes. */
static void test_submit_limits(leat_batch* batch) {
    static char text[100];
    leat_request request;
    uint64_t index = 0;
    leat_request_init(&request);
    request.flags = LEAT_COPY;
    memset(text, 'a', sizeof text);
    request.prompt.data = text;
    request.prompt.size = 65;
    expect(leat_submit(batch, &request, &index), LEAT_E_TOO_LARGE, "submit, copy over the intake");
    request.prompt.size = 64;
    expect(leat_submit(batch, &request, NULL), LEAT_OK, "submit, copy of exactly the intake");
    expect(leat_submit(batch, &request, &index), LEAT_E_WOULD_BLOCK, "submit, intake full");
    request.flags = 0;
    expect(leat_submit(batch, &request, &index), LEAT_OK, "submit, borrowed beside it");
    check(index == 1, "... is number 1");
    expect(leat_submit(batch, &request, &index), LEAT_E_WOULD_BLOCK, "submit, ring full");
}

static void test_batch_calls(leat_batch* batch) {
    const leat_result* result = NULL;
    leat_summary sum;
    leat_request request;
    uint64_t index = 0;
    leat_request_init(&request);
    request.prompt = LEAT_STR("hello");
    expect(leat_batch_next(NULL, &result), LEAT_E_ARGUMENT, "next, no batch");
    expect(leat_batch_next(batch, NULL), LEAT_E_ARGUMENT, "next, nowhere to put it");
    expect(leat_batch_next(batch, &result), LEAT_E_STATE, "next beside on_result");
    leat_result_release(batch, NULL);
    leat_result_release(NULL, NULL);
    expect(leat_batch_finish(NULL), LEAT_E_ARGUMENT, "finish, no batch");
    expect(leat_batch_wake(NULL), LEAT_E_ARGUMENT, "wake, no batch");
    expect(leat_batch_run(NULL), LEAT_E_ARGUMENT, "run, no batch");
    expect(leat_batch_run(batch), LEAT_E_STATE, "run of a batch that can never end");
    expect(leat_batch_cancel(NULL, LEAT_CANCEL_HARD), LEAT_E_ARGUMENT, "cancel, no batch");
    expect(leat_batch_cancel(batch, (leat_cancel)2), LEAT_E_ARGUMENT, "cancel, unknown mode");
    expect(leat_item_cancel(NULL, 0), LEAT_E_NOT_FOUND, "item cancel, no batch");
    expect(leat_item_cancel(batch, 2), LEAT_E_NOT_FOUND, "item cancel, no such item");
    expect(leat_item_cancel(batch, UINT64_MAX), LEAT_E_NOT_FOUND, "item cancel, the last number");
    expect(leat_item_cancel(batch, 1), LEAT_OK, "item cancel");
    check(leat_batch_done(NULL) == 0 && leat_batch_done(batch) == 0, "done");
    leat_batch_summary(NULL, &sum);
    leat_batch_summary(batch, NULL);
    leat_batch_close(NULL);
    expect(leat_batch_finish(batch), LEAT_OK, "finish");
    expect(leat_batch_finish(batch), LEAT_OK, "finish twice");
    expect(leat_submit(batch, &request, &index), LEAT_E_STATE, "submit after finish");
    leat_batch_close(batch);
    leat_batch_close(batch);
    check(1, "close twice");
}

static void test_batch(void) {
    leat_batch* const batch = test_batch_open();
    test_submit_refused(batch);
    test_submit_limits(batch);
    test_batch_calls(batch);
}

static void test_posix(void) {
    void* block = &block;
    leat_posix_unmap(NULL, 10);
    expect(leat_posix_map(0, &block), LEAT_E_ARGUMENT, "map of nothing");
    expect(leat_posix_map(16, NULL), LEAT_E_ARGUMENT, "map to nowhere");
    expect(leat_posix_map(SIZE_MAX / 2, &block), LEAT_E_MEMORY, "map of half of everything");
    check(block == NULL, "... leaves NULL");
    check(leat_posix_environment("LEAT_NO_SUCH_VARIABLE").data == NULL, "no such variable");
    check(leat_posix_environment(NULL).data == NULL, "variable NULL");
}

int main(void) {
    leat_config config;
    (void)setvbuf(stdout, NULL, _IONBF, 0);
    small_config(&config);
    config.items_max = 2;
    config.endpoints_max = 2;
    config.batches_max = 2;
    config.ring_entries = 2;
    config.intake_bytes = 80; /* 64, and the 16 that each piece takes besides */
    open_client(&config);
    test_init();
    test_names();
    test_open();
    test_client();
    test_batch();
    test_endpoint();
    test_posix();
    leat_close_mapped(client);
    return failed_count != 0;
}
