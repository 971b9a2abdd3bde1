// tests/port/tls_policy_test.cc: whom the mbedTLS port believes: names, addresses, dates, what open
// asks for, and when a session may be resumed.
#include <gtest/gtest.h>
#include <string.h>

#include "tls_world.h"

namespace leat::tls::testing {
namespace {

class TlsPolicy : public ::testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(world.open_client(), LEAT_OK); }
    World world{CertificateSpec{}};
};

TEST_F(TlsPolicy, refuses_hosts_that_no_certificate_can_name) {
    for (const char* host : {"", ".", "..", "a..b", "a b", "1.2.3", "1.2.3.4.5", "256.1.1.1",
                             "01.2.3.4", "x.1", "::1::", "1:2", ":::", "[::1]", "h\xc3\xa9.test"}) {
        Link link(&world);
        EXPECT_EQ(link.start(host), LEAT_E_TLS_NAME) << host;
    }
    const std::string label(64, 'a');
    const std::string name(256, 'a');
    Link link(&world);
    EXPECT_EQ(link.start(label.c_str()), LEAT_E_TLS_NAME);
    EXPECT_EQ(link.start(name.c_str()), LEAT_E_TLS_NAME);
}

TEST_F(TlsPolicy, refuses_to_start_without_a_date) {
    world.date_ms = 0;
    Link link(&world);
    EXPECT_EQ(link.start("api.test"), LEAT_E_PORT);
}

