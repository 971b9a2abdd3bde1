// tests/sim/swarm/run.cc: see run.h: act, step, check, until all batches are closed.
// Depends on load.h, network.h, whitebox.h. Invariant: every loop is bounded in steps and in virtual
// time; a bound that is reached is a finding of the checker "live".
#include "sim/swarm/run.h"

#include <algorithm>

#include "sim/swarm/event_eye.h"
#include "sim/swarm/load.h"
#include "sim/swarm/network.h"
#include "sim/swarm/pause_eye.h"
#include "sim/swarm/whitebox.h"

namespace swarm {

namespace {

// Once faults have stopped: pauses of some seconds, up to 21 for an item, budgets of some requests
// a second. Far above what the slowest seed takes, far below for ever.
constexpr uint64_t after_heal_ms_max = 1200 * 1000;
// Where a read gets a byte at a time, each byte of a TLS record costs a step.
constexpr uint64_t steps_max = 400000;
constexpr uint64_t steps_without_time_max = 10000;

// What the shortest pause after a rate limit is, whatever the service says. (Of some refusals none
// of them says anything.)
uint64_t pause_least_ns(const leat_sim_provider_config& service, const leat_cooldown& rules) {
    const bool may_ask_for_less =
        service.wait == LEAT_SIM_WAIT_MILLISECONDS && rules.retry_after_is_floor == 0;
    const uint32_t least_ms = std::min({1000u, rules.retry_after_max_ms, rules.initial_ms});
    return may_ask_for_less ? ms : least_ms * ms;
}

std::vector<PaceRules> rules_of(const Scenario& scenario) {
    std::vector<PaceRules> rules;
    for (const EndpointPlan& endpoint : scenario.endpoints) {
        const leat_sim_provider_config& service = scenario.services[endpoint.service].provider;
        const PaceRules each = {endpoint.config, pause_least_ns(service, endpoint.config.cooldown),
                                scenario.has(Fault::overload) || scenario.moves_items()};
        rules.insert(rules.end(), endpoint.keys, each);
    }
    return rules;
}

class Run {
public:
    explicit Run(uint64_t seed)
        : scenario_(scenario_of(seed)),
          network_(scenario_, &verdict_),
          load_(scenario_, &network_, &verdict_) {}

    Outcome go(Tally* tally) {
        if (!verdict_.failed() && load_.open()) {
            const std::vector<PaceRules> rules = rules_of(scenario_);
            Whitebox inside(load_.client(), network_.sim(), rules, &verdict_);
            PauseEye eye(scenario_, &network_, rules[0].pause_least_ns, &verdict_);
            EventEye events(load_.client(), &verdict_);
            load_.observer = [&inside](const leat_result& result) { inside.result_seen(result); };
            loop(&inside, &eye);
            load_.observer = nullptr;
            events_ = &events;
            if (!verdict_.failed()) end(&inside, &eye, tally);
        }
        Outcome outcome;
        outcome.verdict = verdict_;
        outcome.hash = hash();
        return outcome;
    }

private:
    uint64_t now() const { return leat_sim_now_ns(network_.sim()); }

    void loop(Whitebox* inside, PauseEye* eye) {
        uint64_t last_ns = now();
        uint64_t still = 0;
        while (!verdict_.failed()) {
            load_.act();
            if (load_.over() || verdict_.failed()) return;
            step();
            load_.take_results();
            inside->after_step();
            eye->after_step(load_.client());
            ++steps_;
            if (network_.healed()) ++steps_after_heal_;
            still = now() == last_ns ? still + 1 : 0;
            last_ns = now();
            const bool late = now() > network_.heal_ns() + after_heal_ms_max * ms;
            if (late || steps_ > steps_max || still > steps_without_time_max) {
                verdict_.fail(
                    "live", "not over %.1f s after faults stopped, %llu steps, %s",
                    (static_cast<double>(now()) - static_cast<double>(network_.heal_ns())) / 1e9,
                    static_cast<unsigned long long>(steps_), late ? "time goes on" : "it spins");
            }
        }
    }

