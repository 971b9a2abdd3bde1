/* leat/sim.h: the simulated port: a whole network in one block of memory, in virtual time.
 *
 * A leat_sim holds a clock, hosts, links, names, a TLS without cryptography and a log. Nothing in
 * it waits: time moves inside the poller's wait (to the next event of the network, or to the
 * timeout) and in leat_sim_advance, nowhere else. All chance comes from one 64-bit seed, so the
 * same seed and the same calls give the same leat_sim_trace_hash.
 *
 * Scripts (handlers, responders, leat_sim_at) run inside the client's port calls: they act on the
 * simulator and never call leat. One thread; text is borrowed as each page states.
 */
#ifndef LEAT_SIM_H
#define LEAT_SIM_H

#include <leat/port.h>
#include <leat/status.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct leat_sim leat_sim;           /* a world */
typedef struct leat_sim_host leat_sim_host; /* an address that listens */
typedef struct leat_sim_conn leat_sim_conn; /* one connection, as its server sees it */

/* ---------------------------------------------------------------- world */

/* How the poller tells of readiness. All three conform to leat/port.h. */
typedef enum leat_sim_edges {
    LEAT_SIM_EDGES_STRICT = 0, /* each edge exactly once, and only where one was asked for by a
                                  would-block or a short read: finds lost wake-ups */
    LEAT_SIM_EDGES_NOISY = 1,  /* repeats, reports streams that are not ready, ends waits early */
    LEAT_SIM_EDGES_REARM = 2   /* as strict, and silent until rearm is called (as poll is) */
} leat_sim_edges;

typedef struct leat_sim_config {
    uint32_t struct_size;
    uint32_t connections_max;  /* 64; those that are still closing included. 1..65536 */
    uint32_t hosts_max;        /* 16 */
    uint32_t names_max;        /* 16; name to address pairs */
    uint32_t pipe_bytes;       /* 64 KiB; each connection, each direction. >= 256 */
    uint32_t scratch_bytes;    /* 16 KiB; server's memory of each connection. >= 4096 */
    uint32_t log_bytes;        /* 64 KiB */
    uint32_t descriptors_max;  /* 0: connections_max. Streams that a client can have open */
    uint64_t seed;             /* 1 */
    uint64_t start_ns;         /* 1 s; where the clock starts */
    int64_t wall_ms;           /* 2026-01-01 00:00 UTC; what the wall clock says at start_ns */
    leat_sim_edges edges;      /* STRICT */
    uint32_t reserved;
} leat_sim_config;

LEAT_API void leat_sim_config_init(leat_sim_config *config);

/* Bytes for leat_sim_open; 0 when config is invalid. Pure. */
LEAT_API size_t leat_sim_bytes(const leat_sim_config *config);

/* Builds a world in memory (aligned to 16, need not be zeroed). LEAT_OK; LEAT_E_ARGUMENT;
 * LEAT_E_STRUCT_SIZE; LEAT_E_CONFIG; LEAT_E_MEMORY. There is no close: the memory is all. */
LEAT_API leat_status leat_sim_open(void *memory, size_t bytes, const leat_sim_config *config,
                                   leat_sim **sim) LEAT_CHECKED;

/* Fills every table of out with this world's; the world must outlive the client. */
LEAT_API void leat_sim_ports(leat_sim *sim, leat_ports *out);

/* ---------------------------------------------------------------- time */

LEAT_API uint64_t leat_sim_now_ns(const leat_sim *sim);
/* Lets time pass, as a caller does that is busy elsewhere. The network goes on meanwhile. */
LEAT_API void leat_sim_advance(leat_sim *sim, uint64_t ns);
/* What the wall clock says from now on; it goes on with virtual time. */
LEAT_API void leat_sim_wall_set(leat_sim *sim, int64_t wall_ms);
/* The clock that clients see jumps back by ns (and stays behind). Events are not moved. */
LEAT_API void leat_sim_clock_back(leat_sim *sim, uint64_t ns);
/* Calls act when the clock reaches at_ns, while time passes. 64 may wait; LEAT_E_TOO_MANY. */
LEAT_API leat_status leat_sim_at(leat_sim *sim, uint64_t at_ns,
                                 void (*act)(void *user, leat_sim *sim), void *user);
