/* The fates that no_heap_engine.c asks of leat-mock, and how an item with each must end.
 * Depends on the public headers only. */
#ifndef LEAT_TESTS_FATES_H
#define LEAT_TESTS_FATES_H

#include <leat/status.h>

/* What becomes of a prompt with this mark. attempts_max is 3 everywhere. */
typedef struct fate {
    const char* mark;
    leat_status status;
    uint32_t attempts;
} fate;

static const fate plain_fates[] = {
    {"", LEAT_OK, 1},
    {"[[mock:500x1]]", LEAT_OK, 2},
    {"", LEAT_OK, 1},
    {"[[mock:429x1]]", LEAT_OK, 1},
    {"[[mock:resetx2]]", LEAT_OK, 3},
    {"", LEAT_OK, 1},
    {"[[mock:truncate]]", LEAT_E_CONNECTION_CLOSED, 3},
    {"[[mock:badjson]]", LEAT_E_PARSE, 3},
    {"[[mock:chunked]]", LEAT_OK, 1},
    {"[[mock:400]]", LEAT_E_INVALID_REQUEST, 1},
    {"[[mock:503x1]]", LEAT_OK, 2},
    {"[[mock:surplus]]", LEAT_OK, 1},
    {"[[mock:html]]", LEAT_E_PARSE, 3},
    {"[[mock:eof]]", LEAT_OK, 1},
    {"[[mock:interim]]", LEAT_OK, 1},
    {"[[mock:302]]", LEAT_E_REDIRECT, 1},
    {"[[mock:close]]", LEAT_OK, 1},
    {"[[mock:reset after=20]]", LEAT_E_CONNECTION_RESET, 3},
    {"[[mock:401]]", LEAT_E_AUTHENTICATION, 1},
    {"\xff broken text", LEAT_E_TEXT, 0},
};
static const fate refused_fates[] = {{"", LEAT_E_CONNECT, 3}};
static const fate wrong_name_fates[] = {{"", LEAT_E_TLS_NAME, 1}};
static const fate late_fates[] = {{"[[mock:hang]]", LEAT_E_DEADLINE_ITEM, 1},
                                  {"[[mock:hang]] attempt", LEAT_E_TIMEOUT_ATTEMPT, 3}};
/* Those that succeed become history, where a mark would be asked for again. */
static const fate chain_fates[] = {{"", LEAT_OK, 1},
                                   {"", LEAT_OK, 1},
                                   {"[[mock:400]]", LEAT_E_INVALID_REQUEST, 1},
                                   {"", LEAT_OK, 1},
                                   {"\xff broken text", LEAT_E_TEXT, 0},
                                   {"[[mock:truncate]]", LEAT_E_CONNECTION_CLOSED, 3}};
static const fate cancel_fates[] = {{"[[mock:hang]]", LEAT_E_CANCELLED, 1}};

#endif
