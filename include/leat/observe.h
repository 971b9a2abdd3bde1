/* leat/observe.h: what a client tells about its work: events as they happen, and metrics.
 *
 * Observers are told of events; they change nothing. They run inside leat_step (or inside the call that
 * caused the event), one after the other in the order in which they were added; they may submit and
 * cancel. An event that nobody has asked for costs one branch.
 * Metrics are always on: fixed counters and histograms in the client's block.
 */
#ifndef LEAT_OBSERVE_H
#define LEAT_OBSERVE_H

#include <leat/batch.h>
#include <leat/client.h>
#include <leat/result.h>
#include <leat/status.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- events */

/* X(name, number, word): all that can be observed. Numbers are stable and below 64. What each tells
 * beside what all tell (see leat_observation):
 *   PROCESSING_STARTED, PROCESSING_COMPLETED  a batch was opened while none was under way; the last one
 *       under way has ended.
 *   BATCH_STARTED    leat_batch_open. in_flight: at most so many at once; 0: as the endpoint says.
 *   BATCH_ABORTED    it was cancelled, failed fast, or a deadline or its budget ended it; its results are
 *       still to come. status; index: the item that did it, or LEAT_NO_INDEX; hard: those on the wire
 *       are cut.
 *   BATCH_COMPLETED  its last result was handed out, aborted or not. summary.
 *   ITEM_ADMITTED    the gate let it pass: for each attempt. wait_ms: how long it waited for that;
 *       in_flight: with it.
 *   ITEM_STARTED     right behind it, likewise for each attempt (B50).
 *   ITEM_COMPLETED   it succeeded. result; duration_ms: acceptance to result; usage.
 *   ITEM_FAILED      for good: by an error that is not tried again, or with all attempts used up. result,
 *       status, duration_ms.
 *   ITEM_REPLAYED    its answer came from a cache; ITEM_COMPLETED follows.
 *   ITEM_DEADLINE_EXCEEDED  a deadline ended it; ITEM_FAILED or ITEM_CANCELLED follows.
 *   ITEM_SKIPPED, ITEM_CANCELLED  the other ends. result (NULL: it waited in a batch that is being
 *       closed), status.
 *   RETRY_SCHEDULED  an attempt failed and another will follow. status: why; wait_ms.
 *   RATE_LIMIT_HIT   a 429 or alike. wait_ms: as the answer says; -1: it does not.
 *   COOLDOWN_STARTED the domain (endpoint and model) pauses. status; duration_ms: how long it will;
 *       consecutive. COOLDOWN_ENDED: duration_ms: how long it has.
 *   WORKER_STARTED, WORKER_STOPPED  leat has no worker threads. What works for a batch are its targets:
 *       one of each per target, behind BATCH_STARTED and before BATCH_COMPLETED. status: why nothing is
 *       sent to that endpoint any more; LEAT_OK: its work is done.
 *   LLM_CALL_STARTED the first byte of a request is about to be written (or an adapter's call to begin).
 *   LLM_CALL_ENDED   a sound answer came: duration_ms since then, usage.
 *   LLM_CALL_FAILED  the attempt failed: status, duration_ms (-1: it had not begun), usage if any.
 *   TOOL_CALL_STARTED, TOOL_CALL_ENDED  name: the tool's. Of the end: duration_ms, and status:
 *       LEAT_E_NOT_FOUND (no such tool), LEAT_E_JSON (its arguments), LEAT_E_REJECTED (it said that it
 *       failed), LEAT_E_TIMEOUT_ATTEMPT, LEAT_E_CANCELLED (its item has ended), or what run answered.
 *   MODEL_FALLBACK   the item goes on at another target. status: why; endpoint: the new one.
 *   CALLBACK_SLOW    a callback took longer than it may (leat_config.callback_slow_ms). name: which;
 *       duration_ms. */
