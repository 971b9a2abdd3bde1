// cli/service.h: from the options and the environment to one endpoint: which provider, which URL,
// which key, which proxy; and the built-in server when there is nothing else to talk to.
// Invariant: a key comes from the environment only, and no message shows it.
#pragma once

#include <leat/config.h>

#include "cli/options.h"

#if LEAT_CLI_HAS_MOCK
#include "mock/mock.h"
#endif

namespace cli {

constexpr uint32_t mock_words_max = 64;

struct Service {
    leat_endpoint_config endpoint;
    leat_str ca_file;
    leat_str model;         // for items that name none
    bool override_model;    // --model was given
    bool is_mock;
    char label[400];        // for people: "openai", "mock (https://127.0.0.1:1234/v1)"
    char url[320];          // the mock's
    leat_header headers[list_max];
    leat_resolve resolve[list_max];
#if LEAT_CLI_HAS_MOCK
    mock_handle mock;
    char mock_text[4096];
#endif
};

// The pace options, as the endpoint takes them: what `run` and `simulate` have in common.
void set_pace(const Settings& settings, leat_endpoint_config* endpoint);

// False after it has said why on stderr. close_service in any case.
bool open_service(const Settings& settings, Service* service);
void close_service(Service* service);

}  // namespace cli
