// port/sim/poller.cc: the simulated poller: which streams are to be reported, and the wait in
// which virtual time passes.
// Depends on world.h. An edge (something became possible) is reported when the client is armed for
// it: by add, by a would-block or a short read (strict), or by rearm. A report takes both away.
// Invariant: a stream is in the queue exactly while it has something to report.
#include "world.h"

namespace leat_simulator {
namespace {

struct Poller {
    leat_sim* sim;
    uint32_t streams_max;
    uint32_t streams_count;
};

constexpr uint32_t both = LEAT_READY_READ | LEAT_READY_WRITE;

// What would be reported now, 0 for nothing.
uint32_t report_of(const leat_sim_conn* conn) {
    if (!conn->registered) return 0;
    if (conn->sim->config.edges == LEAT_SIM_EDGES_NOISY) return conn->edges;
    if ((conn->edges & conn->armed) == 0) return 0;
    if ((conn->edges & LEAT_READY_ERROR) != 0) return conn->edges;
    return conn->edges & conn->armed;
}

void queue_push(leat_sim* sim, leat_sim_conn* conn) {
    conn->ready_queued = true;
    conn->ready_next = nullptr;
    conn->ready_previous = sim->ready_last;
    (sim->ready_last == nullptr ? sim->ready_first : sim->ready_last->ready_next) = conn;
    sim->ready_last = conn;
}

void queue_remove(leat_sim* sim, leat_sim_conn* conn) {
    leat_sim_conn* const previous = conn->ready_previous;
    leat_sim_conn* const next = conn->ready_next;
    (previous == nullptr ? sim->ready_first : previous->ready_next) = next;
    (next == nullptr ? sim->ready_last : next->ready_previous) = previous;
    conn->ready_queued = false;
}

size_t poller_state_bytes(uint32_t) { return sizeof(Poller); }

leat_status poller_open(void* state, uint32_t streams_max, void* user) {
    leat_sim* const sim = static_cast<leat_sim*>(user);
    leat_status failed = LEAT_OK;
    if (call_fails(sim, LEAT_SIM_POLLER_OPEN, &failed)) return failed;
    *static_cast<Poller*>(state) = Poller{sim, streams_max, 0};
    trace_numbers(sim, 0x9001, streams_max, 0);
    return LEAT_OK;
}

void poller_close(void* state) {
    Poller* const self = static_cast<Poller*>(state);
    leat_sim* const sim = self->sim;
    for (uint32_t i = 0; i < sim->config.connections_max; ++i) {
        leat_sim_conn* const conn = &sim->conns[i];
        if (conn->used && conn->registered && conn->poller == state) poller_forget(conn);
    }
    trace_numbers(sim, 0x9002, 0, 0);
}

leat_status poller_add(void* state, int64_t descriptor, uint64_t token) {
    Poller* const self = static_cast<Poller*>(state);
    leat_sim* const sim = self->sim;
    leat_status failed = LEAT_OK;
    if (call_fails(sim, LEAT_SIM_POLLER_ADD, &failed)) return failed;
    leat_sim_conn* const conn = conn_of(sim, descriptor);
    if (conn == nullptr || conn->registered) {
        misuse(sim, "add of a stream that is closed or registered already");
        return LEAT_E_PORT;
    }
    if (self->streams_count >= self->streams_max) return LEAT_E_TOO_MANY;
    ++self->streams_count;
    ++sim->stats.registered;
    conn->registered = true;
    conn->token = token;
    conn->poller = state;
    conn->armed = both;
    conn->edges |= level_of(conn);
    consider(conn);
    trace_numbers(sim, 0x9003, static_cast<uint64_t>(descriptor), 0);
    return LEAT_OK;
}

void poller_remove(void* state, int64_t descriptor) {
    leat_sim* const sim = static_cast<Poller*>(state)->sim;
    leat_sim_conn* const conn = conn_of(sim, descriptor);
    if (conn != nullptr && conn->registered && conn->poller == state) poller_forget(conn);
    trace_numbers(sim, 0x9004, static_cast<uint64_t>(descriptor), 0);
}

void poller_rearm(void* state, int64_t descriptor, uint32_t events) {
    leat_sim* const sim = static_cast<Poller*>(state)->sim;
    leat_sim_conn* const conn = conn_of(sim, descriptor);
    if (conn == nullptr || !conn->registered) return;
    conn->armed |= events & both;
    conn->edges |= level_of(conn) & events;
    consider(conn);
    trace_numbers(sim, 0x9005, static_cast<uint64_t>(descriptor), events);
}

// Takes reports out of the queue; those of other pollers stay.
uint32_t collect(Poller* self, leat_ready* ready, uint32_t ready_max) {
    leat_sim* const sim = self->sim;
    uint32_t count = 0;
    leat_sim_conn* conn = sim->ready_first;
    while (conn != nullptr && count < ready_max) {
        leat_sim_conn* const next = conn->ready_next;
        if (conn->poller == self) {
            const uint32_t events = report_of(conn);
            queue_remove(sim, conn);
            ready[count++] = leat_ready{conn->token, events, 0};
            const bool again =
                sim->config.edges == LEAT_SIM_EDGES_NOISY && random_below(sim, 4) == 0;
            if (!again) conn->edges &= ~events;
            conn->armed &= ~events;
            consider(conn);
            trace_numbers(sim, 0x9006, conn->number, events);
        }
        conn = next;
    }
    return count;
}

// One report that means nothing, of a stream picked by chance.
uint32_t add_noise(Poller* self, leat_ready* ready, uint32_t count, uint32_t ready_max) {
    leat_sim* const sim = self->sim;
    if (count >= ready_max || random_below(sim, 4) != 0) return count;
    const uint64_t pick = random_below(sim, sim->config.connections_max);
    const leat_sim_conn* const conn = &sim->conns[pick];
    if (!conn->used || !conn->registered || conn->poller != self) return count;
    ready[count] = leat_ready{conn->token, static_cast<uint32_t>(1 + random_below(sim, 3)), 0};
    return count + 1;
}

// Lets time pass until something is ready or the timeout is over.
uint32_t wait_until(Poller* self, uint64_t deadline_ns, leat_ready* ready, uint32_t ready_max) {
    leat_sim* const sim = self->sim;
    for (;;) {
        run_until(sim, sim->now_ns);
        const uint32_t count = collect(self, ready, ready_max);
        if (count > 0 || sim->now_ns >= deadline_ns) return count;
        const uint64_t next = min_of(next_due(sim), deadline_ns);
        if (next == never) {
            ++sim->stats.hung_waits;
            return 0;
        }
        run_until(sim, next);
    }
}

int32_t poller_wait(void* state, int64_t timeout_ns, leat_ready* ready, uint32_t ready_max) {
    Poller* const self = static_cast<Poller*>(state);
    leat_sim* const sim = self->sim;
    ++sim->stats.waits;
    leat_status failed = LEAT_OK;
    if (call_fails(sim, LEAT_SIM_POLLER_WAIT, &failed)) return failed;
    if (ready == nullptr || ready_max == 0) {
        misuse(sim, "wait without room for an event");
        return LEAT_E_ARGUMENT;
    }
    const bool noisy = sim->config.edges == LEAT_SIM_EDGES_NOISY;
    const uint64_t deadline =
        timeout_ns < 0 ? never : add_time(sim->now_ns, static_cast<uint64_t>(timeout_ns));
    trace_numbers(sim, 0x9007, static_cast<uint64_t>(timeout_ns), ready_max);
    uint32_t count = 0;
    if (!noisy || timeout_ns == 0 || random_below(sim, 16) != 0) {
        count = wait_until(self, deadline, ready, ready_max);
    }
    if (noisy) count = add_noise(self, ready, count, ready_max);
    trace_numbers(sim, 0x9008, count, 0);
    return static_cast<int32_t>(count);
}

int32_t poller_pollable(void*) { return -1; }

}  // namespace

void consider(leat_sim_conn* conn) {
    const bool wanted = report_of(conn) != 0;
    if (wanted && !conn->ready_queued) queue_push(conn->sim, conn);
    if (!wanted && conn->ready_queued) queue_remove(conn->sim, conn);
}

void edge(leat_sim_conn* conn, uint32_t events) {
    conn->edges |= events;
    consider(conn);
}

void arm(leat_sim_conn* conn, uint32_t events) {
    if (conn->sim->config.edges != LEAT_SIM_EDGES_REARM) conn->armed |= events;
    consider(conn);
}

void poller_forget(leat_sim_conn* conn) {
    conn->registered = false;
    consider(conn);
    --static_cast<Poller*>(conn->poller)->streams_count;
    --conn->sim->stats.registered;
    conn->poller = nullptr;
}

const leat_poller_ops poller_table = {
    sizeof(leat_poller_ops), 0,           "simulated",   poller_state_bytes,
    poller_open,             poller_close, poller_add,    poller_remove,
    poller_wait,             poller_pollable, nullptr};

const leat_poller_ops poller_rearm_table = {
    sizeof(leat_poller_ops), 0,           "simulated with rearm", poller_state_bytes,
    poller_open,             poller_close, poller_add,    poller_remove,
    poller_wait,             poller_pollable, poller_rearm};

}  // namespace leat_simulator
