/* leat inside a loop that is not its own: the host waits on its epoll descriptor, which holds
 * leat's (leat_pollable_fd) next to a timer of the host's. leat never waits here: the host asks
 * when it wants to be woken at the latest (leat_next_deadline_ms) and steps it with timeout 0.
 *   ./host_loop BASE_URL [CA_FILE [COUNT]] */
#define _POSIX_C_SOURCE 200809L
#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

typedef struct host {
    int poller;
    int timer;
    unsigned long ticks;
    unsigned long answers;
    int next;
    int count;
    char prompt[64];
} host;

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

static int open_host(host *h, leat_client *client) {
    const struct itimerspec every = {{0, 20000000}, {0, 20000000}};
    struct epoll_event event;
    memset(h, 0, sizeof *h);
    h->poller = epoll_create1(EPOLL_CLOEXEC);
    h->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (h->poller < 0 || h->timer < 0 || timerfd_settime(h->timer, 0, &every, NULL) != 0) return -1;
    memset(&event, 0, sizeof event);
    event.events = EPOLLIN;
    event.data.fd = h->timer;
    if (epoll_ctl(h->poller, EPOLL_CTL_ADD, h->timer, &event) != 0) return -1;
    event.data.fd = leat_pollable_fd(client);
    return epoll_ctl(h->poller, EPOLL_CTL_ADD, event.data.fd, &event);
}

static leat_status loop(host *h, leat_client *client, const leat_batch *batch) {
    struct epoll_event events[4];
    uint64_t expired;
    leat_status status = LEAT_OK;
    while (!leat_batch_done(batch) && (status == LEAT_OK || status == LEAT_E_DONE)) {
        const int64_t due = leat_next_deadline_ms(client);
        const int wait = due < 0 ? -1 : due > 60000 ? 60000 : (int)due;
        const int ready = epoll_wait(h->poller, events, 4, wait);
        int i;
        for (i = 0; i < ready; ++i) {
            if (events[i].data.fd == h->timer &&
                read(h->timer, &expired, sizeof expired) == (ssize_t)sizeof expired)
                h->ticks += (unsigned long)expired; /* the host's own work */
        }
        status = leat_step(client, 0);
    }
    return status == LEAT_E_DONE ? LEAT_OK : status;
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
        fprintf(stderr, "usage: host_loop BASE_URL [CA_FILE [COUNT]]\n");
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
        status = run(&h, client, argv[1]);
        printf("answers %lu of %d, host timer ticked %s\n", h.answers, h.count,
               h.ticks > 0 ? "too" : "never");
        close(h.timer);
        close(h.poller);
    }
    if (status != LEAT_OK) fprintf(stderr, "%s\n", leat_status_hint(status));
    leat_close(client);
    leat_posix_unmap(block, bytes);
    return status == LEAT_OK ? 0 : 1;
}
