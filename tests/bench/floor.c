/* tests/bench/floor.c: what the machine can do at best. The same bytes that leat would send, over
 * the same number of connections, with nothing but send, recv and edge-triggered epoll: no parser,
 * no TLS, no limits. leat's own figures are read against these.
 *
 * cc -O2 -o floor tests/bench/floor.c; ./floor HOST PORT CONCURRENCY TOTAL REQUEST-FILE [SECONDS]
 * HOST is an IP literal. The peer has to keep connections alive and to answer each request with
 * replies of one size, which is learned from the first reply's Content-Length. A peer that has
 * just started may answer several times slower: run twice, compare only figures of a warm peer.
 * Invariant: every connection has at most one request out; the run ends within SECONDS (60).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { events_max = 256, reply_bytes_max = 1 << 20 };

struct connection {
    int descriptor;
    size_t sent;     /* bytes of the request that are out */
    size_t received; /* bytes of the reply that are in */
    int waiting;     /* a request is out or on its way */
};

struct run {
    struct addrinfo *address;
    int epoll;
    char *request;
    size_t request_size;
    size_t reply_size; /* 0: not yet known */
    long started;
    long finished;
    long total;
};

static char reply[reply_bytes_max];

static void fail(const char *what) {
    fprintf(stderr, "floor: %s: %s\n", what, errno != 0 ? strerror(errno) : "bad input");
    exit(2);
}

static double now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void read_request(struct run *run, const char *path) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    const off_t size = file < 0 ? -1 : lseek(file, 0, SEEK_END);
    if (size <= 0) fail(path);
    run->request_size = (size_t)size;
    run->request = malloc(run->request_size);
    if (run->request == NULL) fail("malloc");
    if (pread(file, run->request, run->request_size, 0) != (ssize_t)size) fail(path);
    close(file);
}

static void find_peer(struct run *run, const char *host, const char *port) {
    struct addrinfo hints = {0};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, port, &hints, &run->address) != 0) fail("HOST must be an IP literal");
}

static void open_connection(struct run *run, struct connection *c) {
    const int on = 1;
    const struct addrinfo *to = run->address;
    c->descriptor = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->descriptor < 0) fail("socket");
    setsockopt(c->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(c->descriptor, to->ai_addr, to->ai_addrlen) != 0 && errno != EINPROGRESS) {
        fail("connect");
    }
    struct epoll_event wanted = {0};
    wanted.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | (uint32_t)EPOLLET;
    wanted.data.ptr = c;
    if (epoll_ctl(run->epoll, EPOLL_CTL_ADD, c->descriptor, &wanted) != 0) fail("epoll_ctl");
}

/* The size of a whole reply, once its head is there; 0 before. Ends reply's head with a NUL. */
static size_t learn_reply_size(size_t received) {
    reply[received < reply_bytes_max ? received : reply_bytes_max - 1] = '\0';
    const char *end = strstr(reply, "\r\n\r\n");
    if (end == NULL) return 0;
    const char *length = strcasestr(reply, "\r\ncontent-length:");
    if (length == NULL || length > end) fail("the reply has no Content-Length");
    const size_t head = (size_t)(end - reply) + 4;
    return head + strtoull(length + strlen("\r\ncontent-length:"), NULL, 10);
}

static void push(struct run *run, struct connection *c) {
    if (!c->waiting) {
        if (run->started == run->total) return;
        ++run->started;
        c->waiting = 1;
        c->sent = 0;
        c->received = 0;
    }
    while (c->sent < run->request_size) {
        const ssize_t n = send(c->descriptor, run->request + c->sent, run->request_size - c->sent,
                               MSG_NOSIGNAL);
        if (n >= 0) {
            c->sent += (size_t)n;
        } else if (errno == EAGAIN || errno == ENOTCONN) {
            return;
        } else if (errno != EINTR) {
            fail("send");
        }
    }
}

