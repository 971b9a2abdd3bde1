// port/posix/epoll.cc: the poller for Linux. A stream is registered once, edge-triggered, for both
// directions, so that a request costs no epoll_ctl; its token travels in the kernel's event.
// Depends on system.h. Invariant: no event is kept between two waits, so a removed stream can
// never be reported by a later one.
#include "system.h"

#if LEAT_POSIX_HAS_EPOLL

#include <sys/epoll.h>
#include <unistd.h>

namespace leat_posix {
namespace {

struct Epoll {
    int descriptor;
    uint32_t streams_max;
    uint32_t streams_count;
    uint32_t events_max;
    // events_max of struct epoll_event follow.
};
static_assert(sizeof(Epoll) % alignof(epoll_event) == 0);

epoll_event* events_of(Epoll* self) { return reinterpret_cast<epoll_event*>(self + 1); }

uint32_t events_max_for(uint32_t streams_max) {
    return streams_max == 0 ? 1 : min_of(streams_max, events_per_wait_max);
}

size_t epoll_state_bytes(uint32_t streams_max) {
    return sizeof(Epoll) + events_max_for(streams_max) * sizeof(epoll_event);
}

leat_status epoll_open(void* state, uint32_t streams_max, void*) {
    Epoll* const self = static_cast<Epoll*>(state);
    self->descriptor = epoll_create1(EPOLL_CLOEXEC);
    if (self->descriptor < 0) return poller_open_status(errno);
    self->streams_max = streams_max;
    self->streams_count = 0;
    self->events_max = events_max_for(streams_max);
    return LEAT_OK;
}

void epoll_close(void* state) {
    Epoll* const self = static_cast<Epoll*>(state);
    if (self->descriptor >= 0) (void)close(self->descriptor);
    self->descriptor = -1;
}

leat_status epoll_add(void* state, int64_t descriptor, uint64_t token) {
    Epoll* const self = static_cast<Epoll*>(state);
    if (!is_descriptor(descriptor)) return LEAT_E_PORT;
    if (self->streams_count >= self->streams_max) return LEAT_E_TOO_MANY;
    epoll_event wanted = {};
    wanted.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | static_cast<uint32_t>(EPOLLET);
    wanted.data.u64 = token;
    const int stream = static_cast<int>(descriptor);
    if (epoll_ctl(self->descriptor, EPOLL_CTL_ADD, stream, &wanted) != 0) return LEAT_E_PORT;
    ++self->streams_count;
    return LEAT_OK;
}

void epoll_remove(void* state, int64_t descriptor) {
    Epoll* const self = static_cast<Epoll*>(state);
    if (!is_descriptor(descriptor)) return;
    epoll_event ignored = {};  // kernels before 2.6.9 want one
    const int stream = static_cast<int>(descriptor);
    const bool was_there =
        epoll_ctl(self->descriptor, EPOLL_CTL_DEL, stream, &ignored) == 0;
    if (was_there && self->streams_count > 0) --self->streams_count;
}

uint32_t ready_of(uint32_t events) {
    uint32_t ready = 0;
    if ((events & EPOLLIN) != 0) ready |= LEAT_READY_READ;
    if ((events & EPOLLOUT) != 0) ready |= LEAT_READY_WRITE;
    if ((events & EPOLLRDHUP) != 0) ready |= LEAT_READY_READ | LEAT_READY_ERROR;
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
        ready |= LEAT_READY_READ | LEAT_READY_WRITE | LEAT_READY_ERROR;
    }
    return ready;
}

int32_t epoll_wait_ready(void* state, int64_t timeout_ns, leat_ready* ready, uint32_t ready_max) {
    Epoll* const self = static_cast<Epoll*>(state);
    if (ready_max == 0) return LEAT_E_ARGUMENT;
    epoll_event* const events = events_of(self);
    const int events_max = static_cast<int>(min_of(ready_max, self->events_max));
    const int count =
        epoll_wait(self->descriptor, events, events_max, milliseconds_of(timeout_ns));
    if (count < 0) return errno == EINTR ? 0 : LEAT_E_PORT;
    for (int i = 0; i < count; ++i) {
        ready[i].token = events[i].data.u64;
        ready[i].events = ready_of(events[i].events);
        ready[i].reserved = 0;
    }
    return count;
}

int32_t epoll_pollable(void* state) { return static_cast<Epoll*>(state)->descriptor; }

}  // namespace
}  // namespace leat_posix

const leat_poller_ops leat_posix_epoll = {
    sizeof(leat_poller_ops),
    0,
    "epoll",
    leat_posix::epoll_state_bytes,
    leat_posix::epoll_open,
    leat_posix::epoll_close,
    leat_posix::epoll_add,
    leat_posix::epoll_remove,
    leat_posix::epoll_wait_ready,
    leat_posix::epoll_pollable,
    nullptr,  // the kernel sees the edges
};

#endif  // LEAT_POSIX_HAS_EPOLL