#define LEAT_OBSERVED_LIST(X)                                              \
    X(LEAT_OBSERVED_PROCESSING_STARTED, 0, "PROCESSING_STARTED")           \
    X(LEAT_OBSERVED_PROCESSING_COMPLETED, 1, "PROCESSING_COMPLETED")       \
    X(LEAT_OBSERVED_BATCH_STARTED, 2, "BATCH_STARTED")                     \
    X(LEAT_OBSERVED_BATCH_COMPLETED, 3, "BATCH_COMPLETED")                 \
    X(LEAT_OBSERVED_BATCH_ABORTED, 4, "BATCH_ABORTED")                     \
    X(LEAT_OBSERVED_ITEM_STARTED, 5, "ITEM_STARTED")                       \
    X(LEAT_OBSERVED_ITEM_ADMITTED, 6, "ITEM_ADMITTED")                     \
    X(LEAT_OBSERVED_ITEM_COMPLETED, 7, "ITEM_COMPLETED")                   \
    X(LEAT_OBSERVED_ITEM_FAILED, 8, "ITEM_FAILED")                         \
    X(LEAT_OBSERVED_ITEM_REPLAYED, 9, "ITEM_REPLAYED")                     \
    X(LEAT_OBSERVED_ITEM_DEADLINE_EXCEEDED, 10, "ITEM_DEADLINE_EXCEEDED")  \
    X(LEAT_OBSERVED_ITEM_SKIPPED, 11, "ITEM_SKIPPED")                      \
    X(LEAT_OBSERVED_ITEM_CANCELLED, 12, "ITEM_CANCELLED")                  \
    X(LEAT_OBSERVED_RETRY_SCHEDULED, 13, "RETRY_SCHEDULED")                \
    X(LEAT_OBSERVED_RATE_LIMIT_HIT, 14, "RATE_LIMIT_HIT")                  \
    X(LEAT_OBSERVED_COOLDOWN_STARTED, 15, "COOLDOWN_STARTED")              \
    X(LEAT_OBSERVED_COOLDOWN_ENDED, 16, "COOLDOWN_ENDED")                  \
    X(LEAT_OBSERVED_WORKER_STARTED, 17, "WORKER_STARTED")                  \
    X(LEAT_OBSERVED_WORKER_STOPPED, 18, "WORKER_STOPPED")                  \
    X(LEAT_OBSERVED_LLM_CALL_STARTED, 19, "LLM_CALL_STARTED")              \
    X(LEAT_OBSERVED_LLM_CALL_ENDED, 20, "LLM_CALL_ENDED")                  \
    X(LEAT_OBSERVED_LLM_CALL_FAILED, 21, "LLM_CALL_FAILED")                \
    X(LEAT_OBSERVED_TOOL_CALL_STARTED, 22, "TOOL_CALL_STARTED")            \
    X(LEAT_OBSERVED_TOOL_CALL_ENDED, 23, "TOOL_CALL_ENDED")                \
    X(LEAT_OBSERVED_MODEL_FALLBACK, 24, "MODEL_FALLBACK")                  \
    X(LEAT_OBSERVED_CALLBACK_SLOW, 25, "CALLBACK_SLOW")

#define LEAT_OBSERVED_ENUM_ENTRY(name, number, word) name = (number),
typedef enum leat_observed {
    LEAT_OBSERVED_LIST(LEAT_OBSERVED_ENUM_ENTRY) LEAT_OBSERVED_END_ = 26
} leat_observed;
#undef LEAT_OBSERVED_ENUM_ENTRY

/* The bit of an event in a mask, and all of them. */
#define LEAT_OBSERVED_BIT(what) (UINT64_C(1) << (what))
#define LEAT_OBSERVED_ALL (LEAT_OBSERVED_BIT(LEAT_OBSERVED_END_) - 1)

#define LEAT_NO_INDEX UINT64_MAX

/* The event's name, "ITEM_STARTED"; NULL for a number that is in no list. Static text. */
LEAT_API const char *leat_observed_name(leat_observed what);

/* One event. Everything in it lives until the observer returns. A field that the event has nothing to
 * say of is 0, NULL or empty; durations and waits are then -1, token counts LEAT_TOKENS_UNKNOWN. */
typedef struct leat_observation {
    uint32_t struct_size;
    leat_observed what;
    uint64_t time_ns;           /* of the port's clock */
    int64_t wall_ms;            /* since 1970 */
    const leat_batch *batch;    /* NULL for PROCESSING_* and COOLDOWN_* */
    uint64_t index;             /* of the item; LEAT_NO_INDEX: about no item */
    leat_str id;                /* of the item */
    void *user;                 /* the request's; about no item: the batch's */
    uint64_t user_number;       /* the request's */
    uint32_t attempt;           /* 1..; 0: none yet */
    leat_endpoint endpoint;
    leat_str model;             /* asked for */
    leat_str name;              /* a tool's, or of a kind of callback */
    leat_status status;
    int32_t http_status;
    double duration_ms;
    double wait_ms;
    uint64_t total;             /* accepted by the batch so far */
    uint32_t in_flight;
    uint32_t consecutive;       /* pauses in a row */
    uint8_t hard;
    uint8_t reserved8[7];
    leat_usage usage;
    const leat_result *result;
    const leat_summary *summary;
} leat_observation;

#define LEAT_OBSERVERS_MAX 8

typedef struct leat_observer {
    uint32_t struct_size;
    uint32_t reserved;
    uint64_t events; /* LEAT_OBSERVED_ALL, or a sum of LEAT_OBSERVED_BIT() */
    void *user;
    void (*on_event)(void *user, const leat_observation *observation);
} leat_observer;

