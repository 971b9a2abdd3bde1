// api/client.cc: the client's public functions: arguments are checked, then flow does the work.
// Depends on flow. Invariant: no call goes through with a struct of another size or a wrong field.
#include <leat/leat.h>

#include "base/check.h"
#include "flow/conversation/conversation.h"
#include "flow/engine.h"
#include "flow/layout.h"
#include "flow/lifecycle.h"
#include "flow/loop.h"
#include "flow/request/request.h"
#include "flow/request/request_text.h"
#include "provider/registry.h"
#include "provider/request_fields.h"

namespace {

constexpr uint32_t abi_age = 1;
constexpr int64_t ns_per_ms = 1'000'000;

template <size_t N>
bool all_zero(const uint8_t (&bytes)[N]) {
    for (const uint8_t byte : bytes) {
        if (byte != 0) return false;
    }
    return true;
}

// A text that has bytes says where they are.

bool has_sound_texts(const leat_endpoint_config& config) {
    bool sound = leat::is_sound(config.provider) && leat::is_sound(config.base_url) &&
                 leat::is_sound(config.api_key) && leat::is_sound(config.model) &&
                 leat::is_sound(config.proxy);
    for (uint32_t i = 0; i < config.headers_count; ++i) {
        sound &= leat::is_sound(config.headers[i].name) && leat::is_sound(config.headers[i].value);
    }
    for (uint32_t i = 0; i < config.resolve_count; ++i) {
        sound &= leat::is_sound(config.resolve[i].host) && leat::is_sound(config.resolve[i].address);
    }
    return sound;
}

leat_status config_status(const leat_config* config) {
    if (config == nullptr) return LEAT_E_ARGUMENT;
    if (config->struct_size != sizeof(leat_config)) return LEAT_E_STRUCT_SIZE;
    if (config->ports.struct_size != sizeof(leat_ports)) return LEAT_E_STRUCT_SIZE;
    const bool unused = all_zero(config->reserved8) && config->reserved32 == 0 &&
                        config->reserved32b == 0 &&
                        config->ports.reserved == 0;
    if (!unused) return LEAT_E_RESERVED;
    if (!leat::is_sound(config->tls_ca_file) || !leat::is_sound(config->tls_ca_pem)) return LEAT_E_ARGUMENT;
    return leat_config_error(config)[0] == '\0' ? LEAT_OK : LEAT_E_CONFIG;
}

leat_status endpoint_status(const leat_endpoint_config* config) {
    if (config == nullptr) return LEAT_E_ARGUMENT;
    if (config->struct_size != sizeof(leat_endpoint_config)) return LEAT_E_STRUCT_SIZE;
    const bool unused = config->reserved8 == 0 && config->retry.reserved == 0 &&
                        config->retry.reserved2 == 0 && all_zero(config->cooldown.reserved8) &&
                        config->adaptive.reserved == 0 && all_zero(config->adaptive.reserved8);
    if (!unused) return LEAT_E_RESERVED;
    if (leat_endpoint_config_error(config)[0] != '\0') return LEAT_E_CONFIG;
    return has_sound_texts(*config) ? LEAT_OK : LEAT_E_ARGUMENT;
}

}  // namespace

size_t leat_memory_required(const leat_config* config) {
    if (config_status(config) != LEAT_OK) return 0;
    leat::Layout layout;
    leat::plan_layout(*config, &layout);
    return layout.end;
}

leat_status leat_memory_report(const leat_config* config,
                               void (*line)(void* user, const leat_memory_line* line),
                               void* user) {
    if (line == nullptr) return LEAT_E_ARGUMENT;
    LEAT_TRY(config_status(config));
    leat::Layout layout;
    leat::plan_layout(*config, &layout);
    if (layout.end == 0) return LEAT_E_MEMORY;
    for (const leat_memory_line& part : layout.lines) line(user, &part);
    return LEAT_OK;
}

void* leat_memory_block(const leat_client* client, size_t* bytes) {
    if (bytes != nullptr) *bytes = client == nullptr ? 0 : client->block_bytes;
    return client == nullptr ? nullptr : client->block;
}

