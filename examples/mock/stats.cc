// Counters as JSON, and the buffered request log. See stats.h.
// A counter that names a status or a fate is printed only once it has counted.
#include "stats.h"

#include <fcntl.h>
#include <unistd.h>

#include "json_text.h"

namespace mock {
namespace {

constexpr size_t kLogBytesMax = 64 * 1024;
constexpr size_t kLogTextMax = 60;
constexpr const char* kInjectedNames[kActionKindCount] = {
    "ok",      "other_status", "reset", "truncate", "slow",    "hang",    "close", "chunked",
    "surplus", "html",         "raw",   "eof",      "interim", "badjson", "midway"};

class Object {
public:
    explicit Object(Buffer& out) : out_(out) { out_.append_char('{'); }
    void key(std::string_view name) {
        out_.append(first_ ? "\"" : ",\"");
        out_.append(name);
        out_.append("\":");
        first_ = false;
    }
    void field(std::string_view name, uint64_t value) {
        key(name);
        out_.append_u64(value);
    }
    void end() { out_.append_char('}'); }

private:
    Buffer& out_;
    bool first_ = true;
};

}  // namespace

void Stats::reset() {
    static_cast<Counters&>(*this) = Counters{};
    in_flight_max = in_flight;
}

void Stats::count_injected(const Action& action) {
    if (action.kind == ActionKind::Ok) return;
    if (action.kind == ActionKind::Status && action.status == 429) {
        ++injected_429;
    } else if (action.kind == ActionKind::Status && action.status == 500) {
        ++injected_500;
    } else if (action.kind == ActionKind::Status && action.status == 503) {
        ++injected_503;
    } else {
        ++injected[static_cast<unsigned>(action.kind)];
    }
}

void Stats::append_json(Buffer& out) const {
    Object all(out);
    all.field("connections_accepted", connections_accepted);
    all.field("connections_open", connections_open);
    all.field("requests", requests);
    all.field("in_flight", in_flight);
    all.field("in_flight_max", in_flight_max);
    all.field("tls_handshakes_full", tls_full);
    all.field("tls_handshakes_resumed", tls_resumed);
    all.field("tls_handshakes_failed", tls_failed);
    all.field("client_aborts", client_aborts);
    all.field("limited", limited);
    all.field("bytes_in", bytes_in);
    all.field("bytes_out", bytes_out);
    all.key("answered");
    Object by_status(out);
    for (unsigned status = 100; status < 600; ++status) {
        const char name[3] = {static_cast<char>('0' + status / 100),
                              static_cast<char>('0' + status / 10 % 10),
                              static_cast<char>('0' + status % 10)};
        if (answered[status] != 0) by_status.field({name, 3}, answered[status]);
    }
    by_status.end();
    all.key("injected");
    Object by_kind(out);
    if (injected_429 != 0) by_kind.field("429", injected_429);
    if (injected_500 != 0) by_kind.field("500", injected_500);
    if (injected_503 != 0) by_kind.field("503", injected_503);
    for (unsigned kind = 1; kind < kActionKindCount; ++kind) {
        if (injected[kind] != 0) by_kind.field(kInjectedNames[kind], injected[kind]);
    }
    by_kind.end();
    all.end();
}

bool RequestLog::open(const char* path) {
    if (path == nullptr) return true;
    fd_ = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    return fd_ >= 0;
}

void RequestLog::add(std::string_view text) {
    if (fd_ < 0) return;
    pending_.append_char('"');
    append_json_escaped(pending_, utf8_prefix(text, kLogTextMax));
    pending_.append("\"\n");
    if (pending_.size() >= kLogBytesMax) flush();
}

void RequestLog::flush() {
    size_t done = 0;
    while (fd_ >= 0 && done < pending_.size()) {
        const ssize_t count = ::write(fd_, pending_.data() + done, pending_.size() - done);
        if (count <= 0) break;
        done += static_cast<size_t>(count);
    }
    pending_.clear();
}

void RequestLog::close() {
    flush();
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

}  // namespace mock
