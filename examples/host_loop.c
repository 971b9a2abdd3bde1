/* leat inside a loop that is not its own: the host waits on its epoll descriptor, which holds
 * leat's (leat_pollable_fd), a timer of the host's, and a small HTTP server of its own that shows
 * leat's metrics to Prometheus. leat never waits here: the host asks when it wants to be woken at the
 * latest (leat_next_deadline_ms) and steps it with timeout 0.
 *   ./host_loop BASE_URL [CA_FILE [COUNT [METRICS_PORT]]]
 * With a port (0: one that is free) http://127.0.0.1:PORT/metrics answers while the batch runs, and
 * once more after it. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <fcntl.h>
#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { page_bytes = 256 * 1024, request_bytes = 2048, peers_max = 4 };

/* One HTTP connection: it is asked once, answered once, and closed. */
typedef struct peer {
    int fd; /* -1: free */
    size_t asked;
    size_t answer_size; /* 0: still being asked */
    size_t answered;
    char request[request_bytes];
    char answer[page_bytes];
} peer;

typedef struct host {
    int poller;
    int timer;
    int listener; /* -1: no metrics */
    unsigned long ticks;
    unsigned long answers;
    unsigned long pages;
    int next;
    int count;
    char prompt[64];
    leat_client *client;
} host;

static peer peers[peers_max];

static leat_str view(const char *text) {
    leat_str s = {text, text != NULL ? strlen(text) : 0};
    return s;
}

/* The batch pulls its items; each is made when there is room for it. */
static leat_status make_item(void *user, leat_request *request) {
    host *h = user;
    if (h->next == h->count) return LEAT_E_DONE;
    snprintf(h->prompt, sizeof h->prompt, "Name a river number %d.", h->next++);
    request->prompt = view(h->prompt);
    request->flags = LEAT_COPY;
    return LEAT_OK;
}

static leat_keep take(void *user, const leat_result *result) {
    host *h = user;
    h->answers += result->outcome == LEAT_SUCCEEDED;
    return LEAT_RELEASE;
}

/* ---- metrics: GET /metrics, nothing else */

static int watch(host *h, int operation, int fd, uint32_t events) {
    struct epoll_event event;
    memset(&event, 0, sizeof event);
    event.events = events;
    event.data.fd = fd;
    return epoll_ctl(h->poller, operation, fd, &event);
}

static int make_nonblocking(int fd) {
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

/* Loopback only: metrics name models and hosts. Prints where it listens. */
static int open_metrics(host *h, int port) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int i;
    for (i = 0; i < peers_max; ++i) peers[i].fd = -1;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)port);
    h->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (h->listener < 0 || !make_nonblocking(h->listener) ||
        bind(h->listener, (struct sockaddr *)&address, size) != 0 || listen(h->listener, 8) != 0 ||
        getsockname(h->listener, (struct sockaddr *)&address, &size) != 0)
        return -1;
    printf("metrics on http://127.0.0.1:%d/metrics\n", ntohs(address.sin_port));
    fflush(stdout);
    return watch(h, EPOLL_CTL_ADD, h->listener, EPOLLIN);
}

static void drop_peer(peer *p) {
    if (p->fd >= 0) close(p->fd); /* and out of epoll with it */
    p->fd = -1;
}

/* Whoever is one too many is turned away: the kernel's queue is no place to wait in. */
static void accept_peers(host *h) {
    for (;;) {
        const int fd = accept(h->listener, NULL, NULL);
        int i = 0;
        if (fd < 0) return;
        while (i < peers_max && peers[i].fd >= 0) ++i;
        if (i == peers_max || !make_nonblocking(fd) || watch(h, EPOLL_CTL_ADD, fd, EPOLLIN) != 0) {
            close(fd);
            continue;
        }
        peers[i].fd = fd;
        peers[i].asked = 0;
        peers[i].answer_size = 0;
        peers[i].answered = 0;
    }
}

/* Head and page in one buffer. The head's length is known first: its only number has a fixed width. */
static void make_answer(host *h, peer *p) {
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
        "Content-Length: %8lu\r\nConnection: close\r\n\r\n";
    static const char other[] =
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    static const char full[] =
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    const size_t head_size = (size_t)snprintf(p->answer, sizeof p->answer, head, 0ul);
    leat_text_buffer page = {NULL, 0, 0};
    const char *refusal = NULL;
    page.data = p->answer + head_size;
    page.capacity = sizeof p->answer - head_size;
    if (strncmp(p->request, "GET /metrics ", 13) != 0) {
        refusal = other;
    } else if (leat_metrics_prometheus(h->client, leat_text_to_buffer, &page) != LEAT_OK ||
               page.size > page.capacity) {
        refusal = full;
    }
    if (refusal != NULL) {
        p->answer_size = strlen(refusal);
        memcpy(p->answer, refusal, p->answer_size);
        return;
    }
    {
        char first[sizeof head + 16];
        snprintf(first, sizeof first, head, (unsigned long)page.size);
        memcpy(p->answer, first, head_size);
    }
    p->answer_size = head_size + page.size;
    ++h->pages;
}

