/* leat/sim_provider.h: an LLM service in the simulated world: its limits, its pace, its failures.
 *
 * A provider is a server that speaks Chat Completions with bodies of the size and usage that its
 * configuration says, and whose limits are real: it keeps its own buckets and answers 429 to what is
 * over. It is the judge of a client's pace: what it refused, and what it could have served, are
 * counted. All chance comes from the world's seed.
 *
 * A request's input is a quarter of its body's bytes in tokens; its output is drawn, and cut by its
 * "max_tokens" or "max_completion_tokens". The answer's usage is what was taken; its text is short.
 * Answers are whole, never streams; paths that do not end with /chat/completions are 404.
 */
#ifndef LEAT_SIM_PROVIDER_H
#define LEAT_SIM_PROVIDER_H

#include <leat/sim.h>
#include <leat/status.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct leat_sim_provider leat_sim_provider;

/* Which rate-limit headers come with every answer, refusals included. They tell of the requests and
 * tokens buckets that there are, right after the request was let in or refused: when the answer comes
 * they are as old as it took. Resets are until the bucket is full. */
typedef enum leat_sim_told {
    LEAT_SIM_TOLD_NOTHING = 0,
    LEAT_SIM_TOLD_OPENAI = 1,   /* x-ratelimit-limit/remaining/reset-requests and -tokens */
    LEAT_SIM_TOLD_ANTHROPIC = 2 /* anthropic-ratelimit-* for requests and each kind of tokens */
} leat_sim_told;

/* What a refusal says about when to come back: when its bucket will have what it asks for, when the day
 * ends, or 1 s where no place was free. Overloads and an empty quota say nothing. */
typedef enum leat_sim_wait {
    LEAT_SIM_WAIT_UNSAID = 0,
    LEAT_SIM_WAIT_SECONDS = 1,     /* Retry-After, whole seconds, rounded up */
    LEAT_SIM_WAIT_MILLISECONDS = 2 /* retry-after-ms beside Retry-After */
} leat_sim_wait;

/* Every limit 0 is no limit. Buckets refill continuously and hold burst_ms worth, at least one; they
 * begin full. What is refused takes nothing. At most 1e11 a minute. */
typedef struct leat_sim_limits {
    uint32_t requests_per_minute;
    uint32_t concurrency_max; /* requests inside the service at once; one more is a 429 */
    uint64_t tokens_per_minute; /* input and output; both are taken when the request is admitted */
    uint64_t input_tokens_per_minute;
    uint64_t output_tokens_per_minute;
    uint64_t requests_per_day;  /* a fixed window from the provider's start; refused until it ends */
    uint64_t quota_requests;    /* after so many: 429 insufficient_quota, for ever */
} leat_sim_limits;

/* A length with a log-normal distribution: median, and the sigma of its logarithm. Drawn in whole
 * 1024ths and the same everywhere; the tails end at 6 sigma. */
typedef struct leat_sim_spread {
    double median; /* 0..1e6 */
    double sigma;  /* 0..4; 0: always the median */
} leat_sim_spread;

typedef struct leat_sim_provider_config {
    uint32_t struct_size;
    leat_sim_told told;         /* NOTHING */
    leat_sim_wait wait;         /* UNSAID */
    uint32_t burst_ms;          /* 60000 */
    leat_sim_limits limits;     /* none */
    leat_sim_spread first_byte_ms; /* 400, 0.3: admission to first byte */
    leat_sim_spread token_us;      /* 10000, 0: each output token after it; one draw an answer */
    leat_sim_spread output_tokens; /* 100, 0.4; at least 1; cut by the request's max_tokens */
    uint32_t tool_rounds;       /* 0; a request that offers tools is answered with a call of the first
                                   one, until it has so many results of tools */
    /* Overload: from overload_from_ms after the start on, in each period the first overload_on_ms are
     * an overload, in which everything is answered with overload_status, at once. What is inside
     * already is served. */
    uint32_t overload_status;   /* 503; 529 is the other usual one. 500..599 */
    uint64_t overload_from_ms;  /* 0 */
    uint64_t overload_on_ms;    /* 0: never */
    uint64_t overload_period_ms; /* 0: one overload only */
    /* From change_at_ms on (after the provider's start; 0: never) these limits hold; what is in the
     * buckets is cut to their new size. */
    uint64_t change_at_ms;
    leat_sim_limits changed;
    /* Chances in 0..1 of each admitted request; the first that comes true counts. */
    double server_error_chance; /* a 500 instead of an answer, its tokens are taken */
    double reset_chance;        /* a reset somewhere in the answer */
    double stall_chance;        /* silence somewhere in the answer, the connection stays open */
} leat_sim_provider_config;

LEAT_API void leat_sim_provider_config_init(leat_sim_provider_config *config);

typedef struct leat_sim_provider_stats {
    uint64_t requests;       /* whole ones that came */
    uint64_t admitted;
    uint64_t answered;       /* 200s sent to their end */
    uint64_t refused;        /* 429, quota apart */
    uint64_t refused_requests; /* why: these four are `refused` in sum */
    uint64_t refused_tokens;
    uint64_t refused_concurrency;
    uint64_t refused_day;
    uint64_t refused_quota;
    uint64_t overloaded;     /* 503, 529 */
    uint64_t failed;         /* 500, resets, stalls */
    uint64_t input_tokens;   /* of admitted requests */
    uint64_t output_tokens;
    uint32_t in_flight;      /* inside the service, now */
    uint32_t in_flight_peak;
    uint64_t paused_sends;   /* requests that came although the last refusal's wait was not over,
                                sent after that refusal had been delivered */
} leat_sim_provider_stats;

/* Bytes for leat_sim_provider_open. */
LEAT_API size_t leat_sim_provider_bytes(void);
/* Builds it in memory (aligned to 16; must outlive the world). LEAT_OK; LEAT_E_ARGUMENT;
 * LEAT_E_STRUCT_SIZE; LEAT_E_CONFIG. */
LEAT_API leat_status leat_sim_provider_open(void *memory, size_t bytes, leat_sim *sim,
                                            const leat_sim_provider_config *config,
                                            leat_sim_provider **provider) LEAT_CHECKED;
/* The handler that serves it, for leat_sim_host_add; any number of hosts may share it. */
LEAT_API leat_sim_handler leat_sim_provider_handler(leat_sim_provider *provider);
LEAT_API void leat_sim_provider_get_stats(const leat_sim_provider *provider,
                                          leat_sim_provider_stats *out);
/* What it could have answered from from_ms to to_ms after its start to a client that does everything
 * right: requests, as a real number, infinite without limits. The tightest limit decides at each
 * moment; overloads count as nothing, nor does what the buckets hold at from_ms, nor the share that
 * fails by chance. Places turn over in the mean service time. input_tokens: of the mean request. */
LEAT_API double leat_sim_provider_capacity(const leat_sim_provider *provider, uint64_t from_ms,
                                           uint64_t to_ms, double input_tokens);
/* Everything fails no more from now on: overload, errors, resets, stalls end. Limits stay. */
LEAT_API void leat_sim_provider_mend(leat_sim_provider *provider);

#ifdef __cplusplus
}
#endif
#endif
