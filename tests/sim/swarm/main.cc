// tests/sim/swarm/main.cc: leat_swarm: runs seeds, prints what each failing one broke and the command
// that replays it. Depends on run.h and scenario.h.
// Invariant: the exit status is 0 exactly when no seed failed; an assertion inside leat that fails is
// reported with its seed as well.
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define LEAT_SWARM_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAT_SWARM_SANITIZED 1
#endif
#endif
#ifdef LEAT_SWARM_SANITIZED
#include <sanitizer/common_interface_defs.h>
#endif

#include "base/mutant.h"
#include "sim/swarm/run.h"
#include "sim/swarm/scenario.h"

namespace {

using namespace swarm;

constexpr uint64_t failures_shown_max = 10;

struct Options {
    uint64_t first = 1;
    uint64_t last = 1000;
    uint64_t shard = 0;
    uint64_t shards = 1;
    uint64_t twice_every = 50;  // so many seeds: one is run a second time; 0: none
    uint32_t mutant = 0;
    bool hash = false;
    bool verbose = false;
    bool stop_at_first = false;
    bool tap = false;
};

const char* program = "leat_swarm";
volatile uint64_t running_seed = 0;
uint32_t running_mutant = 0;

int usage() {
    fprintf(stderr,
            "usage: %s [--seeds FIRST-LAST] [--shard I/N] [--hash] [--tap] [--verbose]\n"
            "    [--stop] [--twice EVERY] [--mutant N]\n"
            "  --hash     prints one hash over the traces of all seeds\n"
            "  --tap      a line `ok` or `not ok` for each 100 seeds\n"
            "  --stop     ends with the first seed that fails\n"
            "  --twice    one seed in EVERY runs a second time and must repeat (50; 0: none)\n"
            "  --mutant   plants that fault, in a build with LEAT_MUTANTS\n",
            program);
    return 2;
}

bool read_range(const char* text, Options* options) {
    char* end = nullptr;
    options->first = strtoull(text, &end, 10);
    options->last = *end == '-' ? strtoull(end + 1, &end, 10) : options->first;
    return end != text && *end == '\0' && options->first <= options->last;
}

bool read_shard(const char* text, Options* options) {
    char* end = nullptr;
    options->shard = strtoull(text, &end, 10);
    if (*end != '/') return false;
    options->shards = strtoull(end + 1, &end, 10);
    return *end == '\0' && options->shard < options->shards;
}

bool read_options(int count, char** arguments, Options* options) {
    for (int i = 1; i < count; ++i) {
        const char* const word = arguments[i];
        const char* const value = i + 1 < count ? arguments[i + 1] : nullptr;
        if (strcmp(word, "--hash") == 0) {
            options->hash = true;
        } else if (strcmp(word, "--verbose") == 0) {
            options->verbose = true;
        } else if (strcmp(word, "--stop") == 0) {
            options->stop_at_first = true;
        } else if (strcmp(word, "--tap") == 0) {
            options->tap = true;
        } else if (value == nullptr) {
            return false;
        } else if (strcmp(word, "--seeds") == 0) {
            if (!read_range(arguments[++i], options)) return false;
        } else if (strcmp(word, "--shard") == 0) {
            if (!read_shard(arguments[++i], options)) return false;
        } else if (strcmp(word, "--twice") == 0) {
            options->twice_every = strtoull(arguments[++i], nullptr, 10);
        } else if (strcmp(word, "--mutant") == 0) {
            options->mutant = static_cast<uint32_t>(strtoul(arguments[++i], nullptr, 10));
        } else {
            return false;
        }
    }
    return true;
}

void say(const char* text) {
    if (write(STDOUT_FILENO, text, strlen(text)) < 0) _exit(3);
}

// Something stops the process: the seed is all that is left to say. No call here allocates.
void say_last_words(const char* why) {
    char digits[24];
    char* at = digits + sizeof digits - 1;
    *at = '\0';
    uint64_t seed = running_seed;
    do {
        *--at = static_cast<char>('0' + seed % 10);
        seed /= 10;
    } while (seed > 0);
    say("not ok - seed ");
    say(at);
    say(why);
    say("# replay: ");
    say(program);
    say(" --verbose --seeds ");
    say(at);
    say("\n");
}

void on_trap(int number) {
    say_last_words(number == SIGSEGV ? ": crash: a bad address\n"
                                     : ": assertion: a check inside leat failed\n");
    _exit(1);
}

void catch_the_end() {
    for (const int number : {SIGILL, SIGTRAP, SIGABRT}) (void)signal(number, on_trap);
#ifdef LEAT_SWARM_SANITIZED
    __sanitizer_set_death_callback([] { say_last_words(": sanitizer: see above\n"); });
#else
    (void)signal(SIGSEGV, on_trap);
#endif
}

void report(uint64_t seed, const Outcome& outcome) {
    printf("not ok - seed %" PRIu64 ": %s: %s\n", seed, outcome.verdict.checker().c_str(),
           outcome.verdict.message().c_str());
    printf("# %s\n", describe(scenario_of(seed)).c_str());
    printf("# trace %016" PRIx64 "\n", outcome.hash);
    printf("# replay: %s --verbose --seeds %" PRIu64, program, seed);
    if (running_mutant != 0) printf(" --mutant %" PRIu32, running_mutant);
    printf("\n");
}

Outcome run_checked(uint64_t seed, const Options& options, Tally* tally) {
    running_seed = seed;
    Outcome outcome = run_seed(seed, tally);
    const bool again = options.twice_every != 0 && seed % options.twice_every == 0;
    if (!again || outcome.verdict.failed()) return outcome;
    Tally unused;
    const Outcome second = run_seed(seed, &unused);
    if (second.hash != outcome.hash) {
        outcome.verdict.fail("determinism", "a second run has the trace %016" PRIx64, second.hash);
    }
    return outcome;
}

void print_tally(const Tally& t, uint64_t failed) {
    printf("# %" PRIu64 " seeds, %" PRIu64 " items: %" PRIu64 " succeeded, %" PRIu64
           " failed, %" PRIu64 " cancelled; %" PRIu64 " rate limits, %" PRIu64 " retries, %" PRIu64
           " replays, %" PRIu64 " resumed handshakes, %" PRIu64 " rounds of tools, %" PRIu64
           " answers refused, %" PRIu64 " items skipped, %" PRIu64 " failures answered, %" PRIu64
           " answers from the cache\n",
           t.seeds, t.items, t.succeeded, t.failed, t.cancelled, t.rate_limited, t.retries,
           t.replays, t.resumed, t.rounds, t.rejected, t.skipped, t.rescued, t.cached);
    printf("# %" PRIu64 " steps (most %" PRIu64 ", %" PRIu64 " after faults stopped), %" PRIu64
           " virtual s (most %.1f after faults stopped), %" PRIu64
           " pauses seen from outside, "
           "%" PRIu64 " sends that a service did not wish for; %" PRIu64 " seeds failed\n",
           t.steps, t.steps_most, t.steps_after_heal_most, t.virtual_ms / 1000,
           static_cast<double>(t.after_heal_ms_most) / 1e3, t.pauses_seen, t.paused_sends, failed);
}

int run_all(const Options& options) {
    Tally tally;
    uint64_t failed = 0;
    uint64_t failed_in_group = 0;
    uint64_t hash = 0xcbf29ce484222325u;
    for (uint64_t seed = options.first; seed <= options.last; ++seed) {
        const bool ours = (seed - options.first) / 100 % options.shards == options.shard;
        if (!ours) continue;
        const Outcome outcome = run_checked(seed, options, &tally);
        hash = (hash ^ outcome.hash) * 0x100000001b3u;
        hash ^= hash >> 29;
        if (options.verbose) {
            printf("# seed %" PRIu64 " %016" PRIx64 ": %s\n", seed, outcome.hash,
                   describe(scenario_of(seed)).c_str());
        }
        if (outcome.verdict.failed()) {
            ++failed_in_group;
            if (++failed <= failures_shown_max) report(seed, outcome);
            if (options.stop_at_first) break;
        }
        const bool last_of_group = (seed - options.first) % 100 == 99 || seed == options.last;
        if (options.tap && last_of_group) {
            if (failed_in_group == 0) printf("ok - seeds up to %" PRIu64 "\n", seed);
            failed_in_group = 0;
        }
    }
    if (options.hash) {
        printf("%016" PRIx64 "\n", hash);
    } else {
        print_tally(tally, failed);
    }
    return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
    program = arguments[0];
    Options options;
    if (!read_options(count, arguments, &options)) return usage();
    catch_the_end();
    setvbuf(stdout, nullptr, _IOLBF, 0);
    running_mutant = options.mutant;
    if (!leat::choose_mutant(options.mutant)) {
        fprintf(stderr, "%s: this build has no mutants (LEAT_MUTANTS)\n", program);
        return 2;
    }
    return run_all(options);
}
