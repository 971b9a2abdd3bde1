// tests/server/tls_probe.cc: connects with the mbedTLS port over real sockets and says how it went.
//     tls_probe PORT HOST CA_FILE [CONNECTIONS]
// Connects to 127.0.0.1:PORT as if it were HOST, sends one request, reads the answer to its end,
// and does that CONNECTIONS times (1). Prints "LEAT_OK full=1 resumed=1 bytes=..." or the name of
// the status that came first. Exit code: 0 LEAT_OK, 1 another status, 2 wrong use.
// Depends on include/, the port and POSIX; every wait is bounded.
#include <arpa/inet.h>
#include <errno.h>
#include <leat/mbedtls.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

namespace {

constexpr int wait_ms = 5000;

const char* name_of(leat_status status) {
    switch (status) {
#define LEAT_NAME_CASE(name, number, class_name, hint) \
    case name:                                         \
        return #name;
        LEAT_STATUS_LIST(LEAT_NAME_CASE)
#undef LEAT_NAME_CASE
        default:
            return "LEAT_E_?";
    }
}

int64_t socket_read(void* user, void* bytes, size_t size) {
    const ssize_t got = recv(*static_cast<int*>(user), bytes, size, MSG_DONTWAIT);
    if (got > 0) return got;
    if (got == 0) return LEAT_E_CONNECTION_CLOSED;
    if (errno == EAGAIN) return LEAT_E_WOULD_BLOCK;
    return errno == ECONNRESET ? LEAT_E_CONNECTION_RESET : LEAT_E_IO;
}

int64_t socket_write(void* user, const void* bytes, size_t size) {
    const ssize_t put = send(*static_cast<int*>(user), bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put > 0) return put;
    if (errno == EAGAIN) return LEAT_E_WOULD_BLOCK;
    return errno == EPIPE || errno == ECONNRESET ? LEAT_E_CONNECTION_RESET : LEAT_E_IO;
}

leat_status fill(void*, void* bytes, size_t size) {
    return getrandom(bytes, size, 0) == static_cast<ssize_t>(size) ? LEAT_OK : LEAT_E_PORT;
}

uint64_t now_ns(void*) {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<uint64_t>(t.tv_sec) * 1000000000u + static_cast<uint64_t>(t.tv_nsec);
}

// LEAT_PROBE_DATE (seconds since 1970) stands in for the clock, to show that the port's counts.
int64_t wall_ms(void*) {
    const char* const date = getenv("LEAT_PROBE_DATE");
    return (date != nullptr ? static_cast<int64_t>(atoll(date)) : time(nullptr)) * 1000;
}

int connect_to(int port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
    close(fd);
    return -1;
}

// Waits until the socket can be read, or written too.
bool wait_for(int fd, bool write) {
    pollfd entry{fd, static_cast<short>(POLLIN | (write ? POLLOUT : 0)), 0};
    return poll(&entry, 1, wait_ms) > 0;
}

leat_status exchange(void* state, void* session, int fd, size_t* bytes) {
    leat_status status;
    while ((status = leat_mbedtls.handshake(state, session)) == LEAT_E_WOULD_BLOCK) {
        if (!wait_for(fd, false)) return LEAT_E_TIMEOUT_CONNECT;
    }
    if (status != LEAT_OK) return status;
    static const char request[] = "GET / HTTP/1.0\r\nHost: probe\r\n\r\n";
    size_t sent = 0;
    while (sent < sizeof request - 1) {
        const int64_t put =
            leat_mbedtls.write(state, session, request + sent, sizeof request - 1 - sent);
        if (put > 0) sent += static_cast<size_t>(put);
        if (put < 0 && put != LEAT_E_WOULD_BLOCK) return static_cast<leat_status>(put);
        if (put < 0 && !wait_for(fd, true)) return LEAT_E_TIMEOUT_ATTEMPT;
    }
    while ((status = leat_mbedtls.flush(state, session)) == LEAT_E_WOULD_BLOCK) {
        if (!wait_for(fd, true)) return LEAT_E_TIMEOUT_ATTEMPT;
    }
    char answer[4096];
    for (;;) {
        const int64_t got = leat_mbedtls.read(state, session, answer, sizeof answer);
        if (got > 0) *bytes += static_cast<size_t>(got);
        if (got == LEAT_E_CONNECTION_CLOSED) return LEAT_OK;
        if (got < 0 && got != LEAT_E_WOULD_BLOCK) return static_cast<leat_status>(got);
        if (got < 0 && !wait_for(fd, false)) return LEAT_E_TIMEOUT_IDLE;
    }
}

leat_status connect_once(void* state, void* session, int port, leat_str host, size_t* bytes) {
    int fd = connect_to(port);
    if (fd < 0) return LEAT_E_CONNECT;
    const leat_tls_bio bio = {&fd, socket_read, socket_write};
    leat_status status = leat_mbedtls.start(state, session, 0, host, &bio);
    if (status == LEAT_OK) {
        status = exchange(state, session, fd, bytes);
        leat_mbedtls.stop(state, session);
    }
    close(fd);
    return status;
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 4) {
        fprintf(stderr, "usage: tls_probe PORT HOST CA_FILE [CONNECTIONS]\n");
        return 2;
    }
    const leat_clock_ops clock = {sizeof clock, 0, now_ns, wall_ms};
    const leat_entropy_ops entropy = {sizeof entropy, 0, fill};
    leat_tls_config config{};
    config.struct_size = sizeof config;
    config.sessions_max = 1;
    config.tickets_max = 1;
    config.ca_file = leat_str{arguments[3], strlen(arguments[3])};
    config.clock = &clock;
    config.entropy = &entropy;

    const size_t state_bytes = leat_mbedtls.state_bytes(&config);
    void* const state = aligned_alloc(16, (state_bytes + 15) & ~size_t{15});
    void* const session = aligned_alloc(16, leat_mbedtls.session_bytes());
    leat_status status = leat_mbedtls.open(state, state_bytes, &config, nullptr);
    size_t bytes = 0;
    leat_tls_stats stats{};
    if (status == LEAT_OK) {
        const leat_str host = {arguments[2], strlen(arguments[2])};
        const int connections = count > 4 ? atoi(arguments[4]) : 1;
        for (int i = 0; i < connections && status == LEAT_OK; ++i) {
            status = connect_once(state, session, atoi(arguments[1]), host, &bytes);
        }
        leat_mbedtls.stats(state, &stats);
        leat_mbedtls.close(state);
    }
    printf("%s full=%d resumed=%d bytes=%zu pool_peak=%zu\n", name_of(status),
           static_cast<int>(stats.handshakes_full), static_cast<int>(stats.handshakes_resumed),
           bytes, stats.pool_peak_bytes);
    free(session);
    free(state);
    return status == LEAT_OK ? 0 : 1;
}