/* The world's own chance, for scripts: any 64 bits; or below limit (0 for limit 0). */
LEAT_API uint64_t leat_sim_random(leat_sim *sim);
LEAT_API uint64_t leat_sim_random_below(leat_sim *sim, uint64_t limit);

/* ---------------------------------------------------------------- links */

typedef enum leat_sim_accept {
    LEAT_SIM_ACCEPT = 0,
    LEAT_SIM_REFUSE = 1,         /* the connect fails after connect_ns */
    LEAT_SIM_REFUSE_AT_ONCE = 2, /* open itself answers LEAT_E_CONNECT */
    LEAT_SIM_BLACKHOLE = 3       /* never an answer */
} leat_sim_accept;

typedef enum leat_sim_chunks {
    LEAT_SIM_WHOLE = 0,
    LEAT_SIM_BYTEWISE = 1,
    LEAT_SIM_RANDOM = 2, /* any size, and now and then would-block without need */
    LEAT_SIM_SPLIT = 3   /* the connection's first split_at bytes apart from the rest */
} leat_sim_chunks;

/* How the way to a host behaves. A connection copies it when it is opened. */
typedef struct leat_sim_link {
    leat_sim_accept accept;
    leat_sim_chunks read_chunks;  /* what one read of the client gets */
    leat_sim_chunks write_chunks; /* what one write of the client takes */
    uint32_t send_buffer_bytes;   /* 0: pipe_bytes. What may be on its way to the server */
    uint64_t connect_ns;          /* 1 ms; 0: connected when open returns */
    uint64_t up_ns;               /* client to server, 0.5 ms */
    uint64_t down_ns;             /* server to client, 0.5 ms */
    uint64_t jitter_ns;           /* 0; uniform, added to each delay; order is kept */
    uint64_t read_split_at;
    uint64_t write_split_at;
    uint8_t reset_drops_data;     /* 0; 1: a reset discards what the client has not read yet */
    uint8_t reserved8[7];
} leat_sim_link;

/* ---------------------------------------------------------------- hosts */

/* What a server does. Every function may be NULL. Bytes die on return; what is not stalled is
 * consumed. scratch is the connection's own memory, zeroed, scratch_bytes large. */
typedef struct leat_sim_handler {
    void *user;
    void (*on_accept)(void *user, leat_sim_conn *conn);
    void (*on_bytes)(void *user, leat_sim_conn *conn, leat_str bytes);
    void (*on_room)(void *user, leat_sim_conn *conn);   /* send may take more again */
    void (*on_timer)(void *user, leat_sim_conn *conn);  /* after leat_sim_conn_timer */
    void (*on_finish)(void *user, leat_sim_conn *conn); /* the client ended its side */
    void (*on_close)(void *user, leat_sim_conn *conn);  /* the connection is gone */
} leat_sim_handler;

/* The host's TLS; all zero: it speaks plain bytes. */
typedef struct leat_sim_tls {
    uint8_t enabled;
    uint8_t no_tickets;      /* 1: gives none */
    uint8_t refuse_tickets;  /* 1: takes none: each handshake is a full one */
    uint8_t no_close_notify; /* 1: ends without it, so that the end looks cut */
    uint32_t rounds_full;    /* round trips of a full handshake; 0: 2 */
    uint32_t rounds_resumed; /* 0: 1 */
    uint32_t flight_bytes;   /* size of each server flight; 0: 600 */
    uint32_t record_bytes;   /* plain bytes in a record at most; 0: 4096 */
    uint64_t flight_delay_ns; /* server's thinking time in each round */
    uint32_t stall_round;    /* 1..: says nothing from that round on; 0: never */
    leat_status verdict;     /* LEAT_OK, or how authentication ends: LEAT_E_TLS_EXPIRED ... */
    leat_str name;           /* the only name in the certificate; empty: any. Borrowed */
} leat_sim_tls;

