// port/mbedtls/errors.cc: what a code of mbedTLS's means to a user of leat, and how a session ends.
// Depends on context.h. A session that failed once stays failed: every later call answers the same.
#include "context.h"

namespace leat::tls {
namespace {

// An alert in the handshake: was it about versions and ciphers, or about something else?
leat_status status_of_alert(unsigned code) {
    switch (code) {
        case MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE:
        case MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION:
        case MBEDTLS_SSL_ALERT_MSG_INSUFFICIENT_SECURITY: return LEAT_E_TLS_VERSION;
        default: return LEAT_E_TLS_HANDSHAKE;
    }
}

// Codes of the certificate parser that mean an algorithm which nobody should use any more.
bool is_unknown_algorithm(int code) {
    const int high = -(-code & 0xff80);
    return high == MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG || high == MBEDTLS_ERR_PK_UNKNOWN_PK_ALG ||
           high == MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE || high == MBEDTLS_ERR_X509_UNKNOWN_VERSION;
}

leat_status status_in_handshake(const Session& session, int code) {
    if (session.verdict != LEAT_OK) return session.verdict;
    if (is_certificate_error(code)) {
        const uint32_t flags = mbedtls_ssl_get_verify_result(&session.ssl);
        const leat_status status = status_of_flags(flags == UINT32_MAX ? 0 : flags);
        return status == LEAT_OK ? LEAT_E_TLS_HANDSHAKE : status;
    }
    if (code == MBEDTLS_ERR_SSL_CONN_EOF || code == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
        return LEAT_E_CONNECTION_CLOSED;
    }
    if (code == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) {
        return status_of_alert(alert_code(&session.ssl));
    }
    if (is_version_error(code)) return LEAT_E_TLS_VERSION;
    if (is_unknown_algorithm(code)) return LEAT_E_TLS_WEAK;
    if (code == MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED) return LEAT_E_PORT;
    return LEAT_E_TLS_HANDSHAKE;
}

}  // namespace

leat_status status_of(const Session& session, int code) {
    if (session.stream != LEAT_OK) return session.stream;
    if (session.phase == Phase::handshake) return status_in_handshake(session, code);
    if (code == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return LEAT_E_CONNECTION_CLOSED;
    if (code == MBEDTLS_ERR_SSL_CONN_EOF || code == 0) return LEAT_E_TLS_TRUNCATED;
    return LEAT_E_TLS_RECORD;
}

leat_status fail(Session* session, leat_status status) {
    // A ticket that a handshake failed with is not offered again: the peer may choke on it.
    if (session->phase == Phase::handshake && session->offered_ticket) {
        ticket_forget(ticket_of(session->context, session->ticket_index));
    }
    session->phase = Phase::dead;
    session->failure = status;
    return status;
}

}  // namespace leat::tls
