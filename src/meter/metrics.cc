// meter/metrics.cc: see metrics.h. Depends on base and its siblings.
// Counts of a peer's saying saturate; they cannot wrap.
#include "meter/metrics.h"

#include "base/check.h"
#include "meter/rates.h"

namespace leat {

namespace {

constexpr double ms_per_second = 1e3;

// -1 stands for what has not happened: Buckets drops it.
double seconds(double ms) { return ms / ms_per_second; }

Count count_of(leat_outcome outcome) {
    switch (outcome) {
        case LEAT_SUCCEEDED:
            return Count::items_succeeded;
        case LEAT_FAILED:
            return Count::items_failed;
        case LEAT_SKIPPED:
            return Count::items_skipped;
        case LEAT_CANCELLED:
            break;
    }
    return Count::items_cancelled;
}

}  // namespace

void Metrics::note_item(const leat_result& result) {
    LEAT_CHECK((result.outcome == LEAT_SUCCEEDED) == (result.status == LEAT_OK));
    add(count_of(result.outcome));
    if (result.outcome == LEAT_FAILED) ++errors[status_place(result.status)];
    if (result.status == LEAT_E_DEADLINE_ITEM || result.status == LEAT_E_DEADLINE_BATCH) {
        add(Count::deadlines_exceeded);
    }
    item_seconds.note(wait_bounds, seconds(worked_ms(result.timing)));
    if (result.outcome != LEAT_SUCCEEDED) return;
    if (result.cached != 0) add(Count::items_replayed);
    queued_seconds.note(wait_bounds, seconds(result.timing.queued_ms));
    connect_seconds.note(operation_bounds, seconds(result.timing.connect_ms));
    first_byte_seconds.note(operation_bounds, seconds(result.timing.first_byte_ms));
    first_token_seconds.note(operation_bounds, seconds(result.timing.first_token_ms));
    attempt_seconds.note(operation_bounds, seconds(result.timing.total_ms));
}

void Metrics::note_usage(const leat_usage& usage) {
    const struct {
        Count what;
        int64_t tokens;
    } parts[] = {{Count::input_tokens, usage.input_tokens},
                 {Count::output_tokens, usage.output_tokens},
                 {Count::cached_input_tokens, usage.cached_input_tokens},
                 {Count::cache_write_tokens, usage.cache_write_tokens},
                 {Count::reasoning_tokens, usage.reasoning_tokens}};
    for (const auto& part : parts) {
        if (part.tokens > 0) add(part.what, static_cast<uint64_t>(part.tokens));
    }
}

uint64_t Metrics::items_processed() const {
    return of(Count::items_succeeded) + of(Count::items_failed) + of(Count::items_skipped) +
           of(Count::items_cancelled);
}

}  // namespace leat
