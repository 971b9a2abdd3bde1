/* Work that needs no network has to end by itself: whatever fails or is cancelled before it was
 * sent, in batches larger than items_max, with nothing else to wake the client. Each case runs in
 * a child process under an alarm, so that a client that sleeps or spins for ever is one failure. */
#define _GNU_SOURCE
#include <leat/leat.h>
#include <leat/posix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { items_max = 4, many = 50, limit_s = 5 };

typedef struct world {
    leat_client* client;
    leat_endpoint endpoint;
    uint64_t made;
    uint64_t results;
    uint64_t failed;
    uint64_t cancelled;
    int keep;
} world;

static leat_str view(const char* text) {
    leat_str s = {NULL, 0};
    s.data = text;
    s.size = strlen(text);
    return s;
}

/* Nothing listens at the endpoint: port 9 (discard) of a loopback address that nobody uses. */
static int open_world(world* w) {
    leat_config config;
    leat_endpoint_config endpoint;
    memset(w, 0, sizeof *w);
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    config.use_tls = 0;
    config.items_max = items_max;
    leat_endpoint_config_init(&endpoint);
    endpoint.provider = view("openai");
    endpoint.base_url = view("http://127.93.17.5:9/v1");
    endpoint.model = view("m");
    endpoint.retry.attempts_max = 1;
    return leat_open_mapped(&config, &w->client) == LEAT_OK &&
           leat_endpoint_add(w->client, &endpoint, &w->endpoint) == LEAT_OK;
}

static leat_keep on_result(void* user, const leat_result* result) {
    world* const w = user;
    ++w->results;
    w->failed += result->outcome == LEAT_FAILED;
    w->cancelled += result->outcome == LEAT_CANCELLED;
    return w->keep ? LEAT_KEEP : LEAT_RELEASE;
}

static leat_status bad_source(void* user, leat_request* request) {
    world* const w = user;
    if (w->made == many) return LEAT_E_DONE;
    ++w->made;
    request->prompt = view("broken \xff text");
    return LEAT_OK;
}

static leat_status good_source(void* user, leat_request* request) {
    world* const w = user;
    if (w->made == many) return LEAT_E_DONE;
    ++w->made;
    request->prompt = view("hello");
    return LEAT_OK;
}

static leat_batch* open_batch(world* w, leat_batch_config* config) {
    leat_batch* batch = NULL;
    config->endpoint = w->endpoint;
    config->user = w;
    return leat_batch_open(w->client, config, &batch) == LEAT_OK ? batch : NULL;
}

/* Submits `count` requests with this prompt; how many were taken. */
static int submit(leat_batch* batch, int count, const char* prompt) {
    leat_request request;
    int taken = 0;
    leat_request_init(&request);
    request.prompt = view(prompt);
    for (taken = 0; taken < count; ++taken) {
        if (leat_submit(batch, &request, NULL) != LEAT_OK) break;
    }
    return taken;
}

static int build_failures_from_source(world* w) {
    leat_batch_config config;
    leat_batch* batch = NULL;
    leat_batch_config_init(&config);
    config.source = bad_source;
    config.on_result = on_result;
    batch = open_batch(w, &config);
    return leat_batch_run(batch) == LEAT_OK && w->failed == many;
}

static int build_failures_from_ring(world* w) {
    leat_batch_config config;
    leat_batch* batch = NULL;
    leat_batch_config_init(&config);
    config.on_result = on_result;
    batch = open_batch(w, &config);
    if (submit(batch, many, "broken \xff text") != many) return 0;
    (void)leat_batch_finish(batch);
    return leat_batch_run(batch) == LEAT_OK && w->failed == many;
}

static int refusals_from_source(world* w) {
    leat_batch_config config;
    leat_batch_config_init(&config);
    config.source = good_source;
    config.on_result = on_result;
    return leat_batch_run(open_batch(w, &config)) == LEAT_OK && w->failed == many;
}

static int cancelled_ring(world* w) {
    leat_batch_config config;
    leat_batch* batch = NULL;
    leat_batch_config_init(&config);
    config.on_result = on_result;
    batch = open_batch(w, &config);
    if (submit(batch, many, "hello") != many) return 0;
    (void)leat_batch_cancel(batch, LEAT_CANCEL_DRAIN);
    return leat_batch_run(batch) == LEAT_OK && w->cancelled == many;
}

static int cancelled_one_by_one(world* w) {
    leat_batch_config config;
    leat_batch* batch = NULL;
    uint64_t i = 0;
    leat_batch_config_init(&config);
    config.on_result = on_result;
    batch = open_batch(w, &config);
    if (submit(batch, many, "hello") != many) return 0;
    for (i = 0; i < many; ++i) {
        if (leat_item_cancel(batch, i) != LEAT_OK) return 0;
    }
    (void)leat_batch_finish(batch);
    return leat_batch_run(batch) == LEAT_OK && w->cancelled == many;
}

static int fail_fast_ring(world* w) {
    leat_batch_config config;
    leat_batch* batch = NULL;
    leat_batch_config_init(&config);
    config.on_result = on_result;
    config.on_failure = LEAT_ON_FAILURE_FAIL_FAST;
    batch = open_batch(w, &config);
    if (submit(batch, many, "hello") != many) return 0;
    (void)leat_batch_finish(batch);
    return leat_batch_run(batch) == LEAT_OK && w->results == many && w->failed >= 1;
}

static int deadline_of_ring(world* w) {
    leat_batch_config config;
    leat_batch* batch = NULL;
    leat_batch_config_init(&config);
    config.on_result = on_result;
    config.deadline_ms = 1;
    batch = open_batch(w, &config);
    (void)usleep(5000);
    if (submit(batch, many, "hello") != many) return 0;
    (void)leat_batch_finish(batch);
    return leat_batch_run(batch) == LEAT_OK && w->results == many;
}

