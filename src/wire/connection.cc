// wire/connection.cc: opening a connection step by step, and closing it. See connection.h.
// Reading and writing are in wire/stream.cc.
#include "wire/connection.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {

size_t Wire::connection_bytes(const leat_ports& ports, bool use_tls) {
    const size_t session = use_tls ? align_up(ports.tls->session_bytes(), 16) : 0;
    return align_up(sizeof(Connection), 16) + session;
}

void Wire::open(const leat_ports* ports, bool use_tls, void* poller_state, void* tls_state,
                char* connections_memory, uint32_t connections_max, char* cipher,
                size_t cipher_bytes) {
    LEAT_CHECK(ports != nullptr && connections_memory != nullptr);
    LEAT_CHECK(connections_max > 0);
    ports_ = ports;
    poller_state_ = poller_state;
    tls_state_ = tls_state;
    connections_ = reinterpret_cast<Connection*>(connections_memory);
    connections_max_ = connections_max;
    cipher_ = cipher;
    cipher_capacity_ = cipher_bytes;
    cipher_begin_ = cipher_end_ = 0;
    cipher_owner_ = nullptr;
    free_.open();
    const size_t session = use_tls ? align_up(ports->tls->session_bytes(), 16) : 0;
    char* const sessions =
        connections_memory + align_up(sizeof(Connection), 16) * connections_max;
    static_assert(sizeof(Connection) % 16 == 0 || alignof(Connection) <= 16);
    for (uint32_t i = 0; i < connections_max; ++i) {
        Connection* const connection = &connections_[i];
        *connection = Connection{};
        connection->wire = this;
        connection->slot = i;
        connection->tls_session = session > 0 ? sessions + session * i : nullptr;
        free_.push_back(connection);
    }
}

void Wire::close() {
    for (uint32_t i = 0; i < connections_max_; ++i) {
        Connection* const connection = &connections_[i];
        if (connection->state == ConnectionState::free) continue;
        // Links of whoever held it are not touched: everything is going away.
        if (connection->link.linked()) connection->link = Link{};
        drop(connection);
    }
}

Connection* Wire::take_free() {
    Connection* const connection = free_.pop_front();
    if (connection != nullptr) LEAT_CHECK(connection->state == ConnectionState::free);
    return connection;
}

leat_status Wire::connect(Connection* connection, Origin* origin, uint64_t now_ns) {
    LEAT_CHECK(connection->state == ConnectionState::free && !connection->link.linked());
    LEAT_CHECK(origin->address_count > 0);
    ++connection->generation;
    connection->origin = origin;
    connection->opened_ns = now_ns;
    connection->requests = 0;
    connection->addresses_tried = 0;
    connection->address_index = origin->preferred_address % origin->address_count;
    connection->state = ConnectionState::connecting;
    ++counters_.opened;
    ++counters_.open;
    if (origin->is_tls) {
        connection->had_ticket =
            ports_->tls->has_ticket(tls_state_, origin->ticket_index) != 0;
        connection->leads_handshake = true;
        ++origin->handshakes;
    }
    leat_status status = open_address(connection);
    if (status == LEAT_E_CONNECT) status = next_address(connection);
    return status;
}

// Opens the stream to the address at hand and tells the poller of it.
leat_status Wire::open_address(Connection* connection) {
    LEAT_CHECK(connection->descriptor < 0);
    const Origin& origin = *connection->origin;
    connection->drained = false;
    connection->share_used = false;
    connection->hung_up = false;
    ++connection->addresses_tried;
    int64_t descriptor = -1;
    LEAT_TRY(ports_->stream->open(ports_->stream_user,
                                  &origin.addresses[connection->address_index], &descriptor));
    connection->descriptor = descriptor;
    const uint64_t token = (static_cast<uint64_t>(connection->generation) << 32) | connection->slot;
    const leat_status added = ports_->poller->add(poller_state_, descriptor, token);
    if (added != LEAT_OK) {
        ports_->stream->close(ports_->stream_user, descriptor);
        connection->descriptor = -1;
    }
    return added;
}

// The address at hand failed: tries the rest in turn until one is at least under way.
leat_status Wire::next_address(Connection* connection) {
    const uint32_t count = connection->origin->address_count;
    leat_status status = LEAT_E_CONNECT;
    while (status == LEAT_E_CONNECT && connection->addresses_tried < count) {
        close_stream(connection);
        ++connection->generation;
        connection->address_index = (connection->address_index + 1) % count;
        status = open_address(connection);
    }
    return status;
}

