// flow/observe/metric_text.cc: the metrics as text, JSON and Prometheus' text format 0.0.4. Both walk the
// list and write through a small window, so that no buffer must hold the whole.
// Depends on codec for numbers and escapes. Invariant: after the sink has refused a piece nothing more is
// handed to it.
#include "base/check.h"
#include "codec/json_write.h"
#include "codec/number.h"
#include "flow/engine.h"
#include "flow/observe/metric_list.h"
#include "meter/rates.h"

namespace leat {

namespace {

class Out {
public:
    Out(leat_text_sink sink, void* user) : sink_(sink), user_(user) {}

    void put(Text t) {
        while (t.size > 0) {
            if (size_ == sizeof window_) flush();
            const Text part = head(t, sizeof window_ - size_);
            memcpy(window_ + size_, part.data, part.size);
            size_ += part.size;
            t = tail(t, part.size);
        }
    }
    void put(char c) { put(text(&c, 1)); }
    void number(double value) {
        char digits[number_bytes_max];
        const size_t size = print_double(digits, value);
        put(size > 0 ? text(digits, size) : text("0"));
    }
    void count(uint64_t value) {
        char digits[20];
        put(text(digits, print_u64(digits, value)));
    }
    void json_string(Text t) {
        put('"');
        JsonEscape escape(t);
        char piece[64];
        for (size_t size = escape.write(piece, sizeof piece); size > 0;
             size = escape.write(piece, sizeof piece)) {
            put(text(piece, size));
        }
        put('"');
    }
    leat_status finish() {
        flush();
        return status_;
    }

private:
    void flush() {
        if (status_ == LEAT_OK && size_ > 0) status_ = sink_(user_, text(window_, size_));
        size_ = 0;
    }

