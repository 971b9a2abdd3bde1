// cli/provider_facts.h: what the command knows of a provider beside the library: where its key is
// looked for, whether there must be one, and what address to give where the library has none.
// Static data and pure functions.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace cli {

constexpr uint32_t key_names_max = 2;

struct ProviderFacts {
    char names[key_names_max][64];  // environment variables, the first one that is set holds the key
    uint32_t names_count;
    bool needs_key;                 // at its own address
    const char* base_url;           // the library's; "" when the user must give one
    const char* url_form;           // what such a one looks like; nullptr: there is nothing to add
};

// False when leat knows no provider of that name.
bool provider_facts(const char* provider, ProviderFacts* facts);

// What follows the server's address in a base URL of this provider: "/v1", "/v1beta", "" ...
const char* provider_base_path(const char* provider);

}  // namespace cli
