// cli/check_command.cc: see check_command.h. The run stands still meanwhile, so a check is to be quick, and
// is cut off after some seconds.
#include "cli/check_command.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "cli/child.h"
#include "cli/run.h"
#include "codec/utf8.h"

namespace cli {

namespace {

constexpr uint64_t check_ms_max = 10000;

}  // namespace

// Until it has closed its output. False when its time is up.
bool CheckCommand::talk(int* in, int* out, leat_str answer) {
    const uint64_t end_ms = steady_ms() + check_ms_max;
    while (*out >= 0) {
        const uint64_t now = steady_ms();
        if (now >= end_ms) {
            return false;
        }
        if (*in >= 0 && leat::empty(answer)) {
            close_end(in);
        }
        struct pollfd ready[2] = {{*out, POLLIN, 0}, {*in, POLLOUT, 0}};
        (void)poll(ready, *in >= 0 ? 2 : 1, static_cast<int>(end_ms - now));
        const ssize_t put = *in >= 0 ? write(*in, answer.data, answer.size) : 0;
        if (put > 0) {
            answer = leat::tail(answer, static_cast<size_t>(put));
        } else if (put < 0 && errno != EAGAIN && errno != EINTR) {
            close_end(in);  // it need not read all
        }
        char surplus[1024];
        const size_t room = sizeof reason_ - size_;
        const ssize_t got = room > 0 ? read(*out, reason_ + size_, room)
                                     : read(*out, surplus, sizeof surplus);
        if (got > 0) {
            size_ += room > 0 ? static_cast<size_t>(got) : 0;
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            close_end(out);
        }
    }
    return true;
}

leat_status CheckCommand::judge(leat_str answer, leat_str* reason) {
    static char shell[] = "/bin/sh";
    static char dash_c[] = "-c";
    char* const argv[] = {shell, dash_c, const_cast<char*>(line_), nullptr};
    int in = -1;
    int out = -1;
    pid_t pid = 0;
    if (start_child(argv, &in, &out, &pid) != 0) {
        *reason = leat::text("the command of --check cannot be started");
        return LEAT_E_IO;
    }
    size_ = 0;
    const bool ended = talk(&in, &out, answer);
    close_end(&in);
    close_end(&out);
    if (!ended) {
        kill(-pid, SIGKILL);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!ended || !WIFEXITED(status)) {
        *reason = ended ? leat::text("the command of --check was killed")
                        : leat::text("the command of --check took longer than 10 s");
        return LEAT_E_IO;
    }
    const leat_str said = leat::trim(leat_str{reason_, size_});
    *reason = leat::head(said, leat::utf8_valid_prefix(said));
    return WEXITSTATUS(status) == 0 ? LEAT_OK : LEAT_E_REJECTED;
}

}  // namespace cli
