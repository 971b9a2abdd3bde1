// port/mbedtls/compat.h: all that differs between mbedTLS 2.28 and 3.x, in one place.
// The rest of this folder is one source for both. Fields that 3.x calls private are read through
// its own MBEDTLS_PRIVATE, as no accessor exists: out_left, in_msg, session, peer_cert.
// TLS 1.3 (3.x only) keeps PSA state for the whole process, which cannot live in one client's pool
// when there are several clients; it is off unless LEAT_MBEDTLS_TLS13 is set, which allows one
// client at a time in a process.
#pragma once

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/platform.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#include "pool.h"

#if MBEDTLS_VERSION_NUMBER >= 0x04000000
#error "mbedTLS 4 keeps its randomness and keys outside our pool: use 2.28 LTS or 3.6 LTS"
#endif

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#define LEAT_MBEDTLS_3 1
#define LEAT_FIELD(name) MBEDTLS_PRIVATE(name)
#else
#define LEAT_MBEDTLS_3 0
#define LEAT_FIELD(name) name
#endif

#if !defined(LEAT_MBEDTLS_TLS13) || !LEAT_MBEDTLS_3 || !defined(MBEDTLS_SSL_PROTO_TLS1_3)
#undef LEAT_MBEDTLS_TLS13
#define LEAT_MBEDTLS_TLS13 0
#endif
#if LEAT_MBEDTLS_TLS13
#include <psa/crypto.h>
#endif

namespace leat::tls {

inline int set_versions(mbedtls_ssl_config* config) {
#if LEAT_MBEDTLS_3
    mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_max_tls_version(
        config, LEAT_MBEDTLS_TLS13 ? MBEDTLS_SSL_VERSION_TLS1_3 : MBEDTLS_SSL_VERSION_TLS1_2);
#if LEAT_MBEDTLS_TLS13
    if (psa_crypto_init() != PSA_SUCCESS) return -1;
#if defined(MBEDTLS_SSL_SESSION_TICKETS) && MBEDTLS_VERSION_NUMBER >= 0x03060100
    mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
        config, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
#endif
#endif
#else
    mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_max_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
#endif
    return 0;
}

inline void release_globals() {
#if LEAT_MBEDTLS_TLS13
    mbedtls_psa_crypto_free();
#endif
}

// X25519 costs least, then P-256; the library's own order begins with P-521.
inline void set_groups(mbedtls_ssl_config* config) {
#if LEAT_MBEDTLS_3
    static const uint16_t groups[] = {
        MBEDTLS_SSL_IANA_TLS_GROUP_X25519, MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
        MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, MBEDTLS_SSL_IANA_TLS_GROUP_NONE};
    static const uint16_t signatures[] = {
        MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256, MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
        MBEDTLS_TLS1_3_SIG_ECDSA_SECP521R1_SHA512, MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256,
        MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384,    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512,
        MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256,       MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384,
        MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,       MBEDTLS_TLS1_3_SIG_NONE};
    mbedtls_ssl_conf_groups(config, groups);
    mbedtls_ssl_conf_sig_algs(config, signatures);
#else
    static const mbedtls_ecp_group_id groups[] = {
        MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_SECP384R1,
        MBEDTLS_ECP_DP_NONE};
    static const int hashes[] = {MBEDTLS_MD_SHA256, MBEDTLS_MD_SHA384, MBEDTLS_MD_SHA512,
                                 MBEDTLS_MD_NONE};
    mbedtls_ssl_conf_curves(config, groups);
    mbedtls_ssl_conf_sig_hashes(config, hashes);
#endif
}

// Bytes of a record that are not on the wire yet.
inline size_t output_left(const mbedtls_ssl_context* ssl) { return ssl->LEAT_FIELD(out_left); }

// The description in an alert that just came.
inline unsigned alert_code(const mbedtls_ssl_context* ssl) {
    const unsigned char* const message = ssl->LEAT_FIELD(in_msg);
    return message == nullptr ? 0 : message[1];
}

// Gives back the copy of the peer's certificates once they have been checked. With TLS 1.3 or with
// a build that keeps only a digest there is nothing to give.
inline void drop_peer_certificate(mbedtls_ssl_context* ssl) {
#if defined(MBEDTLS_SSL_KEEP_PEER_CERTIFICATE)
    mbedtls_ssl_session* const session = ssl->LEAT_FIELD(session);
    if (session == nullptr || session->LEAT_FIELD(peer_cert) == nullptr) return;
    mbedtls_x509_crt_free(session->LEAT_FIELD(peer_cert));
    leat_tls_free(session->LEAT_FIELD(peer_cert));
    session->LEAT_FIELD(peer_cert) = nullptr;
#else
    (void)ssl;
#endif
}

// Has the peer given anything to resume from?
inline bool is_resumable(const mbedtls_ssl_session* session) {
    return session->LEAT_FIELD(ticket_len) > 0 || session->LEAT_FIELD(id_len) > 0;
}

inline bool is_ca(const mbedtls_x509_crt& certificate) {
    return certificate.LEAT_FIELD(ca_istrue) != 0;
}

inline bool is_new_ticket(int code) {
#if LEAT_MBEDTLS_TLS13
    return code == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET;
#else
    (void)code;
    return false;
#endif
}

inline bool is_version_error(int code) {
#if LEAT_MBEDTLS_3
    return code == MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION;
#else
    return code == MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION;
#endif
}

// The certificate itself was refused, and the verify flags may say why.
inline bool is_certificate_error(int code) {
#if LEAT_MBEDTLS_3
    return code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED || code == MBEDTLS_ERR_SSL_BAD_CERTIFICATE;
#else
    return code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED ||
           code == MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE;
#endif
}

}  // namespace leat::tls
