// port/sim/tls_session.h: a session of the simulated TLS as its client holds it.
// Depends on world.h. tls_session.cc moves records and shakes hands, tls.cc is the table.
// Invariant: data leaves only after the verdict and the name were good; the first failure sticks.
#pragma once

#include "world.h"

namespace leat_simulator {

struct Ticket {
    uint64_t number;  // 0: none
    uint64_t name_hash;
};

struct TlsState {
    leat_sim* sim;
    uint32_t sessions_max;
    uint32_t sessions;
    uint32_t tickets_max;
    leat_tls_stats stats;
    // tickets_max of Ticket follow.
};

struct Session {
    TlsState* state;
    leat_tls_bio bio;
    uint32_t ticket_index;
    uint32_t round;
    bool round_sent;
    bool open;
    leat_status failed;  // sticks
    uint64_t name_hash;
    uint32_t in_begin;
    uint32_t in_size;
    uint32_t plain_begin;
    uint32_t plain_left;
    uint32_t out_begin;
    uint32_t out_size;
    char in[tls_header_bytes + tls_record_bytes_max];
    char out[tls_header_bytes + tls_record_bytes_max];
};

constexpr size_t session_cost_bytes = 32768;  // what a real session would hold of the pool

inline Ticket* ticket_of(TlsState* state, uint32_t index) {
    return reinterpret_cast<Ticket*>(state + 1) + index;
}

uint64_t hash_name(leat_str name);
// Remembers the first failure and answers it.
leat_status fail(Session* self, leat_status status);
// Writes what waits. LEAT_OK: all gone.
leat_status send_out(Session* self);
// Begins a record in the empty out buffer; returns where its payload goes.
char* put_record(Session* self, uint8_t type, size_t size);
// Payload bytes of the record at in_begin.
size_t front_size(const Session* self);
// Reads until a whole record stands at in_begin.
leat_status next_record(Session* self);
void drop_record(Session* self);
leat_status shake(Session* self);

}  // namespace leat_simulator
