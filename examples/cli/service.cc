// cli/service.cc: provider, key, headers and fixed addresses. The built-in server is in
// service_mock.cc, the proxy's choice in service_proxy.cc.
#include "cli/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/provider_facts.h"
#include "cli/service_parts.h"

namespace cli {

namespace {

leat_str view(const char* text) {
    return text == nullptr ? leat_str{nullptr, 0} : leat_str{text, strlen(text)};
}

const char* environment(const char* name) {
    const char* value = getenv(name);
    return value != nullptr && value[0] != 0 ? value : nullptr;
}

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

bool refuse_keyless(const char* provider, const ProviderFacts& facts, const char* asked) {
    const bool two = asked == nullptr && facts.names_count > 1;
    fprintf(stderr,
            "leat run: the environment variable %s%s%s is not set; it must hold the key (to try "
            "%s's format without one: --mock)\n",
            asked != nullptr ? asked : facts.names[0], two ? " or " : "",
            two ? facts.names[1] : "", provider);
    return false;
}

bool refuse_without_url(const char* provider, const ProviderFacts& facts) {
    fprintf(stderr, "leat run: %s has no address of its own; give --base-url %s\n", provider,
            facts.url_form != nullptr ? facts.url_form : "URL");
    return false;
}

// The key is sent when the provider or the variable was named, never to a bare URL by guess.
const char* find_key(const Settings& settings, const ProviderFacts& facts) {
    if (settings.api_key_env != nullptr) {
        return environment(settings.api_key_env);
    }
    const char* key = nullptr;
    if (settings.provider == nullptr && settings.base_url != nullptr) {
        return key;
    }
    for (uint32_t i = 0; i < facts.names_count && key == nullptr; ++i) {
        key = environment(facts.names[i]);
    }
    return key;
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
    const char* const key = find_key(settings, facts);
    service->endpoint.api_key = view(key);
    const bool needs_key = facts.needs_key && settings.base_url == nullptr;
    if (key == nullptr && (needs_key || settings.api_key_env != nullptr)) {
        return refuse_keyless(provider, facts, settings.api_key_env);
    }
    return true;
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

void set_pace(const Settings& settings, leat_endpoint_config* endpoint) {
    endpoint->max_in_flight = static_cast<uint32_t>(settings.max_in_flight);
    endpoint->requests_per_minute = static_cast<uint32_t>(settings.rpm);
    endpoint->tokens_per_minute = settings.tpm;
    endpoint->timeouts.attempt_ms = static_cast<uint32_t>(settings.timeout_ms);
    endpoint->timeouts.connect_ms = static_cast<uint32_t>(settings.connect_timeout_ms);
    if (endpoint->timeouts.idle_ms > settings.timeout_ms) {
        endpoint->timeouts.idle_ms = static_cast<uint32_t>(settings.timeout_ms);
    }
    endpoint->retry.attempts_max = static_cast<uint32_t>(settings.max_attempts);
    endpoint->retry.backoff_initial_ms = static_cast<uint32_t>(settings.backoff_ms);
    endpoint->cooldown.initial_ms = static_cast<uint32_t>(settings.cooldown_ms);
    endpoint->cooldown.slow_start_items = static_cast<uint32_t>(settings.slow_start);
    endpoint->allow_plain_http = settings.allow_http ? 1 : 0;
}

bool open_service(const Settings& settings, Service* service) {
    *service = Service{};
    leat_endpoint_config_init(&service->endpoint);
    service->model = view(settings.model);
    service->override_model = settings.model != nullptr;
    service->ca_file = view(settings.ca_file);
    set_pace(settings, &service->endpoint);
    return read_headers(settings, service) && read_resolve(settings, service) &&
           choose_provider(settings, service) && choose_proxy(settings, service);
}

void close_service(Service* service) { stop_mock(service); }

}  // namespace cli
