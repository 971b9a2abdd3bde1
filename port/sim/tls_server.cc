// port/sim/tls_server.cc: the server's side of the simulated TLS: rounds of a handshake, tickets,
// a verdict, and records with a mask instead of a cipher.
// Depends on world.h. A record is type, size (two bytes) and payload; it is read as it comes, so
// that pipes may be smaller than records. Invariant: no plain byte goes to the handler before the
// handshake is over; a record of data that comes earlier is counted as early data.
#include "world.h"

namespace leat_simulator {
namespace {

void put_u64(char* to, uint64_t value) {
    for (unsigned i = 0; i < 8; ++i) to[i] = static_cast<char>((value >> (8 * i)) & 0xff);
}

uint64_t get_u64(const char* from) {
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) {
        value |= static_cast<uint64_t>(static_cast<unsigned char>(from[i])) << (8 * i);
    }
    return value;
}

void send_record(leat_sim_conn* conn, uint8_t type, const char* payload, size_t size,
                 uint64_t delay_ns) {
    const char header[tls_header_bytes] = {static_cast<char>(type), static_cast<char>(size >> 8),
                                           static_cast<char>(size & 0xff)};
    const uint64_t jitter = conn->link.jitter_ns;
    conn->link.jitter_ns = 0;  // header and payload travel together
    raw_send(conn, header, sizeof header, delay_ns);
    conn->link.jitter_ns = jitter;
    if (size > 0) raw_send(conn, payload, size, delay_ns);
}

uint32_t rounds_of(const TlsServer* tls) {
    const uint32_t rounds = tls->resumed ? tls->config.rounds_resumed : tls->config.rounds_full;
    if (rounds != 0) return rounds;
    return tls->resumed ? 1 : 2;
}

void send_final(leat_sim_conn* conn, uint64_t delay_ns) {
    TlsServer* const tls = &conn->tls;
    leat_sim_host_stats* const stats = &conn->host->stats;
    char payload[tls_message_bytes_max] = {};
    const bool good = tls->config.verdict == LEAT_OK;
    const uint64_t ticket = good && tls->config.no_tickets == 0 ? ++conn->sim->tickets_given : 0;
    put_u64(payload, static_cast<uint64_t>(static_cast<int64_t>(tls->config.verdict)));
    payload[8] = tls->resumed ? 1 : 0;
    put_u64(payload + 9, ticket);
    const size_t name = min_of<size_t>(tls->config.name.size, name_bytes_max);
    if (name > 0) memcpy(payload + 17, tls->config.name.data, name);
    send_record(conn, tls_server_final, payload, 17 + name, delay_ns);
    if (!good) {
        ++stats->handshakes_failed;
        tls->dead = true;
        return;
    }
    ++(tls->resumed ? stats->handshakes_resumed : stats->handshakes_full);
    tls_server_open(conn);
}

void answer_round(leat_sim_conn* conn) {
    TlsServer* const tls = &conn->tls;
    if (tls->message_size < 9 || tls->open) {
        tls->dead = true;
        return;
    }
    tls->round = static_cast<uint8_t>(tls->message[0]);
    if (tls->round == 0) {
        const bool offered = get_u64(tls->message + 1) != 0;
        tls->resumed = offered && tls->config.refuse_tickets == 0;
    }
    if (tls->config.stall_round != 0 && tls->round + 1 >= tls->config.stall_round) {
        tls->dead = true;
        return;
    }
    tls->reply_final = tls->round + 1 >= rounds_of(tls);
    tls->reply_waits = true;
    tls->reply_at_ns = add_time(conn->sim->now_ns, tls->config.flight_delay_ns);
    tls->padding_left = tls->config.flight_bytes == 0 ? 600 : tls->config.flight_bytes;
    tls_server_pump(conn);
}

void end_record(leat_sim_conn* conn) {
    TlsServer* const tls = &conn->tls;
    tls->header_size = 0;
    if (tls->type == tls_client_round) {
        answer_round(conn);
    } else if (tls->type == tls_alert) {
        if (!tls->dead) ++conn->host->stats.handshakes_failed;
        tls->dead = true;
    } else if (tls->type == tls_data && !tls->open) {
        ++conn->host->stats.early_data;
    }
}

void take_payload(leat_sim_conn* conn, const char* bytes, size_t size) {
    TlsServer* const tls = &conn->tls;
    if (tls->type == tls_data && tls->open) {
        char plain[512];
        for (size_t done = 0; done < size;) {
            const size_t piece = min_of(size - done, sizeof plain);
            for (size_t i = 0; i < piece; ++i) {
                plain[i] = static_cast<char>(bytes[done + i] ^ tls_mask);
            }
            server_plain(conn, leat_str{plain, piece});
            done += piece;
        }
        return;
    }
    const size_t kept = min_of<size_t>(size, sizeof tls->message - tls->message_size);
    memcpy(tls->message + tls->message_size, bytes, kept);
    tls->message_size += static_cast<uint32_t>(kept);
}

}  // namespace

