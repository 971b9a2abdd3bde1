// meter/metrics.h: what a client counts about itself: fixed counters and histograms, always on. Who has
// something to count says note(); flow/observe/metric_list.cc gives them their names.
// Depends on base and its siblings. Invariant: items_processed is the sum of the four ends of items, and
// errors are as many as items_failed.
#pragma once

#include <leat/result.h>

#include "base/narrow.h"
#include "meter/buckets.h"

namespace leat {

enum class Count : uint32_t {
    items_succeeded,
    items_failed,
    items_skipped,
    items_cancelled,
    items_replayed,   // answered by a cache
    items_recovered,  // succeeded after an answer of the wrong form
    deadlines_exceeded,
    rate_limits_hit,
    admissions,
    calls,
    retries,
    fallbacks,
    tool_calls,
    batches_started,
    batches_completed,
    batches_aborted,
    cooldowns,
    slow_callbacks,
    middleware_failures,
    input_tokens,
    output_tokens,
    cached_input_tokens,
    cache_write_tokens,
    reasoning_tokens,
    cost,  // as meter/price.h counts
    count
};

constexpr uint32_t counts_count = static_cast<uint32_t>(Count::count);

// Statuses by their number, negated; one place for all that are beyond.
constexpr uint32_t status_places = 192;
inline uint32_t status_place(leat_status status) {
    return status > 0 || status <= -static_cast<int32_t>(status_places)
               ? status_places - 1
               : static_cast<uint32_t>(-status);
}

// Of one limit domain.
struct DomainMetrics {
    Buckets answered_seconds;  // attempts that brought an answer
    Buckets failed_seconds;    // attempts that had begun and failed
    Buckets input_tokens;
    Buckets output_tokens;
    uint64_t rate_limits = 0;
    uint64_t cooldown_ns = 0;  // of pauses that are over
};

struct Metrics {
    uint64_t counts[counts_count] = {};
    uint64_t errors[status_places] = {};          // items that failed
    uint64_t attempt_errors[status_places] = {};  // attempts that failed
    Buckets item_seconds;                         // first send to result, however it ended
    Buckets queued_seconds;                       // acceptance to first send
    Buckets admission_seconds;                    // waits for the gate
    Buckets connect_seconds;
    Buckets first_byte_seconds;
    Buckets first_token_seconds;
    Buckets attempt_seconds;  // begun to answer whole, of the attempt that succeeded

    uint64_t& of(Count what) { return counts[static_cast<uint32_t>(what)]; }
    uint64_t of(Count what) const { return counts[static_cast<uint32_t>(what)]; }
    void add(Count what, uint64_t more = 1) {
        of(what) = saturating_add(of(what), more, UINT64_MAX);
    }

    // An item has its result.
    void note_item(const leat_result& result);
    // Tokens of an attempt, whatever came of it; unknown parts count nothing.
    void note_usage(const leat_usage& usage);

    uint64_t items_processed() const;
};

}  // namespace leat
