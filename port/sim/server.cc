// port/sim/server.cc: the server's end of a connection: what its handler is told and what it may
// do.
// Depends on world.h. Between the pipes and the handler lies the host's TLS, where it has one.
// Invariant: a handler hears of a connection (on_accept) before anything else of it, and of its
// end (on_close) once.
#include "world.h"

namespace leat_simulator {

size_t raw_room(const leat_sim_conn* conn) {
    const Pipe* const down = &conn->down;
    if (conn->client == Client::closed || down->finish_sent || down->reset_sent) return 0;
    return static_cast<size_t>(down->capacity - down->filled);
}

void raw_send(leat_sim_conn* conn, const char* bytes, size_t size, uint64_t delay_ns) {
    if (conn->client == Client::closed || conn->down.finish_sent || conn->down.reset_sent) return;
    const uint64_t at_ns = arrival_time(conn, conn->link.down_ns, delay_ns);
    (void)pipe_write(&conn->down, bytes, size, at_ns);
    reschedule(conn);
}

void server_plain(leat_sim_conn* conn, leat_str bytes) {
    conn->host->stats.bytes_received += bytes.size;
    const leat_sim_handler* const handler = &conn->host->handler;
    if (conn->server_closed || handler->on_bytes == nullptr) return;
    handler->on_bytes(handler->user, conn, bytes);
}

// The connection is ready for the handler's bytes.
static void serve(leat_sim_conn* conn) {
    conn->served = true;
    size_t size = 0;
    memset(leat_sim_conn_scratch(conn, &size), 0, conn->sim->config.scratch_bytes);
    const leat_sim_handler* const handler = &conn->host->handler;
    if (handler->on_accept != nullptr) handler->on_accept(handler->user, conn);
}

void server_accept(leat_sim_conn* conn) {
    leat_sim_host_stats* const stats = &conn->host->stats;
    ++stats->accepted;
    ++stats->open;
    stats->open_peak = max_of(stats->open_peak, stats->open);
    conn->tls = TlsServer{};
    conn->tls.config = conn->host->tls;
    if (conn->tls.config.enabled == 0) serve(conn);
}

void tls_server_open(leat_sim_conn* conn) {
    conn->tls.open = true;
    serve(conn);
}

void server_take(leat_sim_conn* conn) {
    bool moved = false;
    while (conn->up.arrived > 0 && !conn->stalled) {
        const leat_str front = pipe_front(&conn->up);
        if (conn->server_closed) {
            if (conn->client != Client::closed) leat_sim_conn_reset(conn);
        } else if (conn->tls.config.enabled != 0) {
            tls_server_bytes(conn, front);
        } else {
            server_plain(conn, front);
        }
        pipe_consume(&conn->up, front.size);
        moved = true;
    }
    const bool asked = (conn->armed & LEAT_READY_WRITE) != 0;
    if (moved && asked && conn->client == Client::open && client_room(conn) > 0) {
        edge(conn, LEAT_READY_WRITE);
    }
}

}  // namespace leat_simulator

using namespace leat_simulator;

leat_sim* leat_sim_conn_sim(leat_sim_conn* conn) { return conn->sim; }

uint32_t leat_sim_conn_number(const leat_sim_conn* conn) { return conn->number; }

void* leat_sim_conn_scratch(leat_sim_conn* conn, size_t* bytes) {
    if (bytes != nullptr) *bytes = conn->sim->config.scratch_bytes;
    return conn->scratch;
}

size_t leat_sim_conn_room(const leat_sim_conn* conn) {
    const size_t room = raw_room(conn);
    if (conn->tls.config.enabled == 0) return room;
    return room > tls_header_bytes ? room - tls_header_bytes : 0;
}

size_t leat_sim_conn_send(leat_sim_conn* conn, leat_str bytes, uint64_t delay_ns) {
    if (conn->server_closed || conn->down.finish_sent) return 0;
    size_t taken = 0;
    if (conn->tls.config.enabled != 0) {
        taken = tls_server_send(conn, bytes, delay_ns);
    } else {
        taken = min_of(bytes.size, raw_room(conn));
        if (taken > 0) raw_send(conn, bytes.data, taken, delay_ns);
    }
    conn->host->stats.bytes_sent += taken;
    if (taken < bytes.size) conn->wants_room = true;
    return taken;
}

void leat_sim_conn_finish(leat_sim_conn* conn) {
    if (conn->down.finish_sent || conn->down.reset_sent) return;
    if (conn->tls.config.enabled != 0) tls_server_end(conn);
    pipe_finish(&conn->down, arrival_time(conn, conn->link.down_ns, 0));
    reschedule(conn);
}

void leat_sim_conn_close(leat_sim_conn* conn) {
    if (conn->up.arrived > 0 && conn->stalled) {
        leat_sim_conn_reset(conn);
        return;
    }
    leat_sim_conn_finish(conn);
    conn->server_closed = true;
    conn->deliver_at_ns = conn->sim->now_ns;
    reschedule(conn);
}

void leat_sim_conn_reset(leat_sim_conn* conn) {
    conn->server_closed = true;
    conn->stalled = false;
    pipe_reset(&conn->down, arrival_time(conn, conn->link.down_ns, 0));
    conn->deliver_at_ns = conn->sim->now_ns;
    reschedule(conn);
}

void leat_sim_conn_stall(leat_sim_conn* conn, int32_t stalled) {
    conn->stalled = stalled != 0;
    if (conn->stalled) return;
    conn->deliver_at_ns = conn->sim->now_ns;
    reschedule(conn);
}

void leat_sim_conn_timer(leat_sim_conn* conn, uint64_t delay_ns) {
    conn->timer_at_ns = add_time(conn->sim->now_ns, delay_ns);
    reschedule(conn);
}

void leat_sim_conn_hand_over(leat_sim_conn* conn, leat_sim_host* host) {
    const leat_sim_handler* const handler = &conn->host->handler;
    if (conn->served && handler->on_close != nullptr) handler->on_close(handler->user, conn);
    --conn->host->stats.open;
    conn->timer_at_ns = never;
    conn->wants_room = false;
    conn->served = false;
    conn->host = host;
    server_accept(conn);
}