void tls_server_bytes(leat_sim_conn* conn, leat_str bytes) {
    TlsServer* const tls = &conn->tls;
    size_t at = 0;
    while (at < bytes.size && !tls->dead) {
        if (tls->header_size < tls_header_bytes) {
            tls->header[tls->header_size++] = static_cast<uint8_t>(bytes.data[at++]);
            if (tls->header_size < tls_header_bytes) continue;
            tls->type = tls->header[0];
            tls->left = static_cast<uint32_t>((tls->header[1] << 8) | tls->header[2]);
            tls->message_size = 0;
        } else {
            const size_t piece = min_of<size_t>(tls->left, bytes.size - at);
            tls->left -= static_cast<uint32_t>(piece);
            take_payload(conn, bytes.data + at, piece);
            at += piece;
        }
        if (tls->left == 0) end_record(conn);
    }
}

void tls_server_pump(leat_sim_conn* conn) {
    TlsServer* const tls = &conn->tls;
    const uint64_t now_ns = conn->sim->now_ns;
    const uint64_t delay = tls->reply_at_ns > now_ns ? tls->reply_at_ns - now_ns : 0;
    char padding[256] = {};
    while (tls->padding_left > 0) {
        const size_t room = raw_room(conn);
        if (room <= tls_header_bytes) break;
        const size_t most = min_of(room - tls_header_bytes, sizeof padding);
        const size_t size = min_of<size_t>(tls->padding_left, most);
        send_record(conn, tls_padding, padding, size, delay);
        tls->padding_left -= static_cast<uint32_t>(size);
    }
    if (tls->padding_left > 0 || raw_room(conn) < tls_header_bytes + tls_message_bytes_max) {
        conn->wants_room = true;
        return;
    }
    tls->reply_waits = false;
    if (tls->reply_final) {
        send_final(conn, delay);
        return;
    }
    const char round = static_cast<char>(tls->round);
    send_record(conn, tls_server_round, &round, 1, delay);
}

void tls_server_end(leat_sim_conn* conn) {
    const bool notify = conn->tls.open && conn->tls.config.no_close_notify == 0;
    if (notify && raw_room(conn) >= tls_header_bytes) {
        send_record(conn, tls_notify, nullptr, 0, 0);
    }
}

size_t tls_server_send(leat_sim_conn* conn, leat_str bytes, uint64_t delay_ns) {
    const TlsServer* const tls = &conn->tls;
    if (!tls->open) return 0;
    const size_t limit = tls->config.record_bytes == 0
                             ? tls_record_bytes_max
                             : min_of<size_t>(tls->config.record_bytes, tls_record_bytes_max);
    size_t done = 0;
    while (done < bytes.size) {
        const size_t room = raw_room(conn);
        if (room <= tls_header_bytes) break;
        char masked[tls_record_bytes_max];
        const size_t most = min_of(room - tls_header_bytes, limit);
        const size_t size = min_of(bytes.size - done, most);
        for (size_t i = 0; i < size; ++i) {
            masked[i] = static_cast<char>(bytes.data[done + i] ^ tls_mask);
        }
        send_record(conn, tls_data, masked, size, delay_ns);
        done += size;
    }
    return done;
}

}  // namespace leat_simulator