/* A new listener. LEAT_OK; LEAT_E_ARGUMENT (bad literal); LEAT_E_TOO_MANY; LEAT_E_STATE (taken).
 * address: IPv4 or IPv6 literal. handler is copied. host may be NULL. */
LEAT_API leat_status leat_sim_host_add(leat_sim *sim, leat_str address, uint16_t port,
                                       const leat_sim_handler *handler, leat_sim_host **host);
/* Both may be changed at any time; new connections see it. An address without a host refuses. */
LEAT_API leat_sim_link *leat_sim_host_link(leat_sim_host *host);
LEAT_API leat_sim_tls *leat_sim_host_tls(leat_sim_host *host);

typedef struct leat_sim_host_stats {
    uint64_t connects;    /* tries to connect */
    uint64_t accepted;
    uint64_t bytes_received; /* plain bytes given to the handler */
    uint64_t bytes_sent;
    uint64_t handshakes_full;
    uint64_t handshakes_resumed;
    uint64_t handshakes_failed;
    uint64_t early_data;  /* records of data before the handshake was over: must stay 0 */
    uint32_t open;        /* connections now */
    uint32_t open_peak;
    uint64_t finished;    /* connections that the client ended in order */
    uint64_t resets_received;
} leat_sim_host_stats;

LEAT_API void leat_sim_host_get_stats(const leat_sim_host *host, leat_sim_host_stats *out);

/* A name and one of its addresses; several in the order in which they were added. IP literals
 * resolve to themselves. LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_TOO_MANY. name is copied (<= 63). */
LEAT_API leat_status leat_sim_name_add(leat_sim *sim, leat_str name, leat_str address);
/* Forgets a name's addresses. */
LEAT_API void leat_sim_name_remove(leat_sim *sim, leat_str name);

/* ---------------------------------------------------------------- what a server can do */

LEAT_API leat_sim *leat_sim_conn_sim(leat_sim_conn *conn);
LEAT_API uint32_t leat_sim_conn_number(const leat_sim_conn *conn); /* 1, 2, 3 ... of the world */
LEAT_API void *leat_sim_conn_scratch(leat_sim_conn *conn, size_t *bytes);
/* Sends after delay_ns (and the link's delay). Returns how many bytes were taken; on_room follows
 * when it was not all. */
LEAT_API size_t leat_sim_conn_send(leat_sim_conn *conn, leat_str bytes, uint64_t delay_ns);
LEAT_API size_t leat_sim_conn_room(const leat_sim_conn *conn);
/* Ends the server's side behind what was sent; the client may go on sending (half close). */
LEAT_API void leat_sim_conn_finish(leat_sim_conn *conn);
/* Ends both sides: what still comes is answered by a reset. */
LEAT_API void leat_sim_conn_close(leat_sim_conn *conn);
/* Resets, behind what was sent. */
LEAT_API void leat_sim_conn_reset(leat_sim_conn *conn);
/* 1: stops taking bytes, so that the client's buffer fills; 0: goes on. */
LEAT_API void leat_sim_conn_stall(leat_sim_conn *conn, int32_t stalled);
/* on_timer once, after delay_ns; a second call moves it. */
LEAT_API void leat_sim_conn_timer(leat_sim_conn *conn, uint64_t delay_ns);
/* The connection belongs to another host from the next byte on: what a CONNECT proxy does. That
 * host's on_accept is called, its TLS begins, its on_close comes at the end. */
LEAT_API void leat_sim_conn_hand_over(leat_sim_conn *conn, leat_sim_host *host);

/* ---------------------------------------------------------------- an HTTP server by script */

