// cli/service.cc: provider, headers and fixed addresses of the first service. Its keys are read in
// service_keys.cc, the built-in server is in service_mock.cc, the proxy's choice in service_proxy.cc,
// and who else may answer in service_targets.cc.
#include "cli/service.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/impact.h"
#include "cli/provider_facts.h"
#include "cli/service_parts.h"

namespace cli {

namespace {

bool refuse_provider(const char* name) {
    const char* names[256];
    size_t count = 0;
    while (count < 255 && leat_provider_name(static_cast<uint32_t>(count)) != nullptr) {
        names[count] = leat_provider_name(static_cast<uint32_t>(count));
        ++count;
    }
    names[count++] = "mock";
    const char* near = nearest_name(name, names, count);
    fprintf(stderr, "leat run: no provider is called '%s'", name);
    if (near != nullptr) {
        fprintf(stderr, "; did you mean %s?\n", near);
    } else {
        fprintf(stderr, "; `leat providers` lists them\n");
    }
    return false;
}

// No key and no address were given: nobody is to be asked but ourselves.
bool is_left_open(const Settings& settings) {
    return settings.provider == nullptr && settings.base_url == nullptr &&
           settings.api_key_env == nullptr && environment("OPENAI_API_KEY") == nullptr;
}

bool refuse_without_url(const char* provider, const ProviderFacts& facts) {
    fprintf(stderr, "leat run: %s has no address of its own; give --base-url %s\n", provider,
            facts.url_form != nullptr ? facts.url_form : "URL");
    return false;
}

bool choose_provider(const Settings& settings, Service* service) {
    const char* provider = settings.provider;
    if (settings.mock && settings.base_url != nullptr) {
        fprintf(stderr, "leat run: --mock and --base-url exclude each other\n");
        return false;
    }
    if (is_left_open(settings) && !settings.mock) {
        provider = "mock";
        if (!settings.quiet) {
            fprintf(stderr, "leat run: no key and no URL given, so the built-in mock server "
                            "answers; see `leat help run`\n");
        }
    }
    const bool is_mock = provider != nullptr && strcmp(provider, "mock") == 0;
    service->is_mock = is_mock || settings.mock;
    provider = provider == nullptr || is_mock ? "openai" : provider;
    ProviderFacts facts;
    if (!provider_facts(provider, &facts)) {
        return refuse_provider(provider);
    }
    service->endpoint.provider = view(provider);
    if (service->is_mock) {
        return start_mock(settings, provider, service);
    }
    service->endpoint.base_url = view(settings.base_url);
    snprintf(service->label, sizeof service->label, "%s",
             settings.base_url != nullptr ? settings.base_url : provider);
    if (settings.base_url == nullptr && facts.base_url[0] == 0) {
        return refuse_without_url(provider, facts);
    }
    if (settings.api_key_env != nullptr) {
        return read_key_pool(settings.api_key_env, provider, service);
    }
    // The key is sent when the provider was named, never to a bare URL by guess.
    const bool is_bare = settings.provider == nullptr && settings.base_url != nullptr;
    const char* const key = is_bare ? nullptr : find_key(facts);
    service->endpoint.api_key = view(key);
    const bool needs_key = facts.needs_key && settings.base_url == nullptr;
    return key != nullptr || !needs_key || refuse_keyless(provider, facts, nullptr);
}

bool read_headers(const Settings& settings, Service* service) {
    for (uint32_t i = 0; i < settings.headers.count; ++i) {
        leat_str rest = view(settings.headers.items[i]);
        if (leat::find_byte(rest, ':') == leat::not_found) {
            fprintf(stderr, "leat run: --header wants 'Name: value'\n");
            return false;
        }
        service->headers[i].name = leat::trim(leat::take_until(&rest, ':'));
        service->headers[i].value = leat::trim(rest);
    }
    service->endpoint.headers = service->headers;
    service->endpoint.headers_count = settings.headers.count;
    return true;
}

// HOST:PORT:ADDR as curl has it; an IPv6 address may stand in brackets.
bool read_resolve(const Settings& settings, Service* service) {
    for (uint32_t i = 0; i < settings.resolve.count; ++i) {
        leat_str rest = view(settings.resolve.items[i]);
        leat_resolve* entry = &service->resolve[i];
        uint64_t port = 0;
        entry->host = leat::take_until(&rest, ':');
        const bool good = leat::parse_u64(leat::take_until(&rest, ':'), &port) && port > 0 &&
                          port < 65536 && !leat::empty(entry->host) && !leat::empty(rest);
        if (!good) {
            fprintf(stderr, "leat run: --resolve wants HOST:PORT:ADDR, not '%s'\n",
                    settings.resolve.items[i]);
            return false;
        }
        entry->port = static_cast<uint16_t>(port);
        const bool bracketed = rest.size > 2 && rest.data[0] == '[' &&
                               rest.data[rest.size - 1] == ']';
        entry->address = bracketed ? leat_str{rest.data + 1, rest.size - 2} : rest;
    }
    service->endpoint.resolve = service->resolve;
    service->endpoint.resolve_count = settings.resolve.count;
    return true;
}

}  // namespace

bool open_service(const Settings& settings, Service* service) {
    *service = Service{};
    leat_endpoint_config_init(&service->endpoint);
    service->model = view(settings.model);
    service->override_model = settings.model != nullptr;
    service->ca_file = view(settings.ca_file);
    service->zone = view(settings.zone);
    set_pace(settings, &service->endpoint);
    service->endpoint.abort_on = static_cast<uint32_t>(settings.abort_on);
    return check_zone("run", settings.zone) && check_pace("run", settings) &&
           read_headers(settings, service) && read_resolve(settings, service) &&
           choose_provider(settings, service) && choose_proxy(settings, &service->endpoint) &&
           open_targets(settings, service) && set_prices(settings, service);
}

void close_service(Service* service) { stop_mock(service); }

}  // namespace cli
