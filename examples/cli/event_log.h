// cli/event_log.h: what happens in a run as JSON Lines, an event a line (G36).
// Depends on the system's files and codec's JSON writer. Invariant: every line is whole; text that does not
// fit one is left out, the event is not.
#pragma once

#include <leat/observe.h>

#include <stdio.h>

namespace cli {

class EventLog {
public:
    EventLog() = default;
    EventLog(const EventLog&) = delete;
    EventLog& operator=(const EventLog&) = delete;
    ~EventLog();

    // path nullptr: there is none. append: behind what is there, for a run that is resumed. False after it
    // has said why not.
    bool open(const char* path, bool append, leat_client* client);
    void flush();

private:
    static void take(void* user, const leat_observation* observation);
    void write(const leat_observation& observation);

    FILE* file_ = nullptr;
    const char* path_ = nullptr;
    bool failed_ = false;
};

}  // namespace cli
