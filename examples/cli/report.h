// cli/report.h: everything that `leat report` has counted in an output, and the page about it.
// One object of fixed size, whatever the file's: sums, distributions, and the few items worth a line
// of their own. Depends on record_read.h and tally.h.
// Invariant: what is not known of some items is counted as such, never as 0.
#pragma once

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/record_read.h"
#include "cli/report_bins.h"
#include "cli/tally.h"
#include "codec/utf8.h"

namespace cli {

constexpr uint32_t names_max = 24;     // models or services with a line of their own
constexpr uint32_t failures_max = 24;  // kinds of failures with one
constexpr uint32_t slowest_max = 10;
constexpr uint32_t failed_max = 100;
constexpr size_t settings_bytes = 16384;

// A copy of a text, cut between characters.
template <size_t N>
struct CutText {
    char data[N];
    uint32_t size;
    bool cut;

    void set(leat_str text) {
        const leat_str part = leat::head(text, N);
        size = static_cast<uint32_t>(leat::utf8_valid_prefix(part));
        cut = size < text.size;
        if (size > 0) {
            memcpy(data, part.data, size);
        }
    }
    leat_str view() const { return leat_str{data, size}; }
};

// Requests, tokens and money of one model or one service.
struct NameSum {
    CutText<96> name;  // empty: not told
    uint64_t items;
    uint64_t failed;
    uint64_t input_tokens;
    uint64_t cached_input_tokens;
    uint64_t output_tokens;
    uint64_t reasoning_tokens;
    uint64_t priced;
    double cost_usd;
};

// The last row holds all that find no room.
struct NameSums {
    NameSum rows[names_max + 1];
    uint32_t count;

    NameSum* find(leat_str name);
};

struct FailureSum {
    CutText<48> status;
    uint64_t items;
    CutText<300> message;  // of the first one
};

struct ItemLine {
    CutText<96> id;
    CutText<48> status;
    CutText<48> code;
    CutText<96> model;
    CutText<300> message;
    int32_t http_status;
    int64_t tries;
    int64_t output_tokens;
    double ms;  // < 0: not known
};

struct Distribution {
    Latencies latencies;
    double most_ms = 0;

    void add(double ms);
    uint64_t count() const { return latencies.count(); }
};

struct Report {
    uint64_t items = 0;
    uint64_t succeeded = 0;
    uint64_t succeeded_late = 0;  // of them, not with the first try
    uint64_t cached = 0;          // of them, without asking
    uint64_t failed = 0;
    uint64_t broken_lines = 0;
    bool last_is_broken = false;
    uint64_t retries = 0;
    uint64_t refused = 0;
    uint64_t timed = 0;  // items whose place in time is known
    uint64_t input_tokens = 0;
    uint64_t output_tokens = 0;
    uint64_t untold = 0;  // answers whose tokens are not known
    uint64_t priced = 0;
    double cost_usd = 0;
    uint64_t footprints = 0;
    double energy_kwh = 0;
    double gwp_kgco2eq = 0;
    double limited_ms[limiters_count] = {};
    Distribution total;  // of the try that succeeded
    Distribution first_token;
    Distribution first_byte;
    Distribution item;  // with all tries and the waits between
    RunClock clock;
    ReportBins bins;
    NameSums models = {};
    NameSums services = {};
    FailureSum failures[failures_max + 1] = {};
    uint32_t failures_count = 0;
    ItemLine slowest[slowest_max] = {};
    uint32_t slowest_count = 0;
    ItemLine failed_items[failed_max] = {};
    uint32_t failed_count = 0;
    CutText<settings_bytes> settings = {};

    // report_take.cc
    void take(const RecordFacts& facts);

private:
    void take_time(const RecordFacts& facts, int64_t tries);
    void take_usage(const RecordFacts& facts);
    void take_failure(const RecordFacts& facts, int64_t tries);
    void take_latency(const RecordFacts& facts, int64_t tries);
};

// report_page.cc: the page, about the file of that name.
void put_report(FILE* file, const char* name, Report* report);
// report_latency.cc
void put_distributions(FILE* file, const Report& report);
// report_time.cc
void put_over_time(FILE* file, Report* report);
// report_tables.cc
void put_names(FILE* file, const Report& report);
void put_failures(FILE* file, const Report& report);
void put_slowest(FILE* file, const Report& report);
void put_settings(FILE* file, const Report& report);

// report.cc: reads the file and writes the page. False after it has said why, as that command.
bool write_report(const char* command, const char* input, const char* output, size_t line_bytes);
// Whether the page may go there: not onto one of the files it is about. False after it has said why.
bool check_report(const char* command, const char* input, const char* output);

}  // namespace cli