leat_status leat_open(const leat_config* config, void* block, size_t block_bytes,
                      leat_client** client) {
    if (client == nullptr || block == nullptr) return LEAT_E_ARGUMENT;
    *client = nullptr;
    LEAT_TRY(config_status(config));
    if (reinterpret_cast<uintptr_t>(block) % 16 != 0) return LEAT_E_ARGUMENT;
    leat::Layout layout;
    leat::plan_layout(*config, &layout);
    if (layout.end == 0 || block_bytes < layout.end) return LEAT_E_MEMORY;
    return leat::engine_open(*config, layout, block, client);
}

void leat_close(leat_client* client) {
    if (client == nullptr || client->in_step) return;
    leat::engine_close(client);
}

leat_status leat_endpoint_add(leat_client* client, const leat_endpoint_config* config,
                              leat_endpoint* endpoint) {
    if (client == nullptr || endpoint == nullptr) return LEAT_E_ARGUMENT;
    LEAT_TRY(endpoint_status(config));
    if (client->endpoints_count == client->config.endpoints_max) return LEAT_E_TOO_MANY;
    const uint32_t index = client->endpoints_count;
    LEAT_TRY(leat::endpoint_fill(client, *config, &client->endpoints[index]));
    ++client->endpoints_count;
    *endpoint = index;
    return LEAT_OK;
}

leat_status leat_endpoint_add_keys(leat_client* client, const leat_endpoint_config* config,
                                   const leat_key* keys, uint32_t keys_count,
                                   leat_endpoint* first) {
    if (client == nullptr || config == nullptr || keys == nullptr || first == nullptr ||
        keys_count == 0 || keys_count > LEAT_TARGETS_MAX) {
        return LEAT_E_ARGUMENT;
    }
    const uint32_t before = client->endpoints_count;
    leat_status status = LEAT_OK;
    for (uint32_t i = 0; i < keys_count && status == LEAT_OK; ++i) {
        leat_endpoint_config one = *config;
        one.api_key = keys[i].api_key;
        if (keys[i].requests_per_minute != 0) one.requests_per_minute = keys[i].requests_per_minute;
        if (keys[i].request_burst != 0) one.request_burst = keys[i].request_burst;
        leat_endpoint added = 0;
        status = leat_endpoint_add(client, &one, &added);
    }
    if (status != LEAT_OK) {
        while (client->endpoints_count > before) {
            leat::endpoint_forget(&client->endpoints[--client->endpoints_count]);
        }
        return status;
    }
    client->endpoints[before].pool_count = keys_count;
    *first = before;
    return LEAT_OK;
}

leat_status leat_endpoint_stopped(const leat_client* client, leat_endpoint endpoint) {
    if (client == nullptr || endpoint >= client->endpoints_count) return LEAT_E_NOT_FOUND;
    return client->endpoints[endpoint].stopped;
}

leat_status leat_step(leat_client* client, int32_t timeout_ms) {
    if (client == nullptr) return LEAT_E_ARGUMENT;
    if (client->in_step) return LEAT_E_REENTRANT;
    return leat::run_step(client, timeout_ms < 0 ? -1 : timeout_ms * ns_per_ms);
}

int32_t leat_pollable_fd(leat_client* client) {
    if (client == nullptr) return -1;
    return client->ports.poller->pollable(client->wire.poller_state());
}

int64_t leat_next_deadline_ms(leat_client* client) {
    if (client == nullptr) return -1;
    leat::update_clock(client);
    const int64_t wait_ns = leat::next_wait_ns(client);
    return wait_ns < 0 ? -1 : (wait_ns + ns_per_ms - 1) / ns_per_ms;
}

void leat_get_stats(const leat_client* client, leat_stats* stats) {
    if (client == nullptr || stats == nullptr) return;
    *stats = client->stats;
    leat_client* const engine = const_cast<leat_client*>(client);
    stats->connections_opened = client->wire.counters().opened;
    stats->connections_open = client->wire.counters().open;
    stats->items_alive =
        client->config.items_max - static_cast<uint32_t>(engine->free_items.size());
    if (client->config.use_tls == 0) return;
    leat_tls_stats tls{};
    client->ports.tls->stats(engine->wire.tls_state(), &tls);
    stats->tls_full_handshakes = tls.handshakes_full;
    stats->tls_resumed_handshakes = tls.handshakes_resumed;
    stats->tls_pool_peak_bytes = tls.pool_peak_bytes;
}

