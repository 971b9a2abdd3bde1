// cli/simulate.h: what `leat simulate` is asked, and what it finds out for each setting.
// Depends on options, tally and the series of a run. Memory does not grow with the items: a row is
// counts, histograms and a series of fixed length.
// Invariant: a row comes from the same calls of the library as `leat run` makes, in virtual time.
#pragma once

#include <leat/leat.h>

#include "cli/options.h"
#include "cli/simulate_series.h"
#include "cli/tally.h"
#include "cli/terminal.h"

namespace cli {

constexpr uint32_t rows_max = 64;

// Milliseconds and whole numbers, save where the name says otherwise. Limits: 0 is no limit.
struct SimulateSettings {
    Settings run;  // the pace options, with the names and meanings of `leat run`
    CountList in_flight;
    CountList rpm;

    uint64_t items;
    uint64_t prompt_tokens;
    uint64_t output_tokens;
    leat_number output_spread;
    uint64_t latency_ms;
    leat_number latency_spread;
    leat_number token_ms;

    uint64_t provider_rpm;
    uint64_t provider_tpm;
    uint64_t provider_itpm;
    uint64_t provider_otpm;
    uint64_t provider_rpd;
    uint64_t provider_concurrency;
    uint64_t burst_ms;
    int32_t headers;
    int32_t retry_after;
    NumberPair overload_s;
    leat_number error_rate;
    uint64_t halve_at_ms;

    NumberPair price;  // USD per million tokens, in and out
    bool json;
    const char* csv;
    const char* chart;
};

// One setting and what became of it.
struct Row {
    uint64_t in_flight;
    uint64_t rpm;     // 0: none
    double time_ms;   // virtual, batch opened to last result
    double capacity;  // requests that the provider could have answered meanwhile; <= 0: no limit
    double sustained_rpm;  // what it can answer in a minute for ever; <= 0: no limit
    uint64_t requests;     // that came to the provider
    uint64_t answered;
    uint64_t refused;  // 429s
    uint64_t retries;  // for other reasons than a 429
    uint32_t in_flight_peak;
    bool suggested;       // nobody asked for it: what leat would try instead
    leat_status stopped;  // LEAT_OK, or why the run did not come to its end
    Tally tally;
    Latencies item_ms;  // acceptance to result, waits included
    double limiter_ms[limiters_count];
    Series series;

    bool is_auto() const { return in_flight == LEAT_AUTO; }
    double per_minute() const;      // succeeded items
    double refused_share() const;   // 0..1
    bool is_clean() const;          // few were refused
    double capacity_share() const;  // 0..1; < 0: no limit
    double limiter_share(int limiter) const;
    double paused_share() const;  // of the time, waits after 429s
    int main_limiter() const;     // the one that held for longest
};

struct Comparison {
    Row rows[rows_max];
    uint32_t count;
    uint32_t best;

    bool best_is_clean() const { return rows[best].is_clean(); }
    // Worth a mark: the best one, where it is good.
    bool is_best(uint32_t index) const { return index == best && best_is_clean(); }
    // There is something to advise.
    bool has_good() const { return best_is_clean() && rows[best].tally.succeeded > 0; }
};

const OptionTable& simulate_options();
// The row as options of `leat run`, with what was said of the pace besides.
constexpr size_t run_flags_bytes = 512;
void write_run_flags(const SimulateSettings& settings, const Row& row,
                     char (&flags)[run_flags_bytes]);
bool parse_simulate(int argc, char** argv, SimulateSettings* settings);

// simulate_run.cc: runs one setting; told (may be NULL) hears how many items are done. False after
// it has said why on stderr.
using ToldDone = void (*)(void* user, uint64_t done);
bool simulate_row(const SimulateSettings& settings, Row* row, ToldDone told, void* user);

// simulate_advice.cc
void choose_best(Comparison* comparison);
// Where even the best row lost its time to 429s: a setting that the provider can keep up, if there is
// one that has not been tried. Fills in the row behind the last.
bool suggest_row(const SimulateSettings& settings, Comparison* comparison);
constexpr size_t advice_bytes = 640;
void write_advice(const SimulateSettings& settings, const Comparison& comparison,
                  char (&advice)[advice_bytes]);

// simulate_words.cc
double cost_usd(const SimulateSettings& settings, const Row& row);
Words cost_words(const SimulateSettings& settings, const Row& row);
constexpr size_t flags_bytes = 128;
void write_flags(const Row& row, char (&flags)[flags_bytes]);  // "-j 20 --rpm 400"
// What was simulated, in words: the batch and the provider, a line each.
constexpr size_t scene_bytes = 400;
void write_batch_words(const SimulateSettings& settings, char (&words)[scene_bytes]);
void write_provider_words(const SimulateSettings& settings, char (&words)[scene_bytes]);

// Each writer prints the whole comparison. False on a file that cannot be written (errno says why).
void print_comparison(const SimulateSettings& settings, const Comparison& comparison);
bool write_json(const SimulateSettings& settings, const Comparison& comparison);
bool write_csv(const SimulateSettings& settings, const Comparison& comparison);
bool write_chart(const SimulateSettings& settings, const Comparison& comparison);

}  // namespace cli
