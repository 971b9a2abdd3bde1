// cli/service_parts.h: the parts of service.cc that live in files of their own.
// Each says on stderr why when it answers false.
#pragma once

#include <stdlib.h>
#include <string.h>

#include "cli/provider_facts.h"
#include "cli/service.h"

namespace cli {

// The variable's value; nullptr when it is not set, or empty.
inline const char* environment(const char* name) {
    const char* value = getenv(name);
    return value != nullptr && value[0] != 0 ? value : nullptr;
}

// Where what stands behind the last such byte begins; 0: there is none.
inline size_t behind_last(leat_str text, char byte) {
    size_t at = text.size;
    while (at > 0 && text.data[at - 1] != byte) {
        --at;
    }
    return at;
}

// service_keys.cc
// The provider's key from the environment; nullptr: there is none.
const char* find_key(const ProviderFacts& facts);
// Says which variable must hold the key (asked, or the provider's own); false.
bool refuse_keyless(const char* provider, const ProviderFacts& facts, const char* asked);
// Reads the keys that the variables of list (with commas between) hold into service->keys.
bool read_key_pool(const char* list, const char* provider, Service* service);

// Forks the built-in server and points the endpoint at it, as if it were that provider.
bool start_mock(const Settings& settings, const char* provider, Service* service);
void stop_mock(Service* service);

// --proxy, else HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
bool choose_proxy(const Settings& settings, leat_endpoint_config* endpoint);

// service_targets.cc: the first service, and those of --balance and --fallback.
bool open_targets(const Settings& settings, Service* service);

// service_price.cc: --price, and whether --budget-usd can do with it.
bool set_prices(const Settings& settings, Service* service);

}  // namespace cli
