// cli/held.h: what has held a run back since its last record, in milliseconds for each limiter.
// Depends on leat/client.h and its count of limiters in simulate_series.h.
// Invariant: what is passed is told once, with the next record.
#pragma once

#include "cli/simulate_series.h"

namespace cli {

class Held {
public:
    static constexpr double least_ms = 0.001;  // less is not worth a word

    void pass(leat_limiter limiter, double ms) { ms_[limiter] += ms > 0 ? ms : 0; }
    void clear() { *this = Held(); }
    double ms(int limiter) const { return ms_[limiter]; }
    bool is_empty() const {
        for (const double ms : ms_) {
            if (ms >= least_ms) {
                return false;
            }
        }
        return true;
    }

private:
    double ms_[limiters_count] = {};
};

}  // namespace cli
