// flow/report.cc: lines for the log port: who, what, which status. Built in a small buffer on the
// stack and redacted whole, so that no credential can ride along.
#include "flow/report.h"

#include "base/check.h"
#include "base/redact.h"
#include "flow/engine.h"

namespace leat {

namespace {

constexpr size_t line_bytes_max = 256;

struct Line {
    char bytes[line_bytes_max];
    size_t size = 0;

    void put(Text t) {
        const Text part = head(t, sizeof bytes - size);
        if (part.size > 0) memcpy(bytes + size, part.data, part.size);
        size += part.size;
    }
};

}  // namespace

void report_line(Engine* engine, leat_log_level level, Text what, Text detail) {
    if (engine->ports.log == nullptr || level > engine->config.log_level) return;
    Line line;
    line.put(text("leat: "));
    line.put(what);
    line.put(text(": "));
    line.put(detail);
    engine->ports.log->write(engine->ports.log_user, level, text(line.bytes, line.size));
}

void report(Engine* engine, leat_log_level level, const Endpoint* endpoint, Text what,
            leat_status status) {
    LEAT_CHECK(engine != nullptr && endpoint != nullptr);
    if (engine->ports.log == nullptr || level > engine->config.log_level) return;
    Line line;
    line.put(text("leat: "));
    line.put(text_of(endpoint->adapter->name));
    line.put(text(" "));
    line.put(endpoint->origin.host);
    line.put(text(": "));
    line.put(what);
    line.put(text(": "));
    line.put(text_of(leat_status_hint(status)));
    char out[line_bytes_max];
    const Text safe = redact(text(line.bytes, line.size), endpoint->secrets,
                             endpoint->secrets_count, out, sizeof out);
    engine->ports.log->write(engine->ports.log_user, level, safe);
}

}  // namespace leat
