// port/mbedtls/context.cc: one client's TLS port: its memory plan, its opening and its end, and the
// table that leat knows it by. Depends on context.h.
// State is: Context, tickets_max tickets, pool. Nothing else holds memory.
#include <string.h>
#include <time.h>

#include "context.h"

// Set by the build where calls of calloc and free were renamed in a copy of the library.
#ifndef LEAT_MBEDTLS_RENAMED
#define LEAT_MBEDTLS_RENAMED 0
#endif
#if !LEAT_MBEDTLS_RENAMED && !defined(MBEDTLS_PLATFORM_MEMORY)
#error "mbedTLS has no memory hook and was not renamed: see toolchains/mbedtls.cmake"
#endif

namespace leat::tls {
namespace {

constexpr size_t session_pool_bytes = 52 * 1024;
constexpr size_t chain_pool_bytes = 16 * 1024;
constexpr size_t ticket_pool_bytes = 2 * 1024;

// Without AES instructions in its GCM, 2.28 is quicker with ChaCha20-Poly1305.
const int suites[] = {
#if LEAT_MBEDTLS_TLS13
    MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
    MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
#endif
#if LEAT_MBEDTLS_3 && (defined(MBEDTLS_AESNI_C) || defined(MBEDTLS_AESCE_C))
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
#else
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
#endif
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    0,
};

const char* protocols[] = {"http/1.1", nullptr};

size_t align(size_t size) { return (size + 15) & ~size_t{15}; }

size_t fixed_bytes(const leat_tls_config& config) {
    return align(sizeof(Context)) + align(config.tickets_max * sizeof(Ticket));
}

size_t pool_bytes(const leat_tls_config& config) {
    if (config.pool_bytes != 0) return align(config.pool_bytes);
    return trust_bytes(config) + config.sessions_max * session_pool_bytes + chain_pool_bytes +
           config.tickets_max * ticket_pool_bytes;
}

int fill_entropy(void* user, unsigned char* bytes, size_t size) {
    const Context* const context = static_cast<Context*>(user);
    const leat_status status = context->entropy->fill(context->entropy_user, bytes, size);
    return status == LEAT_OK ? 0 : MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED;
}

leat_status configure(Context* context) {
    mbedtls_ssl_config* const config = &context->config;
    static const unsigned char purpose[] = {'l', 'e', 'a', 't'};
    if (mbedtls_ctr_drbg_seed(&context->random, fill_entropy, context, purpose, sizeof purpose)) {
        return LEAT_E_PORT;
    }
    if (mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) != 0 ||
        set_versions(config) != 0) {
        return LEAT_E_PORT;
    }
    mbedtls_ssl_conf_rng(config, mbedtls_ctr_drbg_random, &context->random);
    mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(config, &context->trusted, nullptr);
    mbedtls_ssl_conf_cert_profile(config, &policy_profile);
    mbedtls_ssl_conf_ciphersuites(config, suites);
    set_groups(config);
    mbedtls_ssl_conf_session_tickets(config, MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
#if defined(MBEDTLS_SSL_RENEGOTIATION)
    mbedtls_ssl_conf_renegotiation(config, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
#endif
    return mbedtls_ssl_conf_alpn_protocols(config, protocols) == 0 ? LEAT_OK : LEAT_E_PORT;
}

void route_heap() {
#if !LEAT_MBEDTLS_RENAMED
    mbedtls_platform_set_calloc_free(leat_tls_calloc, leat_tls_free);
#endif
}

// The first call of gmtime_r loads the time zone, which allocates: let that be now.
void warm_up_calendar() {
    const time_t epoch = 0;
    struct tm parts;
    (void)gmtime_r(&epoch, &parts);
}

}  // namespace

size_t port_state_bytes(const leat_tls_config* config) {
    return fixed_bytes(*config) + pool_bytes(*config);
}

leat_status port_open(void* state, size_t bytes, const leat_tls_config* config, void* user) {
    (void)user;
    if (config->clock == nullptr || config->entropy == nullptr) return LEAT_E_PORT;
    const size_t fixed = fixed_bytes(*config);
    if (bytes <= fixed) return LEAT_E_TLS_MEMORY;
    Context* const context = static_cast<Context*>(state);
    memset(state, 0, fixed);
    char* const behind = static_cast<char*>(state) + align(sizeof *context);
    context->tickets = reinterpret_cast<Ticket*>(behind);
    context->tickets_max = config->tickets_max;
    context->clock = config->clock;
    context->clock_user = config->clock_user;
    context->entropy = config->entropy;
    context->entropy_user = config->entropy_user;
    context->pool.open(static_cast<char*>(state) + fixed, bytes - fixed,
                       config->state_is_zero != 0);

    route_heap();
    warm_up_calendar();
    const PoolScope scope(&context->pool);
    mbedtls_ssl_config_init(&context->config);
    mbedtls_x509_crt_init(&context->trusted);
    mbedtls_ctr_drbg_init(&context->random);
    leat_status status = configure(context);
    if (status == LEAT_OK) status = load_trust(context, *config);
    if (context->pool.take_failure()) status = LEAT_E_TLS_MEMORY;
    if (status != LEAT_OK) port_close(state);
    return status;
}

void port_close(void* state) {
    Context* const context = static_cast<Context*>(state);
    const PoolScope scope(&context->pool);
    for (uint32_t i = 0; i < context->tickets_max; ++i) ticket_forget(&context->tickets[i]);
    mbedtls_ssl_config_free(&context->config);
    mbedtls_x509_crt_free(&context->trusted);
    mbedtls_ctr_drbg_free(&context->random);
    release_globals();
    context->pool.close();
    wipe(context, sizeof *context);
}

void port_stats(void* state, leat_tls_stats* out) {
    const Context* const context = static_cast<Context*>(state);
    out->pool_bytes = context->pool.capacity();
    out->pool_used_bytes = context->pool.used();
    out->pool_peak_bytes = context->pool.peak();
    out->pool_failures = context->pool.failures();
    out->handshakes_full = context->handshakes_full;
    out->handshakes_resumed = context->handshakes_resumed;
}

}  // namespace leat::tls

extern "C" const leat_tls_ops leat_mbedtls = {
    sizeof(leat_tls_ops),
    0,
    "mbedtls",
    leat::tls::port_state_bytes,
    leat::tls::port_open,
    leat::tls::port_close,
    leat::tls::port_session_bytes,
    leat::tls::port_start,
    leat::tls::port_handshake,
    leat::tls::port_read,
    leat::tls::port_write,
    leat::tls::port_flush,
    leat::tls::port_stop,
    leat::tls::port_has_ticket,
    leat::tls::port_stats,
};

extern "C" void leat_mbedtls_port(leat_ports* ports) { ports->tls = &leat_mbedtls; }
