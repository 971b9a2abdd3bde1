// cli/report_take.cc: one record after the other into the sums of a report. Nothing here depends on
// how many there are, and nothing trusts what a record says.
#include "cli/report.h"

namespace cli {

namespace {

void add_count(uint64_t* sum, int64_t count) {
    if (count > 0 && __builtin_add_overflow(*sum, static_cast<uint64_t>(count), sum)) {
        *sum = UINT64_MAX;
    }
}

// A round of tools is a request more, but no try more.
int64_t attempts_of(const RecordFacts& facts) {
    const int64_t attempts = facts.attempts > 0 ? facts.attempts : 0;
    const int64_t rounds = facts.tool_rounds > 0 ? facts.tool_rounds : 0;
    return attempts > rounds ? attempts - rounds : 0;
}

int64_t tries_of(const RecordFacts& facts) {
    const int64_t attempts = attempts_of(facts);
    const int64_t refused = facts.rate_limited > 0 ? facts.rate_limited : 0;
    return attempts + refused;
}

void add_usage(const RecordFacts& facts, NameSum* sum) {
    ++sum->items;
    sum->failed += facts.failed ? 1 : 0;
    add_count(&sum->input_tokens, facts.input_tokens);
    add_count(&sum->cached_input_tokens, facts.cached_input_tokens);
    add_count(&sum->output_tokens, facts.output_tokens);
    add_count(&sum->reasoning_tokens, facts.reasoning_tokens);
    if (facts.cost_usd >= 0) {
        ++sum->priced;
        sum->cost_usd += facts.cost_usd;
    }
}

void fill_line(const RecordFacts& facts, int64_t tries, double ms, ItemLine* line) {
    line->id.set(facts.id);
    line->status.set(facts.status);
    line->code.set(facts.error_code);
    line->model.set(facts.model);
    line->message.set(facts.error_message);
    line->http_status = facts.http_status;
    line->tries = tries;
    line->output_tokens = facts.output_tokens;
    line->ms = ms;
}

// From the first request to the end; an item's turn to be sent is not its own time.
double span_of(const RecordFacts& facts) {
    return facts.item_ms >= 0 && facts.queued_ms >= 0 && facts.queued_ms <= facts.item_ms
               ? facts.item_ms - facts.queued_ms
               : facts.total_ms;
}

}  // namespace

void Distribution::add(double ms) {
    if (ms >= 0) {
        latencies.add(ms);
        most_ms = ms > most_ms ? ms : most_ms;
    }
}

NameSum* NameSums::find(leat_str name) {
    CutText<96> wanted;
    wanted.set(name);
    for (uint32_t i = 0; i < count; ++i) {
        if (i == names_max || leat::equal(rows[i].name.view(), wanted.view())) {
            return &rows[i];
        }
    }
    rows[count].name.set(count < names_max ? wanted.view() : leat::text("all others"));
    return &rows[count++];
}

// When its tries began is known of the first and of the last one; those between lie evenly.
void Report::take_time(const RecordFacts& facts, int64_t tries) {
    if (facts.started_ms < 0 || facts.item_ms < 0) {
        return;
    }
    ++timed;
    const double ended_ms = facts.started_ms + facts.item_ms;
    clock.pass(facts.started_ms, ended_ms);
    const double end = clock.run_ms(ended_ms);
    const double start = clock.run_ms(facts.started_ms);
    ReportBin* const bin = bins.at(end);
    ++(facts.failed ? bin->failed : bin->succeeded);
    const double begin = clock.earliest_ms();  // nothing held before, whatever a record says
    double held_from = end - limited_sum(facts.limited_ms);
    for (int i = 0; i < limiters_count; ++i) {
        const double held_to = held_from + facts.limited_ms[i];
        limited_ms[i] += facts.limited_ms[i];
        bins.spread(i, held_from > begin ? held_from : begin, held_to < end ? held_to : end);
        held_from = held_to;
    }
    const double last_ms = facts.total_ms > facts.item_ms ? facts.item_ms : facts.total_ms;
    if (tries == 0 || last_ms < 0 || facts.queued_ms < 0) {
        return;
    }
    bins.spread(ReportBins::in_flight, end - last_ms, end);
    const double first = start + facts.queued_ms < end ? start + facts.queued_ms : end;
    const double gap = tries > 1 ? (end - last_ms - first) / static_cast<double>(tries - 1) : 0;
    constexpr int64_t marks_max = 1000;
    for (int64_t i = 0; i < tries && i < marks_max; ++i) {
        const double began = first + gap * static_cast<double>(i);
        if (i < facts.rate_limited) {
            ++bins.at(began)->refused;
        } else if (i > (facts.rate_limited > 0 ? facts.rate_limited : 0)) {
            ++bins.at(began)->retried;
        }
    }
}

void Report::take_usage(const RecordFacts& facts) {
    add_count(&input_tokens, facts.input_tokens);
    add_count(&output_tokens, facts.output_tokens);
    untold += !facts.failed && facts.output_tokens < 0 ? 1 : 0;
    if (facts.cost_usd >= 0) {
        ++priced;
        cost_usd += facts.cost_usd;
    }
    if (facts.energy_kwh >= 0) {
        ++footprints;
        energy_kwh += facts.energy_kwh;
        gwp_kgco2eq += facts.gwp_kgco2eq > 0 ? facts.gwp_kgco2eq : 0;
    }
    add_usage(facts, models.find(facts.model));
    add_usage(facts, services.find(facts.endpoint));
}

void Report::take_failure(const RecordFacts& facts, int64_t tries) {
    if (failed_count < failed_max) {
        fill_line(facts, tries, span_of(facts), &failed_items[failed_count++]);
    }
    CutText<48> status;
    status.set(facts.status);
    FailureSum* sum = nullptr;
    for (uint32_t i = 0; i < failures_count && sum == nullptr; ++i) {
        if (i == failures_max || leat::equal(failures[i].status.view(), status.view())) {
            sum = &failures[i];
        }
    }
    if (sum == nullptr) {
        sum = &failures[failures_count];
        sum->status.set(failures_count < failures_max ? status.view() : leat::text("others"));
        sum->message.set(failures_count < failures_max ? facts.error_message
                                                       : leat_str{nullptr, 0});
        ++failures_count;
    }
    ++sum->items;
}

void Report::take_latency(const RecordFacts& facts, int64_t tries) {
    item.add(span_of(facts));
    if (!facts.failed) {
        total.add(facts.total_ms);
        first_byte.add(facts.first_byte_ms);
        first_token.add(facts.first_token_ms);
    }
    const double ms = span_of(facts);
    const bool has_room = slowest_count < slowest_max;
    if (ms < 0 || (!has_room && ms <= slowest[slowest_max - 1].ms)) {
        return;
    }
    uint32_t at = has_room ? slowest_count++ : slowest_max - 1;
    for (; at > 0 && slowest[at - 1].ms < ms; --at) {
        slowest[at] = slowest[at - 1];
    }
    fill_line(facts, tries, ms, &slowest[at]);
}

void Report::take(const RecordFacts& facts) {
    const int64_t tries = tries_of(facts);
    ++items;
    if (facts.failed) {
        ++failed;
        take_failure(facts, tries);
    } else {
        ++succeeded;
        succeeded_late += tries > 1 && !facts.cached ? 1 : 0;
        cached += facts.cached ? 1 : 0;
    }
    add_count(&refused, facts.rate_limited);
    add_count(&retries, attempts_of(facts) - 1);
    take_usage(facts);
    take_latency(facts, tries);
    take_time(facts, tries);
}

}  // namespace cli
