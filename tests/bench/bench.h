/* tests/bench/bench.h: what leat_bench and curl_bench share, so that both do the same work and
 * report it in the same words: the standard request, a latency histogram, CPU time, one line of
 * key=value pairs. Standard library and POSIX only; all functions are static.
 * Invariant: the request is request_bytes long on the wire and each prompt differs.
 */
#ifndef LEAT_TESTS_BENCH_H
#define LEAT_TESTS_BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

#define BENCH_KEY "sk-bench1"
#define BENCH_MODEL "gpt-4o-mini"
#define BENCH_PATH "/chat/completions"

/* A quarter of a page of prose that needs no escaping; eight digits in front make it unique. */
#define BENCH_PROSE                                                                             \
    ": The mill stream was cut long before anyone wrote down why. Say in two sentences what "   \
    "kept the water level over three miles of moor, who paid for the stone, and what the "      \
    "miller did in a dry summer. Use plain words, give one number that can be checked, and "    \
    "end with the name of a river. Do not repeat the question, do not apologise, and do not "   \
    "add any title. If a fact is not known, say so in the same breath and go on."

enum {
    prompt_number_bytes = 8,
    prompt_bytes = prompt_number_bytes + sizeof(BENCH_PROSE) - 1,
    body_bytes_max = 1024
};

/* Writes the numbered prompt, without a NUL. */
static void bench_prompt(char out[prompt_bytes], uint64_t number) {
    static const char digits[] = "0123456789abcdef";
    for (int i = prompt_number_bytes - 1; i >= 0; --i, number >>= 4) out[i] = digits[number & 15];
    memcpy(out + prompt_number_bytes, BENCH_PROSE, sizeof(BENCH_PROSE) - 1);
}

static double bench_now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* 64 buckets to each power of two of microseconds: within 1.6 %. */
enum { steps_per_octave = 64, octaves = 32 };

struct histogram {
    uint32_t counts[octaves * steps_per_octave];
    uint64_t total;
};

static void histogram_add(struct histogram *h, double ms) {
    const uint64_t us = ms > 0 ? (uint64_t)(ms * 1000.0) : 0;
    uint64_t mantissa = us;
    uint32_t octave = 0;
    while (mantissa >= 2 * steps_per_octave) {
        mantissa >>= 1;
        ++octave;
    }
    const uint64_t at = (uint64_t)octave * steps_per_octave + mantissa;
    ++h->counts[at < octaves * steps_per_octave ? at : octaves * steps_per_octave - 1];
    ++h->total;
}

static double histogram_ms(const struct histogram *h, double share) {
    const uint64_t rank = (uint64_t)((double)h->total * share);
    uint64_t seen = 0;
    for (uint32_t i = 0; i < octaves * steps_per_octave; ++i) {
        seen += h->counts[i];
        if (seen <= rank) continue;
        const uint32_t octave = i < 2 * steps_per_octave ? 0 : i / steps_per_octave - 1;
        return (double)((uint64_t)(i - octave * steps_per_octave) << octave) / 1000.0;
    }
    return 0;
}

struct bench {
    const char *name;
    uint64_t done;
    uint64_t failed;
    double begin_s;
    struct rusage before;
    struct histogram latency;
};

/* Counts from here on. */
static void bench_begin(struct bench *b) {
    b->done = 0;
    b->failed = 0;
    memset(&b->latency, 0, sizeof b->latency);
    getrusage(RUSAGE_SELF, &b->before);
    b->begin_s = bench_now_s();
}

static double bench_us(struct timeval later, struct timeval earlier) {
    return (double)(later.tv_sec - earlier.tv_sec) * 1e6 +
           (double)(later.tv_usec - earlier.tv_usec);
}

static void bench_report(const struct bench *b) {
    struct rusage after;
    const double spent_s = bench_now_s() - b->begin_s;
    getrusage(RUSAGE_SELF, &after);
    const double user_us = bench_us(after.ru_utime, b->before.ru_utime);
    const double sys_us = bench_us(after.ru_stime, b->before.ru_stime);
    const double each = b->done > 0 ? (double)b->done : 1.0;
    printf("name=%s done=%llu failed=%llu req_s=%.0f cpu_us=%.2f user_us=%.2f sys_us=%.2f "
           "cpu_s=%.3f rss_kib=%ld p50_ms=%.2f p99_ms=%.2f",
           b->name, (unsigned long long)b->done, (unsigned long long)b->failed,
           (double)b->done / spent_s, (user_us + sys_us) / each, user_us / each, sys_us / each,
           (user_us + sys_us) / 1e6, after.ru_maxrss, histogram_ms(&b->latency, 0.5),
           histogram_ms(&b->latency, 0.99));
}

#endif
