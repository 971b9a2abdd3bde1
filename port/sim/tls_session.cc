// port/sim/tls_session.cc: records and handshake of the simulated TLS, the client's side.
// Depends on tls_session.h. Reads come in gulps of whatever the stream has, so several records may
// lie in the session while the stream below is dry. Invariant: in_begin stands at the begin of a
// record; out holds at most one.
#include "tls_session.h"

namespace leat_simulator {

uint64_t hash_name(leat_str name) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < name.size; ++i) {
        hash = (hash ^ static_cast<unsigned char>(name.data[i])) * 0x100000001b3u;
    }
    return hash;
}

leat_status fail(Session* self, leat_status status) {
    if (self->failed == LEAT_OK) self->failed = status;
    return self->failed;
}

leat_status send_out(Session* self) {
    while (self->out_begin < self->out_size) {
        const int64_t sent = self->bio.write(self->bio.user, self->out + self->out_begin,
                                             self->out_size - self->out_begin);
        if (sent == LEAT_E_WOULD_BLOCK) return LEAT_E_WOULD_BLOCK;
        if (sent <= 0) return fail(self, sent == 0 ? LEAT_E_IO : static_cast<leat_status>(sent));
        self->out_begin += static_cast<uint32_t>(sent);
    }
    self->out_begin = 0;
    self->out_size = 0;
    return LEAT_OK;
}

char* put_record(Session* self, uint8_t type, size_t size) {
    self->out[0] = static_cast<char>(type);
    self->out[1] = static_cast<char>(size >> 8);
    self->out[2] = static_cast<char>(size & 0xff);
    self->out_begin = 0;
    self->out_size = static_cast<uint32_t>(tls_header_bytes + size);
    return self->out + tls_header_bytes;
}

size_t front_size(const Session* self) {
    const unsigned char high = static_cast<unsigned char>(self->in[self->in_begin + 1]);
    const unsigned char low = static_cast<unsigned char>(self->in[self->in_begin + 2]);
    return static_cast<size_t>(high) * 256 + low;
}

leat_status next_record(Session* self) {
    for (;;) {
        const size_t have = self->in_size - self->in_begin;
        if (have >= tls_header_bytes) {
            if (front_size(self) > tls_record_bytes_max) return fail(self, LEAT_E_TLS_RECORD);
            if (have >= tls_header_bytes + front_size(self)) return LEAT_OK;
        }
        memmove(self->in, self->in + self->in_begin, have);
        self->in_begin = 0;
        self->in_size = static_cast<uint32_t>(have);
        const int64_t got =
            self->bio.read(self->bio.user, self->in + have, sizeof self->in - have);
        if (got == LEAT_E_WOULD_BLOCK) return LEAT_E_WOULD_BLOCK;
        if (got <= 0) return got == 0 ? LEAT_E_IO : static_cast<leat_status>(got);
        self->in_size += static_cast<uint32_t>(got);
    }
}

void drop_record(Session* self) {
    self->in_begin += static_cast<uint32_t>(tls_header_bytes + front_size(self));
}

namespace {

uint64_t get_u64(const char* from) {
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) {
        value |= static_cast<uint64_t>(static_cast<unsigned char>(from[i])) << (8 * i);
    }
    return value;
}

void put_round(Session* self) {
    const Ticket* const ticket = ticket_of(self->state, self->ticket_index);
    const bool offer = self->round == 0 && ticket->name_hash == self->name_hash;
    const uint64_t number = offer ? ticket->number : 0;
    char* const payload = put_record(self, tls_client_round, 9);
    payload[0] = static_cast<char>(self->round);
    for (unsigned i = 0; i < 8; ++i) {
        payload[1 + i] = static_cast<char>((number >> (8 * i)) & 0xff);
    }
    self->round_sent = true;
}

leat_status refuse(Session* self, leat_status status) {
    (void)put_record(self, tls_alert, 0);
    (void)send_out(self);
    self->out_size = 0;
    self->out_begin = 0;
    return fail(self, status);
}

leat_status take_final(Session* self) {
    const char* const payload = self->in + self->in_begin + tls_header_bytes;
    const size_t size = front_size(self);
    if (size < 17) return refuse(self, LEAT_E_TLS_HANDSHAKE);
    const int64_t verdict = static_cast<int64_t>(get_u64(payload));
    const bool resumed = payload[8] != 0;
    const leat_str name = {payload + 17, size - 17};
    if (verdict != LEAT_OK) return refuse(self, static_cast<leat_status>(verdict));
    if (!resumed && name.size > 0 && hash_name(name) != self->name_hash) {
        return refuse(self, LEAT_E_TLS_NAME);
    }
    TlsState* const state = self->state;
    const uint64_t number = get_u64(payload + 9);
    if (number != 0) *ticket_of(state, self->ticket_index) = Ticket{number, self->name_hash};
    ++(resumed ? state->stats.handshakes_resumed : state->stats.handshakes_full);
    drop_record(self);
    self->open = true;
    return LEAT_OK;
}

}  // namespace

leat_status shake(Session* self) {
    while (!self->open) {
        if (self->failed != LEAT_OK) return self->failed;
        leat_status status = send_out(self);
        if (status != LEAT_OK) return status;
        if (!self->round_sent) {
            put_round(self);
            continue;
        }
        status = next_record(self);
        if (status == LEAT_E_WOULD_BLOCK) return status;
        if (status != LEAT_OK) return fail(self, status);
        const uint8_t type = static_cast<uint8_t>(self->in[self->in_begin]);
        if (type == tls_server_final) {
            status = take_final(self);
            if (status != LEAT_OK) return status;
            continue;
        }
        if (type != tls_padding && type != tls_server_round) {
            return refuse(self, LEAT_E_TLS_HANDSHAKE);
        }
        drop_record(self);
        if (type == tls_server_round) {
            ++self->round;
            self->round_sent = false;
        }
    }
    return LEAT_OK;
}

}  // namespace leat_simulator
