// TLS on the server's side: one configuration for the run, one session per connection.
//
// Invariant: at least TLS 1.2, forward secrecy, session tickets; each session's records go through
// its own small read-ahead buffer, so that a request usually costs one receive.
#pragma once

#include <mbedtls/entropy.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ticket.h>

#include "cert.h"
#include "stats.h"

namespace mock {

enum class IoStatus : uint8_t { Done, Again, Ended, Failed };

// The socket under a connection, plain or TLS. `readable` and `writable` remember epoll's edges.
struct Socket {
    int fd = -1;
    bool readable = false;
    bool writable = false;
    bool peer_ended = false;
};

// Receives once; a short read means there is no more (edge-triggered, so the next bytes announce
// themselves).
IoStatus socket_read(Socket& socket, Stats& stats, char* into, size_t size, size_t* count);
IoStatus socket_write(Socket& socket, Stats& stats, const char* bytes, size_t size, size_t* count);

struct TlsSession {
    mbedtls_ssl_context ssl;
    Socket* socket = nullptr;
    Stats* stats = nullptr;
    TlsSession* next_free = nullptr;
    size_t retry_bytes = 0;  // mbedTLS wants an interrupted write repeated with the same length
    uint32_t ahead_at = 0;
    uint32_t ahead_end = 0;
    char ahead[4096];
};

class Tls {
public:
    Tls() = default;
    Tls(const Tls&) = delete;
    Tls& operator=(const Tls&) = delete;
    ~Tls();

    // 0, or an mbedTLS error.
    [[nodiscard]] int open(const mock_config& config);
    const char* authority_pem() const { return certificate_.authority_pem; }

    TlsSession* begin(Socket& socket, Stats& stats);
    void end(TlsSession* session);
    IoStatus handshake(TlsSession& session);
    IoStatus read(TlsSession& session, char* into, size_t size, size_t* count);
    IoStatus write(TlsSession& session, const char* bytes, size_t size, size_t* count);

private:
    static int parse_ticket(void* self, mbedtls_ssl_session* session, unsigned char* ticket,
                            size_t size);
    int configure();

    bool opened_ = false;
    bool ticket_accepted_ = false;  // during one call of handshake()
    TlsSession* free_ = nullptr;
    Certificate certificate_;
    mbedtls_entropy_context entropy_;
    mbedtls_ctr_drbg_context random_;
    mbedtls_ssl_config config_;
    mbedtls_ssl_ticket_context tickets_;
};

}  // namespace mock
