// tests/sim/swarm/verdict.h: what the checkers found: the first broken rule of a seed, and by which
// checker. Depends on nothing. Invariant: the first finding stays; later ones are its consequences.
#pragma once

#include <stdarg.h>
#include <stdio.h>

#include <string>

namespace swarm {

class Verdict {
public:
    bool failed() const { return !checker_.empty(); }
    const std::string& checker() const { return checker_; }
    const std::string& message() const { return message_; }

    __attribute__((format(printf, 3, 4))) void fail(const char* checker, const char* format, ...) {
        if (failed()) return;
        char text[512];
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(text, sizeof text, format, arguments);
        va_end(arguments);
        checker_ = checker;
        message_ = text;
    }

private:
    std::string checker_;
    std::string message_;
};

}  // namespace swarm
