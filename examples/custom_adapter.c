/* A provider that leat does not know: an HTTP service with its options in the URL, the prompt as
 * plain text in the body, the answer as plain text, and what it cost in a header.
 *   POST /complete?engine=NAME&heat=0.2&length=100      Content-Type: text/plain
 *   200  X-Tokens: 12/34                                the answer
 *   429  Retry-After: 1                                 or 4xx, 5xx: "CODE: why not"
 * Such a service becomes a provider by three functions and a table; retries, limits, timeouts,
 * connections and memory stay leat's business.
 *   ./custom_adapter BASE_URL [PROMPT ...]              the key, if any, from $COMPLETE_API_KEY */
#include <leat/adapter.h>
#include <leat/leat.h>
#include <leat/posix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static leat_str view(const char *text) {
    leat_str s = {text, text != NULL ? strlen(text) : 0};
    return s;
}

/* Appends `from` to a query, with what is not plain percent-encoded. Returns the new size. */
static size_t put_encoded(char *query, size_t size, size_t room, leat_str from) {
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    size_t i;
    for (i = 0; i < from.size && size + 4 < room; ++i) {
        const char c = from.data[i];
        if (c != '\0' && strchr(plain, c) != NULL)
            query[size++] = c;
        else
            size += (size_t)sprintf(query + size, "%%%02X", (unsigned)(unsigned char)c);
    }
    return size;
}

/* The request side. What goes on the wire is referred to, not printed: the prompt may be large.
 * Options that the service has not got stay out; `lacks` below says so, and so will the result. */
static leat_status build(const leat_build *wanted, leat_rope *rope) {
    const leat_request *request = wanted->request;
    char query[256] = "/complete?engine=";
    leat_str path;
    size_t size = put_encoded(query, strlen(query), sizeof query - 64, wanted->model);
    if (request->temperature.is_set)
        size += (size_t)sprintf(query + size, "&heat=%.3f", request->temperature.value);
    if (request->max_output_tokens != 0)
        size += (size_t)sprintf(query + size, "&length=%u", (unsigned)request->max_output_tokens);
    path.data = query;
    path.size = size;
    leat_rope_path(rope, path);                                 /* copied */
    if (request->messages_count > 0) return LEAT_E_UNSUPPORTED; /* no conversations here */
    leat_rope_bytes(rope, request->system); /* borrowed: it lives as long as the item */
    if (request->system.size > 0) leat_rope_bytes(rope, view("\n\n"));
    leat_rope_bytes(rope, request->prompt);
    return LEAT_OK; /* an error of the rope's is seen by leat itself */
}

/* "12/34": tokens in, tokens out. What is not told stays unknown. */
static void read_usage(leat_str header, leat_usage *usage) {
    int64_t counts[2] = {0, 0};
    int at = 0;
    size_t i;
    for (i = 0; i < header.size && at < 2; ++i) {
        const char c = header.data[i];
        if (c == '/') {
            ++at;
        } else if (c >= '0' && c <= '9' && counts[at] < 1000000000) {
            counts[at] = counts[at] * 10 + (c - '0');
        } else {
            return;
        }
    }
    if (at != 1) return;
    usage->input_tokens = counts[0];
    usage->output_tokens = counts[1];
    usage->total_tokens = counts[0] + counts[1];
}

/* The answer side. Views into reply->body live as long as the result. */
static leat_status parse(const leat_reply *reply, leat_scratch *scratch, leat_answer *answer) {
    (void)scratch; /* for adapters that must decode */
    answer->text = reply->body;
    answer->finish = LEAT_FINISH_STOP;
    read_usage(leat_reply_header(reply, view("x-tokens")), &answer->usage);
    return LEAT_OK;
}

/* An error. Status, retryable and wait_ms come filled in from the HTTP status and Retry-After; the
 * service's own words go beside them. */
