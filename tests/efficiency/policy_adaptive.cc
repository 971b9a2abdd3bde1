// tests/efficiency/policy_adaptive.cc: policies that find the limit by themselves: Vector's adaptive
// request concurrency and the adaptive retry mode of the AWS SDKs.
// Depends on race.h. Both hear of statuses and times only. Invariant: whoever
// waits to try again holds a permit, or a caller.
#include <algorithm>
#include <cmath>

#include "efficiency/race.h"

namespace efficiency {
namespace {

// Retries never end and keep their permit, by Fibonacci's numbers of seconds up to 30, with full
// jitter. Each attempt is measured; the limit moves when a request is through, once a round trip.
class VectorArc final : public Policy {
public:
    void start(Race* race) override {
        race_ = race;
        fill();
    }

private:
    static constexpr int limit_max = 200;
    static constexpr double decrease_ratio = 0.9;
    static constexpr double alpha = 0.4;
    static constexpr double deviation_scale = 2.5;
    static constexpr double backoff_max_s = 30;

    void fill() {
        while (in_flight_ < limit_) {
            if (++in_flight_ >= limit_) reached_ = true;
            attempt(1, 1);
        }
    }
    void attempt(double previous_s, double backoff_s) {
        const double sent_s = race_->now_s();
        race_->send(0, [=, this](const Reply& reply) {
            if (reply.ok()) return done(race_->now_s() - sent_s);
            pressure_ = true;
            const double wait_s = backoff_s * race_->random();
            const double next_s = std::min(previous_s + backoff_s, backoff_max_s);
            race_->after(wait_s, [=, this] { attempt(backoff_s, next_s); });
        });
    }
    void done(double rtt_s) {
        --in_flight_;
        rtt_sum_s_ += rtt_s;
        ++rtt_count_;
        adjust(rtt_sum_s_ / rtt_count_);
        fill();
    }
    void adjust(double rtt_s) {
        if (mean_s_ < 0) {
            mean_s_ = rtt_s;
            update_at_s_ = race_->now_s() + rtt_s;
            return;
        }
        if (race_->now_s() < update_at_s_) return;
        const double threshold_s = mean_s_ + deviation_scale * std::sqrt(variance_);
        if (limit_ < limit_max && reached_ && !pressure_ && rtt_s <= mean_s_) {
            ++limit_;
        } else if (limit_ > 1 && (pressure_ || rtt_s >= threshold_s)) {
            limit_ = std::max(1, static_cast<int>(limit_ * decrease_ratio));
        }
        const double difference = rtt_s - mean_s_;
        const double step = alpha * difference;
        mean_s_ += step;
        variance_ = (1 - alpha) * (variance_ + difference * step);
        update_at_s_ = race_->now_s() + mean_s_;
        forget();
    }
    void forget() {
        rtt_sum_s_ = 0;
        rtt_count_ = 0;
        pressure_ = false;
        reached_ = false;
    }

    Race* race_ = nullptr;
    int limit_ = 1;
    int in_flight_ = 0;
    bool reached_ = false;
    bool pressure_ = false;
    double rtt_sum_s_ = 0;
    int rtt_count_ = 0;
    double mean_s_ = -1;
    double variance_ = 0;
    double update_at_s_ = 0;
};

// Fifty callers, as many connections as an SDK keeps by default; each sleeps through its retries.
class AwsAdaptive final : public Policy {
public:
    void start(Race* race) override {
        race_ = race;
        for (int i = 0; i < callers; ++i) acquire(1, 0);
    }

private:
    static constexpr int callers = 50;
    static constexpr int attempts_max = 3;
    static constexpr double beta = 0.7;
    static constexpr double scale = 0.4;
    static constexpr double smooth = 0.8;
    static constexpr int quota_max = 500;
    static constexpr int retry_cost = 5;
    static constexpr double backoff_max_s = 20;

    void acquire(int attempt, int paid) {
        refill();
        if (enabled_ && capacity_ < 1) {
            const double wait_s = (1 - capacity_) / fill_rate_ + 1e-6;
            return race_->after(wait_s, [=, this] { acquire(attempt, paid); });
        }
        if (enabled_) capacity_ -= 1;
        race_->send(0, [=, this](const Reply& reply) { done(reply, attempt, paid); });
    }
    void done(const Reply& reply, int attempt, int paid) {
        update_rate(reply.rate_limited());
        if (reply.ok()) {
            quota_ = std::min(quota_max, quota_ + (paid > 0 ? paid : 1));
            return acquire(1, 0);
        }
        if (attempt == attempts_max || quota_ < retry_cost) {
            race_->give_up();
            return acquire(1, 0);
        }
        quota_ -= retry_cost;
        const double backoff_s =
            std::min(backoff_max_s, race_->random() * std::pow(2, attempt - 1));
        race_->after(backoff_s, [=, this] { acquire(attempt + 1, retry_cost); });
    }

    void refill() {
        const double now_s = race_->now_s();
        if (enabled_) capacity_ = std::min(capacity_max_, capacity_ + (now_s - at_s_) * fill_rate_);
        at_s_ = now_s;
    }
    void measure() {
        const double bucket_s = std::floor(race_->now_s() * 2) / 2;
        ++replies_;
        if (bucket_s <= bucket_s_) return;
        const double rate = replies_ / (bucket_s - bucket_s_);
        measured_ = rate * smooth + measured_ * (1 - smooth);
        replies_ = 0;
        bucket_s_ = bucket_s;
    }
    double window_s() const { return std::cbrt(rate_max_ * (1 - beta) / scale); }
    void update_rate(bool throttled) {
        measure();
        double rate = 0;
        if (throttled) {
            rate_max_ = enabled_ ? std::min(measured_, fill_rate_) : measured_;
            throttled_at_s_ = race_->now_s();
            rate = rate_max_ * beta;
            if (!enabled_) at_s_ = race_->now_s();
            enabled_ = true;
        } else {
            const double since_s = race_->now_s() - throttled_at_s_ - window_s();
            rate = scale * since_s * since_s * since_s + rate_max_;
        }
        refill();
        const double rate_new = std::min(rate, 2 * measured_);
        fill_rate_ = std::max(rate_new, 0.5);
        capacity_max_ = std::max(rate_new, 1.0);
        capacity_ = std::min(capacity_, capacity_max_);
    }

    Race* race_ = nullptr;
    int quota_ = quota_max;
    bool enabled_ = false;
    double fill_rate_ = 0;
    double capacity_ = 0;
    double capacity_max_ = 0;
    double at_s_ = 0;
    double measured_ = 0;
    double replies_ = 0;
    double bucket_s_ = 0;
    double rate_max_ = 0;
    double throttled_at_s_ = 0;
};

}  // namespace

std::unique_ptr<Policy> make_vector_arc() { return std::make_unique<VectorArc>(); }
std::unique_ptr<Policy> make_aws_adaptive() { return std::make_unique<AwsAdaptive>(); }

}  // namespace efficiency
