// cli/provider_facts.cc: see provider_facts.h. A provider that is not in the tables has its key in
// NAME_API_KEY and an address of its own.
#include "cli/provider_facts.h"

#include <leat/client.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

namespace cli {

namespace {

struct Exception {
    const char* provider;
    const char* first;
    const char* second;
};

constexpr Exception exceptions[] = {
    {"anthropic-bearer", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"},
    {"azure", "AZURE_OPENAI_API_KEY", "AZURE_API_KEY"},
    {"gemini", "GEMINI_API_KEY", "GOOGLE_API_KEY"},
    {"gemini-cached", "GEMINI_API_KEY", "GOOGLE_API_KEY"},
    {"maritaca-responses", "MARITACA_API_KEY", nullptr},
    {"ollama-openai", "OLLAMA_API_KEY", nullptr},
    {"openai-responses", "OPENAI_API_KEY", nullptr},
    {"perplexity", "PERPLEXITY_API_KEY", "PPLX_API_KEY"},
    {"vertex", "VERTEX_ACCESS_TOKEN", "GOOGLE_ACCESS_TOKEN"},
};

struct UrlForm {
    const char* provider;
    const char* form;
    const char* base_path;  // of such an address
};

constexpr UrlForm url_forms[] = {
    {"azure", "https://NAME.openai.azure.com/openai/deployments/DEPLOYMENT?api-version=2024-10-21",
     "/openai/deployments/mock?api-version=2024-10-21"},
    {"gpustack", "https://HOST/v1", "/v1"},
    {"vertex",
     "https://PLACE-aiplatform.googleapis.com/v1/projects/PROJECT/locations/PLACE/publishers/google",
     "/v1/projects/mock/locations/mock/publishers/google"},
};

// openai -> OPENAI_API_KEY
void derive_name(const char* provider, char* out, size_t size) {
    size_t at = 0;
    for (; provider[at] != 0 && at + 9 < size; ++at) {
        const char c = provider[at];
        const bool letter = c >= 'a' && c <= 'z';
        const bool plain = (c >= 'A' && c <= 'Z') || leat::is_digit(c);
        out[at] = letter ? static_cast<char>(c - 'a' + 'A') : (plain ? c : '_');
    }
    memcpy(out + at, "_API_KEY", 9);
}

void find_names(const char* provider, ProviderFacts* facts) {
    for (const Exception& one : exceptions) {
        if (strcmp(one.provider, provider) != 0) {
            continue;
        }
        snprintf(facts->names[facts->names_count++], sizeof facts->names[0], "%s", one.first);
        if (one.second != nullptr) {
            snprintf(facts->names[facts->names_count++], sizeof facts->names[0], "%s", one.second);
        }
        return;
    }
    derive_name(provider, facts->names[facts->names_count++], sizeof facts->names[0]);
}

const UrlForm* find_url_form(const char* provider) {
    for (const UrlForm& one : url_forms) {
        if (strcmp(one.provider, provider) == 0) {
            return &one;
        }
    }
    return nullptr;
}

}  // namespace

bool provider_facts(const char* provider, ProviderFacts* facts) {
    *facts = ProviderFacts{};
    const char* name = nullptr;
    for (uint32_t i = 0; (name = leat_provider_name(i)) != nullptr; ++i) {
        if (strcmp(name, provider) == 0) {
            facts->base_url = leat_provider_base_url(i);
            break;
        }
    }
    if (name == nullptr) {
        return false;
    }
    find_names(provider, facts);
    const UrlForm* const form = find_url_form(provider);
    facts->url_form = form != nullptr ? form->form : nullptr;
    const bool is_local = strncmp(facts->base_url, "http://127.", 11) == 0;
    facts->needs_key = !is_local && facts->base_url[0] != 0;
    return true;
}

const char* provider_base_path(const char* provider) {
    const UrlForm* const form = find_url_form(provider);
    if (form != nullptr) {
        return form->base_path;
    }
    ProviderFacts facts;
    const char* host = provider_facts(provider, &facts) ? strstr(facts.base_url, "://") : nullptr;
    const char* const path = host != nullptr ? strchr(host + 3, '/') : nullptr;
    return path != nullptr ? path : "";
}

}  // namespace cli
