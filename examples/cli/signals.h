// cli/signals.h: SIGINT and SIGTERM as a number that the run loop looks at after each step.
// Invariant: a handler does nothing but count; the third signal ends the process at once.
#pragma once

namespace cli {

void watch_signals();
// How many of them came: 0 go on, 1 drain, 2 stop hard.
int signals_seen();

}  // namespace cli
