// pace/learned.h: the rate of requests that a service seems to allow which tells no limits. Between two
// refusals its bucket went from empty to empty, so what it let through in that time is its rate;
// after a long quiet time the last rate that was known to work is taken. While nothing is refused the
// rate is raised, by steps that double, and falls back when that was too much.
// Depends on bucket.h, base. Time is an argument. Invariant: before the first refusal there is no rate.
#pragma once

#include <stdint.h>

#include "pace/bucket.h"

namespace leat {

class Learned {
public:
    void open() { *this = Learned{}; }
    Bucket* bucket() { return &bucket_; }
    const Bucket& bucket() const { return bucket_; }

    // A request was let through by the service.
    void succeeded() { ++passed_; }
    // One was refused for no reason that is known; latest: the newest request's number.
    void refused(uint64_t now_ns, uint64_t latest);
    // The rate held a request back: only then is there a reason to raise it.
    void note_use() { used_ = true; }
    // Raises the rate when its time has come.
    void review(uint64_t now_ns, uint64_t latest);
    // The rate was raised since it was last seen to work.
    bool is_trying() const { return raised_; }

private:
    void set_rate(uint64_t now_ns, double per_second, uint64_t latest);

    Bucket bucket_;
    double rate_ = 0;          // per second
    double rate_before_ = 0;   // the last raise ...
    double rate_proven_ = 0;   // ... and the one before it
    double step_ = 0;
    uint64_t passed_ = 0;      // since the last refusal
    uint64_t refused_ns_ = 0;
    uint64_t review_ns_ = 0;
    uint64_t review_wait_ns_ = 0;
    bool used_ = false;
    bool raised_ = false;
};

}  // namespace leat
