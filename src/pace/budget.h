// pace/budget.h: money that may be spent: what the next request could cost is reserved before it is
// sent and settled when its usage is known, so that the sum never passes the limit by more than an
// answer costs more than was reserved for it. Amounts are dollars times 10^12, so that a sum of
// many small ones is exact. Depends on base.
// Invariant: reserved_ is the sum over requests that are on the wire.
#pragma once

#include <stdint.h>

#include "base/check.h"
#include "base/narrow.h"

namespace leat {

class Budget {
public:
    // 0: no limit.
    void open(uint64_t limit) {
        *this = Budget{};
        limit_ = limit;
    }
    bool limited() const { return limit_ != 0; }
    // A request that costs nothing always fits (a free model, features section 8).
    bool fits(uint64_t amount) const {
        if (limit_ == 0 || amount == 0) return true;
        const uint64_t left = limit_ - min_of(limit_, spent_ + reserved_);
        return amount <= left;
    }
    bool anything_reserved() const { return reserved_ != 0; }
    void reserve(uint64_t amount) { reserved_ += amount; }
    void settle(uint64_t reserved, uint64_t spent) {
        LEAT_CHECK(reserved <= reserved_);
        reserved_ -= reserved;
        spent_ = saturating_add(spent_, spent, UINT64_MAX / 2);
    }
    uint64_t spent() const { return spent_; }
    // Four fifths are gone (G31): said once.
    bool warns() {
        if (limit_ == 0 || warned_ || spent_ < limit_ / 5 * 4) return false;
        warned_ = true;
        return true;
    }

private:
    uint64_t limit_ = 0;
    uint64_t spent_ = 0;
    uint64_t reserved_ = 0;
    bool warned_ = false;
};

}  // namespace leat
