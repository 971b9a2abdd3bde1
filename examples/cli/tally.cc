// cli/tally.cc: see tally.h.
// Failure words are static text, so that a pointer is enough.
#include "cli/tally.h"

#include <math.h>
#include <string.h>

#include "meter/rates.h"

namespace cli {

namespace {

constexpr double first_ms = 0.01;

}  // namespace

void Latencies::add(double milliseconds) {
    double place = milliseconds > first_ms ? log2(milliseconds / first_ms) * per_octave : 0;
    if (place > buckets_count - 1) {
        place = buckets_count - 1;
    }
    ++buckets_[static_cast<int>(place)];
    least_ = count_ == 0 || milliseconds < least_ ? milliseconds : least_;
    most_ = milliseconds > most_ ? milliseconds : most_;
    sum_ += milliseconds;
    ++count_;
}

double Latencies::bucket_ms(int index) {
    return first_ms * exp2(static_cast<double>(index) / per_octave);
}

double Latencies::quantile(double share) const {
    const uint64_t place = leat::percentile_place(share, count_);
    uint64_t seen = 0;
    for (int i = 0; i < buckets_count; ++i) {
        seen += buckets_[i];
        if (seen > place) {
            const double middle = first_ms * exp2((i + 0.5) / per_octave);
            return middle < least_ ? least_ : (middle > most_ ? most_ : middle);
        }
    }
    return -1;
}

void Tally::count_failure(const char* word) {
    for (uint32_t i = 0; i < failures_count; ++i) {
        if (strcmp(failures[i].word, word) == 0) {
            ++failures[i].count;
            return;
        }
    }
    if (failures_count < words_max) {
        failures[failures_count++] = WordCount{word, 1};
    }
}

void Tally::add(const leat_result& result) {
    switch (result.outcome) {
        case LEAT_SUCCEEDED: ++succeeded; break;
        case LEAT_FAILED: ++failed; break;
        case LEAT_SKIPPED: ++skipped; break;
        case LEAT_CANCELLED: ++cancelled; break;
    }
    attempts += result.attempts;
    rate_limited += result.rate_limited;
    retried += result.retried;
    if (result.outcome == LEAT_SUCCEEDED && result.endpoint < endpoints_most) {
        ++answered[result.endpoint];
    }
    if (result.outcome == LEAT_FAILED) {
        count_failure(leat_status_word(result.status));
    }
    if (result.usage.input_tokens > 0) {
        input_tokens += result.usage.input_tokens;
    }
    if (result.usage.output_tokens > 0) {
        output_tokens += result.usage.output_tokens;
    }
    if (result.outcome != LEAT_CANCELLED && result.timing.item_ms > 0) {
        sum_item_ms += result.timing.item_ms;
    }
    if (result.outcome == LEAT_SUCCEEDED && result.timing.total_ms >= 0) {
        latencies.add(result.timing.total_ms);
    }
}

void Tally::add_bad_line(const char* code) {
    ++failed;
    ++bad_lines;
    count_failure(code);
}

}  // namespace cli
