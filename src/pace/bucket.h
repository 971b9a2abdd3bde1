// pace/bucket.h: a token bucket, exact in integers (the generic cell rate algorithm).
// The bucket is full at `full_at_ns`; taking n tokens moves that moment n/rate into the future.
// Time is an argument. Depends on base and peaks.h. Invariant (P-8): what is taken in any window of
// length t, less what turned out not to be used, is at most burst + rate * t, save a single request
// larger than the burst, which goes when the bucket is full and leaves a debt that the next ones
// wait for. What is given back never lifts the bucket above where it would be had it never been
// taken.
#pragma once

#include <stdint.h>

#include "pace/peaks.h"

namespace leat {

class Bucket {
public:
    static constexpr uint64_t minute_ns = UINT64_C(60000000000);

    // rate 0: no limit. burst is at least 1. The bucket begins full.
    void open(uint64_t rate, uint64_t burst, uint64_t window_ns = minute_ns);
    // Another rate or size from now on; what is in it stays, cut to the new size. Takes up to
    // `number`, the last one there was, are not settled any more.
    void reshape(uint64_t now_ns, uint64_t rate, uint64_t burst, uint64_t window_ns,
                 uint64_t number);
    bool limited() const { return rate_ != 0; }
    uint64_t rate() const { return rate_; }  // in each window
    uint64_t window_ns() const { return window_ns_; }
    uint64_t burst() const { return burst_; }

    // The earliest moment at which `count` may be taken; now_ns when that is now.
    uint64_t ready_at(uint64_t now_ns, uint64_t count) const;
    // Takes them; the caller has seen ready_at(now_ns, count) == now_ns. number: of this take,
    // larger than those before.
    void take(uint64_t now_ns, uint64_t count, uint64_t number);
    // Corrects the take of that number from `reserved` to `used`.
    void settle(uint64_t now_ns, uint64_t number, uint64_t reserved, uint64_t used);

    // What is in it: below 0 is a debt.
    double level(uint64_t now_ns) const;
    // Somebody who knows better says what is in it.
    void set_level(uint64_t now_ns, double level);
    void fill_up(uint64_t now_ns) { full_at_ns_ = now_ns; }

private:
    uint64_t cost_ns(uint64_t count) const;
    uint64_t missing_ns(uint64_t now_ns) const;
    uint64_t fill_ns(uint64_t now_ns) const;
    double each_ns() const;
    void charge(uint64_t now_ns, uint64_t count);
    void give_back(uint64_t now_ns, uint64_t number, uint64_t cost);

    uint64_t rate_ = 0;
    uint64_t window_ns_ = minute_ns;
    uint64_t burst_ = 1;
    uint64_t burst_ns_ = 0;
    uint64_t full_at_ns_ = 0;
    uint64_t reshaped_ = 0;  // takes up to this number were counted in another size, or not at all
    Peaks peaks_;
};

}  // namespace leat
