// mbedTLS behind four calls: handshake, read, write, end. See tls.h.
// A write that would block is repeated with the same size, as mbedTLS demands.
#include "tls.h"

#include <mbedtls/net_sockets.h>
#include <sys/socket.h>

#include <cerrno>

namespace mock {
namespace {

constexpr int kSuites[] = {MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                           MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                           MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, 0};
constexpr mbedtls_ecp_group_id kCurves[] = {MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP256R1,
                                            MBEDTLS_ECP_DP_NONE};
constexpr const char* kProtocols[] = {"http/1.1", nullptr};
constexpr uint32_t kTicketLife_s = 86400;

// mbedTLS's receive callback: serves record headers and small records from what was read ahead.
int receive(void* context, unsigned char* into, size_t size) {
    auto& session = *static_cast<TlsSession*>(context);
    if (session.ahead_at == session.ahead_end) {
        size_t count = 0;
        const bool direct = size >= sizeof session.ahead;
        char* target = direct ? reinterpret_cast<char*>(into) : session.ahead;
        const size_t room = direct ? size : sizeof session.ahead;
        switch (socket_read(*session.socket, *session.stats, target, room, &count)) {
            case IoStatus::Again:
                return MBEDTLS_ERR_SSL_WANT_READ;
            case IoStatus::Ended:
                return 0;
            case IoStatus::Failed:
                return MBEDTLS_ERR_NET_CONN_RESET;
            case IoStatus::Done:
                break;
        }
        if (direct) return static_cast<int>(count);
        session.ahead_at = 0;
        session.ahead_end = static_cast<uint32_t>(count);
    }
    const size_t held = session.ahead_end - session.ahead_at;
    const size_t count = size < held ? size : held;
    std::memcpy(into, session.ahead + session.ahead_at, count);
    session.ahead_at += static_cast<uint32_t>(count);
    return static_cast<int>(count);
}

int transmit(void* context, const unsigned char* bytes, size_t size) {
    auto& session = *static_cast<TlsSession*>(context);
    size_t count = 0;
    switch (socket_write(*session.socket, *session.stats, reinterpret_cast<const char*>(bytes),
                         size, &count)) {
        case IoStatus::Done:
            return static_cast<int>(count);
        case IoStatus::Again:
            return MBEDTLS_ERR_SSL_WANT_WRITE;
        case IoStatus::Ended:
        case IoStatus::Failed:
            break;
    }
    return MBEDTLS_ERR_NET_CONN_RESET;
}

bool wants_more(int status) {
    return status == MBEDTLS_ERR_SSL_WANT_READ || status == MBEDTLS_ERR_SSL_WANT_WRITE;
}

}  // namespace

IoStatus socket_read(Socket& socket, Stats& stats, char* into, size_t size, size_t* count) {
    if (!socket.readable) return IoStatus::Again;
    ssize_t got = 0;
    do {
        got = recv(socket.fd, into, size, 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        socket.readable = false;
        return errno == EAGAIN || errno == EWOULDBLOCK ? IoStatus::Again : IoStatus::Failed;
    }
    if (got == 0) return IoStatus::Ended;
    *count = static_cast<size_t>(got);
    stats.bytes_in += *count;
    if (*count < size) socket.readable = socket.peer_ended;
    return IoStatus::Done;
}

IoStatus socket_write(Socket& socket, Stats& stats, const char* bytes, size_t size, size_t* count) {
    ssize_t put = 0;
    do {
        put = send(socket.fd, bytes, size, MSG_NOSIGNAL);
    } while (put < 0 && errno == EINTR);
    if (put < 0) {
        socket.writable = false;
        return errno == EAGAIN || errno == EWOULDBLOCK ? IoStatus::Again : IoStatus::Failed;
    }
    *count = static_cast<size_t>(put);
    stats.bytes_out += *count;
    if (*count < size) socket.writable = false;
    return IoStatus::Done;
}

int Tls::parse_ticket(void* self, mbedtls_ssl_session* session, unsigned char* ticket,
                      size_t size) {
    auto& tls = *static_cast<Tls*>(self);
    const int status = mbedtls_ssl_ticket_parse(&tls.tickets_, session, ticket, size);
    if (status == 0) tls.ticket_accepted_ = true;
    return status;
}

int Tls::open(const mock_config& config) {
    mbedtls_entropy_init(&entropy_);
    mbedtls_ctr_drbg_init(&random_);
    mbedtls_ssl_config_init(&config_);
    mbedtls_ssl_ticket_init(&tickets_);
    opened_ = true;
    int status = mbedtls_ctr_drbg_seed(&random_, mbedtls_entropy_func, &entropy_, nullptr, 0);
    const int made = make_certificate(config, &random_, &certificate_);
    if (status == 0) status = made;
    if (status == 0) status = configure();
    return status;
}

int Tls::configure() {
    int status = mbedtls_ssl_config_defaults(
        &config_, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    if (status != 0) return status;
    mbedtls_ssl_conf_rng(&config_, mbedtls_ctr_drbg_random, &random_);
    mbedtls_ssl_conf_min_version(&config_, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_ciphersuites(&config_, kSuites);
    mbedtls_ssl_conf_curves(&config_, kCurves);
    mbedtls_ssl_conf_renegotiation(&config_, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
    status = mbedtls_ssl_conf_alpn_protocols(&config_, const_cast<const char**>(kProtocols));
    if (status != 0) return status;
    status = mbedtls_ssl_conf_own_cert(&config_, &certificate_.chain, &certificate_.key);
    if (status != 0) return status;
    status = mbedtls_ssl_ticket_setup(&tickets_, mbedtls_ctr_drbg_random, &random_,
                                      MBEDTLS_CIPHER_AES_256_GCM, kTicketLife_s);
    if (status != 0) return status;
    // The parse callback counts; both callbacks share a context, so writing goes through a plain
    // trampoline.
    auto write_ticket = [](void* self, const mbedtls_ssl_session* session, unsigned char* begin,
                           const unsigned char* end, size_t* size, uint32_t* life) {
        return mbedtls_ssl_ticket_write(&static_cast<Tls*>(self)->tickets_, session, begin, end,
                                        size, life);
    };
    mbedtls_ssl_conf_session_tickets_cb(&config_, write_ticket, parse_ticket, this);
    return 0;
}

Tls::~Tls() {
    if (!opened_) return;
    while (free_ != nullptr) {
        TlsSession* session = free_;
        free_ = session->next_free;
        std::free(session);
    }
    mbedtls_ssl_config_free(&config_);
    mbedtls_ssl_ticket_free(&tickets_);
    mbedtls_x509_crt_free(&certificate_.chain);
    mbedtls_pk_free(&certificate_.key);
    mbedtls_ctr_drbg_free(&random_);
    mbedtls_entropy_free(&entropy_);
}

TlsSession* Tls::begin(Socket& socket, Stats& stats) {
    TlsSession* session = free_;
    if (session != nullptr) {
        free_ = session->next_free;
    } else {
        session = static_cast<TlsSession*>(std::malloc(sizeof(TlsSession)));
        if (session == nullptr) return nullptr;
    }
    mbedtls_ssl_init(&session->ssl);
    session->socket = &socket;
    session->stats = &stats;
    session->retry_bytes = 0;
    session->ahead_at = 0;
    session->ahead_end = 0;
    if (mbedtls_ssl_setup(&session->ssl, &config_) != 0) {
        session->socket = nullptr;
        end(session);
        return nullptr;
    }
    mbedtls_ssl_set_bio(&session->ssl, session, transmit, receive, nullptr);
    return session;
}

// Says close_notify when the socket still takes it.
void Tls::end(TlsSession* session) {
    if (session->socket != nullptr && session->ssl.state == MBEDTLS_SSL_HANDSHAKE_OVER) {
        static_cast<void>(mbedtls_ssl_close_notify(&session->ssl));
    }
    mbedtls_ssl_free(&session->ssl);
    session->next_free = free_;
    free_ = session;
}

IoStatus Tls::handshake(TlsSession& session) {
    ticket_accepted_ = false;
    const int status = mbedtls_ssl_handshake(&session.ssl);
    if (ticket_accepted_) session.retry_bytes = SIZE_MAX;  // remembered until the handshake is over
    if (wants_more(status)) return IoStatus::Again;
    const bool resumed = session.retry_bytes != 0;
    session.retry_bytes = 0;
    if (status != 0) {
        ++session.stats->tls_failed;
        return IoStatus::Failed;
    }
    ++(resumed ? session.stats->tls_resumed : session.stats->tls_full);
    return IoStatus::Done;
}

IoStatus Tls::read(TlsSession& session, char* into, size_t size, size_t* count) {
    const int status = mbedtls_ssl_read(&session.ssl, reinterpret_cast<unsigned char*>(into), size);
    if (status > 0) {
        *count = static_cast<size_t>(status);
        return IoStatus::Done;
    }
    if (wants_more(status)) return IoStatus::Again;
    return status == 0 || status == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY ? IoStatus::Ended
                                                                      : IoStatus::Failed;
}

IoStatus Tls::write(TlsSession& session, const char* bytes, size_t size, size_t* count) {
    const size_t wanted = session.retry_bytes != 0 ? session.retry_bytes : size;
    const int status =
        mbedtls_ssl_write(&session.ssl, reinterpret_cast<const unsigned char*>(bytes), wanted);
    if (wants_more(status)) {
        session.retry_bytes = wanted;
        return IoStatus::Again;
    }
    session.retry_bytes = 0;
    if (status < 0) return IoStatus::Failed;
    *count = static_cast<size_t>(status);
    return IoStatus::Done;
}

}  // namespace mock
