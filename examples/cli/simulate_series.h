// cli/simulate_series.h: what happened over virtual time, in a fixed number of bins whatever the
// duration: when the bins are full, each two become one of twice the width.
// Depends on leat/client.h only. Invariant: sums over all bins stay what they were.
#pragma once

#include <leat/client.h>

namespace cli {

constexpr int limiters_count = LEAT_LIMITER_BUDGET + 1;
constexpr uint32_t bins_max = 240;

double limited_sum(const double (&limiter_ms)[limiters_count]);
// The one that held for longest.
int longest_limiter(const double (&limiter_ms)[limiters_count]);

struct Bin {
    double covered_ms;    // of the bin's width; less in the last one
    double in_flight_ms;  // in flight, summed over time
    double limit_ms;      // how many might have been, summed over time
    double capacity;      // requests that the provider could have admitted ...
    double capacity_ms;   // ... in so much time; the whole width, in the last one too
    double limiter_ms[limiters_count];
    uint32_t admitted;
    uint32_t refused;
    uint32_t failed;  // answers that were no answers: 5xx, resets

    void add(const Bin& other);
    double in_flight() const { return covered_ms > 0 ? in_flight_ms / covered_ms : 0; }
    double in_flight_limit() const { return covered_ms > 0 ? limit_ms / covered_ms : 0; }
    int main_limiter() const { return longest_limiter(limiter_ms); }
};

class Series {
public:
    // From now to now + ms the endpoint was paced like that.
    void pass(double ms, const leat_pace& pace);
    void count(uint32_t admitted, uint32_t refused, uint32_t failed);  // now
    void set_width(double ms);  // twice the width, until it is at least so wide

    uint32_t size() const { return size_; }
    double width_ms() const { return width_ms_; }
    const Bin& bin(uint32_t index) const { return bins_[index]; }
    Bin* mutable_bin(uint32_t index) { return &bins_[index]; }

private:
    Bin* bin_now();
    void halve();

    Bin bins_[bins_max];
    uint32_t size_;
    double width_ms_;  // 0: nothing has been counted
    double now_ms_;
};

}  // namespace cli