typedef struct leat_sim_request {
    uint64_t number;         /* 0, 1, 2 ... of this server */
    uint64_t on_connection;  /* 0, 1, 2 ... of this connection */
    uint64_t at_ns;          /* when it was whole */
    uint32_t conn_number;
    uint32_t in_flight;      /* of this server, this one included */
    leat_str method;
    leat_str target;
    leat_str head;           /* all of the head */
    leat_str body;           /* as much as there was room for; dies on return */
    uint64_t body_bytes;     /* all of it */
    leat_sim_conn *conn;
} leat_sim_request;

/* The value of a header (any case of name), empty when absent. */
LEAT_API leat_str leat_sim_request_header(const leat_sim_request *request, leat_str name);

typedef enum leat_sim_framing {
    LEAT_SIM_CONTENT_LENGTH = 0,
    LEAT_SIM_CHUNKED = 1,
    LEAT_SIM_UNTIL_CLOSE = 2,
    LEAT_SIM_NO_BODY = 3 /* neither header nor body */
} leat_sim_framing;

typedef enum leat_sim_fault {
    LEAT_SIM_FAULT_NONE = 0,
    LEAT_SIM_FAULT_RESET = 1,    /* reset after fault_at bytes of the answer (0: before any) */
    LEAT_SIM_FAULT_TRUNCATE = 2, /* close after fault_at bytes */
    LEAT_SIM_FAULT_STALL = 3,    /* silence after fault_at bytes, the connection stays open */
    LEAT_SIM_FAULT_CLOSE_AFTER = 4, /* close after the answer without saying so (stale keep-alive),
                                       fault_ns later */
    LEAT_SIM_FAULT_RESET_AFTER = 5  /* the same with a reset */
} leat_sim_fault;

/* One answer. Comes as 200 with Content-Length and no body; every text must live until it has been
 * sent: static text, the script's own, or storage. */
typedef struct leat_sim_response {
    uint64_t delay_ns;        /* from request whole to first byte */
    int32_t status;           /* 200 */
    leat_sim_framing framing;
    leat_sim_fault fault;
    uint32_t headers_count;
    leat_header headers[16];  /* besides framing ones; the head is at most 1 KiB */
    leat_str body;
    uint64_t body_repeat;     /* body so many times; 0 is 1 */
    uint32_t chunk_bytes;     /* size of a chunk; 0: the whole body */
    uint32_t piece_bytes;     /* send so much at a time ...; 0: all at once */
    uint64_t gap_ns;          /* ... with this silence between */
    uint64_t fault_at;
    uint64_t fault_ns;
    int64_t content_length;   /* < 0: the true one; else this lie */
    leat_str surplus;         /* bytes glued on behind the answer */
    leat_str raw;             /* instead of all of the above but timing and faults: these bytes */
    uint64_t raw_repeat;      /* so many times; 0 is 1; UINT64_MAX: for ever */
    leat_str raw_prefix;      /* before raw, once */
    uint8_t close;            /* 1: "Connection: close", and closes */
    uint8_t reserved8[7];
    leat_sim_host *hand_over; /* after the answer the connection is that host's (CONNECT) */
    uint64_t tag;             /* the script's own: `over` sees it again */
    uint32_t storage_used;
    uint32_t reserved32;
    char storage[1024];       /* for text made by the script */
} leat_sim_response;

