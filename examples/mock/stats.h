// What the server counts, and the log of requests it received.
//
// Invariant: `requests`, `answered` and `injected` count requests outside /admin and /health only,
// so that looking does not change what is seen.
#pragma once

#include "buffer.h"
#include "inject.h"

namespace mock {

struct Counters {
    uint64_t connections_accepted;
    uint64_t requests;
    uint64_t tls_full;
    uint64_t tls_resumed;
    uint64_t tls_failed;
    uint64_t client_aborts;  // the client left before its answer was out
    uint64_t limited;        // 429s of the rpm/tpm limiter
    uint64_t bytes_in;       // on the wire
    uint64_t bytes_out;
    uint64_t in_flight_max;
    uint64_t answered[600];  // by status code
    uint64_t injected[kActionKindCount];
    uint64_t injected_429, injected_500, injected_503;
};

struct Stats : Counters {
    Stats() : Counters{} {}
    uint64_t connections_open = 0;  // gauges survive a reset
    uint64_t in_flight = 0;

    void reset();
    void begin_flight() {
        if (++in_flight > in_flight_max) in_flight_max = in_flight;
    }
    void count_injected(const Action& action);
    void append_json(Buffer& out) const;
};

// One JSON string per line: the first 60 bytes of each request's last user text.
class RequestLog {
public:
    ~RequestLog() { close(); }
    [[nodiscard]] bool open(const char* path);
    void add(std::string_view text);
    void flush();
    void close();

private:
    int fd_ = -1;
    Buffer pending_;
};

}  // namespace mock
