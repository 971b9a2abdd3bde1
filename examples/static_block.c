/* leat in a block of static storage: no mmap, no heap, the size known when the program is linked.
 * The configuration is cut down until it fits; leat_memory_required says what it takes.
 *   ./static_block BASE_URL            (http:// on loopback: TLS is left out) */
#include <leat/leat.h>
#include <leat/posix.h>
#include <stdio.h>
#include <string.h>

static union {
    unsigned char bytes[512 * 1024];
    long double alignment; /* 16, as leat_open wants */
} block;

static leat_str view(const char *text) {
    leat_str s = {text, strlen(text)};
    return s;
}

static leat_keep print(void *user, const leat_result *result) {
    (void)user;
    printf("%s: %.*s\n", leat_status_word(result->status), (int)result->text.size,
           result->text.data != NULL ? result->text.data : "");
    return LEAT_RELEASE;
}

static leat_status ask(leat_client *client, const char *url, const char *prompt) {
    leat_endpoint_config endpoint;
    leat_batch_config config;
    leat_batch *batch = NULL;
    leat_request request;
    leat_status status;
    leat_endpoint_config_init(&endpoint);
    endpoint.provider = view("openai");
    endpoint.base_url = view(url);
    endpoint.model = view("gpt-4o-mini");
    endpoint.max_in_flight = 2;
    leat_batch_config_init(&config);
    config.on_result = print;
    status = leat_endpoint_add(client, &endpoint, &config.endpoint);
    if (status == LEAT_OK) status = leat_batch_open(client, &config, &batch);
    leat_request_init(&request);
    request.prompt = view(prompt);
    if (status == LEAT_OK) status = leat_submit(batch, &request, NULL);
    if (status == LEAT_OK) status = leat_batch_finish(batch);
    if (status == LEAT_OK) status = leat_batch_run(batch);
    if (batch != NULL) leat_batch_close(batch);
    return status;
}

int main(int argc, char **argv) {
    leat_config config;
    leat_client *client = NULL;
    leat_status status;

    if (argc < 2) {
        fprintf(stderr, "usage: static_block BASE_URL\n");
        return 2;
    }
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    config.use_tls = 0;
    config.items_max = 4;
    config.item_bytes = 32 * 1024;
    config.connections_max = 2;
    config.endpoints_max = 1;
    config.batches_max = 1;
    config.ring_entries = 4;
    config.intake_bytes = 0;
    config.header_bytes_max = 8 * 1024;
    config.staging_bytes = 8 * 1024;
    config.receive_bytes = 16 * 1024;
    printf("needs %lu of %lu bytes\n", (unsigned long)leat_memory_required(&config),
           (unsigned long)sizeof block.bytes);
    status = leat_open(&config, block.bytes, sizeof block.bytes, &client);
    if (status == LEAT_OK) status = ask(client, argv[1], "What is a leat?");
    if (status != LEAT_OK) fprintf(stderr, "%s\n", leat_status_hint(status));
    leat_close(client);
    return status == LEAT_OK ? 0 : 1;
}
