/* leat/config.h: what a client, an endpoint and a batch are told when they are opened.
 *
 * Every struct has an init function that sets struct_size and the defaults stated here; change
 * what you need and hand it over. A value out of its range answers LEAT_E_CONFIG and
 * leat_config_error names the field. Row ids (B27, P4 ...) name the rule that a default follows.
 */
#ifndef LEAT_CONFIG_H
#define LEAT_CONFIG_H

#include <leat/pacing.h>
#include <leat/port.h>
#include <leat/status.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct leat_adapter;

/* ---------------------------------------------------------------- client */

/* Everything here decides how much memory the client's block needs; leat_memory_required turns
 * it into bytes and leat_memory_report into a table. Nothing grows later. */
typedef struct leat_config {
    uint32_t struct_size;
    uint32_t items_max;        /* 64; items alive at once: in flight, sleeping before a retry, or
                                  finished and not yet released. 1..65536 */
    size_t item_bytes;         /* 256 KiB; arena of one item: request segments, copied text,
                                  headers and body of the answer, decoded text. 4 KiB..1 GiB */
    uint32_t connections_max;  /* 64; open connections, idle ones included. 1..65536 */
    uint32_t endpoints_max;    /* 4. 1..256 */
    uint32_t batches_max;      /* 4; open batches. 1..256 */
    uint32_t ring_entries;     /* 256; submitted items waiting in one batch. 1..1048576 */
    size_t intake_bytes;       /* 1 MiB; text of waiting LEAT_COPY items of one batch. 0..1 GiB */
    uint32_t header_bytes_max; /* 32 KiB; all header lines of one answer. 1 KiB..1 MiB */
    uint32_t events_per_step;  /* 256; streams served in one step: bounds a step. 1..4096 */
    uint64_t body_bytes_max;   /* 64 MiB; one answer's body (its item's arena bounds it too) */
    uint32_t staging_bytes;    /* 32 KiB; window through which requests are written. 4 KiB..1 MiB */
    uint32_t receive_bytes;    /* 64 KiB; window into which answers are read. 4 KiB..1 MiB */
    size_t tls_pool_bytes;     /* 0: the TLS port's own estimate for connections_max */
    leat_str tls_ca_file;      /* empty: the system's bundle. Read once, by leat_open */
    leat_str tls_ca_pem;       /* PEM text instead of a file; wins over tls_ca_file */
    uint8_t use_tls;           /* 1; 0 leaves the TLS port out: no pool, no https:// */
    uint8_t block_is_zero;     /* 0; 1: every byte of the block is 0, as fresh pages are. Parts of
                                  the TLS pool that are never used then cost no memory.
                                  leat_open_mapped sets it */
    uint8_t reserved8[6];
    uint64_t seed;             /* 0: from the entropy port. Otherwise jitter repeats exactly */
    leat_log_level log_level;  /* LEAT_LOG_WARNING */
    uint32_t reserved32;
    leat_ports ports;          /* the outside world: leat_posix_ports() or your own */
    uint32_t conversations_max; /* 0; open conversations (leat/conversation.h). 0..65536 */
    uint32_t conversation_messages_max; /* 256; messages of one conversation. 1..65536 */
    size_t conversation_bytes; /* 64 KiB; texts of one conversation, those over 256 bytes twice
                                  where JSON needs escapes. 1 KiB..1 GiB */
    uint32_t contexts_max;     /* 0; open context caches (leat/context.h); each has an item for its own
                                  calls. 0..256 */
    uint32_t reserved32b;
    uint32_t callback_slow_ms; /* 5000; observers, middleware, tools' run, on_result, on_progress,
                                  on_attempt and validate that take longer are logged, counted and
                                  told of (B13, B48; LEAT_OBSERVED_CALLBACK_SLOW). 0: not timed */
    uint32_t post_process_slow_ms; /* 90000; the same for post_process (B12) */
} leat_config;

LEAT_API void leat_config_init(leat_config *config);

/* ---------------------------------------------------------------- endpoint */

