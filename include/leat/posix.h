/* leat/posix.h: the ready-made ports for POSIX systems (Linux, macOS, the BSDs).
 *
 * leat_posix_ports fills a leat_ports with the best of what this system has; every table is also
 * there by its own name, to mix with others. What tls a program wants it sets itself.
 * Depends on the public headers only. Invariant: nothing here allocates after open, keeps a
 * global or starts a thread; resolve is the only call that may block for long.
 */
#ifndef LEAT_POSIX_H
#define LEAT_POSIX_H

#include <leat/memory.h>
#include <leat/port.h>

#if defined(__linux__)
#define LEAT_POSIX_HAS_EPOLL 1
#else
#define LEAT_POSIX_HAS_EPOLL 0
#endif

/* kqueue carries a token in a pointer, so it takes 64 bits to have it. */
#if !defined(LEAT_POSIX_HAS_KQUEUE)
#if (defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__) || \
     defined(__DragonFly__)) &&                                                                   \
    UINTPTR_MAX >= UINT64_MAX
#define LEAT_POSIX_HAS_KQUEUE 1
#else
#define LEAT_POSIX_HAS_KQUEUE 0
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Fills *out: poller (epoll, else kqueue, else poll), stream, resolver, clock, entropy and log
 * (stderr, warnings and errors); every user pointer and tls are NULL. out must not be NULL. */
LEAT_API void leat_posix_ports(leat_ports *out);

/* The tables. They live as long as the program; their user pointers are ignored, save the log's. */
#if LEAT_POSIX_HAS_EPOLL
LEAT_API extern const leat_poller_ops leat_posix_epoll;
#endif
#if LEAT_POSIX_HAS_KQUEUE
LEAT_API extern const leat_poller_ops leat_posix_kqueue;
#endif
LEAT_API extern const leat_poller_ops leat_posix_poll; /* everywhere; has no pollable descriptor */
LEAT_API extern const leat_stream_ops leat_posix_tcp;
LEAT_API extern const leat_resolver_ops leat_posix_resolver;
LEAT_API extern const leat_clock_ops leat_posix_clock;
LEAT_API extern const leat_entropy_ops leat_posix_entropy;
LEAT_API extern const leat_log_ops leat_posix_log;

/* What log_user may point to, borrowed as long as the port is in use. NULL means
 * {2, LEAT_LOG_WARNING}. A line is one write of at most LEAT_POSIX_LOG_LINE_BYTES_MAX bytes; what
 * does not fit is cut. Bytes that could steer a terminal or forge a line are written as '?'. */
#define LEAT_POSIX_LOG_LINE_BYTES_MAX 1024
typedef struct leat_posix_log_options {
    int32_t descriptor;       /* where lines go; stays the caller's */
    leat_log_level level_max; /* the least urgent level that is still written */
} leat_posix_log_options;

/* Maps a zeroed block of at least `bytes`, aligned to a page; pages never touched cost no memory.
 * LEAT_OK; LEAT_E_ARGUMENT (bytes is 0 or block NULL); LEAT_E_MEMORY: the system refuses, and
 * *block is NULL. */
LEAT_CHECKED LEAT_API leat_status leat_posix_map(size_t bytes, void **block);

/* Gives a block of leat_posix_map back; bytes as given there. NULL is ignored. */
LEAT_API void leat_posix_unmap(void *block, size_t bytes);

/* leat_open in a block that is mapped for it. Statuses as of leat_open; LEAT_E_MEMORY also when the
 * system gives no memory. Close it with leat_close_mapped, which gives the block back. */
LEAT_CHECKED LEAT_API leat_status leat_open_mapped(const leat_config *config, leat_client **client);
/* NULL is ignored. Not from a callback. */
LEAT_API void leat_close_mapped(leat_client *client);

/* Raises this process' limit of open descriptors as far as it may go. Returns the limit that
 * holds then (UINT64_MAX: none), 0 when the system does not say. Changes the whole process: for
 * programs, not for libraries. */
LEAT_API uint64_t leat_posix_raise_descriptor_limit(void);

/* An environment variable as a view, {NULL, 0} when it is not set. Valid until the program changes
 * its environment. name ends in NUL. */
LEAT_API leat_str leat_posix_environment(const char *name);

#ifdef __cplusplus
}
#endif
#endif
