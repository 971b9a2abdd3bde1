/* What a C99 program needs of leat, and nothing more: t_link_plain.sh links it with plain cc. */
#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>
#include <stdio.h>

int main(void) {
    leat_config config;
    leat_client* client = NULL;
    leat_batch_config batch_config;
    leat_batch* batch = NULL;
    leat_status status = LEAT_OK;

    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    leat_mbedtls_port(&config.ports);
    status = leat_open_mapped(&config, &client);
    leat_batch_config_init(&batch_config);
    if (status == LEAT_OK && leat_batch_open(client, &batch_config, &batch) != LEAT_E_NOT_FOUND) {
        status = LEAT_E_STATE; /* there is no endpoint yet */
    }
    if (status == LEAT_OK && leat_step(client, 0) != LEAT_E_DONE) status = LEAT_E_STATE;
    leat_close_mapped(client);
    printf("%s - plain link: a client opens, steps and closes (%s)\n",
           status == LEAT_OK ? "ok" : "not ok", leat_status_name(status));
    return status != LEAT_OK;
}
