// wire/pool.cc: see pool.h. The list is ordered by use: the front was used last and is reused first,
// the back has waited longest and is the first to expire or to give way.
#include "wire/pool.h"

#include "base/check.h"

namespace leat {

void IdlePool::open(Origin* origin) {
    LEAT_CHECK(origin != nullptr);
    origin_ = origin;
    idle_.open();
}

void IdlePool::put(Connection* connection, uint64_t now_ns) {
    LEAT_CHECK(connection->state == ConnectionState::ready);
    LEAT_CHECK(connection->origin == origin_);
    connection->user = nullptr;
    if (origin_->keepalive_ns == 0 || connection->hung_up) {
        connection->wire->drop(connection);
        return;
    }
    connection->state = ConnectionState::idle;
    connection->idle_since_ns = now_ns;
    idle_.push_front(connection);
}

// Whether nothing came while it waited. A connection that was put aside in this very step has just
// been read dry; for one that waited longer the socket is asked, since an end, or bytes that would
// pass for the next answer, may lie there unseen.
bool IdlePool::is_quiet(Connection* connection, uint64_t now_ns) {
    if (connection->idle_since_ns == now_ns) return true;
    connection->drained = false;
    char byte = 0;
    return connection->wire->read(connection, &byte, 1) == LEAT_E_WOULD_BLOCK;
}

Connection* IdlePool::take(uint64_t now_ns) {
    expire(now_ns);
    while (Connection* const connection = idle_.front()) {
        LEAT_CHECK(connection->state == ConnectionState::idle);
        if (!is_quiet(connection, now_ns)) {
            drop(connection);
            continue;
        }
        idle_.remove(connection);
        connection->state = ConnectionState::ready;
        return connection;
    }
    return nullptr;
}

void IdlePool::drop(Connection* connection) {
    idle_.remove(connection);
    connection->wire->drop(connection);
}

bool IdlePool::on_event(Connection* connection) {
    LEAT_CHECK(connection->state == ConnectionState::idle);
    char byte = 0;
    if (connection->wire->read(connection, &byte, 1) == LEAT_E_WOULD_BLOCK) return false;
    drop(connection);
    return true;
}

void IdlePool::expire(uint64_t now_ns) {
    while (Connection* const oldest = idle_.back()) {
        if (oldest->idle_since_ns + origin_->keepalive_ns > now_ns) break;
        drop(oldest);
    }
}

bool IdlePool::evict() {
    Connection* const oldest = idle_.back();
    if (oldest == nullptr) return false;
    drop(oldest);
    return true;
}

void IdlePool::drop_all() {
    while (evict()) {
    }
}

uint64_t IdlePool::oldest_since_ns() {
    Connection* const oldest = idle_.back();
    return oldest == nullptr ? never_ns : oldest->idle_since_ns;
}

uint64_t IdlePool::expires_at_ns() {
    const uint64_t since = oldest_since_ns();
    return since == never_ns ? never_ns : since + origin_->keepalive_ns;
}

bool IdlePool::waits_for_lead(Wire* wire) const {
    if (!origin_->is_tls || origin_->handshakes == 0 || origin_->gives_no_ticket) return false;
    return wire->ports().tls->has_ticket(wire->tls_state(), origin_->ticket_index) == 0;
}

}  // namespace leat
