// tests/efficiency/race.h: a world of events for a policy that is not leat's: virtual time, one
// service, and what a client can see of an answer.
// Depends on port/sim/provider_model.h. Invariant: events happen in the order of (time, order of
// asking), so a run repeats exactly.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "efficiency/scenario.h"
#include "port/sim/provider_model.h"

namespace efficiency {

struct Reply {
    int32_t status;
    double retry_after_s;  // < 0: not told
    bool ok() const { return status == 200; }
    bool rate_limited() const { return status == 429; }
};

class Race {
public:
    Race(const Scenario& scenario, uint64_t seed);

    const Scenario& scenario() const { return scenario_; }
    uint64_t now_us() const { return now_us_; }
    double now_s() const { return static_cast<double>(now_us_) / 1e6; }
    // Uniform in [0, 1).
    double random() { return static_cast<double>(chance_.next() >> 11) / 9007199254740992.0; }
    void after(double delay_s, std::function<void()> act);
    // One request; max_tokens 0: not said. The reply comes when it is whole.
    void send(uint64_t max_tokens, std::function<void(const Reply&)> then);
    void give_up() { ++failed_items_; }

    // From start to the end of the scenario.
    Outcome run(const std::function<void()>& start);

private:
    struct Event {
        uint64_t at_us;
        uint64_t order;
        std::function<void()> act;
        bool operator>(const Event& other) const {
            return at_us != other.at_us ? at_us > other.at_us : order > other.order;
        }
    };
    void arrive(uint64_t max_tokens, const std::function<void(const Reply&)>& then);
    void at(uint64_t at_us, std::function<void()> act);
    Count count() const;

    Scenario scenario_;
    leat_simulator::ProviderModel model_;
    leat_simulator::ProviderChance chance_;
    std::vector<Event> events_;  // a heap, the next one in front
    uint64_t now_us_ = 0;
    uint64_t order_ = 0;
    uint64_t answered_ = 0;
    uint64_t failed_items_ = 0;
};

// A client's way to keep pace. It lives as long as the race.
class Policy {
public:
    virtual ~Policy() = default;
    virtual void start(Race* race) = 0;
};

struct Entry {
    const char* name;
    std::function<std::unique_ptr<Policy>()> make;
};
// Those of other programs, in the order of the table.
const std::vector<Entry>& rivals();

Outcome race(const Scenario& scenario, Policy* policy, uint64_t seed);

// One maker each, in their own files.
std::unique_ptr<Policy> make_fixed_workers();
std::unique_ptr<Policy> make_batch_llm();
std::unique_ptr<Policy> make_cookbook();
std::unique_ptr<Policy> make_langchain();
std::unique_ptr<Policy> make_vector_arc();
std::unique_ptr<Policy> make_aws_adaptive();

}  // namespace efficiency
