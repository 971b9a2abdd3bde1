// wire/stream.cc: bytes in and out of a connection, through TLS where it is on.
// Edge-triggered sparing: a short read means that the socket is empty, so it is not read again
// before the next event. TLS records are read ahead into one window for all connections, which is
// why it must be empty when a connection is left: one read of the socket serves a whole record.
#include "base/check.h"
#include "base/narrow.h"
#include "wire/connection.h"

namespace leat {

int64_t Wire::read_stream(Connection* connection, void* bytes, size_t size) {
    if (connection->drained) return LEAT_E_WOULD_BLOCK;
    const int64_t got = ports_->stream->read(ports_->stream_user, connection->descriptor, bytes,
                                             size);
    LEAT_CHECK(got != 0);
    const bool is_short = got > 0 && static_cast<size_t>(got) < size;
    if (got == LEAT_E_WOULD_BLOCK || (is_short && !connection->hung_up)) {
        connection->drained = true;
        if (ports_->poller->rearm != nullptr) {
            ports_->poller->rearm(poller_state_, connection->descriptor, LEAT_READY_READ);
        }
    }
    return got;
}

int64_t Wire::write_stream(Connection* connection, const void* bytes, size_t size) {
    const int64_t put = ports_->stream->write(ports_->stream_user, connection->descriptor, bytes,
                                              size);
    LEAT_CHECK(put != 0);
    const bool blocked = put == LEAT_E_WOULD_BLOCK ||
                         (put > 0 && static_cast<size_t>(put) < size);
    if (blocked && ports_->poller->rearm != nullptr) {
        ports_->poller->rearm(poller_state_, connection->descriptor, LEAT_READY_WRITE);
    }
    return put;
}

int64_t Wire::bio_read(void* user, void* bytes, size_t size) {
    Connection* const connection = static_cast<Connection*>(user);
    Wire* const wire = connection->wire;
    if (wire->cipher_begin_ == wire->cipher_end_) {
        if (connection->share_used) return LEAT_E_WOULD_BLOCK;
        // Large reads need no detour through the window.
        if (size >= wire->cipher_capacity_) {
            return wire->read_stream(connection, bytes, size);
        }
        const int64_t got =
            wire->read_stream(connection, wire->cipher_, wire->cipher_capacity_);
        if (got < 0) return got;
        wire->cipher_begin_ = 0;
        wire->cipher_end_ = static_cast<size_t>(got);
        wire->cipher_owner_ = connection;
    }
    // Another connection's records lie there (its share of the step was over): past the window.
    if (wire->cipher_owner_ != connection) return wire->read_stream(connection, bytes, size);
    const size_t here = min_of(size, wire->cipher_end_ - wire->cipher_begin_);
    memcpy(bytes, wire->cipher_ + wire->cipher_begin_, here);
    wire->cipher_begin_ += here;
    return static_cast<int64_t>(here);
}

int64_t Wire::bio_write(void* user, const void* bytes, size_t size) {
    Connection* const connection = static_cast<Connection*>(user);
    return connection->wire->write_stream(connection, bytes, size);
}

int64_t Wire::read(Connection* connection, void* bytes, size_t size) {
    LEAT_DCHECK(connection->descriptor >= 0 && size > 0);
    if (!connection->tls_active) return read_stream(connection, bytes, size);
    return ports_->tls->read(tls_state_, connection->tls_session, bytes, size);
}

int64_t Wire::write(Connection* connection, const void* bytes, size_t size) {
    LEAT_DCHECK(connection->descriptor >= 0 && size > 0);
    if (!connection->tls_active) return write_stream(connection, bytes, size);
    return ports_->tls->write(tls_state_, connection->tls_session, bytes, size);
}

leat_status Wire::flush(Connection* connection) {
    if (!connection->tls_active) return LEAT_OK;
    return ports_->tls->flush(tls_state_, connection->tls_session);
}

}  // namespace leat
