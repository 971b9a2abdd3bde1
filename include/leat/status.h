/* leat/status.h: every way a call or an item can end, in one list.
 *
 * Numbers are stable and never reused. A status has a name (leat_status_name), a class
 * (leat_status_class) and a one-line hint for a person (leat_status_hint).
 * Statuses of class ALERT mean that a peer broke the protocol in a way that an attacker would.
 */
#ifndef LEAT_STATUS_H
#define LEAT_STATUS_H

#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t leat_status;

typedef enum leat_class {
    LEAT_CLASS_OK = 0,
    LEAT_CLASS_INFO = 1,     /* not an error: try later, or nothing more */
    LEAT_CLASS_CALLER = 2,   /* the program called leat wrongly */
    LEAT_CLASS_LIMIT = 3,    /* a configured limit was reached */
    LEAT_CLASS_NETWORK = 4,  /* resolver, TCP or proxy */
    LEAT_CLASS_TLS = 5,      /* peer not authenticated, or TLS failed */
    LEAT_CLASS_TIMEOUT = 6,  /* a timeout or a deadline passed */
    LEAT_CLASS_ALERT = 7,    /* the peer broke HTTP in a suspicious way */
    LEAT_CLASS_PROVIDER = 8, /* the provider answered with an error */
    LEAT_CLASS_STOPPED = 9   /* cancelled, aborted or closed by the caller's own policy */
} leat_class;

