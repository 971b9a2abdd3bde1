// cli/check_command.h: the caller's own opinion of an answer, by a command: the answer's text on its stdin,
// status 0 takes it, another one refuses it, and what it prints then is the reason. It is waited for.
// Depends on child.h and leat/status.h. Invariant: no child is left when judge returns.
#pragma once

#include <leat/status.h>
#include <leat/types.h>
#include <sys/types.h>

namespace cli {

class CheckCommand {
public:
    // A line for the shell; nullptr: there is none.
    void open(const char* line) { line_ = line; }
    bool is_open() const { return line_ != nullptr; }

    // LEAT_OK; LEAT_E_REJECTED; LEAT_E_IO: the command itself failed. *reason lives until the next call.
    leat_status judge(leat_str answer, leat_str* reason);

private:
    bool talk(int* in, int* out, leat_str answer);

    const char* line_ = nullptr;
    size_t size_ = 0;
    char reason_[4096];
};

}  // namespace cli
