// pace/retry_quota.h: what a limit domain may spend on retries, as the AWS SDKs' standard mode has
// it: a stock of tokens that retries draw on and successes fill up again. When a service is down,
// the stock runs out, and items fail at once instead of each trying to its last attempt.
// Depends on base. Invariant: 0 <= left <= capacity.
#pragma once

#include <leat/config.h>
#include <stdint.h>

#include "base/narrow.h"

namespace leat {

class RetryQuota {
public:
    // Capacity 0: retries are not counted.
    void open(const leat_retry& rules) {
        capacity_ = rules.quota;
        left_ = capacity_;
        cost_ = rules.quota_cost;
        cost_timeout_ = rules.quota_cost_timeout;
    }
    uint32_t left() const { return left_; }

    // Draws what one retry costs; false, and nothing drawn, when there is not enough.
    bool draw(bool after_timeout, uint32_t* drawn) {
        *drawn = 0;
        if (capacity_ == 0) return true;
        const uint32_t cost = after_timeout ? cost_timeout_ : cost_;
        if (cost > left_) return false;
        left_ -= cost;
        *drawn = cost;
        return true;
    }
    // An attempt succeeded: gives back what it had drawn, or, for a first attempt, one token.
    void succeeded(uint32_t drawn) {
        const uint32_t back = drawn > 0 ? drawn : 1;
        left_ = back > capacity_ - left_ ? capacity_ : left_ + back;
    }

private:
    uint32_t capacity_ = 0;
    uint32_t left_ = 0;
    uint32_t cost_ = 5;
    uint32_t cost_timeout_ = 10;
};

}  // namespace leat
