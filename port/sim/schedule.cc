// port/sim/schedule.cc: what happens next: a heap of connections by the time of their next event,
// and the acts that a script asked for.
// Depends on world.h. Ties go to the lower connection, then to the older act, so that order never
// depends on memory. Invariant: the clock only goes forward, and stands at the time of the event
// while that happens.
#include "world.h"

namespace leat_simulator {
namespace {

bool before(const leat_sim_conn* a, const leat_sim_conn* b) {
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->index < b->index;
}

void place(leat_sim* sim, uint32_t at, leat_sim_conn* conn) {
    sim->heap[at] = conn;
    conn->heap_index = at;
}

void sift_up(leat_sim* sim, uint32_t at) {
    leat_sim_conn* const conn = sim->heap[at];
    while (at > 0) {
        const uint32_t parent = (at - 1) / 2;
        if (!before(conn, sim->heap[parent])) break;
        place(sim, at, sim->heap[parent]);
        at = parent;
    }
    place(sim, at, conn);
}

void sift_down(leat_sim* sim, uint32_t at) {
    leat_sim_conn* const conn = sim->heap[at];
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= sim->heap_size) break;
        if (child + 1 < sim->heap_size && before(sim->heap[child + 1], sim->heap[child])) ++child;
        if (!before(sim->heap[child], conn)) break;
        place(sim, at, sim->heap[child]);
        at = child;
    }
    place(sim, at, conn);
}

// The act that is due first; acts_count when there is none.
uint32_t first_act(const leat_sim* sim) {
    uint32_t found = sim->acts_count;
    for (uint32_t i = 0; i < sim->acts_count; ++i) {
        const Act* const act = &sim->acts[i];
        if (found == sim->acts_count || act->at_ns < sim->acts[found].at_ns ||
            (act->at_ns == sim->acts[found].at_ns && act->order < sim->acts[found].order)) {
            found = i;
        }
    }
    return found;
}

void run_act(leat_sim* sim, uint32_t index) {
    const Act act = sim->acts[index];
    sim->acts[index] = sim->acts[--sim->acts_count];
    act.act(act.user, sim);
}

}  // namespace

void unschedule(leat_sim_conn* conn) {
    leat_sim* const sim = conn->sim;
    const uint32_t at = conn->heap_index;
    if (at == UINT32_MAX) return;
    conn->heap_index = UINT32_MAX;
    leat_sim_conn* const last = sim->heap[--sim->heap_size];
    if (last == conn) return;
    place(sim, at, last);
    sift_up(sim, at);
    sift_down(sim, last->heap_index);
}

void reschedule(leat_sim_conn* conn) {
    leat_sim* const sim = conn->sim;
    const uint64_t due = conn_due(conn);
    if (due == never) {
        unschedule(conn);
        conn->due_ns = never;
        return;
    }
    if (conn->heap_index == UINT32_MAX) {
        conn->due_ns = due;
        place(sim, sim->heap_size++, conn);
        sift_up(sim, conn->heap_index);
    } else if (due != conn->due_ns) {
        conn->due_ns = due;
        sift_up(sim, conn->heap_index);
        sift_down(sim, conn->heap_index);
    }
}

uint64_t next_due(const leat_sim* sim) {
    uint64_t due = sim->heap_size > 0 ? sim->heap[0]->due_ns : never;
    const uint32_t act = first_act(sim);
    if (act < sim->acts_count) due = min_of(due, sim->acts[act].at_ns);
    return due;
}

void run_until(leat_sim* sim, uint64_t at_ns) {
    for (;;) {
        const uint64_t due = next_due(sim);
        if (due > at_ns || due == never) break;
        sim->now_ns = max_of(sim->now_ns, due);
        const uint32_t act = first_act(sim);
        if (act < sim->acts_count && sim->acts[act].at_ns <= due) {
            run_act(sim, act);
        } else {
            conn_fire(sim->heap[0]);
        }
    }
    sim->now_ns = max_of(sim->now_ns, at_ns);
}

}  // namespace leat_simulator

using namespace leat_simulator;

void leat_sim_advance(leat_sim* sim, uint64_t ns) {
    if (sim == nullptr) return;
    run_until(sim, add_time(sim->now_ns, ns));
    trace_numbers(sim, 0xad7, ns, 0);
}

leat_status leat_sim_at(leat_sim* sim, uint64_t at_ns, void (*act)(void* user, leat_sim* sim),
                        void* user) {
    if (sim == nullptr || act == nullptr) return LEAT_E_ARGUMENT;
    if (sim->acts_count == acts_max) return LEAT_E_TOO_MANY;
    sim->acts[sim->acts_count++] = Act{max_of(at_ns, sim->now_ns), sim->order++, act, user};
    return LEAT_OK;
}
