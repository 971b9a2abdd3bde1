// pace/learned.cc: see learned.h. Rates are kept as requests in an hour, so that a slow one keeps its
// digits in integers. Depends on base.
#include "pace/learned.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {

namespace {
constexpr uint64_t second_ns = UINT64_C(1000000000);
constexpr uint64_t hour_ns = 3600 * second_ns;
// Two refusals further apart than this have more between them than one bucket's refill.
constexpr uint64_t measure_most_ns = 180 * second_ns;
constexpr uint64_t measure_least = 3;
constexpr double safety = 0.97;
constexpr double fall = 0.7;       // after a long time: something has changed
constexpr double step_least = 0.02;
constexpr double step_most = 0.5;
constexpr double rate_least = 1.0 / 60;
constexpr double rate_most = 1e6;
constexpr uint64_t review_least_ns = 60 * second_ns;
constexpr uint64_t review_most_ns = 960 * second_ns;
}  // namespace

void Learned::set_rate(uint64_t now_ns, double per_second, uint64_t latest) {
    rate_ = min_of(max_of(per_second, rate_least), rate_most);
    const uint64_t per_hour = max_of<uint64_t>(static_cast<uint64_t>(rate_ * 3600), 1);
    const uint64_t burst = max_of<uint64_t>(static_cast<uint64_t>(rate_), 1);
    bucket_.reshape(now_ns, per_hour, burst, hour_ns, latest);
}

void Learned::refused(uint64_t now_ns, uint64_t latest) {
    const bool first = refused_ns_ == 0;
    const uint64_t since_ns = now_ns - refused_ns_;
    const bool measured = !first && since_ns <= measure_most_ns && passed_ >= measure_least;
    review_wait_ns_ = raised_ ? min_of(2 * review_wait_ns_, review_most_ns) : review_least_ns;
    if (measured) {
        const double seconds = static_cast<double>(since_ns) / static_cast<double>(second_ns);
        set_rate(now_ns, static_cast<double>(passed_) / seconds * safety, latest);
    } else if (rate_ > 0) {
        set_rate(now_ns, raised_ ? rate_proven_ : rate_ * fall, latest);
    }
    refused_ns_ = now_ns;
    review_ns_ = now_ns + review_wait_ns_;
    passed_ = 0;
    step_ = step_least;
    used_ = false;
    raised_ = false;
}

void Learned::review(uint64_t now_ns, uint64_t latest) {
    if (rate_ <= 0 || now_ns < review_ns_) return;
    review_ns_ = now_ns + review_wait_ns_;
    if (!used_) return;
    used_ = false;
    // A full bucket at the service hides that a rate is too high for a while: two steps back is safe.
    rate_proven_ = raised_ ? rate_before_ : rate_;
    rate_before_ = rate_;
    raised_ = true;
    set_rate(now_ns, rate_ * (1 + step_), latest);
    step_ = min_of(2 * step_, step_most);
}

}  // namespace leat
