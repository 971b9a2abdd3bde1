// port/mbedtls/verify.cc: which certificates are good enough. mbedTLS builds the chain and checks
// its signatures; here the dates are compared with the clock port, the name is matched, and the
// rules are added that the library lacks. Depends on context.h.
// Invariant: a flag of the library's is only ever taken away to be decided anew (the dates).
#include "context.h"

namespace leat::tls {
namespace {

constexpr uint32_t date_flags = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE;
constexpr uint32_t weak_flags =
    MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY |
    MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE |
    MBEDTLS_X509_BADCERT_NS_CERT_TYPE;

// Milliseconds since 1970 of a date in the Gregorian calendar, UTC.
int64_t unix_ms(const mbedtls_x509_time& t) {
    // Years are counted from March, so that the leap day is the last one.
    const int64_t year = t.mon > 2 ? t.year : t.year - 1;
    const int64_t month = t.mon > 2 ? t.mon - 3 : t.mon + 9;
    const int64_t day_of_year = (153 * month + 2) / 5 + t.day - 1;
    const int64_t days = 365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
    return (((days * 24 + t.hour) * 60 + t.min) * 60 + t.sec) * 1000;
}

// Which of two findings is told: whether anyone vouches for the certificate comes first.
int gravity(leat_status status) {
    switch (status) {
        case LEAT_OK: return 0;
        case LEAT_E_TLS_WEAK: return 2;
        case LEAT_E_TLS_NAME:
        case LEAT_E_TLS_NO_SAN: return 3;
        case LEAT_E_TLS_NOT_YET_VALID:
        case LEAT_E_TLS_EXPIRED: return 4;
        case LEAT_E_TLS_UNTRUSTED: return 5;
        default: return 1;
    }
}

void note(leat_status* verdict, leat_status found) {
    if (gravity(found) > gravity(*verdict)) *verdict = found;
}

leat_status check_dates(Session* session, const mbedtls_x509_crt& certificate) {
    const int64_t from = unix_ms(certificate.valid_from);
    const int64_t to = unix_ms(certificate.valid_to) + 999;  // the last second belongs to it
    if (to < session->not_after_ms) session->not_after_ms = to;
    if (session->now_ms > to) return LEAT_E_TLS_EXPIRED;
    if (session->now_ms < from) return LEAT_E_TLS_NOT_YET_VALID;
    return LEAT_OK;
}

// What only the server's own certificate must fulfil. Key sizes are in policy_profile.
leat_status check_leaf(const mbedtls_x509_crt& leaf, const Peer& peer) {
    leat_status verdict = check_name(leaf, peer);
    if (leaf.version != 3 || is_ca(leaf)) note(&verdict, LEAT_E_TLS_WEAK);
    return verdict;
}

}  // namespace

const mbedtls_x509_crt_profile policy_profile = {
    MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA256) | MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA384) |
        MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA512),
    MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_RSA) | MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_RSASSA_PSS) |
        MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_ECKEY) | MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_ECDSA),
    MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP256R1) |
        MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP384R1) |
        MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP521R1),
    2048,
};

leat_status status_of_flags(uint32_t flags) {
    if (flags == 0) return LEAT_OK;
    if ((flags & (MBEDTLS_X509_BADCERT_NOT_TRUSTED | MBEDTLS_X509_BADCERT_REVOKED)) != 0) {
        return LEAT_E_TLS_UNTRUSTED;
    }
    if ((flags & MBEDTLS_X509_BADCERT_EXPIRED) != 0) return LEAT_E_TLS_EXPIRED;
    if ((flags & MBEDTLS_X509_BADCERT_FUTURE) != 0) return LEAT_E_TLS_NOT_YET_VALID;
    if ((flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) != 0) return LEAT_E_TLS_NAME;
    if ((flags & weak_flags) != 0) return LEAT_E_TLS_WEAK;
    return LEAT_E_TLS_UNTRUSTED;
}

extern "C" int leat_tls_check_certificate(void* user, mbedtls_x509_crt* certificate, int depth,
                                          uint32_t* flags) {
    Session* const session = static_cast<Session*>(user);
    uint32_t kept = *flags & ~date_flags;
    leat_status verdict = check_dates(session, *certificate);
    if (depth == 0) {
        const leat_status leaf = check_leaf(*certificate, session->peer);
        note(&verdict, leaf);
        session->leaf_checked = true;
    }
    note(&verdict, status_of_flags(kept));
    if (verdict != LEAT_OK) kept |= MBEDTLS_X509_BADCERT_OTHER;
    if (verdict == LEAT_E_TLS_EXPIRED) kept |= MBEDTLS_X509_BADCERT_EXPIRED;
    if (verdict == LEAT_E_TLS_NOT_YET_VALID) kept |= MBEDTLS_X509_BADCERT_FUTURE;
    note(&session->verdict, verdict);
    *flags = kept;
    return 0;
}

}  // namespace leat::tls
