// X.509 v3, EC P-256, SHA-256, through mbedTLS's writer; the extensions it has no helper for
// (subjectAltName, extended key usage) are written here as DER, backwards, the way its asn1write
// works. See cert.h.
#include "cert.h"

#include <arpa/inet.h>
#include <mbedtls/asn1write.h>
#include <mbedtls/ecp.h>
#include <mbedtls/oid.h>

#include <cstdio>
#include <cstring>
#include <ctime>

namespace mock {
namespace {

constexpr long kDay = 86400;

struct Plan {
    const char* kind;
    long from_s, until_s;  // relative to now
    const char* name;      // the leaf's DNS name
    bool has_san;
    bool leaf_is_authority;
    bool self_signed;
    bool unknown_authority;  // the CA file holds another authority
};
constexpr Plan kPlans[] = {
    {"good", -kDay, 7 * kDay, "localhost", true, false, false, false},
    {"expired", -3 * kDay, -kDay, "localhost", true, false, false, false},
    {"future", kDay, 7 * kDay, "localhost", true, false, false, false},
    {"wrong-name", -kDay, 7 * kDay, "elsewhere.invalid", true, false, false, false},
    {"no-san", -kDay, 7 * kDay, "localhost", false, false, false, false},
    {"ca-leaf", -kDay, 7 * kDay, "localhost", true, true, false, false},
    {"self-signed", -kDay, 7 * kDay, "localhost", true, false, true, false},
    {"unknown-ca", -kDay, 7 * kDay, "localhost", true, false, false, true},
};

const Plan* find_plan(const char* kind) {
    for (const Plan& plan : kPlans) {
        if (std::strcmp(plan.kind, kind) == 0) return &plan;
    }
    return nullptr;
}

#define TRY_TLS(expression)               \
    do {                                  \
        const int try_tls = (expression); \
        if (try_tls < 0) return try_tls;  \
    } while (false)

int make_key(mbedtls_pk_context* key, mbedtls_ctr_drbg_context* random) {
    TRY_TLS(mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)));
    return mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key),
                               mbedtls_ctr_drbg_random, random);
}

int append_san(unsigned char** p, unsigned char* start, const char* name) {
    unsigned char address[16];
    size_t size = 0;
    int tag = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 2;  // dNSName
    const unsigned char* value = reinterpret_cast<const unsigned char*>(name);
    if (inet_pton(AF_INET, name, address) == 1) size = 4;
    if (size == 0 && inet_pton(AF_INET6, name, address) == 1) size = 16;
    if (size != 0) {
        tag = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7;  // iPAddress
        value = address;
    } else {
        size = std::strlen(name);
    }
    int written = mbedtls_asn1_write_raw_buffer(p, start, value, size);
    TRY_TLS(written);
    int more = mbedtls_asn1_write_len(p, start, size);
    TRY_TLS(more);
    written += more;
    more = mbedtls_asn1_write_tag(p, start, static_cast<unsigned char>(tag));
    TRY_TLS(more);
    return written + more;
}

int close_sequence(unsigned char** p, unsigned char* start, size_t size) {
    const int length = mbedtls_asn1_write_len(p, start, size);
    TRY_TLS(length);
    const int tag =
        mbedtls_asn1_write_tag(p, start, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE);
    TRY_TLS(tag);
    return static_cast<int>(size) + length + tag;
}

int add_alternative_names(mbedtls_x509write_cert* cert, const mock_config& config,
                          const Plan& plan) {
    unsigned char der[2048];
    unsigned char* p = der + sizeof der;
    int size = 0;
    const bool loopback = std::strcmp(plan.name, "localhost") == 0;
    const char* names[MOCK_SAN_MAX + 3] = {plan.name};
    size_t count = 1;
    if (loopback) {
        names[count++] = "127.0.0.1";
        names[count++] = "::1";
        for (size_t i = 0; i < MOCK_SAN_MAX && config.san[i] != nullptr; ++i)
            names[count++] = config.san[i];
    }
    while (count > 0) {  // written backwards, so the last comes first
        const int one = append_san(&p, der, names[--count]);
        TRY_TLS(one);
        size += one;
    }
    size = close_sequence(&p, der, static_cast<size_t>(size));
    TRY_TLS(size);
    return mbedtls_x509write_crt_set_extension(cert, MBEDTLS_OID_SUBJECT_ALT_NAME,
                                               MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME), 0, p,
                                               static_cast<size_t>(size));
}

int add_server_auth(mbedtls_x509write_cert* cert) {
    unsigned char der[32];
    unsigned char* p = der + sizeof der;
    int size = mbedtls_asn1_write_oid(&p, der, MBEDTLS_OID_SERVER_AUTH,
                                      MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH));
    TRY_TLS(size);
    size = close_sequence(&p, der, static_cast<size_t>(size));
    TRY_TLS(size);
    return mbedtls_x509write_crt_set_extension(cert, MBEDTLS_OID_EXTENDED_KEY_USAGE,
                                               MBEDTLS_OID_SIZE(MBEDTLS_OID_EXTENDED_KEY_USAGE), 0,
                                               p, static_cast<size_t>(size));
}

int set_serial(mbedtls_x509write_cert* cert, mbedtls_ctr_drbg_context* random) {
    unsigned char bytes[16];
    TRY_TLS(mbedtls_ctr_drbg_random(random, bytes, sizeof bytes));
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7fU) | 1U);  // positive, and never shorter
    mbedtls_mpi serial;
    mbedtls_mpi_init(&serial);
    int status = mbedtls_mpi_read_binary(&serial, bytes, sizeof bytes);
    if (status == 0) status = mbedtls_x509write_crt_set_serial(cert, &serial);
    mbedtls_mpi_free(&serial);
    return status;
}

