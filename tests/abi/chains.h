/* The conversations of no_heap_engine.c: chains that are soon full and then forget their oldest turns.
 * Depends on the public headers only. */
#ifndef LEAT_TESTS_CHAINS_H
#define LEAT_TESTS_CHAINS_H

#include <leat/conversation.h>

enum { chains_max = 8 };

static leat_conversation* chains[chains_max];

static int open_chains(leat_client* client) {
    size_t i = 0;
    for (i = 0; i < chains_max; ++i) {
        leat_conversation_config config;
        leat_conversation_config_init(&config);
        config.mode = LEAT_HISTORY_SEQUENTIAL;
        config.on_full = LEAT_HISTORY_FULL_DROP_OLDEST;
        if (leat_conversation_open(client, &config, &chains[i]) != LEAT_OK) return 0;
    }
    return 1;
}

static uint64_t chains_dropped(void) {
    uint64_t dropped = 0;
    size_t i = 0;
    for (i = 0; i < chains_max; ++i) {
        leat_conversation_state state;
        leat_conversation_get_state(chains[i], &state);
        dropped += state.dropped;
    }
    return dropped;
}

#endif
