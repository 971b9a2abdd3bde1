// tests/efficiency/policy_published.cc: policies whose user types the provider's limits in: OpenAI's
// cookbook script and LangChain's InMemoryRateLimiter with with_retry.
// Depends on race.h. Where a provider publishes nothing that helps they run with their defaults.
// Invariant: they know what was published before the run, and nothing that changed since.
#include <algorithm>
#include <cmath>
#include <queue>

#include "efficiency/race.h"

namespace efficiency {
namespace {

class Cookbook final : public Policy {
public:
    void start(Race* race) override {
        race_ = race;
        const Scenario& scenario = race->scenario();
        const double requests = scenario.published_requests_per_minute;
        const double tokens = scenario.published_tokens_per_minute;
        const bool nothing = requests == 0 && tokens == 0;
        requests_per_minute_ = nothing ? 1500 : requests > 0 ? requests : 1e9;
        tokens_per_minute_ = nothing ? 125000 : tokens > 0 ? tokens : 1e9;
        requests_ = requests_per_minute_;
        tokens_ = tokens_per_minute_;
        each_ = static_cast<double>(input_tokens + scenario.max_tokens);
        turn();
    }

private:
    static constexpr int attempts_max = 5;
    static constexpr double pause_s = 15;
    static constexpr double turn_s = 0.001;

    // One turn of its loop, each millisecond.
    void turn() {
        const double passed_s = race_->now_s() - at_s_;
        at_s_ = race_->now_s();
        requests_ =
            std::min(requests_per_minute_, requests_ + requests_per_minute_ * passed_s / 60);
        tokens_ = std::min(tokens_per_minute_, tokens_ + tokens_per_minute_ * passed_s / 60);
        const double resume_s = limited_at_s_ + pause_s;
        if (at_s_ < resume_s) return race_->after(resume_s - at_s_, [this] { turn(); });
        if (requests_ < 1 || tokens_ < each_) {
            // Nothing happens until there is enough: the turns in between are left out.
            const double wait_s = std::max((1 - requests_) / requests_per_minute_,
                                           (each_ - tokens_) / tokens_per_minute_) *
                                  60;
            const double turns = std::max(1.0, std::ceil(wait_s / turn_s));
            return race_->after(turns * turn_s, [this] { turn(); });
        }
        requests_ -= 1;
        tokens_ -= each_;
        int left = attempts_max;
        if (!retries_.empty()) {
            left = retries_.front();
            retries_.pop();
        }
        race_->send(race_->scenario().max_tokens,
                    [this, left](const Reply& r) { done(r, left - 1); });
        race_->after(turn_s, [this] { turn(); });
    }
    void done(const Reply& reply, int left) {
        if (reply.ok()) return;
        if (reply.rate_limited()) limited_at_s_ = race_->now_s();
        if (left > 0) {
            retries_.push(left);
        } else {
            race_->give_up();
        }
    }

    Race* race_ = nullptr;
    std::queue<int> retries_;
    double requests_per_minute_ = 0;
    double tokens_per_minute_ = 0;
    double requests_ = 0;
    double tokens_ = 0;
    double each_ = 0;
    double at_s_ = 0;
    double limited_at_s_ = -1e9;
};

// The user divides tokens a minute by what a request takes in the mean: better than most would.
class LangChain final : public Policy {
public:
    void start(Race* race) override {
        race_ = race;
        const Scenario& scenario = race->scenario();
        const double mean = static_cast<double>(input_tokens) +
                            leat_simulator::spread_mean(scenario.config.output_tokens);
        per_second_ = 1;
        if (scenario.published_requests_per_minute > 0) {
            per_second_ = scenario.published_requests_per_minute / 60;
        } else if (scenario.published_tokens_per_minute > 0) {
            per_second_ = scenario.published_tokens_per_minute / mean / 60;
        }
        for (int i = 0; i < tasks; ++i) {
            race->after(race->random() * poll_s, [this] { acquire(1); });
        }
    }

private:
    static constexpr int tasks = 100;  // more than are ever in flight or asleep
    static constexpr int attempts_max = 3;
    static constexpr double poll_s = 0.1;

    void acquire(int attempt) {
        const double now_s = race_->now_s();
        if (at_s_ < 0) at_s_ = now_s;
        // As the original: parts of a request are not filled in, and what is over is lost.
        const double filled = (now_s - at_s_) * per_second_;
        if (filled >= 1) {
            bucket_ = std::min(1.0, bucket_ + filled);
            at_s_ = now_s;
        }
        if (bucket_ < 1) return race_->after(poll_s, [this, attempt] { acquire(attempt); });
        bucket_ -= 1;
        race_->send(0, [this, attempt](const Reply& reply) { done(reply, attempt); });
    }
    void done(const Reply& reply, int attempt) {
        if (reply.ok()) return acquire(1);
        if (attempt == attempts_max) {
            race_->give_up();
            return acquire(1);
        }
        const double backoff_s = std::pow(2, attempt - 1) + race_->random();
        race_->after(backoff_s, [this, attempt] { acquire(attempt + 1); });
    }

    Race* race_ = nullptr;
    double per_second_ = 1;
    double bucket_ = 0;
    double at_s_ = -1;
};

}  // namespace

std::unique_ptr<Policy> make_cookbook() { return std::make_unique<Cookbook>(); }
std::unique_ptr<Policy> make_langchain() { return std::make_unique<LangChain>(); }

}  // namespace efficiency
