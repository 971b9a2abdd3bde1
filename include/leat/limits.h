/* leat/limits.h: what an answer's headers say about the rate limits that hold.
 *
 * Every provider writes them in its own way: the names, and the reset as a Go duration, as seconds, as
 * a date, as seconds or milliseconds since 1970. Here they are one struct. They are hints: a provider
 * may round them, tell another limit than the one that binds, or say nothing at all.
 */
#ifndef LEAT_LIMITS_H
#define LEAT_LIMITS_H

#include <leat/adapter.h>
#include <leat/client.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One limit. Each field is LEAT_LIMIT_UNKNOWN where the headers do not say, or say what is no value. */
#define LEAT_LIMIT_UNKNOWN ((int64_t)-1)
typedef struct leat_limit {
    int64_t limit;     /* in each window */
    int64_t remaining; /* of it, at the time of the answer */
    int64_t reset_ms;  /* from the answer's arrival until it is whole again, rounded up */
    int64_t window_ms; /* its length, where the headers tell; a month has 30 days */
} leat_limit;

/* Requests and tokens may have a limit for each of several windows. A window of unknown length counts
 * as a middle one. */
typedef struct leat_rate_limits {
    leat_limit requests; /* in a window of a minute to an hour */
    leat_limit tokens;   /* the same; input and output together */
    leat_limit input_tokens;
    leat_limit output_tokens;
    leat_limit requests_short; /* in a window of less than a minute */
    leat_limit tokens_short;
    leat_limit requests_long; /* in a window of more than an hour */
    leat_limit tokens_long;
} leat_rate_limits;

/* Reads them. Resets that are points in time count from the answer's own Date header, so that a wrong
 * clock here does no harm; without one from wall_ms, milliseconds since 1970 (0: not known, such resets
 * then stay unknown). reply and limits are not NULL. Never fails. */
LEAT_API void leat_reply_limits(const leat_reply *reply, int64_t wall_ms, leat_rate_limits *limits);

/* What the endpoint's answers said last. *age_ms (may be NULL): how long ago that was, -1 when none has
 * spoken of limits yet; resets count from then. LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_NOT_FOUND. */
LEAT_API leat_status leat_endpoint_limits(const leat_client *client, leat_endpoint endpoint,
                                          leat_rate_limits *limits, int64_t *age_ms);

#ifdef __cplusplus
}
#endif
#endif
