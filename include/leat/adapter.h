/* leat/adapter.h: the function table that makes a service a provider.
 *
 * leat's own adapters and yours are the same thing. An adapter turns a leat_request into the path
 * and body of an HTTP request, and an HTTP answer, whole or streamed, into a leat_answer or a
 * leat_fault. It sees no socket, no clock, no key: leat adds the credential header itself.
 * Functions must not block, must not allocate, and may be called for many items in turn; context
 * is per endpoint. A service that is no HTTP service (a model in your own process) fills in start
 * and cancel instead. See examples/custom_adapter.c and examples/local_model.c.
 *
 * What is called when, for one attempt of one item:
 *   build                                          once; a retry sends the same bytes again
 *   answer 2xx, not a stream:   parse              LEAT_OK, or: classify
 *   answer 2xx, a stream:       event, event ...   a status other than LEAT_OK and LEAT_E_DONE:
 *                                                  classify, with that event as the body
 *                               assembled          once, when it has come to its end
 *   answer of another status:   classify
 */
#ifndef LEAT_ADAPTER_H
#define LEAT_ADAPTER_H

#include <leat/batch.h>
#include <leat/status.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- building a request */

/* The request being built: a rope of segments in the item's memory. Text is not printed into a
 * buffer; it is referred to, and escaped while it is being sent. Errors stick: after the first one
 * the calls do nothing, and leat reads the status after build returns. */
typedef struct leat_rope leat_rope;

/* Path and query under the endpoint's base URL; copied. Without a call the adapter's own path. */
LEAT_API void leat_rope_path(leat_rope *rope, leat_str path);
/* One more request header; copied. CR, LF and NUL are refused (LEAT_E_TEXT). */
LEAT_API void leat_rope_header(leat_rope *rope, leat_str name, leat_str value);
/* Body bytes as they are. bytes must outlive the item (literals, the request's own text). */
LEAT_API void leat_rope_bytes(leat_rope *rope, leat_str bytes);
/* Body bytes that die soon: copied. */
LEAT_API void leat_rope_copy(leat_rope *rope, leat_str bytes);
/* A JSON string with its quotes; text (valid UTF-8, else LEAT_E_TEXT) is escaped on its way out. */
LEAT_API void leat_rope_json_string(leat_rope *rope, leat_str text);
LEAT_API void leat_rope_json_number(leat_rope *rope, double value);
LEAT_API void leat_rope_json_integer(leat_rope *rope, int64_t value);
/* bytes in base64 (RFC 4648, padded), without quotes, made while sending. bytes must outlive the
 * item. */
LEAT_API void leat_rope_base64(leat_rope *rope, leat_str bytes);
/* The request sets fields (LEAT_FIELD_*) that this call leaves out, because the model or the
 * service has not got them: the result's ignored_fields says so. */
LEAT_API void leat_rope_ignored(leat_rope *rope, uint32_t fields);
/* The request cannot be written: status (not LEAT_OK) sticks, like an error of the rope's own. */
LEAT_API void leat_rope_fail(leat_rope *rope, leat_status status);

typedef struct leat_build {
    const leat_request *request; /* with the batch's defaults filled in */
    leat_str model;              /* request's, batch's or endpoint's; may be empty */
    const void *context;         /* the adapter's own */
    uint8_t stream;              /* 1: ask for a stream */
    uint8_t reserved[7];
} leat_build;

/* ---------------------------------------------------------------- reading an answer */

typedef struct leat_reply {
    int32_t http_status;
    uint32_t headers_count;
    const leat_header *headers; /* names in lower case */
    leat_str body;              /* whole; lives as long as the result */
    const void *context;
} leat_reply;

/* First header of that lower-case name; {NULL, 0} when there is none. */
LEAT_API leat_str leat_reply_header(const leat_reply *reply, leat_str name);

/* Where an adapter puts decoded text: bytes inside the item's memory, NULL when it is full. */
typedef struct leat_scratch leat_scratch;
LEAT_API char *leat_scratch_take(leat_scratch *scratch, size_t bytes, size_t alignment);

