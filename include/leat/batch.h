/* leat/batch.h: work in, results out.
 *
 * A batch is a stream of items for one endpoint. Give it items one by one (leat_submit) or let it
 * pull them (source). Every accepted item ends in exactly one result, which carries its index (the
 * position in which it was accepted, from 0). Take results from the on_result callback or with
 * leat_batch_next. succeeded + failed + skipped + cancelled = total, always of the whole batch.
 */
#ifndef LEAT_BATCH_H
#define LEAT_BATCH_H

#include <leat/client.h>
#include <leat/middleware.h>
#include <leat/request.h>
#include <leat/result.h>
#include <leat/status.h>
#include <leat/store.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct leat_batch leat_batch;

/* What on_result wants done with the result. */
typedef enum leat_keep {
    LEAT_RELEASE = 0, /* done with it; its pointers die on return */
    LEAT_KEEP = 1     /* keep it until leat_result_release; it occupies one of items_max */
} leat_keep;

/* ---------------------------------------------------------------- batch */

typedef enum leat_failure_policy {
    LEAT_ON_FAILURE_CONTINUE = 0,  /* the rest runs on; failures are results (G10, P12) */
    LEAT_ON_FAILURE_FAIL_FAST = 1, /* the first failure stops admission, cancels what is in flight;
                                      finished results stay (G12, P12) */
    LEAT_ON_FAILURE_SKIP = 2       /* failures are counted but not delivered (G11) */
} leat_failure_policy;

typedef enum leat_order {
    LEAT_ORDER_COMPLETION = 0,
    LEAT_ORDER_INPUT = 1 /* by index; a finished item waits for its predecessors (P5) */
} leat_order;

typedef enum leat_retry_failed {
    LEAT_RETRY_FAILED_OFF = 0,
    LEAT_RETRY_FAILED_RETRYABLE = 1, /* one extra attempt, at once, for retryable errors (G14) */
    LEAT_RETRY_FAILED_ANY = 2        /* ... for any error */
} leat_retry_failed;

typedef struct leat_progress {
    uint64_t completed;       /* 1, 2, 3 ... in order of delivery */
    uint64_t total;           /* accepted so far; final once the batch is finished */
    const leat_result *result; /* lives until the callback returns */
} leat_progress;

/* ---------------------------------------------------------------- where items may go */

#define LEAT_TARGETS_MAX 16

/* One of the endpoints that may answer a batch's items. Those of the lowest rank share the items by
 * weight, each taking as many as its limits let it; those of higher ranks are fallbacks, in order. */
typedef struct leat_target {
    leat_endpoint endpoint;
    uint32_t rank;      /* 0: the first choice; 1, 2 ...: fallbacks */
    uint32_t weight;    /* share among those of the same rank; 0 counts as 1 */
    uint32_t fall_on;   /* for a fallback, failures with which an item comes here: a sum of LEAT_ON_*;
                           0: LEAT_ON_FALLBACK. Those that may pass come after the last attempt, a rate
                           limit or a known overload at once; here the item has all its attempts anew */
    leat_str model;     /* empty: the request's for the first rank, for a fallback the endpoint's own.
                           Borrowed until leat_batch_close */
} leat_target;

/* What makes an item fall back when nothing else is said (P24, G34): all that another service, key or
 * model may do better. */
enum {
    LEAT_ON_FALLBACK = LEAT_ON_OVERLOADED | LEAT_ON_SERVER | LEAT_ON_NETWORK | LEAT_ON_TIMEOUT |
                       LEAT_ON_AUTHENTICATION | LEAT_ON_PERMISSION | LEAT_ON_QUOTA |
                       LEAT_ON_CONTEXT_LENGTH | LEAT_ON_MODEL
};

/* A second try while the first one is still out, for items that take unusually long: the first answer
 * wins, the other try is cut. It costs tokens twice and is off unless percentile is set. */
typedef struct leat_hedge {
    double percentile;     /* 0: off; 0.95: when it takes longer than 95 % of the latest answers did */
    uint32_t least_ms;     /* 0; never sooner */
    uint32_t share_percent; /* 5; of the requests sent, at most; 0 counts as 5 */
} leat_hedge;

typedef enum leat_cache_mode {
    LEAT_CACHE_ON = 0,        /* look first, keep what is new */
    LEAT_CACHE_READ_ONLY = 1, /* look, keep nothing */
    LEAT_CACHE_REFRESH = 2    /* do not look (write only); keep every answer, over what was there */
} leat_cache_mode;

