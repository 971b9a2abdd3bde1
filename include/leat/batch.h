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
#include <leat/status.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct leat_batch leat_batch;

/* ---------------------------------------------------------------- request */

/* One turn of a conversation. */
typedef struct leat_message {
    leat_str role;         /* "system", "user", "assistant", "tool" ... */
    leat_str content;      /* text; goes out JSON-escaped */
    leat_str content_json; /* instead of content: ready JSON (parts); wins when not empty */
    leat_str tool_call_id; /* for role "tool" */
    leat_str tool_calls_json; /* for role "assistant": JSON array */
} leat_message;

enum {
    /* Copy all text now (leat_submit: into the intake; source: into the item). Without it text is
     * borrowed and must stay as it is until the item's result has been delivered. */
    LEAT_COPY = 1u
};

/* What to ask. All zero but struct_size and one of prompt, messages, body_json is a valid request.
 * An option that is not set does not appear on the wire. */
typedef struct leat_request {
    uint32_t struct_size;
    uint32_t flags;               /* LEAT_COPY */
    leat_str id;                  /* yours; handed back; leat does not look for repeats */
    void *user;                   /* handed back */
    uint64_t user_number;         /* handed back */
    leat_str prompt;              /* one user message ... */
    const leat_message *messages; /* ... or a conversation; messages come first, prompt last */
    uint32_t messages_count;
    uint32_t max_output_tokens;   /* 0: not set */
    leat_str system;
    leat_str model;               /* empty: the batch's, then the endpoint's */
    leat_number temperature;
    leat_number top_p;
    leat_number seed;
    leat_number presence_penalty;
    leat_number frequency_penalty;
    const leat_str *stop;
    uint32_t stop_count;
    uint32_t timeout_ms;          /* attempt timeout for this item; 0: the endpoint's */
    leat_str reasoning_effort;
    leat_str response_format_json; /* JSON object, sent unchanged */
    leat_str tools_json;           /* JSON array, sent unchanged */
    leat_str tool_choice_json;     /* JSON value, sent unchanged */
    leat_str extra_json;           /* JSON object; its members are added to the body unchanged */
    leat_str body_json;            /* the whole body instead of all of the above but model, which
                                      replaces the body's when set */
    leat_str path;                 /* path under base_url; empty: the adapter's */
    leat_str metadata;             /* handed back, not sent */
    uint64_t deadline_ms;          /* from acceptance to result; 0: none */
    uint32_t estimated_tokens;     /* 0: leat estimates (bytes / 4 + output estimate) */
    uint32_t reserved;
} leat_request;

LEAT_API void leat_request_init(leat_request *request);

/* ---------------------------------------------------------------- result */

typedef enum leat_outcome {
    LEAT_SUCCEEDED = 1,
    LEAT_FAILED = 2,
    LEAT_SKIPPED = 3,   /* never sent, by the batch's policy */
    LEAT_CANCELLED = 4  /* cancelled, aborted by fail-fast, or past the batch's deadline */
} leat_outcome;

/* Where an item was when its last attempt ended. */
typedef enum leat_stage {
    LEAT_STAGE_WAITING = 0, /* before any attempt */
    LEAT_STAGE_BUILD = 1,
    LEAT_STAGE_CONNECT = 2,
    LEAT_STAGE_TLS = 3,
    LEAT_STAGE_SEND = 4,
    LEAT_STAGE_RECEIVE = 5,
    LEAT_STAGE_PARSE = 6,
    LEAT_STAGE_DONE = 7
} leat_stage;

/* Milliseconds, of the last attempt save queued_ms and item_ms; -1 where it did not happen. */
typedef struct leat_timing {
    double queued_ms;     /* acceptance to first send */
    double connect_ms;    /* opening the connection; 0 when a kept one was used */
    double first_byte_ms; /* request begun to first byte of the answer */
    double total_ms;      /* request begun to answer whole */
    double item_ms;       /* acceptance to result, all attempts and waits */
} leat_timing;

/* One item's end. Every pointer lives until the result is released: at the end of on_result, or in
 * leat_result_release for results kept or taken with leat_batch_next. */