/* Results by leat_batch_next, each released before the next. */
static int taken_one_by_one(world* w) {
    leat_batch_config config;
    leat_batch* batch = NULL;
    const leat_result* result = NULL;
    uint64_t taken = 0;
    leat_batch_config_init(&config);
    batch = open_batch(w, &config);
    if (submit(batch, many, "broken \xff text") != many) return 0;
    (void)leat_batch_finish(batch);
    for (;;) {
        const leat_status status = leat_batch_next(batch, &result);
        if (status == LEAT_E_DONE) break;
        if (status == LEAT_E_WOULD_BLOCK) {
            if (leat_batch_run(batch) != LEAT_OK) return 0;
            continue;
        }
        if (status != LEAT_OK) return 0;
        ++taken;
        leat_result_release(batch, result);
    }
    return taken == many;
}

/* Closing one batch must not need the items that another's kept results occupy. */
static int close_beside_kept_results(world* w) {
    leat_batch_config config;
    leat_batch* first = NULL;
    leat_batch* second = NULL;
    leat_batch_config_init(&config);
    config.on_result = on_result;
    w->keep = 1;
    first = open_batch(w, &config);
    if (submit(first, items_max, "broken \xff text") != items_max) return 0;
    (void)leat_batch_finish(first);
    if (leat_batch_run(first) != LEAT_OK || w->results != items_max) return 0;
    second = open_batch(w, &config);
    if (submit(second, 3, "hello") != 3) return 0;
    leat_batch_close(second);
    return w->results == items_max + 3 && w->cancelled == 3;
}

static int close_beside_waiting_results(world* w) {
    leat_batch_config config;
    leat_batch* first = NULL;
    leat_batch* second = NULL;
    leat_batch_config_init(&config);
    first = open_batch(w, &config);
    if (submit(first, items_max, "broken \xff text") != items_max) return 0;
    (void)leat_batch_finish(first);
    (void)leat_step(w->client, 0);
    second = open_batch(w, &config);
    if (submit(second, 3, "hello") != 3) return 0;
    leat_batch_close(second);
    leat_batch_close(first);
    return 1;
}

static int close_with_work(world* w) {
    leat_batch_config config;
    leat_batch* batch = NULL;
    leat_batch_config_init(&config);
    config.on_result = on_result;
    batch = open_batch(w, &config);
    if (submit(batch, many, "hello") != many) return 0;
    leat_batch_close(batch);
    return w->results == many && w->cancelled == many;
}

/* LEAT_ON_FAILURE_SKIP: failures are counted, not delivered, whatever comes before them. */
static int skipped_by_next(world* w) {
    leat_batch_config config;
    leat_batch* batch = NULL;
    const leat_result* result = NULL;
    leat_summary sum;
    uint64_t taken = 0;
    uint64_t failures = 0;
    leat_batch_config_init(&config);
    config.on_failure = LEAT_ON_FAILURE_SKIP;
    config.order = LEAT_ORDER_INPUT;
    batch = open_batch(w, &config);
    if (submit(batch, 3, "hello") != 3) return 0;
    (void)leat_item_cancel(batch, 0); /* a cancel is no failure: it is delivered */
    (void)leat_batch_finish(batch);
    while (!leat_batch_done(batch)) {
        if (leat_batch_run(batch) != LEAT_OK) return 0;
        (void)leat_step(w->client, 50); /* let the others end before the first is taken */
        (void)leat_step(w->client, 50);
        while (leat_batch_next(batch, &result) == LEAT_OK) {
            ++taken;
            failures += result->outcome == LEAT_FAILED;
            leat_result_release(batch, result);
        }
    }
    leat_batch_summary(batch, &sum);
    return taken == 1 && failures == 0 && sum.failed == 2 && sum.cancelled == 1;
}

static const struct {
    const char* name;
    int (*run)(world* w);
} cases[] = {
    {"requests that cannot be built, from a source", build_failures_from_source},
    {"requests that cannot be built, submitted", build_failures_from_ring},
    {"refused connections", refusals_from_source},
    {"a cancelled batch", cancelled_ring},
    {"items cancelled one by one", cancelled_one_by_one},
    {"a batch that fails fast", fail_fast_ring},
    {"a batch past its deadline", deadline_of_ring},
    {"results taken one by one", taken_one_by_one},
    {"closing a batch with work", close_with_work},
    {"closing a batch while another's results are kept", close_beside_kept_results},
    {"closing a batch while another's results wait", close_beside_waiting_results},
    {"failures that are to be skipped, with leat_batch_next", skipped_by_next},
};

/* 0: right, 1: wrong outcome, 2: did not end. */
static int run_case(int (*run)(world* w)) {
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        world w;
        (void)alarm(limit_s);
        _exit(open_world(&w) && run(&w) ? 0 : 1);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) return 1;
    if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGALRM ? 2 : 3;
    return WEXITSTATUS(status) == 0 ? 0 : 1;
}

int main(void) {
    static const char* const words[] = {"", " (wrong outcome)", " (did not end)", " (crashed)"};
    int failed_count = 0;
    size_t i = 0;
    (void)setvbuf(stdout, NULL, _IONBF, 0);
    for (i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        const int verdict = run_case(cases[i].run);
        printf("%s - ends by itself: %s%s\n", verdict == 0 ? "ok" : "not ok", cases[i].name,
               words[verdict]);
        failed_count += verdict != 0;
    }
    return failed_count != 0;
}
