/* Streams, tools, JSON schemas, pictures and thoughts in every wire format, through TLS, with streams
 * that break and are begun anew: not one call that brings or returns memory between the last
 * leat_endpoint_add and leat_close. Items are copied or borrowed in turn, and each reply by a schema
 * is checked against it meanwhile. leat-mock answers; what becomes of an item is in its prompt. */
#define _GNU_SOURCE
#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>
#include <time.h>

#include "heap_count.h"
#include "mock_child.h"

#define TAP_ABOUT "no heap, streams"
#include "tap.h"

enum { formats_count = 5, items_each = 400, prompt_bytes = 128, wait_s = 60 };

/* What is asked for, and how it ends. attempts_max is 3. */
typedef struct shape {
    const char* mark;
    leat_switch stream;
    uint8_t has_tools;
    uint8_t has_schema;
    uint8_t has_picture;
    uint8_t thinks;
    leat_status status;
    uint32_t attempts;
} shape;

static const shape shapes[] = {
    {"", LEAT_ON, 0, 0, 0, 0, LEAT_OK, 1},
    {"with the tool", LEAT_ON, 1, 0, 0, 0, LEAT_OK, 1},
    {"as JSON", LEAT_ON, 0, 1, 0, 0, LEAT_OK, 1},
    {"[[mock:midwayx1]]", LEAT_ON, 0, 0, 0, 0, LEAT_OK, 2},
    {"with the tool", LEAT_OFF, 1, 0, 0, 0, LEAT_OK, 1},
    {"as JSON", LEAT_OFF, 0, 1, 0, 0, LEAT_OK, 1},
    {"[[mock:truncatex2]]", LEAT_ON, 0, 0, 0, 0, LEAT_OK, 3},
    {"what is on it?", LEAT_ON, 0, 0, 1, 1, LEAT_OK, 1},
    {"[[mock:midway after=3]]", LEAT_ON, 0, 0, 0, 0, LEAT_E_SERVER, 3},
    {"[[mock:429x1]]", LEAT_ON, 0, 0, 0, 0, LEAT_OK, 1},
    {"[[mock:badjson]] as JSON", LEAT_OFF, 0, 1, 0, 0, LEAT_E_PARSE, 3},
};
enum { shapes_count = sizeof shapes / sizeof shapes[0] };

typedef struct lane {
    const char* provider;
    const char* model;
    const char* path; /* under the server's origin */
    leat_batch* batch;
    uint64_t made;
    uint64_t results;
    uint64_t wrong;
    uint64_t first_wrong;
    leat_status wrong_status;
    uint64_t pieces;
    uint64_t streamed;
    uint64_t calls;
    uint64_t schemas;
    char prompts[items_each][prompt_bytes];
    leat_message turns[items_each];
} lane;

static lane lanes[formats_count] = {
    {.provider = "openai", .model = "gpt-mock", .path = "/v1"},
    {.provider = "openai-responses", .model = "gpt-mock", .path = "/v1"},
    {.provider = "anthropic", .model = "claude-mock", .path = ""},
    {.provider = "gemini", .model = "gemini-2.5-mock", .path = "/v1beta"},
    {.provider = "ollama", .model = "llama-mock", .path = ""},
};

static const char schema_text[] =
    "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"days\":{\"type\":"
    "\"integer\",\"minimum\":1}},\"required\":[\"city\",\"days\"],\"additionalProperties\":false}";
static const char picture_bytes[] = "\x89PNG not really a picture";

static leat_tool tool;
static leat_tools tools;
static leat_format format;
static leat_part parts[2];

static void fill_shared(void) {
    tool.name = view("get_weather");
    tool.parameters_json = view(schema_text);
    tools.list = &tool;
    tools.count = 1;
    format.kind = LEAT_FORMAT_JSON_SCHEMA;
    format.schema_json = view(schema_text);
    parts[0].content = view("what is on it?");
    parts[1].type = LEAT_PART_IMAGE_BYTES;
    parts[1].content.data = picture_bytes;
    parts[1].content.size = sizeof picture_bytes - 1;
    parts[1].media_type = view("image/png");
}

static leat_status source(void* user, leat_request* request) {
    lane* const l = user;
    const uint64_t n = l->made;
    const shape* const s = &shapes[n % shapes_count];
    if (n == items_each) return LEAT_E_DONE;
    (void)snprintf(l->prompts[n], prompt_bytes, "%s %lu %s", l->provider, (unsigned long)n,
                   s->mark);
    request->prompt = view(l->prompts[n]);
    request->stream = s->stream;
    if (s->has_tools) request->tools = &tools;
    if (s->has_schema) request->format = &format;
    if (s->thinks) request->thinking = LEAT_ON;
    if (s->has_picture) {
        l->turns[n].role = view("user");
        l->turns[n].parts = parts;
        l->turns[n].parts_count = 2;
        request->messages = &l->turns[n];
        request->messages_count = 1;
    }
    request->flags = n % 2 == 0 ? LEAT_COPY : 0;
    if (n % 3 == 0) request->flags |= LEAT_KEEP_STREAM;
    ++l->made;
    return LEAT_OK;
}

static void on_token(void* user, const leat_token* token) {
    lane* const l = user;
    l->pieces += token->piece.size > 0;
}

