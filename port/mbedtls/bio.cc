// port/mbedtls/bio.cc: the bytes below TLS, between mbedTLS and the caller's leat_tls_bio.
// Depends on context.h. mbedTLS asks for a record's header and its body apart; reading ahead makes
// that one receive for a short answer. Bytes for a large body go where they belong at once.
// Invariant: ahead[ahead_begin..ahead_end) is what came and was not handed on.
#include <string.h>

#include "context.h"

namespace leat::tls {
namespace {

// One read from the stream: > 0, 0 at its end, or a code of mbedTLS's.
int receive(Session* session, uint8_t* bytes, size_t size) {
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

}  // namespace

int bio_read(void* user, unsigned char* bytes, size_t size) {
    Session* const session = static_cast<Session*>(user);
    if (session->ahead_begin == session->ahead_end) {
        if (size >= read_ahead_bytes) return receive(session, bytes, size);
        const int got = receive(session, session->ahead, read_ahead_bytes);
        if (got <= 0) return got;
        session->ahead_begin = 0;
        session->ahead_end = static_cast<uint32_t>(got);
    }
    const size_t there = session->ahead_end - session->ahead_begin;
    const size_t taken = size < there ? size : there;
    memcpy(bytes, session->ahead + session->ahead_begin, taken);
    session->ahead_begin += static_cast<uint32_t>(taken);
    return static_cast<int>(taken);
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