int set_validity(mbedtls_x509write_cert* cert, long from_s, long until_s) {
    char from[16];
    char until[16];
    const time_t now = time(nullptr);
    const time_t begin = now + from_s;
    const time_t end = now + until_s;
    struct tm parts;
    strftime(from, sizeof from, "%Y%m%d%H%M%S", gmtime_r(&begin, &parts));
    strftime(until, sizeof until, "%Y%m%d%H%M%S", gmtime_r(&end, &parts));
    return mbedtls_x509write_crt_set_validity(cert, from, until);
}

struct Names {
    const char* subject;
    const char* issuer;
};

int fill_common(mbedtls_x509write_cert* cert, const Names& names, mbedtls_pk_context* subject_key,
                mbedtls_pk_context* issuer_key, mbedtls_ctr_drbg_context* random) {
    mbedtls_x509write_crt_set_version(cert, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(cert, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(cert, subject_key);
    mbedtls_x509write_crt_set_issuer_key(cert, issuer_key);
    TRY_TLS(mbedtls_x509write_crt_set_subject_name(cert, names.subject));
    TRY_TLS(mbedtls_x509write_crt_set_issuer_name(cert, names.issuer));
    TRY_TLS(set_serial(cert, random));
    TRY_TLS(mbedtls_x509write_crt_set_subject_key_identifier(cert));
    return mbedtls_x509write_crt_set_authority_key_identifier(cert);
}

int write_authority(mbedtls_x509write_cert* cert, const char* name, mbedtls_pk_context* key,
                    mbedtls_ctr_drbg_context* random, char* pem) {
    TRY_TLS(fill_common(cert, {name, name}, key, key, random));
    TRY_TLS(set_validity(cert, -kDay, 7 * kDay));
    TRY_TLS(mbedtls_x509write_crt_set_basic_constraints(cert, 1, 0));
    TRY_TLS(mbedtls_x509write_crt_set_key_usage(
        cert, MBEDTLS_X509_KU_KEY_CERT_SIGN | MBEDTLS_X509_KU_CRL_SIGN));
    return mbedtls_x509write_crt_pem(cert, reinterpret_cast<unsigned char*>(pem), kPemBytesMax,
                                     mbedtls_ctr_drbg_random, random);
}

int write_leaf(mbedtls_x509write_cert* cert, const mock_config& config, const Plan& plan,
               const char* authority, mbedtls_pk_context* authority_key,
               mbedtls_ctr_drbg_context* random, Certificate* out) {
    char subject[128];
    std::snprintf(subject, sizeof subject, "CN=%s,O=leat mock", plan.name);
    const Names names = {subject, plan.self_signed ? subject : authority};
    TRY_TLS(
        fill_common(cert, names, &out->key, plan.self_signed ? &out->key : authority_key, random));
    TRY_TLS(set_validity(cert, plan.from_s, plan.until_s));
    TRY_TLS(mbedtls_x509write_crt_set_basic_constraints(cert, plan.leaf_is_authority ? 1 : 0, -1));
    unsigned usage = MBEDTLS_X509_KU_DIGITAL_SIGNATURE;
    if (plan.leaf_is_authority) usage |= MBEDTLS_X509_KU_KEY_CERT_SIGN;
    TRY_TLS(mbedtls_x509write_crt_set_key_usage(cert, usage));
    TRY_TLS(add_server_auth(cert));
    if (plan.has_san) TRY_TLS(add_alternative_names(cert, config, plan));
    unsigned char der[4096];  // filled from its end
    const int size =
        mbedtls_x509write_crt_der(cert, der, sizeof der, mbedtls_ctr_drbg_random, random);
    TRY_TLS(size);
    return mbedtls_x509_crt_parse_der(&out->chain, der + sizeof der - size,
                                      static_cast<size_t>(size));
}

struct Workshop {
    mbedtls_pk_context keys[2];
    mbedtls_x509write_cert certs[3];
    Workshop() {
        for (auto& key : keys) mbedtls_pk_init(&key);
        for (auto& cert : certs) mbedtls_x509write_crt_init(&cert);
    }
    ~Workshop() {
        for (auto& key : keys) mbedtls_pk_free(&key);
        for (auto& cert : certs) mbedtls_x509write_crt_free(&cert);
    }
};

}  // namespace

bool certificate_kind_known(const char* kind) { return find_plan(kind) != nullptr; }

int make_certificate(const mock_config& config, mbedtls_ctr_drbg_context* random,
                     Certificate* out) {
    mbedtls_x509_crt_init(&out->chain);
    mbedtls_pk_init(&out->key);
    const Plan* plan = find_plan(config.cert);
    if (plan == nullptr) return MBEDTLS_ERR_X509_BAD_INPUT_DATA;
    Workshop shop;
    unsigned char mark[4];  // in the name, so that two runs' authorities are told apart
    TRY_TLS(mbedtls_ctr_drbg_random(random, mark, sizeof mark));
    char authority[80];
    std::snprintf(authority, sizeof authority,
                  "CN=leat mock authority %02x%02x%02x%02x,O=leat mock", mark[0], mark[1], mark[2],
                  mark[3]);
    TRY_TLS(make_key(&shop.keys[0], random));
    TRY_TLS(make_key(&out->key, random));
    TRY_TLS(write_authority(&shop.certs[0], authority, &shop.keys[0], random, out->authority_pem));
    TRY_TLS(write_leaf(&shop.certs[1], config, *plan, authority, &shop.keys[0], random, out));
    if (!plan->unknown_authority) return 0;
    TRY_TLS(make_key(&shop.keys[1], random));
    return write_authority(&shop.certs[2], authority, &shop.keys[1], random, out->authority_pem);
}

}  // namespace mock
