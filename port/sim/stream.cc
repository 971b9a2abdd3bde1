// port/sim/stream.cc: the client's end of a connection: open, finish, read, write, close.
// Depends on world.h. Chunk policies cut reads and writes; where more is possible at once than was
// moved, a new edge stands at once, so the contract of leat/port.h holds whatever the policy.
// Invariant: a descriptor carries its connection's generation, so one that was closed is known.
#include "world.h"

namespace leat_simulator {
namespace {

constexpr uint32_t index_bits = 16;

uint64_t cut(leat_sim* sim, leat_sim_chunks chunks, uint64_t size, uint64_t done, uint64_t split) {
    switch (chunks) {
        case LEAT_SIM_WHOLE: return size;
        case LEAT_SIM_BYTEWISE: return min_of<uint64_t>(size, 1);
        case LEAT_SIM_RANDOM:
            if (random_below(sim, 8) == 0) return 0;
            if (random_below(sim, 2) == 0) size = min_of<uint64_t>(size, 16);
            return 1 + random_below(sim, size);
        case LEAT_SIM_SPLIT: return done < split ? min_of(size, split - done) : size;
    }
    return size;
}

int64_t traced(leat_sim* sim, uint64_t what, int64_t descriptor, int64_t outcome) {
    trace_numbers(sim, what, static_cast<uint64_t>(descriptor), static_cast<uint64_t>(outcome));
    return outcome;
}

bool descriptors_left(const leat_sim* sim) {
    const uint32_t limit = sim->config.descriptors_max == 0 ? sim->config.connections_max
                                                            : sim->config.descriptors_max;
    return sim->stats.streams_open < limit;
}

leat_status begin(leat_sim* sim, const leat_address* to, leat_sim_conn** out) {
    leat_sim_host* const host = find_host(sim, to);
    if (host != nullptr) ++host->stats.connects;
    if (host != nullptr && host->link.accept == LEAT_SIM_REFUSE_AT_ONCE) return LEAT_E_CONNECT;
    if (!descriptors_left(sim)) return LEAT_E_DESCRIPTORS;
    leat_sim_conn* const conn = conn_take(sim, host);
    if (conn == nullptr) return LEAT_E_DESCRIPTORS;
    conn->client = Client::connecting;
    ++sim->stats.streams_open;
    sim->stats.streams_peak = max_of(sim->stats.streams_peak, sim->stats.streams_open);
    const bool silent = conn->link.accept == LEAT_SIM_BLACKHOLE;
    conn->connect_at_ns = silent ? never : arrival_time(conn, conn->link.connect_ns, 0);
    if (conn->connect_at_ns <= sim->now_ns) conn_fire(conn);
    reschedule(conn);
    *out = conn;
    return LEAT_OK;
}

leat_status stream_open(void* user, const leat_address* to, int64_t* descriptor) {
    leat_sim* const sim = static_cast<leat_sim*>(user);
    leat_status status = LEAT_OK;
    leat_sim_conn* conn = nullptr;
    if (!call_fails(sim, LEAT_SIM_STREAM_OPEN, &status)) status = begin(sim, to, &conn);
    if (status == LEAT_OK && conn != nullptr) *descriptor = descriptor_of(conn);
    traced(sim, 0x5001, conn == nullptr ? 0 : conn->number, status);
    return status;
}

leat_status stream_finish(void* user, int64_t descriptor) {
    leat_sim* const sim = static_cast<leat_sim*>(user);
    leat_status status = LEAT_OK;
    if (call_fails(sim, LEAT_SIM_STREAM_FINISH, &status)) return status;
    const leat_sim_conn* const conn = conn_of(sim, descriptor);
    if (conn == nullptr) {
        misuse(sim, "finish of a stream that is closed");
        return LEAT_E_CONNECT;
    }
    if (conn->client == Client::connecting) status = LEAT_E_WOULD_BLOCK;
    if (conn->client == Client::failed) status = LEAT_E_CONNECT;
    traced(sim, 0x5002, descriptor, status);
    return status;
}

// No bytes to give: why not.
int64_t read_end(leat_sim_conn* conn) {
    if (conn->client == Client::failed) return LEAT_E_CONNECTION_RESET;
    const bool ended = conn->down.reset_arrived || conn->down.finish_arrived;
    if (ended) {
        conn->edges &= ~static_cast<uint32_t>(LEAT_READY_READ | LEAT_READY_ERROR);
        consider(conn);
        return conn->down.reset_arrived ? LEAT_E_CONNECTION_RESET : LEAT_E_CONNECTION_CLOSED;
    }
    conn->edges &= ~static_cast<uint32_t>(LEAT_READY_READ);
    arm(conn, LEAT_READY_READ);
    return LEAT_E_WOULD_BLOCK;
}

uint64_t take_bytes(leat_sim_conn* conn, char* to, uint64_t size) {
    uint64_t done = 0;
    while (done < size && conn->down.arrived > 0) {
        const leat_str front = pipe_front(&conn->down);
        const uint64_t piece = min_of<uint64_t>(front.size, size - done);
        memcpy(to + done, front.data, piece);
        pipe_consume(&conn->down, piece);
        done += piece;
    }
    if (done > 0 && conn->wants_room && conn->room_at_ns == never) {
        conn->room_at_ns = arrival_time(conn, conn->link.up_ns, 0);
        reschedule(conn);
    }
    return done;
}

int64_t read_some(leat_sim_conn* conn, char* to, uint64_t size) {
    if (conn->down.arrived == 0) return read_end(conn);
    const uint64_t wanted = min_of(size, conn->down.arrived);
    const uint64_t allowed = cut(conn->sim, conn->link.read_chunks, wanted, conn->client_read,
                                 conn->link.read_split_at);
    const uint64_t done = take_bytes(conn, to, allowed);
    conn->client_read += done;
    const bool more = conn->down.arrived > 0;
    if (!more && (conn->edges & LEAT_READY_ERROR) == 0) {
        conn->edges &= ~static_cast<uint32_t>(LEAT_READY_READ);
    }
    if (done < size) {
        if (more) conn->edges |= LEAT_READY_READ;
        arm(conn, LEAT_READY_READ);
    }
    consider(conn);
    if (done == 0) return LEAT_E_WOULD_BLOCK;
    return static_cast<int64_t>(done);
}

int64_t stream_read(void* user, int64_t descriptor, void* bytes, size_t size) {
    leat_sim* const sim = static_cast<leat_sim*>(user);
    leat_status failed = LEAT_OK;
    if (call_fails(sim, LEAT_SIM_STREAM_READ, &failed)) return failed;
    leat_sim_conn* const conn = conn_of(sim, descriptor);
    if (conn == nullptr || size == 0) {
        misuse(sim, "read of a stream that is closed, or of no bytes");
        return LEAT_E_IO;
    }
    return traced(sim, 0x5003, descriptor, read_some(conn, static_cast<char*>(bytes), size));
}

int64_t write_some(leat_sim_conn* conn, const char* bytes, uint64_t size) {
    if (conn->client == Client::failed || conn->down.reset_arrived) return LEAT_E_CONNECTION_RESET;
    uint64_t allowed = conn->client == Client::open ? min_of(size, client_room(conn)) : 0;
    if (allowed > 0) {
        allowed = cut(conn->sim, conn->link.write_chunks, allowed, conn->client_written,
                      conn->link.write_split_at);
    }
    if (allowed > 0) {
        const uint64_t at_ns = arrival_time(conn, conn->link.up_ns, 0);
        allowed = pipe_write(&conn->up, bytes, allowed, at_ns);
        conn->client_written += allowed;
        trace_bytes(conn->sim, bytes, static_cast<size_t>(allowed));
        reschedule(conn);
    }
    const bool room = conn->client == Client::open && client_room(conn) > 0;
    if (!room) conn->edges &= ~static_cast<uint32_t>(LEAT_READY_WRITE);
    if (allowed == 0) {
        if (room) conn->edges |= LEAT_READY_WRITE;
        arm(conn, LEAT_READY_WRITE);
        return LEAT_E_WOULD_BLOCK;
    }
    consider(conn);
    return static_cast<int64_t>(allowed);
}

int64_t stream_write(void* user, int64_t descriptor, const void* bytes, size_t size) {
    leat_sim* const sim = static_cast<leat_sim*>(user);
    leat_status failed = LEAT_OK;
    if (call_fails(sim, LEAT_SIM_STREAM_WRITE, &failed)) return failed;
    leat_sim_conn* const conn = conn_of(sim, descriptor);
    if (conn == nullptr || size == 0) {
        misuse(sim, "write to a stream that is closed, or of no bytes");
        return LEAT_E_IO;
    }
    return traced(sim, 0x5004, descriptor, write_some(conn, static_cast<const char*>(bytes), size));
}

void stream_close(void* user, int64_t descriptor) {
    leat_sim* const sim = static_cast<leat_sim*>(user);
    leat_sim_conn* const conn = conn_of(sim, descriptor);
    traced(sim, 0x5005, descriptor, conn == nullptr);
    if (conn == nullptr) {
        misuse(sim, "close of a stream that is closed");
        return;
    }
    if (conn->registered) {
        misuse(sim, "close before remove");
        poller_forget(conn);
    }
    --sim->stats.streams_open;
    const bool was_open = conn->client == Client::open;
    conn->client = Client::closed;
    ++conn->generation;
    if (!was_open || conn->down.reset_arrived || conn->server_closed) {
        conn_release(conn);
        return;
    }
    const uint64_t at_ns = arrival_time(conn, conn->link.up_ns, 0);
    if (conn->down.arrived > 0) {
        pipe_reset(&conn->up, at_ns);
    } else {
        pipe_finish(&conn->up, at_ns);
    }
    pipe_drop_all(&conn->down);
    reschedule(conn);
}

}  // namespace

leat_sim_conn* conn_of(leat_sim* sim, int64_t descriptor) {
    if (descriptor < 0) return nullptr;
    const uint64_t value = static_cast<uint64_t>(descriptor);
    const uint64_t index = value & ((1u << index_bits) - 1);
    if (index >= sim->config.connections_max) return nullptr;
    leat_sim_conn* const conn = &sim->conns[index];
    const bool live = conn->used && conn->client != Client::closed;
    return live && conn->generation == (value >> index_bits) ? conn : nullptr;
}

int64_t descriptor_of(const leat_sim_conn* conn) {
    return static_cast<int64_t>((static_cast<uint64_t>(conn->generation) << index_bits) |
                                conn->index);
}

uint32_t level_of(const leat_sim_conn* conn) {
    uint32_t level = 0;
    const Pipe* const down = &conn->down;
    const bool ended = down->finish_arrived || down->reset_arrived;
    if (conn->client == Client::failed) {
        return LEAT_READY_READ | LEAT_READY_WRITE | LEAT_READY_ERROR;
    }
    if (conn->client != Client::open) return 0;
    if (down->arrived > 0 || ended) level |= LEAT_READY_READ;
    if (client_room(conn) > 0 || down->reset_arrived) level |= LEAT_READY_WRITE;
    if (ended) level |= LEAT_READY_ERROR;
    return level;
}

const leat_stream_ops stream_table = {sizeof(leat_stream_ops), 0,           "simulated",
                                      stream_open,             stream_finish, stream_read,
                                      stream_write,            stream_close};

}  // namespace leat_simulator
