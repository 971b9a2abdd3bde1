/* tests/bench/curl_bench.c: libcurl doing leat_bench's work, the fast way to use it: multi_socket
 * on epoll, connections kept, easy handles used again. Sends the same bytes; finds "content" in
 * each answer and does no more with it.
 *
 * curl_bench BASE-URL CONCURRENCY TOTAL [ca=FILE] [warm=N]
 * curl_bench --request HOST:PORT      writes the standard request and ends
 * warm: requests before the clock starts (none: the clock covers everything).
 */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bench.h"

enum { events_max = 256, answer_bytes_max = 16384, url_bytes_max = 512 };

#define BODY_BEGIN "{\"model\":\"" BENCH_MODEL "\",\"messages\":[{\"role\":\"user\",\"content\":\""
#define BODY_END "\"}],\"max_completion_tokens\":64}"

enum { body_bytes = sizeof(BODY_BEGIN) - 1 + prompt_bytes + sizeof(BODY_END) - 1 };

struct transfer {
    CURL *easy;
    double begin_s;
    size_t received;
    char body[body_bytes];
    char answer[answer_bytes_max];
};

struct run {
    struct bench bench;
    CURLM *multi;
    struct curl_slist *headers;
    struct transfer *transfers;
    int epoll;
    int running;
    long timer_ms; /* -1: none */
    double timer_set_s;
    uint64_t started;
    uint64_t total;
};

static void fail(const char *what) {
    fprintf(stderr, "curl_bench: %s\n", what);
    exit(2);
}

static void write_body(char out[body_bytes], uint64_t number) {
    memcpy(out, BODY_BEGIN, sizeof(BODY_BEGIN) - 1);
    out += sizeof(BODY_BEGIN) - 1;
    bench_prompt(out, number);
    memcpy(out + prompt_bytes, BODY_END, sizeof(BODY_END) - 1);
}

static int print_request(const char *host) {
    char body[body_bytes];
    write_body(body, 0);
    printf("POST /v1" BENCH_PATH " HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer " BENCH_KEY
           "\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
           "User-Agent: leat/0.1.0\r\nAccept-Encoding: identity\r\nContent-Length: %d\r\n\r\n",
           host, (int)body_bytes);
    fwrite(body, 1, sizeof body, stdout);
    return 0;
}

static size_t on_body(char *bytes, size_t one, size_t size, void *user) {
    struct transfer *t = user;
    (void)one;
    if (size > sizeof t->answer - t->received) return 0;
    memcpy(t->answer + t->received, bytes, size);
    t->received += size;
    return size;
}

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *user, void *known) {
    struct run *run = user;
    struct epoll_event wanted = {0};
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(run->epoll, EPOLL_CTL_DEL, socket, &wanted);
        return 0;
    }
    wanted.data.fd = socket;
    if ((what & CURL_POLL_IN) != 0) wanted.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) wanted.events |= EPOLLOUT;
    if (known != NULL) return epoll_ctl(run->epoll, EPOLL_CTL_MOD, socket, &wanted);
    curl_multi_assign(run->multi, socket, run);
    return epoll_ctl(run->epoll, EPOLL_CTL_ADD, socket, &wanted);
}

static int on_timer(CURLM *multi, long timeout_ms, void *user) {
    struct run *run = user;
    (void)multi;
    run->timer_ms = timeout_ms;
    run->timer_set_s = bench_now_s();
    return 0;
}

static void start(struct run *run, struct transfer *t) {
    write_body(t->body, run->started++);
    t->received = 0;
    t->begin_s = bench_now_s();
    if (curl_multi_add_handle(run->multi, t->easy) != CURLM_OK) fail("add_handle");
}

static void finish(struct run *run, const CURLMsg *message) {
    struct transfer *t = NULL;
    long http_status = 0;
    CURL *const easy = message->easy_handle;
    const CURLcode result = message->data.result;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&t);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &http_status);
    curl_multi_remove_handle(run->multi, easy);
    const int good = result == CURLE_OK && http_status == 200 &&
                     memmem(t->answer, t->received, "\"content\"", 9) != NULL;
    if (!good && run->bench.failed++ == 0) {
        fprintf(stderr, "curl_bench: HTTP %ld, %s\n", http_status, curl_easy_strerror(result));
    }
    ++run->bench.done;
    histogram_add(&run->bench.latency, (bench_now_s() - t->begin_s) * 1e3);
    if (run->started < run->total) start(run, t);
}

static void take_finished(struct run *run) {
    int left = 0;
    for (;;) {
        const CURLMsg *const message = curl_multi_info_read(run->multi, &left);
        if (message == NULL) return;
        if (message->msg == CURLMSG_DONE) finish(run, message);
    }
}

