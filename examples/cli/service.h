// cli/service.h: from the options and the environment to the services that may answer: which
// provider, which URL, which keys, which proxy, at what price; and the built-in server when there is
// nothing else to talk to.
// Invariant: a key comes from the environment only, and no message shows it.
#pragma once

#include <leat/batch.h>
#include <leat/config.h>

#include "cli/options.h"

#if LEAT_CLI_HAS_MOCK
#include "mock/mock.h"
#endif

namespace cli {

constexpr uint32_t mock_words_max = 64;
constexpr uint32_t services_max = LEAT_TARGETS_MAX;  // each key counts
constexpr size_t service_name_bytes = 160;

// One of those who may answer: the first service, and those of --balance (rank 0) and --fallback.
struct ServiceTarget {
    leat_endpoint_config endpoint;
    leat_str who;       // as the option has it; empty: the first service
    leat_str model;     // that is asked of it; empty: the item's
    uint32_t rank;
    uint32_t weight;
    uint32_t keys_count;             // endpoints that it takes
    leat_endpoint first;             // of them, once the client has them
    char name[service_name_bytes];   // for people and records: PROVIDER/MODEL@URL, what is known of it
};

struct Service {
    leat_endpoint_config endpoint;  // the first one, before its price
    leat_str ca_file;
    leat_str model;         // for items that name none
    bool override_model;    // --model was given
    bool is_mock;
    char label[400];        // for people: "openai", "mock (https://127.0.0.1:1234/v1)"
    char url[320];          // the mock's
    leat_header headers[list_max];
    leat_resolve resolve[list_max];
    leat_key keys[services_max];
    char key_names[services_max][64];  // their variables
    uint32_t keys_count;               // 0: the endpoint's own key, if it has one
    ServiceTarget targets[services_max];
    uint32_t targets_count;
    leat_str zone;          // whose electricity
    bool is_priced;         // each of them has a price
#if LEAT_CLI_HAS_MOCK
    mock_handle mock;
    char mock_text[4096];
#endif

    uint32_t endpoints_count() const;
    // Whose endpoint that is; nullptr: nobody's.
    const ServiceTarget* owner(leat_endpoint index) const;
};

// The pace options, as the endpoint takes them: what `run` and `simulate` have in common.
void set_pace(const Settings& settings, leat_endpoint_config* endpoint);
// False after it has said which of them contradict each other.
bool check_pace(const char* command, const Settings& settings);

// False after it has said why on stderr. close_service in any case.
bool open_service(const Settings& settings, Service* service);
void close_service(Service* service);

}  // namespace cli