/* Answers that are not asked for twice. Two requests are equal when what would be sent is: adapter, URL
 * without its credentials, headers but for credentials and trace ids, and the body, whose blanks, order of
 * members, and top members stream, stream_options and user do not count. An answer from the cache passes
 * no gate, costs nothing, and has result.cached = 1, usage as it was told once, http_status 200 and
 * attempts 0; on_token gets each of its texts in one piece (token.attempt is 0). Only answers that passed
 * all checks are kept, under what was asked first; one that is found and does not pass today's is asked
 * for anew. Rounds of tools are asked for, and kept, one by one; their tools run each time. A store that
 * fails fails no item: the answer is asked for, or not kept, counted in cache_failures and logged once.
 * Requests to adapters with `start`, which are never written, are never equal. */
typedef struct leat_cache {
    const leat_store_ops *store; /* NULL: none. Borrowed, with its state, until leat_batch_close */
    void *store_user;            /* handed to every function of store */
    uint64_t ttl_ms;             /* how long an answer may be used; 24 h. 0: for ever */
    leat_cache_mode mode;        /* ON */
    leat_switch share;           /* an item that is equal to one that is out waits for its answer, which
                                    counts as cached; when that one fails it goes on by itself. It holds
                                    one of items_max. UNSET: with a store yes, without one no */
} leat_cache;

/* How a batch's budget stands (on_budget). */
typedef struct leat_budget_state {
    double limit_usd;
    double spent_usd;
    uint8_t exhausted; /* 0: four fifths are spent; 1: no item can be paid any more */
    uint8_t reserved[7];
} leat_budget_state;

/* What a piece of a stream belongs to. */
typedef enum leat_delta {
    LEAT_DELTA_TEXT = 0,
    LEAT_DELTA_REFUSAL = 1,
    LEAT_DELTA_THINKING = 2,
    LEAT_DELTA_TOOL_ARGUMENTS = 3, /* exact JSON text, in pieces */
    LEAT_DELTA_TOOL_NAME = 4,      /* the function's name, once, whole */
    /* Facts of which on_token does not hear. */
    LEAT_DELTA_TOOL_ID = 5,
    LEAT_DELTA_FINISH_REASON = 6,
    LEAT_DELTA_MODEL = 7,
    LEAT_DELTA_RESPONSE_ID = 8,
    LEAT_DELTA_BLOCK_REASON = 9,
    LEAT_DELTA_SAFETY_JSON = 10 /* the first choice's */
} leat_delta;

/* A piece of a streamed answer, as it arrives. A later attempt of the same item begins anew, which
 * `attempt` tells. Lives until the callback returns. */
typedef struct leat_token {
    uint64_t index;    /* of the item */
    leat_str id;       /* of the item */
    void *user;        /* the request's */
    uint32_t attempt;  /* 1.. */
    leat_delta delta;
    uint32_t choice;   /* 0 unless several answers were asked for */
    uint32_t tool;     /* which tool call the arguments belong to, from 0 */
    leat_str piece;    /* UTF-8; a piece may end inside a character's sequence only if the provider
                          cut it there */
} leat_token;

/* One attempt that is about to be built (on_attempt; B18, B19). Not told of: tries after a rate limit or on
 * a fresh connection, which are the same attempt. */
typedef struct leat_attempt {
    uint64_t index;      /* of the item */
    leat_str id;         /* of the item */
    void *user;          /* the request's */
    uint32_t number;     /* 1.. over all targets and rounds */
    leat_status last_status; /* why the one before failed; LEAT_OK: none did (a round of tools) */
    leat_str last_message;   /* its error_message; lives until on_attempt returns */
    leat_request *request;   /* a copy for this attempt alone, with defaults filled in. Change
                                options, system, prompt or model: texts are borrowed until the item's
                                result. id, user, flags, deadline_ms and body_json stay */
    void **slots;            /* two, NULL at first, kept from one attempt of the item to the next */
} leat_attempt;

