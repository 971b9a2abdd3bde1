// port/posix/ports.cc: the tables put together, and what a program wants of the system besides
// them: a mapped block, the descriptor limit, the environment.
// Depends on system.h. Invariant: leat_posix_ports leaves no field of its argument unset.
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "system.h"

namespace leat_posix {
namespace {

#if defined(MAP_NORESERVE)
constexpr int map_flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
#else
constexpr int map_flags = MAP_PRIVATE | MAP_ANONYMOUS;
#endif

bool set_descriptor_limit(rlimit limit, rlim_t soft) {
    limit.rlim_cur = soft;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

}  // namespace
}  // namespace leat_posix

void leat_posix_ports(leat_ports* out) {
    memset(out, 0, sizeof(*out));
    out->struct_size = sizeof(*out);
#if LEAT_POSIX_HAS_EPOLL
    out->poller = &leat_posix_epoll;
#elif LEAT_POSIX_HAS_KQUEUE
    out->poller = &leat_posix_kqueue;
#else
    out->poller = &leat_posix_poll;
#endif
    out->stream = &leat_posix_tcp;
    out->resolver = &leat_posix_resolver;
    out->clock = &leat_posix_clock;
    out->entropy = &leat_posix_entropy;
    out->log = &leat_posix_log;
}

leat_status leat_posix_map(size_t bytes, void** block) {
    if (block == nullptr) return LEAT_E_ARGUMENT;
    *block = nullptr;
    if (bytes == 0) return LEAT_E_ARGUMENT;
    void* const mapped =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, leat_posix::map_flags, -1, 0);
    if (mapped == MAP_FAILED) return LEAT_E_MEMORY;
#if defined(MADV_NOHUGEPAGE)
    // A large page under a sparse arena would cost 2 MiB for the few KiB that an item touches.
    (void)madvise(mapped, bytes, MADV_NOHUGEPAGE);
#endif
    *block = mapped;
    return LEAT_OK;
}

void leat_posix_unmap(void* block, size_t bytes) {
    if (block != nullptr) (void)munmap(block, bytes);
}

uint64_t leat_posix_raise_descriptor_limit(void) {
    rlimit limit = {};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    if (limit.rlim_cur != limit.rlim_max) {
        bool raised = leat_posix::set_descriptor_limit(limit, limit.rlim_max);
#if defined(OPEN_MAX)
        // macOS promises no limit and then refuses more than this.
        if (!raised && limit.rlim_cur < OPEN_MAX) {
            raised = leat_posix::set_descriptor_limit(limit, OPEN_MAX);
        }
#endif
        if (raised && getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    }
    return limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : static_cast<uint64_t>(limit.rlim_cur);
}

leat_str leat_posix_environment(const char* name) {
    const char* const value = name == nullptr ? nullptr : getenv(name);
    return value == nullptr ? leat_str{nullptr, 0} : leat_str{value, strlen(value)};
}