static int wait_ms(const struct run *run) {
    if (run->timer_ms < 0) return 1000;
    const double left_ms =
        (double)run->timer_ms - (bench_now_s() - run->timer_set_s) * 1e3;
    return left_ms > 0 ? (int)left_ms + 1 : 0;
}

static void drive(struct run *run, uint64_t concurrency, uint64_t count) {
    struct epoll_event events[events_max];
    const uint64_t until = run->bench.done + count;
    run->total = run->started + count;
    for (uint64_t i = 0; i < concurrency && run->started < run->total; ++i) {
        start(run, &run->transfers[i]);
    }
    while (run->bench.done < until) {
        const int ready = epoll_wait(run->epoll, events, events_max, wait_ms(run));
        for (int i = 0; i < ready; ++i) {
            int mask = 0;
            if ((events[i].events & EPOLLIN) != 0) mask |= CURL_CSELECT_IN;
            if ((events[i].events & EPOLLOUT) != 0) mask |= CURL_CSELECT_OUT;
            if ((events[i].events & (EPOLLERR | EPOLLHUP)) != 0) mask |= CURL_CSELECT_ERR;
            curl_multi_socket_action(run->multi, events[i].data.fd, mask, &run->running);
        }
        if (wait_ms(run) == 0) {
            run->timer_ms = -1;
            curl_multi_socket_action(run->multi, CURL_SOCKET_TIMEOUT, 0, &run->running);
        }
        take_finished(run);
    }
}

static void prepare(struct run *run, struct transfer *t, const char *url, const char *ca) {
    t->easy = curl_easy_init();
    if (t->easy == NULL) fail("easy_init");
    curl_easy_setopt(t->easy, CURLOPT_URL, url);
    curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, t->body);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE, (long)body_bytes);
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, run->headers);
    curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
    if (ca != NULL) curl_easy_setopt(t->easy, CURLOPT_CAINFO, ca);
}

static void set_up(struct run *run, const char *url, uint64_t concurrency, const char *ca) {
    static const char *const lines[] = {
        "Authorization: Bearer " BENCH_KEY, "Content-Type: application/json",
        "Accept: application/json", "User-Agent: leat/0.1.0", "Accept-Encoding: identity"};
    char whole[url_bytes_max];
    snprintf(whole, sizeof whole, "%s%s", url, BENCH_PATH);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; ++i) {
        run->headers = curl_slist_append(run->headers, lines[i]);
    }
    run->timer_ms = -1;
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    run->multi = curl_multi_init();
    run->transfers = calloc(concurrency, sizeof *run->transfers);
    if (run->epoll < 0 || run->multi == NULL || run->transfers == NULL) fail("set-up");
    curl_multi_setopt(run->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(run->multi, CURLMOPT_SOCKETDATA, run);
    curl_multi_setopt(run->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(run->multi, CURLMOPT_TIMERDATA, run);
    curl_multi_setopt(run->multi, CURLMOPT_MAXCONNECTS, (long)concurrency);
    for (uint64_t i = 0; i < concurrency; ++i) prepare(run, &run->transfers[i], whole, ca);
}

static const char *option(int argc, char **argv, const char *name) {
    const size_t size = strlen(name);
    for (int i = 4; i < argc; ++i) {
        if (strncmp(argv[i], name, size) == 0 && argv[i][size] == '=') return argv[i] + size + 1;
    }
    return NULL;
}

static void raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv) {
    static struct run run;
    if (argc == 3 && strcmp(argv[1], "--request") == 0) return print_request(argv[2]);
    if (argc < 4) {
        fprintf(stderr, "usage: curl_bench BASE-URL CONCURRENCY TOTAL [ca=FILE] [warm=N]\n");
        return 2;
    }
    const uint64_t concurrency = strtoull(argv[2], NULL, 10);
    const char *const warm = option(argc, argv, "warm");
    run.bench.name = "curl";
    bench_begin(&run.bench);
    raise_descriptor_limit();
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) fail("global_init");
    set_up(&run, argv[1], concurrency, option(argc, argv, "ca"));
    if (warm != NULL) {
        drive(&run, concurrency, strtoull(warm, NULL, 10));
        if (run.bench.failed > 0) return 1;
        bench_begin(&run.bench);
    }
    drive(&run, concurrency, strtoull(argv[3], NULL, 10));
    bench_report(&run.bench);
    printf(" request_body_bytes=%d\n", (int)body_bytes);
    return run.bench.failed == 0 ? 0 : 1;
}
