// pace/allowance.h: what the configuration allows an endpoint, whatever its provider would:
// requests on the wire, requests and tokens in a minute, in a day. All limit domains of an endpoint
// share it.
// Depends on base and its siblings; time is an argument.
// Invariant (P-8): no window of length t sees more than burst + rate * t; in_flight <= most.
#pragma once

#include <leat/client.h>
#include <stdint.h>

#include "pace/bucket.h"
#include "pace/daily.h"
#include "pace/demand.h"

namespace leat {

struct AllowanceRules {
    uint32_t in_flight_most;       // >= 1
    uint64_t requests_per_minute;  // each 0: none
    uint64_t request_burst;        // 0: one second's worth
    uint64_t tokens_per_minute;
    uint64_t input_tokens_per_minute;
    uint64_t output_tokens_per_minute;
    uint64_t requests_per_day;
    uint64_t tokens_per_day;
};

struct GateVerdict {
    bool admit;
    leat_limiter limiter;  // what holds it back
    uint64_t retry_at_ns;  // when to ask again; never_ns: when a permit comes back

    // Keeps the later of two answers.
    void wait_until(uint64_t at_ns, leat_limiter why) {
        if (at_ns > retry_at_ns) *this = {false, why, at_ns};
    }
};

class Allowance {
public:
    void open(const AllowanceRules& rules);

    bool has_permit() const { return in_flight_ < most_; }
    uint32_t in_flight() const { return in_flight_; }
    uint32_t in_flight_most() const { return most_; }

    // Makes the verdict worse where a limit says so.
    void ask(uint64_t now_ns, const Demand& demand, GateVerdict* verdict) const;
    // Takes what ask() granted; returns the number to settle it by.
    uint64_t take(uint64_t now_ns, const Demand& demand);
    void release();
    void settle(uint64_t now_ns, uint64_t taken_ns, uint64_t number, const Demand& reserved,
                const Demand& used);

private:
    Bucket buckets_[resources_count];
    Daily daily_requests_;
    Daily daily_tokens_;
    uint64_t number_ = 0;
    uint32_t most_ = 1;
    uint32_t in_flight_ = 0;
};

}  // namespace leat
