// port/posix/clock.cc: the monotonic clock for deadlines, the wall clock for dates.
// Depends on system.h. Invariant: a clock that cannot be read answers 0, which leat takes for
// "unknown"; nothing here keeps state.
#include <time.h>

#include "system.h"

namespace leat_posix {
namespace {

uint64_t clock_now_ns(void*) {
    timespec now = {};
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 0;
    return static_cast<uint64_t>(now.tv_sec) * 1000000000u + static_cast<uint64_t>(now.tv_nsec);
}

int64_t clock_wall_ms(void*) {
    timespec now = {};
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return 0;
    return static_cast<int64_t>(now.tv_sec) * 1000 + static_cast<int64_t>(now.tv_nsec) / 1000000;
}

}  // namespace
}  // namespace leat_posix

const leat_clock_ops leat_posix_clock = {
    sizeof(leat_clock_ops),
    0,
    leat_posix::clock_now_ns,
    leat_posix::clock_wall_ms,
};
