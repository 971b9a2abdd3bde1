// port/sim/link.cc: the life of a connection: taken, connected, bytes arriving on both sides,
// released when both sides are through with it.
// Depends on world.h. Everything that time brings to a connection happens in conn_fire.
// Invariant: a record is given back only from conn_release, and only once its client has closed.
#include "world.h"

namespace leat_simulator {
namespace {

constexpr uint32_t all_edges = LEAT_READY_READ | LEAT_READY_WRITE | LEAT_READY_ERROR;

leat_sim_link silent_link() {
    leat_sim_link link = {};
    link.connect_ns = 1000000;
    link.up_ns = 500000;
    link.down_ns = 500000;
    return link;
}

void connected(leat_sim_conn* conn) {
    conn->connect_at_ns = never;
    if (conn->host == nullptr || conn->link.accept != LEAT_SIM_ACCEPT) {
        conn->client = Client::failed;
        edge(conn, all_edges);
        return;
    }
    conn->client = Client::open;
    conn->accepted = true;
    edge(conn, LEAT_READY_WRITE);
    server_accept(conn);
}

// What the client sees of what has just arrived.
void client_arrival(leat_sim_conn* conn) {
    Pipe* const down = &conn->down;
    if (conn->client == Client::closed) {
        pipe_drop_all(down);
        return;
    }
    if (down->reset_arrived && conn->link.reset_drops_data != 0) pipe_drop_all(down);
    uint32_t events = LEAT_READY_READ;
    if (down->finish_arrived) events |= LEAT_READY_ERROR;
    if (down->reset_arrived) events = all_edges;
    edge(conn, events);
}

void server_arrival(leat_sim_conn* conn) {
    server_take(conn);
    const bool finished = conn->up.finish_arrived && !conn->up.reset_arrived;
    if (finished || conn->up.reset_arrived) {
        if (conn->host != nullptr) {
            if (finished) ++conn->host->stats.finished;
            if (!finished) ++conn->host->stats.resets_received;
            const leat_sim_handler* const handler = &conn->host->handler;
            if (finished && conn->served && handler->on_finish != nullptr) {
                handler->on_finish(handler->user, conn);
            }
        }
        conn->release = true;
    }
}

void server_room(leat_sim_conn* conn) {
    conn->room_at_ns = never;
    conn->wants_room = false;
    if (conn->tls.config.enabled != 0 && conn->tls.reply_waits) {
        tls_server_pump(conn);
        return;
    }
    const leat_sim_handler* const handler = &conn->host->handler;
    if (conn->served && handler->on_room != nullptr) handler->on_room(handler->user, conn);
}

void server_timer(leat_sim_conn* conn) {
    conn->timer_at_ns = never;
    const leat_sim_handler* const handler = &conn->host->handler;
    if (conn->served && handler->on_timer != nullptr) handler->on_timer(handler->user, conn);
}

}  // namespace

uint64_t arrival_time(leat_sim_conn* conn, uint64_t link_ns, uint64_t delay_ns) {
    leat_sim* const sim = conn->sim;
    const uint64_t jitter =
        conn->link.jitter_ns == 0 ? 0 : random_below(sim, conn->link.jitter_ns + 1);
    return add_time(add_time(sim->now_ns, link_ns), add_time(delay_ns, jitter));
}

uint64_t client_room(const leat_sim_conn* conn) {
    uint64_t limit = conn->up.capacity;
    if (conn->link.send_buffer_bytes != 0) {
        limit = min_of<uint64_t>(limit, conn->link.send_buffer_bytes);
    }
    return conn->up.filled >= limit ? 0 : limit - conn->up.filled;
}

leat_sim_conn* conn_take(leat_sim* sim, leat_sim_host* host) {
    if (sim->free_count == 0) {
        ++sim->stats.connections_refused_for_room;
        return nullptr;
    }
    leat_sim_conn* const conn = &sim->conns[sim->free_conns[--sim->free_count]];
    char* const up_ring = conn->up.ring;
    char* const down_ring = conn->down.ring;
    char* const scratch = conn->scratch;
    const uint32_t index = conn->index;
    const uint32_t generation = conn->generation;
    *conn = leat_sim_conn{};
    conn->sim = sim;
    conn->host = host;
    conn->link = host == nullptr ? silent_link() : host->link;
    conn->index = index;
    conn->generation = generation;
    conn->number = ++sim->conn_numbers;
    conn->used = true;
    conn->connect_at_ns = never;
    conn->timer_at_ns = never;
    conn->room_at_ns = never;
    conn->deliver_at_ns = never;
    conn->due_ns = never;
    conn->heap_index = UINT32_MAX;
    conn->scratch = scratch;
    pipe_open(&conn->up, up_ring, sim->config.pipe_bytes);
    pipe_open(&conn->down, down_ring, sim->config.pipe_bytes);
    return conn;
}

void conn_release(leat_sim_conn* conn) {
    leat_sim* const sim = conn->sim;
    if (conn->accepted) {
        const leat_sim_handler* const handler = &conn->host->handler;
        if (conn->served && handler->on_close != nullptr) handler->on_close(handler->user, conn);
        --conn->host->stats.open;
    }
    if (conn->registered) poller_forget(conn);
    conn->registered = false;
    consider(conn);
    unschedule(conn);
    conn->used = false;
    sim->free_conns[sim->free_count++] = conn->index;
}

uint64_t conn_due(const leat_sim_conn* conn) {
    uint64_t due = min_of(conn->connect_at_ns, conn->timer_at_ns);
    due = min_of(due, min_of(conn->room_at_ns, conn->deliver_at_ns));
    return min_of(due, min_of(pipe_due(&conn->up), pipe_due(&conn->down)));
}

void conn_fire(leat_sim_conn* conn) {
    const uint64_t now_ns = conn->sim->now_ns;
    if (conn->connect_at_ns <= now_ns) connected(conn);
    bool to_server = pipe_arrive(&conn->up, now_ns);
    if (conn->deliver_at_ns <= now_ns) {
        conn->deliver_at_ns = never;
        to_server = true;
    }
    if (to_server) server_arrival(conn);
    if (pipe_arrive(&conn->down, now_ns)) client_arrival(conn);
    if (conn->room_at_ns <= now_ns) server_room(conn);
    if (conn->timer_at_ns <= now_ns) server_timer(conn);
    const bool gone = conn->client == Client::closed;
    if (gone && (conn->release || conn->server_closed)) {
        conn_release(conn);
        return;
    }
    reschedule(conn);
}

}  // namespace leat_simulator
