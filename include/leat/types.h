/* leat/types.h: the small types that every other header uses.
 *
 * Conventions of the whole C API:
 *  1. Text is a pointer and a size (leat_str); it need not end in NUL and may hold any byte.
 *     {NULL, 0} and {"", 0} both mean "empty", which for an option means "not set".
 *  2. Who owns what: leat borrows. A pointer that you pass in must stay valid for the time
 *     that the function's page states; a pointer that leat hands out says when it dies.
 *  3. Every struct that you fill begins with struct_size (set by its *_init function).
 *     Unknown sizes answer LEAT_E_STRUCT_SIZE, a reserved field that is not 0 LEAT_E_RESERVED.
 *  4. Units stand at the end of a name: _ms, _ns, _bytes, _count, _max. Booleans are uint8_t.
 *  5. A client belongs to one thread at a time. Clients share nothing; have one per thread.
 *  6. Callbacks run inside leat_step (or inside the call that caused them, where its page says
 *     so). They may submit and cancel; leat_step from a callback answers LEAT_E_REENTRANT.
 *  7. Functions that return leat_status: 0 is success, negative a status of leat/status.h.
 */
#ifndef LEAT_TYPES_H
#define LEAT_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Marks a function whose answer must not be dropped. */
#if defined(__GNUC__) || defined(__clang__)
#define LEAT_CHECKED __attribute__((warn_unused_result))
#define LEAT_API __attribute__((visibility("default")))
#else
#define LEAT_CHECKED
#define LEAT_API
#endif

/* A view of text or bytes. Never owns. */
typedef struct leat_str {
    const char *data; /* may be NULL when size is 0 */
    size_t size;      /* bytes */
} leat_str;

/* A view of a string literal: leat_str s = LEAT_STR("abc"). */
#define LEAT_STR_INIT(literal) \
    { (literal), sizeof(literal) - 1 }
#ifdef __cplusplus
#define LEAT_STR(literal) (leat_str LEAT_STR_INIT(literal))
#else
#define LEAT_STR(literal) ((leat_str)LEAT_STR_INIT(literal))
#endif

/* A number that may be absent. All zero = not set = nothing goes on the wire. */
typedef struct leat_number {
    double value;
    uint8_t is_set; /* 0 or 1 */
    uint8_t reserved[7];
} leat_number;

/* A choice that may be left to the provider. */
typedef enum leat_switch { LEAT_UNSET = 0, LEAT_ON = 1, LEAT_OFF = 2 } leat_switch;

/* A name and its value, as in an HTTP header. */
typedef struct leat_header {
    leat_str name;
    leat_str value;
} leat_header;

/* Token counts. LEAT_TOKENS_UNKNOWN where the provider did not say (never 0 by guess). */
#define LEAT_TOKENS_UNKNOWN ((int64_t)-1)
typedef struct leat_usage {
    int64_t input_tokens;        /* whole prompt, cached part included */
    int64_t output_tokens;       /* whole answer, reasoning included */
    int64_t cached_input_tokens; /* part of input_tokens read from the provider's cache */
    int64_t cache_write_tokens;  /* part of input_tokens written to the provider's cache */
    int64_t reasoning_tokens;    /* part of output_tokens */
    int64_t total_tokens;
} leat_usage;

/* Why the model stopped. The provider's own word is kept beside it. */
typedef enum leat_finish {
    LEAT_FINISH_UNKNOWN = 0,
    LEAT_FINISH_STOP = 1,           /* natural end or stop sequence */
    LEAT_FINISH_LENGTH = 2,         /* token limit */
    LEAT_FINISH_TOOL_CALLS = 3,     /* the model asks for tools */
    LEAT_FINISH_CONTENT_FILTER = 4, /* cut or blocked by the provider */
    LEAT_FINISH_REFUSAL = 5,
    LEAT_FINISH_ERROR = 6,
    LEAT_FINISH_OTHER = 7,
    LEAT_FINISH_TOOL_LIMIT = 8      /* leat ran as many rounds of tools as it may (G22) */
} leat_finish;

/* One tool call as the model asked for it. Lives as long as the result that holds it. */
typedef struct leat_tool_call {
    leat_str id;             /* provider's id, may be empty */
    leat_str name;           /* function name */
    leat_str arguments_json; /* exact JSON text of the arguments */
} leat_tool_call;

#ifdef __cplusplus
}
#endif
#endif
