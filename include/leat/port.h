/* leat/port.h: the contract of a port, that is of everything outside leat.
 *
 * A port is a table of functions. leat's core knows the network, TLS, time, chance and logging
 * only through these tables, which is why all of it runs in the simulator and on any system that
 * can fill them in. MUST, MUST NOT and MAY are meant literally; tests/port runs one conformance
 * suite over every port. Ready ports: port/posix, port/mbedtls, port/sim. To write your own,
 * copy port/template.
 *
 * General rules. (1) No function of a port may block, save resolve (called only while an endpoint
 * is added) and wait (up to its timeout). (2) Memory: a port states the bytes that it wants
 * (state_bytes) and gets them, aligned to 16, inside the caller's block (the poller's zeroed, the
 * TLS library's as they are: its pool may be large); it MUST NOT allocate after open. (3) A port
 * MUST NOT call back into leat, save through what it was handed.
 */
#ifndef LEAT_PORT_H
#define LEAT_PORT_H

#include <leat/status.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- addresses */

typedef struct leat_address {
    uint8_t family; /* 4 or 6 */
    uint8_t reserved;
    uint16_t port;      /* host byte order */
    uint32_t scope_id;  /* IPv6 link-local scope, else 0 */
    uint8_t bytes[16];  /* network byte order; IPv4 uses the first four */
} leat_address;

/* ---------------------------------------------------------------- poller */

enum {
    LEAT_READY_READ = 1,  /* reading may make progress (data, end or error) */
    LEAT_READY_WRITE = 2, /* writing may make progress (or the connect ended) */
    LEAT_READY_ERROR = 4  /* the stream failed or the peer ended it; reading will say how */
};

typedef struct leat_ready {
    uint64_t token; /* as given to add */
    uint32_t events; /* LEAT_READY_* bits */
    uint32_t reserved;
} leat_ready;

/* Edge-triggered readiness. After add, and after a read or a write that answered
 * LEAT_E_WOULD_BLOCK, the poller MUST report the stream once it becomes ready for that. It MAY
 * report more often (a level-triggered poller conforms), and MAY report a stream that is not ready.
 * A read of fewer bytes than asked counts as LEAT_E_WOULD_BLOCK here: when more comes, the poller
 * MUST report it. What had come before the report is the reader's: when LEAT_READY_ERROR was
 * reported, read until the stream says how it ended.
 */
typedef struct leat_poller_ops {
    uint32_t struct_size;
    uint32_t reserved;
    const char *name;
    /* Bytes of state for at most streams_max registered streams. */
    size_t (*state_bytes)(uint32_t streams_max);
    /* LEAT_OK, LEAT_E_DESCRIPTORS or LEAT_E_PORT. */
    leat_status (*open)(void *state, uint32_t streams_max, void *user);
    void (*close)(void *state);
    /* Registers a stream for reading and writing, once for its life. LEAT_OK, LEAT_E_TOO_MANY past
     * streams_max, LEAT_E_PORT. */
    leat_status (*add)(void *state, int64_t descriptor, uint64_t token);
    /* Takes it out. MUST be called before the stream is closed; after it no event with its token
     * is returned by a later wait. Unknown descriptors are ignored. */
    void (*remove)(void *state, int64_t descriptor);
    /* Waits until something is ready, at most timeout_ns (0: look only, negative: no limit).
     * Returns how many entries of ready were filled (0 on timeout or on a signal), or a negative
     * status. A signal MUST end the wait early with 0. */
    int32_t (*wait)(void *state, int64_t timeout_ns, leat_ready *ready, uint32_t ready_max);
    /* A descriptor that a host's own loop can wait on for reading, or -1 where there is none. */
    int32_t (*pollable)(void *state);
    /* Asks for one more report of a stream, for a poller that cannot see edges by itself. Where
     * it is not NULL, leat calls it after each read (READ) or write (WRITE) that answered
     * LEAT_E_WOULD_BLOCK or moved fewer bytes than asked, and without it such a poller MAY stay
     * silent about that stream and event. MUST NOT fail; unknown descriptors are ignored; asking
     * twice is asking once. MAY be NULL: the system reports edges (epoll, kqueue). */
    void (*rearm)(void *state, int64_t descriptor, uint32_t events);
} leat_poller_ops;