static void serve(host *h, peer *p) {
    ssize_t got;
    if (p->answer_size == 0) {
        got = recv(p->fd, p->request + p->asked, sizeof p->request - 1 - p->asked, 0);
        if (got < 0) return; /* not now */
        p->asked += (size_t)got;
        p->request[p->asked] = '\0';
        if (strstr(p->request, "\r\n\r\n") == NULL) {
            /* The end came too early, or the head is none of a scraper's. */
            if (got == 0 || p->asked == sizeof p->request - 1) drop_peer(p);
            return;
        }
        make_answer(h, p);
    }
    got = send(p->fd, p->answer + p->answered, p->answer_size - p->answered, MSG_NOSIGNAL);
    if (got > 0) p->answered += (size_t)got;
    if (p->answered == p->answer_size) {
        drop_peer(p);
    } else if (watch(h, EPOLL_CTL_MOD, p->fd, EPOLLOUT) != 0) {
        drop_peer(p);
    }
}

/* ---- the loop */

static int open_host(host *h, leat_client *client) {
    const struct itimerspec every = {{0, 20000000}, {0, 20000000}};
    memset(h, 0, sizeof *h);
    h->client = client;
    h->listener = -1;
    h->poller = epoll_create1(EPOLL_CLOEXEC);
    h->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (h->poller < 0 || h->timer < 0 || timerfd_settime(h->timer, 0, &every, NULL) != 0) return -1;
    if (watch(h, EPOLL_CTL_ADD, h->timer, EPOLLIN) != 0) return -1;
    return watch(h, EPOLL_CTL_ADD, leat_pollable_fd(client), EPOLLIN);
}

static void take_event(host *h, const struct epoll_event *event) {
    uint64_t expired;
    int i;
    if (event->data.fd == h->timer) {
        if (read(h->timer, &expired, sizeof expired) == (ssize_t)sizeof expired)
            h->ticks += (unsigned long)expired; /* the host's own work */
    } else if (event->data.fd == h->listener) {
        accept_peers(h);
    } else if (h->listener >= 0) {
        for (i = 0; i < peers_max; ++i) {
            if (peers[i].fd != event->data.fd) continue;
            if ((event->events & EPOLLERR) != 0) {
                drop_peer(&peers[i]);
            } else {
                serve(h, &peers[i]);
            }
        }
    }
}

static void wait_for_events(host *h, int wait_ms) {
    struct epoll_event events[8];
    const int ready = epoll_wait(h->poller, events, 8, wait_ms);
    int i;
    for (i = 0; i < ready; ++i) take_event(h, &events[i]);
}

static leat_status loop(host *h, leat_client *client, const leat_batch *batch) {
    leat_status status = LEAT_OK;
    while (!leat_batch_done(batch) && (status == LEAT_OK || status == LEAT_E_DONE)) {
        const int64_t due = leat_next_deadline_ms(client);
        wait_for_events(h, due < 0 ? -1 : due > 60000 ? 60000 : (int)due);
        status = leat_step(client, 0);
    }
    return status == LEAT_E_DONE ? LEAT_OK : status;
}

/* What the batch came to is worth a last look: for at most five seconds, until somebody has had it. */
static void last_page(host *h) {
    const unsigned long before = h->pages;
    const unsigned long until = h->ticks + 250;
    int i;
    if (h->listener < 0) return;
    while (h->pages == before && h->ticks < until) wait_for_events(h, 100);
    for (i = 0; i < peers_max; ++i) {
        while (peers[i].fd >= 0 && h->ticks < until) wait_for_events(h, 100);
        drop_peer(&peers[i]);
    }
}

static leat_status run(host *h, leat_client *client, const char *url) {
    leat_endpoint_config endpoint;
    leat_batch_config config;
    leat_batch *batch = NULL;
    leat_status status;
    leat_endpoint_config_init(&endpoint);
    endpoint.provider = view("openai");
    endpoint.base_url = view(url);
    endpoint.model = view("gpt-4o-mini");
    leat_batch_config_init(&config);
    config.user = h;
    config.source = make_item;
    config.on_result = take;
    status = leat_endpoint_add(client, &endpoint, &config.endpoint);
    if (status == LEAT_OK) status = leat_batch_open(client, &config, &batch);
    if (status == LEAT_OK) status = loop(h, client, batch);
    if (status == LEAT_OK) last_page(h);
    if (batch != NULL) leat_batch_close(batch);
    return status;
}

int main(int argc, char **argv) {
    leat_config config;
    leat_client *client = NULL;
    leat_status status;
    void *block = NULL;
    size_t bytes;
    host h;

    if (argc < 2) {
        fprintf(stderr, "usage: host_loop BASE_URL [CA_FILE [COUNT [METRICS_PORT]]]\n");
        return 2;
    }
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    leat_mbedtls_port(&config.ports);
    config.tls_ca_file = view(argc > 2 ? argv[2] : NULL);
    bytes = leat_memory_required(&config);
    status = leat_posix_map(bytes, &block);
    if (status == LEAT_OK) status = leat_open(&config, block, bytes, &client);
    if (status == LEAT_OK && open_host(&h, client) == 0) {
        h.count = argc > 3 ? atoi(argv[3]) : 50;
        if (argc > 4 && open_metrics(&h, atoi(argv[4])) != 0) status = LEAT_E_PORT;
        if (status == LEAT_OK) status = run(&h, client, argv[1]);
        printf("answers %lu of %d, host timer ticked %s\n", h.answers, h.count,
               h.ticks > 0 ? "too" : "never");
        if (h.listener >= 0) close(h.listener);
        close(h.timer);
        close(h.poller);
    }
    if (status != LEAT_OK) fprintf(stderr, "%s\n", leat_status_hint(status));
    leat_close(client);
    leat_posix_unmap(block, bytes);
    return status == LEAT_OK ? 0 : 1;
}
