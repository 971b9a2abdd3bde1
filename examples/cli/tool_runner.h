// cli/tool_runner.h: tools that are commands of this machine: the arguments of a call go to a command's
// stdin, what it prints is the result. A bounded number run at once, the rest wait in line; nothing here
// blocks. Depends on leat/tool.h and POSIX.
// Invariant: every call that was taken is completed or cancelled; no child outlives the runner.
#pragma once

#include <leat/tool.h>
#include <poll.h>
#include <sys/types.h>

#include "cli/mapped_block.h"
#include "cli/tools.h"

namespace cli {

constexpr uint32_t tool_children_max = 16;
constexpr uint32_t tool_waiting_max = 1024;
constexpr uint32_t tool_arguments_max = 32;
constexpr uint32_t tool_output_bytes_max = 64 * 1024;

class ToolRunner {
public:
    ToolRunner() = default;
    ToolRunner(const ToolRunner&) = delete;
    ToolRunner& operator=(const ToolRunner&) = delete;
    ~ToolRunner();

    // Those of the list that have a command get run and cancel. False after it has said what is wrong.
    bool open(ToolList* tools);
    bool has_tools() const { return has_tools_; }
    bool busy() const { return waiting_count_ > 0 || running_ > 0; }

    // What to poll for; at most `room` of them. *wait_ms is lowered where a child is to be looked at soon.
    uint32_t watch(struct pollfd* out, uint32_t room, int64_t* wait_ms) const;
    static constexpr uint32_t watched_max = 2 * tool_children_max;
    // Starts, feeds, reads and reaps children; completes what has ended.
    void pump();

private:
    struct Command {
        ToolRunner* runner;
        char* argv[tool_arguments_max + 1];
    };
    struct Waiting {
        leat_tool_run run;
        leat_str arguments;
        const Command* command;
    };
    struct Child {
        leat_tool_run run;
        leat_str arguments;  // what is left to write
        pid_t pid;           // 0: free
        int in;              // -1: closed
        int out;
        bool cancelled;
        bool too_long;
        size_t size;
        char* output;
    };

    static leat_status on_run(void* user, const leat_tool_job* job);
    static void on_cancel(void* user, leat_tool_run run);
    bool read_command(leat_str json, Command* command);
    bool start(const Waiting& what, Child* child);
    void start_waiting();
    void feed(Child* child);
    void read_from(Child* child);
    void reap(Child* child);
    void report(Child* child, int status);

    MappedBlock memory_;
    Command* commands_ = nullptr;
    Waiting* waiting_ = nullptr;
    Child* children_ = nullptr;
    uint32_t first_waiting_ = 0;
    uint32_t waiting_count_ = 0;
    uint32_t running_ = 0;
    bool has_tools_ = false;
};

}  // namespace cli
