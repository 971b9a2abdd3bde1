// pace/bucket.h: a token bucket, exact in integers (the generic cell rate algorithm).
// The bucket is full at `full_at_ns`; taking n tokens moves that moment n/rate into the future.
// Time is an argument. Invariant (P-8): what is taken in any window of length t is at most
// burst + rate * t, save a single request larger than the burst, which goes when the bucket is
// full and leaves a debt that the next ones wait for.
#pragma once

#include <stdint.h>

namespace leat {

class Bucket {
public:
    // per_minute 0: no limit. burst is at least 1.
    void open(uint64_t per_minute, uint64_t burst);
    bool limited() const { return per_minute_ != 0; }
    uint64_t per_minute() const { return per_minute_; }

    // The earliest moment at which `count` may be taken; now_ns when that is now.
    uint64_t ready_at(uint64_t now_ns, uint64_t count) const;
    // Takes them; the caller has seen ready_at(now_ns, count) == now_ns.
    void take(uint64_t now_ns, uint64_t count);
    // Corrects an earlier take from `reserved` to `used`.
    void settle(uint64_t reserved, uint64_t used);

private:
    uint64_t cost_ns(uint64_t count) const;

    uint64_t per_minute_ = 0;
    uint64_t burst_ = 1;
    uint64_t burst_ns_ = 0;
    uint64_t full_at_ns_ = 0;
};

}  // namespace leat
