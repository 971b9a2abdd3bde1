// cli/service_keys.cc: keys, which come from the environment and from nowhere else: the provider's
// own, or the pool that --api-key-env names. Depends on provider_facts.
// Invariant: no message shows a key; a pool is named by its variables.
#include <stdio.h>

#include "base/bytes.h"
#include "cli/service_parts.h"

namespace cli {

const char* find_key(const ProviderFacts& facts) {
    const char* key = nullptr;
    for (uint32_t i = 0; i < facts.names_count && key == nullptr; ++i) {
        key = environment(facts.names[i]);
    }
    return key;
}

bool refuse_keyless(const char* provider, const ProviderFacts& facts, const char* asked) {
    const bool two = asked == nullptr && facts.names_count > 1;
    fprintf(stderr,
            "leat run: the environment variable %s%s%s is not set; it must hold the key (to try "
            "%s's format without one: --mock)\n",
            asked != nullptr ? asked : facts.names[0], two ? " or " : "", two ? facts.names[1] : "",
            provider);
    return false;
}

bool read_key_pool(const char* list, const char* provider, Service* service) {
    leat_str rest = view(list);
    do {
        const leat_str name = leat::trim(leat::take_until(&rest, ','));
        if (leat::empty(name) || name.size >= sizeof service->key_names[0]) {
            fprintf(stderr, "leat run: --api-key-env: '%s' is not a list of names\n", list);
            return false;
        }
        if (service->keys_count == services_max) {
            fprintf(stderr, "leat run: --api-key-env: at most %u keys\n", services_max);
            return false;
        }
        char* const place = service->key_names[service->keys_count];
        memcpy(place, name.data, name.size);
        place[name.size] = 0;
        const char* const key = environment(place);
        if (key == nullptr) {
            return refuse_keyless(provider, ProviderFacts{}, place);
        }
        service->keys[service->keys_count++] = leat_key{view(key), 0, 0};
    } while (!leat::empty(rest));
    service->endpoint.api_key = service->keys[0].api_key;
    return true;
}

}  // namespace cli
