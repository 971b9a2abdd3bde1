/* leat/context.h: a context cache: what many requests have in common, held by the service (Gemini).
 *
 * A document, a system text, tools: what is the same for many items is sent once and kept by the service
 * for a time; items name it (leat_request.context, also in leat_batch_config.defaults) and send the rest.
 * leat makes the cache when the first of them comes, or finds one by its tags; the others wait and hold no
 * permit meanwhile. It is renewed before it expires. One call at a time is out for a cache; each passes the
 * gate as every request does. An item whose cache turns out to be lost is sent once more with a new one.
 * Where there is no cache to be had, items send the shared part themselves: the answer is the same.
 */
#ifndef LEAT_CONTEXT_H
#define LEAT_CONTEXT_H

#include <leat/batch.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Handles are places in the client's block: contexts_max of them. */
typedef struct leat_context leat_context;

/* B23, B24. */
typedef struct leat_context_config {
    uint32_t struct_size;
    leat_endpoint endpoint;   /* of provider "gemini"; not one of a pool of keys */
    leat_str model;           /* empty: the endpoint's. Copied; at most 200 bytes */
    const leat_request *content; /* what is shared: system, messages, prompt, tools, tools_json,
                                    tool_choice_json; nothing else of it counts. Borrowed, with its
                                    texts, until leat_context_close */
    const leat_header *tags;  /* by name and value; at most 16, and 128 characters in all with what
                                 is around them. Borrowed until leat_context_close */
    uint32_t tags_count;      /* 0: none. A cache without tags is never found again */
    uint32_t ttl_s;           /* 3600; its life from its making, and from each renewal. > 0 */
    uint32_t renew_before_s;  /* 300; renewed by the first item that is built with less than that
                                 left, or answered; one with less is not taken over. < ttl_s */
    uint32_t renew_percent;   /* 0; > 0: that share of ttl_s instead of renew_before_s (10 in B23).
                                 0..99 */
    uint8_t find;             /* 1: look first for a cache of the same model that has all the tags,
                                 and may have more; contents are not compared. 0: make one */
    uint8_t renew;            /* 1; 0: let it expire, then make another */
    uint8_t keep;             /* 1: it outlives leat_context_close; 0: that deletes it, unless it was
                                 found. One that could not be renewed, and was replaced, ends with its
                                 ttl: items that are out may still name it */
    uint8_t recreate;         /* 1: an item whose cache is lost waits for another; 0: it sends the
                                 shared part itself */
    uint8_t send_inline;      /* 1: while none can be made, items send the shared part themselves;
                                 0: they fail with the reason */
    uint8_t reserved8[7];
} leat_context_config;

LEAT_API void leat_context_config_init(leat_context_config *config);

/* Which field of config is wrong, as static text; "" when none is. Pure. */
LEAT_API const char *leat_context_config_error(const leat_context_config *config);
/* What is allowed but hardly meant: the index-th warning, from 0, as static text; NULL after the last.
 * Pure. */
LEAT_API const char *leat_context_config_warning(const leat_context_config *config, uint32_t index);

/* leat_context_open: sends nothing yet. config is not kept, save what it says is borrowed.
 * LEAT_OK; LEAT_E_ARGUMENT (also: no model, or content without anything); LEAT_E_STRUCT_SIZE;
 * LEAT_E_RESERVED; LEAT_E_CONFIG (leat_context_config_error names the field); LEAT_E_NOT_FOUND (no such
 * endpoint); LEAT_E_UNSUPPORTED (the endpoint's service has no caches that leat can make, or it is one of a
 * pool of keys, whose caches are apart); LEAT_E_TOO_MANY (contexts_max, or tags); LEAT_E_TOO_LARGE (tags or
 * model). */
LEAT_API leat_status leat_context_open(leat_client *client, const leat_context_config *config,
                                       leat_context **context) LEAT_CHECKED;

/* Deletes the cache at the service, as soon as no other call for it is out; the steps that follow carry it
 * out. None there, or gone already: nothing is sent. A failure is logged, and the cache stays known. An item
 * that comes later makes a new one. LEAT_OK or LEAT_E_ARGUMENT. */
LEAT_API leat_status leat_context_delete(leat_context *context);

/* Steps the client until no call for this cache is out. LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_REENTRANT;
 * LEAT_E_PORT. */
LEAT_API leat_status leat_context_run(leat_context *context);

/* Ends the handle. With keep 0 a cache that it made is deleted first, which steps the client until the
 * service has answered. Close it when the batches that name it are done; leat_close forgets those that
 * are open, and sends nothing. LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_REENTRANT; LEAT_E_STATE (a request that has
 * no result yet names it: nothing happened). */
LEAT_API leat_status leat_context_close(leat_context *context);

typedef enum leat_context_state {
    LEAT_CONTEXT_NONE = 0,    /* nobody has asked for it yet, or it was deleted, or has expired */
    LEAT_CONTEXT_SOUGHT = 1,  /* it is being looked for, or made */
    LEAT_CONTEXT_READY = 2,   /* items use it */
    LEAT_CONTEXT_FAILED = 3   /* none can be had; tried again after a minute, two, four ... ten */
} leat_context_state;

typedef struct leat_context_info {
    leat_context_state state;
    leat_status status;       /* of the last call that failed; LEAT_OK: none has */
    leat_str name;            /* "cachedContents/ID"; empty: there is none. Until the next step */
    leat_str error_message;   /* the service's words for status, redacted; until the next step */
    int64_t expires_in_ms;    /* 0 when there is none */
    int64_t tokens;           /* that it holds; LEAT_TOKENS_UNKNOWN */
    uint64_t created;         /* how often one was made, */
    uint64_t found;           /* taken over by its tags, */
    uint64_t renewed;         /* and prolonged */
    uint64_t lost;            /* how often one turned out to be gone */
    double cost_usd;          /* of making them, their tokens at the input price; < 0: not known. What
                                 keeping them costs comes on top; no batch's budget has either */
} leat_context_info;

/* LEAT_OK or LEAT_E_ARGUMENT. */
LEAT_API leat_status leat_context_get_info(const leat_context *context, leat_context_info *info);

/* Static text: "none", "sought", "ready", "failed". Never NULL. */
LEAT_API const char *leat_context_state_name(leat_context_state state);

#ifdef __cplusplus
}
#endif
#endif
