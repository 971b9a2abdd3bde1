// port/mbedtls/ticket.cc: sessions that outlive their connection. One slot per endpoint keeps what
// the last handshake left, so that the next connection needs no certificate and no key exchange.
// Depends on context.h. A slot is offered only to the very host that its certificate was checked
// for, while that certificate lasts, and for a day at most.
// Invariant: a slot that is not set holds nothing in the pool. The pool's scope is the caller's.
#include "context.h"

namespace leat::tls {

Ticket* ticket_of(Context* context, uint32_t index) {
    return index < context->tickets_max ? &context->tickets[index] : nullptr;
}

void ticket_forget(Ticket* ticket) {
    if (ticket == nullptr || !ticket->is_set) return;
    mbedtls_ssl_session_free(&ticket->session);
    wipe(ticket, sizeof *ticket);
}

void ticket_offer(Session* session) {
    Ticket* const ticket = ticket_of(session->context, session->ticket_index);
    if (ticket == nullptr || !ticket->is_set) return;
    const int64_t age_ms = session->now_ms - ticket->checked_ms;
    if (!peer_equal(ticket->peer, session->peer) || age_ms < 0 || age_ms > ticket_age_max_ms ||
        session->now_ms > ticket->not_after_ms) {
        ticket_forget(ticket);
        return;
    }
    if (mbedtls_ssl_set_session(&session->ssl, &ticket->session) != 0) return;
    session->offered_ticket = true;
    session->checked_ms = ticket->checked_ms;
    session->not_after_ms = ticket->not_after_ms;
}

void ticket_save(Session* session) {
    Ticket* const ticket = ticket_of(session->context, session->ticket_index);
    if (ticket == nullptr) return;
    mbedtls_ssl_session fresh;
    mbedtls_ssl_session_init(&fresh);
    if (mbedtls_ssl_get_session(&session->ssl, &fresh) != 0 || !is_resumable(&fresh)) {
        mbedtls_ssl_session_free(&fresh);
        return;
    }
    ticket_forget(ticket);
    ticket->is_set = true;
    ticket->peer = session->peer;
    ticket->checked_ms = session->checked_ms;
    ticket->not_after_ms = session->not_after_ms;
    ticket->session = fresh;  // its pointers move along; the copy on the stack is wiped
    wipe(&fresh, sizeof fresh);
}

}  // namespace leat::tls
