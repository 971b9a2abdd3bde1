/* leat/client.h: one client: open it in a block of memory, give it endpoints, step it, close it.
 *
 * The client is a single-threaded reactor. Nothing happens outside of the calls below; no thread,
 * no signal handler, no global. After leat_open and leat_endpoint_add it allocates nothing.
 */
#ifndef LEAT_CLIENT_H
#define LEAT_CLIENT_H

#include <leat/config.h>
#include <leat/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct leat_client leat_client;
typedef uint32_t leat_endpoint; /* index given by leat_endpoint_add, from 0 */

/* leat_open: lays the client out in block and opens the ports.
 *   config  in; not kept, save the port tables that it names. Not NULL.
 *   block   in; block_bytes of memory aligned to 16, yours; in use until leat_close. Not NULL.
 *   client  out; set on success. Not NULL.
 * LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_STRUCT_SIZE; LEAT_E_RESERVED; LEAT_E_CONFIG (leat_config_error
 * names the field); LEAT_E_MEMORY (block smaller than leat_memory_required); LEAT_E_PORT (no
 * entropy, no poller); LEAT_E_TLS_CA; LEAT_E_TLS_MEMORY. */
LEAT_API leat_status leat_open(const leat_config *config, void *block, size_t block_bytes,
                               leat_client **client) LEAT_CHECKED;

/* leat_close: ends everything. Items not finished get no further callback and their results are
 * gone, so cancel and drain first if you want them. Credentials in the block are wiped. The block
 * is yours again. NULL is allowed. Must not be called from a callback (it does nothing then). */
LEAT_API void leat_close(leat_client *client);

/* Which field of config is wrong, as static text such as "retry.attempts_max must be >= 1"; ""
 * when none is. Pure. */
LEAT_API const char *leat_config_error(const leat_config *config);
LEAT_API const char *leat_endpoint_config_error(const leat_endpoint_config *config);

/* What is allowed but hardly meant (B11): the index-th warning about config, from 0, as static text;
 * NULL after the last. Pure. */
LEAT_API const char *leat_endpoint_config_warning(const leat_endpoint_config *config,
                                                  uint32_t index);

/* leat_endpoint_add: resolves the endpoint's host (this may block, unlike everything else) and
 * keeps a copy of its configuration. Call it before work is submitted to the endpoint; at any time.
 * LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_STRUCT_SIZE; LEAT_E_RESERVED; LEAT_E_CONFIG; LEAT_E_URL;
 * LEAT_E_NOT_FOUND (no such provider); LEAT_E_RESOLVE; LEAT_E_PLAIN_HTTP; LEAT_E_TEXT (a CR, LF or
 * NUL in a header, key or URL); LEAT_E_TOO_MANY (endpoints_max); LEAT_E_TOO_LARGE (texts over
 * 8 KiB in all); LEAT_E_UNSUPPORTED (https:// without a TLS port). */
LEAT_API leat_status leat_endpoint_add(leat_client *client, const leat_endpoint_config *config,
                                       leat_endpoint *endpoint) LEAT_CHECKED;

/* leat_endpoint_add_keys: the same endpoint under several keys, each with limits of its own: adds
 * keys_count endpoints, *first and those behind it. A batch on *first uses all of them, each item the
 * key that can go first. keys is not NULL; keys_count 1..16. Statuses as leat_endpoint_add; after an
 * error none was added. */
LEAT_API leat_status leat_endpoint_add_keys(leat_client *client, const leat_endpoint_config *config,
                                            const leat_key *keys, uint32_t keys_count,
                                            leat_endpoint *first) LEAT_CHECKED;

/* Why nothing is sent to the endpoint any more (leat_endpoint_config.abort_on): LEAT_E_AUTHENTICATION,
 * LEAT_E_QUOTA ...; LEAT_OK when it is in use. A batch that is opened on it gives it another chance. */
LEAT_API leat_status leat_endpoint_stopped(const leat_client *client, leat_endpoint endpoint);

/* leat_step: does what can be done now, waiting at most timeout_ms (0: do not wait; negative: until
 * something happens) if there is nothing. The work of one step is bounded by the configuration.
 * LEAT_OK: call again. LEAT_E_DONE: no batch has anything left to do (nothing was waited for).
 * LEAT_E_REENTRANT: called from a callback. LEAT_E_ARGUMENT. LEAT_E_PORT: the poller failed. */
LEAT_API leat_status leat_step(leat_client *client, int32_t timeout_ms);

/* For a host's own loop: wait on this descriptor for reading, at most until leat_next_deadline_ms,
 * then call leat_step(client, 0). -1 when the poller has none. */
