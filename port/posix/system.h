// port/posix/system.h: the small things that several files of this port share: which errno means
// "no descriptor left", how a timeout in nanoseconds becomes one in milliseconds, event counting.
// Depends on the public headers and the system's. errno is looked at in this folder only.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <leat/posix.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>

namespace leat_posix {

// How many events a poller takes from the system at once; more come with the next wait.
constexpr uint32_t events_per_wait_max = 256;

constexpr uint32_t min_of(uint32_t a, uint32_t b) { return a < b ? a : b; }

// The system's descriptors are ints; leat's are 64 bits wide.
constexpr bool is_descriptor(int64_t descriptor) {
    return descriptor >= 0 && descriptor <= INT_MAX;
}

inline bool out_of_descriptors(int error) { return error == EMFILE || error == ENFILE; }

inline leat_status poller_open_status(int error) {
    return out_of_descriptors(error) ? LEAT_E_DESCRIPTORS : LEAT_E_PORT;
}

// Rounds up, so that a wait never ends before its timer is due.
constexpr int milliseconds_of(int64_t timeout_ns) {
    if (timeout_ns < 0) return -1;
    const int64_t ms = timeout_ns / 1000000 + (timeout_ns % 1000000 != 0 ? 1 : 0);
    return ms > INT_MAX ? INT_MAX : static_cast<int>(ms);
}

inline bool close_on_exec(int descriptor) {
    return fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0;
}

}  // namespace leat_posix
