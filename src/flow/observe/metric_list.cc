// flow/observe/metric_list.cc: see metric_list.h. Families in a fixed order; a family is a single metric, or
// one for each status that has occurred, or for each limit domain.
// Depends on meter. Invariant: the order is the same in every call; only families by status grow.
#include "flow/observe/metric_list.h"

#include "base/check.h"
#include "flow/engine.h"
#include "flow/observe/events.h"
#include "meter/price.h"
#include "meter/rates.h"

namespace leat {

namespace {

constexpr double ns_per_second = 1e9;

// ---- single counters, in the order of the dictionary

struct CounterRow {
    Text name;
    Text help;
    Count what;
};

constexpr CounterRow counter_rows[] = {
    {text("batch_llm_items_succeeded"), text("Items that succeeded"), Count::items_succeeded},
    {text("batch_llm_items_failed"), text("Items that failed for good"), Count::items_failed},
    {text("batch_llm_rate_limits_hit"), text("Answers that were rate limits"),
     Count::rate_limits_hit},
    {text("leat_items_skipped_total"), text("Items that policy or middleware skipped"),
     Count::items_skipped},
    {text("leat_items_cancelled_total"), text("Items that were cancelled or aborted"),
     Count::items_cancelled},
    {text("leat_items_replayed_total"), text("Items whose answer came from a cache"),
     Count::items_replayed},
    {text("leat_items_recovered_total"),
     text("Items that succeeded after an answer of the wrong form"), Count::items_recovered},
    {text("leat_deadlines_exceeded_total"), text("Items that a deadline ended"),
     Count::deadlines_exceeded},
    {text("leat_admissions_total"), text("Attempts that the gate admitted"), Count::admissions},
    {text("leat_calls_total"), text("Requests that were begun"), Count::calls},
    {text("leat_retries_total"), text("Failed attempts that another one followed"), Count::retries},
    {text("leat_fallbacks_total"), text("Items that moved on to another target"), Count::fallbacks},
    {text("leat_tool_calls_total"), text("Tools that were run"), Count::tool_calls},
    {text("leat_batches_started_total"), text("Batches that were opened"), Count::batches_started},
    {text("leat_batches_completed_total"), text("Batches that have ended, aborted ones included"),
     Count::batches_completed},
    {text("leat_batches_aborted_total"), text("Batches that were stopped before their end"),
     Count::batches_aborted},
    {text("leat_cooldowns_total"), text("Pauses of a limit domain"), Count::cooldowns},
    {text("leat_slow_callbacks_total"), text("Callbacks that took longer than they may"),
     Count::slow_callbacks},
    {text("leat_middleware_failures_total"),
     text("Times that middleware failed and was passed over"), Count::middleware_failures},
};

struct TokenRow {
    Text type;
    Count what;
};

constexpr TokenRow token_rows[] = {
    {text("input"), Count::input_tokens},
    {text("output"), Count::output_tokens},
    {text("cached_input"), Count::cached_input_tokens},
    {text("cache_write"), Count::cache_write_tokens},
    {text("reasoning"), Count::reasoning_tokens},
};

// ---- single values that are made of others

struct ValueRow {
    Text name;
    Text help;
    leat_metric_kind kind;
    double (*value)(const Engine& engine);
};

constexpr ValueRow value_rows[] = {
    {text("batch_llm_items_processed"), text("Items that have ended, in whatever way"),
     LEAT_METRIC_COUNTER,
     [](const Engine& e) { return static_cast<double>(e.metrics.items_processed()); }},
    {text("batch_llm_avg_processing_time"), text("Mean seconds from acceptance to result"),
     LEAT_METRIC_GAUGE,
     [](const Engine& e) {
         return mean_of(e.metrics.item_seconds.sum, e.metrics.item_seconds.count);
     }},
    {text("batch_llm_success_rate"), text("Succeeded items of all that have ended, 0 to 1"),
     LEAT_METRIC_GAUGE,
     [](const Engine& e) {
         return share_of(e.metrics.of(Count::items_succeeded), e.metrics.items_processed());
     }},
    {text("batch_llm_total_cooldown_time"), text("Seconds that limit domains have paused"),
     LEAT_METRIC_GAUGE, [](const Engine& e) { return total_cooldown_seconds(e); }},
    {text("leat_cost_usd_total"), text("US dollars of all attempts with a known price"),
     LEAT_METRIC_COUNTER, [](const Engine& e) { return to_dollars(e.metrics.of(Count::cost)); }},
    {text("leat_in_flight"), text("Requests on the wire now"), LEAT_METRIC_GAUGE,
     [](const Engine& e) { return static_cast<double>(e.stats.in_flight); }},
    {text("leat_items_alive"), text("Items that hold a slot now"), LEAT_METRIC_GAUGE,
     [](const Engine& e) { return static_cast<double>(e.config.items_max - e.free_items.size()); }},
    {text("leat_batches_open"), text("Batches that have not ended"), LEAT_METRIC_GAUGE,
     [](const Engine& e) { return static_cast<double>(e.batches_under_way); }},
};

// ---- single histograms

struct HistogramRow {
    Text name;
    Text help;
    const Bounds* bounds;
    Buckets Metrics::*buckets;
};

constexpr HistogramRow histogram_rows[] = {
    {text("leat_item_seconds"), text("First send to result, however it ended; 0: never sent"), &wait_bounds,
     &Metrics::item_seconds},
    {text("leat_queued_seconds"), text("Acceptance to first send, of successes"), &wait_bounds,
     &Metrics::queued_seconds},
    {text("leat_admission_wait_seconds"), text("Waits for the gate, of each attempt"), &wait_bounds,
     &Metrics::admission_seconds},
    {text("leat_connect_seconds"), text("Opening the connection, of successes"), &operation_bounds,
     &Metrics::connect_seconds},
    {text("leat_first_byte_seconds"),
     text("Request begun to first byte of the answer, of successes"), &operation_bounds,
     &Metrics::first_byte_seconds},
    {text("leat_first_token_seconds"),
     text("Request begun to first token of a stream, of successes"), &operation_bounds,
     &Metrics::first_token_seconds},
    {text("leat_attempt_seconds"), text("Request begun to answer whole, of successes"),
     &operation_bounds, &Metrics::attempt_seconds},
};

// ---- for each limit domain

// As OpenTelemetry's conventions name providers; others go by their own name.
Text otel_provider(Text name) {
    constexpr struct {
        Text own;
        Text theirs;
    } names[] = {{text("gemini"), text("gcp.gemini")},
                 {text("vertex"), text("gcp.vertex_ai")},
                 {text("azure"), text("azure.ai.openai")},
                 {text("mistral"), text("mistral_ai")},
                 {text("xai"), text("x_ai")},
                 {text("openai-responses"), text("openai")}};
    for (const auto& one : names) {
        if (equal(one.own, name)) return one.theirs;
    }
    return name;
}

void label(leat_metric* out, Text name, Text value) {
    LEAT_CHECK(out->labels_count < LEAT_METRIC_LABELS_MAX);
    out->labels[out->labels_count++] = leat_header{name, value};
}

void label_otel(leat_metric* out, const Domain& domain) {
    label(out, text("gen_ai_operation_name"), text("chat"));
    label(out, text("gen_ai_provider_name"),
          otel_provider(text_of(domain.endpoint->adapter->name)));
    label(out, text("gen_ai_request_model"), text(domain.name, domain.name_size));
    label(out, text("server_address"), domain.endpoint->origin.host);
}

void label_own(leat_metric* out, const Domain& domain) {
    label(out, text("provider"), text_of(domain.endpoint->adapter->name));
    label(out, text("model"), text(domain.name, domain.name_size));
    label(out, text("host"), domain.endpoint->origin.host);
}

void histogram(leat_metric* out, const Bounds& bounds, const Buckets& buckets) {
    out->kind = LEAT_METRIC_HISTOGRAM;
    out->bounds = bounds.list;
    out->buckets_count = bounds.count;
    out->counts = buckets.counts;
    out->count = buckets.count;
    out->sum = buckets.sum;
}

enum class DomainRow : uint32_t { duration, tokens, rate_limits, cooldown, count };

// Of each domain two durations and two token counts, else one.
uint32_t series_of(DomainRow row) { return row <= DomainRow::tokens ? 2 : 1; }

void fill_domain(const Engine& engine, const Domain& domain, DomainRow row, uint32_t part,
                 leat_metric* out) {
    const DomainMetrics& metrics = domain.metrics;
    switch (row) {
        case DomainRow::duration:
            out->name = text("gen_ai_client_operation_duration_seconds");
            out->help = text("GenAI operation duration");
            label_otel(out, domain);
            if (part == 1)
                label(out, text("error_type"), text("_OTHER"));  // leat_attempt_errors_total tells
            histogram(out, operation_bounds,
                      part == 0 ? metrics.answered_seconds : metrics.failed_seconds);
            return;
        case DomainRow::tokens:
            out->name = text("gen_ai_client_token_usage");
            out->help = text("Number of input and output tokens used");
            label_otel(out, domain);
            label(out, text("gen_ai_token_type"), part == 0 ? text("input") : text("output"));
            histogram(out, token_bounds, part == 0 ? metrics.input_tokens : metrics.output_tokens);
            return;
        case DomainRow::rate_limits:
            out->name = text("leat_domain_rate_limits_total");
            out->help = text("Answers that were rate limits, of a provider, key and model");
            label_own(out, domain);
            out->value = static_cast<double>(metrics.rate_limits);
            return;
        case DomainRow::cooldown:
            out->name = text("leat_domain_cooldown_seconds_total");
            out->help = text("Seconds of pauses, of a provider, key and model");
            label_own(out, domain);
            out->value = static_cast<double>(cooldown_ns(engine, domain)) / ns_per_second;
            return;
        case DomainRow::count:
            break;
    }
    LEAT_CHECK(false);
}

// ---- the walk: an index goes down as families pass

// The status at that place among those that have occurred; not_found: there are fewer.
size_t nth_status(const uint64_t (&errors)[status_places], uint32_t* index) {
    for (size_t place = 0; place < status_places; ++place) {
        if (errors[place] == 0) continue;
        if (*index == 0) return place;
        --*index;
    }
    return not_found;
}

bool error_at(const uint64_t (&errors)[status_places], Text name, Text help, uint32_t* index,
              leat_metric* out) {
    const size_t place = nth_status(errors, index);
    if (place == not_found) return false;
    out->name = name;
    out->help = help;
    out->value = static_cast<double>(errors[place]);
    label(out, text("error_type"), text_of(leat_status_word(-static_cast<leat_status>(place))));
    return true;
}

bool domain_at(const Engine& engine, DomainRow row, uint32_t* index, leat_metric* out) {
    for (uint32_t i = 0; i < engine.endpoints_count; ++i) {
        const Endpoint& endpoint = engine.endpoints[i];
        const uint32_t all = endpoint.domains_count * series_of(row);
        if (*index < all) {
            const Domain& domain = endpoint.domains[*index / series_of(row)];
            fill_domain(engine, domain, row, *index % series_of(row), out);
            return true;
        }
        *index -= all;
    }
    return false;
}

bool single_at(const Engine& engine, uint32_t* index, leat_metric* out) {
    constexpr uint32_t values = sizeof value_rows / sizeof value_rows[0];
    constexpr uint32_t counters = sizeof counter_rows / sizeof counter_rows[0];
    if (*index < values) {
        const ValueRow& row = value_rows[*index];
        out->name = row.name;
        out->help = row.help;
        out->kind = row.kind;
        out->value = row.value(engine);
        return true;
    }
    *index -= values;
    if (*index < counters) {
        const CounterRow& row = counter_rows[*index];
        out->name = row.name;
        out->help = row.help;
        out->value = static_cast<double>(engine.metrics.of(row.what));
        return true;
    }
    *index -= counters;
    return false;
}

bool token_at(const Engine& engine, uint32_t* index, leat_metric* out) {
    constexpr uint32_t rows = sizeof token_rows / sizeof token_rows[0];
    if (*index >= rows) {
        *index -= rows;
        return false;
    }
    out->name = text("leat_tokens_total");
    out->help = text("Tokens of all attempts, as told by providers");
    label(out, text("type"), token_rows[*index].type);
    out->value = static_cast<double>(engine.metrics.of(token_rows[*index].what));
    return true;
}

bool histogram_at(const Engine& engine, uint32_t* index, leat_metric* out) {
    constexpr uint32_t rows = sizeof histogram_rows / sizeof histogram_rows[0];
    if (*index >= rows) {
        *index -= rows;
        return false;
    }
    const HistogramRow& row = histogram_rows[*index];
    out->name = row.name;
    out->help = row.help;
    histogram(out, *row.bounds, engine.metrics.*row.buckets);
    return true;
}

}  // namespace

double total_cooldown_seconds(const Engine& engine) {
    uint64_t sum_ns = 0;
    for (uint32_t i = 0; i < engine.endpoints_count; ++i) {
        const Endpoint& endpoint = engine.endpoints[i];
        for (uint32_t k = 0; k < endpoint.domains_count; ++k) {
            sum_ns += cooldown_ns(engine, endpoint.domains[k]);
        }
    }
    return static_cast<double>(sum_ns) / ns_per_second;
}

bool metric_at(const Engine& engine, uint32_t index, leat_metric* out) {
    const uint32_t struct_size = out->struct_size;
    *out = leat_metric{};
    out->struct_size = struct_size;
    const Metrics& metrics = engine.metrics;
    if (single_at(engine, &index, out)) return true;
    if (error_at(metrics.errors, text("batch_llm_errors_total"), text("Failed items by error"),
                 &index, out)) {
        return true;
    }
    if (error_at(metrics.attempt_errors, text("leat_attempt_errors_total"),
                 text("Failed attempts by error"), &index, out)) {
        return true;
    }
    if (token_at(engine, &index, out) || histogram_at(engine, &index, out)) return true;
    for (uint32_t row = 0; row < static_cast<uint32_t>(DomainRow::count); ++row) {
        if (domain_at(engine, static_cast<DomainRow>(row), &index, out)) return true;
    }
    return false;
}

void metrics_reset(Engine* engine) {
    engine->metrics = Metrics{};
    for (uint32_t i = 0; i < engine->endpoints_count; ++i) {
        Endpoint* const endpoint = &engine->endpoints[i];
        for (uint32_t k = 0; k < endpoint->domains_count; ++k) {
            Domain* const domain = &endpoint->domains[k];
            domain->metrics = DomainMetrics{};
            if (domain->paused_until_ns == 0) continue;
            // What is left of the pause counts.
            domain->paused_since_ns = min_of(engine->now_ns, domain->paused_until_ns);
        }
    }
}

}  // namespace leat
