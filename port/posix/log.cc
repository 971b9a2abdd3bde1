// port/posix/log.cc: one line, one write(2), to stderr or a descriptor of the caller's choice.
// Depends on system.h. No stdio: a line is built in a fixed buffer and leaves whole, so that lines
// of several processes do not mix. Invariant: a written line ends in one LF and holds no other
// control byte; errno is as before.
#include <string.h>
#include <unistd.h>

#include "system.h"

namespace leat_posix {
namespace {

constexpr size_t line_bytes_max = LEAT_POSIX_LOG_LINE_BYTES_MAX;
constexpr leat_posix_log_options options_default = {STDERR_FILENO, LEAT_LOG_WARNING};

leat_str prefix_of(leat_log_level level) {
    switch (level) {
        case LEAT_LOG_ERROR: return LEAT_STR("leat error: ");
        case LEAT_LOG_WARNING: return LEAT_STR("leat warning: ");
        case LEAT_LOG_INFO: return LEAT_STR("leat info: ");
        case LEAT_LOG_DEBUG: return LEAT_STR("leat debug: ");
    }
    return LEAT_STR("leat: ");
}

char printable(char c) {
    const unsigned char byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f ? '?' : c;
}

// Prefix, line (cut with "..." where it is too long) and LF; returns the size.
size_t build(char* out, leat_log_level level, leat_str line) {
    const leat_str prefix = prefix_of(level);
    const leat_str cut = LEAT_STR("...");
    memcpy(out, prefix.data, prefix.size);
    size_t size = prefix.size;
    const size_t room = line_bytes_max - prefix.size - 1;
    const bool fits = line.size <= room;
    const size_t taken = fits ? line.size : room - cut.size;
    for (size_t i = 0; i < taken; ++i) out[size++] = printable(line.data[i]);
    if (!fits) {
        memcpy(out + size, cut.data, cut.size);
        size += cut.size;
    }
    out[size++] = '\n';
    return size;
}

void log_write(void* user, leat_log_level level, leat_str line) {
    const leat_posix_log_options* const options =
        user == nullptr ? &options_default : static_cast<const leat_posix_log_options*>(user);
    if (level > options->level_max) return;
    const int error = errno;
    char text[line_bytes_max];
    const size_t size = build(text, level, line);
    // A log that cannot be written has nobody left to tell.
    while (write(options->descriptor, text, size) < 0 && errno == EINTR) {
    }
    errno = error;
}

}  // namespace
}  // namespace leat_posix

const leat_log_ops leat_posix_log = {
    sizeof(leat_log_ops),
    0,
    leat_posix::log_write,
};
