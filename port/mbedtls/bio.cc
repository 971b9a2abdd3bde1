// port/mbedtls/bio.cc: the bytes below TLS, between mbedTLS and the caller's leat_tls_bio.
// Depends on context.h. mbedTLS asks for a record's header and its body apart; whoever owns the
// stream reads ahead (wire/stream.cc does, into one window for all), so nothing is kept here.
#include "context.h"

namespace leat::tls {

// > 0, 0 at the stream's end, or a code of mbedTLS's.
int bio_read(void* user, unsigned char* bytes, size_t size) {
    Session* const session = static_cast<Session*>(user);
    const int64_t got = session->bio.read(session->bio.user, bytes, size);
    if (got > 0 && static_cast<uint64_t>(got) <= size) return static_cast<int>(got);
    if (got == LEAT_E_WOULD_BLOCK) {
        session->read_blocked = true;
        return MBEDTLS_ERR_SSL_WANT_READ;
    }
    if (got == LEAT_E_CONNECTION_CLOSED) return 0;
    session->stream = got == LEAT_E_CONNECTION_RESET ? LEAT_E_CONNECTION_RESET : LEAT_E_IO;
    return MBEDTLS_ERR_NET_RECV_FAILED;
}

int bio_write(void* user, const unsigned char* bytes, size_t size) {
    Session* const session = static_cast<Session*>(user);
    const int64_t put = session->bio.write(session->bio.user, bytes, size);
    if (put > 0 && static_cast<uint64_t>(put) <= size) return static_cast<int>(put);
    if (put == LEAT_E_WOULD_BLOCK) return MBEDTLS_ERR_SSL_WANT_WRITE;
    session->stream = put == LEAT_E_CONNECTION_RESET ? LEAT_E_CONNECTION_RESET : LEAT_E_IO;
    return MBEDTLS_ERR_NET_SEND_FAILED;
}

}  // namespace leat::tls