static void classify(const leat_reply *reply, leat_scratch *scratch, leat_fault *fault) {
    const char *colon = NULL;
    (void)scratch;
    if (reply->body.size > 0) colon = memchr(reply->body.data, ':', reply->body.size);
    fault->message = reply->body;
    if (colon == NULL) return;
    fault->code.data = reply->body.data;
    fault->code.size = (size_t)(colon - reply->body.data);
    if (fault->code.size == 7 && memcmp(fault->code.data, "warming", 7) == 0) {
        fault->status = LEAT_E_OVERLOADED; /* it says 409 where others say 503 */
        fault->retryable = 1;
    }
}

static void fill(leat_adapter *adapter) {
    memset(adapter, 0, sizeof *adapter);
    adapter->struct_size = sizeof *adapter;
    adapter->name = "complete";
    adapter->base_url = "";
    adapter->path = "/complete";
    adapter->auth_header = "X-Key";
    adapter->auth_prefix = "";
    adapter->extra_header = "Content-Type: text/plain; charset=utf-8"; /* instead of JSON */
    adapter->lacks = LEAT_FIELD_TOP_P | LEAT_FIELD_TOP_K | LEAT_FIELD_SEED | LEAT_FIELD_STOP |
                     LEAT_FIELD_TOOLS | LEAT_FIELD_FORMAT_JSON | LEAT_FIELD_FORMAT_SCHEMA;
    adapter->build = build;
    adapter->parse = parse;
    adapter->classify = classify;
}

static leat_keep print(void *user, const leat_result *result) {
    const leat_str said = result->outcome == LEAT_SUCCEEDED ? result->text : result->error_message;
    (void)user;
    printf("%s: %.*s (%ld tokens, %u attempts%s)\n", leat_status_word(result->status),
           (int)said.size, said.data != NULL ? said.data : "", (long)result->usage.total_tokens,
           (unsigned)result->attempts,
           result->ignored_fields != 0 ? ", some options left out" : "");
    return LEAT_RELEASE;
}

static leat_status ask(leat_client *client, const leat_adapter *adapter, int argc, char **argv) {
    leat_endpoint_config endpoint;
    leat_batch_config config;
    leat_request request;
    leat_batch *batch = NULL;
    leat_status status;
    int i;
    leat_endpoint_config_init(&endpoint);
    endpoint.adapter = adapter; /* instead of a provider's name; it stays until leat_close */
    endpoint.base_url = view(argv[1]);
    endpoint.api_key = leat_posix_environment("COMPLETE_API_KEY");
    endpoint.model = view("tiny model/1");
    endpoint.retry.backoff_initial_ms = 50;
    leat_batch_config_init(&config);
    config.on_result = print;
    config.order = LEAT_ORDER_INPUT;
    status = leat_endpoint_add(client, &endpoint, &config.endpoint);
    if (status == LEAT_OK) status = leat_batch_open(client, &config, &batch);
    for (i = 2; status == LEAT_OK && i < argc; ++i) {
        leat_request_init(&request);
        request.prompt = view(argv[i]);
        request.temperature.value = 0.2;
        request.temperature.is_set = 1;
        request.seed.value = 7; /* this service has no seed */
        request.seed.is_set = 1;
        request.max_output_tokens = 100;
        status = leat_submit(batch, &request, NULL);
    }
    if (status == LEAT_OK) status = leat_batch_finish(batch);
    if (status == LEAT_OK) status = leat_batch_run(batch);
    if (batch != NULL) leat_batch_close(batch);
    return status;
}

int main(int argc, char **argv) {
    leat_adapter adapter;
    leat_config config;
    leat_client *client = NULL;
    leat_status status;
    void *block = NULL;
    size_t bytes;

    if (argc < 3) {
        fprintf(stderr, "usage: custom_adapter BASE_URL PROMPT [PROMPT ...]\n");
        return 2;
    }
    fill(&adapter);
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    config.use_tls = 0; /* http:// on loopback */
    bytes = leat_memory_required(&config);
    status = leat_posix_map(bytes, &block);
    if (status == LEAT_OK) status = leat_open(&config, block, bytes, &client);
    if (status == LEAT_OK) status = ask(client, &adapter, argc, argv);
    if (status != LEAT_OK) fprintf(stderr, "%s\n", leat_status_hint(status));
    leat_close(client);
    leat_posix_unmap(block, bytes);
    return status == LEAT_OK ? 0 : 1;
}
