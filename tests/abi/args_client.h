/* The client that the tests of arguments try things on: as small as they want it, without TLS, with one
 * endpoint that is never called. Depends on leat, and on tap.h, for which TAP_ABOUT is defined before. */
#ifndef LEAT_TESTS_ARGS_CLIENT_H
#define LEAT_TESTS_ARGS_CLIENT_H

#include <leat/leat.h>
#include <leat/posix.h>

#include "tap.h"

static leat_client* client;
static leat_endpoint endpoint;

static inline void small_config(leat_config* config) {
    leat_config_init(config);
    leat_posix_ports(&config->ports);
    config->use_tls = 0;
}

static inline void open_client(const leat_config* config) {
    leat_endpoint_config endpoint_config;
    expect(leat_open_mapped(config, &client), LEAT_OK, "a client to try them on");
    leat_endpoint_config_init(&endpoint_config);
    endpoint_config.provider = LEAT_STR("openai");
    endpoint_config.base_url = LEAT_STR("http://127.0.0.1:9/v1");
    expect(leat_endpoint_add(client, &endpoint_config, &endpoint), LEAT_OK, "... and an endpoint");
}

#endif
