// cli/event_log.cc: see event_log.h. A line tells what its event has to say, and nothing that is unknown.
// Depends on codec's JSON writer. Invariant: after a failed write nothing more is written, and it was said.
#include "cli/event_log.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/json_write.h"

namespace cli {

namespace {

using leat::JsonWriter;
using leat::text;

constexpr size_t line_bytes = 4096;
constexpr size_t text_bytes_max = 1024;  // escaped it may be six times as long

// As many of its bytes as a line has room for, whole characters of UTF-8.
leat_str cut(leat_str t) {
    if (t.size <= text_bytes_max / 6) {
        return t;
    }
    size_t size = text_bytes_max / 6;
    while (size > 0 && (static_cast<unsigned char>(t.data[size]) & 0xC0) == 0x80) {
        --size;
    }
    return leat::head(t, size);
}

void put_text(JsonWriter* json, leat_str name, leat_str value) {
    if (!leat::empty(value)) {
        json->key(name);
        json->string(cut(value));
    }
}

void put_count(JsonWriter* json, leat_str name, int64_t value, int64_t least) {
    if (value >= least) {
        json->key(name);
        json->integer(value);
    }
}

void put_ms(JsonWriter* json, leat_str name, double value) {
    if (value >= 0) {
        json->key(name);
        json->number(value);
    }
}

void put_usage(JsonWriter* json, const leat_usage& usage) {
    put_count(json, text("input_tokens"), usage.input_tokens, 0);
    put_count(json, text("output_tokens"), usage.output_tokens, 0);
    put_count(json, text("cached_input_tokens"), usage.cached_input_tokens, 0);
    put_count(json, text("reasoning_tokens"), usage.reasoning_tokens, 0);
}

void put_item(JsonWriter* json, const leat_observation& o) {
    if (o.index == LEAT_NO_INDEX) {
        return;
    }
    put_count(json, text("index"), static_cast<int64_t>(o.index), 0);
    put_text(json, text("correlation_id"), o.id);
    put_count(json, text("attempt"), o.attempt, 1);
    if (o.result != nullptr && o.result->cost_usd >= 0) {
        json->key(text("cost_usd"));
        json->number(o.result->cost_usd);
    }
    if (o.result != nullptr) {
        put_text(json, text("request_id"), o.result->request_id);
    }
}

void put_summary(JsonWriter* json, const leat_summary& summary) {
    put_count(json, text("succeeded"), static_cast<int64_t>(summary.succeeded), 0);
    put_count(json, text("failed"), static_cast<int64_t>(summary.failed), 0);
    put_count(json, text("skipped"), static_cast<int64_t>(summary.skipped), 0);
    put_count(json, text("cancelled"), static_cast<int64_t>(summary.cancelled), 0);
}

size_t write_line(const leat_observation& o, char* out) {
    JsonWriter json(out, line_bytes - 1);
    json.begin_object();
    json.key(text("event"));
    json.string(leat::text_of(leat_observed_name(o.what)));
    json.key(text("time_ms"));
    json.integer(o.wall_ms);
    put_item(&json, o);
    put_text(&json, text("model"), o.model);
    put_text(&json, text("name"), o.name);
    if (o.status != LEAT_OK) {
        put_text(&json, text("status"), leat::text_of(leat_status_word(o.status)));
    }
    put_count(&json, text("http_status"), o.http_status, 1);
    if (o.batch != nullptr || !leat::empty(o.model)) {
        put_count(&json, text("endpoint"), o.endpoint, 0);
    }
    put_ms(&json, text("duration_ms"), o.duration_ms);
    put_ms(&json, text("wait_ms"), o.wait_ms);
    put_count(&json, text("in_flight"), o.in_flight, 1);
    put_count(&json, text("consecutive"), o.consecutive, 1);
    put_usage(&json, o.usage);
    if (o.summary != nullptr) {
        put_count(&json, text("total"), static_cast<int64_t>(o.total), 0);
        put_summary(&json, *o.summary);
    }
    json.end_object();
    if (!json.ok()) {
        return 0;
    }
    const leat_str line = json.written();
    out[line.size] = '\n';
    return line.size + 1;
}

}  // namespace

EventLog::~EventLog() {
    if (file_ != nullptr) {
        flush();
        fclose(file_);
    }
}

bool EventLog::open(const char* path, bool append, leat_client* client) {
    if (path == nullptr) {
        return true;
    }
    path_ = path;
    file_ = fopen(path, append ? "ae" : "we");
    leat_observer observer;
    leat_observer_init(&observer);
    observer.user = this;
    observer.on_event = take;
    if (file_ == nullptr || leat_observer_add(client, &observer) != LEAT_OK) {
        fprintf(stderr, "leat run: --events %s: %s\n", path, strerror(errno));
        return false;
    }
    return true;
}

void EventLog::take(void* user, const leat_observation* observation) {
    static_cast<EventLog*>(user)->write(*observation);
}

void EventLog::write(const leat_observation& observation) {
    char line[line_bytes];
    const size_t size = write_line(observation, line);
    if (failed_ || size == 0) {
        return;
    }
    if (fwrite(line, 1, size, file_) != size) {
        failed_ = true;
        fprintf(stderr, "leat run: --events %s: %s\n", path_, strerror(errno));
    }
}

void EventLog::flush() {
    if (file_ != nullptr && !failed_ && fflush(file_) != 0) {
        failed_ = true;
        fprintf(stderr, "leat run: --events %s: %s\n", path_, strerror(errno));
    }
}

}  // namespace cli
