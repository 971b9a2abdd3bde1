// tests/sim/swarm/checks.cc: what must hold of results and sums, as a caller can see them: one result
// per item, a status that fits what happened, sums that add up, no credential anywhere, nothing left
// open. Depends on load.h and the public headers only. Invariant: a check never acts on the client.
#include <stdlib.h>

#include <algorithm>
#include <string>

#include "sim/swarm/event_eye.h"
#include "sim/swarm/load.h"

namespace swarm {

namespace {

using Number = unsigned long long;

bool holds_key(leat_str text) {
    const std::string copy(text.size == 0 ? "" : text.data, text.size);
    return copy.find(LEAT_SWARM_CANARY) != std::string::npos;
}

// The item's memory was too small: for its request, or for what a middleware left to its answer.
bool is_lack_of_room(const BatchRun& run, const leat_result& result) {
    return result.status == LEAT_E_ITEM_MEMORY ||
           (result.status == LEAT_E_BODY_TOO_LARGE && run.plan->middleware > 0);
}

// A failure must have a cause that this scenario can bring about.
bool is_possible(const Load& load, const BatchRun& run, const leat_result& result) {
    const Scenario& s = load.scenario();
    const leat_endpoint_config& config = s.endpoints[load.plan_of(result.endpoint)].config;
    const bool net = s.has(Fault::kill) || s.has(Fault::port) || s.has(Fault::answer_reset) ||
                     s.has(Fault::answer_stall) || s.has(Fault::clog);
    switch (leat_status_class(result.status)) {
        case LEAT_CLASS_OK:
            return true;
        case LEAT_CLASS_TLS:
            return s.tls && net;
        case LEAT_CLASS_NETWORK:
            return net || s.has(Fault::refuse) || s.has(Fault::dead_address) ||
                   s.has(Fault::blackhole);
        case LEAT_CLASS_TIMEOUT:
            if (result.status == LEAT_E_DEADLINE_ITEM) {
                return run.plan->items[result.index].deadline_ms != 0;
            }
            if (result.status == LEAT_E_DEADLINE_BATCH) return run.plan->deadline_ms != 0;
            return true;
        case LEAT_CLASS_STOPPED:
            if (result.status == LEAT_E_SKIPPED) return run.records[result.index].skip_asked;
            if (result.status == LEAT_E_BUDGET) return run.plan->budget_usd > 0;
            if (result.status == LEAT_E_ABORTED) {
                return run.plan->on_failure == LEAT_ON_FAILURE_FAIL_FAST || s.has(Fault::quota);
            }
            return run.cancelled || run.records[result.index].cancel_asked;
        case LEAT_CLASS_PROVIDER:
            break;
        case LEAT_CLASS_LIMIT:
            if (result.status == LEAT_E_CONVERSATION_FULL) {
                return run.plan->items[result.index].conversation != 0;
            }
            return is_lack_of_room(run, result);
        case LEAT_CLASS_CALLER:
            return result.status == LEAT_E_PORT && s.has(Fault::port);
        case LEAT_CLASS_INFO:
        case LEAT_CLASS_ALERT:
            return false;
    }
    if (result.status == LEAT_E_REJECTED) return run.rejected > 0;
    if (result.status == LEAT_E_PERMISSION) return load.table().failed > 0;
    if (result.status == LEAT_E_RATE_LIMIT) {
        return result.rate_limited == config.cooldown.retries_max + 1 || run.cancelled ||
               result.fallbacks > 0 || result.hedged > 0 || run.plan->budget_usd > 0 ||
               s.has(Fault::quota) || run.records[result.index].cancel_asked ||
               run.plan->on_failure == LEAT_ON_FAILURE_FAIL_FAST || run.plan->deadline_ms != 0;
    }
    if (result.status == LEAT_E_QUOTA) return s.has(Fault::quota);
    if (result.status == LEAT_E_SERVER) return s.has(Fault::server_error) || s.has(Fault::overload);
    return result.status == LEAT_E_OVERLOADED && s.has(Fault::overload);
}

// The record holds what the summary must count.
void add(int64_t* sum, int64_t part) {
    if (part > 0) *sum += part;
}

void add_usage(leat_usage* sum, const leat_usage& part) {
    add(&sum->input_tokens, part.input_tokens);
    add(&sum->output_tokens, part.output_tokens);
    add(&sum->total_tokens, part.total_tokens);
}

bool same_usage(const leat_usage& a, const leat_usage& b) {
    return a.input_tokens == b.input_tokens && a.output_tokens == b.output_tokens &&
           a.total_tokens == b.total_tokens;
}

leat_summary sum_of(const BatchRun& run) {
    leat_summary sum = {};
    sum.total = run.accepted;
    for (const uint64_t index : run.order) {
        const leat_result& result = run.records[index].result;
        sum.succeeded += result.outcome == LEAT_SUCCEEDED ? 1 : 0;
        sum.skipped += result.outcome == LEAT_SKIPPED ? 1 : 0;
        sum.cancelled += result.outcome == LEAT_CANCELLED ? 1 : 0;
        if (result.outcome == LEAT_FAILED) {
            ++sum.failed;
            if (sum.first_error == LEAT_OK) {
                sum.first_error = result.status;
                sum.first_error_index = index;
            }
        }
        sum.attempts += result.attempts;
        sum.rate_limited += result.rate_limited;
        sum.retried += result.retried;
        const bool was_asked = result.outcome == LEAT_SUCCEEDED && result.cached == 0;
        if (was_asked) add_usage(&sum.usage, result.usage);
        add_usage(&sum.usage_failed, result.usage_failed);
    }
    return sum;
}

}  // namespace

void check_result(const Load& load, const BatchRun& run, const leat_result& result,
                  Verdict* verdict) {
    uint32_t attempts_most = 0;
    uint32_t limits_most = 0;
    for (const EndpointPlan& endpoint : load.scenario().endpoints) {
        attempts_most = std::max(attempts_most, endpoint.config.retry.attempts_max);
        limits_most = std::max(limits_most, endpoint.config.cooldown.retries_max + 1);
    }
    const ItemPlan& item = run.plan->items[result.index];
    const Number index = result.index;
    const char* const name = leat_status_name(result.status);
    const bool own = result.user == &run &&
                     std::string(result.id.data, result.id.size) == item.id &&
                     result.user_number == index * 1000 + run.number;
    if (!own) verdict->fail("one-result", "item %llu came with another item's handles", index);
    const bool cancelled = result.status == LEAT_E_DEADLINE_BATCH ||
                           leat_status_class(result.status) == LEAT_CLASS_STOPPED;
    const bool is_cancelled = result.outcome == LEAT_CANCELLED;
    // An endpoint whose quota is used up is left alone: what waits for it is cancelled.
    const bool fits = is_cancelled == cancelled || result.outcome == LEAT_SKIPPED ||
                      (is_cancelled && result.status == LEAT_E_QUOTA);
    if ((result.outcome == LEAT_SUCCEEDED) != (result.status == LEAT_OK) || !fits) {
        verdict->fail("outcome", "item %llu: %s with %s", index, leat_outcome_name(result.outcome),
                      name);
    }
    if (!is_possible(load, run, result)) {
        verdict->fail("outcome", "item %llu: nothing here can cause %s (attempts %u, limited %u)",
                      index, name, result.attempts, result.rate_limited);
    }
    // Each target gives all its attempts anew, and the extra pass; a second try has one of its own.
    const uint32_t targets = result.fallbacks + 1u + result.tool_rounds;
    const uint32_t passes = attempts_most + (result.retried != 0 ? 1u : 0u);
    const uint32_t extra = result.hedged != 0 ? 1u : 0u;
    if (result.attempts > passes * targets + extra ||
        result.rate_limited > limits_most + targets + extra) {
        verdict->fail("attempts",
                      "item %llu: %u attempts, %u rate limits, %u targets, hedged %u, most %u",
                      index, result.attempts, result.rate_limited, targets, result.hedged, passes);
    }
    const bool was_asked = result.attempts + result.cached > 0 || run.records[index].rescued;
    if (result.outcome == LEAT_SUCCEEDED && (!was_asked || result.text.size == 0)) {
        verdict->fail("outcome", "item %llu succeeded with nothing", index);
    }
    if (result.cached != 0 && (result.attempts != 0 || result.outcome != LEAT_SUCCEEDED)) {
        verdict->fail("cache", "item %llu: cached, with %u attempts, %s", index, result.attempts,
                      name);
    }
    // A pool's other keys take over from one that is left alone.
    const uint32_t keys = load.scenario().endpoints[run.plan->endpoint].keys;
    if (result.fallbacks > 0 && run.plan->targets.empty() && keys == 1) {
        verdict->fail("outcome", "item %llu fell back to nowhere", index);
    }
    if (run.plan->order == LEAT_ORDER_INPUT && index != run.order.size() - (run.plan->by_next)) {
        verdict->fail("order", "item %llu came out of turn", index);
    }
    if (result.tool_rounds > run.tools.rounds_max) {
        verdict->fail("tools", "item %llu had %u rounds", index, result.tool_rounds);
    }
    if (holds_key(result.body) || holds_key(result.error_message) || holds_key(result.text)) {
        verdict->fail("credential", "item %llu: its result holds a key", index);
    }
}

namespace {

// What the store was asked, and what of it the summary tells. Rounds of tools may be cached, too.
void check_cache(const BatchRun& run, const leat_summary& summary, Verdict* verdict) {
    uint64_t cached = 0;
    for (const uint64_t index : run.order) cached += run.records[index].result.cached;
    if (summary.cache_sets != run.store_sets || summary.cache_failures != run.store_failures) {
        verdict->fail("cache", "%llu kept and %llu failures are counted, seen were %llu and %llu",
                      static_cast<Number>(summary.cache_sets),
                      static_cast<Number>(summary.cache_failures),
                      static_cast<Number>(run.store_sets), static_cast<Number>(run.store_failures));
    }
    if (cached > summary.cached || summary.cache_shared > summary.cached) {
        verdict->fail("cache", "%llu cached answers are counted, seen were %llu",
                      static_cast<Number>(summary.cached), static_cast<Number>(cached));
    }
}

}  // namespace

void check_summary(const BatchRun& run, const leat_summary& summary, Verdict* verdict) {
    for (uint64_t i = 0; i < run.accepted; ++i) {
        const Record& record = run.records[i];
        const bool hidden =
            run.plan->on_failure == LEAT_ON_FAILURE_SKIP && record.result.outcome == LEAT_FAILED;
        if (record.progresses != 1 || record.results != (hidden ? 0 : 1)) {
            verdict->fail("one-result", "batch %u, item %llu: %u results, %u progresses",
                          run.number, static_cast<Number>(i), record.results, record.progresses);
        }
        if (record.processed != (run.plan->post_processes ? record.progresses : 0)) {
            verdict->fail("one-result", "batch %u, item %llu: post_process ran %u times",
                          run.number, static_cast<Number>(i), record.processed);
        }
    }
    const leat_summary sum = sum_of(run);
    const bool counts = summary.total == sum.total && summary.succeeded == sum.succeeded &&
                        summary.failed == sum.failed && summary.skipped == sum.skipped &&
                        summary.cancelled == sum.cancelled && summary.retried == sum.retried;
    const bool whole =
        summary.succeeded + summary.failed + summary.skipped + summary.cancelled == summary.total;
    const bool sums = summary.attempts == sum.attempts &&
                      summary.rate_limited == sum.rate_limited &&
                      same_usage(summary.usage, sum.usage) &&
                      same_usage(summary.usage_failed, sum.usage_failed) &&
                      summary.first_error == sum.first_error &&
                      summary.first_error_index == sum.first_error_index;
    check_cache(run, summary, verdict);
    if (!counts || !whole || !sums) {
        verdict->fail("summary", "batch %u: %llu of %llu, sums %s", run.number,
                      static_cast<Number>(summary.succeeded), static_cast<Number>(summary.total),
                      sums ? "agree" : "differ");
    }
}

namespace {

// Middleware that failed is counted, each time once. Only of room nobody outside can know all.
void check_passed_over(const Load& load, Verdict* verdict) {
    uint64_t failed = 0;
    uint64_t maybe = 0;
    for (const BatchRun& run : load.batches()) {
        failed += run.around_failed;
        maybe += run.around_changed + (run.around.size() > 1 ? run.accepted : 0);
        // Results that nobody took may have found no room for a text.
        maybe += run.around.size() * (run.accepted - std::min(run.delivered, run.accepted));
    }
    const uint64_t counted = metric(load.client(), "leat_middleware_failures_total");
    if (counted < failed || counted > failed + maybe) {
        verdict->fail("middleware", "%llu failures are counted, seen were %llu, %llu may have been",
                      static_cast<Number>(counted), static_cast<Number>(failed),
                      static_cast<Number>(maybe));
    }
}

}  // namespace

void check_counts(const Load& load, Network* network, Verdict* verdict) {
    leat_stats stats = {};
    leat_get_stats(load.client(), &stats);
    uint64_t tries = stats.connections_replayed + stats.overload_probes;
    uint64_t limited = 0;
    bool all_seen = true;
    for (const BatchRun& run : load.batches()) {
        // What waits for leat_batch_next dies unseen when its batch is closed early.
        all_seen = all_seen && !(run.plan->by_next && run.order.size() < run.accepted);
        for (const uint64_t index : run.order) {
            const leat_result& result = run.records[index].result;
            tries += result.attempts + result.rate_limited;
            limited += result.rate_limited;
            const bool calm = load.scenario().faults == 0 && run.plan->budget_usd <= 0 &&
                              result.outcome != LEAT_SUCCEEDED && result.outcome != LEAT_CANCELLED;
            const bool expected = leat_status_class(result.status) == LEAT_CLASS_TIMEOUT ||
                                  result.status == LEAT_E_REJECTED ||
                                  result.status == LEAT_E_PERMISSION ||
                                  result.status == LEAT_E_SKIPPED;
            const bool no_room =
                is_lack_of_room(run, result) || result.status == LEAT_E_CONVERSATION_FULL;
            if (calm && !expected && !no_room) {
                verdict->fail("calm", "nothing went wrong, but item %llu has %s",
                              static_cast<Number>(index), leat_status_name(result.status));
            }
        }
    }
    check_passed_over(load, verdict);
    uint64_t requests = 0;
    uint64_t refused = 0;
    uint64_t begun = 0;
    for (const auto& service : network->services()) {
        leat_sim_provider_stats seen = {};
        leat_sim_provider_get_stats(service->provider, &seen);
        requests += seen.requests;
        refused += seen.refused + seen.refused_quota + seen.overloaded;
        begun += service->arrivals.size();
        if (seen.refused != seen.refused_requests + seen.refused_tokens + seen.refused_concurrency +
                                seen.refused_day) {
            verdict->fail("provider", "refusals do not add up");
        }
    }
    if (stats.in_flight != 0 || stats.items_alive != 0) {
        verdict->fail("leak", "%u in flight, %u items alive when all is over", stats.in_flight,
                      stats.items_alive);
    }
    if (requests > begun || begun > stats.requests_sent) {
        verdict->fail("sends", "the client sent %llu, hosts saw %llu begin and %llu whole",
                      static_cast<Number>(stats.requests_sent), static_cast<Number>(begun),
                      static_cast<Number>(requests));
    }
    if (all_seen && (stats.requests_sent > tries || limited != stats.rate_limited)) {
        verdict->fail("sends", "%llu requests sent, results and replays tell of %llu",
                      static_cast<Number>(stats.requests_sent), static_cast<Number>(tries));
    }
    if (stats.rate_limited > refused) {
        verdict->fail("sends", "%llu rate limits counted, %llu refusals given",
                      static_cast<Number>(stats.rate_limited), static_cast<Number>(refused));
    }
}

void check_world(Network* network, Verdict* verdict) {
    leat_sim_stats now = {};
    leat_sim_get_stats(network->sim(), &now);
    if (now.streams_open != 0 || now.registered != 0 || now.tls_sessions != 0) {
        verdict->fail("leak", "%u streams, %u registrations, %u TLS sessions are left",
                      now.streams_open, now.registered, now.tls_sessions);
    }
    if (now.misuses != 0) verdict->fail("port", "%s", now.misuse);
    if (now.hung_waits != 0) verdict->fail("live", "a wait for which nothing could ever happen");
    if (now.connections_refused_for_room != 0) verdict->fail("scenario", "the world is too small");
    if (holds_key(leat_sim_log(network->sim()))) verdict->fail("credential", "the log holds a key");
}

}  // namespace swarm
