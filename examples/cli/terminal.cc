// cli/terminal.cc: see terminal.h.
// Depends on libc only.
#include "cli/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace cli {

namespace {

bool says(const char* name, const char* part) {
    const char* value = getenv(name);
    return value != nullptr && strstr(value, part) != nullptr;
}

bool is_set(const char* name) {
    const char* value = getenv(name);
    return value != nullptr && value[0] != 0;
}

bool locale_is_utf8() {
    constexpr const char* names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (const char* name : names) {
        if (is_set(name)) {
            return says(name, "UTF-8") || says(name, "utf8") || says(name, "UTF8");
        }
    }
    return false;
}

Terminal of(int descriptor) {
    Terminal terminal{};
    terminal.is_tty = isatty(descriptor) == 1;
    const char* term = getenv("TERM");
    const bool dumb = term == nullptr || strcmp(term, "dumb") == 0;
    terminal.colours = terminal.is_tty && !dumb && !is_set("NO_COLOR");
    terminal.unicode = terminal.is_tty && locale_is_utf8();
    return terminal;
}

}  // namespace

Terminal Terminal::of_stderr() { return of(STDERR_FILENO); }

Terminal Terminal::of_stdout() { return of(STDOUT_FILENO); }

int Terminal::width() {
    constexpr int descriptors[] = {STDERR_FILENO, STDOUT_FILENO};
    struct winsize size;
    for (const int descriptor : descriptors) {
        if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
            return size.ws_col;
        }
    }
    return 80;
}

Words count_words(uint64_t count) {
    char digits[24];
    const int size = snprintf(digits, sizeof digits, "%llu", static_cast<unsigned long long>(count));
    Words words{};
    size_t at = 0;
    for (int i = 0; i < size; ++i) {
        if (i > 0 && (size - i) % 3 == 0) {
            words.text[at++] = ',';
        }
        words.text[at++] = digits[i];
    }
    return words;
}

Words short_count(double count) {
    Words words{};
    if (count < 1000) {
        snprintf(words.text, sizeof words.text, "%.0f", count);
    } else if (count < 999950) {
        snprintf(words.text, sizeof words.text, "%.1fk", count / 1e3);
    } else if (count < 999950000) {
        snprintf(words.text, sizeof words.text, "%.1fM", count / 1e6);
    } else {
        snprintf(words.text, sizeof words.text, "%.1fG", count / 1e9);
    }
    return words;
}

Words byte_words(uint64_t bytes) {
    Words words{};
    const double size = static_cast<double>(bytes);
    if (size < 1024) {
        snprintf(words.text, sizeof words.text, "%.0f B", size);
    } else if (size < 1024 * 1024) {
        snprintf(words.text, sizeof words.text, "%.1f KiB", size / 1024);
    } else if (size < 1024.0 * 1024 * 1024) {
        snprintf(words.text, sizeof words.text, "%.1f MiB", size / (1024 * 1024));
    } else {
        snprintf(words.text, sizeof words.text, "%.1f GiB", size / (1024.0 * 1024 * 1024));
    }
    return words;
}

Words time_words(double milliseconds) {
    Words words{};
    const double seconds = milliseconds / 1000;
    const unsigned long whole = static_cast<unsigned long>(seconds < 0 ? 0 : seconds);
    if (milliseconds < 10) {
        snprintf(words.text, sizeof words.text, "%.2f ms", milliseconds);
    } else if (milliseconds < 999.5) {
        snprintf(words.text, sizeof words.text, "%.0f ms", milliseconds);
    } else if (seconds < 60) {
        snprintf(words.text, sizeof words.text, "%.1f s", seconds);
    } else if (seconds < 3600) {
        snprintf(words.text, sizeof words.text, "%lu min %02lu s", whole / 60, whole % 60);
    } else {
        snprintf(words.text, sizeof words.text, "%lu h %02lu min", whole / 3600, whole / 60 % 60);
    }
    return words;
}

Words rate_words(double per_second) {
    Words words{};
    if (per_second >= 10000) {
        snprintf(words.text, sizeof words.text, "%.1fk/s", per_second / 1000);
    } else {
        const int decimals = per_second < 10 ? 2 : (per_second < 1000 ? 1 : 0);
        snprintf(words.text, sizeof words.text, "%.*f/s", decimals, per_second);
    }
    return words;
}

Words money_words(double usd) {
    Words words;
    const int digits = usd >= 1 || usd <= 0 ? 2 : usd >= 0.01 ? 4 : 6;
    snprintf(words.text, sizeof words.text, "$%.*f", digits, usd);
    return words;
}

}  // namespace cli