/* struct_size and all events. */
LEAT_API void leat_observer_init(leat_observer *observer);

/* leat_observer_add: it is told of what happens from now on, until leat_close. *observer is copied.
 * LEAT_OK; LEAT_E_ARGUMENT (no on_event); LEAT_E_STRUCT_SIZE; LEAT_E_RESERVED (or a bit of no event);
 * LEAT_E_TOO_MANY (LEAT_OBSERVERS_MAX). */
LEAT_API leat_status leat_observer_add(leat_client *client,
                                       const leat_observer *observer) LEAT_CHECKED;

/* ---------------------------------------------------------------- metrics */

typedef enum leat_metric_kind {
    LEAT_METRIC_COUNTER = 0,  /* only grows, save by leat_metrics_reset */
    LEAT_METRIC_GAUGE = 1,
    LEAT_METRIC_HISTOGRAM = 2
} leat_metric_kind;

#define LEAT_METRIC_LABELS_MAX 6

/* One metric with its labels: an entry of the dictionary that leat_metric_at walks. Texts are static or
 * the endpoint's; they and the lists live until the client's next call. */
typedef struct leat_metric {
    uint32_t struct_size;
    leat_metric_kind kind;
    leat_str name;              /* "batch_llm_items_processed"; those with the same one follow each other */
    leat_str help;
    leat_header labels[LEAT_METRIC_LABELS_MAX];
    uint32_t labels_count;
    uint32_t buckets_count;     /* of a histogram: as many bounds */
    double value;               /* of counters and gauges */
    const double *bounds;       /* a histogram's upper bounds, each inclusive, ascending */
    const uint64_t *counts;     /* buckets_count + 1, not cumulated; the last: above all bounds */
    uint64_t count;             /* samples */
    double sum;                 /* of samples */
} leat_metric;

/* leat_metric_at: the metric number `index`, from 0. Names: batch_llm_* as the batch-llm library has them
 * (B51), gen_ai_* as the OpenTelemetry conventions for generative AI have them (their buckets, too;
 * opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics), leat_* all else. Seconds and tokens.
 * LEAT_OK; LEAT_E_DONE past the last; LEAT_E_ARGUMENT; LEAT_E_STRUCT_SIZE. */
LEAT_API leat_status leat_metric_at(const leat_client *client, uint32_t index,
                                    leat_metric *metric) LEAT_CHECKED;

/* struct_size. */
LEAT_API void leat_metric_init(leat_metric *metric);

/* The value below which that share (0..1) of a histogram's samples lies, within its bucket in proportion:
 * 0.5 for the median, 0.95, 0.99 (M16). What lies above all bounds counts as the last bound. -1: it has no
 * samples, or is no histogram. */
LEAT_API double leat_metric_quantile(const leat_metric *metric, double share);

/* All counters and histograms begin anew; gauges of what is now stay. NULL is ignored. */
LEAT_API void leat_metrics_reset(leat_client *client);

/* Takes a piece of text that is being written; it dies on return. Not LEAT_OK ends the writing. */
typedef leat_status (*leat_text_sink)(void *user, leat_str piece);

/* leat_metrics_json: a JSON object, indented by 2 (B52): items_processed, items_succeeded, items_failed,
 * rate_limits_hit, total_cooldown_time (seconds), processing_times_count, avg_processing_time and
 * success_rate (0 of none), error_counts by status word, and "metrics": a list of all there are.
 * LEAT_OK; LEAT_E_ARGUMENT; what the sink answered. */
LEAT_API leat_status leat_metrics_json(const leat_client *client, leat_text_sink sink,
                                       void *user) LEAT_CHECKED;

/* leat_metrics_prometheus: the text format 0.0.4 (B53): HELP and TYPE of each metric once, then its
 * lines; in label values backslash, quote and newline are escaped. Send it as
 * "text/plain; version=0.0.4". Statuses as above. */
LEAT_API leat_status leat_metrics_prometheus(const leat_client *client, leat_text_sink sink,
                                             void *user) LEAT_CHECKED;

/* A sink that fills a buffer: leat_metrics_json(client, leat_text_to_buffer, &buffer). size counts what
 * was written, also when that is more than capacity: then the buffer holds its beginning. */
typedef struct leat_text_buffer {
    char *data;      /* may be NULL when capacity is 0 */
    size_t capacity;
    size_t size;     /* begins with 0 */
} leat_text_buffer;

/* Always LEAT_OK. user: a leat_text_buffer. */
LEAT_API leat_status leat_text_to_buffer(void *user, leat_str piece);

#ifdef __cplusplus
}
#endif
#endif
