// pace/learned.cc: see learned.h. Rates are kept as requests in an hour, so that a slow one keeps
// its digits in integers. Depends on base.
#include "pace/learned.h"

#include "base/check.h"
#include "base/narrow.h"
#include "base/root.h"

namespace leat {

namespace {
constexpr double second_ns = 1e9;
constexpr uint64_t hour_ns = UINT64_C(3600000000000);
// What was measured over a longer time may be of two different times.
constexpr uint64_t measure_most_ns = UINT64_C(180000000000);
constexpr uint64_t measure_least_ns = UINT64_C(10000000000);
constexpr uint64_t measure_least = 3;
constexpr uint64_t active_share = 16;  // a window is not believed to be nearly all pause
constexpr double safety = 0.97;
constexpr double fall = 0.93;  // without a measurement: refused at a rate that had worked
constexpr double fall_low = 0.8;
constexpr double bounds_near = 1.06;  // closer ones are not worth a refusal
constexpr double step_least = 0.02;
constexpr double step_most = 0.5;
constexpr double rate_least = 1.0 / 3600;
constexpr double rate_most = 1e6;
// A rate that is too high by a share is refused when it has used up what a pause had filled in.
constexpr double trial_pause_s = 2.0;
constexpr double trial_least_s = 5.0;
constexpr double trial_requests = 10.0;
constexpr uint64_t hold_least_ns = UINT64_C(60000000000);
constexpr uint64_t hold_most_ns = UINT64_C(480000000000);
// A refusal is not to be risked more often than once for so many requests.
constexpr double hold_requests = 100.0;
constexpr double hold_most_s = 1800.0;
// Below the true rate nothing is refused, but for a few that come of answers of unlike size.
constexpr uint32_t surprises_most = 6;
constexpr uint32_t surprise_weight = 2;
constexpr uint32_t expected_weight = 1;  // refused as a higher rate was tried
constexpr uint64_t chance_least_ns = UINT64_C(600000000000);
constexpr uint64_t chance_most_ns = UINT64_C(4800000000000);
// More refusals than this share are a limit after all.
constexpr uint64_t chance_share = 12;
constexpr uint64_t chance_refusals_least = 16;

uint64_t ns_of(double seconds) { return static_cast<uint64_t>(seconds * second_ns); }
}  // namespace

void Learned::set_rate(uint64_t now_ns, double per_second, uint64_t latest) {
    rate_ = min_of(max_of(per_second, rate_least), rate_most);
    const uint64_t per_hour = max_of<uint64_t>(static_cast<uint64_t>(rate_ * 3600), 1);
    const uint64_t burst = max_of<uint64_t>(static_cast<uint64_t>(rate_), 1);
    bucket_.reshape(now_ns, per_hour, burst, hour_ns, latest);
}

void Learned::begin_window(uint64_t now_ns, uint64_t latest) {
    window_ns_ = now_ns;
    window_number_ = latest;
    refused_ = 0;
    paused_ns_ = 0;
}

// What was sent before the refused request got through: refusals are quick, answers may take long.
// From that, narrows the bounds to what the rate must have been: without the pauses in it when
// the service's bucket is small and overflowed meanwhile, with them when it is large. False when
// the window says nothing.
bool Learned::measure(uint64_t now_ns, uint64_t number, double* rate) {
    const uint64_t whole_ns = now_ns - window_ns_;
    const uint64_t sent = number > window_number_ ? number - window_number_ - 1 : 0;
    const uint64_t passes = sent - min_of(sent, refused_);
    if (passes < measure_least || whole_ns < measure_least_ns) return false;
    if (rate_ > 0 && whole_ns > measure_most_ns) return false;
    const uint64_t active_ns = whole_ns - min_of(paused_ns_, whole_ns - whole_ns / active_share);
    const double whole_s = static_cast<double>(whole_ns) / second_ns;
    const double active_s = static_cast<double>(active_ns) / second_ns;
    const double passed = static_cast<double>(passes);
    double upper = (passed + 1) / active_s;
    if (rate_ > 0) upper = min_of(upper, rate_);
    low_ = (passed - 1) / whole_s;
    low_ = min_of(low_, upper * safety);
    high_ = upper;
    *rate = min_of(max_of(passed / whole_s * safety, low_), high_);
    return true;
}

void Learned::leave_to_chance(uint64_t now_ns, uint64_t latest) {
    const uint64_t doubled_ns = min_of(2 * chance_wait_ns_, chance_most_ns);
    chance_wait_ns_ = max_of(doubled_ns, chance_least_ns);
    chance_until_ns_ = now_ns + chance_wait_ns_;
    count_number_ = latest;
    count_refused_ = 0;
    surprises_ = 0;
    bucket_ = Bucket{};
    rate_ = 0;
    low_ = 0;
    high_ = 0;
    tries_ = false;
    beyond_ = false;
}

// At a rate that had worked, and not just after another refusal, when the service's bucket is empty.
void Learned::note_surprise(uint64_t now_ns, uint64_t number) {
    const uint64_t passes = number > window_number_ ? number - window_number_ - 1 : 0;
    if (tries_) {
        surprises_ -= min_of(surprises_, expected_weight);
    } else if (rate_ > 0 && now_ns - window_ns_ >= measure_least_ns && passes >= measure_least) {
        surprises_ += surprise_weight;
    }
}

bool Learned::is_rare(uint64_t number) const {
    const uint64_t sent = number > count_number_ ? number - count_number_ : 0;
    return count_refused_ * chance_share <= sent;
}

bool Learned::comes_by_chance(uint64_t now_ns, uint64_t number) {
    if (!is_chance(now_ns)) return false;
    if (count_refused_ < chance_refusals_least || is_rare(number)) return true;
    chance_until_ns_ = 0;
    count_number_ = number;
    count_refused_ = 0;
    return false;
}

bool Learned::refused(uint64_t now_ns, uint64_t number, uint64_t latest, bool is_other) {
    LEAT_CHECK(number <= latest);
    LEAT_CHECK(now_ns >= window_ns_);
    const bool is_first = window_ns_ == 0;
    if (is_other || is_first) {
        if (is_first) count_number_ = latest;
        begin_window(now_ns, latest);
        return false;
    }
    ++count_refused_;
    if (comes_by_chance(now_ns, number)) {
        begin_window(now_ns, latest);
        return true;
    }
    note_surprise(now_ns, number);
    if (surprises_ >= surprises_most && is_rare(number)) {
        leave_to_chance(now_ns, latest);
        begin_window(now_ns, latest);
        return true;
    }
    double rate = rate_;
    const bool tried = tries_;
    bool shows = true;
    const bool measured = measure(now_ns, number, &rate);
    if (!measured) {
        ++refused_;
        if (rate_ <= 0) return false;
        high_ = rate_;
        if (!tried) low_ = rate_ * fall_low;
        rate = tried ? low_ : rate_ * fall;
        shows = tried;
    }
    if (measured || now_ns - window_ns_ > measure_most_ns) begin_window(now_ns, latest);
    // A bound that was tried again in vain is believed for longer, one that surprised is new.
    const double request_s = 1.0 / max_of(rate, rate_least);
    const uint64_t least_ns =
        max_of(hold_least_ns, ns_of(min_of(hold_requests * request_s, hold_most_s)));
    const uint64_t most_ns = max_of(hold_most_ns, 4 * least_ns);
    hold_ns_ = shows ? min_of(beyond_ ? 2 * hold_ns_ : hold_ns_, most_ns) : 0;
    hold_ns_ = max_of(hold_ns_, least_ns);
    high_until_ns_ = now_ns + hold_ns_;
    set_rate(now_ns, rate, latest);
    bucket_.set_level(now_ns, 0);
    beyond_ = false;
    step_ = step_least;
    tries_ = false;
    plan_review(now_ns);
    return shows;
}

void Learned::plan_review(uint64_t now_ns) {
    used_ = false;
    const double over = tries_ && low_ > 0 ? max_of(rate_ / low_ - 1.0, step_least) : step_most;
    const double trial_s =
        max_of(max_of(trial_least_s, trial_requests / rate_), trial_pause_s / over);
    review_ns_ = now_ns + ns_of(trial_s);
}

void Learned::review(uint64_t now_ns, uint64_t latest) {
    if (rate_ <= 0 || now_ns < review_ns_) return;
    if (!used_) return plan_review(now_ns);
    // It has been in use for a while and was not refused.
    low_ = max_of(low_, rate_);
    const bool bounded = now_ns < high_until_ns_ && high_ > 0;
    if (bounded && high_ < low_ * bounds_near) {
        tries_ = false;
        return plan_review(now_ns);
    }
    const double rate = bounded ? square_root(low_ * high_) : low_ * (1 + step_);
    if (!bounded) {
        high_ = 0;
        beyond_ = true;
        step_ = min_of(2 * step_, step_most);
    }
    tries_ = true;
    set_rate(now_ns, rate, latest);
    plan_review(now_ns);
}

}  // namespace leat