TEST(TlsOpen, reports_what_is_missing) {
    World world{CertificateSpec{}};
    world.entropy_works = false;
    EXPECT_EQ(world.open_client(), LEAT_E_PORT);
    world.entropy_works = true;
    world.config.pool_bytes = 4096;
    EXPECT_EQ(world.open_client(), LEAT_E_TLS_MEMORY);
    world.config.pool_bytes = 0;
    world.config.ca_pem =
        LEAT_STR("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    EXPECT_EQ(world.open_client(), LEAT_E_TLS_CA);
}

struct NameCase {
    const char* pattern;
    const char* host;
    leat_status status;
};

TEST(TlsName, dns_patterns) {
    const NameCase cases[] = {
        {"api.test", "api.test", LEAT_OK},
        {"API.test", "api.TEST", LEAT_OK},
        {"api.test", "api.test.", LEAT_OK},
        {"*.api.test", "a.api.test", LEAT_OK},
        {"*.api.test", "api.test", LEAT_E_TLS_NAME},
        {"*.api.test", "a.b.api.test", LEAT_E_TLS_NAME},
        {"*.test", "api.test", LEAT_E_TLS_NAME},
        {"*", "api", LEAT_E_TLS_NAME},
        {"a*.api.test", "ab.api.test", LEAT_E_TLS_NAME},
        {"*a.api.test", "ba.api.test", LEAT_E_TLS_NAME},
        {"a.*.test", "a.b.test", LEAT_E_TLS_NAME},
        {"api.test", "xapi.test", LEAT_E_TLS_NAME},
        {"api.test", "api.tes", LEAT_E_TLS_NAME},
        {"127.0.0.1", "127.0.0.1", LEAT_E_TLS_NAME},
    };
    for (const NameCase& one : cases) {
        CertificateSpec spec;
        spec.dns = {one.pattern};
        World world(spec);
        ASSERT_EQ(world.open_client(), LEAT_OK);
        Link link(&world);
        ASSERT_EQ(link.start(one.host), LEAT_OK);
        EXPECT_EQ(link.handshake(), one.status) << one.pattern << " for " << one.host;
        EXPECT_EQ(link.received, "");
    }
}

TEST(TlsName, nul_inside_a_name_matches_nothing) {
    CertificateSpec spec;
    spec.dns = {std::string("api.test\0.evil.test", 19)};
    World world(spec);
    ASSERT_EQ(world.open_client(), LEAT_OK);
    Link link(&world);
    ASSERT_EQ(link.start("api.test"), LEAT_OK);
    EXPECT_EQ(link.handshake(), LEAT_E_TLS_NAME);
}

TEST(TlsName, addresses) {
    CertificateSpec spec;
    spec.dns.clear();
    spec.ips = {std::string("\x7f\0\0\1", 4),
                std::string("\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16)};
    World world(spec);
    ASSERT_EQ(world.open_client(), LEAT_OK);
    const NameCase cases[] = {
        {"", "127.0.0.1", LEAT_OK},
        {"", "127.0.0.2", LEAT_E_TLS_NAME},
        {"", "2001:db8::1", LEAT_OK},
        {"", "2001:DB8:0:0:0:0:0:1", LEAT_OK},
        {"", "2001:db8::0.0.0.1", LEAT_OK},
        {"", "2001:db8::1%eth0", LEAT_OK},
        {"", "2001:db8::2", LEAT_E_TLS_NAME},
        {"", "::1", LEAT_E_TLS_NAME},
        {"", "::ffff:127.0.0.1", LEAT_E_TLS_NAME},
        {"", "api.test", LEAT_E_TLS_NAME},
    };
    for (const NameCase& one : cases) {
        Link link(&world);
        ASSERT_EQ(link.start(one.host, 1), LEAT_OK) << one.host;
        EXPECT_EQ(link.handshake(), one.status) << one.host;
    }
}

TEST(TlsDates, are_exact_to_the_second) {
    CertificateSpec spec;
    spec.not_before = "20240229120000";
    spec.not_after = "20240301115959";
    World world(spec);
    const int64_t from_ms = 1709208000000;
    const int64_t to_ms = from_ms + 24 * 3600 * 1000 - 1000;
    const struct {
        int64_t date_ms;
        leat_status status;
    } cases[] = {{from_ms - 1, LEAT_E_TLS_NOT_YET_VALID},
                 {from_ms, LEAT_OK},
                 {to_ms + 999, LEAT_OK},
                 {to_ms + 1000, LEAT_E_TLS_EXPIRED}};
    for (const auto& one : cases) {
        world.date_ms = one.date_ms;
        ASSERT_EQ(world.open_client(), LEAT_OK);
        Link link(&world);
        ASSERT_EQ(link.start("api.test"), LEAT_OK);
        EXPECT_EQ(link.handshake(), one.status) << one.date_ms;
        link.stop();
        world.close_client();
    }
}

TEST_F(TlsPolicy, resumes_and_counts) {
    EXPECT_EQ(leat_mbedtls.has_ticket(world.state(), 0), 0);
    for (int i = 0; i < 4; ++i) ASSERT_EQ(converse(&world, {}), LEAT_OK);
    EXPECT_EQ(leat_mbedtls.has_ticket(world.state(), 0), 1);
    EXPECT_EQ(leat_mbedtls.has_ticket(world.state(), 1), 0);
    EXPECT_EQ(world.stats().handshakes_full, 1u);
    EXPECT_EQ(world.stats().handshakes_resumed, 3u);
    ASSERT_EQ(converse(&world, {}, 1), LEAT_OK);
    EXPECT_EQ(world.stats().handshakes_full, 2u) << "each index has a ticket of its own";
}

TEST_F(TlsPolicy, ticket_is_for_one_host_only) {
    ASSERT_EQ(converse(&world, {}), LEAT_OK);
    Link other(&world);
    ASSERT_EQ(other.start("other.test"), LEAT_OK);
    EXPECT_EQ(leat_mbedtls.has_ticket(world.state(), 0), 0) << "forgotten when another host comes";
    EXPECT_EQ(other.handshake(), LEAT_E_TLS_NAME);
    EXPECT_EQ(world.stats().handshakes_resumed, 0u);
}

TEST_F(TlsPolicy, ticket_lasts_a_day_and_not_into_the_past) {
    for (const int64_t later_ms : {24 * 3600 * 1000LL + 1, -1LL}) {
        ASSERT_EQ(converse(&world, {}), LEAT_OK);
        const uint64_t resumed = world.stats().handshakes_resumed;
        world.date_ms += later_ms;
        ASSERT_EQ(converse(&world, {}), LEAT_OK);
        EXPECT_EQ(world.stats().handshakes_resumed, resumed);
    }
}

TEST(TlsTicket, ends_with_its_certificate) {
    CertificateSpec spec;
    spec.not_after = "20231114231320";  // an hour after test_date_ms
    World world(spec);
    ASSERT_EQ(world.open_client(), LEAT_OK);
    ASSERT_EQ(converse(&world, {}), LEAT_OK);
    world.date_ms += 3600 * 1000 + 1000;
    EXPECT_EQ(converse(&world, {}), LEAT_E_TLS_EXPIRED);
}

TEST_F(TlsPolicy, falls_back_when_the_server_lost_its_ticket_keys) {
    ASSERT_EQ(converse(&world, {}), LEAT_OK);
    {
        Authority& authority = World::authority();
        const PoolScope scope(&authority.pool);
        mbedtls_ssl_ticket_free(&world.ticket_keys);
        mbedtls_ssl_ticket_init(&world.ticket_keys);
        ASSERT_EQ(mbedtls_ssl_ticket_setup(&world.ticket_keys, mbedtls_ctr_drbg_random,
                                           &authority.random, MBEDTLS_CIPHER_AES_256_GCM, 86400),
                  0);
    }
    ASSERT_EQ(converse(&world, {}), LEAT_OK);
    EXPECT_EQ(world.stats().handshakes_full, 2u);
    ASSERT_EQ(converse(&world, {}), LEAT_OK);
    EXPECT_EQ(world.stats().handshakes_resumed, 1u);
}

TEST_F(TlsPolicy, failed_handshake_forgets_the_ticket_it_offered) {
    ASSERT_EQ(converse(&world, {}), LEAT_OK);
    Link link(&world);
    ASSERT_EQ(link.start("api.test"), LEAT_OK);
    EXPECT_EQ(leat_mbedtls.has_ticket(world.state(), 0), 1);
    link.to_client.reset = true;
    EXPECT_EQ(link.handshake(), LEAT_E_CONNECTION_RESET);
    EXPECT_EQ(leat_mbedtls.has_ticket(world.state(), 0), 0);
}

}  // namespace
}  // namespace leat::tls::testing
