// cli/metrics_file.h: the client's metrics in a file that is always whole: written beside it, then put in
// its place, every few seconds and at the end. What reads it (a node exporter's textfile collector, say)
// never sees half of it.
// Depends on the system's files. Invariant: a failure is said once and does not end the run.
#pragma once

#include <leat/observe.h>

#include <stdint.h>

namespace cli {

class MetricsFile {
public:
    using Write = leat_status (*)(const leat_client* client, leat_text_sink sink, void* user);

    // path: borrowed; nullptr: there is none, and all calls do nothing. The first writing is now: false
    // after it has said why it cannot be.
    bool open(const char* option, const char* path, Write write, const leat_client* client);
    void tick(const leat_client* client, uint64_t now_ms);
    void finish(const leat_client* client);

private:
    bool write_file(const leat_client* client);

    const char* option_ = nullptr;
    const char* path_ = nullptr;
    Write write_ = nullptr;
    uint64_t next_ms_ = 0;
    bool failed_ = false;
    char beside_[4096];
};

}  // namespace cli
