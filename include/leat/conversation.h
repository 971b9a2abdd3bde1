/* leat/conversation.h: what was said before, and goes in front of what an item says.
 *
 * A request names a conversation (leat_request.conversation, or its batch's defaults) and is then sent
 * with the conversation's messages before its own. A shared conversation never changes while items use
 * it; a sequential one is a chain: one item after the other, and each that succeeds leaves its words and
 * its reply for the next. Any number of chains run side by side, in one batch or in several. All memory
 * is planned by leat_config: conversations_max, conversation_messages_max and conversation_bytes.
 * The rules P6 to P11 and M15 are those of the reference systems.
 */
#ifndef LEAT_CONVERSATION_H
#define LEAT_CONVERSATION_H

#include <leat/client.h>
#include <leat/request.h>
#include <leat/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct leat_conversation leat_conversation;

typedef enum leat_history {
    /* All items see the same messages, and not each other; as many at once as limits let. What each
     * would do with a copy of its own (P6, P7). */
    LEAT_HISTORY_SHARED = 0,
    /* One item at a time, in the order in which they leave the ring: that of acceptance, within a lane.
     * Each sees all that succeeded before it; one that ends otherwise leaves no trace (P8-P10). What
     * enters are the request's own messages, save those of the system, its prompt, and the reply's text
     * (or refusal); of rounds of tools in between nothing, and of a reply without text nothing at all. */
    LEAT_HISTORY_SEQUENTIAL = 1,
    /* One item at a time, each on its own: nothing is sent of what was said before, nothing kept (P8). */
    LEAT_HISTORY_STATELESS = 2
} leat_history;

/* What happens when the next exchange has no room, in conversation_bytes, conversation_messages_max or
 * tokens_max. Messages of the roles "system" and "developer" always stay. */
typedef enum leat_history_full {
    /* Its item fails with LEAT_E_CONVERSATION_FULL: before it is sent where that shows, else with the
     * reply, for which there was no room, in its result. */
    LEAT_HISTORY_FULL_FAIL = 0,
    /* The oldest turns go, each with its reply, until it has room; it fails so only when that is not
     * enough. */
    LEAT_HISTORY_FULL_DROP_OLDEST = 1
} leat_history_full;

typedef struct leat_conversation_config {
    uint32_t struct_size;
    leat_history mode;            /* SHARED */
    leat_history_full on_full;    /* FAIL; of a sequential one */
    uint32_t messages_count;      /* 0 */
    const leat_message *messages; /* what it begins with; copied, yours stay as they are (P11) */
    uint64_t tokens_max;          /* 0: none; tokens, as leat estimates them, of all that one request of a
                                     sequential one sends: with DROP_OLDEST older turns are left out of
                                     the request, though the conversation keeps them (M15) */
} leat_conversation_config;

LEAT_API void leat_conversation_config_init(leat_conversation_config *config);

/* leat_conversation_open: makes one of the client's conversations_max. config is borrowed for the call.
 * LEAT_OK: *conversation is valid until leat_conversation_close or leat_close.
 * LEAT_E_ARGUMENT (NULL, an unknown mode or policy, a message whose text or parts are not there);
 * LEAT_E_STRUCT_SIZE; LEAT_E_TEXT (a message's content is not UTF-8); LEAT_E_TOO_MANY
 * (conversations_max are open); LEAT_E_CONVERSATION_FULL (the messages have no room). */
LEAT_API leat_status leat_conversation_open(leat_client *client,
                                            const leat_conversation_config *config,
                                            leat_conversation **conversation) LEAT_CHECKED;

/* Appends messages of yours, all or none; they are copied. LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_TEXT;
 * LEAT_E_CONVERSATION_FULL (nothing is dropped for them); LEAT_E_STATE (accepted items that name the
 * conversation have not ended yet). */
LEAT_API leat_status leat_conversation_append(leat_conversation *conversation,
                                              const leat_message *messages, uint32_t count);

/* Appends an exchange as an item with that request and that reply would leave it, dropping the oldest
 * turns where on_full says so: to go on with a chain whose exchanges are on record. Of the request only
 * messages and prompt are looked at; all is copied. LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_TEXT;
 * LEAT_E_CONVERSATION_FULL; LEAT_E_STATE as above. */
LEAT_API leat_status leat_conversation_add_turn(leat_conversation *conversation,
                                                const leat_request *request, leat_str reply);

/* Forgets every message and wipes their memory. LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_STATE as above. */
LEAT_API leat_status leat_conversation_clear(leat_conversation *conversation);

/* The messages as they are now: the transcript. *list (never yours to free) and its texts live until
 * the conversation changes: its next item succeeds, or it is appended to, cleared or closed. To go on
 * with them elsewhere, hand them to leat_conversation_open (P11).
 * conversation may be NULL: *count is 0. */
LEAT_API void leat_conversation_messages(const leat_conversation *conversation,
                                         const leat_message **list, uint32_t *count);

/* How full it is. */
typedef struct leat_conversation_state {
    uint32_t messages;      /* in it now */
    uint32_t messages_max;
    size_t bytes;           /* of their texts, with the escaped form of long ones */
    size_t bytes_max;
    uint64_t tokens;        /* of all messages, estimated */
    uint64_t tokens_max;    /* 0: none */
    uint64_t turns;         /* exchanges that items have left in it */
    uint64_t dropped;       /* messages that had to go for them */
    uint32_t items;         /* accepted, and not ended yet */
    uint8_t nearly_full;    /* 1: over nine tenths of one of the three bounds (M15); logged once */
    uint8_t reserved[3];
} leat_conversation_state;

/* Neither argument is NULL; else nothing happens. */
LEAT_API void leat_conversation_get_state(const leat_conversation *conversation,
                                          leat_conversation_state *state);

/* Closes it; its memory is wiped and serves the next one. No batch may name it in its defaults any more.
 * LEAT_OK; LEAT_E_ARGUMENT; LEAT_E_STATE (accepted items that name it have not ended yet). */
LEAT_API leat_status leat_conversation_close(leat_conversation *conversation);

#ifdef __cplusplus
}
#endif
#endif