/* How a failed attempt is tried again (B27, B28). The wait before attempt k+1 is
 * min(backoff_initial_ms * backoff_base^(k-1), backoff_max_ms) * uniform(jitter_min, 1). */
typedef struct leat_retry {
    uint32_t attempts_max;       /* 3, the first one included. >= 1 */
    uint32_t backoff_initial_ms; /* 1000. > 0 */
    uint32_t backoff_max_ms;     /* 60000. >= backoff_initial_ms */
    uint32_t reserved;
    double backoff_base;         /* 2.0. >= 1 */
    double jitter_min;           /* 0.5; 1.0 switches jitter off. 0..1 */
    /* What a domain may spend on retries after trouble of the service (5xx, network, timeouts), as the AWS
     * SDKs have it: each draws quota_cost, after a
     * timeout quota_cost_timeout; a retry that succeeds gives back what it drew, any other success
     * one. With less than that left an attempt that failed is the item's last. */
    uint32_t quota;              /* 500; 0: not counted */
    uint32_t quota_cost;         /* 5. <= quota */
    uint32_t quota_cost_timeout; /* 10. <= quota */
    uint32_t reserved2;
} leat_retry;

/* What a 429 does (B34-B41). It pauses all that goes to the same provider, model and key, consumes no
 * attempt, and stale ones (sent before the pause) change nothing. A service that answers nothing but
 * overload (503, 529) is left alone as well, and asked again by one request at a time. */
typedef struct leat_cooldown {
    uint32_t retries_max;        /* 20 rate-limited tries of one item; then it fails. 0: at once */
    uint32_t initial_ms;         /* 10000: pause when the provider names no time. 1000, and no more, for
                                    the first that only takes back a step leat had just tried */
    uint32_t max_ms;             /* 600000 */
    uint32_t retry_after_max_ms; /* 120000: a longer Retry-After is cut to this; no limit that
                                    headers tell holds a domain longer without asking again */
    double multiplier;           /* 2.0 per pause in a row; any success starts over. >= 1 */
    uint32_t slow_start_items;   /* 50; 0: off (B38) */
    uint32_t slow_start_initial_ms; /* 2000 */
    uint32_t slow_start_final_ms;   /* 100 */
    uint32_t overload_max_ms;    /* 600000: an outage that lasts longer makes items fail */
    uint8_t retry_after_is_floor;   /* 0: Retry-After decides; 1: it only lengthens (B37) */
    uint8_t reserved8[7];
} leat_cooldown;

/* The pauses of the batch-llm library (B36): 300 s, times 1.5 for each in a row, at most 600 s, and a
 * Retry-After only lengthens them. cooldown is not NULL. */
LEAT_API void leat_cooldown_batch_llm(leat_cooldown *cooldown);

/* How the number of requests on the wire finds itself, below max_in_flight. It grows while it is in use
 * and answers come, gives way on 429s that no known limit explains, on overload, and on timeouts and
 * broken connections when they are many; what was refused is remembered as a ceiling, and tried again
 * after half a minute, a minute, then every two minutes (and 300 requests). */
typedef struct leat_adaptive {
    uint8_t enabled;        /* 1 */
    uint8_t reserved8[3];
    uint32_t min_in_flight; /* 1; it gives way no further. 1..max_in_flight */
    uint32_t ramp_ms;       /* 0; > 0: begins with one and adds one each so often (B43) */
    uint32_t reserved;
    double decrease;        /* 0.75; what one cut leaves. 0.1..0.99 */
    double latency_factor;  /* 0: off; > 1: first bytes that take so many times what they used to are
                               a sign of pressure as well */
} leat_adaptive;

/* What tokens cost, in US dollars per million; < 0: unknown, and then the built-in price of provider and
 * model counts (leat/meter.h), where there is one in US dollars; wherever base_url leads. A request's
 * model is the one that it is asked for with; of a ready body, the one that the answer names. */
typedef struct leat_price {
    double input;        /* -1 */
    double cached_input; /* -1: as input */
    double output;       /* -1 */
} leat_price;

