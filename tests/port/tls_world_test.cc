// tests/port/tls_world_test.cc: the certificates, the server's configuration and the client's port
// of tls_world.h, and a test that what it issues is read back. Depends on mbedTLS for both ends.
#include "tls_world.h"

#include <mbedtls/asn1write.h>
#include <mbedtls/ecp.h>
#include <mbedtls/oid.h>
#include <string.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

namespace leat::tls::testing {
namespace {

int chance(void*, unsigned char* bytes, size_t size) {
    static std::mt19937 generator(12345);
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>(generator());
    return 0;
}

void must(int code) {
    if (code < 0) {
        fprintf(stderr, "mbedTLS failed in the test's own server: -0x%04x\n",
                static_cast<unsigned>(-code));
        abort();
    }
}

// The DER of SubjectAltName.
std::string alternative_names(const CertificateSpec& spec) {
    std::string names;
    const auto add = [&names](char tag, const std::string& value) {
        names += tag;
        if (value.size() > 127) names += '\x81';
        names += static_cast<char>(value.size());
        names += value;
    };
    for (const std::string& name : spec.dns) add('\x82', name);
    for (const std::string& address : spec.ips) add('\x87', address);
    std::string header = "\x30\x82";
    header += static_cast<char>(names.size() >> 8);
    header += static_cast<char>(names.size() & 0xff);
    return header + names;
}

}  // namespace

Authority::Authority() : memory_(4 << 20) {
    pool.open(reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(memory_.data()) + 15) & ~15ul),
              memory_.size() - 16);
#if defined(MBEDTLS_PLATFORM_MEMORY)
    mbedtls_platform_set_calloc_free(leat_tls_calloc, leat_tls_free);
#endif
    const PoolScope scope(&pool);
    mbedtls_ctr_drbg_init(&random);
    must(mbedtls_ctr_drbg_seed(&random, chance, nullptr, nullptr, 0));
    for (mbedtls_pk_context* key : {&root_key, &leaf_key}) {
        mbedtls_pk_init(key);
        must(mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)));
        must(mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key),
                                 mbedtls_ctr_drbg_random, &random));
    }
    CertificateSpec root;
    root.common_name = "Root";
    root.dns.clear();
    root.is_ca = true;
    root_pem_ = write(root, &root_key, true);
}

Authority::~Authority() = default;

std::string Authority::issue(const CertificateSpec& spec) { return write(spec, &leaf_key, false); }

std::string Authority::write(const CertificateSpec& spec, mbedtls_pk_context* subject,
                             bool is_root) {
    const PoolScope scope(&pool);
    mbedtls_x509write_cert certificate;
    mbedtls_x509write_crt_init(&certificate);
    mbedtls_x509write_crt_set_version(&certificate, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&certificate, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(&certificate, subject);
    mbedtls_x509write_crt_set_issuer_key(&certificate, &root_key);
    must(mbedtls_x509write_crt_set_subject_name(&certificate,
                                                ("CN=" + spec.common_name).c_str()));
    must(mbedtls_x509write_crt_set_issuer_name(&certificate, "CN=Root"));
    must(mbedtls_x509write_crt_set_validity(&certificate, spec.not_before, spec.not_after));
    must(mbedtls_x509write_crt_set_basic_constraints(&certificate, spec.is_ca, -1));
#if LEAT_MBEDTLS_3
    unsigned char serial[1] = {2};
    if (is_root) serial[0] = 1;
    must(mbedtls_x509write_crt_set_serial_raw(&certificate, serial, 1));
#else
    mbedtls_mpi serial;
    mbedtls_mpi_init(&serial);
    must(mbedtls_mpi_lset(&serial, is_root ? 1 : 2));
    must(mbedtls_x509write_crt_set_serial(&certificate, &serial));
    mbedtls_mpi_free(&serial);
#endif
    if (!spec.dns.empty() || !spec.ips.empty()) {
        const std::string names = alternative_names(spec);
        must(mbedtls_x509write_crt_set_extension(
            &certificate, MBEDTLS_OID_SUBJECT_ALT_NAME,
            MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME), 0,
            reinterpret_cast<const unsigned char*>(names.data()), names.size()));
    }
    unsigned char pem[16384];
    must(mbedtls_x509write_crt_pem(&certificate, pem, sizeof pem, mbedtls_ctr_drbg_random,
                                   &random));
    mbedtls_x509write_crt_free(&certificate);
    return reinterpret_cast<const char*>(pem);
}

