/* Rounds of tools, answers of the wrong form, answers that the caller refuses, attempts that ask for
 * something else, dry runs, a context cache that is made, used and deleted: two thousand items in each of
 * three formats, whole and streamed, and not one call that brings or returns memory meanwhile. Tools answer
 * at once or some steps later.
 * leat-mock calls the tools that a prompt speaks of, and checks that every call is answered. */
#define _GNU_SOURCE
#include <leat/leat.h>
#include <leat/posix.h>
#include <time.h>

#include "heap_count.h"
#include "mock_child.h"

#define TAP_ABOUT "no heap in rounds"
#include "tap.h"

enum { items = 2000, late_max = 256, wait_s = 60 };

typedef struct job {
    leat_tool_run run;
    uint64_t step; /* when it is complete */
} job;

typedef struct load {
    leat_batch* batch;
    leat_tool tool;
    leat_tools tools;
    leat_format format;
    const char* name;
    leat_context* context;
    int wants_context;
    int is_dry;
    uint64_t made, ended, good, with_steps, refused, attempts_told, steps, runs;
    job late[late_max];
    unsigned late_count;
} load;

static leat_status run_tool(void* user, const leat_tool_job* one) {
    load* const l = user;
    ++l->runs;
    if (l->runs % 3 != 0 || l->late_count == late_max) {
        return leat_tool_complete(one->run, view("found"), l->runs % 5 == 0);
    }
    l->late[l->late_count].run = one->run;
    l->late[l->late_count++].step = l->steps + 1 + l->runs % 7;
    return LEAT_OK;
}

static void complete_late(load* l) {
    unsigned i = 0;
    while (i < l->late_count) {
        if (l->late[i].step > l->steps) {
            ++i;
            continue;
        }
        (void)leat_tool_complete(l->late[i].run, view("found late"), 0);
        l->late[i] = l->late[--l->late_count];
    }
}

static leat_status source(void* user, leat_request* request) {
    load* const l = user;
    if (l->made == items) return LEAT_E_DONE;
    request->prompt = view(l->made % 2 == 0 ? "Use the tool, please" : "No need of any help");
    if (l->made % 2 == 0) request->tools = &l->tools;
    if (l->made % 4 == 1) request->format = &l->format;
    if (l->context != NULL) {
        request->tools = NULL;
        request->context = l->context;
    }
    request->user_number = l->made++;
    return LEAT_OK;
}

static leat_status validate(void* user, const leat_result* result, leat_str* message) {
    load* const l = user;
    if (result->user_number % 10 != 3 || result->attempts > 1) return LEAT_OK;
    ++l->refused;
    *message = view("say it in other words");
    return LEAT_E_REJECTED;
}

static void before_attempt(void* user, leat_attempt* attempt) {
    load* const l = user;
    ++l->attempts_told;
    if (attempt->number > 1) attempt->request->model = view("other");
}

static leat_keep take(void* user, const leat_result* result) {
    load* const l = user;
    ++l->ended;
    /* A format that no answer of the mock has: every fourth item ends with what it got. */
    l->good +=
        result->status == (result->user_number % 4 == 1 && !l->is_dry ? LEAT_E_SCHEMA : LEAT_OK);
    l->with_steps += result->tool_steps_count > 0;
    return LEAT_RELEASE;
}

static double now_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What all items of the load share, kept by the service. */
static leat_status open_context(leat_client* client, leat_endpoint endpoint, load* l) {
    static char shared[8192];
    leat_context_config config;
    leat_request content;
    leat_context_config_init(&config);
    leat_request_init(&content);
    memset(shared, 'w', sizeof shared - 1);
    content.prompt = view(shared);
    config.endpoint = endpoint;
    config.content = &content;
    return leat_context_open(client, &config, &l->context);
}

static leat_status open_batch(leat_client* client, leat_endpoint endpoint, leat_switch stream,
                              load* l) {
    leat_batch_config config;
    leat_request defaults;
    leat_batch_config_init(&config);
    leat_request_init(&defaults);
    defaults.stream = stream;
    config.endpoint = endpoint;
    config.defaults = &defaults;
    config.user = l;
    config.source = source;
    config.on_result = take;
    config.validate = validate;
    config.on_attempt = before_attempt;
    config.dry_run = l->is_dry ? 1 : 0;
    l->tool.name = view("look_up");
    l->tool.run = run_tool;
    l->tool.user = l;
    l->tools.list = &l->tool;
    l->tools.count = 1;
    l->format.kind = LEAT_FORMAT_JSON_SCHEMA;
    l->format.schema_json = view("{\"type\":\"object\",\"required\":[\"no\"],\"maxProperties\":0}");
    return leat_batch_open(client, &config, &l->batch);
}