typedef struct leat_answer {
    leat_str text; /* all views: into reply->body or scratch */
    leat_str refusal;
    leat_str thinking;
    leat_finish finish;
    uint32_t tool_calls_count;
    leat_str finish_reason;
    const leat_tool_call *tool_calls;
    const leat_choice *choices; /* only when there are several */
    uint32_t choices_count;
    uint32_t reserved;
    leat_str model;
    leat_str response_id;
    leat_str turn_json;
    leat_str safety_json;
    leat_str block_reason;
    leat_usage usage; /* comes with every count unknown */
} leat_answer;

/* An error as the provider told it. */
typedef struct leat_fault {
    leat_status status;       /* LEAT_E_RATE_LIMIT ... */
    uint8_t retryable;
    uint8_t rate_limit;       /* pauses the endpoint, consumes no attempt */
    uint8_t reserved[2];
    int64_t wait_ms;          /* what the provider asks to wait; -1: it does not say */
    leat_str message;
    leat_str code;
    leat_usage usage;         /* tokens that the failed attempt cost, unknown if not told */
} leat_fault;

/* ---------------------------------------------------------------- reading a stream */

typedef enum leat_stream_format {
    LEAT_STREAM_NONE = 0,  /* this adapter does not stream */
    LEAT_STREAM_SSE = 1,   /* text/event-stream */
    LEAT_STREAM_NDJSON = 2 /* one JSON value a line */
} leat_stream_format;

/* One event. Its bytes die when the function returns. */
typedef struct leat_event {
    leat_str name;       /* SSE's event field; empty when there was none */
    leat_str data;       /* data lines joined by LF; or the NDJSON line */
    const void *context; /* the adapter's own */
} leat_event;

/* The answer that grows. What is put is copied into the item's memory at once; a failure (memory,
 * broken escape) sticks and fails the attempt after the event. */
typedef struct leat_stream leat_stream;

enum {
    LEAT_PUT_ESCAPED = 1u /* piece is the inside of a JSON string: its escapes are resolved */
};

/* Texts (TEXT, REFUSAL, THINKING, TOOL_ARGUMENTS) are appended to what came before under the same
 * choice and tool. Of facts the first one stays, but of FINISH_REASON and SAFETY_JSON the last.
 * choice: 0..7; tool: 0..127, counted from 0 within a choice: over that the attempt fails
 * (LEAT_E_TOO_MANY). An empty piece makes a tool call known. */
LEAT_API void leat_stream_put(leat_stream *stream, leat_delta delta, uint32_t choice, uint32_t tool,
                              leat_str piece, uint32_t flags);
/* Where counts go; every one is unknown at first. Never NULL. */
LEAT_API leat_usage *leat_stream_usage(leat_stream *stream);
/* The tool calls put so far in that choice: the next free index. */
LEAT_API uint32_t leat_stream_tools(const leat_stream *stream, uint32_t choice);
/* A number that the adapter keeps from one event of this stream to the next; 0 at first. Never
 * NULL. */
LEAT_API uint64_t *leat_stream_slot(leat_stream *stream);
/* For services that number calls among all parts of an answer: the index, in choice 0, of the call
 * that is `number` there; a new one gets the next free index. 128 when no more can be held, which
 * leat_stream_put refuses. Use it for all calls of an answer, or for none. */
LEAT_API uint32_t leat_stream_tool(leat_stream *stream, uint32_t number);

/* ---------------------------------------------------------------- a model without HTTP */

/* One attempt that an adapter carries out by itself: from start until leat_call_complete,
 * leat_call_fail or cancel. It holds one of the endpoint's permits. All on the client's thread. */
typedef struct leat_call leat_call;
/* The attempt succeeded; texts are copied into the item's memory. LEAT_OK; LEAT_E_ITEM_MEMORY (the
 * attempt has failed with that); LEAT_E_ARGUMENT. The call is over. leat_step delivers it; call
 * leat_step, or leat_batch_run, as ever. */
