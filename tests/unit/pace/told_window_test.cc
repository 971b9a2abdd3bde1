// The window of a told limit, guessed from its resets: a service that holds less than a whole window's
// worth tells resets of what it holds. In virtual time; the service is a bucket of its own.
// Depends on pace/told.h and GoogleTest.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "pace/told.h"

namespace leat {
namespace {

constexpr uint64_t ms_ns = 1'000'000u;
constexpr uint64_t patience_ns = 120'000 * ms_ns;

// So many a minute, refilled all the time, with a burst of some seconds; its answers tell.
class Service {
public:
    Service(double per_minute, double burst_s)
        : per_minute_(per_minute), size_(per_minute / 60 * burst_s), level_(size_) {}

    bool serve(uint64_t now_ns, leat_limit* told) {
        level_ =
            std::min(size_, level_ + static_cast<double>(now_ns - at_ns_) * per_minute_ / 60e9);
        at_ns_ = now_ns;
        const bool served = level_ >= 1;
        level_ -= served ? 1 : 0;
        told->limit = static_cast<int64_t>(per_minute_);
        told->remaining = static_cast<int64_t>(level_);
        told->reset_ms = static_cast<int64_t>(std::ceil((size_ - level_) / per_minute_ * 60000));
        told->window_ms = LEAT_LIMIT_UNKNOWN;
        return served;
    }

private:
    double per_minute_;
    double size_;
    double level_;
    uint64_t at_ns_ = 0;
};

// Sends whenever the told limit lets it, for a minute; every answer is back after 100 ms at once.
uint32_t refused_in_a_minute(double per_minute, double burst_s, uint32_t* served) {
    Service service(per_minute, burst_s);
    ToldLimit limit;
    limit.open(Resource::requests, Bucket::minute_ns);
    Totals totals;
    uint32_t refused = 0;
    *served = 0;
    for (uint64_t now_ns = 0; now_ns < 60'000 * ms_ns; now_ns += ms_ns) {
        if (limit.limited() && limit.ready_at(now_ns, Demand{}) > now_ns) continue;
        Ticket ticket;
        ++totals.number;
        ticket.totals = totals;
        ticket.admitted_ns = now_ns;
        limit.take(now_ns, ticket);
        leat_limit told{};
        const bool good = service.serve(now_ns, &told);
        refused += good ? 0 : 1;
        *served += good ? 1 : 0;
        limit.told(now_ns, ticket, totals, told, patience_ns);
    }
    return refused;
}

TEST(ToldWindowTest, a_bucket_of_seconds_is_no_window_of_seconds) {
    for (const double per_minute : {60.0, 600.0, 3000.0, 30000.0}) {
        for (const double burst_s : {1.0, 2.0, 5.0, 10.0, 15.0, 60.0}) {
            // What holds but one request never tells that anything remains.
            if (per_minute / 60 * burst_s < 2) continue;
            uint32_t served = 0;
            const uint32_t refused = refused_in_a_minute(per_minute, burst_s, &served);
            EXPECT_LE(refused, 2u) << per_minute << " a minute, bursts of " << burst_s << " s";
            EXPECT_GE(served, per_minute * 0.85)
                << per_minute << " a minute, bursts of " << burst_s << " s";
        }
    }
}

}  // namespace
}  // namespace leat