typedef struct leat_result {
    uint32_t struct_size;
    leat_outcome outcome;
    leat_status status;        /* LEAT_OK, or why not */
    leat_stage stage;
    uint64_t index;
    leat_str id;
    void *user;
    uint64_t user_number;
    leat_str metadata;
    int32_t http_status;       /* 0: no answer came */
    uint32_t attempts;         /* attempts that counted, 1.. (0: never sent) */
    uint32_t rate_limited;     /* tries answered by a rate limit; they are not attempts (B34) */
    uint8_t retried;           /* 1: retry_failed gave it its extra pass (G15) */
    uint8_t cached;            /* 1: the answer came from the cache */
    uint8_t reserved8[2];
    leat_str text;             /* the answer */
    leat_str refusal;
    leat_str thinking;
    leat_finish finish;
    uint32_t tool_calls_count;
    leat_str finish_reason;    /* the provider's own word */
    const leat_tool_call *tool_calls;
    leat_str model;            /* as answered */
    leat_str response_id;      /* provider's id inside the body */
    leat_str request_id;       /* provider's id from its headers */
    leat_usage usage;          /* of the attempt that succeeded */
    leat_usage usage_failed;   /* of attempts that failed, summed (B21) */
    leat_str body;             /* the last answer's body as it came, errors included */
    leat_str error_message;    /* provider's words, redacted; empty on success */
    leat_str error_code;       /* provider's code, for example "rate_limit_exceeded" */
    leat_timing timing;
} leat_result;

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

typedef struct leat_batch_config {
    uint32_t struct_size;
    leat_endpoint endpoint;
    leat_failure_policy on_failure; /* CONTINUE */
    leat_order order;               /* COMPLETION */
    leat_retry_failed retry_failed; /* OFF */
    uint32_t max_in_flight;         /* 0: the endpoint's */
    uint64_t deadline_ms;           /* from leat_batch_open; 0: none */
    /* Defaults for requests that leave a field unset: system, model, temperature, top_p, seed,
     * max_output_tokens, stop, response_format_json, tools_json, reasoning_effort, extra_json.
     * NULL or borrowed, with its text, until leat_batch_close. */
    const leat_request *defaults;
    void *user;
    /* source: called inside leat_step when the engine has room. Fill *request (initialised for you)
     * and return LEAT_OK; LEAT_E_WOULD_BLOCK: nothing now, leat_batch_wake asks again;
     * LEAT_E_DONE: no more, ever. NULL: items come by leat_submit. */
    leat_status (*source)(void *user, leat_request *request);
    /* on_result: every result, once. NULL: they wait for leat_batch_next. */
    leat_keep (*on_result)(void *user, const leat_result *result);
    /* on_progress: after each result, failures too (S7, B13). */
    void (*on_progress)(void *user, const leat_progress *progress);
    /* on_writable: after leat_submit answered LEAT_E_WOULD_BLOCK, once there is room again. */
    void (*on_writable)(void *user, leat_batch *batch);
} leat_batch_config;

LEAT_API void leat_batch_config_init(leat_batch_config *config);

/* leat_batch_open: LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_STRUCT_SIZE; LEAT_E_RESERVED; LEAT_E_CONFIG;
 * LEAT_E_NOT_FOUND (no such endpoint); LEAT_E_TOO_MANY (batches_max). */
LEAT_API leat_status leat_batch_open(leat_client *client, const leat_batch_config *config,
                                     leat_batch **batch) LEAT_CHECKED;

/* leat_submit: accepts one item, or says why not; never waits. The request struct itself is always
 * copied; its text is borrowed or copied as flags say. index (may be NULL) gets its number.
 * LEAT_OK; LEAT_E_ARGUMENT (no prompt, message or body; two bodies); LEAT_E_STRUCT_SIZE;
 * LEAT_E_RESERVED; LEAT_E_WOULD_BLOCK (ring or intake full: on_writable follows); LEAT_E_TOO_LARGE
 * (LEAT_COPY text can never fit the intake); LEAT_E_STATE (finished, cancelled or failed fast). */
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
 * batch can never end (not finished and no source); LEAT_E_PORT. */
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
    leat_usage usage;       /* of successes; unknown counts as 0 here */
    leat_usage usage_failed;
    double sum_item_ms;     /* sum of item times (G18) */
    double wall_ms;         /* leat_batch_open to last result */
    leat_status first_error; /* of the first failed item; LEAT_OK if none */
    uint32_t reserved;
    uint64_t first_error_index;
} leat_summary;

LEAT_API void leat_batch_summary(const leat_batch *batch, leat_summary *summary);

/* Closes the batch. One that is not done is cancelled hard first: its remaining results reach
 * on_result inside this call; those that wait for leat_batch_next, or are kept, are released. From a
 * callback it does nothing. */
LEAT_API void leat_batch_close(leat_batch *batch);

/* Static text for reports: "succeeded" ..., "stop" ..., "receive" ... Never NULL. */
LEAT_API const char *leat_outcome_name(leat_outcome outcome);
LEAT_API const char *leat_finish_name(leat_finish finish);
LEAT_API const char *leat_stage_name(leat_stage stage);

#ifdef __cplusplus
}
#endif
#endif