LEAT_API leat_status leat_call_complete(leat_call *call, const leat_answer *answer);
/* It failed; retried when fault says so. The call is over. LEAT_OK or LEAT_E_ARGUMENT. */
LEAT_API leat_status leat_call_fail(leat_call *call, const leat_fault *fault);
/* A piece of the answer, for on_token; completing still takes the whole. LEAT_OK; LEAT_E_ARGUMENT. */
LEAT_API leat_status leat_call_token(leat_call *call, leat_delta delta, leat_str piece);
/* A place for the adapter's own pointer, NULL at start. Never NULL itself. */
LEAT_API void **leat_call_slot(leat_call *call);

/* ---------------------------------------------------------------- the table */

typedef struct leat_adapter {
    uint32_t struct_size;
    uint32_t lacks;          /* LEAT_FIELD_*: what build leaves out whatever the model */
    const char *name;
    const char *base_url;    /* default; "" when the user must give one */
    const char *path;        /* default path under base_url, for example "/chat/completions" */
    const char *auth_header; /* "Authorization"; "" sends no key */
    const char *auth_prefix; /* "Bearer " */
    const char *extra_header; /* one more line for every request, "anthropic-version: 2023-06-01";
                                 "" or NULL: none */
    const void *context;     /* handed to every call */
    leat_stream_format stream_format;
    uint32_t reserved;
    /* Emits the body. LEAT_OK, or the status with which the item fails (not retried). */
    leat_status (*build)(const leat_build *build, leat_rope *rope);
    /* Reads a 2xx answer. LEAT_OK; LEAT_E_PARSE: not what the API promises (retryable);
     * another status: the answer is really an error, classify is asked next. */
    leat_status (*parse)(const leat_reply *reply, leat_scratch *scratch, leat_answer *answer);
    /* Explains an answer that is not a success. fault comes filled in from the HTTP status and the
     * Retry-After headers; correct it from the body. */
    void (*classify)(const leat_reply *reply, leat_scratch *scratch, leat_fault *fault);
    /* Reads one event of a stream. LEAT_OK; LEAT_E_DONE: the end marker came, nothing of interest
     * follows; LEAT_E_PARSE: not what the API promises (retryable); another status: the event is an
     * error, classify is asked next with reply->body the event's data. NULL: no streams. */
    leat_status (*event)(leat_stream *stream, const leat_event *event);
    /* The stream is whole and answer is filled in with what was put: choose answer->finish from
     * answer->finish_reason, and so on. `ended`: 1 when event answered LEAT_E_DONE, 0 when the
     * body just ended. LEAT_OK; LEAT_E_STREAM_CUT: it ended too early (retryable, the text so far
     * stays on the result). NULL when event is. */
    leat_status (*assembled)(const void *context, uint8_t ended, leat_answer *answer);
    /* Instead of all five above: begin, and answer LEAT_OK; leat_call_complete or leat_call_fail
     * follows, at once or later. Another status fails the attempt (retried as its class says). */
    leat_status (*start)(const leat_build *build, leat_call *call);
    /* The item was cancelled or timed out: forget the call; it is over. */
    void (*cancel)(leat_call *call);
    /* What a dry run answers (leat_batch_config.dry_run). LEAT_OK, or the status with which the item
     * fails. NULL: leat's own text. */
    leat_status (*dry_run)(const leat_build *build, leat_scratch *scratch, leat_answer *answer);
} leat_adapter;

/* Which fields that this request sets the endpoint's provider and model leave out: *ignored, a sum
 * of LEAT_FIELD_*, 0 when all go on the wire. The request is built as it would be, and dropped.
 * LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_NOT_FOUND; LEAT_E_WOULD_BLOCK (no free item to build it in);
 * what leat_submit or build would answer. */
LEAT_API leat_status leat_endpoint_check(leat_client *client, leat_endpoint endpoint,
                                         const leat_request *request, uint32_t *ignored);

#ifdef __cplusplus
}
#endif
#endif
