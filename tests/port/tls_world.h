// tests/port/tls_world.h: a TLS server, certificates made to order, and a wire in memory, for the
// tests of the mbedTLS port. The wire can stutter: give one byte at a time, block at every turn.
// Server and certificates have a pool of their own, so that the client's can be counted and failed.
#pragma once

#include <leat/mbedtls.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl_ticket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "port/mbedtls/context.h"

namespace leat::tls::testing {

// One direction of a connection.
struct Wire {
    std::string bytes;
    bool ended = false;      // the writer closed its side
    bool reset = false;
    size_t capacity = SIZE_MAX;  // a writer blocks while this much waits
};

// How the client's end behaves.
struct Manners {
    size_t grain = SIZE_MAX;  // bytes moved by one call at most
    bool stutter = false;     // every other call would block
};

struct CertificateSpec {
    std::string common_name = "api.test";
    std::vector<std::string> dns = {"api.test"};
    std::vector<std::string> ips;  // raw bytes
    bool is_ca = false;
    const char* not_before = "20200101000000";
    const char* not_after = "20401231235959";
};

constexpr int64_t test_date_ms = 1700000000000;  // November 2023

// The server's side of the world, with a root that everything is issued by.
class Authority {
public:
    Authority();
    ~Authority();
    std::string root_pem() const { return root_pem_; }
    std::string issue(const CertificateSpec& spec);  // PEM, for leaf_key
    mbedtls_pk_context root_key;
    mbedtls_pk_context leaf_key;
    mbedtls_ctr_drbg_context random;
    mutable Pool pool;

private:
    std::string write(const CertificateSpec& spec, mbedtls_pk_context* subject, bool is_root);
    std::vector<uint8_t> memory_;
    std::string root_pem_;
};

// A client's port with its state, and one server configuration.
class World {
public:
    World(const CertificateSpec& spec, size_t pool_bytes = 256 * 1024);
    ~World();
    leat_status open_client();
    void close_client();
    Pool& pool() { return static_cast<Context*>(state())->pool; }
    void* state() { return state_.data(); }
    leat_tls_stats stats();

    static Authority& authority();

    leat_tls_config config{};
    int64_t date_ms = test_date_ms;
    bool entropy_works = true;
    mbedtls_ssl_config server_config;
    mbedtls_ssl_ticket_context ticket_keys;
    bool is_open = false;

private:
    struct alignas(16) Unit {
        uint8_t bytes[16];
    };
    std::string ca_;
    std::vector<Unit> state_;
    mbedtls_x509_crt server_chain_;
    leat_clock_ops clock_{};
    leat_entropy_ops entropy_{};
};

// One connection between the world's client and its server.
class Link {
public:
    Link(World* world, Manners manners = {});
    ~Link();
    leat_status start(const char* host, uint32_t ticket_index = 0);
    // Both sides until the client is done; LEAT_E_TIMEOUT_CONNECT when nothing moves any more.
    leat_status handshake();
    // Lets the server do what it can: shake hands, then read into `received`.
    void serve();
    void server_write(const std::string& text);
    void server_close(bool notify);
    // Sends all of text and flushes, serving meanwhile; the status that ended it.
    leat_status send(const std::string& text);
    // Reads until `size` bytes have come, or a status other than would-block.
    leat_status receive(size_t size, std::string* out);
    void stop();
    void* session() { return session_.data(); }

    World* world;
    Manners manners;
    Wire to_server;
    Wire to_client;
    std::string received;
    bool server_ready = false;
    int server_failure = 0;

private:
    struct alignas(16) Unit {
        uint8_t bytes[16];
    };
    static int64_t client_read(void* user, void* bytes, size_t size);
    static int64_t client_write(void* user, const void* bytes, size_t size);
    bool blocks();

    std::vector<Unit> session_;
    mbedtls_ssl_context server_;
    bool turn_ = false;
    bool started_ = false;
};

// A whole connection with one exchange; the first status that is not LEAT_OK.
leat_status converse(World* world, Manners manners, uint32_t ticket_index = 0);

}  // namespace leat::tls::testing
