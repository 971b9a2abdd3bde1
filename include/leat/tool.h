/* leat/tool.h: the tools that a model may call, who runs them, and the form that its answer must have.
 *
 * Both are described once, provider by provider leat finds the wire form. A request points to
 * them; many requests may point to the same ones (a batch's defaults, for example). With LEAT_COPY
 * they are copied like every other text; otherwise they are borrowed until the result.
 */
#ifndef LEAT_TOOL_H
#define LEAT_TOOL_H

#include <leat/status.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- tools */

/* One call that a tool works on. A value: copy it. When its item has ended it names nothing any more, and
 * leat_tool_complete says so. */
typedef struct leat_tool_run {
    struct leat_client *client;
    uint64_t serial;
    uint32_t item;
    uint32_t place; /* among the calls of one turn, from 0 */
} leat_tool_run;

typedef struct leat_tool_job {
    leat_tool_run run;
    const leat_tool_call *call; /* arguments_json is a JSON object; the schema is not checked */
    uint64_t index;             /* the item's */
    leat_str id;                /* the item's */
    void *item_user;            /* the request's */
    uint32_t round;             /* 1.. */
    uint32_t reserved;
} leat_tool_job;

/* What the tool answers; is_error 1: it failed, and content says why (the model is told either way, G21).
 * content is UTF-8 and is copied into the item's memory. From inside run, or later, on the client's thread;
 * the item goes on in the next step. LEAT_OK; LEAT_E_TEXT (broken UTF-8: still to be completed);
 * LEAT_E_ITEM_MEMORY (no room: the item fails with that); LEAT_E_NOT_FOUND (complete already, or its item
 * has ended); LEAT_E_ARGUMENT. */
LEAT_API leat_status leat_tool_complete(leat_tool_run run, leat_str content, uint8_t is_error);

typedef struct leat_tool {
    leat_str name;            /* letters, digits, "_" and "-", at most 64 bytes */
    leat_str description;     /* may be empty: then it is not sent */
    leat_str parameters_json; /* JSON schema of the arguments; empty: an object without members */
    uint8_t strict;           /* 1: the provider shall enforce the schema, where it can */
    uint8_t reserved[7];
    /* Runs one call of this tool; NULL: calls are handed out on the result, not run. Called inside
     * leat_step; job lives until it returns, job->call until the run is complete. LEAT_OK: it has called
     * leat_tool_complete, or will, at any time. Another status: the tool failed, and the model is told so
     * by the status' hint. It may submit and cancel, and must not block longer than a step may take. */
    leat_status (*run)(void *user, const leat_tool_job *job);
    /* The item has ended before the run was complete: nobody waits for it any more. NULL: not told. */
    void (*cancel)(void *user, leat_tool_run run);
    void *user;               /* handed to both */
} leat_tool;

typedef enum leat_tool_mode {
    LEAT_TOOLS_UNSET = 0,    /* nothing is sent; providers take it as AUTO */
    LEAT_TOOLS_AUTO = 1,
    LEAT_TOOLS_NONE = 2,     /* described, but not to be called */
    LEAT_TOOLS_REQUIRED = 3, /* at least one call */
    LEAT_TOOLS_NAMED = 4     /* the one that choice names */
} leat_tool_mode;

typedef struct leat_tools {
    const leat_tool *list;
    uint32_t count;        /* 0..128 */
    leat_tool_mode mode;
    leat_str choice;       /* for LEAT_TOOLS_NAMED */
    leat_switch parallel;  /* may the model ask for several calls in one turn? */
    uint32_t rounds_max;   /* 0 counts as 10: turns whose calls are run (G20); 1..1000 */
    uint32_t timeout_ms;   /* of one turn's runs together: what is not complete then has failed, and
                              the model is told. 0: the item's deadline alone bounds them */
    uint8_t together;      /* 0: the calls of a turn are run one after the other; 1: all at once. Their
                              results go back in the order of the calls either way (G20) */
    uint8_t leave_calls;   /* 1: calls are handed out on the result although tools have run (G23) */
    uint8_t last_answer;   /* what follows rounds_max: 0: the item succeeds with
                              leat_tool_limit_text and LEAT_FINISH_TOOL_LIMIT (G22); 1: the model is
                              asked once more, and may call nothing (P22) */
    uint8_t reserved[5];
} leat_tools;

/* How calls are run. An answer that calls tools is a round when the request has no ready body and none of
 * the tools it calls lacks run (otherwise the calls are the result, LEAT_FINISH_TOOL_CALLS). The item gives
 * its permit and its connection back while they run. The model's turn and the results are added to the
 * conversation, which is sent again through the gate, with attempts anew, and REQUIRED and NAMED as AUTO.
 * Nothing that a tool does fails
 * the item: unknown tools, arguments that are no JSON object, failures and timeouts are told to the model
 * (G21). The result has all calls (tool_steps), and the usage of all rounds (G24). */

/* "The maximum of tool iterations was reached." Static text, ends in NUL. */
LEAT_API const char *leat_tool_limit_text(void);

/* ---------------------------------------------------------------- form of the answer */

typedef enum leat_format_kind {
    LEAT_FORMAT_TEXT = 0,
    LEAT_FORMAT_JSON = 1,        /* any JSON object ("JSON mode") */
    LEAT_FORMAT_JSON_SCHEMA = 2, /* JSON that satisfies schema_json */
    LEAT_FORMAT_CHOICE = 3       /* one of choices, and nothing else (P20) */
} leat_format_kind;

/* leat checks the answer's text against it, whatever the provider promised. JSON and JSON_SCHEMA:
 * a text that is not so ends its attempt with LEAT_E_SCHEMA, is asked for again at once while there
 * are attempts (B29), and stays on the result of the last one, with "PATH: RULE ..." (a JSON
 * pointer into the text, the schema's keyword) in error_message. It is asked for with the wrong answer and
 * that message added to the conversation (B18, G29), unless plain_retry is set. CHOICE:
 * leat_result.choice is the choice that the text is, bare or as {"choice":"..."}, letter case
 * aside; the text becomes that choice; of a text that is none it stays -1, which is no failure
 * (P20). Refusals, tool calls and answers that the provider blocked are not checked, of several
 * answers only the first.
 * A schema is what leat/schema.h says. One that leat cannot use fails its item with LEAT_E_CONFIG
 * before anything is sent. A check inside a step has narrower bounds: 64 schemas inside each other
 * (some 60 KiB of stack), 2^24 units of work; over them the item fails with LEAT_E_TOO_LARGE.
 * request.body_json and request.response_format_json replace the format, and the check with it. */
typedef struct leat_format {
    leat_format_kind kind;
    uint32_t choices_count;
    leat_str schema_json;  /* borrowed like every text of the request */
    leat_str name;         /* some providers want one; empty: "answer" */
    leat_str description;
    const leat_str *choices;
    uint8_t strict;        /* 1: ask the provider for its strict mode, where it has one */
    uint8_t unchecked;     /* 1: leat does not check the answer */
    uint8_t plain_retry;   /* 1: a wrong answer is asked for again in the same words */
    uint8_t reserved[5];
} leat_format;

#ifdef __cplusplus
}
#endif
#endif
