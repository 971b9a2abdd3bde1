/* leat/simple.h: the blocking way in one call: one request, or a list of texts in and a list of texts out.
 *
 * Both calls step the client until their own work has ended. Whatever else the client has to do goes on
 * meanwhile, callbacks included. From a callback they answer LEAT_E_REENTRANT and do nothing. They use
 * one of the client's batches and go through the same gate, retries and limits as every batch.
 */
#ifndef LEAT_SIMPLE_H
#define LEAT_SIMPLE_H

#include <leat/batch.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- one request */

/* leat_complete: asks, waits, and says how it ended (P17, S1).
 *   endpoint  in; whom to ask.
 *   request   in; not NULL. Its text need not outlive the call, save metadata and id.
 *   result    out; not NULL. The answer, or how it failed, until leat_complete_release; until then it
 *             occupies one of items_max and one of batches_max. NULL when nothing was accepted.
 * The result's status; LEAT_OK: answered. With *result NULL: what leat_batch_open, leat_submit and
 * leat_batch_run say, such as LEAT_E_REENTRANT, LEAT_E_NOT_FOUND (no such endpoint), LEAT_E_TOO_MANY
 * (batches_max), LEAT_E_STATE (every item is held by results that are kept), LEAT_E_PORT. */
LEAT_API leat_status leat_complete(leat_client *client, leat_endpoint endpoint,
                                   const leat_request *request,
                                   const leat_result **result) LEAT_CHECKED;

/* Gives a result of leat_complete back, success or not. NULL and results of other calls are ignored.
 * From a callback it does nothing. */
LEAT_API void leat_complete_release(leat_client *client, const leat_result *result);

/* ---------------------------------------------------------------- many prompts */

/* What stands in the place of a text that could not be had. */
typedef enum leat_marker {
    LEAT_MARKER_PROMPT = 0, /* "Error processing prompt N: reason", N from 1 (P13) */
    LEAT_MARKER_ERROR = 1,  /* "Error: reason" (G1) */
    LEAT_MARKER_NONE = 2    /* nothing; statuses tell */
} leat_marker;

/* Where the texts of leat_run_prompts go. */
typedef struct leat_texts {
    uint32_t struct_size;
    leat_marker marker;    /* PROMPT */
    leat_str *list;        /* one for each prompt, in the order of the prompts (P5). Not NULL, unless
                              there are no prompts. They lie in buffer */
    leat_status *statuses; /* one for each prompt: LEAT_OK, or why there is no text. May be NULL */
    char *buffer;          /* memory of all texts, yours. NULL when buffer_bytes is 0 */
    size_t buffer_bytes;
    size_t needed_bytes;   /* out: what all texts together take */
    leat_summary *summary; /* out: counts, tokens and cost of the whole batch. May be NULL */
} leat_texts;

LEAT_API void leat_texts_init(leat_texts *texts);

/* leat_run_prompts: each prompt is a request, each answer's text comes back at the same index (P1, G1).
 *   config   in; the endpoint and every other option of a batch: max_in_flight, defaults (system,
 *            temperature, max_output_tokens ...), on_failure, budget, callbacks but on_result. source,
 *            on_result and on_writable must be NULL.
 *   prompts  in; count of them, not NULL unless count is 0. An empty one is sent as it is.
 *   texts    in and out; not NULL.
 * Under LEAT_ON_FAILURE_SKIP a failure leaves its text empty, whatever marker says.
 * LEAT_OK: all was tried; what failed has its marker and its status. With no prompts: at once, after
 * config was looked at (P2).
 * LEAT_E_TOO_LARGE: the same, but buffer had no room for some texts: those are empty, their status is
 * LEAT_E_TOO_LARGE, and needed_bytes says how much would have done.
 * A batch that stopped early has its reason: the first failure's status under fail-fast (P12),
 * LEAT_E_DEADLINE_BATCH, LEAT_E_BUDGET, or what ended the endpoint (abort_on). What had come by then is
 * in texts; the rest has LEAT_E_ABORTED or that reason.
 * LEAT_E_REENTRANT; LEAT_E_ARGUMENT; LEAT_E_STRUCT_SIZE and what else leat_batch_open says; LEAT_E_STATE
 * (every item is held by results that are kept); LEAT_E_PORT. Then texts is not to be used. */
LEAT_API leat_status leat_run_prompts(leat_client *client, const leat_batch_config *config,
                                      const leat_str *prompts, size_t count,
                                      leat_texts *texts) LEAT_CHECKED;

#ifdef __cplusplus
}
#endif
#endif
