// port/mbedtls/transfer.cc: application data, once the peer is authenticated. Depends on context.h.
// A record that write took but that the socket did not is in mbedTLS's output buffer. While one is
// there, mbedtls_ssl_write sends it and looks at nothing else that it is given; so a new record is
// begun only when that buffer is empty.
#include "context.h"

namespace leat::tls {
namespace {

// Sends what waits in the output buffer: 0 when nothing is left, else a code of mbedTLS's.
int push(Session* session) {
    static const unsigned char ignored[1] = {0};
    while (output_left(&session->ssl) > 0) {
        const int code = mbedtls_ssl_write(&session->ssl, ignored, sizeof ignored);
        if (code < 0) return code;
    }
    return 0;
}

leat_status push_status(Session* session) {
    const int code = push(session);
    if (code == 0) return LEAT_OK;
    return code == MBEDTLS_ERR_SSL_WANT_WRITE || code == MBEDTLS_ERR_SSL_WANT_READ
               ? LEAT_E_WOULD_BLOCK
               : status_of(*session, code);
}

// Not ready: the reason why.
leat_status refusal(const Session& session) {
    return session.phase == Phase::dead ? session.failure : LEAT_E_STATE;
}

size_t record_room(const Session& session) {
    const int room = mbedtls_ssl_get_max_out_record_payload(&session.ssl);
    return room > 0 ? static_cast<size_t>(room) : record_payload_max;
}

}  // namespace

int64_t port_read(void* state, void* memory, void* bytes, size_t size) {
    Context* const context = static_cast<Context*>(state);
    Session* const session = static_cast<Session*>(memory);
    if (session->phase != Phase::ready) return refusal(*session);
    if (size == 0) return LEAT_E_ARGUMENT;
    const PoolScope scope(&context->pool);
    (void)context->pool.take_failure();
    // A peer that stopped listening may still have said something: its answer is read first.
    const leat_status pushed = push_status(session);
    session->stream = LEAT_OK;
    for (;;) {
        session->read_blocked = false;
        const int code = mbedtls_ssl_read(&session->ssl, static_cast<unsigned char*>(bytes),
                                          size < record_payload_max ? size : record_payload_max);
        if (is_new_ticket(code)) ticket_save(session);
        if (context->pool.take_failure()) return fail(session, LEAT_E_TLS_MEMORY);
        if (code > 0) {
            session->idle_records = 0;
            return code;
        }
        const bool again = code == MBEDTLS_ERR_SSL_WANT_READ || is_new_ticket(code);
        if (!again && code != MBEDTLS_ERR_SSL_WANT_WRITE) {
            return fail(session, status_of(*session, code));
        }
        if (session->read_blocked || !again) {
            if (pushed == LEAT_OK || pushed == LEAT_E_WOULD_BLOCK) return LEAT_E_WOULD_BLOCK;
            return fail(session, pushed);
        }
        if (++session->idle_records > idle_records_max) return fail(session, LEAT_E_TLS_RECORD);
    }
}

int64_t port_write(void* state, void* memory, const void* bytes, size_t size) {
    Context* const context = static_cast<Context*>(state);
    Session* const session = static_cast<Session*>(memory);
    if (session->phase != Phase::ready) return refusal(*session);
    if (size == 0) return LEAT_E_ARGUMENT;
    const PoolScope scope(&context->pool);
    (void)context->pool.take_failure();
    const leat_status pushed = push_status(session);
    if (pushed == LEAT_E_WOULD_BLOCK) return pushed;
    if (pushed != LEAT_OK) return fail(session, pushed);
    const size_t room = record_room(*session);
    const size_t taken = size < room ? size : room;
    const int code =
        mbedtls_ssl_write(&session->ssl, static_cast<const unsigned char*>(bytes), taken);
    if (context->pool.take_failure()) return fail(session, LEAT_E_TLS_MEMORY);
    if (code > 0) return code;
    if (code == MBEDTLS_ERR_SSL_WANT_WRITE) {
        if (output_left(&session->ssl) > 0) return static_cast<int64_t>(taken);
        return LEAT_E_WOULD_BLOCK;
    }
    return fail(session, status_of(*session, code));
}

leat_status port_flush(void* state, void* memory) {
    Context* const context = static_cast<Context*>(state);
    Session* const session = static_cast<Session*>(memory);
    if (session->phase != Phase::ready) return refusal(*session);
    const PoolScope scope(&context->pool);
    (void)context->pool.take_failure();
    const leat_status pushed = push_status(session);
    if (context->pool.take_failure()) return fail(session, LEAT_E_TLS_MEMORY);
    return pushed == LEAT_OK || pushed == LEAT_E_WOULD_BLOCK ? pushed : fail(session, pushed);
}

}  // namespace leat::tls
