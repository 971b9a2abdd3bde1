/* A model in this process as a provider: no HTTP at all. An adapter with start and cancel takes one
 * attempt and ends it whenever it likes, here from the host's own loop, which gives leat and the
 * model their turns on one thread. Batches, retries, deadlines and limits work as for any service.
 * The "model" turns a prompt's words around, one word a turn, and knows two calls at a time.
 *   ./local_model [COUNT] */
#include <leat/adapter.h>
#include <leat/leat.h>
#include <leat/posix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEATS = 2, TEXT_BYTES = 256 };

/* One call that is being worked on. */
typedef struct seat {
    leat_call *call; /* NULL: free */
    size_t left;     /* bytes of the prompt that no word was taken from yet */
    size_t size;
    char prompt[TEXT_BYTES];
    char text[TEXT_BYTES];
} seat;

typedef struct model {
    seat seats[SEATS];
    unsigned long turns;
    unsigned long refused;
} model;

/* The adapter's context is const to all its functions; what it points to need not be. */
typedef struct local {
    model *model;
} local;

static leat_str view(const char *text) {
    leat_str s = {text, text != NULL ? strlen(text) : 0};
    return s;
}

/* leat has an attempt for us. The request's text is leat's: what is needed later is copied. To
 * answer another status than LEAT_OK refuses the attempt; one of a passing kind is tried again. */
static leat_status start(const leat_build *build, leat_call *call) {
    const local *context = build->context;
    model *m = context->model;
    const leat_str prompt = build->request->prompt;
    int i;
    if (prompt.size >= TEXT_BYTES) return LEAT_E_TOO_LARGE;
    for (i = 0; i < SEATS; ++i) {
        seat *s = &m->seats[i];
        if (s->call != NULL) continue;
        memcpy(s->prompt, prompt.data, prompt.size);
        s->left = prompt.size;
        s->size = 0;
        s->call = call;
        *leat_call_slot(call) = s; /* so that cancel finds it */
        return LEAT_OK;
    }
    ++m->refused;
    return LEAT_E_WOULD_BLOCK; /* cannot be: the endpoint's max_in_flight is SEATS */
}

/* The item was cancelled or has timed out: the call is no longer to be touched. */
static void cancel(leat_call *call) {
    seat *s = *leat_call_slot(call);
    s->call = NULL;
}

/* All words are said: the call ends, and leat_step hands the result out. */
static void complete(seat *s) {
    leat_answer answer;
    leat_call *call = s->call;
    memset(&answer, 0, sizeof answer);
    answer.text.data = s->text; /* copied by leat_call_complete */
    answer.text.size = s->size;
    answer.finish = LEAT_FINISH_STOP;
    answer.model = view("backwards-1");
    answer.usage.input_tokens = answer.usage.output_tokens = (int64_t)(s->size + 3) / 4;
    answer.usage.total_tokens = 2 * answer.usage.input_tokens;
    answer.usage.cached_input_tokens = answer.usage.cache_write_tokens = LEAT_TOKENS_UNKNOWN;
    answer.usage.reasoning_tokens = LEAT_TOKENS_UNKNOWN;
    s->call = NULL; /* first: the seat is free for what complete may lead to */
    (void)leat_call_complete(call, &answer);
}

/* The next word from the end, as a token. */
static void say_word(seat *s) {
    size_t from = s->left;
    leat_str piece;
    while (from > 0 && s->prompt[from - 1] != ' ') --from;
    piece.data = s->text + s->size;
    if (s->size > 0) s->text[s->size++] = ' ';
    memcpy(s->text + s->size, s->prompt + from, s->left - from);
    s->size += s->left - from;
    piece.size = (size_t)(s->text + s->size - piece.data);
    s->left = from > 0 ? from - 1 : 0;
    (void)leat_call_token(s->call, LEAT_DELTA_TEXT, piece);
}

/* The model's turn: a word for every call. 1 while there is work. */
static int turn(model *m) {
    int i, busy = 0;
    for (i = 0; i < SEATS; ++i) {
        seat *s = &m->seats[i];
        if (s->call == NULL) continue;
        busy = 1;
        ++m->turns;
        if (s->left > 0)
            say_word(s);
        else
            complete(s);
    }
    return busy;
}

typedef struct host {
    model model;
    int next, count;
    unsigned long pieces;
    char prompt[64];
} host;

static leat_status make_item(void *user, leat_request *request) {
    host *h = user;
    if (h->next == h->count) return LEAT_E_DONE;
    sprintf(h->prompt, "water the bring leats %d", h->next++);
    request->prompt = view(h->prompt);
    request->flags = LEAT_COPY;
    return LEAT_OK;
}

static void hear(void *user, const leat_token *token) {
    host *h = user;
    h->pieces += token->delta == LEAT_DELTA_TEXT;
}

static leat_keep print(void *user, const leat_result *result) {
    (void)user;
    printf("%s: %.*s\n", leat_status_word(result->status), (int)result->text.size,
           result->text.data != NULL ? result->text.data : "");
    return LEAT_RELEASE;
}

/* The loop is the host's: while the model has work leat only looks in, else leat may wait. */
static leat_status loop(host *h, leat_client *client, const leat_batch *batch) {
    leat_status status = LEAT_OK;
    while (!leat_batch_done(batch) && (status == LEAT_OK || status == LEAT_E_DONE)) {
        const int busy = turn(&h->model);
        status = leat_step(client, busy ? 0 : 100);
    }
    return status == LEAT_E_DONE ? LEAT_OK : status;
}

static leat_status run(host *h, leat_client *client) {
    static leat_adapter adapter; /* these two stay until leat_close */
    static local context;
    leat_endpoint_config endpoint;
    leat_batch_config config;
    leat_batch *batch = NULL;
    leat_status status;
    context.model = &h->model;
    memset(&adapter, 0, sizeof adapter);
    adapter.struct_size = sizeof adapter;
    adapter.name = "backwards";
    adapter.context = &context;
    adapter.start = start;
    adapter.cancel = cancel;
    leat_endpoint_config_init(&endpoint);
    endpoint.adapter = &adapter; /* no URL, no key */
    endpoint.max_in_flight = SEATS;
    leat_batch_config_init(&config);
    config.user = h;
    config.source = make_item;
    config.on_token = hear;
    config.on_result = print;
    status = leat_endpoint_add(client, &endpoint, &config.endpoint);
    if (status == LEAT_OK) status = leat_batch_open(client, &config, &batch);
    if (status == LEAT_OK) status = loop(h, client, batch);
    if (batch != NULL) leat_batch_close(batch);
    return status;
}

int main(int argc, char **argv) {
    static host h;
    leat_config config;
    leat_client *client = NULL;
    leat_status status;
    void *block = NULL;
    size_t bytes;

    h.count = argc > 1 ? atoi(argv[1]) : 5;
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    config.use_tls = 0;
    bytes = leat_memory_required(&config);
    status = leat_posix_map(bytes, &block);
    if (status == LEAT_OK) status = leat_open(&config, block, bytes, &client);
    if (status == LEAT_OK) status = run(&h, client);
    if (status != LEAT_OK) fprintf(stderr, "%s\n", leat_status_hint(status));
    printf("%lu turns, %lu pieces, %lu refused\n", h.model.turns, h.pieces, h.model.refused);
    leat_close(client);
    leat_posix_unmap(block, bytes);
    return status == LEAT_OK ? 0 : 1;
}
