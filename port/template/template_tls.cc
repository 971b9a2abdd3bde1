// port/template/template_tls.cc: the TLS table of the template port. Most ports need none of their
// own: port/mbedtls stands on the other tables alone. Write this one for a TLS library, or a chip,
// that port/mbedtls does not cover.
// Depends on the public headers; add your library's.
// Invariant: no byte of application data before the peer's chain and name were verified; all
// memory is the state and the sessions.
#include "template.h"

namespace {

size_t tls_state_bytes(const leat_tls_config* /*config*/) {
    // Roots, tickets_max tickets, and a pool for sessions_max handshakes at once.
    return 0;
}
leat_status tls_open(void* /*state*/, size_t /*bytes*/, const leat_tls_config* /*config*/,
                     void* /*user*/) {
    // Read the roots (ca_pem, else ca_file, else the system's): none is LEAT_E_TLS_CA. From here
    // on the library allocates from the pool only.
    return LEAT_E_PORT;
}
void tls_close(void* /*state*/) {
    // Wipe tickets and whatever else is secret.
}
size_t tls_session_bytes() {
    // The fixed part of one session.
    return 0;
}
leat_status tls_start(void* /*state*/, void* /*session*/, uint32_t /*ticket_index*/,
                      leat_str /*host*/, const leat_tls_bio* /*bio*/) {
    // SNI for names, none for IP literals. TLS 1.2 at least. An empty host is LEAT_E_TLS_NAME.
    return LEAT_E_PORT;
}
leat_status tls_handshake(void* /*state*/, void* /*session*/) {
    // One stretch of it; LEAT_E_WOULD_BLOCK until the bio has more. A failed allocation stays a
    // failure even if the library goes on.
    return LEAT_E_PORT;
}
int64_t tls_read(void* /*state*/, void* /*session*/, void* /*bytes*/, size_t /*size*/) {
    // The end of the stream without close_notify is LEAT_E_TLS_TRUNCATED.
    return LEAT_E_PORT;
}
int64_t tls_write(void* /*state*/, void* /*session*/, const void* /*bytes*/, size_t /*size*/) {
    // What you answer you have taken, on the wire or not.
    return LEAT_E_PORT;
}
leat_status tls_flush(void* /*state*/, void* /*session*/) {
    // Send what write has taken.
    return LEAT_E_PORT;
}
void tls_stop(void* /*state*/, void* /*session*/) {
    // close_notify if it goes out at once; then wipe.
}
int32_t tls_has_ticket(void* /*state*/, uint32_t /*ticket_index*/) {
    return 0;
}
void tls_stats(void* /*state*/, leat_tls_stats* out) {
    // All that you count; what you don't stays 0.
    *out = leat_tls_stats{};
}

}  // namespace

const leat_tls_ops leat_template_tls = {
    sizeof(leat_tls_ops), 0,          "template", tls_state_bytes, tls_open,
    tls_close,            tls_session_bytes, tls_start,  tls_handshake,   tls_read,
    tls_write,            tls_flush,  tls_stop,   tls_has_ticket,  tls_stats,
};
