// cli/report_bins.cc: see report_bins.h.
// Depends on libm.
#include "cli/report_bins.h"

#include <math.h>
#include <string.h>

namespace cli {

namespace {

constexpr double idle_ms_max = 60000;  // a longer time without any item is not the run's

}  // namespace

int64_t ReportBins::number(double ms) const { return static_cast<int64_t>(floor(ms / width_ms_)); }

// Each two become one.
void ReportBins::coarsen() {
    const int64_t first = first_ >> 1;
    uint32_t size = 0;
    for (uint32_t i = 0; i < size_; ++i) {
        const ReportBin from = bins_[i];
        const uint32_t to = static_cast<uint32_t>(((first_ + i) >> 1) - first);
        if (to >= size) {
            size = to + 1;
            bins_[to] = from;
            continue;
        }
        bins_[to].succeeded += from.succeeded;
        bins_[to].failed += from.failed;
        bins_[to].refused += from.refused;
        bins_[to].retried += from.retried;
        bins_[to].in_flight_ms += from.in_flight_ms;
        for (int l = 0; l < limiters_count; ++l) {
            bins_[to].limited_ms[l] += from.limited_ms[l];
        }
    }
    memset(bins_ + size, 0, (bins_max - size) * sizeof bins_[0]);
    first_ = first;
    size_ = size;
    width_ms_ *= 2;
}

ReportBin* ReportBins::at(double ms) {
    for (;;) {
        const int64_t wanted = number(ms);
        if (size_ == 0) {
            first_ = wanted;
            size_ = 1;
        }
        const int64_t low = wanted < first_ ? wanted : first_;
        const int64_t end = first_ + size_ > wanted + 1 ? first_ + size_ : wanted + 1;
        if (end - low > bins_max) {
            coarsen();
            continue;
        }
        const uint32_t shift = static_cast<uint32_t>(first_ - low);
        if (shift > 0) {
            memmove(bins_ + shift, bins_, size_ * sizeof bins_[0]);
            memset(bins_, 0, shift * sizeof bins_[0]);
        }
        first_ = low;
        size_ = static_cast<uint32_t>(end - low);
        return &bins_[wanted - first_];
    }
}

void ReportBins::spread(int what, double from_ms, double to_ms) {
    if (!(to_ms > from_ms)) {
        return;
    }
    (void)at(from_ms);
    (void)at(to_ms);
    const uint32_t last = static_cast<uint32_t>(number(to_ms) - first_);
    for (uint32_t i = static_cast<uint32_t>(number(from_ms) - first_); i <= last; ++i) {
        const double begin = static_cast<double>(first_ + i) * width_ms_;
        const double low = from_ms > begin ? from_ms : begin;
        const double high = to_ms < begin + width_ms_ ? to_ms : begin + width_ms_;
        double* const sum = what == in_flight ? &bins_[i].in_flight_ms : &bins_[i].limited_ms[what];
        *sum += high > low ? high - low : 0;
    }
}

void ReportBins::fit(uint32_t most) {
    while (size_ > most) {
        coarsen();
    }
}

void RunClock::pass(double started_ms, double ended_ms) {
    if (!is_begun_) {
        is_begun_ = true;
        first_ms_ = started_ms;
        ended_ms_ = started_ms;
    }
    const double idle_ms = started_ms - ended_ms_;
    if (idle_ms > idle_ms_max) {
        cut_ms_ += idle_ms;
        if (breaks_count_ < breaks_max) {
            breaks_[breaks_count_++] = run_ms(started_ms);
        }
    }
    ended_ms_ = ended_ms > ended_ms_ ? ended_ms : ended_ms_;
    earliest_ms_ = run_ms(started_ms) < earliest_ms_ ? run_ms(started_ms) : earliest_ms_;
    latest_ms_ = run_ms(ended_ms) > latest_ms_ ? run_ms(ended_ms) : latest_ms_;
}

}  // namespace cli