leat_status Wire::advance(Connection* connection) {
    switch (connection->state) {
        case ConnectionState::connecting: {
            leat_status status = ports_->stream->finish(ports_->stream_user,
                                                        connection->descriptor);
            if (status == LEAT_E_CONNECT) {
                status = next_address(connection);
                if (status == LEAT_OK) return LEAT_E_WOULD_BLOCK;
            }
            if (status == LEAT_E_WOULD_BLOCK && ports_->poller->rearm != nullptr) {
                ports_->poller->rearm(poller_state_, connection->descriptor, LEAT_READY_WRITE);
            }
            LEAT_TRY(status);
            connection->origin->preferred_address = connection->address_index;
            return after_connect(connection);
        }
        case ConnectionState::handshaking:
            return handshake(connection);
        case ConnectionState::tunnelling:
        case ConnectionState::ready:
            return LEAT_OK;
        case ConnectionState::free:
        case ConnectionState::idle:
            break;
    }
    LEAT_CHECK(false);
    return LEAT_E_STATE;
}

leat_status Wire::after_connect(Connection* connection) {
    if (connection->origin->proxy == ProxyUse::tunnel) {
        connection->state = ConnectionState::tunnelling;
        return LEAT_OK;
    }
    return tunnel_done(connection);
}

leat_status Wire::tunnel_done(Connection* connection) {
    if (!connection->origin->is_tls) {
        connection->state = ConnectionState::ready;
        return LEAT_OK;
    }
    return start_tls(connection);
}

leat_status Wire::start_tls(Connection* connection) {
    LEAT_CHECK(connection->tls_session != nullptr && !connection->tls_active);
    const leat_tls_bio bio = {connection, bio_read, bio_write};
    LEAT_TRY(ports_->tls->start(tls_state_, connection->tls_session,
                                connection->origin->ticket_index, connection->origin->host,
                                &bio));
    connection->tls_active = true;
    connection->state = ConnectionState::handshaking;
    return handshake(connection);
}

leat_status Wire::handshake(Connection* connection) {
    LEAT_TRY(ports_->tls->handshake(tls_state_, connection->tls_session));
    Origin* const origin = connection->origin;
    if (ports_->tls->has_ticket(tls_state_, origin->ticket_index) == 0) {
        origin->gives_no_ticket = true;
    }
    end_lead(connection);
    connection->state = ConnectionState::ready;
    return check_quiet(connection);
}

// Nobody has asked anything yet, so the peer has nothing to say but TLS tickets.
leat_status Wire::check_quiet(Connection* connection) {
    if (cipher_begin_ == cipher_end_) return LEAT_OK;
    char byte = 0;
    const int64_t got = ports_->tls->read(tls_state_, connection->tls_session, &byte, 1);
    if (got > 0) return LEAT_ALERT_UNSOLICITED;
    return got == LEAT_E_WOULD_BLOCK ? LEAT_OK : static_cast<leat_status>(got);
}

void Wire::end_lead(Connection* connection) {
    if (!connection->leads_handshake) return;
    LEAT_CHECK(connection->origin->handshakes > 0);
    --connection->origin->handshakes;
    connection->leads_handshake = false;
}

void Wire::close_stream(Connection* connection) {
    if (connection->descriptor < 0) return;
    ports_->poller->remove(poller_state_, connection->descriptor);
    ports_->stream->close(ports_->stream_user, connection->descriptor);
    connection->descriptor = -1;
}

void Wire::drop(Connection* connection) {
    LEAT_CHECK(connection->state != ConnectionState::free);
    LEAT_CHECK(!connection->link.linked());
    if (connection->tls_active) {
        ports_->tls->stop(tls_state_, connection->tls_session);
        connection->tls_active = false;
    }
    if (cipher_owner_ == connection) {
        cipher_begin_ = cipher_end_ = 0;
        cipher_owner_ = nullptr;
    }
    end_lead(connection);
    close_stream(connection);
    ++connection->generation;
    connection->state = ConnectionState::free;
    connection->origin = nullptr;
    connection->user = nullptr;
    LEAT_CHECK(counters_.open > 0);
    --counters_.open;
    free_.push_front(connection);
}

Connection* Wire::find(uint64_t token) {
    const uint32_t slot = static_cast<uint32_t>(token & UINT32_MAX);
    if (slot >= connections_max_) return nullptr;
    Connection* const connection = &connections_[slot];
    const bool same = connection->generation == static_cast<uint32_t>(token >> 32);
    return same && connection->state != ConnectionState::free ? connection : nullptr;
}

void Wire::note_event(Connection* connection, uint32_t events) {
    if ((events & (LEAT_READY_READ | LEAT_READY_ERROR)) != 0) connection->drained = false;
    if ((events & LEAT_READY_ERROR) != 0) connection->hung_up = true;
}

}  // namespace leat