    void step() {
        const int32_t patience_ms = load_.patience_ms();
        const leat_status status = leat_step(load_.client(), patience_ms);
        leat_sim_stats world = {};
        leat_sim_get_stats(network_.sim(), &world);
        if (world.hung_waits != 0) {
            verdict_.fail("live", "a wait for which nothing could ever happen, at %.3f s",
                          static_cast<double>(now()) / 1e9);
        }
        if (status == LEAT_E_DONE) {
            // A batch that ended while another one was being closed is closed in the next turn.
            if (patience_ms < 0 && ++idle_ > 1) {
                verdict_.fail("live", "leat_step has nothing to do, but a batch is not over");
            }
            leat_sim_advance(
                network_.sim(),
                std::max<uint64_t>(static_cast<uint64_t>(std::max(patience_ms, 0)), 1) * ms);
        } else if (status != LEAT_OK) {
            verdict_.fail("step", "leat_step answers %s", leat_status_name(status));
        } else {
            idle_ = 0;
        }
    }

    void end(Whitebox* inside, PauseEye* eye, Tally* tally) {
        inside->at_end();
        eye->at_end();
        tally->pauses_seen += eye->has_seen_a_pause() ? 1u : 0u;
        check_counts(load_, &network_, &verdict_);
        load_.end_table();
        events_->at_end();
        count(tally);
        load_.close();
        leat_sim_advance(network_.sim(), 20 * second);
        check_world(&network_, &verdict_);
    }

    void count(Tally* tally) {
        leat_stats stats = {};
        leat_get_stats(load_.client(), &stats);
        ++tally->seeds;
        tally->steps += steps_;
        tally->steps_most = std::max(tally->steps_most, steps_);
        tally->steps_after_heal_most = std::max(tally->steps_after_heal_most, steps_after_heal_);
        tally->virtual_ms += (now() - network_.start_ns()) / ms;
        if (now() > network_.heal_ns()) {
            tally->after_heal_ms_most =
                std::max(tally->after_heal_ms_most, (now() - network_.heal_ns()) / ms);
        }
        tally->rate_limited += stats.rate_limited;
        tally->retries += stats.retries;
        tally->replays += stats.connections_replayed;
        tally->resumed += stats.tls_resumed_handshakes;
        for (const BatchRun& run : load_.batches()) {
            tally->rejected += run.rejected;
            for (const uint64_t index : run.order) {
                tally->rounds += run.records[index].result.tool_rounds;
                const leat_outcome outcome = run.records[index].result.outcome;
                ++tally->items;
                tally->succeeded += outcome == LEAT_SUCCEEDED ? 1 : 0;
                tally->failed += outcome == LEAT_FAILED ? 1 : 0;
                tally->cancelled += outcome == LEAT_CANCELLED ? 1 : 0;
                tally->skipped += outcome == LEAT_SKIPPED ? 1 : 0;
                tally->cached += run.records[index].result.cached;
                tally->rescued += run.records[index].rescued ? 1u : 0u;
            }
        }
        for (const auto& service : network_.services()) {
            leat_sim_provider_stats seen = {};
            leat_sim_provider_get_stats(service->provider, &seen);
            tally->paused_sends += seen.paused_sends;
        }
    }

    uint64_t hash() const {
        uint64_t hash = leat_sim_trace_hash(network_.sim());
        const auto fold = [&hash](uint64_t word) {
            hash = (hash ^ word) * 0x100000001b3u;
            hash ^= hash >> 29;
        };
        for (const BatchRun& run : load_.batches()) {
            for (const uint64_t index : run.order) {
                const Record& record = run.records[index];
                fold(index);
                fold(record.at_ns);
                fold(static_cast<uint64_t>(static_cast<uint32_t>(record.result.status)));
                fold(record.result.attempts);
                fold(record.result.rate_limited);
            }
        }
        return hash;
    }

    Verdict verdict_;
    Scenario scenario_;
    Network network_;
    Load load_;
    EventEye* events_ = nullptr;
    uint64_t steps_ = 0;
    uint64_t steps_after_heal_ = 0;
    uint64_t idle_ = 0;  // steps in a row that had nothing to do
};

}  // namespace

Outcome run_seed(uint64_t seed, Tally* tally) {
    Run run(seed);
    return run.go(tally);
}

}  // namespace swarm
