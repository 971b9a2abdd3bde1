/* The loopback LLM server, as seen by a program that embeds it.
 *
 * What lives here: the settings, the call that serves in this process (the `leat mock` subcommand),
 * and the calls that fork a child serving on ephemeral ports (tests, and the command's default
 * provider). Invariant: a child never outlives the handle's owner. It ends when it is stopped, when
 * the parent dies, and when the parent's end of the lifeline pipe closes; whichever comes first.
 * Only loopback addresses are ever bound. */
#ifndef LEAT_MOCK_H
#define LEAT_MOCK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { MOCK_SAN_MAX = 8, MOCK_PATH_MAX = 256 };

/* How a 429 or 503 says when to come back. */
enum mock_retry_form { MOCK_RETRY_SECONDS = 0, MOCK_RETRY_MILLISECONDS = 1, MOCK_RETRY_DATE = 2 };

/* Strings are borrowed: they must live as long as the server (for mock_start: until it returns). */
typedef struct mock_config {
    int32_t port;     /* plain HTTP; 0 = ephemeral, -1 = off */
    int32_t tls_port; /* HTTPS; 0 = ephemeral, -1 = off */
    /* Where the CA certificate (PEM) is written; mock_start chooses a place when NULL. */
    const char* ca_out;
    /* More names or IP literals for the leaf certificate; NULL ends the list. */
    const char* san[MOCK_SAN_MAX];
    /* good, expired, future, wrong-name, no-san, ca-leaf, self-signed, unknown-ca. */
    const char* cert;

    uint64_t seed;       /* everything random follows from it */
    uint32_t tokens_min; /* length of an answer, in tokens */
    uint32_t tokens_max;
    uint8_t echo;              /* the answer is the prompt's text */
    uint8_t rate_headers;      /* rate-limit headers on every answer, even without rpm or tpm */
    uint8_t quiet;             /* no "listening" lines */
    const char* require_key;   /* wanted in the provider's key header; NULL = any */
    uint64_t body_bytes_max;   /* larger requests get 413 */
    uint32_t cache_tokens_min; /* shorter prefixes and contents are not cached */

    double latency_ms; /* fixed, or the median when latency_sigma > 0 */
    double latency_sigma;
    double ttft_ms;  /* streams: until the first event */
    double token_ms; /* streams: between tokens */

    double fail_429; /* rates, 0 to 1 */
    double fail_500;
    double fail_503;
    double fail_reset;
    double fail_truncate;
    double fail_slow;
    double slow_ms;         /* between two bytes of a dripped body */
    int64_t retry_after_ms; /* -1 = do not say */
    enum mock_retry_form retry_after_form;

    const char* script;      /* path of a script file */
    const char* script_text; /* or the script itself */

    double rpm;     /* requests per minute, 0 = no limit */
    double tpm;     /* tokens per minute, 0 = no limit */
    double burst_s; /* the buckets hold this many seconds' worth */

    uint32_t keepalive_requests; /* per connection, 0 = no limit */
    double keepalive_s;          /* idle connections are closed after this long, 0 = never */
    const char* log;             /* one line per chat request, NULL = none */
} mock_config;

typedef struct mock_handle {
    pid_t pid;                   /* the serving child, 0 when not running */
    int lifeline;                /* closing it ends the child */
    uint16_t port;               /* 0 when off */
    uint16_t tls_port;           /* 0 when off */
    uint8_t owns_directory;      /* the CA file is in a directory of our own, removed at the end */
    char ca_file[MOCK_PATH_MAX]; /* PEM; empty when TLS is off */
    char directory[MOCK_PATH_MAX];
} mock_handle;

/* Fills in the defaults that `leat-mock --help` lists. */
void mock_config_default(mock_config* config);

/* Serves in this process until SIGINT, SIGTERM or POST /admin/stop. argv[0] is skipped.
 * Returns an exit code: 0 ended as asked, 1 could not serve, 2 bad usage. */
int mock_main(int argc, char** argv);

/* Forks a child that serves. Returns 0 once it accepts connections, or an errno value; the handle
 * is valid only on 0. The child is tied to the calling THREAD as well (PR_SET_PDEATHSIG): call it
 * from one that lives on. */
int mock_start(const mock_config* config, mock_handle* handle);

/* Ends the child, waits for it, removes what it wrote. Safe to call twice. */
void mock_stop(mock_handle* handle);

/* GET or POST an /admin/ path of a running child (plain port first, so it needs one) and copies the
 * answer's body, NUL-terminated, into out. Returns the HTTP status, or -1. Blocks, at most about
 * two seconds. */
int mock_admin(const mock_handle* handle, const char* method, const char* path, char* out,
               size_t out_bytes);

#ifdef __cplusplus
}
#endif
#endif
