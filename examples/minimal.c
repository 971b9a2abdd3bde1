/* The least that leat takes: prompts in, answers out.
 *   ./minimal [BASE_URL [CA_FILE]]      BASE_URL or $LEAT_BASE_URL, such as http://127.0.0.1:8080/v1
 * The key, if there is one, comes from $LEAT_API_KEY. */
#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const prompts[] = {"Why is the sky blue?", "What is a leat?", "2 + 2?", NULL};

static leat_str view(const char *text) {
    leat_str s = {text, text != NULL ? strlen(text) : 0};
    return s;
}

static void must(leat_status status) {
    if (status == LEAT_OK) return;
    fprintf(stderr, "%s: %s\n", leat_status_name(status), leat_status_hint(status));
    exit(1);
}

static leat_status next_prompt(void *user, leat_request *request) {
    const char *const **at = user;
    if (**at == NULL) return LEAT_E_DONE;
    request->prompt = view(*(*at)++);
    return LEAT_OK;
}

static leat_keep print(void *user, const leat_result *result) {
    (void)user;
    printf("%s: %.*s\n", leat_status_word(result->status), (int)result->text.size,
           result->text.data != NULL ? result->text.data : "");
    return LEAT_RELEASE;
}

int main(int argc, char **argv) {
    const char *const *at = prompts;
    leat_config config;
    leat_endpoint_config endpoint;
    leat_batch_config work;
    leat_client *client;
    leat_batch *batch;
    void *block;

    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    leat_mbedtls_port(&config.ports);
    config.tls_ca_file = view(argc > 2 ? argv[2] : NULL);
    must(leat_posix_map(leat_memory_required(&config), &block));
    must(leat_open(&config, block, leat_memory_required(&config), &client));
    leat_endpoint_config_init(&endpoint);
    endpoint.provider = view("openai");
    endpoint.base_url = view(argc > 1 ? argv[1] : getenv("LEAT_BASE_URL"));
    endpoint.api_key = leat_posix_environment("LEAT_API_KEY");
    endpoint.model = view("gpt-4o-mini");
    leat_batch_config_init(&work);
    must(leat_endpoint_add(client, &endpoint, &work.endpoint));
    work.source = next_prompt;
    work.on_result = print;
    work.user = &at;
    must(leat_batch_open(client, &work, &batch));
    must(leat_batch_run(batch));
    leat_close(client);
    return 0;
}