leat_status leat_endpoint_check(leat_client* client, leat_endpoint endpoint,
                                const leat_request* request, uint32_t* ignored) {
    if (client == nullptr || request == nullptr || ignored == nullptr) return LEAT_E_ARGUMENT;
    *ignored = 0;
    if (endpoint >= client->endpoints_count) return LEAT_E_NOT_FOUND;
    LEAT_TRY(leat::request_check(*request));
    LEAT_TRY(leat::conversation_status(*client, request->conversation, *request));
    return leat::probe_request(client, &client->endpoints[endpoint], *request, ignored);
}

leat_status leat_endpoint_limits(const leat_client* client, leat_endpoint endpoint,
                                 leat_rate_limits* limits, int64_t* age_ms) {
    if (client == nullptr || limits == nullptr) return LEAT_E_ARGUMENT;
    if (endpoint >= client->endpoints_count) return LEAT_E_NOT_FOUND;
    const leat::Endpoint& its = client->endpoints[endpoint];
    const leat::Domain* latest = &its.domains[0];
    for (uint32_t i = 1; i < its.domains_count; ++i) {
        if (its.domains[i].told_ns > latest->told_ns) latest = &its.domains[i];
    }
    *limits = latest->told;
    if (age_ms == nullptr) return LEAT_OK;
    const uint64_t ago_ns = client->now_ns - latest->told_ns;
    *age_ms = latest->told_ns == 0 ? -1 : static_cast<int64_t>(ago_ns / ns_per_ms);
    return LEAT_OK;
}

leat_status leat_endpoint_pace(const leat_client* client, leat_endpoint endpoint, leat_pace* pace) {
    if (client == nullptr || pace == nullptr) return LEAT_E_ARGUMENT;
    if (endpoint >= client->endpoints_count) return LEAT_E_NOT_FOUND;
    const leat::Endpoint& its = client->endpoints[endpoint];
    const leat::Domain* busiest = &its.domains[0];
    for (uint32_t i = 1; i < its.domains_count; ++i) {
        if (its.domains[i].gate.in_flight() > busiest->gate.in_flight()) busiest = &its.domains[i];
    }
    const leat::Gate& gate = busiest->gate;
    const uint64_t now_ns = client->now_ns;
    *pace = leat_pace{};
    pace->in_flight = its.allowance.in_flight();
    pace->in_flight_limit =
        leat::min_of(gate.permits(now_ns), its.allowance.in_flight_most());
    pace->limiter = its.limiter;
    pace->models = its.domains_count;
    const uint64_t until_ns = gate.paused_until_ns();
    if (until_ns > now_ns) {
        pace->paused_ms = static_cast<int64_t>((until_ns - now_ns + ns_per_ms - 1) / ns_per_ms);
    }
    pace->learned_per_minute = gate.learned_per_minute();
    return LEAT_OK;
}

leat_limiter leat_endpoint_limiter(const leat_client* client, leat_endpoint endpoint) {
    if (client == nullptr || endpoint >= client->endpoints_count) return LEAT_LIMITER_NONE;
    return client->endpoints[endpoint].limiter;
}

const char* leat_provider_name(uint32_t index) {
    const leat_adapter* const adapter = leat::adapter_at(index);
    return adapter == nullptr ? nullptr : adapter->name;
}

const char* leat_provider_base_url(uint32_t index) {
    const leat_adapter* const adapter = leat::adapter_at(index);
    return adapter == nullptr ? nullptr : adapter->base_url;
}

uint32_t leat_provider_lacks(uint32_t index) {
    const leat_adapter* const adapter = leat::adapter_at(index);
    return adapter == nullptr ? 0 : leat::adapter_lacks(*adapter);
}

const char* leat_version(void) { return LEAT_VERSION; }

uint32_t leat_abi_age(void) { return abi_age; }
