// flow/endpoint.cc: fills in an endpoint once: URL, addresses, credential header, limits.
// The only place that resolves names. All texts go into the endpoint's own memory.
// Invariant: on failure the slot stays unused and holds no credential.
#include "flow/endpoint.h"

#include "base/check.h"
#include "base/poison.h"
#include "base/secret.h"
#include "codec/http_fields.h"
#include "flow/engine.h"
#include "flow/request/prepare.h"
#include "provider/registry.h"
#include "wire/ip.h"

namespace leat {

namespace {

constexpr uint32_t auto_in_flight_initial = 5;  // what the reference systems do (P4)

leat_status keep(Endpoint* endpoint, Text from, Text* to) {
    return endpoint->arena.copy(from, to) ? LEAT_OK : LEAT_E_TOO_LARGE;
}

leat_status choose_adapter(const leat_endpoint_config& config, Endpoint* endpoint) {
    endpoint->adapter =
        config.adapter != nullptr ? config.adapter : find_adapter(config.provider);
    if (endpoint->adapter == nullptr) return LEAT_E_NOT_FOUND;
    const leat_adapter& adapter = *endpoint->adapter;
    if (adapter.struct_size != sizeof(leat_adapter)) return LEAT_E_STRUCT_SIZE;
    if (adapter.reserved != 0) return LEAT_E_RESERVED;
    if (adapter.start != nullptr) return adapter.cancel != nullptr ? LEAT_OK : LEAT_E_ARGUMENT;
    const bool whole = adapter.build != nullptr && adapter.parse != nullptr &&
                       adapter.classify != nullptr && adapter.path != nullptr &&
                       adapter.base_url != nullptr && adapter.auth_header != nullptr &&
                       adapter.auth_prefix != nullptr;
    const bool streams = adapter.stream_format == LEAT_STREAM_SSE ||
                         adapter.stream_format == LEAT_STREAM_NDJSON;
    const bool stream_whole = (adapter.event != nullptr) == streams &&
                              (adapter.assembled != nullptr) == streams;
    return whole && stream_whole ? LEAT_OK : LEAT_E_ARGUMENT;
}

leat_status read_url(Engine* engine, const leat_endpoint_config& config, Endpoint* endpoint,
                     Url* url) {
    const char* const own = endpoint->adapter->base_url;
    const Text source = empty(config.base_url) ? text_of(own) : config.base_url;
    char host[host_bytes_max];
    LEAT_TRY(parse_url(source, UrlUse::endpoint, host, url));
    LEAT_TRY(keep(endpoint, url->host, &url->host));
    LEAT_TRY(keep(endpoint, url->path, &endpoint->base_path));
    LEAT_TRY(keep(endpoint, url->query, &endpoint->base_query));
    if (url->is_tls && engine->config.use_tls == 0) return LEAT_E_UNSUPPORTED;
    const bool open_air = !url->is_tls && !is_loopback_host(url->host);
    if (open_air && config.allow_plain_http == 0) return LEAT_E_PLAIN_HTTP;
    endpoint->authority = HttpAuthority{scheme_of(*url), url->host, url->port};
    return LEAT_OK;
}

bool fixed_address(const leat_endpoint_config& config, Text host, uint16_t port, Origin* origin) {
    for (uint32_t i = 0; i < config.resolve_count; ++i) {
        const leat_resolve& fixed = config.resolve[i];
        if (fixed.port != port || !equal_ignoring_case(fixed.host, host)) continue;
        IpLiteral ip;
        if (!parse_ip(fixed.address, &ip)) continue;
        leat_address* const address = &origin->addresses[origin->address_count];
        *address = leat_address{};
        address->family = ip.family;
        address->port = port;
        memcpy(address->bytes, ip.bytes, sizeof ip.bytes);
        if (++origin->address_count == addresses_max) break;
    }
    return origin->address_count > 0;
}

leat_status find_addresses(Engine* engine, const leat_endpoint_config& config, Text host,
                           uint16_t port, Origin* origin) {
    origin->address_count = 0;
    if (fixed_address(config, host, port, origin)) return LEAT_OK;
    LEAT_TRY(engine->ports.resolver->resolve(engine->ports.resolver_user, host, port,
                                             origin->addresses, addresses_max,
                                             &origin->address_count));
    LEAT_CHECK(origin->address_count >= 1 && origin->address_count <= addresses_max);
    return LEAT_OK;
}

leat_status decode(Endpoint* endpoint, Text from, Text* to) {
    *to = Text{nullptr, 0};
    if (empty(from)) return LEAT_OK;
    char* const out = static_cast<char*>(endpoint->arena.take(from.size, 1));
    if (out == nullptr) return LEAT_E_TOO_LARGE;
    return percent_decode(from, out, from.size, to);
}

leat_status read_proxy(Engine* engine, const leat_endpoint_config& config, Endpoint* endpoint) {
    Url url;
    char host[host_bytes_max];
    LEAT_TRY(parse_url(config.proxy, UrlUse::proxy, host, &url));
    if (url.is_tls) return LEAT_E_UNSUPPORTED;
    LEAT_TRY(decode(endpoint, url.user, &endpoint->proxy_credentials.user));
    LEAT_TRY(decode(endpoint, url.password, &endpoint->proxy_credentials.password));
    if (!empty(endpoint->proxy_credentials.password)) {
        endpoint->secrets[endpoint->secrets_count++] = endpoint->proxy_credentials.password;
    }
    endpoint->origin.proxy =
        endpoint->origin.is_tls ? ProxyUse::tunnel : ProxyUse::forward;
    return find_addresses(engine, config, url.host, url.port, &endpoint->origin);
}

bool has_header(const Endpoint& endpoint, Text name) {
    for (uint32_t i = 0; i < endpoint.headers_count; ++i) {
        if (equal_ignoring_case(endpoint.headers[i].name, name)) return true;
    }
    return false;
}

// A header that the caller did not set already.
leat_status add_header(Endpoint* endpoint, Text name, Text value) {
    if (!is_header_name(name) || !is_header_value(value)) return LEAT_E_TEXT;
    if (has_header(*endpoint, name)) return LEAT_OK;
    leat_header* const header = &endpoint->headers[endpoint->headers_count];
    LEAT_TRY(keep(endpoint, name, &header->name));
    LEAT_TRY(keep(endpoint, value, &header->value));
    ++endpoint->headers_count;
    return LEAT_OK;
}

leat_status add_credential(const leat_endpoint_config& config, Endpoint* endpoint) {
    const char* const name = endpoint->adapter->auth_header;
    const Text prefix = text_of(endpoint->adapter->auth_prefix);
    if (empty(config.api_key) || name[0] == '\0') return LEAT_OK;
    if (!is_header_value(config.api_key)) return LEAT_E_TEXT;
    const size_t size = prefix.size + config.api_key.size;
    char* const value = static_cast<char*>(endpoint->arena.take(size, 1));
    if (value == nullptr) return LEAT_E_TOO_LARGE;
    memcpy(value, prefix.data, prefix.size);
    memcpy(value + prefix.size, config.api_key.data, config.api_key.size);
    endpoint->secrets[endpoint->secrets_count++] =
        text(value + prefix.size, config.api_key.size);
    leat_header* const header = &endpoint->headers[endpoint->headers_count++];
    header->name = text_of(name);
    header->value = text(value, size);
    return LEAT_OK;
}

// The adapter's own line, "name: value".
leat_status add_adapter_header(Endpoint* endpoint) {
    const char* const line = endpoint->adapter->extra_header;
    if (line == nullptr || line[0] == '\0') return LEAT_OK;
    Text value = text_of(line);
    const Text name = take_until(&value, ':');
    return add_header(endpoint, name, trim(value));
}

leat_status fill_headers(const leat_endpoint_config& config, Endpoint* endpoint) {
    for (uint32_t i = 0; i < config.headers_count; ++i) {
        LEAT_TRY(add_header(endpoint, config.headers[i].name, config.headers[i].value));
    }
    const char* const auth = endpoint->adapter->auth_header;
    if (!has_header(*endpoint, text_of(auth))) {
        LEAT_TRY(add_credential(config, endpoint));
    }
    LEAT_TRY(add_adapter_header(endpoint));
    LEAT_TRY(add_header(endpoint, text("Content-Type"), text("application/json")));
    LEAT_TRY(add_header(endpoint, text("Accept"), text("application/json")));
    return add_header(endpoint, text("User-Agent"), text("leat/" LEAT_VERSION));
}

leat_status share_head(Endpoint* endpoint) {
    HttpRequestHead head;
    head.authority = endpoint->authority;
    head.headers = endpoint->headers;
    head.header_count = endpoint->headers_count;
    head.to_plain_proxy = endpoint->origin.proxy == ProxyUse::forward;
    head.proxy_credentials = endpoint->proxy_credentials;
    const leat_status status = share_request_head(head, &endpoint->head_arena, &endpoint->head);
    return status == LEAT_E_ITEM_MEMORY ? LEAT_E_TOO_LARGE : status;
}

// Joined here once, not for each item. It comes last, so as to take no other text's room.
void join_own_path(Endpoint* endpoint) {
    const Text own = text_of(endpoint->adapter->path);
    (void)join_endpoint_path(*endpoint, own, &endpoint->arena, &endpoint->path);
}

void fill_limits(Engine* engine, const leat_endpoint_config& config, Endpoint* endpoint) {
    const leat_config& client = engine->config;
    const bool fixed = config.max_in_flight != LEAT_AUTO;
    const uint32_t room = min_of(client.connections_max, client.items_max);
    AllowanceRules allowance{};
    allowance.in_flight_most = fixed ? config.max_in_flight : room;
    allowance.requests_per_minute = config.requests_per_minute;
    allowance.request_burst = config.request_burst;
    allowance.tokens_per_minute = config.tokens_per_minute;
    allowance.input_tokens_per_minute = config.input_tokens_per_minute;
    allowance.output_tokens_per_minute = config.output_tokens_per_minute;
    allowance.requests_per_day = config.requests_per_day;
    allowance.tokens_per_day = config.tokens_per_day;
    endpoint->allowance.open(allowance);
    endpoint->concurrency.most = allowance.in_flight_most;
    endpoint->concurrency.initial = fixed ? config.max_in_flight : auto_in_flight_initial;
    endpoint->concurrency.adaptive = config.adaptive;
    endpoint->pacing = config.pacing != nullptr ? config.pacing : leat_pacing_exponential();
    endpoint->uses_told = config.ignore_told == 0;
    endpoint->uses_learned = config.ignore_learned == 0 && config.adaptive.enabled != 0;
    endpoint->price = config.price;
    endpoint->vendor = config.adapter == nullptr ? text_of(endpoint->adapter->name) : Text{nullptr, 0};
    endpoint->abort_on = config.abort_on;
    endpoint->timeouts = config.timeouts;
    endpoint->retry = config.retry;
    endpoint->cooldown = config.cooldown;
    endpoint->output_estimate_tokens = config.output_estimate_tokens;
    domain_open(engine, endpoint, config.model);
}

leat_status fill(Engine* engine, const leat_endpoint_config& config, Endpoint* endpoint) {
    LEAT_TRY(choose_adapter(config, endpoint));
    if (endpoint->adapter->start != nullptr) {
        // No HTTP: the adapter has all it needs.
        fill_limits(engine, config, endpoint);
        return keep(endpoint, config.model, &endpoint->model);
    }
    Url url;
    LEAT_TRY(read_url(engine, config, endpoint, &url));
    Origin* const origin = &endpoint->origin;
    origin->host = url.host;
    origin->port = url.port;
    origin->is_tls = url.is_tls;
    origin->proxy = ProxyUse::none;
    origin->keepalive_ns = uint64_t{config.keepalive_ms} * UINT64_C(1000000);
    origin->ticket_index = engine->endpoints_count;
    LEAT_TRY(keep(endpoint, config.model, &endpoint->model));
    LEAT_TRY(fill_headers(config, endpoint));
    fill_limits(engine, config, endpoint);
    const leat_status found =
        empty(config.proxy) ? find_addresses(engine, config, url.host, url.port, origin)
                            : read_proxy(engine, config, endpoint);
    join_own_path(endpoint);
    return found == LEAT_OK ? share_head(endpoint) : found;
}

void open_timer(Timer* timer, TimerKind kind, void* owner) {
    *timer = Timer{};
    timer->kind = static_cast<uint32_t>(kind);
    timer->owner = owner;
}

}  // namespace

leat_status join_endpoint_path(const Endpoint& endpoint, Text path, Arena* arena, Text* out) {
    LEAT_CHECK(arena != nullptr && out != nullptr);
    const Text query = endpoint.base_query;
    const size_t room = endpoint.base_path.size + path.size + query.size + 3;
    char* const at = static_cast<char*>(arena->take(room, 1));
    if (at == nullptr) return LEAT_E_ITEM_MEMORY;
    Text joined{nullptr, 0};
    LEAT_TRY(join_path(endpoint.base_path, path, at, room, &joined));
    if (!empty(query)) {
        const bool has_query = find_byte(joined, '?') != not_found;
        at[joined.size] = has_query ? '&' : '?';
        memcpy(at + joined.size + 1, query.data, query.size);
        joined.size += query.size + 1;
    }
    *out = joined;
    return LEAT_OK;
}

leat_status endpoint_fill(Engine* engine, const leat_endpoint_config& config, Endpoint* endpoint) {
    LEAT_CHECK(engine != nullptr && endpoint != nullptr);
    LEAT_CHECK(config.max_in_flight >= 1);
    wipe(endpoint, sizeof *endpoint);
    endpoint->arena.open(endpoint->text, sizeof endpoint->text);
    endpoint->head_arena.open(endpoint->head_text, sizeof endpoint->head_text);
    endpoint->idle.open(&endpoint->origin);
    endpoint->limiter = LEAT_LIMITER_NONE;
    open_timer(&endpoint->idle_timer, TimerKind::idle, endpoint);
    const leat_status status = fill(engine, config, endpoint);
    if (status == LEAT_OK) prepare_open(engine, endpoint);
    if (status != LEAT_OK) endpoint_forget(endpoint);
    return status;
}

void endpoint_forget(Endpoint* endpoint) {
    unpoison(endpoint->text, sizeof endpoint->text);
    unpoison(endpoint->head_text, sizeof endpoint->head_text);
    wipe(endpoint, sizeof *endpoint);
}

}  // namespace leat
