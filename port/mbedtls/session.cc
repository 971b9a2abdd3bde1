// port/mbedtls/session.cc: one TLS session from its start to its end. Depends on context.h.
// Every entry sets the current pool and looks at the pool's latch on the way out: a session during
// which an allocation failed is dead, whatever the library says (CVE-2025-27810).
#include <string.h>

#include "context.h"

namespace leat::tls {
namespace {

leat_status begin(Session* session) {
    mbedtls_ssl_context* const ssl = &session->ssl;
    mbedtls_ssl_init(ssl);
    if (mbedtls_ssl_setup(ssl, &session->context->config) != 0) return LEAT_E_TLS_MEMORY;
    // An address is never sent as SNI (RFC 6066 3); check_name alone compares it.
    const char* const name = session->peer.ip_size == 0 ? session->peer.name : nullptr;
    if (mbedtls_ssl_set_hostname(ssl, name) != 0) return LEAT_E_TLS_MEMORY;
    mbedtls_ssl_set_verify(ssl, leat_tls_check_certificate, session);
    mbedtls_ssl_set_bio(ssl, session, bio_write, bio_read, nullptr);
    ticket_offer(session);
    return session->context->pool.take_failure() ? LEAT_E_TLS_MEMORY : LEAT_OK;
}

// The peer's certificate once more, after all of the library's work: a flag cleared in the wrong
// place must not be enough to get past.
leat_status check_again(Session* session) {
    if (mbedtls_ssl_get_verify_result(&session->ssl) != 0) return LEAT_E_TLS_UNTRUSTED;
    if (session->verdict != LEAT_OK) return session->verdict;
    if (!session->leaf_checked) {
        // Resumed: the certificate was checked when the ticket was made, for this same host.
        return session->offered_ticket ? LEAT_OK : LEAT_E_TLS_UNTRUSTED;
    }
#if defined(MBEDTLS_SSL_KEEP_PEER_CERTIFICATE)
    const mbedtls_x509_crt* const leaf = mbedtls_ssl_get_peer_cert(&session->ssl);
    return leaf == nullptr ? LEAT_E_TLS_UNTRUSTED : check_name(*leaf, session->peer);
#else
    return LEAT_OK;
#endif
}

leat_status finish(Session* session) {
    Context* const context = session->context;
    const leat_status status = check_again(session);
    if (status != LEAT_OK) return fail(session, status);
    if (session->leaf_checked) session->checked_ms = session->now_ms;
    drop_peer_certificate(&session->ssl);
    ticket_save(session);
    if (context->pool.take_failure()) return fail(session, LEAT_E_TLS_MEMORY);
    session->phase = Phase::ready;
    session->idle_records = 0;
    ++(session->leaf_checked ? context->handshakes_full : context->handshakes_resumed);
    return LEAT_OK;
}

}  // namespace

size_t port_session_bytes() { return (sizeof(Session) + 15) & ~size_t{15}; }

leat_status port_start(void* state, void* memory, uint32_t ticket_index, leat_str host,
                       const leat_tls_bio* bio) {
    Context* const context = static_cast<Context*>(state);
    Session* const session = static_cast<Session*>(memory);
    memset(static_cast<void*>(session), 0, sizeof *session);
    session->phase = Phase::dead;
    session->failure = LEAT_E_STATE;
    if (bio == nullptr || bio->read == nullptr || bio->write == nullptr) return LEAT_E_ARGUMENT;
    if (!peer_set(&session->peer, host)) return LEAT_E_TLS_NAME;
    session->now_ms = context->clock->wall_ms(context->clock_user);
    if (session->now_ms <= 0) return LEAT_E_PORT;
    session->bio = *bio;
    session->ticket_index = ticket_index;
    session->not_after_ms = INT64_MAX;

    const PoolScope scope(&context->pool);
    (void)context->pool.take_failure();
    session->context = context;
    const leat_status status = begin(session);
    if (status == LEAT_OK) {
        session->phase = Phase::handshake;
        session->failure = LEAT_OK;
    } else {
        mbedtls_ssl_free(&session->ssl);
        session->context = nullptr;
        session->failure = status;
    }
    return status;
}

leat_status port_handshake(void* state, void* memory) {
    Context* const context = static_cast<Context*>(state);
    Session* const session = static_cast<Session*>(memory);
    if (session->phase == Phase::dead) return session->failure;
    if (session->phase == Phase::ready) return LEAT_OK;
    const PoolScope scope(&context->pool);
    (void)context->pool.take_failure();
    for (;;) {
        session->read_blocked = false;
        const int code = mbedtls_ssl_handshake(&session->ssl);
        if (context->pool.take_failure()) return fail(session, LEAT_E_TLS_MEMORY);
        if (code == 0) return finish(session);
        if (code == MBEDTLS_ERR_SSL_WANT_WRITE) return LEAT_E_WOULD_BLOCK;
        if (code != MBEDTLS_ERR_SSL_WANT_READ) return fail(session, status_of(*session, code));
        if (session->read_blocked) return LEAT_E_WOULD_BLOCK;
        if (++session->idle_records > idle_records_max) return fail(session, LEAT_E_TLS_RECORD);
    }
}

void port_stop(void* state, void* memory) {
    Context* const context = static_cast<Context*>(state);
    Session* const session = static_cast<Session*>(memory);
    if (session->context != nullptr) {
        const PoolScope scope(&context->pool);
        if (session->phase == Phase::ready && port_flush(state, session) == LEAT_OK) {
            (void)mbedtls_ssl_close_notify(&session->ssl);
        }
        mbedtls_ssl_free(&session->ssl);
        (void)context->pool.take_failure();
    }
    wipe(session, sizeof *session);
    session->phase = Phase::dead;
    session->failure = LEAT_E_STATE;
}

int32_t port_has_ticket(void* state, uint32_t ticket_index) {
    const Ticket* const ticket = ticket_of(static_cast<Context*>(state), ticket_index);
    return ticket != nullptr && ticket->is_set ? 1 : 0;
}

}  // namespace leat::tls