static void run(leat_client* client, leat_endpoint endpoint, leat_switch stream, load* l) {
    char line[200];
    const double end_s = now_s() + wait_s;
    heap_count count;
    heap_count_begin();
    if (l->wants_context) check(open_context(client, endpoint, l) == LEAT_OK, "a context opens");
    if (open_batch(client, endpoint, stream, l) == LEAT_OK) {
        while (!leat_batch_done(l->batch) && now_s() < end_s) {
            (void)leat_step(client, l->late_count > 0 ? 0 : 20);
            ++l->steps;
            complete_late(l);
        }
        leat_batch_close(l->batch);
    }
    if (l->context != NULL) {
        leat_context_info info;
        (void)leat_context_get_info(l->context, &info);
        check(info.created == 1 && info.lost == 0, "one cache is made for all items");
        check(leat_context_close(l->context) == LEAT_OK, "and deleted at the end");
    }
    count = heap_count_end();
    (void)snprintf(line, sizeof line, "%s: %lu items end as they must", l->name, l->ended);
    check(l->ended == items && l->good == items && l->late_count == 0, line);
    printf("#  good %lu, with steps %lu, refused %lu, attempts %lu, runs %lu\n", l->good,
           l->with_steps, l->refused, l->attempts_told, l->runs);
    if (!l->is_dry && !l->wants_context) {
        check(l->with_steps == items / 2 && l->refused == items / 20 && l->attempts_told > items,
              "tools ran, answers were refused, attempts were told");
    }
    (void)snprintf(line, sizeof line, "%s: not one call of the allocator", l->name);
    check(count.total_count == 0, line);
    if (count.total_count != 0)
        printf("#  first %s from %p\n", count.first_name, count.first_caller);
}

static leat_status add(leat_client* client, const char* provider, const char* url,
                       leat_endpoint* out) {
    leat_endpoint_config config;
    leat_endpoint_config_init(&config);
    config.provider = view(provider);
    config.base_url = view(url);
    config.api_key = view("no-heap-key");
    config.model = view("m");
    return leat_endpoint_add(client, &config, out);
}

int main(void) {
    static const char* const mock_options[] = {"--tokens", "4:20", NULL};
    static load loads[6] = {{.name = "chat"},
                            {.name = "chat, streamed"},
                            {.name = "messages"},
                            {.name = "messages, streamed"},
                            {.name = "dry run", .is_dry = 1},
                            {.name = "context cache", .wants_context = 1}};
    mock_child mock;
    leat_config config;
    leat_client* client = NULL;
    leat_endpoint chat = 0;
    leat_endpoint messages = 0;
    leat_endpoint gemini = 0;
    leat_status status = LEAT_OK;

    (void)setvbuf(stdout, NULL, _IONBF, 0);
    if (!mock_child_start(&mock, mock_options)) {
        printf("not ok - no heap in rounds: leat-mock runs\n");
        return 1;
    }
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    config.use_tls = 0;
    config.item_bytes = 64 * 1024;
    config.contexts_max = 1;
    status = leat_open_mapped(&config, &client);
    if (status == LEAT_OK) status = add(client, "openai", mock.plain, &chat);
    if (status == LEAT_OK) status = add(client, "anthropic", mock.plain, &messages);
    if (status == LEAT_OK) status = add(client, "gemini", mock.plain, &gemini);
    check(status == LEAT_OK, "client and endpoints open");
    if (status == LEAT_OK) {
        run(client, chat, LEAT_OFF, &loads[0]);
        run(client, chat, LEAT_ON, &loads[1]);
        run(client, messages, LEAT_OFF, &loads[2]);
        run(client, messages, LEAT_ON, &loads[3]);
        run(client, chat, LEAT_OFF, &loads[4]);
        run(client, gemini, LEAT_OFF, &loads[5]);
    }
    leat_close_mapped(client);
    mock_child_stop(&mock);
    return failed_count != 0;
}
