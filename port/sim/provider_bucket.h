// port/sim/provider_bucket.h: a limit of a simulated provider: so much a minute, refilled all the
// time, with a burst.
// Depends on the standard headers only. Whole numbers: a unit is a 60,000,000th of a request or
// token, which is what one a minute refills in a microsecond. Invariant: in any time t no more is
// taken than the burst and rate x t, exactly.
#pragma once

#include <stdint.h>

namespace leat_simulator {

class ProviderBucket {
public:
    static constexpr uint64_t units = 60000000;
    static constexpr uint64_t per_minute_max = 100000000000;

    // per_minute 0: no limit. It begins full and holds one at least, whatever the burst.
    void open(uint64_t per_minute, uint32_t burst_ms, uint64_t now_us) {
        per_minute_ = per_minute;
        size_ = per_minute * burst_ms * 1000;
        if (size_ < units) size_ = units;
        level_ = size_;
        at_us_ = now_us;
    }
    // Another rate from now on; what it holds is cut to the new size. A limit that is new is full.
    void change(uint64_t per_minute, uint32_t burst_ms, uint64_t now_us) {
        refill(now_us);
        const bool was_limited = limited();
        const uint64_t level = level_;
        open(per_minute, burst_ms, now_us);
        if (was_limited && level < level_) level_ = level;
    }

    bool limited() const { return per_minute_ != 0; }
    uint64_t per_minute() const { return per_minute_; }

    void refill(uint64_t now_us) {
        if (!limited() || now_us <= at_us_) return;
        const uint64_t passed_us = now_us - at_us_;
        const uint64_t missing = size_ - level_;
        level_ = passed_us > missing / per_minute_ ? size_ : level_ + passed_us * per_minute_;
        at_us_ = now_us;
    }
    // The three below are of the moment of the last refill.
    bool has(uint64_t amount) const { return !limited() || amount <= level_ / units; }
    void take(uint64_t amount) {
        if (limited()) level_ -= amount * units;
    }
    uint64_t remaining() const { return level_ / units; }

    // Until amount is there, or until it is full when it never can be.
    uint64_t wait_us(uint64_t amount) const {
        const uint64_t wanted = amount > size_ / units ? size_ : amount * units;
        return !limited() || wanted <= level_ ? 0 : over(wanted - level_);
    }
    uint64_t full_in_us() const { return limited() ? over(size_ - level_) : 0; }

private:
    uint64_t over(uint64_t missing) const {
        return missing / per_minute_ + (missing % per_minute_ != 0 ? 1 : 0);
    }

    uint64_t per_minute_;
    uint64_t size_;
    uint64_t level_;
    uint64_t at_us_;
};

}  // namespace leat_simulator
