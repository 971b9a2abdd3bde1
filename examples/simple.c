/* Texts in, texts out, in one call; a text that could not be had says so in its place.
 *   ./simple BASE_URL PROMPT...      BASE_URL such as http://127.0.0.1:8080/v1; the key: $LEAT_API_KEY */
#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>
#include <stdio.h>
#include <string.h>

static leat_str prompts[16];
static leat_str answers[16];
static char memory[65536];

static leat_str view(const char *text) {
    leat_str s = {text, strlen(text)};
    return s;
}

int main(int argc, char **argv) {
    leat_config config;
    leat_endpoint_config endpoint;
    leat_batch_config work;
    leat_texts texts;
    leat_client *client;
    leat_status status;
    int count;

    for (count = 0; count < argc - 2 && count < 16; ++count) prompts[count] = view(argv[count + 2]);
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    leat_mbedtls_port(&config.ports);
    leat_endpoint_config_init(&endpoint);
    endpoint.base_url = view(argc > 1 ? argv[1] : "");
    endpoint.api_key = leat_posix_environment("LEAT_API_KEY");
    endpoint.provider = LEAT_STR("openai");
    endpoint.model = LEAT_STR("gpt-4o-mini");
    leat_batch_config_init(&work);
    leat_texts_init(&texts);
    texts.list = answers;
    texts.buffer = memory;
    texts.buffer_bytes = sizeof memory;
    status = leat_open_mapped(&config, &client);
    if (status == LEAT_OK) status = leat_endpoint_add(client, &endpoint, &work.endpoint);
    if (status == LEAT_OK) status = leat_run_prompts(client, &work, prompts, (size_t)count, &texts);
    if (status != LEAT_OK) {
        fprintf(stderr, "%s: %s\n", leat_status_name(status), leat_status_hint(status));
        return 1;
    }
    for (int i = 0; i < count; ++i) printf("%.*s\n", (int)answers[i].size, answers[i].data);
    leat_close_mapped(client);
    return 0;
}
