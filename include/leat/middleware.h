/* leat/middleware.h: functions of yours that see a batch's items on their way in and out.
 *
 * A batch has a list of them (leat_batch_config.middleware). `before` runs in the order of the list, on
 * the way in; `after` in the reverse order, on the way out of a success; on_error in the order of the
 * list, for an item that has failed for good. They run inside leat_step, one at a time; they may submit
 * and cancel, as every callback may.
 *
 * They fail open (B47): one that answers LEAT_PASS_FAILED, or leaves something that cannot be used, is
 * logged, counted (leat_middleware_failures_total) and passed over; the item goes on as if that one were
 * not there. None can lose an item.
 */
#ifndef LEAT_MIDDLEWARE_H
#define LEAT_MIDDLEWARE_H

#include <leat/request.h>
#include <leat/result.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LEAT_MIDDLEWARE_MAX 8

/* What a middleware function has decided. */
typedef enum leat_pass {
    LEAT_PASS = 0,        /* go on */
    LEAT_PASS_SKIP = 1,   /* before: the item is not sent */
    LEAT_PASS_ANSWER = 2, /* on_error: *text is the answer */
    LEAT_PASS_FAILED = 3  /* it could not do its work: nothing that it did counts */
} leat_pass;

/* All zero but struct_size is valid and does nothing. */
typedef struct leat_middleware {
    uint32_t struct_size;
    uint8_t per_attempt; /* 0: `before` runs once per item; 1: for each attempt, behind those that
                            run once and on what these have left (B47) */
    uint8_t reserved8[3];
    void *user;
    /* before: may change *request, which is a copy of the item's. What it points to must stay valid
     * until the item's result, unless LEAT_COPY is among request->flags: then all text is copied on
     * return. id, user, user_number, lane and deadline_ms are the item's for good; what is written
     * there is not taken. LEAT_PASS: on to the next with what *request is now. LEAT_PASS_SKIP: the item
     * ends as LEAT_SKIPPED, status LEAT_E_SKIPPED, message "skipped by middleware"; the later ones do
     * not run (B45). NULL: nothing to do. */
    leat_pass (*before)(void *user, leat_request *request);
    /* after: may put another text into *text, which is the result's; it is copied on return. result
     * lives until return. NULL: nothing to do. */
    leat_pass (*after)(void *user, const leat_result *result, leat_str *text);
    /* on_error: after the last attempt of an item that has failed (not of one that was skipped or
     * cancelled). The first that answers LEAT_PASS_ANSWER turns it into a success with its *text, which
     * is copied on return; the later ones do not run, and no `after` (B46). NULL: nothing to do. */
    leat_pass (*on_error)(void *user, const leat_result *result, leat_str *text);
} leat_middleware;

/* struct_size, and nothing else. */
LEAT_API void leat_middleware_init(leat_middleware *middleware);

#ifdef __cplusplus
}
#endif
#endif