Authority& World::authority() {
    static Authority* const one = new Authority;
    return *one;
}

World::World(const CertificateSpec& spec, size_t pool_bytes) : ca_(authority().root_pem()) {
    Authority& root = authority();
    {
        const std::string pem = root.issue(spec);
        const PoolScope scope(&root.pool);
        mbedtls_x509_crt_init(&server_chain_);
        must(mbedtls_x509_crt_parse(&server_chain_,
                                    reinterpret_cast<const unsigned char*>(pem.c_str()),
                                    pem.size() + 1));
        mbedtls_ssl_config_init(&server_config);
        must(mbedtls_ssl_config_defaults(&server_config, MBEDTLS_SSL_IS_SERVER,
                                         MBEDTLS_SSL_TRANSPORT_STREAM,
                                         MBEDTLS_SSL_PRESET_DEFAULT));
        set_versions(&server_config);
        mbedtls_ssl_conf_rng(&server_config, mbedtls_ctr_drbg_random, &root.random);
        must(mbedtls_ssl_conf_own_cert(&server_config, &server_chain_, &root.leaf_key));
        mbedtls_ssl_ticket_init(&ticket_keys);
        must(mbedtls_ssl_ticket_setup(&ticket_keys, mbedtls_ctr_drbg_random, &root.random,
                                      MBEDTLS_CIPHER_AES_256_GCM, 86400));
        mbedtls_ssl_conf_session_tickets_cb(&server_config, mbedtls_ssl_ticket_write,
                                            mbedtls_ssl_ticket_parse, &ticket_keys);
    }
    clock_ = {sizeof clock_, 0, [](void*) -> uint64_t { return 0; },
              [](void* user) { return static_cast<World*>(user)->date_ms; }};
    entropy_ = {sizeof entropy_, 0, [](void* user, void* bytes, size_t size) -> leat_status {
                    if (!static_cast<World*>(user)->entropy_works) return LEAT_E_PORT;
                    return chance(nullptr, static_cast<unsigned char*>(bytes), size);
                }};
    config.struct_size = sizeof config;
    config.sessions_max = 2;
    config.tickets_max = 2;
    config.pool_bytes = pool_bytes;
    config.ca_pem = leat_str{ca_.data(), ca_.size()};
    config.clock = &clock_;
    config.clock_user = this;
    config.entropy = &entropy_;
    config.entropy_user = this;
}

World::~World() {
    close_client();
    const PoolScope scope(&authority().pool);
    mbedtls_ssl_config_free(&server_config);
    mbedtls_ssl_ticket_free(&ticket_keys);
    mbedtls_x509_crt_free(&server_chain_);
}

leat_status World::open_client() {
    const size_t bytes = leat_mbedtls.state_bytes(&config);
    state_.assign((bytes + 15) / 16, Unit{});
    const leat_status status = leat_mbedtls.open(state_.data(), bytes, &config, nullptr);
    is_open = status == LEAT_OK;
    return status;
}

void World::close_client() {
    if (is_open) leat_mbedtls.close(state());
    is_open = false;
}

leat_tls_stats World::stats() {
    leat_tls_stats stats{};
    leat_mbedtls.stats(state(), &stats);
    return stats;
}

}  // namespace leat::tls::testing

TEST(TlsWorld, authority_is_read_as_one_root) {
    using namespace leat::tls::testing;
    World world{CertificateSpec{}};
    ASSERT_EQ(world.open_client(), LEAT_OK);
    EXPECT_EQ(static_cast<leat::tls::Context*>(world.state())->certificates, 1u);
}