/* X(name, number, class, hint) */
#define LEAT_STATUS_LIST(X)                                                                        \
    X(LEAT_OK, 0, OK, "success")                                                                   \
    X(LEAT_E_WOULD_BLOCK, -1, INFO, "no room or no data now; try again after the next step")       \
    X(LEAT_E_DONE, -2, INFO, "nothing more will come")                                             \
    X(LEAT_E_ARGUMENT, -10, CALLER, "an argument is NULL or out of its range")                     \
    X(LEAT_E_STRUCT_SIZE, -11, CALLER, "struct_size is unknown; call the struct's init function")  \
    X(LEAT_E_RESERVED, -12, CALLER, "a reserved field is not 0")                                   \
    X(LEAT_E_STATE, -13, CALLER, "the call does not fit the object's present state")               \
    X(LEAT_E_REENTRANT, -14, CALLER, "leat_step was called from inside a callback")                \
    X(LEAT_E_NOT_FOUND, -15, CALLER, "no such item, batch, endpoint or provider")                  \
    X(LEAT_E_UNSUPPORTED, -16, CALLER, "this build, port or provider cannot do that")              \
    X(LEAT_E_CONFIG, -20, CALLER, "a configuration value is invalid; see the field named")         \
    X(LEAT_E_URL, -21, CALLER, "not a usable http:// or https:// URL")                             \
    X(LEAT_E_TEXT, -22, CALLER,                                                                    \
      "text has a byte that must not go on the wire (CR, LF, NUL, "                                \
      "or broken UTF-8)")                                                                          \
    X(LEAT_E_JSON, -23, CALLER, "not valid JSON")                                                  \
    X(LEAT_E_PLAIN_HTTP, -24, CALLER,                                                              \
      "plain http:// to a host that is not loopback; allow it by "                                 \
      "name or use https://")                                                                      \
    X(LEAT_E_PORT, -25, CALLER, "a port failed or lacks a function")                               \
    X(LEAT_E_STORE, -26, CALLER, "the store's file is no store of this version, or is damaged")    \
    X(LEAT_E_STORE_READ_ONLY, -27, CALLER, "the store may be read, but not written")               \
    X(LEAT_E_MEMORY, -30, LIMIT, "the block is too small; see leat_memory_required")               \
    X(LEAT_E_ITEM_MEMORY, -31, LIMIT, "the item needs more than item_bytes")                       \
    X(LEAT_E_TOO_MANY, -32, LIMIT, "a table is full: endpoints, batches or headers")               \
    X(LEAT_E_TOO_LARGE, -33, LIMIT, "a text or a body is over its limit")                          \
    X(LEAT_E_HEADERS_TOO_LARGE, -34, LIMIT, "the response headers are over header_bytes_max")      \
    X(LEAT_E_BODY_TOO_LARGE, -35, LIMIT, "the response body is over body_bytes_max or item_bytes") \
    X(LEAT_E_STORE_FULL, -36, LIMIT, "the disk that the store is on is full")                      \
    X(LEAT_E_CONVERSATION_FULL, -37, LIMIT, "the conversation has no room for another turn")        \
    X(LEAT_E_RESOLVE, -40, NETWORK, "the host name has no address")                                \
    X(LEAT_E_CONNECT, -41, NETWORK, "no address of the host accepted the connection")              \
    X(LEAT_E_CONNECTION_RESET, -42, NETWORK, "the peer reset the connection")                      \
    X(LEAT_E_CONNECTION_CLOSED, -43, NETWORK, "the peer closed before the answer was whole")       \
    X(LEAT_E_IO, -44, NETWORK, "reading or writing the connection failed")                         \
    X(LEAT_E_PROXY, -45, NETWORK, "the proxy refused to connect us")                               \
    X(LEAT_E_PROXY_AUTH, -46, NETWORK, "the proxy wants other credentials")                        \
    X(LEAT_E_DESCRIPTORS, -47, NETWORK, "no file descriptor is left; raise the limit")             \
    X(LEAT_E_TLS_HANDSHAKE, -50, TLS, "the TLS handshake failed")                                  \
    X(LEAT_E_TLS_UNTRUSTED, -51, TLS, "the certificate does not lead to a trusted root")           \
    X(LEAT_E_TLS_EXPIRED, -52, TLS, "the certificate has expired")                                 \
    X(LEAT_E_TLS_NOT_YET_VALID, -53, TLS, "the certificate is not valid yet; is the clock right?") \
    X(LEAT_E_TLS_NAME, -54, TLS, "the certificate is for another name")                            \
    X(LEAT_E_TLS_NO_SAN, -55, TLS, "the certificate names its host in no subjectAltName")          \
    X(LEAT_E_TLS_WEAK, -56, TLS, "the certificate's key, signature or use breaks leat's policy")   \
    X(LEAT_E_TLS_VERSION, -57, TLS, "no TLS version or cipher in common (minimum is 1.2)")         \
    X(LEAT_E_TLS_MEMORY, -58, TLS, "the TLS pool is used up; raise tls_pool_bytes")                \
    X(LEAT_E_TLS_RECORD, -59, TLS, "a TLS record was damaged or an alert came")                    \
    X(LEAT_E_TLS_CA, -60, TLS, "the CA file cannot be read or holds no certificate")               \
    X(LEAT_E_TLS_TRUNCATED, -61, TLS, "the connection ended without close_notify")                 \
    X(LEAT_E_TIMEOUT_CONNECT, -70, TIMEOUT, "connecting took longer than connect_timeout_ms")      \
    X(LEAT_E_TIMEOUT_FIRST_BYTE, -71, TIMEOUT, "no answer began within first_byte_timeout_ms")     \
    X(LEAT_E_TIMEOUT_IDLE, -72, TIMEOUT, "the answer stalled for idle_timeout_ms")                 \
    X(LEAT_E_TIMEOUT_ATTEMPT, -73, TIMEOUT, "one attempt took longer than attempt_timeout_ms")     \
    X(LEAT_E_DEADLINE_ITEM, -74, TIMEOUT, "the item's own deadline passed")                        \
    X(LEAT_E_DEADLINE_BATCH, -75, TIMEOUT, "the batch's deadline passed")                          \
    X(LEAT_ALERT_STATUS_LINE, -80, ALERT, "bad HTTP version or status")                            \
    X(LEAT_ALERT_HEADER, -81, ALERT, "bad byte, fold or space in a response header")               \
    X(LEAT_ALERT_FRAMING, -82, ALERT, "Content-Length and Transfer-Encoding are contradictory")    \
    X(LEAT_ALERT_CHUNK, -83, ALERT, "bad chunk size or chunk end")                                 \
    X(LEAT_ALERT_SURPLUS, -84, ALERT, "bytes after the end of the response")                       \
    X(LEAT_ALERT_UNSOLICITED, -85, ALERT, "an answer came before the request was sent")            \
    X(LEAT_ALERT_INFORMATIONAL, -86, ALERT, "too many 1xx responses")                              \
    X(LEAT_ALERT_ENCODING, -87, ALERT, "a content encoding that was never asked for")              \
    X(LEAT_ALERT_OVERHEAD, -88, ALERT, "chunk framing outweighs its data")                         \
    X(LEAT_E_RATE_LIMIT, -100, PROVIDER, "too many requests; the provider asks to wait")           \
    X(LEAT_E_OVERLOADED, -101, PROVIDER, "the provider is overloaded")                             \
    X(LEAT_E_SERVER, -102, PROVIDER, "the provider failed inside (HTTP 5xx)")                      \
    X(LEAT_E_AUTHENTICATION, -103, PROVIDER, "the API key is missing or wrong")                    \
    X(LEAT_E_PERMISSION, -104, PROVIDER, "the API key may not do this")                            \
    X(LEAT_E_QUOTA, -105, PROVIDER, "the account's quota or credit is used up")                    \
    X(LEAT_E_INVALID_REQUEST, -106, PROVIDER, "the provider refuses the request as it is")         \
    X(LEAT_E_CONTEXT_LENGTH, -107, PROVIDER, "the prompt is longer than the model's context")      \
    X(LEAT_E_CONTENT_FILTER, -108, PROVIDER, "blocked by the provider's content filter")           \
    X(LEAT_E_MODEL, -109, PROVIDER, "no such model or path at the provider")                       \
    X(LEAT_E_PARSE, -110, PROVIDER, "the answer is not what the provider's API promises")          \
    X(LEAT_E_REDIRECT, -111, PROVIDER, "the provider redirects; leat never follows with a key")    \
    X(LEAT_E_HTTP, -112, PROVIDER, "an HTTP status that the adapter does not know")                \
    X(LEAT_E_SCHEMA, -113, PROVIDER, "the reply does not satisfy the JSON schema")                 \
    X(LEAT_E_STREAM_CUT, -114, PROVIDER, "the stream ended before the answer was whole")           \
    X(LEAT_E_REJECTED, -115, PROVIDER, "the caller's own validation refuses the answer")           \
    X(LEAT_E_CANCELLED, -120, STOPPED, "cancelled by the caller")                                  \
    X(LEAT_E_ABORTED, -121, STOPPED, "another item failed and the policy is fail-fast")            \
    X(LEAT_E_CLOSED, -122, STOPPED, "the client was closed first")                                 \
    X(LEAT_E_BUDGET, -123, STOPPED, "the batch's budget is used up")                               \
    X(LEAT_E_SKIPPED, -124, STOPPED, "skipped by middleware")

