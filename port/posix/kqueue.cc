// port/posix/kqueue.cc: the poller for macOS and the BSDs. A stream is registered once, as two
// filters with EV_CLEAR (edges); its token travels in udata, so pointers must have 64 bits.
// Depends on system.h. A stream that is ready both ways may be reported twice in one wait.
// Invariant: no event is kept between two waits, so a removed stream can never be reported by a
// later one.
#include "system.h"

#if LEAT_POSIX_HAS_KQUEUE

#include <sys/types.h>

#include <sys/event.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

namespace leat_posix {
namespace {

struct Kqueue {
    int descriptor;
    uint32_t streams_max;
    uint32_t streams_count;
    uint32_t events_max;
    // events_max of struct kevent follow.
};
using Event = struct kevent;
using EventToken = decltype(Event::udata);  // a pointer; an integer on older NetBSD
static_assert(sizeof(Kqueue) % alignof(Event) == 0);
static_assert(sizeof(EventToken) == sizeof(uint64_t));

Event* events_of(Kqueue* self) { return reinterpret_cast<Event*>(self + 1); }

uint32_t events_max_for(uint32_t streams_max) {
    return streams_max < 1 ? 1 : min_of(streams_max, events_per_wait_max / 2) * 2;
}

size_t kqueue_state_bytes(uint32_t streams_max) {
    return sizeof(Kqueue) + events_max_for(streams_max) * sizeof(Event);
}

leat_status kqueue_open(void* state, uint32_t streams_max, void*) {
    Kqueue* const self = static_cast<Kqueue*>(state);
    self->descriptor = kqueue();
    if (self->descriptor < 0) return poller_open_status(errno);
    (void)close_on_exec(self->descriptor);  // a child does not inherit a kqueue anyway
    self->streams_max = streams_max;
    self->streams_count = 0;
    self->events_max = events_max_for(streams_max);
    return LEAT_OK;
}

void kqueue_close(void* state) {
    Kqueue* const self = static_cast<Kqueue*>(state);
    if (self->descriptor >= 0) (void)close(self->descriptor);
    self->descriptor = -1;
}

Event change_of(int64_t descriptor, bool is_write, unsigned flags) {
    Event change = {};
    change.ident = static_cast<decltype(change.ident)>(descriptor);
    change.filter = is_write ? EVFILT_WRITE : EVFILT_READ;
    change.flags = static_cast<decltype(change.flags)>(flags);
    return change;
}

bool apply(Kqueue* self, const Event& change) {
    return kevent(self->descriptor, &change, 1, nullptr, 0, nullptr) == 0;
}

leat_status kqueue_add(void* state, int64_t descriptor, uint64_t token) {
    Kqueue* const self = static_cast<Kqueue*>(state);
    if (!is_descriptor(descriptor)) return LEAT_E_PORT;
    if (self->streams_count >= self->streams_max) return LEAT_E_TOO_MANY;
    Event read = change_of(descriptor, false, EV_ADD | EV_CLEAR);
    Event write = change_of(descriptor, true, EV_ADD | EV_CLEAR);
    __builtin_memcpy(&read.udata, &token, sizeof(token));
    __builtin_memcpy(&write.udata, &token, sizeof(token));
    if (!apply(self, read)) return LEAT_E_PORT;
    if (!apply(self, write)) {
        (void)apply(self, change_of(descriptor, false, EV_DELETE));
        return LEAT_E_PORT;
    }
    ++self->streams_count;
    return LEAT_OK;
}

void kqueue_remove(void* state, int64_t descriptor) {
    Kqueue* const self = static_cast<Kqueue*>(state);
    if (!is_descriptor(descriptor)) return;
    // A filter may be gone by itself (some systems drop it at the end of the stream).
    const bool read = apply(self, change_of(descriptor, false, EV_DELETE));
    const bool write = apply(self, change_of(descriptor, true, EV_DELETE));
    if ((read || write) && self->streams_count > 0) --self->streams_count;
}

uint32_t ready_of(const Event& event) {
    uint32_t ready = event.filter == EVFILT_WRITE ? LEAT_READY_WRITE : LEAT_READY_READ;
    if ((event.flags & EV_EOF) != 0) ready |= LEAT_READY_READ | LEAT_READY_ERROR;
    if ((event.flags & EV_ERROR) != 0) {
        ready |= LEAT_READY_READ | LEAT_READY_WRITE | LEAT_READY_ERROR;
    }
    return ready;
}

int32_t kqueue_wait(void* state, int64_t timeout_ns, leat_ready* ready, uint32_t ready_max) {
    Kqueue* const self = static_cast<Kqueue*>(state);
    if (ready_max == 0) return LEAT_E_ARGUMENT;
    timespec timeout = {};
    if (timeout_ns > 0) {
        timeout.tv_sec = static_cast<time_t>(timeout_ns / 1000000000);
        timeout.tv_nsec = static_cast<long>(timeout_ns % 1000000000);
    }
    Event* const events = events_of(self);
    const int events_max = static_cast<int>(min_of(ready_max, self->events_max));
    const int count = kevent(self->descriptor, nullptr, 0, events, events_max,
                             timeout_ns < 0 ? nullptr : &timeout);
    if (count < 0) return errno == EINTR ? 0 : LEAT_E_PORT;
    for (int i = 0; i < count; ++i) {
        __builtin_memcpy(&ready[i].token, &events[i].udata, sizeof(ready[i].token));
        ready[i].events = ready_of(events[i]);
        ready[i].reserved = 0;
    }
    return count;
}

int32_t kqueue_pollable(void* state) { return static_cast<Kqueue*>(state)->descriptor; }

}  // namespace
}  // namespace leat_posix

const leat_poller_ops leat_posix_kqueue = {
    sizeof(leat_poller_ops),
    0,
    "kqueue",
    leat_posix::kqueue_state_bytes,
    leat_posix::kqueue_open,
    leat_posix::kqueue_close,
    leat_posix::kqueue_add,
    leat_posix::kqueue_remove,
    leat_posix::kqueue_wait,
    leat_posix::kqueue_pollable,
    nullptr,  // the kernel sees the edges
};

#endif  // LEAT_POSIX_HAS_KQUEUE
