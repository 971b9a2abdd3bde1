// cli/signals.cc: no SA_RESTART, so that a wait in the poller ends when a signal comes.
// The only state is the counter.
#include "cli/signals.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

namespace cli {

namespace {

volatile sig_atomic_t seen = 0;

void on_signal(int) {
    seen = seen + 1;
    if (seen > 2) {
        _exit(130);
    }
}

}  // namespace

void watch_signals() {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = on_signal;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, nullptr);
}

int signals_seen() { return seen; }

}  // namespace cli
