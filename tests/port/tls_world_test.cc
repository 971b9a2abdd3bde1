// tests/port/tls_world_test.cc: the world of tls_world.h, and a test that it is a fair one: what it
// issues is accepted, and its server really gets the bytes. Depends on mbedTLS for both ends.
#include "tls_world.h"

#include <mbedtls/asn1write.h>
#include <mbedtls/ecp.h>
#include <mbedtls/oid.h>
#include <string.h>

#include <gtest/gtest.h>

#include <algorithm>
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

int server_send(void* user, const unsigned char* bytes, size_t size) {
    Link* const link = static_cast<Link*>(user);
    link->to_client.bytes.append(reinterpret_cast<const char*>(bytes), size);
    return static_cast<int>(size);
}

int server_receive(void* user, unsigned char* bytes, size_t size) {
    Wire& wire = static_cast<Link*>(user)->to_server;
    if (wire.bytes.empty()) return wire.ended ? 0 : MBEDTLS_ERR_SSL_WANT_READ;
    const size_t taken = std::min(size, wire.bytes.size());
    memcpy(bytes, wire.bytes.data(), taken);
    wire.bytes.erase(0, taken);
    return static_cast<int>(taken);
}

}  // namespace

Authority::Authority() : memory_(4 << 20) {
    pool.open(reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(memory_.data()) + 15) & ~15ul),
              memory_.size() - 16);
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
    unsigned char serial[1] = {is_root ? static_cast<unsigned char>(1) : static_cast<unsigned char>(2)};
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

Link::Link(World* the_world, Manners the_manners)
    : world(the_world), manners(the_manners),
      session_((leat_mbedtls.session_bytes() + 15) / 16, Unit{}) {
    const PoolScope scope(&World::authority().pool);
    mbedtls_ssl_init(&server_);
    must(mbedtls_ssl_setup(&server_, &world->server_config));
    mbedtls_ssl_set_bio(&server_, this, server_send, server_receive, nullptr);
}

Link::~Link() {
    stop();
    const PoolScope scope(&World::authority().pool);
    mbedtls_ssl_free(&server_);
}

bool Link::blocks() {
    turn_ = !turn_;
    return manners.stutter && turn_;
}

int64_t Link::client_read(void* user, void* bytes, size_t size) {
    Link* const link = static_cast<Link*>(user);
    Wire& wire = link->to_client;
    if (wire.reset) return LEAT_E_CONNECTION_RESET;
    if (link->blocks()) return LEAT_E_WOULD_BLOCK;
    if (wire.bytes.empty()) return wire.ended ? LEAT_E_CONNECTION_CLOSED : LEAT_E_WOULD_BLOCK;
    const size_t taken = std::min({size, wire.bytes.size(), link->manners.grain});
    memcpy(bytes, wire.bytes.data(), taken);
    wire.bytes.erase(0, taken);
    return static_cast<int64_t>(taken);
}

int64_t Link::client_write(void* user, const void* bytes, size_t size) {
    Link* const link = static_cast<Link*>(user);
    Wire& wire = link->to_server;
    if (wire.reset) return LEAT_E_CONNECTION_RESET;
    if (link->blocks() || wire.bytes.size() >= wire.capacity) return LEAT_E_WOULD_BLOCK;
    const size_t taken =
        std::min({size, link->manners.grain, wire.capacity - wire.bytes.size()});
    wire.bytes.append(static_cast<const char*>(bytes), taken);
    return static_cast<int64_t>(taken);
}

leat_status Link::start(const char* host, uint32_t ticket_index) {
    const leat_tls_bio bio = {this, client_read, client_write};
    const leat_status status = leat_mbedtls.start(world->state(), session(), ticket_index,
                                                  leat_str{host, strlen(host)}, &bio);
    started_ = status == LEAT_OK;
    return status;
}

void Link::serve() {
    const PoolScope scope(&World::authority().pool);
    if (server_failure != 0) return;
    if (!server_ready) {
        const int code = mbedtls_ssl_handshake(&server_);
        if (code == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE) return;
        if (code != 0) {
            server_failure = code;
            return;
        }
        server_ready = true;
    }
    unsigned char bytes[2048];
    int code = 0;
    while ((code = mbedtls_ssl_read(&server_, bytes, sizeof bytes)) > 0) {
        received.append(reinterpret_cast<char*>(bytes), static_cast<size_t>(code));
    }
    if (code != MBEDTLS_ERR_SSL_WANT_READ) server_failure = code == 0 ? -1 : code;
}

void Link::server_write(const std::string& text) {
    const PoolScope scope(&World::authority().pool);
    size_t sent = 0;
    while (sent < text.size()) {
        const int code = mbedtls_ssl_write(
            &server_, reinterpret_cast<const unsigned char*>(text.data()) + sent,
            text.size() - sent);
        must(code);
        sent += static_cast<size_t>(code);
    }
}

void Link::server_close(bool notify) {
    const PoolScope scope(&World::authority().pool);
    if (notify) must(mbedtls_ssl_close_notify(&server_));
    to_client.ended = true;
}

leat_status Link::handshake() {
    for (int turns = 0; turns < 100000; ++turns) {
        const leat_status status = leat_mbedtls.handshake(world->state(), session());
        serve();
        if (status != LEAT_E_WOULD_BLOCK) return status;
        if (server_failure != 0) to_client.ended = true;
    }
    return LEAT_E_TIMEOUT_CONNECT;
}

leat_status Link::send(const std::string& text) {
    size_t sent = 0;
    for (int turns = 0; turns < 1000000; ++turns) {
        serve();
        if (sent == text.size()) {
            const leat_status status = leat_mbedtls.flush(world->state(), session());
            if (status != LEAT_E_WOULD_BLOCK) {
                serve();
                return status;
            }
            continue;
        }
        const int64_t put = leat_mbedtls.write(world->state(), session(), text.data() + sent,
                                               text.size() - sent);
        if (put > 0) sent += static_cast<size_t>(put);
        if (put < 0 && put != LEAT_E_WOULD_BLOCK) return static_cast<leat_status>(put);
    }
    return LEAT_E_TIMEOUT_ATTEMPT;
}

leat_status Link::receive(size_t size, std::string* out) {
    char bytes[3000];
    for (int turns = 0; turns < 1000000 && out->size() < size; ++turns) {
        const int64_t got =
            leat_mbedtls.read(world->state(), session(), bytes, sizeof bytes);
        if (got > 0) out->append(bytes, static_cast<size_t>(got));
        if (got < 0 && got != LEAT_E_WOULD_BLOCK) return static_cast<leat_status>(got);
    }
    return out->size() >= size ? LEAT_OK : LEAT_E_TIMEOUT_IDLE;
}

void Link::stop() {
    if (started_) leat_mbedtls.stop(world->state(), session());
    started_ = false;
}

}  // namespace leat::tls::testing

TEST(TlsWorld, client_and_server_talk) {
    using namespace leat::tls::testing;
    World world{CertificateSpec{}};
    ASSERT_EQ(world.open_client(), LEAT_OK);
    Link link(&world);
    ASSERT_EQ(link.start("api.test"), LEAT_OK);
    ASSERT_EQ(link.handshake(), LEAT_OK);
    ASSERT_EQ(link.send("question"), LEAT_OK);
    EXPECT_EQ(link.received, "question");
    link.server_write("answer");
    std::string answer;
    EXPECT_EQ(link.receive(6, &answer), LEAT_OK);
    EXPECT_EQ(answer, "answer");
}
