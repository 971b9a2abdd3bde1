// pace/daily.h: so many in any 24 hours. A bucket would let twice as many through in the first day;
// this counts by the hour what went out, so that the sum of any 24 hours stays within the limit.
// Depends on base. Time is an argument. Invariant: the sum over counts_ never exceeds the limit,
// save one single take that is larger than all of it, and what answers took beyond their takes.
#pragma once

#include <stdint.h>

namespace leat {

class Daily {
public:
    void open(uint64_t limit);  // 0: none
    bool limited() const { return limit_ != 0; }
    // The earliest moment at which `count` may be taken.
    uint64_t ready_at(uint64_t now_ns, uint64_t count) const;
    void take(uint64_t now_ns, uint64_t count);
    // Corrects a take at taken_ns.
    void settle(uint64_t taken_ns, uint64_t reserved, uint64_t used);

private:
    // 24 whole hours, and the one that has begun.
    static constexpr uint32_t hours_max = 25;

    uint64_t limit_ = 0;
    uint64_t counts_[hours_max] = {};
    uint64_t hours_[hours_max] = {};  // which hour of the clock the count is of
};

}  // namespace leat
