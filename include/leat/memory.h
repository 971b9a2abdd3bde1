/* leat/memory.h: how much memory a configuration needs, and what for.
 *
 * The block is the only memory of a client. The sum is exact: one byte less answers
 * LEAT_E_MEMORY. Pages that are never touched cost nothing where the block comes from mmap, so
 * a generous item_bytes is cheap there.
 */
#ifndef LEAT_MEMORY_H
#define LEAT_MEMORY_H

#include <leat/client.h>
#include <leat/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes for leat_open with this configuration; 0 when the configuration is invalid. Pure. */
LEAT_API size_t leat_memory_required(const leat_config *config);

/* One line of the sum. */
typedef struct leat_memory_line {
    const char *consumer; /* for example "items: arenas" */
    const char *reason;   /* why it is that much, one sentence */
    size_t count;
    size_t each_bytes;
    size_t bytes;         /* alignment included; the lines add up to leat_memory_required */
} leat_memory_line;

/* Calls line once per consumer, in the order of the block. LEAT_OK or the status with which
 * leat_open would refuse config. All text is static. */
LEAT_API leat_status leat_memory_report(const leat_config *config,
                                        void (*line)(void *user, const leat_memory_line *line),
                                        void *user);

/* The block that client lives in, as leat_open got it; *bytes (may be NULL) is the part in use,
 * that is leat_memory_required of its configuration. */
LEAT_API void *leat_memory_block(const leat_client *client, size_t *bytes);

#ifdef __cplusplus
}
#endif
#endif