LEAT_API int32_t leat_pollable_fd(leat_client *client);

/* Milliseconds until leat_step has something to do even if no descriptor is ready: 0 now, -1 never.
 * Rounded up, so that a step after that wait finds its timer due. */
LEAT_API int64_t leat_next_deadline_ms(leat_client *client);

/* What the client has done since it was opened. Counters only grow. */
typedef struct leat_stats {
    uint64_t steps;
    uint64_t requests_sent;          /* attempts that wrote their first byte */
    uint64_t responses;              /* whole answers, any HTTP status */
    uint64_t connections_opened;
    uint64_t connections_reused;     /* requests that went over a kept connection */
    uint64_t connections_replayed;   /* requests sent again because a kept one had died */
    uint64_t tls_full_handshakes;
    uint64_t tls_resumed_handshakes;
    uint64_t bytes_sent;             /* application bytes, before TLS */
    uint64_t bytes_received;
    uint64_t rate_limited;           /* 429 and alike */
    uint64_t retries;
    uint64_t overload_probes;        /* requests that found a service still overloaded; no attempts */
    uint32_t in_flight;              /* now */
    uint32_t in_flight_peak;
    uint32_t connections_open;       /* now, idle ones included */
    uint32_t items_alive;            /* now */
    size_t item_bytes_peak;          /* highest use of any item's arena */
    size_t tls_pool_peak_bytes;
} leat_stats;

LEAT_API void leat_get_stats(const leat_client *client, leat_stats *stats);

/* What keeps an endpoint from sending more right now. */
typedef enum leat_limiter {
    LEAT_LIMITER_NONE = 0,        /* nothing waits */
    LEAT_LIMITER_IN_FLIGHT = 1,   /* max_in_flight reached */
    LEAT_LIMITER_COOLDOWN = 2,    /* paused after a 429 */
    LEAT_LIMITER_SLOW_START = 3,  /* resuming after a pause */
    LEAT_LIMITER_REQUESTS = 4,    /* requests per minute */
    LEAT_LIMITER_TOKENS = 5,      /* tokens per minute */
    LEAT_LIMITER_CONNECTIONS = 6, /* connections_max, or the first TLS handshake is under way */
    LEAT_LIMITER_ITEMS = 7,       /* items_max: results wait to be released */
    LEAT_LIMITER_SOURCE = 8,      /* the source has no more work now */
    LEAT_LIMITER_OVERLOAD = 9,    /* the service is down or overloaded; one request at a time asks */
    LEAT_LIMITER_DAY = 10,        /* requests or tokens per day */
    LEAT_LIMITER_LEARNED = 11,    /* the rate that refusals have shown to be too much */
    LEAT_LIMITER_BUDGET = 12      /* what is on the wire may use up the rest of the budget */
} leat_limiter;

/* How an endpoint paces itself right now. Of its models, the one that is used most. */
typedef struct leat_pace {
    uint32_t in_flight;        /* of all its models */
    uint32_t in_flight_limit;  /* how many may be: what was found so far, below max_in_flight */
    leat_limiter limiter;
    uint32_t models;           /* limit domains that are in use */
    int64_t paused_ms;         /* how long its pause still lasts; 0: none */
    double learned_per_minute; /* requests, where refusals have shown a rate; 0: they have not */
} leat_pace;

/* LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_NOT_FOUND. */
LEAT_API leat_status leat_endpoint_pace(const leat_client *client, leat_endpoint endpoint,
                                        leat_pace *pace);

LEAT_API leat_limiter leat_endpoint_limiter(const leat_client *client, leat_endpoint endpoint);

/* Static text: "none", "in-flight", "cooldown" ... Never NULL. */
LEAT_API const char *leat_limiter_name(leat_limiter limiter);

/* Names of the providers that leat_endpoint_config.provider knows: index from 0; NULL after the
 * last. */
LEAT_API const char *leat_provider_name(uint32_t index);
/* Where that provider is reached when no base_url is given; "" when there is no such place. NULL
 * after the last. */
LEAT_API const char *leat_provider_base_url(uint32_t index);
/* What that provider has not got, whatever the model: a sum of LEAT_FIELD_* (LEAT_FIELD_STREAM: it
 * does not stream). A request that sets such a field goes out without it. 0 after the last. */
LEAT_API uint32_t leat_provider_lacks(uint32_t index);

/* "0.1.0"; and the number that grows with each release of the ABI. */
#define LEAT_VERSION "0.1.0"
LEAT_API const char *leat_version(void);
LEAT_API uint32_t leat_abi_age(void);

#ifdef __cplusplus
}
#endif
#endif
