// port/template/template.cc: a port to start from: every table with every function, each with what
// to write there. The contract is <leat/port.h>; where this file and it differ, it holds.
// Depends on the public headers; add your system's. TLS is in template_tls.cc, and most ports take
// port/mbedtls instead.
// Invariant: no function allocates, keeps a global, or waits (save resolve, and wait itself).
#include "template.h"

namespace {

// ---- poller. State is yours: state_bytes of it, zeroed, aligned to 16. Keep there what you need
// per stream; remember that descriptors are any int64_t that your stream table gives out.

size_t poller_state_bytes(uint32_t /*streams_max*/) {
    // sizeof(your state) + streams_max * sizeof(what one stream needs).
    return 0;
}
leat_status poller_open(void* /*state*/, uint32_t /*streams_max*/, void* /*user*/) {
    // Open the system's event queue. Out of descriptors is LEAT_E_DESCRIPTORS.
    return LEAT_E_PORT;
}
void poller_close(void* /*state*/) {
    // Close the queue. Streams are removed by then.
}
leat_status poller_add(void* /*state*/, int64_t /*descriptor*/, uint64_t /*token*/) {
    // Register for reading and writing at once. More than streams_max is LEAT_E_TOO_MANY. A stream
    // that is ready already has to be reported by the next wait.
    return LEAT_E_PORT;
}
void poller_remove(void* /*state*/, int64_t /*descriptor*/) {
    // Forget it, with any event of it that you have fetched and not yet reported.
}
int32_t poller_wait(void* /*state*/, int64_t /*timeout_ns*/, leat_ready* /*ready*/,
                    uint32_t /*ready_max*/) {
    // Wait, rounding the timeout up; a signal ends it with 0. Report errors and hang-ups as
    // LEAT_READY_ERROR beside READ and WRITE. Don't let the first streams starve the last.
    return LEAT_E_PORT;
}
int32_t poller_pollable(void* /*state*/) {
    // The queue's descriptor, if a host's loop can wait on it.
    return -1;
}
void poller_rearm(void* /*state*/, int64_t /*descriptor*/, uint32_t /*events*/) {
    // Only for systems that report levels: watch for `events` again. Put nullptr into the table
    // where the system reports edges.
}

// ---- stream. The descriptor is yours to choose: a socket, or an index into a table.

leat_status stream_open(void* /*user*/, const leat_address* /*to*/, int64_t* /*descriptor*/) {
    // A non-blocking socket, closed on exec, TCP_NODELAY, keepalive; then connect. Under way is
    // LEAT_OK. Refused, unreachable or an unknown family is LEAT_E_CONNECT; no descriptor left is
    // LEAT_E_DESCRIPTORS.
    return LEAT_E_PORT;
}
leat_status stream_finish(void* /*user*/, int64_t /*descriptor*/) {
    // How did the connect end? Asked again, answer the same.
    return LEAT_E_PORT;
}
int64_t stream_read(void* /*user*/, int64_t /*descriptor*/, void* /*bytes*/, size_t /*size*/) {
    // Never 0: the end in order is LEAT_E_CONNECTION_CLOSED, nothing now LEAT_E_WOULD_BLOCK.
    return LEAT_E_PORT;
}
int64_t stream_write(void* /*user*/, int64_t /*descriptor*/, const void* /*bytes*/,
                     size_t /*size*/) {
    // Never 0, and never a signal: a closed peer is LEAT_E_CONNECTION_RESET.
    return LEAT_E_PORT;
}
void stream_close(void* /*user*/, int64_t /*descriptor*/) {
    // At once, without lingering. The poller has let it go before.
}

// ---- resolver, clock, entropy, log.

leat_status resolver_resolve(void* /*user*/, leat_str /*host*/, uint16_t /*port*/,
                             leat_address* /*addresses*/, uint32_t /*addresses_max*/,
                             uint32_t* count) {
    // Literals first; then ask the system. No address twice, families alternating. May wait.
    *count = 0;
    return LEAT_E_PORT;
}
uint64_t clock_now_ns(void* /*user*/) {
    // A clock that does not jump when the date is set.
    return 0;
}
int64_t clock_wall_ms(void* /*user*/) {
    // The date; 0 while it is not known, and TLS will not start.
    return 0;
}
leat_status entropy_fill(void* /*user*/, void* /*bytes*/, size_t /*size*/) {
    // All of size, from a generator fit for keys, or LEAT_E_PORT. Never anything weaker.
    return LEAT_E_PORT;
}
void log_write(void* /*user*/, leat_log_level /*level*/, leat_str /*line*/) {
    // One line; add the level and the end of line. Peers have a say in its bytes: show no control
    // bytes.
}

}  // namespace

const leat_poller_ops leat_template_poller = {
    sizeof(leat_poller_ops), 0,           "template",      poller_state_bytes,
    poller_open,             poller_close, poller_add,      poller_remove,
    poller_wait,             poller_pollable, poller_rearm,
};
const leat_stream_ops leat_template_stream = {
    sizeof(leat_stream_ops), 0,           "template",   stream_open,
    stream_finish,           stream_read, stream_write, stream_close,
};
const leat_resolver_ops leat_template_resolver = {
    sizeof(leat_resolver_ops), 0, "template", resolver_resolve,
};
const leat_clock_ops leat_template_clock = {sizeof(leat_clock_ops), 0, clock_now_ns, clock_wall_ms};
const leat_entropy_ops leat_template_entropy = {sizeof(leat_entropy_ops), 0, entropy_fill};
const leat_log_ops leat_template_log = {sizeof(leat_log_ops), 0, log_write};
