// cli/tool_runner.cc: see tool_runner.h.
// Invariant: a child's slot is free again only when it has been waited for.
#include "cli/tool_runner.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "cli/child.h"

namespace cli {

namespace {

constexpr int64_t look_again_ms = 20;  // for a child that has closed its output and not ended

bool is_same(const leat_tool_run& a, const leat_tool_run& b) {
    return a.serial == b.serial && a.item == b.item && a.place == b.place;
}

// A string of its own, ending in NUL, where its quotes stood.
bool take_string(const leat::JsonValue& value, char** out) {
    leat_str decoded{nullptr, 0};
    if (leat::json_string_in_place(value, &decoded) != LEAT_OK ||
        memchr(decoded.data, 0, decoded.size) != nullptr) {
        return false;
    }
    *out = const_cast<char*>(decoded.data);
    (*out)[decoded.size] = 0;
    return true;
}

}  // namespace

ToolRunner::~ToolRunner() {
    for (uint32_t i = 0; children_ != nullptr && i < tool_children_max; ++i) {
        Child& child = children_[i];
        if (child.pid == 0) {
            continue;
        }
        kill(-child.pid, SIGKILL);
        close_end(&child.in);
        close_end(&child.out);
        while (waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
}

// ["PROGRAM", "ARGUMENT" ...], or a line for the shell.
bool ToolRunner::read_command(leat_str json, Command* command) {
    static char shell[] = "/bin/sh";
    static char dash_c[] = "-c";
    leat::JsonCursor at(json);
    leat::JsonValue value;
    uint32_t count = 0;
    if (at.take_if(leat::JsonType::string, &value)) {
        command->argv[0] = shell;
        command->argv[1] = dash_c;
        return take_string(value, &command->argv[2]);
    }
    if (!at.enter_array()) {
        return false;
    }
    // The cursor is ahead of the string when its closing quote becomes a NUL.
    leat::JsonValue strings[tool_arguments_max];
    while (at.element()) {
        if (count == tool_arguments_max || !at.take(&strings[count])) {
            return false;
        }
        ++count;
    }
    for (uint32_t i = 0; i < count; ++i) {
        if (!take_string(strings[i], &command->argv[i])) {
            return false;
        }
    }
    return count > 0;
}

bool ToolRunner::open(ToolList* tools) {
    const size_t bytes = sizeof(Command) * tools_max + sizeof(Waiting) * tool_waiting_max +
                         (sizeof(Child) + tool_output_bytes_max) * tool_children_max;
    for (uint32_t i = 0; i < tools->tools.count; ++i) {
        if (leat::empty(tools->commands[i])) {
            continue;
        }
        if (memory_.data() == nullptr && !memory_.map(bytes)) {
            fprintf(stderr, "leat run: no memory for tools\n");
            return false;
        }
        commands_ = static_cast<Command*>(memory_.data());
        commands_[i].runner = this;
        if (!read_command(tools->commands[i], &commands_[i])) {
            const leat_str name = tools->list[i].name;
            fprintf(stderr,
                    "leat run: --tools: the command of %.*s is no string and no list of 1 to %u "
                    "strings\n",
                    static_cast<int>(leat::head(name, 100).size), name.data, tool_arguments_max);
            return false;
        }
        tools->list[i].run = on_run;
        tools->list[i].cancel = on_cancel;
        tools->list[i].user = &commands_[i];
        has_tools_ = true;
    }
    if (!has_tools_) {
        return true;
    }
    waiting_ = reinterpret_cast<Waiting*>(commands_ + tools_max);
    children_ = reinterpret_cast<Child*>(waiting_ + tool_waiting_max);
    char* const outputs = reinterpret_cast<char*>(children_ + tool_children_max);
    for (uint32_t i = 0; i < tool_children_max; ++i) {
        children_[i].in = -1;
        children_[i].out = -1;
        children_[i].output = outputs + size_t{tool_output_bytes_max} * i;
    }
    return true;
}

leat_status ToolRunner::on_run(void* user, const leat_tool_job* job) {
    const Command* const command = static_cast<const Command*>(user);
    ToolRunner* const self = command->runner;
    if (self->waiting_count_ == tool_waiting_max) {
        return LEAT_E_TOO_MANY;
    }
    const uint32_t place = (self->first_waiting_ + self->waiting_count_++) % tool_waiting_max;
    self->waiting_[place] = Waiting{job->run, job->call->arguments_json, command};
    return LEAT_OK;
}

void ToolRunner::on_cancel(void* user, leat_tool_run run) {
    ToolRunner* const self = static_cast<const Command*>(user)->runner;
    for (uint32_t i = 0; i < self->waiting_count_; ++i) {
        Waiting& one = self->waiting_[(self->first_waiting_ + i) % tool_waiting_max];
        if (is_same(one.run, run)) {
            one.command = nullptr;
            return;
        }
    }
    for (uint32_t i = 0; i < tool_children_max; ++i) {
        Child& child = self->children_[i];
        if (child.pid != 0 && is_same(child.run, run)) {
            child.cancelled = true;
            kill(-child.pid, SIGKILL);
            return;
        }
    }
}

bool ToolRunner::start(const Waiting& what, Child* child) {
    const int error = start_child(what.command->argv, &child->in, &child->out, &child->pid);
    if (error != 0) {
        child->pid = 0;
        const char* const why = strerror(error);
        (void)leat_tool_complete(what.run, leat_str{why, strlen(why)}, 1);
        return false;
    }
    child->run = what.run;
    child->arguments = what.arguments;
    child->cancelled = false;
    child->too_long = false;
    child->size = 0;
    ++running_;
    return true;
}

void ToolRunner::start_waiting() {
    for (uint32_t i = 0; i < tool_children_max && waiting_count_ > 0; ++i) {
        while (children_[i].pid == 0 && waiting_count_ > 0) {
            const Waiting what = waiting_[first_waiting_];
            first_waiting_ = (first_waiting_ + 1) % tool_waiting_max;
            --waiting_count_;
            if (what.command != nullptr) {
                (void)start(what, &children_[i]);
            }
        }
    }
}

// A child that does not read its arguments is none of our business.
void ToolRunner::feed(Child* child) {
    while (child->in >= 0) {
        if (child->cancelled || leat::empty(child->arguments)) {
            close_end(&child->in);
            return;
        }
        const ssize_t put = write(child->in, child->arguments.data, child->arguments.size);
        if (put > 0) {
            child->arguments = leat::tail(child->arguments, static_cast<size_t>(put));
        } else if (errno == EAGAIN) {
            return;
        } else if (errno != EINTR) {
            close_end(&child->in);
        }
    }
}

void ToolRunner::read_from(Child* child) {
    char surplus[4096];
    while (child->out >= 0) {
        const size_t room = tool_output_bytes_max - child->size;
        const ssize_t got = room > 0 ? read(child->out, child->output + child->size, room)
                                     : read(child->out, surplus, sizeof surplus);
        if (got > 0) {
            child->size += room > 0 ? static_cast<size_t>(got) : 0;
            child->too_long = child->too_long || room == 0;
        } else if (got < 0 && errno == EAGAIN) {
            return;
        } else if (got == 0 || errno != EINTR) {
            close_end(&child->out);
        }
    }
}

void ToolRunner::report(Child* child, int status) {
    char words[160];
    const bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    leat_str content{child->output, child->size};
    while (!leat::empty(content) && content.data[content.size - 1] == '\n') {
        content = leat::head(content, content.size - 1);
    }
    int size = 0;
    if (child->too_long) {
        size = snprintf(words, sizeof words, "The tool printed more than %u bytes.",
                        tool_output_bytes_max);
    } else if (!good && leat::empty(content)) {
        size = WIFSIGNALED(status)
                   ? snprintf(words, sizeof words, "The tool was ended by signal %d.", WTERMSIG(status))
                   : snprintf(words, sizeof words, "The tool failed with status %d.",
                              WEXITSTATUS(status));
    }
    const bool is_error = !good || child->too_long;
    if (size > 0) {
        content = leat_str{words, static_cast<size_t>(size)};
    }
    if (leat_tool_complete(child->run, content, is_error ? 1 : 0) == LEAT_E_TEXT) {
        (void)leat_tool_complete(child->run, leat::text("The tool's output is not UTF-8."), 1);
    }
}

void ToolRunner::reap(Child* child) {
    int status = 0;
    if (!child->cancelled && child->out >= 0) {
        return;
    }
    if (waitpid(child->pid, &status, WNOHANG) != child->pid) {
        return;
    }
    close_end(&child->in);
    close_end(&child->out);
    if (!child->cancelled) {
        report(child, status);
    }
    child->pid = 0;
    --running_;
}

uint32_t ToolRunner::watch(struct pollfd* out, uint32_t room, int64_t* wait_ms) const {
    uint32_t count = 0;
    for (uint32_t i = 0; running_ > 0 && i < tool_children_max && count + 2 <= room; ++i) {
        const Child& child = children_[i];
        if (child.pid == 0) {
            continue;
        }
        if (child.out < 0 || child.cancelled) {
            *wait_ms = *wait_ms > look_again_ms || *wait_ms < 0 ? look_again_ms : *wait_ms;
            continue;
        }
        out[count++] = {child.out, POLLIN, 0};
        if (child.in >= 0) {
            out[count++] = {child.in, POLLOUT, 0};
        }
    }
    return count;
}

void ToolRunner::pump() {
    if (!has_tools_) {
        return;
    }
    for (uint32_t i = 0; i < tool_children_max; ++i) {
        Child* const child = &children_[i];
        if (child->pid != 0) {
            feed(child);
            read_from(child);
            reap(child);
        }
    }
    start_waiting();
}

}  // namespace cli