    leat_text_sink sink_;
    void* user_;
    leat_status status_ = LEAT_OK;
    size_t size_ = 0;
    char window_[512];
};

// ---- Prometheus

// Backslash, quote and newline are escaped; all else goes out as it is (B53).
void put_label_value(Out* out, Text value) {
    for (size_t i = 0; i < value.size; ++i) {
        const char c = value.data[i];
        if (c == '\\' || c == '"') {
            out->put('\\');
            out->put(c);
        } else if (c == '\n') {
            out->put(text("\\n"));
        } else {
            out->put(c);
        }
    }
}

// bound: of a bucket's line, else empty.
void put_labels(Out* out, const leat_metric& metric, Text bound) {
    if (metric.labels_count == 0 && empty(bound)) return;
    out->put('{');
    for (uint32_t i = 0; i < metric.labels_count; ++i) {
        if (i > 0) out->put(',');
        out->put(metric.labels[i].name);
        out->put(text("=\""));
        put_label_value(out, metric.labels[i].value);
        out->put('"');
    }
    if (!empty(bound)) {
        if (metric.labels_count > 0) out->put(',');
        out->put(text("le=\""));
        out->put(bound);
        out->put('"');
    }
    out->put('}');
}

void put_bucket(Out* out, const leat_metric& metric, Text bound, uint64_t below) {
    out->put(metric.name);
    out->put(text("_bucket"));
    put_labels(out, metric, bound);
    out->put(' ');
    out->count(below);
    out->put('\n');
}

void put_histogram(Out* out, const leat_metric& metric) {
    uint64_t below = 0;
    for (uint32_t i = 0; i < metric.buckets_count; ++i) {
        char digits[number_bytes_max];
        below += metric.counts[i];
        put_bucket(out, metric, text(digits, print_double(digits, metric.bounds[i])), below);
    }
    put_bucket(out, metric, text("+Inf"), metric.count);
    out->put(metric.name);
    out->put(text("_sum"));
    put_labels(out, metric, Text{nullptr, 0});
    out->put(' ');
    out->number(metric.sum);
    out->put('\n');
    out->put(metric.name);
    out->put(text("_count"));
    put_labels(out, metric, Text{nullptr, 0});
    out->put(' ');
    out->count(metric.count);
    out->put('\n');
}

Text kind_word(leat_metric_kind kind) {
    if (kind == LEAT_METRIC_HISTOGRAM) return text("histogram");
    return kind == LEAT_METRIC_GAUGE ? text("gauge") : text("counter");
}

void put_family(Out* out, const leat_metric& metric) {
    out->put(text("# HELP "));
    out->put(metric.name);
    out->put(' ');
    out->put(metric.help);
    out->put(text("\n# TYPE "));
    out->put(metric.name);
    out->put(' ');
    out->put(kind_word(metric.kind));
    out->put('\n');
}

// ---- JSON

void put_member(Out* out, Text name, double value) {
    out->put(text("  \""));
    out->put(name);
    out->put(text("\": "));
    out->number(value);
    out->put(text(",\n"));
}

// What the batch-llm library tells, by its names.
void put_known(Out* out, const Engine& engine) {
    const Metrics& metrics = engine.metrics;
    const auto count = [&](Count what) { return static_cast<double>(metrics.of(what)); };
    put_member(out, text("items_processed"), static_cast<double>(metrics.items_processed()));
    put_member(out, text("items_succeeded"), count(Count::items_succeeded));
    put_member(out, text("items_failed"), count(Count::items_failed));
    put_member(out, text("rate_limits_hit"), count(Count::rate_limits_hit));
    put_member(out, text("total_cooldown_time"), total_cooldown_seconds(engine));
    put_member(out, text("processing_times_count"),
               static_cast<double>(metrics.item_seconds.count));
    put_member(out, text("avg_processing_time"),
               mean_of(metrics.item_seconds.sum, metrics.item_seconds.count));
    put_member(out, text("success_rate"),
               share_of(metrics.of(Count::items_succeeded), metrics.items_processed()));
}

void put_error_counts(Out* out, const Metrics& metrics) {
    out->put(text("  \"error_counts\": {"));
    bool any = false;
    for (uint32_t place = 0; place < status_places; ++place) {
        if (metrics.errors[place] == 0) continue;
        out->put(any ? text(",\n    ") : text("\n    "));
        out->json_string(text_of(leat_status_word(-static_cast<leat_status>(place))));
        out->put(text(": "));
        out->count(metrics.errors[place]);
        any = true;
    }
    out->put(any ? text("\n  },\n") : text("},\n"));
}

void put_json_histogram(Out* out, const leat_metric& metric) {
    out->put(text(",\n      \"count\": "));
    out->count(metric.count);
    out->put(text(",\n      \"sum\": "));
    out->number(metric.sum);
    out->put(text(",\n      \"bounds\": ["));
    for (uint32_t i = 0; i < metric.buckets_count; ++i) {
        if (i > 0) out->put(text(", "));
        out->number(metric.bounds[i]);
    }
    out->put(text("],\n      \"counts\": ["));
    for (uint32_t i = 0; i <= metric.buckets_count; ++i) {
        if (i > 0) out->put(text(", "));
        out->count(metric.counts[i]);
    }
    out->put(']');
}

void put_json_metric(Out* out, const leat_metric& metric) {
    out->put(text("    {\n      \"name\": "));
    out->json_string(metric.name);
    out->put(text(",\n      \"kind\": "));
    out->json_string(kind_word(metric.kind));
    if (metric.labels_count > 0) out->put(text(",\n      \"labels\": {"));
    for (uint32_t i = 0; i < metric.labels_count; ++i) {
        out->put(i > 0 ? text(",\n        ") : text("\n        "));
        out->json_string(metric.labels[i].name);
        out->put(text(": "));
        out->json_string(metric.labels[i].value);
    }
    if (metric.labels_count > 0) out->put(text("\n      }"));
    if (metric.kind == LEAT_METRIC_HISTOGRAM) {
        put_json_histogram(out, metric);
    } else {
        out->put(text(",\n      \"value\": "));
        out->number(metric.value);
    }
    out->put(text("\n    }"));
}

}  // namespace

leat_status metrics_prometheus(const Engine& engine, leat_text_sink sink, void* user) {
    LEAT_CHECK(sink != nullptr);
    Out out(sink, user);
    Text family{nullptr, 0};
    leat_metric metric{};
    for (uint32_t i = 0; metric_at(engine, i, &metric); ++i) {
        if (!equal(metric.name, family)) put_family(&out, metric);
        family = metric.name;
        if (metric.kind == LEAT_METRIC_HISTOGRAM) {
            put_histogram(&out, metric);
            continue;
        }
        out.put(metric.name);
        put_labels(&out, metric, Text{nullptr, 0});
        out.put(' ');
        out.number(metric.value);
        out.put('\n');
    }
    return out.finish();
}

leat_status metrics_json(const Engine& engine, leat_text_sink sink, void* user) {
    LEAT_CHECK(sink != nullptr);
    Out out(sink, user);
    out.put(text("{\n"));
    put_known(&out, engine);
    put_error_counts(&out, engine.metrics);
    out.put(text("  \"metrics\": [\n"));
    leat_metric metric{};
    for (uint32_t i = 0; metric_at(engine, i, &metric); ++i) {
        if (i > 0) out.put(text(",\n"));
        put_json_metric(&out, metric);
    }
    out.put(text("\n  ]\n}\n"));
    return out.finish();
}

}  // namespace leat
