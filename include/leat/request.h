/* leat/request.h: what to ask.
 *
 * A request is provider-neutral: the adapter writes it in its provider's words. An option that is
 * not set does not appear on the wire. An option that is set but that the provider has not got is
 * left out, and said so: leat_endpoint_check tells before, leat_result.ignored_fields after.
 */
#ifndef LEAT_REQUEST_H
#define LEAT_REQUEST_H

#include <leat/tool.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct leat_context;

/* ---------------------------------------------------------------- conversation */

typedef enum leat_part_type {
    LEAT_PART_TEXT = 0,
    LEAT_PART_IMAGE_URL = 1,   /* content: http(s) address, fetched by the provider */
    LEAT_PART_IMAGE_BYTES = 2, /* content: the file's bytes; base64 is made while sending */
    LEAT_PART_IMAGE_BASE64 = 3 /* content: the file in base64 (RFC 4648, padded, no line breaks) */
} leat_part_type;

/* A piece of one turn. */
typedef struct leat_part {
    leat_part_type type;
    uint8_t cache_here;   /* 1: the provider shall cache the prompt up to the end of this part */
    uint8_t reserved[3];
    leat_str content;
    leat_str media_type;  /* "image/png" ...; needed for BYTES and BASE64 */
    leat_str detail;      /* "low", "high" ...: where the provider has it */
} leat_part;

/* One turn of a conversation. */
typedef struct leat_message {
    leat_str role;         /* "system", "developer", "user", "assistant", "tool" */
    leat_str content;      /* text; goes out JSON-escaped */
    leat_str content_json; /* instead of content: ready JSON in the provider's form; wins */
    leat_str tool_call_id; /* for role "tool" */
    leat_str tool_calls_json; /* for role "assistant": JSON array in the provider's form; wins
                                 over tool_calls */
    leat_str name;         /* for role "tool": the function's name (Gemini and Ollama need it) */
    leat_str turn_json;    /* the whole turn as the provider wrote it (leat_result.turn_json); wins
                              over all: it keeps signatures that the provider wants back */
    const leat_part *parts; /* instead of content */
    const leat_tool_call *tool_calls; /* for role "assistant": what the model asked for */
    uint32_t parts_count;
    uint32_t tool_calls_count;
    uint8_t is_error;      /* for role "tool": 1, the tool failed and content says why */
    uint8_t reserved[7];
} leat_message;

/* ---------------------------------------------------------------- request */

/* leat_request.flags */
enum {
    /* Copy all text now (leat_submit: into the intake; source: into the item). Without it text is
     * borrowed and must stay as it is until the item's result has been delivered. */
    LEAT_COPY = 1u,
    /* Keep a stream's events as they came in leat_result.body. (An answer that is no stream is
     * always kept.) */
    LEAT_KEEP_STREAM = 2u
};

/* Which of the requests that wait goes first (leat_submit). Within a lane the order is that of
 * submission; of nine turns a lane with work takes six (urgent), two (normal), one (background). */
typedef enum leat_lane {
    LEAT_LANE_NORMAL = 0,
    LEAT_LANE_URGENT = 1,
    LEAT_LANE_BACKGROUND = 2
} leat_lane;

struct leat_conversation;

/* What to ask. All zero but struct_size and one of prompt, messages, body_json is a valid request; so is a
 * method with a path: a call to another resource of the service (its files, caches, models), which goes
 * through the same gate. */