/* Four separate bounds on one attempt. 0 = none, save attempt_ms which must be > 0. */
typedef struct leat_timeouts {
    uint32_t connect_ms;    /* 10000; name known to connection (and TLS) ready */
    uint32_t first_byte_ms; /* 0; request sent to first byte of the answer */
    uint32_t idle_ms;       /* 60000; longest silence within an answer, or within sending */
    uint32_t attempt_ms;    /* 120000; request begun to answer whole (B20, B22) */
} leat_timeouts;

/* One name fixed to one address, as curl's --resolve. */
typedef struct leat_resolve {
    leat_str host;
    leat_str address; /* IP literal */
    uint16_t port;
    uint8_t reserved[6];
} leat_resolve;

/* max_in_flight: as many as do good, and as connections_max and items_max leave room for. */
#define LEAT_AUTO UINT32_MAX

/* A provider under one key. Its limits are kept apart for each model that requests name (4 models; what
 * is more shares the last one's); what is configured here holds for all of them together. Everything is
 * copied by leat_endpoint_add, save adapter and pacing. */
typedef struct leat_endpoint_config {
    uint32_t struct_size;
    uint32_t max_in_flight;      /* LEAT_AUTO: begins with 5 and finds the rest itself; else requests on
                                    the wire at once, never more. >= 1 (P4) */
    leat_str provider;           /* adapter's or compatible service's name: "openai", "groq" ...;
                                    leat_provider_name lists them */
    const struct leat_adapter *adapter; /* NULL, or your own instead of provider; borrowed until
                                           leat_close */
    leat_str base_url;           /* empty: the provider's own. Path included: ".../v1" */
    leat_str api_key;            /* copied into the wiped region; never logged */
    leat_str model;              /* default for requests that name none */
    leat_str proxy;              /* http://[user:password@]host:port; empty: none */
    const leat_header *headers;  /* extra request headers; borrowed for the call */
    uint32_t headers_count;      /* 0..32 */
    uint32_t requests_per_minute; /* 0: no limit */
    uint64_t tokens_per_minute;   /* 0: no limit */
    uint32_t request_burst;       /* 0: one second's worth, at least 1 */
    uint32_t output_estimate_tokens; /* 1000; reserved per request until its usage is known */
    const leat_resolve *resolve; /* fixed addresses; borrowed for the call */
    uint32_t resolve_count;
    uint32_t keepalive_ms;       /* 30000; an idle connection older than this is closed. 0: never
                                    kept */
    leat_timeouts timeouts;
    leat_retry retry;
    leat_cooldown cooldown;
    leat_adaptive adaptive;
    const leat_pacing *pacing;   /* NULL: leat_pacing_exponential(); borrowed until leat_close */
    uint64_t input_tokens_per_minute;  /* 0: no limit */
    uint64_t output_tokens_per_minute; /* 0: no limit */
    uint64_t requests_per_day;   /* 0: no limit; in any 24 hours */
    uint64_t tokens_per_day;     /* 0: no limit; in any 24 hours */
    leat_price price;            /* unknown: the built-in ones; a price here holds for all models */
    uint32_t abort_on;           /* LEAT_ON_AUTHENTICATION | LEAT_ON_QUOTA: failures after which nothing
                                    more is sent here: the first one before any success, else three in
                                    a row. 0: none */
    uint8_t allow_plain_http;    /* 0; 1 lets http:// go to hosts that are not loopback */
    uint8_t ignore_told;         /* 0; 1: limits that answers tell are not heeded */
    uint8_t ignore_learned;      /* 0; 1: refusals teach no rate */
    uint8_t reserved8;
} leat_endpoint_config;

LEAT_API void leat_endpoint_config_init(leat_endpoint_config *config);

/* One of several keys for the same service (G33). */
typedef struct leat_key {
    leat_str api_key;
    uint32_t requests_per_minute; /* 0: the endpoint configuration's */
    uint32_t request_burst;       /* 0: the endpoint configuration's */
} leat_key;

#ifdef __cplusplus
}
#endif
#endif