/* The first reply is gathered from the start of the buffer; later ones are only counted. */
static void pull(struct run *run, struct connection *c) {
    while (c->waiting) {
        const size_t at = run->reply_size == 0 ? c->received : 0;
        if (at + 1 >= reply_bytes_max) fail("the first reply's head is too long");
        const ssize_t n = recv(c->descriptor, reply + at, reply_bytes_max - 1 - at, 0);
        if (n == 0) fail("the peer closed a connection");
        if (n < 0) {
            if (errno == EAGAIN) return;
            if (errno != EINTR) fail("recv");
            continue;
        }
        c->received += (size_t)n;
        if (run->reply_size == 0) run->reply_size = learn_reply_size(c->received);
        if (run->reply_size == 0) continue;
        if (c->received < run->reply_size) {
            if ((size_t)n < reply_bytes_max - 1 - at) return; /* a short read: all there was */
            continue;
        }
        if (c->received > run->reply_size) fail("replies differ in size");
        c->waiting = 0;
        ++run->finished;
        push(run, c);
        return; /* one reply, one recv; the next bytes are a new edge */
    }
}

static void drive(struct run *run, double end_s) {
    struct epoll_event events[events_max];
    while (run->finished < run->total) {
        const double left_s = end_s - now_s();
        if (left_s <= 0) break;
        const int count = epoll_wait(run->epoll, events, events_max, (int)(left_s * 1000) + 1);
        if (count < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < count; ++i) {
            struct connection *c = events[i].data.ptr;
            if ((events[i].events & (EPOLLERR | EPOLLHUP)) != 0) fail("a connection broke");
            if ((events[i].events & EPOLLIN) != 0) pull(run, c);
            if ((events[i].events & EPOLLOUT) != 0) push(run, c);
        }
    }
}

static double cpu_us(const struct rusage *usage) {
    const struct timeval *user = &usage->ru_utime;
    const struct timeval *sys = &usage->ru_stime;
    return (double)(user->tv_sec + sys->tv_sec) * 1e6 + (double)(user->tv_usec + sys->tv_usec);
}

int main(int argc, char **argv) {
    if (argc < 6) {
        fprintf(stderr, "usage: floor HOST PORT CONCURRENCY TOTAL REQUEST-FILE [SECONDS]\n");
        return 2;
    }
    struct run run = {0};
    const long concurrency = strtol(argv[3], NULL, 10);
    run.total = strtol(argv[4], NULL, 10);
    const double seconds = argc > 6 ? strtod(argv[6], NULL) : 60.0;
    errno = 0;
    if (concurrency < 1 || run.total < 1 || !(seconds > 0 && seconds <= 3600)) fail("arguments");
    find_peer(&run, argv[1], argv[2]);
    read_request(&run, argv[5]);
    run.epoll = epoll_create1(EPOLL_CLOEXEC);
    struct connection *connections = calloc((size_t)concurrency, sizeof(*connections));
    if (run.epoll < 0 || connections == NULL) fail("set-up");

    /* One reply is learned alone; then the clock starts. */
    const long total = run.total;
    run.total = 1;
    const double end_s = now_s() + seconds;
    open_connection(&run, &connections[0]);
    drive(&run, end_s);
    if (run.finished != 1) fail("no reply in time");
    run.total = total + 1;
    struct rusage before;
    struct rusage after;
    getrusage(RUSAGE_SELF, &before);
    const double begin_s = now_s();
    push(&run, &connections[0]);
    for (long i = 1; i < concurrency; ++i) open_connection(&run, &connections[i]);
    drive(&run, end_s);
    const double spent_s = now_s() - begin_s;
    getrusage(RUSAGE_SELF, &after);

    const long done = run.finished - 1;
    const double each_us = done > 0 ? (cpu_us(&after) - cpu_us(&before)) / (double)done : 0.0;
    printf("requests %ld of %ld  request_bytes %zu  reply_bytes %zu  connections %ld\n", done,
           total, run.request_size, run.reply_size, concurrency);
    printf("requests/s %.0f  cpu_us/request %.2f  rss_kib %ld\n", (double)done / spent_s, each_us,
           after.ru_maxrss);
    return done == total ? 0 : 1;
}