#define LEAT_STATUS_ENUM_ENTRY(name, number, class_name, hint) name = (number),
enum { LEAT_STATUS_LIST(LEAT_STATUS_ENUM_ENTRY) LEAT_STATUS_LIST_END_ = 1 };
#undef LEAT_STATUS_ENUM_ENTRY

/* The status' name as written above, for example "LEAT_E_RATE_LIMIT"; "LEAT_E_?" for a number
 * that is in no list. Static text, ends in NUL, never NULL. May be called at any time. */
LEAT_API const char *leat_status_name(leat_status status);

/* The same name in lower case without its prefix, for example "rate_limit": what logs, metrics
 * and the leat command's files show. Static text, never NULL. */
LEAT_API const char *leat_status_word(leat_status status);

/* What a person should know or do, one line. Static text, never NULL. */
LEAT_API const char *leat_status_hint(leat_status status);

/* The class, for code that handles families. CALLER for a number that is in no list. */
LEAT_API leat_class leat_status_class(leat_status status);

/* Families of failures for rules of the configuration, to be added up. */
enum {
    LEAT_ON_RATE_LIMIT = 1,      /* after all its tries */
    LEAT_ON_OVERLOADED = 2,
    LEAT_ON_SERVER = 4,          /* HTTP 5xx, and codes that no adapter knows */
    LEAT_ON_NETWORK = 8,         /* NETWORK, TLS, ALERT */
    LEAT_ON_TIMEOUT = 16,        /* not deadlines */
    LEAT_ON_AUTHENTICATION = 32,
    LEAT_ON_PERMISSION = 64,
    LEAT_ON_QUOTA = 128,
    LEAT_ON_INVALID_REQUEST = 256,
    LEAT_ON_CONTEXT_LENGTH = 512,
    LEAT_ON_CONTENT_FILTER = 1024,
    LEAT_ON_MODEL = 2048,
    LEAT_ON_PARSE = 4096,        /* no valid answer, or a stream that was cut */
    LEAT_ON_SCHEMA = 8192,
    LEAT_ON_ANY = 16383
};

/* The one family that the status belongs to; 0: none (success, deadlines, cancelled ...). */
LEAT_API uint32_t leat_status_family(leat_status status);

#ifdef __cplusplus
}
#endif
#endif