typedef struct leat_sim_http {
    /* respond: the whole request is there; fill response. NULL: 200 without body. */
    void (*respond)(void *user, const leat_sim_request *request, leat_sim_response *response);
    /* early: the head is there, the body not yet; 1: answer now (fill response). May be NULL. */
    int32_t (*early)(void *user, const leat_sim_request *request, leat_sim_response *response);
    /* greet: a connection was accepted; what it says unasked (empty: nothing). May be NULL. */
    leat_str (*greet)(void *user, leat_sim_conn *conn);
    /* over: an answer ended. whole: 1 its last byte was sent; 0 a fault cut it, or its connection
     * is gone. Exactly once for each response of respond and early. May be NULL. */
    void (*over)(void *user, const leat_sim_response *response, int32_t whole);
    void *user;
    char *transcript;         /* received bytes, in order of arrival; NULL: not kept */
    size_t transcript_max;
    size_t transcript_size;
    uint64_t requests;        /* whole ones */
    uint64_t requests_begun;  /* heads that were whole */
    uint64_t responses;       /* sent to their end */
    uint64_t connections;
    uint64_t pipelined;       /* bytes that came before the answer was out: should stay 0 */
    uint64_t malformed;       /* requests this server could not read */
    uint32_t in_flight;       /* begun and not yet answered */
    uint32_t in_flight_peak;
} leat_sim_http;

LEAT_API void leat_sim_http_init(leat_sim_http *http);
/* The handler that serves http; http must outlive the world. */
LEAT_API leat_sim_handler leat_sim_http_handler(leat_sim_http *http);
/* In respond: a copy of text in storage, for answers made on the fly; each call takes the next
 * bytes of it, and what does not fit is cut. */
LEAT_API leat_str leat_sim_response_text(leat_sim_response *response, leat_str text);

/* ---------------------------------------------------------------- faults of the port itself */

typedef enum leat_sim_call {
    LEAT_SIM_POLLER_OPEN = 0,
    LEAT_SIM_POLLER_ADD,
    LEAT_SIM_POLLER_WAIT,
    LEAT_SIM_STREAM_OPEN,
    LEAT_SIM_STREAM_FINISH,
    LEAT_SIM_STREAM_READ,
    LEAT_SIM_STREAM_WRITE,
    LEAT_SIM_TLS_OPEN,
    LEAT_SIM_TLS_START,
    LEAT_SIM_TLS_HANDSHAKE,
    LEAT_SIM_TLS_READ,
    LEAT_SIM_TLS_WRITE,
    LEAT_SIM_TLS_FLUSH,
    LEAT_SIM_RESOLVE,
    LEAT_SIM_ENTROPY_FILL,
    LEAT_SIM_CALLS_COUNT
} leat_sim_call;

/* Makes the nth call (1 is the next one) of that function fail with status; 0 picks one that the
 * contract allows. forever: and every one after it. nth 0: no more. */
LEAT_API void leat_sim_fail(leat_sim *sim, leat_sim_call call, uint64_t nth, int32_t forever,
                            leat_status status);
/* Calls of that function so far. */
LEAT_API uint64_t leat_sim_calls(const leat_sim *sim, leat_sim_call call);
/* TLS sessions that the pool has room for; one more answers LEAT_E_TLS_MEMORY. 0: no limit. */
LEAT_API void leat_sim_tls_sessions_max(leat_sim *sim, uint32_t sessions_max);

/* ---------------------------------------------------------------- what a test looks at */

/* Over every port call, its outcome and its time. Equal for equal runs. */
LEAT_API uint64_t leat_sim_trace_hash(const leat_sim *sim);
/* Log lines, each ended by '\n'; what did not fit is missing from the end. */
LEAT_API leat_str leat_sim_log(const leat_sim *sim);

typedef struct leat_sim_stats {
    uint32_t streams_open;    /* of clients, now */
    uint32_t streams_peak;
    uint32_t registered;      /* streams in a poller, now */
    uint32_t tls_sessions;    /* live, now */
    uint64_t waits;
    uint64_t hung_waits;      /* waits without limit for which nothing can ever happen */
    uint64_t misuses;         /* calls that break leat/port.h */
    const char *misuse;       /* the first of them, "" when there was none */
    uint64_t connections_refused_for_room; /* connections_max of the world was too small */
} leat_sim_stats;

LEAT_API void leat_sim_get_stats(const leat_sim *sim, leat_sim_stats *out);

#ifdef __cplusplus
}
#endif
#endif