typedef struct leat_request {
    uint32_t struct_size;
    uint32_t flags;               /* LEAT_COPY, LEAT_KEEP_STREAM */
    leat_str id;                  /* yours; handed back; leat does not look for repeats. Empty, or not
                                     of blanks alone (B1) */
    void *user;                   /* handed back */
    uint64_t user_number;         /* handed back */
    leat_str prompt;              /* one user message ... */
    const leat_message *messages; /* ... or a conversation; messages come first, prompt last */
    uint32_t messages_count;
    uint32_t max_output_tokens;   /* 0: not set (adapters whose API demands one send their own) */
    leat_str system;
    leat_str model;               /* empty: the batch's, then the endpoint's */
    leat_number temperature;
    leat_number top_p;
    leat_number top_k;
    leat_number seed;
    leat_number presence_penalty;
    leat_number frequency_penalty;
    leat_number thinking_budget_tokens; /* Anthropic, Gemini 2.5; 0 off, -1 the model decides */
    const leat_str *stop;
    uint32_t stop_count;
    uint32_t timeout_ms;          /* attempt timeout for this item; 0: the endpoint's */
    leat_str reasoning_effort;    /* "low", "medium", "high" ... in the provider's words */
    leat_switch thinking;         /* shall the answer show its thinking? */
    leat_switch stream;           /* unset: on when the batch has on_token */
    leat_switch cache_prompt;     /* automatic prompt caching, where it must be asked for */
    uint32_t choices_wanted;      /* how many answers (n); 0: not set */
    const leat_tools *tools;      /* may be NULL */
    const leat_format *format;    /* may be NULL */
    leat_str prompt_cache_key;    /* OpenAI: requests that share a prefix */
    leat_str cached_content;      /* Gemini: "cachedContents/ID" */
    leat_str provider_metadata_json; /* JSON object: the API's own metadata (labels) field */
    leat_str response_format_json; /* JSON object, sent unchanged instead of format */
    leat_str tools_json;           /* JSON array, sent unchanged instead of tools */
    leat_str tool_choice_json;     /* JSON value, sent unchanged */
    leat_str extra_json;           /* JSON object; its members are added to the body unchanged */
    leat_str body_json;            /* the whole body instead of all of the above but model, which
                                      replaces the body's when set */
    leat_str path;                 /* path under base_url; empty: the adapter's */
    const leat_header *headers;    /* extra HTTP headers of this request */
    uint32_t headers_count;        /* 0..8 */
    uint32_t estimated_tokens;     /* 0: leat estimates (bytes / 4 + output estimate) */
    leat_str metadata;             /* handed back, not sent */
    uint64_t deadline_ms;          /* from acceptance to result; 0: none */
    leat_lane lane;                /* NORMAL */
    uint32_t reserved;
    struct leat_conversation *conversation; /* NULL: none; else its messages go before these. Of the
                                      same client, and not with a body_json, unless it is stateless */
    leat_str method;               /* empty: a chat call, sent with POST. "GET", "POST", "PUT",
                                      "PATCH" or "DELETE": a call to path with body_json, or with no
                                      body; nothing else of this struct but headers goes on the
                                      wire. A 2xx answer is not read: the result's body is what
                                      came */
    struct leat_context *context;  /* NULL, or the context cache (leat/context.h) that holds the
                                      first part of the conversation. The request then has no
                                      body_json, method or cached_content, and no system text,
                                      system turn, tools or tool choice of its own
                                      (LEAT_E_ARGUMENT). At another endpoint or for another model
                                      than the cache's the shared part is sent along */
} leat_request;

LEAT_API void leat_request_init(leat_request *request);

/* ---------------------------------------------------------------- fields */

/* X(name, bit, word): what a provider may lack. Bits are stable. */
#define LEAT_FIELD_LIST(X)                                 \
    X(LEAT_FIELD_TEMPERATURE, 0, "temperature")            \
    X(LEAT_FIELD_TOP_P, 1, "top_p")                        \
    X(LEAT_FIELD_TOP_K, 2, "top_k")                        \
    X(LEAT_FIELD_SEED, 3, "seed")                          \
    X(LEAT_FIELD_PRESENCE_PENALTY, 4, "presence_penalty")  \
    X(LEAT_FIELD_FREQUENCY_PENALTY, 5, "frequency_penalty") \
    X(LEAT_FIELD_MAX_OUTPUT_TOKENS, 6, "max_output_tokens") \
    X(LEAT_FIELD_STOP, 7, "stop")                          \
    X(LEAT_FIELD_REASONING_EFFORT, 8, "reasoning_effort")  \
    X(LEAT_FIELD_THINKING_BUDGET, 9, "thinking_budget_tokens") \
    X(LEAT_FIELD_THINKING, 10, "thinking")                 \
    X(LEAT_FIELD_STREAM, 11, "stream")                     \
    X(LEAT_FIELD_CACHE_PROMPT, 12, "cache_prompt")         \
    X(LEAT_FIELD_CACHE_HERE, 13, "cache_here")             \
    X(LEAT_FIELD_PROMPT_CACHE_KEY, 14, "prompt_cache_key") \
    X(LEAT_FIELD_CACHED_CONTENT, 15, "cached_content")     \
    X(LEAT_FIELD_CHOICES_WANTED, 16, "choices_wanted")     \
    X(LEAT_FIELD_TOOLS, 17, "tools")                       \
    X(LEAT_FIELD_TOOL_CHOICE, 18, "tool_choice")           \
    X(LEAT_FIELD_PARALLEL_TOOLS, 19, "parallel_tools")     \
    X(LEAT_FIELD_FORMAT_JSON, 20, "format_json")           \
    X(LEAT_FIELD_FORMAT_SCHEMA, 21, "format_schema")       \
    X(LEAT_FIELD_IMAGE_URL, 22, "image_url")               \
    X(LEAT_FIELD_IMAGE_DATA, 23, "image_data")             \
    X(LEAT_FIELD_IMAGE_DETAIL, 24, "image_detail")         \
    X(LEAT_FIELD_PROVIDER_METADATA, 25, "provider_metadata") \
    X(LEAT_FIELD_SYSTEM, 26, "system")                     \
    X(LEAT_FIELD_STRICT, 27, "strict")

#define LEAT_FIELD_ENUM_ENTRY(name, bit, word) name = (1 << (bit)),
enum { LEAT_FIELD_LIST(LEAT_FIELD_ENUM_ENTRY) LEAT_FIELDS_END_ = 1 << 28 };
#undef LEAT_FIELD_ENUM_ENTRY

/* The word of bit number `bit`, "temperature" for 0; NULL past the last. Static text. */
LEAT_API const char *leat_field_name(uint32_t bit);

#ifdef __cplusplus
}
#endif
#endif
