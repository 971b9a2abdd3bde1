// cli/providers.cc: `leat providers`: a line for each provider, and below it what it has not got.
// All but the key's variable is asked of the library.
#include <leat/client.h>
#include <leat/request.h>
#include <stdio.h>

#include "cli/provider_facts.h"
#include "cli/tables.h"

namespace cli {

namespace {

constexpr int columns_max = 100;

void print_lacks(uint32_t lacks) {
    int column = printf("      lacks:");
    const char* word = nullptr;
    const char* comma = "";
    for (uint32_t bit = 0; (word = leat_field_name(bit)) != nullptr; ++bit) {
        if ((lacks >> bit & 1) == 0) {
            continue;
        }
        column += printf("%s", comma);
        if (column > columns_max - 24) {
            printf("\n");
            column = printf("            ");
        }
        column += printf(" %s", word);
        comma = ",";
    }
    printf("\n");
}

}  // namespace

int run_providers(int, char**) {
    puts("The key is looked for in the variable; a base URL in angle brackets must be given with\n"
         "--base-url. What a provider lacks is left out of its requests, and the run says so.\n");
    printf("  %-19s %-22s %-8s %s\n", "name", "key in", "streams", "base URL");
    const char* name = nullptr;
    for (uint32_t i = 0; (name = leat_provider_name(i)) != nullptr; ++i) {
        ProviderFacts facts;
        if (!provider_facts(name, &facts)) {
            continue;
        }
        const uint32_t lacks = leat_provider_lacks(i);
        const bool has_url = facts.base_url[0] != 0 || facts.url_form == nullptr;
        const char* const streams = (lacks & LEAT_FIELD_STREAM) != 0 ? "no" : "yes";
        printf("  %-19s %-22s %-8s %s%s%s\n", name, facts.names[0], streams, has_url ? "" : "<",
               has_url ? facts.base_url : facts.url_form, has_url ? "" : ">");
        if (facts.names_count > 1) {
            printf("  %-19s %s\n", "", facts.names[1]);
        }
        if (lacks != 0) {
            print_lacks(lacks);
        }
    }
    puts("  mock                (none)                 yes      built in, on loopback");
    return 0;
}

}  // namespace cli
