// tests/sim/swarm/budget_model.cc: see budget_model.h. Depends on it alone. Invariant:
// excess(i..j) = sum(i..j) - burst - rate * (t_j - t_i) is never above 0; its maximum over i is kept
// as the best start so far.
#include "sim/swarm/budget_model.h"

#include <algorithm>

namespace swarm {

namespace {

double seconds(uint64_t at_ns) { return static_cast<double>(at_ns) / 1e9; }

}  // namespace

void BudgetModel::dispatched(uint64_t at_ns) {
    if (config_.requests_per_minute != 0) fresh_.push_back(at_ns);
}

void BudgetModel::step_over() {
    if (fresh_.empty()) return;
    std::sort(fresh_.begin(), fresh_.end());
    const double rate = config_.requests_per_minute / 60.0;
    const double second = std::max(config_.requests_per_minute / 60, 1u);
    const double burst = config_.request_burst != 0 ? config_.request_burst : second;
    for (const uint64_t at_ns : fresh_) {
        best_start_ = std::min(best_start_, sum_ - rate * seconds(at_ns));
        sum_ += 1;
        const double excess = sum_ - rate * seconds(at_ns) - best_start_ - burst;
        if (excess > 1e-6) {
            verdict_->fail("requests-budget", "%.3f requests over the budget at %.3f s", excess,
                           seconds(at_ns));
        }
    }
    fresh_.clear();
}

void BudgetModel::used(uint64_t dispatched_ns, uint64_t tokens) {
    if (config_.tokens_per_minute != 0) spends_.push_back({dispatched_ns, tokens});
}

void BudgetModel::check_tokens() {
    std::sort(spends_.begin(), spends_.end(),
              [](const Spend& a, const Spend& b) { return a.at_ns < b.at_ns; });
    const double rate = static_cast<double>(config_.tokens_per_minute) / 60.0;
    const double burst = static_cast<double>(config_.tokens_per_minute) / 12.0;
    double sum = 0;
    double best_start = 1e18;
    double largest = 0;
    for (const Spend& spend : spends_) {
        const double tokens = static_cast<double>(spend.tokens);
        best_start = std::min(best_start, sum - rate * seconds(spend.at_ns));
        sum += tokens;
        largest = std::max(largest, tokens);
        // One request larger than the bucket goes when the bucket is full.
        const double most = largest > burst ? burst + largest : burst;
        const double excess = sum - rate * seconds(spend.at_ns) - best_start - most;
        if (excess > 1.0) {
            verdict_->fail("tokens-budget", "%.1f tokens over the budget at %.3f s", excess,
                           seconds(spend.at_ns));
        }
    }
}

}  // namespace swarm