typedef struct leat_batch_config {
    uint32_t struct_size;
    leat_endpoint endpoint;
    leat_failure_policy on_failure; /* CONTINUE */
    leat_order order;               /* COMPLETION */
    leat_retry_failed retry_failed; /* OFF */
    uint32_t max_in_flight;         /* 0: the endpoint's */
    uint32_t share;                 /* turns among batches that wait for the same endpoint; 0 counts
                                       as 1. 0..1000 */
    uint32_t targets_count;         /* 0: endpoint alone (with its pool of keys); at most 16 */
    const leat_target *targets;     /* instead of endpoint; borrowed for the call */
    leat_hedge hedge;               /* off */
    double budget_usd;              /* 0: none. Needs a price of each target, its own or a built-in one
                                       (LEAT_E_CONFIG; so ends an item whose model has none): what an
                                       item may cost is reserved before it is sent, and settled when
                                       its usage is known; when nothing more can be paid the rest is
                                       cancelled with LEAT_E_BUDGET. Free models always pass */
    uint64_t deadline_ms;           /* from leat_batch_open; 0: none */
    /* Defaults for requests that leave a field unset: every option, but not id, user, prompt,
     * messages, body_json, metadata. NULL or borrowed, with its text, until leat_batch_close. */
    const leat_request *defaults;
    void *user;
    /* source: called inside leat_step when the engine has room. Fill *request (initialised for you)
     * and return LEAT_OK; LEAT_E_WOULD_BLOCK: nothing now, leat_batch_wake asks again;
     * LEAT_E_DONE: no more, ever. NULL: items come by leat_submit. */
    leat_status (*source)(void *user, leat_request *request);
    /* on_result: every result, once. NULL: they wait for leat_batch_next. */
    leat_keep (*on_result)(void *user, const leat_result *result);
    /* on_progress: after each result (or progress_every), failures too, in order of delivery, while the
     * item still holds its slot (S7, B13). It cannot change a result. */
    void (*on_progress)(void *user, const leat_progress *progress);
    /* on_token: pieces of streamed answers (a batch that has it streams unless a request says no).
     * It may submit and cancel. */
    void (*on_token)(void *user, const leat_token *token);
    /* on_budget: four fifths of the budget are spent; later: it is used up. */
    void (*on_budget)(void *user, const leat_budget_state *state);
    /* on_writable: after leat_submit answered LEAT_E_WOULD_BLOCK, once there is room again. */
    void (*on_writable)(void *user, leat_batch *batch);
    /* validate: is this answer what was wanted? Asked after the format's own check, of answers that call
     * no tools; result says what a success would, its timing and outcome aside. LEAT_OK: yes.
     * LEAT_E_REJECTED: no; it is asked again while there are attempts, as after LEAT_E_SCHEMA, and
     * *message (empty at first; copied when validate returns) is told to the model (empty: it is
     * asked again in the same words). Another status: no, and it is not asked again. The item then
     * fails with LEAT_E_REJECTED. */
    leat_status (*validate)(void *user, const leat_result *result, leat_str *message);
    /* on_attempt: before an attempt its request is built: change what it asks for. An item that waited for
     * something else meanwhile may be built anew: then it is told once more of the same attempt. */
    void (*on_attempt)(void *user, leat_attempt *attempt);
    uint8_t dry_run; /* 1: nothing is sent, no limit and no budget is touched, all else is done: an
                        item succeeds with the adapter's dry_run, or a text that says so and its
                        prompt's first 50 characters, 100 input and 50 output tokens (B15). Forms
                        are not checked, validate is not asked */
    uint8_t reserved8[7];
    leat_cache cache;               /* none */
    /* post_process: after each item, success or not, its result delivered already (B12): behind on_result,
     * or inside leat_batch_next. What it does wrong is its own affair. result lives until return. */
    void (*post_process)(void *user, const leat_result *result);
    /* See leat/middleware.h. Copied; at most LEAT_MIDDLEWARE_MAX. */
    const leat_middleware *middleware;
    uint32_t middleware_count;
    uint32_t progress_every;        /* on_progress after so many results each, and after the last one of a
                                       batch that is finished; 0 counts as 1 (B13) */
} leat_batch_config;

LEAT_API void leat_batch_config_init(leat_batch_config *config);

/* Which field of config is wrong, as static text such as "budget_usd needs a price ..."; "" when none
 * is. Endpoints must be added before. */
LEAT_API const char *leat_batch_config_error(const leat_client *client,
                                             const leat_batch_config *config);

/* leat_batch_open: LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_STRUCT_SIZE; LEAT_E_RESERVED; LEAT_E_CONFIG
 * (leat_batch_config_error names the field); LEAT_E_NOT_FOUND (no such endpoint); LEAT_E_TOO_MANY
 * (batches_max). */
LEAT_API leat_status leat_batch_open(leat_client *client, const leat_batch_config *config,
                                     leat_batch **batch) LEAT_CHECKED;

/* leat_submit: accepts one item, or says why not; never waits. The request struct itself is always
 * copied; its text is borrowed or copied as flags say. index (may be NULL) gets its number.
 * LEAT_OK; LEAT_E_ARGUMENT (no prompt, message or body; two bodies; a body and a conversation; an id
 * of blanks; an unknown method, or one beside a prompt or messages); LEAT_E_NOT_FOUND (no open
 * conversation of this client); LEAT_E_STRUCT_SIZE; LEAT_E_RESERVED; LEAT_E_WOULD_BLOCK (ring or intake
 * full: on_writable follows); LEAT_E_TOO_LARGE (LEAT_COPY text can never fit the intake); LEAT_E_STATE
 * (finished, cancelled or failed fast). */
