// Moving one connection forward: handshake, reading, writing, dripping, streaming, ending. See
// conn.h and server.h.
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

namespace mock {
namespace {

constexpr size_t kScratchBytes = 64 * 1024;
constexpr size_t kKeptBytes = 8 * 1024;     // per buffer, on an idle connection
constexpr size_t kStreamBytes = 64 * 1024;  // events made ahead of the socket
constexpr unsigned kTurnMax = 16;           // steps per event, so that nobody hogs the loop
constexpr uint64_t kLinger_ns = 1000000000U;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

void Server::advance(Conn& conn) {
    for (unsigned turn = 0; turn < kTurnMax; ++turn) {
        switch (conn.phase) {
            case Phase::Handshake:
                if (!shake_hands(conn)) return;
                break;
            case Phase::Reading:
                if (!read_some(conn)) return;
                break;
            case Phase::Writing:
                if (!flush(conn)) return;
                break;
            case Phase::Waiting:
            case Phase::Hanging:
            case Phase::Dripping:
                if (conn.socket.peer_ended) abandon(conn);
                return;
            case Phase::Streaming:
                if (conn.socket.peer_ended) return abandon(conn);
                pump(conn);
                if (conn.phase == Phase::Streaming) return;
                break;
            case Phase::Lingering:
                return linger(conn);
            case Phase::Closed:
                return;
        }
    }
    enqueue(conn);
}

void Server::on_timer(Conn& conn) {
    switch (conn.phase) {
        case Phase::Waiting:
            answer(conn);
            return advance(conn);
        case Phase::Dripping:
            return drip(conn);
        case Phase::Streaming:
            return advance(conn);
        case Phase::Handshake:
        case Phase::Reading:
        case Phase::Lingering:
            return close_connection(conn, false);
        case Phase::Writing:
            return abandon(conn);
        case Phase::Hanging:
        case Phase::Closed:
            return;
    }
}

void Server::enqueue(Conn& conn) {
    if (conn.queued || conn.phase == Phase::Closed) return;
    conn.queued = true;
    turns_[turn_count_++] = &conn;
}

void Server::arm_idle(Conn& conn) {
    const bool forever = config_.keepalive_s <= 0;
    timers_.arm(&conn,
                forever ? kNever : now_ns_ + static_cast<uint64_t>(config_.keepalive_s * 1e9));
}

bool Server::shake_hands(Conn& conn) {
    switch (tls_.handshake(*conn.tls)) {
        case IoStatus::Again:
            return false;
        case IoStatus::Ended:
        case IoStatus::Failed:
            close_connection(conn, false);
            return false;
        case IoStatus::Done:
            break;
    }
    conn.phase = Phase::Reading;
    return true;
}

IoStatus Server::read_bytes(Conn& conn, char* into, size_t size, size_t* count) {
    if (conn.tls != nullptr) return tls_.read(*conn.tls, into, size, count);
    return socket_read(conn.socket, stats_, into, size, count);
}

bool Server::read_some(Conn& conn) {
    if (!conn.pending.empty()) return feed(conn, conn.pending.data(), conn.pending.size());
    size_t count = 0;
    switch (read_bytes(conn, scratch_, kScratchBytes, &count)) {
        case IoStatus::Done:
            return feed(conn, scratch_, count);
        case IoStatus::Again:
            return false;
        case IoStatus::Ended:
        case IoStatus::Failed:
            break;
    }
    close_connection(conn, false);
    return false;
}

// Bytes are either fresh or conn.pending's own. True when there may be more to do at once.
bool Server::feed(Conn& conn, const char* bytes, size_t size) {
    size_t used = 0;
    const ParseStatus status = parser_feed(conn, bytes, size, config_.body_bytes_max, &used);
    if (bytes == conn.pending.data()) {
        conn.pending.erase_front(used);
    } else if (used < size) {
        conn.pending.append(bytes + used, size - used);
    }
    switch (status) {
        case ParseStatus::More:
            arm_idle(conn);
            if (conn.interim_due) {
                bool failed = false;
                static_cast<void>(write_bytes(conn, kContinue.data(), kContinue.size(), &failed));
                conn.interim_due = false;
            }
            break;
        case ParseStatus::Complete:
            serve(conn);
            break;
        case ParseStatus::Refused:
            answer_refused(conn);
            break;
    }
    return true;
}

// Writes until everything is out or the socket is full.
size_t Server::write_bytes(Conn& conn, const char* bytes, size_t size, bool* failed) {
    size_t done = 0;
    while (done < size) {
        size_t count = 0;
        const IoStatus status =
            conn.tls != nullptr
                ? tls_.write(*conn.tls, bytes + done, size - done, &count)
                : socket_write(conn.socket, stats_, bytes + done, size - done, &count);
        if (status != IoStatus::Done) {
            *failed = status != IoStatus::Again;
            break;
        }
        done += count;
    }
    return done;
}

// The answer, all of it: what the socket does not take now goes to conn.out.
void Server::send_now(Conn& conn, std::string_view bytes) {
    bool failed = false;
    const size_t done = write_bytes(conn, bytes.data(), bytes.size(), &failed);
    if (failed) return abandon(conn);
    if (done == bytes.size()) return finish_request(conn);
    conn.out.clear();
    conn.out_at = 0;
    conn.out.append(bytes.substr(done));
    conn.phase = Phase::Writing;
    arm_idle(conn);
}

// True when conn.out is empty; false when the rest must wait, or the connection is gone.
bool Server::push_out(Conn& conn) {
    if (conn.out_at == conn.out.size()) return true;
    bool failed = false;
    const size_t done =
        write_bytes(conn, conn.out.data() + conn.out_at, conn.out.size() - conn.out_at, &failed);
    if (failed) {
        abandon(conn);
        return false;
    }
    conn.out_at += done;
    if (conn.out_at < conn.out.size()) {
        if (done != 0 && conn.phase == Phase::Writing) arm_idle(conn);
        return false;
    }
    conn.out.clear();
    conn.out_at = 0;
    return true;
}

bool Server::flush(Conn& conn) {
    if (!push_out(conn)) return false;
    finish_request(conn);
    return true;
}

void Server::drip(Conn& conn) {
    bool failed = false;
    conn.out_at += write_bytes(conn, conn.out.data() + conn.out_at, 1, &failed);
    if (failed) return abandon(conn);
    if (conn.out_at < conn.out.size()) {
        timers_.arm(&conn, now_ns_ + static_cast<uint64_t>(config_.slow_ms * 1e6));
        return;
    }
    conn.out.clear();
    conn.out_at = 0;
    finish_request(conn);
    advance(conn);
}

void Server::pump(Conn& conn) {
    for (;;) {
        if (!push_out(conn)) return;
        if (conn.stream.step == Step::End) return finish_request(conn);
        if (conn.stream_due_ns > now_ns_) return timers_.arm(&conn, conn.stream_due_ns);
        make_events(conn);
    }
}

// Fills conn.out with the events that are due, up to a bound.
void Server::make_events(Conn& conn) {
    const Context context = context_of(conn);
    const auto token_ns = static_cast<uint64_t>(config_.token_ms * 1e6);
    while (conn.out.size() < kStreamBytes && conn.stream.step != Step::End) {
        event_.clear();
        const bool round_ended = append_stream_event(event_, context, conn.stream);
        append_framed(conn.out, event_.view(), conn.parser.http_minor != 0);
        if (!round_ended || token_ns == 0) continue;
        conn.stream_due_ns += token_ns;
        if (conn.stream_due_ns > now_ns_) break;
    }
    if (conn.stream.step == Step::End && conn.parser.http_minor != 0) conn.out.append("0\r\n\r\n");
}

void Server::finish_request(Conn& conn) {
    if (conn.in_flight) --stats_.in_flight;
    conn.in_flight = false;
    ++conn.served;
    conn.body.release_above(kKeptBytes);
    conn.out.release_above(kKeptBytes);
    conn.said.release_above(kKeptBytes);
    conn.out_at = 0;
    if (conn.pending.empty()) conn.pending.release_above(kKeptBytes);
    switch (conn.finish) {
        case Finish::KeepAlive:
            conn.phase = Phase::Reading;
            parser_begin(conn);
            arm_idle(conn);
            return;
        case Finish::Close:
            return close_connection(conn, false);
        case Finish::Reset:
            return close_connection(conn, true);
        case Finish::Linger:
            break;
    }
    // Unread bytes in the socket would turn close() into a reset that overtakes the answer.
    if (conn.tls != nullptr) static_cast<void>(mbedtls_ssl_close_notify(&conn.tls->ssl));
    shutdown(conn.socket.fd, SHUT_WR);
    conn.phase = Phase::Lingering;
    timers_.arm(&conn, now_ns_ + kLinger_ns);
}

void Server::linger(Conn& conn) {
    for (unsigned turn = 0; turn < kTurnMax; ++turn) {
        size_t count = 0;
        const IoStatus status = socket_read(conn.socket, stats_, scratch_, kScratchBytes, &count);
        if (status == IoStatus::Again) return;
        if (status != IoStatus::Done) return close_connection(conn, false);
    }
    enqueue(conn);
}

// The client went away, or stopped taking bytes, before it had its answer.
void Server::abandon(Conn& conn) {
    if (conn.in_flight) ++stats_.client_aborts;
    close_connection(conn, true);
}

void Server::close_connection(Conn& conn, bool reset) {
    if (conn.in_flight) --stats_.in_flight;
    conn.in_flight = false;
    timers_.remove(&conn);
    if (conn.tls != nullptr) {
        if (reset || conn.phase == Phase::Lingering) conn.tls->socket = nullptr;  // no goodbye
        tls_.end(conn.tls);
        conn.tls = nullptr;
    }
    if (reset) {
        const struct linger now = {1, 0};
        setsockopt(conn.socket.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    ::close(conn.socket.fd);
    conn.socket.fd = -1;
    --stats_.connections_open;
    conn.phase = Phase::Closed;
    conn.body.release_above(0);
    conn.out.release_above(0);
    conn.said.release_above(0);
    conn.out_at = 0;
    conn.pending.release_above(0);
    conn.next = closed_;
    closed_ = &conn;
}

}  // namespace mock
