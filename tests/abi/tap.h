/* What the C programs here share: the lines that tests/run.sh counts, and views of C strings. A program
 * defines TAP_ABOUT, what its lines are about, before it includes this. Depends on leat's types.
 * Invariant: a program that ends with failed_count != 0 has printed what failed. */
#ifndef LEAT_TESTS_TAP_H
#define LEAT_TESTS_TAP_H

#include <leat/status.h>
#include <leat/types.h>
#include <stdio.h>
#include <string.h>

static int failed_count;

static inline void check(int holds, const char* name) {
    printf("%s - " TAP_ABOUT ": %s\n", holds ? "ok" : "not ok", name);
    failed_count += !holds;
}

static inline void expect(leat_status seen, leat_status expected, const char* name) {
    if (seen != expected) {
        printf("#  %s: expected %s, saw %s\n", name, leat_status_name(expected),
               leat_status_name(seen));
    }
    check(seen == expected, name);
}

static inline leat_str view(const char* text) {
    leat_str s = {NULL, 0};
    s.data = text;
    s.size = strlen(text);
    return s;
}

#endif
