/* leat/result.h: how an item ended and what was answered. See leat/batch.h for how results come.
 *
 * Every pointer in a result lives until the result is released.
 */
#ifndef LEAT_RESULT_H
#define LEAT_RESULT_H

#include <leat/status.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

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

/* One of several answers (choices_wanted). */
typedef struct leat_choice {
    leat_str text;
    leat_str refusal;
    leat_str thinking;
    leat_finish finish;
    uint32_t tool_calls_count;
    leat_str finish_reason;
    const leat_tool_call *tool_calls;
} leat_choice;

/* A call that leat ran, or that could not be run (leat_tools.run). */
typedef struct leat_tool_step {
    const struct leat_tool_step *next; /* NULL after the last */
    leat_tool_call call;
    leat_str result;   /* what the model was told */
    uint32_t round;    /* 1.. */
    uint8_t is_error;
    uint8_t reserved[3];
} leat_tool_step;

/* Milliseconds, of the last attempt save queued_ms and item_ms; -1 where it did not happen. */
typedef struct leat_timing {
    double queued_ms;     /* acceptance to first send */
    double connect_ms;    /* opening the connection; 0 when a kept one was used */
    double first_byte_ms; /* request begun to first byte of the answer */
    double first_token_ms; /* request begun to first token of a stream */
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
    uint8_t cached;            /* 1: nothing was asked for: all came from the cache, or an equal item */
    uint8_t streamed;          /* 1: the answer came as a stream */
    uint8_t partial;           /* 1: a stream broke; text and thinking are what had come */
    uint32_t ignored_fields;   /* LEAT_FIELD_*: set in the request, but not to be had here */
    int32_t choice;            /* index in leat_format.choices; -1: none of them, or not asked */
    leat_str text;             /* the answer: all its text parts, joined; also of LEAT_E_SCHEMA
                                  and LEAT_E_CONVERSATION_FULL */
    leat_str refusal;
    leat_str thinking;
    leat_finish finish;
    uint32_t tool_calls_count;
    leat_str finish_reason;    /* the provider's own word */
    const leat_tool_call *tool_calls;
    const leat_choice *choices; /* all answers when more than one came (the first one's fields are
                                   those of the result); else NULL */
    uint32_t choices_count;
    uint32_t reserved;
    leat_str model;            /* as answered */
    leat_str response_id;      /* provider's id inside the body */
    leat_str request_id;       /* provider's id from its headers */
    uint32_t endpoint;         /* that made the last attempt */
    uint8_t fallbacks;         /* targets that the item had left behind */
    uint8_t hedged;            /* 1: a second try was sent; 2: and it won */
    uint8_t reserved8[2];
    double cost_usd;           /* of all attempts; < 0: no price in dollars, or no usage was told */
    leat_usage usage;          /* of the attempt that succeeded, and of the rounds of tools before it */
    leat_usage usage_failed;   /* of attempts that failed, summed (B21) */
    leat_str body;             /* the last answer's body as it came, errors included; of a stream
                                  only with LEAT_KEEP_STREAM */
    leat_str turn_json;        /* the model's turn as the provider wrote it, for leat_message; empty
                                  for streams */
    leat_str safety_json;      /* Gemini's safety ratings, Azure's filter results; JSON */
    leat_str block_reason;     /* why the provider blocked the prompt or the answer */
    leat_str error_message;    /* provider's words, redacted, the first 500 bytes; empty on success */
    leat_str error_code;       /* provider's code, for example "rate_limit_exceeded" */
    leat_timing timing;
    const leat_tool_step *tool_steps; /* the calls that were run, the first one first; NULL: none */
    uint32_t tool_steps_count;
    uint32_t tool_rounds;      /* turns whose calls were run */
} leat_result;

/* Static text for reports: "succeeded" ..., "stop" ..., "receive" ... Never NULL. */
LEAT_API const char *leat_outcome_name(leat_outcome outcome);
LEAT_API const char *leat_finish_name(leat_finish finish);
LEAT_API const char *leat_stage_name(leat_stage stage);

#ifdef __cplusplus
}
#endif
#endif
