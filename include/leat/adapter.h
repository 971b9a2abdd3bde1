/* leat/adapter.h: the function table that makes a service a provider.
 *
 * leat's own adapters and yours are the same thing. An adapter turns a leat_request into the path
 * and body of an HTTP request, and an HTTP answer into a leat_answer or a leat_fault. It sees no
 * socket, no clock, no key: leat adds the credential header itself. Functions must not block, must
 * not allocate, and may be called for many items in turn; context is per endpoint.
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

typedef struct leat_build {
    const leat_request *request; /* with the batch's defaults filled in */
    leat_str model;              /* request's, batch's or endpoint's; may be empty */
    const void *context;         /* endpoint's adapter context */
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
    leat_str model;
    leat_str response_id;
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

/* ---------------------------------------------------------------- the table */

typedef struct leat_adapter {
    uint32_t struct_size;
    uint32_t reserved;
    const char *name;
    const char *base_url;    /* default; "" when the user must give one */
    const char *path;        /* default path under base_url, for example "/chat/completions" */
    const char *auth_header; /* "Authorization"; "" sends no key */
    const char *auth_prefix; /* "Bearer " */
    const void *context;     /* handed to every call */
    /* Emits the body. LEAT_OK, or the status with which the item fails (not retried). */
    leat_status (*build)(const leat_build *build, leat_rope *rope);
    /* Reads a 2xx answer. LEAT_OK; LEAT_E_PARSE: not what the API promises (retryable);
     * another status: the answer is really an error, classify is asked next. */
    leat_status (*parse)(const leat_reply *reply, leat_scratch *scratch, leat_answer *answer);
    /* Explains an answer that is not a success. fault comes filled in from the HTTP status and the
     * Retry-After headers; correct it from the body. */
    void (*classify)(const leat_reply *reply, leat_scratch *scratch, leat_fault *fault);
} leat_adapter;

#ifdef __cplusplus
}
#endif
#endif
