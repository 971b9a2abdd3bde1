/* leat/pacing.h: how long to wait after what: a small table of functions, so that the rules can be
 * replaced. Numbers stay in the configuration (leat_retry, leat_cooldown); the table is the formula.
 *
 * The functions are pure: no clock, no state but their own user pointer, called inside leat_step; they
 * must not call leat.
 */
#ifndef LEAT_PACING_H
#define LEAT_PACING_H

#include <leat/status.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct leat_cooldown;
struct leat_retry;

/* What is known when the provider has refused a request for its rate (B40). */
typedef struct leat_rate_limit_info {
    leat_status status;   /* LEAT_E_RATE_LIMIT, as a rule */
    int32_t http_status;  /* 0: no HTTP */
    uint32_t consecutive; /* pauses in a row without a success between, this one included: 1.. */
    uint8_t own_step;     /* 1: beyond what was known to work, or what is missing is known */
    uint8_t reserved[3];
    int64_t wait_ms;      /* what the provider asks to wait; -1: it does not say */
} leat_rate_limit_info;

typedef struct leat_pacing {
    uint32_t struct_size;
    uint32_t reserved;
    void *user;
    /* How long the domain pauses, in milliseconds. Never NULL. */
    uint64_t (*pause_ms)(void *user, const struct leat_cooldown *rules,
                         const leat_rate_limit_info *info);
    /* How long each permit waits before the item-th request (from 0) after a pause, in nanoseconds; 0:
     * slow start is over. Never NULL. */
    uint64_t (*slow_start_ns)(void *user, const struct leat_cooldown *rules, uint32_t item);
    /* How long an item sleeps after its failed-th attempt (1..), in nanoseconds; chance in [0, 1).
     * Never NULL. */
    uint64_t (*backoff_ns)(void *user, const struct leat_retry *rules, uint32_t failed,
                           double chance);
} leat_pacing;

/* The rules leat uses when none are named (B28, B36, B38): exponential backoff, a pause of what
 * Retry-After says or of min(initial_ms * multiplier^(c-1), max_ms), linear slow start. Static. */
LEAT_API const leat_pacing *leat_pacing_exponential(void);
/* B39: every pause lasts initial_ms, and from the first one on each permit waits one second before each
 * request, for ever; an item sleeps backoff_initial_ms. Static. */
LEAT_API const leat_pacing *leat_pacing_fixed_delay(void);
/* P23: the sleep grows by backoff_initial_ms with each attempt, to backoff_max_ms; else as exponential.
 * Static. */
LEAT_API const leat_pacing *leat_pacing_linear(void);

#ifdef __cplusplus
}
#endif
#endif
