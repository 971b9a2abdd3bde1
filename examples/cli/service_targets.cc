// cli/service_targets.cc: who else may answer. --fallback and --balance name a service as
//   PROVIDER, PROVIDER/MODEL, MODEL, each with @URL behind it where it is to be found elsewhere, or URL
// and what is left out is the first service's. Depends on provider_facts.
// Invariant: a key goes to the provider it belongs to: to the one that was named, or, with a model
// alone, to the first service again; a URL without a provider gets none, and no -H either.
#include <stdio.h>

#include "base/bytes.h"
#include "cli/service_parts.h"

namespace cli {

namespace {

constexpr uint64_t weight_max = 1000000;

struct Who {
    const char* option;
    leat_str text;
    leat_str provider;  // empty: none was named
    leat_str model;
    leat_str url;
    ProviderFacts facts;
    char provider_name[64];  // the same, ending in NUL

    bool refuse(const char* why, const char* more) const {
        fprintf(stderr, "leat run: --%s %.*s: %s%s\n", option, static_cast<int>(text.size),
                text.data, why, more);
        return false;
    }
};

bool starts_url(leat_str text) {
    return leat::starts_with(text, leat::text("http://")) ||
           leat::starts_with(text, leat::text("https://"));
}

// Takes what stands behind "@http" off text.
leat_str take_url(leat_str* text) {
    for (size_t at = 0; at < text->size; ++at) {
        const leat_str rest = leat::tail(*text, at);
        if (at == 0 && starts_url(rest)) {
            *text = leat_str{text->data, 0};
            return rest;
        }
        if (rest.data[0] == '@' && starts_url(leat::tail(rest, 1))) {
            *text = leat::head(*text, at);
            return leat::tail(rest, 1);
        }
    }
    return leat_str{nullptr, 0};
}

// Models have slashes in their names too: only a provider's name is taken for one.
void read_who(leat_str text, Who* who) {
    who->text = text;
    who->url = take_url(&text);
    leat_str rest = text;
    const leat_str first = leat::take_until(&rest, '/');
    if (!leat::empty(first) && first.size < sizeof who->provider_name) {
        memcpy(who->provider_name, first.data, first.size);
        who->provider_name[first.size] = 0;
        if (provider_facts(who->provider_name, &who->facts)) {
            who->provider = first;
            who->model = rest;
            return;
        }
    }
    who->model = text;
}

// Takes "=WEIGHT" off text. A URL's query has such signs as well.
bool take_weight(Who* who, leat_str* text, uint32_t* weight) {
    *weight = 1;
    const size_t at = behind_last(*text, '=');
    if (at == 0) {
        return true;
    }
    uint64_t number = 0;
    if (!leat::parse_u64(leat::tail(*text, at), &number)) {
        return leat::find_byte(*text, '?') != leat::not_found ||
               who->refuse("the weight behind = is not a whole number", "");
    }
    if (number < 1 || number > weight_max) {
        return who->refuse("the weight is not within 1 to 1000000", "");
    }
    *weight = static_cast<uint32_t>(number);
    *text = leat::head(*text, at - 1);
    return true;
}

// The same service, asked for another model.
void copy_first(const Service& service, ServiceTarget* target) {
    target->endpoint = service.endpoint;
    target->keys_count = service.keys_count > 0 ? service.keys_count : 1;
}

bool fill_other(const Settings& settings, const Who& who, const Service& service,
                ServiceTarget* target) {
    leat_endpoint_config* const endpoint = &target->endpoint;
    leat_endpoint_config_init(endpoint);
    set_pace(settings, endpoint);
    endpoint->abort_on = service.endpoint.abort_on;
    endpoint->resolve = service.endpoint.resolve;
    endpoint->resolve_count = service.endpoint.resolve_count;
    endpoint->provider = leat::empty(who.provider) ? leat::text("openai") : who.provider;
    endpoint->base_url = who.url;
    target->keys_count = 1;
    if (leat::empty(who.provider)) {
        return choose_proxy(settings, endpoint);
    }
    if (leat::empty(who.url) && who.facts.base_url[0] == 0) {
        return who.refuse("it has no address of its own; put it behind an @: @",
                          who.facts.url_form != nullptr ? who.facts.url_form : "URL");
    }
    const char* const key = find_key(who.facts);
    if (key == nullptr && who.facts.needs_key && leat::empty(who.url)) {
        return who.refuse("there is no key in the environment variable ", who.facts.names[0]);
    }
    endpoint->api_key = view(key);
    return choose_proxy(settings, endpoint);
}

bool add_target(const Settings& settings, const char* option, const char* argument, uint32_t rank,
                Service* service) {
    Who who{};
    who.option = option;
    who.text = view(argument);
    leat_str text = who.text;
    uint32_t weight = 1;
    if (rank == 0 && !take_weight(&who, &text, &weight)) {
        return false;
    }
    read_who(text, &who);
    if (leat::empty(who.text)) {
        return who.refuse("a name is missing: PROVIDER, PROVIDER/MODEL, MODEL or URL", "");
    }
    if (service->targets_count == services_max) {
        return who.refuse("there are 16 services already", "");
    }
    ServiceTarget* const target = &service->targets[service->targets_count++];
    *target = ServiceTarget{};
    if (leat::empty(who.provider) && leat::empty(who.url)) {
        copy_first(*service, target);
    } else if (!fill_other(settings, who, *service, target)) {
        return false;
    }
    target->who = text;
    target->rank = rank;
    target->weight = weight;
    target->model = who.model;
    // A fallback that names no model is asked for the one of the options.
    target->endpoint.model = leat::empty(who.model) ? service->model : who.model;
    snprintf(target->name, sizeof target->name, "%.*s", static_cast<int>(text.size), text.data);
    return true;
}

void add_first(const Settings& settings, Service* service) {
    ServiceTarget* const first = &service->targets[service->targets_count++];
    *first = ServiceTarget{};
    copy_first(*service, first);
    first->weight = 1;
    const leat_str base_url = service->endpoint.base_url;
    const bool is_bare =
        settings.provider == nullptr && !service->is_mock && !leat::empty(base_url);
    const leat_str provider = is_bare            ? leat_str{nullptr, 0}
                              : service->is_mock ? leat::text("mock")
                                                 : service->endpoint.provider;
    const bool shows_url = !leat::empty(base_url) && !service->is_mock;
    const leat_str model = service->override_model ? service->model : leat_str{nullptr, 0};
    first->endpoint.model = model;  // which is what its price is found by
    const bool has_words = !leat::empty(provider) || !leat::empty(model);
    snprintf(first->name, sizeof first->name, "%.*s%s%.*s%s%.*s", static_cast<int>(provider.size),
             provider.data, leat::empty(provider) || leat::empty(model) ? "" : "/",
             static_cast<int>(model.size), model.data, has_words && shows_url ? "@" : "",
             shows_url ? static_cast<int>(base_url.size) : 0, base_url.data);
}

}  // namespace

uint32_t Service::endpoints_count() const {
    uint32_t count = 0;
    for (uint32_t i = 0; i < targets_count; ++i) {
        count += targets[i].keys_count;
    }
    return count;
}

const ServiceTarget* Service::owner(leat_endpoint index) const {
    for (uint32_t i = 0; i < targets_count; ++i) {
        if (index >= targets[i].first && index - targets[i].first < targets[i].keys_count) {
            return &targets[i];
        }
    }
    return nullptr;
}

bool open_targets(const Settings& settings, Service* service) {
    add_first(settings, service);
    for (uint32_t i = 0; i < settings.balance.count; ++i) {
        if (!add_target(settings, "balance", settings.balance.items[i], 0, service)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < settings.fallbacks.count; ++i) {
        if (!add_target(settings, "fallback", settings.fallbacks.items[i], i + 1, service)) {
            return false;
        }
    }
    if (service->endpoints_count() > services_max) {
        fprintf(stderr,
                "leat run: --api-key-env, --balance and --fallback: at most %u keys and "
                "services together\n",
                services_max);
        return false;
    }
    return true;
}

}  // namespace cli
