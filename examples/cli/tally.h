// cli/tally.h: what has happened so far, counted as results come in; the progress line and the
// summary read it. Fixed size; a latency costs one bucket's increment.
#pragma once

#include <leat/batch.h>

namespace cli {

// Latencies in buckets of a sixteenth of an octave (under 5 % wide), from 0.01 ms up.
class Latencies {
public:
    void add(double milliseconds);
    // The latency that this share (0..1) of all stays below; -1 without any.
    double quantile(double share) const;
    uint64_t count() const { return count_; }
    double mean() const { return count_ > 0 ? sum_ / static_cast<double>(count_) : -1; }

    static constexpr int per_octave = 16;
    static constexpr int buckets_count = 32 * per_octave;
    uint64_t bucket(int index) const { return buckets_[index]; }
    static double bucket_ms(int index);  // where it begins

private:
    uint64_t buckets_[buckets_count] = {};
    uint64_t count_ = 0;
    double sum_ = 0;
    double least_ = 0;
    double most_ = 0;
};

constexpr uint32_t words_max = 48;
constexpr uint32_t endpoints_most = LEAT_TARGETS_MAX;

struct WordCount {
    const char* word;
    uint64_t count;
};

struct Tally {
    uint64_t total = 0;        // items expected, 0 when nobody knows
    uint64_t done_before = 0;  // found in the output by --resume
    uint64_t succeeded = 0;
    uint64_t failed = 0;       // bad lines included
    uint64_t bad_lines = 0;
    uint64_t skipped = 0;
    uint64_t cancelled = 0;    // left without a record
    uint64_t attempts = 0;
    uint64_t rate_limited = 0;
    uint64_t retried = 0;
    uint64_t answered[endpoints_most] = {};  // successes, by endpoint
    int64_t input_tokens = 0;
    int64_t output_tokens = 0;
    double sum_item_ms = 0;
    double energy_kwh = 0;     // of the answers whose footprint is known
    double gwp_kgco2eq = 0;
    uint64_t footprints = 0;   // how many those are
    Latencies latencies;
    WordCount failures[words_max] = {};
    uint32_t failures_count = 0;

    void add(const leat_result& result);
    void add_bad_line(const char* code);
    uint64_t finished() const { return succeeded + failed + skipped; }

private:
    void count_failure(const char* word);
};

}  // namespace cli
