// tests/efficiency/race.cc: the events, and the way to the service and back: half a millisecond each,
// as over leat's simulated link.
// Depends on race.h. Invariant: what the model admits leaves it once, at the end of its answer.
#include "efficiency/race.h"

#include <algorithm>
#include <cmath>

namespace efficiency {

constexpr uint64_t link_us = 500;

Race::Race(const Scenario& scenario, uint64_t seed) : scenario_(scenario), chance_{seed * 77 + 1} {
    model_.open(scenario.config, seed, 0);
}

void Race::at(uint64_t at_us, std::function<void()> act) {
    events_.push_back({at_us, order_++, std::move(act)});
    std::push_heap(events_.begin(), events_.end(), std::greater<>());
}

void Race::after(double delay_s, std::function<void()> act) {
    // Rounded up: who waits until a moment finds that it has come.
    const double delay_us = std::ceil(delay_s * 1e6);
    at(now_us_ + (delay_us > 0 ? static_cast<uint64_t>(delay_us) : 0), std::move(act));
}

void Race::send(uint64_t max_tokens, std::function<void(const Reply&)> then) {
    at(now_us_ + link_us, [this, max_tokens, then = std::move(then)] { arrive(max_tokens, then); });
}

void Race::arrive(uint64_t max_tokens, const std::function<void(const Reply&)>& then) {
    const leat_simulator::ProviderVerdict verdict =
        model_.arrive(now_us_ * 1000, input_tokens, max_tokens);
    Reply reply = {verdict.status, -1};
    const bool told = scenario_.config.wait != LEAT_SIM_WAIT_UNSAID && verdict.wait_ms > 0;
    if (told) reply.retry_after_s = static_cast<double>((verdict.wait_ms + 999) / 1000);
    if (verdict.reason == leat_simulator::ProviderReason::admitted) {
        at(now_us_ + verdict.total_us, [this, status = verdict.status] {
            model_.leave();
            answered_ += status == 200 ? 1 : 0;
        });
    }
    at(now_us_ + verdict.total_us + link_us, [then, reply] { then(reply); });
}

Count Race::count() const { return {model_.stats().requests, model_.stats().refused, answered_}; }

Outcome Race::run(const std::function<void()>& start) {
    Count warm;
    at(warm_up_ms * 1000, [&] { warm = count(); });
    start();
    while (!events_.empty() && events_.front().at_us < end_ms * 1000) {
        std::pop_heap(events_.begin(), events_.end(), std::greater<>());
        const Event next = std::move(events_.back());
        events_.pop_back();
        now_us_ = next.at_us;
        next.act();
    }
    const double capacity = model_.capacity(warm_up_ms, end_ms, static_cast<double>(input_tokens));
    Outcome out = outcome_of(warm, count(), capacity, failed_items_);
    out.in_flight_peak = model_.stats().in_flight_peak;
    return out;
}

const std::vector<Entry>& rivals() {
    static const std::vector<Entry> all = {
        {"5 workers, 3 retries", make_fixed_workers},
        {"batch-llm", make_batch_llm},
        {"OpenAI cookbook", make_cookbook},
        {"LangChain limiter", make_langchain},
        {"Vector ARC", make_vector_arc},
        {"AWS adaptive", make_aws_adaptive},
    };
    return all;
}

Outcome race(const Scenario& scenario, Policy* policy, uint64_t seed) {
    Race race(scenario, seed);
    return race.run([&] { policy->start(&race); });
}

}  // namespace efficiency
