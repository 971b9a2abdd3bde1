// tests/port/tls_link_test.cc: one connection of tls_world.h, both ends and the wire between, and a
// test that it is a fair one: its server really gets the bytes. Depends on mbedTLS for both ends.
#include <gtest/gtest.h>
#include <string.h>

#include <algorithm>
#include <cstdlib>

#include "tls_world.h"

namespace leat::tls::testing {
namespace {

void must(int code) {
    if (code < 0) {
        fprintf(stderr, "mbedTLS failed in the test's own server: -0x%04x\n",
                static_cast<unsigned>(-code));
        abort();
    }
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

leat_status converse(World* world, Manners manners, uint32_t ticket_index) {
    const std::string question(5000, 'q');
    const std::string answer_text(40000, 'a');
    Link link(world, manners);
    leat_status status = link.start("api.test", ticket_index);
    if (status == LEAT_OK) status = link.handshake();
    if (status == LEAT_OK) status = link.send(question);
    if (status != LEAT_OK) return status;
    if (link.received != question) return LEAT_E_IO;
    link.server_write(answer_text);
    std::string answer;
    status = link.receive(answer_text.size(), &answer);
    if (status == LEAT_OK && answer != answer_text) return LEAT_E_IO;
    return status;
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