/* ---------------------------------------------------------------- stream */

/* A byte stream to a peer (TCP). read and write return
 *   > 0                       bytes moved (a short count is normal)
 *   LEAT_E_WOULD_BLOCK        nothing now; the poller will tell
 *   LEAT_E_CONNECTION_CLOSED  read only: the peer ended its side in order
 *   LEAT_E_CONNECTION_RESET   the peer reset it (or a write met a closed peer)
 *   LEAT_E_IO                 anything else
 * and MUST NOT return 0. Interrupted system calls are repeated inside. */
typedef struct leat_stream_ops {
    uint32_t struct_size;
    uint32_t reserved;
    const char *name;
    /* Starts a non-blocking connect. LEAT_OK: *descriptor is open, connected or under way.
     * LEAT_E_CONNECT: refused or unreachable at once. LEAT_E_DESCRIPTORS: no descriptor left. */
    leat_status (*open)(void *user, const leat_address *to, int64_t *descriptor);
    /* After LEAT_READY_WRITE or _ERROR: LEAT_OK connected, LEAT_E_WOULD_BLOCK still under way,
     * LEAT_E_CONNECT failed. */
    leat_status (*finish)(void *user, int64_t descriptor);
    int64_t (*read)(void *user, int64_t descriptor, void *bytes, size_t size);
    int64_t (*write)(void *user, int64_t descriptor, const void *bytes, size_t size);
    void (*close)(void *user, int64_t descriptor);
} leat_stream_ops;

/* ---------------------------------------------------------------- TLS */

/* How a TLS session reaches the bytes below it: the same answers as leat_stream_ops. */
typedef struct leat_tls_bio {
    void *user;
    int64_t (*read)(void *user, void *bytes, size_t size);
    int64_t (*write)(void *user, const void *bytes, size_t size);
} leat_tls_bio;

struct leat_clock_ops;
struct leat_entropy_ops;

typedef struct leat_tls_config {
    uint32_t struct_size;
    uint32_t sessions_max;   /* connections at once */
    uint32_t tickets_max;    /* endpoints that keep a session for resumption */
    uint32_t state_is_zero;  /* 1: every byte of state is 0, and need not be made so; else 0 */
    size_t pool_bytes;       /* 0: the port's own estimate for sessions_max */
    leat_str ca_file;        /* PEM bundle to trust; empty: the system's */
    leat_str ca_pem;         /* PEM text to trust instead of a file; empty: none */
    const struct leat_clock_ops *clock;
    void *clock_user;
    const struct leat_entropy_ops *entropy;
    void *entropy_user;
} leat_tls_config;

typedef struct leat_tls_stats {
    size_t pool_bytes;        /* size of the pool */
    size_t pool_used_bytes;
    size_t pool_peak_bytes;
    uint64_t pool_failures;   /* allocations that found no room */
    uint64_t handshakes_full;
    uint64_t handshakes_resumed;
} leat_tls_stats;

/* A TLS client library. All of its memory is the state that open got. A session lives in
 * session_bytes given by the caller and holds no other memory but the pool's.
 * The port MUST verify the chain and the name, send SNI, refuse TLS below 1.2, and MUST NOT send
 * a byte of application data before all of that held. */
