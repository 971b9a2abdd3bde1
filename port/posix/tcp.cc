// port/posix/tcp.cc: TCP streams over non-blocking sockets, IPv4 and IPv6.
// Depends on system.h. The descriptor is the whole state of a stream.
// Invariant: no call waits, none raises SIGPIPE, and read and write never answer 0.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system.h"

namespace leat_posix {
namespace {

constexpr int keepalive_idle_s = 60;
constexpr int keepalive_interval_s = 15;
constexpr int keepalive_probes_max = 4;
constexpr size_t transfer_bytes_max = size_t{1} << 30;  // some systems refuse more than an int

#if defined(MSG_NOSIGNAL)
constexpr int send_flags = MSG_NOSIGNAL;
#else
constexpr int send_flags = 0;  // SO_NOSIGPIPE is set instead
#endif

// Fills storage; 0 for a family that is neither 4 nor 6.
socklen_t socket_address(const leat_address& from, sockaddr_storage* storage) {
    memset(storage, 0, sizeof(*storage));
    if (from.family == 4) {
        sockaddr_in* const v4 = reinterpret_cast<sockaddr_in*>(storage);
        v4->sin_family = AF_INET;
        v4->sin_port = htons(from.port);
        memcpy(&v4->sin_addr, from.bytes, 4);
        return sizeof(sockaddr_in);
    }
    if (from.family == 6) {
        sockaddr_in6* const v6 = reinterpret_cast<sockaddr_in6*>(storage);
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(from.port);
        v6->sin6_scope_id = from.scope_id;
        memcpy(&v6->sin6_addr, from.bytes, 16);
        return sizeof(sockaddr_in6);
    }
    return 0;
}

int new_socket(int family) {
#if defined(SOCK_NONBLOCK) && defined(SOCK_CLOEXEC)
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
#else
    const int stream = socket(family, SOCK_STREAM, IPPROTO_TCP);
    if (stream < 0) return -1;
    const int flags = fcntl(stream, F_GETFL);
    if (flags >= 0 && fcntl(stream, F_SETFL, flags | O_NONBLOCK) == 0 && close_on_exec(stream)) {
        return stream;
    }
    const int error = errno;
    (void)close(stream);
    errno = error;
    return -1;
#endif
}

bool set(int stream, int level, int option, int value) {
    return setsockopt(stream, level, option, &value, sizeof(value)) == 0;
}

// Tuning that a system refuses is done without; only a possible SIGPIPE is not.
bool tune(int stream) {
#if defined(SO_NOSIGPIPE)
    if (!set(stream, SOL_SOCKET, SO_NOSIGPIPE, 1)) return false;
#endif
    (void)set(stream, IPPROTO_TCP, TCP_NODELAY, 1);
    (void)set(stream, SOL_SOCKET, SO_KEEPALIVE, 1);
#if defined(TCP_KEEPIDLE)
    (void)set(stream, IPPROTO_TCP, TCP_KEEPIDLE, keepalive_idle_s);
#elif defined(TCP_KEEPALIVE)
    (void)set(stream, IPPROTO_TCP, TCP_KEEPALIVE, keepalive_idle_s);
#endif
#if defined(TCP_KEEPINTVL)
    (void)set(stream, IPPROTO_TCP, TCP_KEEPINTVL, keepalive_interval_s);
#endif
#if defined(TCP_KEEPCNT)
    (void)set(stream, IPPROTO_TCP, TCP_KEEPCNT, keepalive_probes_max);
#endif
    return true;
}

leat_status tcp_open(void*, const leat_address* to, int64_t* descriptor) {
    *descriptor = -1;
    sockaddr_storage address;
    const socklen_t size = socket_address(*to, &address);
    if (size == 0) return LEAT_E_CONNECT;
    const int stream = new_socket(address.ss_family);
    if (stream < 0) return out_of_descriptors(errno) ? LEAT_E_DESCRIPTORS : LEAT_E_CONNECT;
    if (tune(stream)) {
        const int result = connect(stream, reinterpret_cast<const sockaddr*>(&address), size);
        // An interrupted connect goes on by itself.
        if (result == 0 || errno == EINPROGRESS || errno == EINTR) {
            *descriptor = stream;
            return LEAT_OK;
        }
    }
    (void)close(stream);
    return LEAT_E_CONNECT;
}

// The connect has ended once the socket is ready in any way; asked in this order, none of the
// answers can be overtaken by the next.
leat_status tcp_finish(void*, int64_t descriptor) {
    if (!is_descriptor(descriptor)) return LEAT_E_CONNECT;
    const int stream = static_cast<int>(descriptor);
    pollfd look = {};
    look.fd = stream;
    look.events = POLLOUT;
    if (poll(&look, 1, 0) <= 0) return LEAT_E_WOULD_BLOCK;
    int error = 0;
    socklen_t error_size = sizeof(error);
    if (getsockopt(stream, SOL_SOCKET, SO_ERROR, &error, &error_size) != 0) return LEAT_E_CONNECT;
    if (error != 0) return LEAT_E_CONNECT;
    sockaddr_storage peer;
    socklen_t peer_size = sizeof(peer);
    const int named = getpeername(stream, reinterpret_cast<sockaddr*>(&peer), &peer_size);
    return named == 0 ? LEAT_OK : LEAT_E_CONNECT;
}

leat_status status_of(int error) {
    if (error == EAGAIN || error == EWOULDBLOCK) return LEAT_E_WOULD_BLOCK;
    if (error == ECONNRESET || error == ECONNABORTED || error == EPIPE) {
        return LEAT_E_CONNECTION_RESET;
    }
    return LEAT_E_IO;
}

size_t transfer_size(size_t size) {
    return size < transfer_bytes_max ? size : transfer_bytes_max;
}

int64_t tcp_read(void*, int64_t descriptor, void* bytes, size_t size) {
    if (size == 0 || !is_descriptor(descriptor)) return LEAT_E_IO;
    for (;;) {
        const ssize_t got =
            recv(static_cast<int>(descriptor), bytes, transfer_size(size), 0);
        if (got > 0) return got;
        if (got == 0) return LEAT_E_CONNECTION_CLOSED;
        if (errno != EINTR) return status_of(errno);
    }
}

int64_t tcp_write(void*, int64_t descriptor, const void* bytes, size_t size) {
    if (size == 0 || !is_descriptor(descriptor)) return LEAT_E_IO;
    for (;;) {
        const ssize_t put =
            send(static_cast<int>(descriptor), bytes, transfer_size(size), send_flags);
        if (put > 0) return put;
        if (put == 0) return LEAT_E_IO;
        if (errno != EINTR) return status_of(errno);
    }
}

void tcp_close(void*, int64_t descriptor) {
    // Never repeated: after EINTR the descriptor is gone on most systems.
    if (is_descriptor(descriptor)) (void)close(static_cast<int>(descriptor));
}

}  // namespace
}  // namespace leat_posix

const leat_stream_ops leat_posix_tcp = {
    sizeof(leat_stream_ops),
    0,
    "tcp",
    leat_posix::tcp_open,
    leat_posix::tcp_finish,
    leat_posix::tcp_read,
    leat_posix::tcp_write,
    leat_posix::tcp_close,
};
