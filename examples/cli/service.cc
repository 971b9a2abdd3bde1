// cli/service.cc: provider, key, headers and fixed addresses. The built-in server is in
// service_mock.cc, the proxy's choice in service_proxy.cc.
#include "cli/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
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

// openai -> OPENAI_API_KEY
void key_name_of(const char* provider, char* out, size_t size) {
    size_t at = 0;
    for (; provider[at] != 0 && at + 9 < size; ++at) {
        const char c = provider[at];
        const bool letter = c >= 'a' && c <= 'z';
        const bool plain = (c >= 'A' && c <= 'Z') || leat::is_digit(c);
        out[at] = letter ? static_cast<char>(c - 'a' + 'A') : (plain ? c : '_');
    }
    memcpy(out + at, "_API_KEY", 9);
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

bool is_known(const char* name) {
    const char* known = nullptr;
    for (uint32_t i = 0; (known = leat_provider_name(i)) != nullptr; ++i) {
        if (strcmp(known, name) == 0) {
            return true;
        }
    }
    return false;
}

// The key is sent when the provider or the variable was named, never to a bare URL by guess.
bool choose_provider(const Settings& settings, Service* service) {
    const char* provider = settings.provider;
    const bool key_there = environment("OPENAI_API_KEY") != nullptr;
    if (provider == nullptr && settings.base_url == nullptr && settings.api_key_env == nullptr &&
        !key_there) {
        provider = "mock";
        if (!settings.quiet) {
            fprintf(stderr, "leat run: no key and no URL given, so the built-in mock server "
                            "answers; see `leat help run`\n");
        }
    }
    service->is_mock = provider != nullptr && strcmp(provider, "mock") == 0;
    if (service->is_mock) {
        return start_mock(settings, service);
    }
    const bool bare_url = provider == nullptr && settings.base_url != nullptr;
    provider = provider == nullptr ? "openai" : provider;
    if (!is_known(provider)) {
        return refuse_provider(provider);
    }
    service->endpoint.provider = view(provider);
    service->endpoint.base_url = view(settings.base_url);
    snprintf(service->label, sizeof service->label, "%s",
             settings.base_url != nullptr ? settings.base_url : provider);
    key_name_of(provider, service->key_name, sizeof service->key_name);
    const char* name = settings.api_key_env != nullptr ? settings.api_key_env : service->key_name;
    const char* key = bare_url && settings.api_key_env == nullptr ? nullptr : environment(name);
    service->endpoint.api_key = view(key);
    if (key == nullptr && (settings.api_key_env != nullptr || settings.base_url == nullptr) &&
        strcmp(provider, "ollama") != 0) {
        fprintf(stderr, "leat run: the environment variable %s is not set; it must hold the key\n",
                name);
        return false;
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

}  // namespace

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
