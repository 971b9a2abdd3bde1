// cli/terminal.h: what a terminal can show, and numbers written for people.
// Colours only on a terminal, never with NO_COLOR or TERM=dumb; line characters only where the
// locale is UTF-8. Invariant: a Text is always whole and ends in NUL; what does not fit is cut.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace cli {

struct Terminal {
    bool is_tty;
    bool colours;
    bool unicode;

    static Terminal of_stderr();
    static Terminal of_stdout();
    // Columns now, of the one that is there; 80 when none says.
    static int width();
    const char* bold() const { return colours ? "\033[1m" : ""; }
    const char* dim() const { return colours ? "\033[2m" : ""; }
    const char* red() const { return colours ? "\033[31m" : ""; }
    const char* green() const { return colours ? "\033[32m" : ""; }
    const char* yellow() const { return colours ? "\033[33m" : ""; }
    const char* plain() const { return colours ? "\033[0m" : ""; }
};

struct Words {
    char text[32];
};

Words count_words(uint64_t count);            // 1,234,567
Words short_count(double count);              // 950, 21.3k, 4.1M
Words byte_words(uint64_t bytes);             // 12.5 MiB
Words time_words(double milliseconds);        // 4.2 ms, 310 ms, 6.2 s, 3 min 20 s, 2 h 05 min
Words rate_words(double per_second);          // 48.2/s
Words money_words(double usd);                // $12.34, $0.0123, $0.000456

}  // namespace cli