typedef struct leat_tls_ops {
    uint32_t struct_size;
    uint32_t reserved;
    const char *name;
    size_t (*state_bytes)(const leat_tls_config *config);
    /* LEAT_OK, LEAT_E_TLS_CA, LEAT_E_TLS_MEMORY, LEAT_E_PORT (entropy). config is not kept. */
    leat_status (*open)(void *state, size_t bytes, const leat_tls_config *config, void *user);
    void (*close)(void *state);
    size_t (*session_bytes)(void);
    /* Begins a session with the peer called host (DNS name or IP literal, without brackets).
     * ticket_index: which endpoint's ticket to resume from and to renew, < tickets_max.
     * bio is kept until stop. LEAT_OK, LEAT_E_TLS_MEMORY, LEAT_E_TLS_NAME (empty host). */
    leat_status (*start)(void *state, void *session, uint32_t ticket_index, leat_str host,
                         const leat_tls_bio *bio);
    /* LEAT_OK when the peer is authenticated, LEAT_E_WOULD_BLOCK, or a LEAT_E_TLS_*, LEAT_E_IO,
     * LEAT_E_CONNECTION_* status. After LEAT_OK the ticket of ticket_index has been renewed where
     * the peer gave one. */
    leat_status (*handshake)(void *state, void *session);
    /* As leat_stream_ops, with these besides: LEAT_E_TLS_RECORD, LEAT_E_TLS_TRUNCATED (end of
     * stream without close_notify), LEAT_E_TLS_MEMORY. A write of n bytes that answers n has taken
     * them: if the record is not yet on the wire, the port sends the rest at the next write,
     * flush or read. */
    int64_t (*read)(void *state, void *session, void *bytes, size_t size);
    int64_t (*write)(void *state, void *session, const void *bytes, size_t size);
    /* Sends what write took. LEAT_OK all gone, LEAT_E_WOULD_BLOCK, or an error. */
    leat_status (*flush)(void *state, void *session);
    /* Sends close_notify if that needs no waiting, wipes and returns the session's memory. */
    void (*stop)(void *state, void *session);
    /* 1 when that endpoint has a session to resume, else 0. */
    int32_t (*has_ticket)(void *state, uint32_t ticket_index);
    void (*stats)(void *state, leat_tls_stats *out);
} leat_tls_ops;

/* ---------------------------------------------------------------- resolver */

typedef struct leat_resolver_ops {
    uint32_t struct_size;
    uint32_t reserved;
    const char *name;
    /* Fills addresses (at most addresses_max) for host (DNS name or IP literal) in the order in
     * which they should be tried; *count >= 1 with LEAT_OK. LEAT_E_RESOLVE otherwise. May block:
     * leat calls it only from leat_endpoint_add. */
    leat_status (*resolve)(void *user, leat_str host, uint16_t port, leat_address *addresses,
                           uint32_t addresses_max, uint32_t *count);
} leat_resolver_ops;

/* ---------------------------------------------------------------- clock, entropy, log */

typedef struct leat_clock_ops {
    uint32_t struct_size;
    uint32_t reserved;
    /* Nanoseconds since any fixed point. SHOULD never go back; leat tolerates it when it does. */
    uint64_t (*now_ns)(void *user);
    /* Milliseconds since 1970-01-01 UTC, for certificate dates and Retry-After dates; 0: unknown
     * (TLS then refuses to start). */
    int64_t (*wall_ms)(void *user);
} leat_clock_ops;

typedef struct leat_entropy_ops {
    uint32_t struct_size;
    uint32_t reserved;
    /* Fills size bytes fit for keys. LEAT_OK or LEAT_E_PORT. */
    leat_status (*fill)(void *user, void *bytes, size_t size);
} leat_entropy_ops;

typedef enum leat_log_level {
    LEAT_LOG_ERROR = 1,
    LEAT_LOG_WARNING = 2,
    LEAT_LOG_INFO = 3,
    LEAT_LOG_DEBUG = 4
} leat_log_level;

typedef struct leat_log_ops {
    uint32_t struct_size;
    uint32_t reserved;
    /* One line without its end; credentials are already taken out. line dies on return. */
    void (*write)(void *user, leat_log_level level, leat_str line);
} leat_log_ops;

/* ---------------------------------------------------------------- all of them */

/* The ports of one client. poller, stream, resolver, clock and entropy are required; without tls
 * an https:// endpoint answers LEAT_E_UNSUPPORTED; without log nothing is written. The tables are
 * borrowed until leat_close; this struct itself is copied by leat_open. */
typedef struct leat_ports {
    uint32_t struct_size;
    uint32_t reserved;
    const leat_poller_ops *poller;
    void *poller_user;
    const leat_stream_ops *stream;
    void *stream_user;
    const leat_tls_ops *tls; /* may be NULL */
    void *tls_user;
    const leat_resolver_ops *resolver;
    void *resolver_user;
    const leat_clock_ops *clock;
    void *clock_user;
    const leat_entropy_ops *entropy;
    void *entropy_user;
    const leat_log_ops *log; /* may be NULL */
    void *log_user;
} leat_ports;

#ifdef __cplusplus
}
#endif
#endif
