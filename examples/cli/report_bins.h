// cli/report_bins.h: what happened over the time of a run, in a fixed number of bins whatever the
// duration, and a clock without the time in which nothing was under way. Records may come in any
// order. Depends on leat/client.h only.
// Invariant: bins begin at whole multiples of their width, so that two of them make one of twice the
// width; sums over all bins stay what they were.
#pragma once

#include <stdint.h>

#include "cli/simulate_series.h"

namespace cli {

constexpr uint32_t breaks_max = 16;

struct ReportBin {
    uint64_t succeeded;
    uint64_t failed;
    uint64_t refused;  // tries that ended in a 429
    uint64_t retried;  // tries for another reason
    double in_flight_ms;
    double limited_ms[limiters_count];
};

class ReportBins {
public:
    static constexpr int in_flight = -1;  // else a limiter

    ReportBin* at(double ms);
    // Adds the time between two moments to one of the sums of the bins in which it lies.
    void spread(int what, double from_ms, double to_ms);
    // Twice the width, until there are no more bins than that.
    void fit(uint32_t most);

    uint32_t size() const { return size_; }
    double width_ms() const { return width_ms_; }
    double begin_ms() const { return static_cast<double>(first_) * width_ms_; }
    const ReportBin& bin(uint32_t index) const { return bins_[index]; }

private:
    void coarsen();
    int64_t number(double ms) const;

    ReportBin bins_[bins_max] = {};
    int64_t first_ = 0;  // number of bins_[0]
    uint32_t size_ = 0;
    double width_ms_ = 1;
};

// Turns the Unix clock into the time of the run. Longer times without any item are cut out.
class RunClock {
public:
    // Each item in turn, from its acceptance to its end.
    void pass(double started_ms, double ended_ms);
    // Of the item that was passed last.
    double run_ms(double unix_ms) const { return unix_ms - first_ms_ - cut_ms_; }

    double first_ms() const { return first_ms_; }  // Unix clock
    double wall_ms() const { return latest_ms_ - earliest_ms_; }
    double earliest_ms() const { return earliest_ms_; }
    double cut_ms() const { return cut_ms_; }
    uint32_t breaks_count() const { return breaks_count_; }
    double break_ms(uint32_t index) const { return breaks_[index]; }

private:
    bool is_begun_ = false;
    double first_ms_ = 0;
    double ended_ms_ = 0;  // Unix clock: the latest end so far
    double cut_ms_ = 0;
    double earliest_ms_ = 0;
    double latest_ms_ = 0;
    double breaks_[breaks_max] = {};
    uint32_t breaks_count_ = 0;
};

}  // namespace cli
