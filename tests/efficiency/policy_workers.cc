// tests/efficiency/policy_workers.cc: policies of a fixed number of workers: retries that hold their
// worker (pyhub-llm, GlueLLM, seeds-clients), and batch-llm's pause of the whole batch.
// Depends on race.h. Neither reads rate-limit headers; batch-llm takes Retry-After as a floor.
// Invariant: a worker has one item in hand, or sleeps.
#include <algorithm>
#include <cmath>

#include "efficiency/race.h"

namespace efficiency {
namespace {

constexpr int workers = 5;

class FixedWorkers final : public Policy {
public:
    void start(Race* race) override {
        race_ = race;
        for (int i = 0; i < workers; ++i) attempt(0);
    }

private:
    static constexpr int retries_max = 3;

    void attempt(int retries) {
        race_->send(0, [this, retries](const Reply& reply) { done(reply, retries); });
    }
    void done(const Reply& reply, int retries) {
        if (reply.ok()) return attempt(0);
        if (retries == retries_max) {
            race_->give_up();
            return attempt(0);
        }
        const double backoff_s = std::pow(2, retries) * (0.5 + 0.5 * race_->random());
        race_->after(backoff_s, [this, retries] { attempt(retries + 1); });
    }

    Race* race_ = nullptr;
};

class BatchLlm final : public Policy {
public:
    void start(Race* race) override {
        race_ = race;
        for (int i = 0; i < workers; ++i) next_item();
    }

private:
    static constexpr int attempts_max = 3;
    static constexpr int slow_start_items = 50;

    // The gate before an item: the pause, then the slow start, which each worker sleeps by itself.
    void next_item() {
        if (paused_) {
            ++waiting_;
            return;
        }
        if (slow_start_ && admitted_ >= slow_start_items) slow_start_ = false;
        if (!slow_start_) return attempt(1);
        const double delay_s = std::max(0.1, 2 - 1.9 * admitted_ / slow_start_items);
        ++admitted_;
        race_->after(delay_s, [this] { attempt(1); });
    }
    void attempt(int number) {
        race_->send(0, [this, number](const Reply& reply) { done(reply, number); });
    }
    void done(const Reply& reply, int number) {
        if (reply.ok()) {
            pauses_in_a_row_ = 0;
            return next_item();
        }
        if (reply.rate_limited()) return rate_limited(reply);  // the item is queued again
        if (number == attempts_max) {
            race_->give_up();
            return next_item();
        }
        const double backoff_s = std::pow(2, number - 1) * (0.5 + 0.5 * race_->random());
        race_->after(backoff_s, [this, number] { attempt(number + 1); });
    }
    void rate_limited(const Reply& reply) {
        if (paused_) return next_item();
        paused_ = true;
        const double pause_s = std::min(300 * std::pow(1.5, pauses_in_a_row_), 600.0);
        ++pauses_in_a_row_;
        race_->after(std::max(pause_s, reply.retry_after_s), [this] { resume(); });
    }
    void resume() {
        paused_ = false;
        slow_start_ = true;
        admitted_ = 0;
        const int workers_back = waiting_ + 1;  // those at the gate, and the owner of the pause
        waiting_ = 0;
        for (int i = 0; i < workers_back; ++i) next_item();
    }

    Race* race_ = nullptr;
    bool paused_ = false;
    bool slow_start_ = false;
    int admitted_ = 0;
    int waiting_ = 0;
    int pauses_in_a_row_ = 0;
};

}  // namespace

std::unique_ptr<Policy> make_fixed_workers() { return std::make_unique<FixedWorkers>(); }
std::unique_ptr<Policy> make_batch_llm() { return std::make_unique<BatchLlm>(); }

}  // namespace efficiency