LEAT_API leat_status leat_submit(leat_batch *batch, const leat_request *request,
                                 uint64_t *index) LEAT_CHECKED;

/* No more items will come. Twice is harmless. LEAT_OK or LEAT_E_ARGUMENT. */
LEAT_API leat_status leat_batch_finish(leat_batch *batch);

/* The source has work again. LEAT_OK or LEAT_E_ARGUMENT. */
LEAT_API leat_status leat_batch_wake(leat_batch *batch);

/* leat_batch_next: the next result that waits, when there is no on_result.
 * LEAT_OK: *result is yours until leat_result_release. LEAT_E_WOULD_BLOCK: none now; step.
 * LEAT_E_DONE: all were taken and none will come. LEAT_E_STATE: the batch has on_result. */
LEAT_API leat_status leat_batch_next(leat_batch *batch, const leat_result **result);

/* Gives a kept or taken result back; its memory serves the next item. NULL is ignored. */
LEAT_API void leat_result_release(leat_batch *batch, const leat_result *result);

typedef enum leat_cancel {
    LEAT_CANCEL_DRAIN = 0, /* waiting items are cancelled, those on the wire finish */
    LEAT_CANCEL_HARD = 1   /* those on the wire are cut as well */
} leat_cancel;

/* Cancels the batch: no more is accepted or pulled; every item still gets its result. LEAT_OK or
 * LEAT_E_ARGUMENT. Results come in the following steps. */
LEAT_API leat_status leat_batch_cancel(leat_batch *batch, leat_cancel mode);

/* Cancels one item wherever it is. LEAT_OK (its result follows); LEAT_E_NOT_FOUND (not accepted,
 * or its result is out already). */
LEAT_API leat_status leat_item_cancel(leat_batch *batch, uint64_t index);

/* 1 when every accepted item has its result and no more can come. */
LEAT_API int32_t leat_batch_done(const leat_batch *batch);

/* Steps the client until the batch is done (or, without on_result, until a result waits). This is
 * the blocking way to use leat. LEAT_OK; LEAT_E_REENTRANT from a callback; LEAT_E_STATE when the
 * batch can never end (not finished and no source; or results that are kept, or that nobody has taken,
 * hold every item of the client); LEAT_E_PORT. */
LEAT_API leat_status leat_batch_run(leat_batch *batch);

/* Counts of the whole batch so far. */
typedef struct leat_summary {
    uint64_t total;
    uint64_t succeeded;
    uint64_t failed;
    uint64_t skipped;
    uint64_t cancelled;
    uint64_t retried;       /* got their extra pass by retry_failed */
    uint64_t attempts;
    uint64_t rate_limited;
    leat_usage usage;       /* of successes, but not from the cache; unknown counts as 0 here */
    leat_usage usage_failed;
    uint64_t fallbacks;     /* items that moved on to another target */
    uint64_t hedges;        /* second tries that were sent */
    uint64_t hedges_won;
    double cost_usd;        /* of all attempts whose price and usage are known */
    double cost_failed_usd; /* part of it: of attempts that failed */
    double sum_item_ms;     /* sum of item times, each from first send to result (G18) */
    double mean_item_ms;    /* of all that have ended; 0 of none (B51) */
    double success_share;   /* succeeded of all that have ended, 0..1; 0 of none (B51) */
    double wall_ms;         /* leat_batch_open to last result */
    leat_status first_error; /* of the first failed item; LEAT_OK if none */
    uint32_t reserved;
    uint64_t first_error_index;
    uint64_t cached;        /* answers that were not asked for: from the store, or shared. (An item has
                               one for each round of tools.) */
    uint64_t cache_shared;  /* of these, those for which an item waited for an equal one (S17) */
    uint64_t cache_misses;  /* looked for, and not found or not fit */
    uint64_t cache_sets;    /* answers that were kept */
    uint64_t cache_failures; /* calls of the store that failed */
    leat_usage usage_cached; /* of those answers: usage + usage_cached is what it had been (S6) */
    double saved_usd;       /* what they would have cost, as far as their price and usage are known */
} leat_summary;

LEAT_API void leat_batch_summary(const leat_batch *batch, leat_summary *summary);

/* Closes the batch. One that is not done is cancelled hard first: its remaining results reach
 * on_result inside this call; those that wait for leat_batch_next, or are kept, are released. From a
 * callback it does nothing. */
LEAT_API void leat_batch_close(leat_batch *batch);

#ifdef __cplusplus
}
#endif
#endif
