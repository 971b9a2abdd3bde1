// cli/simulate_series.cc: see simulate_series.h.
// A stretch of time is shared out over the bins that it crosses.
#include "cli/simulate_series.h"

namespace cli {

namespace {

constexpr double first_width_ms = 125;

}  // namespace

void Bin::add(const Bin& other) {
    covered_ms += other.covered_ms;
    in_flight_ms += other.in_flight_ms;
    limit_ms += other.limit_ms;
    capacity += other.capacity;
    capacity_ms += other.capacity_ms;
    for (int i = 0; i < limiters_count; ++i) {
        limiter_ms[i] += other.limiter_ms[i];
    }
    admitted += other.admitted;
    refused += other.refused;
    failed += other.failed;
}

double limited_sum(const double (&limiter_ms)[limiters_count]) {
    double sum = 0;
    for (const double ms : limiter_ms) {
        sum += ms;
    }
    return sum;
}

int longest_limiter(const double (&limiter_ms)[limiters_count]) {
    int best = 0;
    for (int i = 1; i < limiters_count; ++i) {
        if (limiter_ms[i] > limiter_ms[best]) {
            best = i;
        }
    }
    return best;
}

void Series::halve() {
    const uint32_t half = (size_ + 1) / 2;
    for (uint32_t i = 0; i < half; ++i) {
        Bin sum = bins_[2 * i];
        if (2 * i + 1 < size_) {
            sum.add(bins_[2 * i + 1]);
        }
        bins_[i] = sum;
    }
    size_ = half;
    width_ms_ *= 2;
}

void Series::set_width(double ms) {
    while (width_ms_ > 0 && width_ms_ < ms) {
        halve();
    }
}

Bin* Series::bin_now() {
    if (width_ms_ <= 0) {
        width_ms_ = first_width_ms;
    }
    uint32_t at = static_cast<uint32_t>(now_ms_ / width_ms_);
    while (at >= bins_max) {
        halve();
        at = static_cast<uint32_t>(now_ms_ / width_ms_);
    }
    while (size_ <= at) {
        bins_[size_++] = Bin{};
    }
    return &bins_[at];
}

void Series::pass(double ms, const leat_pace& pace) {
    const double end_ms = now_ms_ + ms;
    while (now_ms_ < end_ms) {
        Bin* const bin = bin_now();
        const double bin_end_ms = width_ms_ * (static_cast<double>(bin - bins_) + 1);
        const double until_ms = bin_end_ms < end_ms ? bin_end_ms : end_ms;
        const double part_ms = until_ms - now_ms_;
        bin->covered_ms += part_ms;
        bin->in_flight_ms += part_ms * pace.in_flight;
        bin->limit_ms += part_ms * pace.in_flight_limit;
        bin->limiter_ms[pace.limiter] += part_ms;
        now_ms_ = until_ms;
    }
}

void Series::count(uint32_t admitted, uint32_t refused, uint32_t failed) {
    if (admitted == 0 && refused == 0 && failed == 0) {
        return;
    }
    Bin* const bin = bin_now();
    bin->admitted += admitted;
    bin->refused += refused;
    bin->failed += failed;
}

}  // namespace cli
