// port/sim/tls.cc: the TLS table of leat/port.h over simulated sessions.
// Depends on tls_session.h. It hands out record by record, so a short read says nothing about what
// else is there; a write takes one record and may keep it for later, as the contract allows.
// Invariant: sessions counts those between start and stop.
#include "tls_session.h"

namespace leat_simulator {
namespace {

Session* session_of(void* session) { return static_cast<Session*>(session); }

size_t tls_state_bytes(const leat_tls_config* config) {
    return sizeof(TlsState) + config->tickets_max * sizeof(Ticket);
}

leat_status tls_open(void* memory, size_t bytes, const leat_tls_config* config, void* user) {
    leat_sim* const sim = static_cast<leat_sim*>(user);
    leat_status failed = LEAT_OK;
    if (call_fails(sim, LEAT_SIM_TLS_OPEN, &failed)) return failed;
    if (bytes < tls_state_bytes(config)) return LEAT_E_TLS_MEMORY;
    TlsState* const state = static_cast<TlsState*>(memory);
    memset(memory, 0, tls_state_bytes(config));
    state->sim = sim;
    state->sessions_max = config->sessions_max;
    state->tickets_max = config->tickets_max;
    state->stats.pool_bytes = config->pool_bytes != 0
                                  ? config->pool_bytes
                                  : config->sessions_max * session_cost_bytes;
    trace_numbers(sim, 0x7001, config->sessions_max, config->tickets_max);
    return LEAT_OK;
}

void tls_close(void* memory) {
    TlsState* const state = static_cast<TlsState*>(memory);
    if (state->sessions > 0) misuse(state->sim, "TLS closed before its sessions were stopped");
    trace_numbers(state->sim, 0x7002, 0, 0);
}

size_t tls_session_bytes() { return sizeof(Session); }

leat_status tls_start(void* memory, void* session, uint32_t ticket_index, leat_str host,
                      const leat_tls_bio* bio) {
    TlsState* const state = static_cast<TlsState*>(memory);
    leat_sim* const sim = state->sim;
    leat_status failed = LEAT_OK;
    const bool fails = call_fails(sim, LEAT_SIM_TLS_START, &failed);
    const uint32_t limit = sim->tls_sessions_max;
    const bool full = state->sessions >= state->sessions_max ||
                      (limit != 0 && sim->stats.tls_sessions >= limit);
    if (fails || full) {
        ++state->stats.pool_failures;
        return fails ? failed : LEAT_E_TLS_MEMORY;
    }
    if (host.size == 0) return LEAT_E_TLS_NAME;
    if (ticket_index >= state->tickets_max) misuse(sim, "ticket index past tickets_max");
    Session* const self = session_of(session);
    memset(static_cast<void*>(self), 0, sizeof *self);
    self->state = state;
    self->bio = *bio;
    self->ticket_index = ticket_index >= state->tickets_max ? 0 : ticket_index;
    self->name_hash = hash_name(host);
    ++state->sessions;
    ++sim->stats.tls_sessions;
    state->stats.pool_used_bytes = state->sessions * session_cost_bytes;
    state->stats.pool_peak_bytes =
        max_of(state->stats.pool_peak_bytes, state->stats.pool_used_bytes);
    trace_numbers(sim, 0x7003, ticket_index, host.size);
    return LEAT_OK;
}

leat_status tls_handshake(void* memory, void* session) {
    TlsState* const state = static_cast<TlsState*>(memory);
    Session* const self = session_of(session);
    leat_status status = LEAT_OK;
    if (call_fails(state->sim, LEAT_SIM_TLS_HANDSHAKE, &status)) return fail(self, status);
    status = shake(self);
    trace_numbers(state->sim, 0x7004, static_cast<uint64_t>(status), 0);
    return status;
}

int64_t give_plain(Session* self, char* to, size_t size) {
    const size_t piece = min_of<size_t>(self->plain_left, size);
    for (size_t i = 0; i < piece; ++i) {
        to[i] = static_cast<char>(self->in[self->plain_begin + i] ^ tls_mask);
    }
    self->plain_begin += static_cast<uint32_t>(piece);
    self->plain_left -= static_cast<uint32_t>(piece);
    if (self->plain_left == 0) drop_record(self);
    return static_cast<int64_t>(piece);
}

int64_t read_plain(Session* self, char* to, size_t size) {
    for (;;) {
        if (self->plain_left > 0) return give_plain(self, to, size);
        if (self->failed != LEAT_OK) return self->failed;
        const leat_status sent = send_out(self);
        if (sent != LEAT_OK && sent != LEAT_E_WOULD_BLOCK) return sent;
        const leat_status status = next_record(self);
        if (status == LEAT_E_WOULD_BLOCK) return status;
        if (status == LEAT_E_CONNECTION_CLOSED) return fail(self, LEAT_E_TLS_TRUNCATED);
        if (status != LEAT_OK) return fail(self, status);
        const uint8_t type = static_cast<uint8_t>(self->in[self->in_begin]);
        if (type == tls_notify) return fail(self, LEAT_E_CONNECTION_CLOSED);
        if (type != tls_data) return fail(self, LEAT_E_TLS_RECORD);
        self->plain_begin = self->in_begin + static_cast<uint32_t>(tls_header_bytes);
        self->plain_left = static_cast<uint32_t>(front_size(self));
        if (self->plain_left == 0) drop_record(self);
    }
}

int64_t tls_read(void* memory, void* session, void* bytes, size_t size) {
    leat_sim* const sim = static_cast<TlsState*>(memory)->sim;
    Session* const self = session_of(session);
    leat_status failed = LEAT_OK;
    if (call_fails(sim, LEAT_SIM_TLS_READ, &failed)) return fail(self, failed);
    if (!self->open || size == 0) {
        misuse(sim, "TLS read before the handshake was over, or of no bytes");
        return LEAT_E_TLS_RECORD;
    }
    const int64_t got = read_plain(self, static_cast<char*>(bytes), size);
    trace_numbers(sim, 0x7005, static_cast<uint64_t>(got), 0);
    return got;
}

int64_t write_plain(Session* self, const char* from, size_t size) {
    if (self->failed != LEAT_OK && self->failed != LEAT_E_CONNECTION_CLOSED) return self->failed;
    const leat_status before = send_out(self);
    if (before != LEAT_OK) return before;
    const size_t taken = min_of(size, tls_record_bytes_max);
    char* const payload = put_record(self, tls_data, taken);
    for (size_t i = 0; i < taken; ++i) payload[i] = static_cast<char>(from[i] ^ tls_mask);
    const leat_status after = send_out(self);
    if (after != LEAT_OK && after != LEAT_E_WOULD_BLOCK) return after;
    return static_cast<int64_t>(taken);
}

int64_t tls_write(void* memory, void* session, const void* bytes, size_t size) {
    leat_sim* const sim = static_cast<TlsState*>(memory)->sim;
    Session* const self = session_of(session);
    leat_status failed = LEAT_OK;
    if (call_fails(sim, LEAT_SIM_TLS_WRITE, &failed)) return fail(self, failed);
    if (!self->open || size == 0) {
        misuse(sim, "TLS write before the handshake was over, or of no bytes");
        return LEAT_E_TLS_RECORD;
    }
    const int64_t sent = write_plain(self, static_cast<const char*>(bytes), size);
    trace_numbers(sim, 0x7006, static_cast<uint64_t>(sent), 0);
    return sent;
}

leat_status tls_flush(void* memory, void* session) {
    leat_sim* const sim = static_cast<TlsState*>(memory)->sim;
    Session* const self = session_of(session);
    leat_status status = LEAT_OK;
    if (call_fails(sim, LEAT_SIM_TLS_FLUSH, &status)) return fail(self, status);
    status = send_out(self);
    trace_numbers(sim, 0x7007, static_cast<uint64_t>(status), 0);
    return status;
}

void tls_stop(void* memory, void* session) {
    TlsState* const state = static_cast<TlsState*>(memory);
    Session* const self = session_of(session);
    if (self->state != state) {
        misuse(state->sim, "TLS stop of a session that never started");
        return;
    }
    if (self->open && self->failed == LEAT_OK && send_out(self) == LEAT_OK) {
        (void)put_record(self, tls_notify, 0);
        (void)send_out(self);
    }
    memset(static_cast<void*>(self), 0, sizeof *self);
    --state->sessions;
    --state->sim->stats.tls_sessions;
    state->stats.pool_used_bytes = state->sessions * session_cost_bytes;
    trace_numbers(state->sim, 0x7008, 0, 0);
}

int32_t tls_has_ticket(void* memory, uint32_t ticket_index) {
    TlsState* const state = static_cast<TlsState*>(memory);
    return ticket_index < state->tickets_max && ticket_of(state, ticket_index)->number != 0 ? 1 : 0;
}

void tls_stats(void* memory, leat_tls_stats* out) { *out = static_cast<TlsState*>(memory)->stats; }

}  // namespace

const leat_tls_ops tls_table = {
    sizeof(leat_tls_ops), 0,          "simulated", tls_state_bytes, tls_open,
    tls_close,            tls_session_bytes, tls_start, tls_handshake, tls_read,
    tls_write,            tls_flush,  tls_stop,    tls_has_ticket,  tls_stats};

}  // namespace leat_simulator