static int is_right(lane* l, const leat_result* result) {
    const shape* const s = &shapes[result->index % shapes_count];
    l->streamed += result->streamed;
    l->calls += result->tool_calls_count;
    if (s->status == LEAT_E_SERVER && result->status == LEAT_E_OVERLOADED) {
        return result->partial && result->attempts == s->attempts; /* the same, in other words */
    }
    if (result->status != s->status || result->attempts != s->attempts) return 0;
    if (s->status != LEAT_OK) return 1;
    if (s->has_tools) return result->tool_calls_count == 1;
    if (!s->has_schema) return result->text.size > 0;
    ++l->schemas;
    return leat_schema_check(format.schema_json, result->text, NULL) == LEAT_OK;
}

static leat_keep on_result(void* user, const leat_result* result) {
    lane* const l = user;
    ++l->results;
    if (!is_right(l, result) && l->wrong++ == 0) {
        l->first_wrong = result->index;
        l->wrong_status = result->status;
    }
    return LEAT_RELEASE;
}

static leat_status open_client(const mock_child* mock, leat_client** client) {
    leat_config config;
    leat_status status = LEAT_OK;
    size_t i = 0;
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    leat_mbedtls_port(&config.ports);
    config.connections_max = 40;
    config.endpoints_max = formats_count;
    config.batches_max = formats_count;
    config.tls_ca_file = view(mock->ca_file);
    config.log_level = LEAT_LOG_ERROR;
    status = leat_open_mapped(&config, client);
    for (i = 0; i < formats_count && status == LEAT_OK; ++i) {
        leat_endpoint_config endpoint;
        leat_endpoint index = 0;
        char url[96];
        (void)snprintf(url, sizeof url, "https://localhost:%u%s", mock->tls_port, lanes[i].path);
        leat_endpoint_config_init(&endpoint);
        endpoint.provider = view(lanes[i].provider);
        endpoint.model = view(lanes[i].model);
        endpoint.base_url = view(url);
        endpoint.api_key = view("no-heap-key");
        endpoint.max_in_flight = 8;
        endpoint.retry.backoff_initial_ms = 1;
        endpoint.retry.quota = 0;
        endpoint.abort_on = 0;
        endpoint.ignore_learned = 1; /* refusals come by chance, not by rate */
        endpoint.retry.backoff_max_ms = 4;
        endpoint.cooldown.retry_after_max_ms = 5;
        endpoint.cooldown.initial_ms = 5;
        endpoint.cooldown.slow_start_items = 0;
        status = leat_endpoint_add(*client, &endpoint, &index);
    }
    return status;
}

static double now_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(leat_client* client) {
    const double end_s = now_s() + wait_s;
    size_t open = formats_count;
    size_t i = 0;
    for (i = 0; i < formats_count; ++i) {
        leat_batch_config config;
        leat_batch_config_init(&config);
        config.endpoint = (leat_endpoint)i;
        config.user = &lanes[i];
        config.source = source;
        config.on_result = on_result;
        config.on_token = on_token;
        if (leat_batch_open(client, &config, &lanes[i].batch) != LEAT_OK) return;
    }
    while (open > 0 && now_s() < end_s) {
        (void)leat_step(client, 20);
        open = 0;
        for (i = 0; i < formats_count; ++i) open += !leat_batch_done(lanes[i].batch);
    }
    for (i = 0; i < formats_count; ++i) leat_batch_close(lanes[i].batch);
}

static void report(const lane* l) {
    char line[160];
    (void)snprintf(line, sizeof line, "%s: %d items, each with its one expected result",
                   l->provider, items_each);
    check(l->results == items_each && l->wrong == 0, line);
    (void)snprintf(line, sizeof line, "%s: there were streams, pieces, calls and schemas",
                   l->provider);
    check(l->streamed > items_each / 2 && l->pieces > items_each && l->calls > items_each / 8 &&
              l->schemas > items_each / 8,
          line);
    printf(
        "#  results %lu wrong %lu (item %lu, %s) streamed %lu pieces %lu calls %lu schemas %lu\n",
        (unsigned long)l->results, (unsigned long)l->wrong, (unsigned long)l->first_wrong,
        leat_status_name(l->wrong_status), (unsigned long)l->streamed, (unsigned long)l->pieces,
        (unsigned long)l->calls, (unsigned long)l->schemas);
}

int main(void) {
    static const char* const mock_options[] = {
        "--keepalive-requests", "9", "--retry-after-ms", "2", "--tokens", "4:40", NULL};
    mock_child mock;
    leat_client* client = NULL;
    leat_status status = LEAT_OK;
    heap_count seen;
    size_t i = 0;
    (void)setvbuf(stdout, NULL, _IONBF, 0);
    if (!mock_child_start(&mock, mock_options)) {
        printf("not ok - no heap, streams: leat-mock runs\n");
        return 1;
    }
    fill_shared();
    status = open_client(&mock, &client);
    check(status == LEAT_OK, "client and endpoints open");
    if (status == LEAT_OK) {
        heap_count_begin();
        run(client);
        seen = heap_count_end();
        for (i = 0; i < formats_count; ++i) report(&lanes[i]);
        check(seen.total_count == 0, "not one call of the allocator or the system's maps");
        if (seen.total_count != 0) {
            printf("#  %lu calls; first %s from %p\n", seen.total_count,
                   seen.first_name != NULL ? seen.first_name : "?", seen.first_caller);
        }
    }
    leat_close_mapped(client);
    mock_child_stop(&mock);
    return failed_count != 0;
}
