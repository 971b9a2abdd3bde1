// port/posix/poll.cc: the poller for every POSIX system, over poll(2), which reports levels. A
// level that was reported is masked until rearm asks for it again, so a stream that stays writable
// does not spin; as rearm follows every would-block, no wake-up is lost.
// Depends on system.h. Invariants: entries 0..streams_count of polled and slots belong together;
// polled[i].fd is the descriptor, or its complement (which poll skips) while nothing is armed;
// index maps each descriptor to its entry.
#include <poll.h>

#include "system.h"

namespace leat_posix {
namespace {

constexpr uint32_t not_there = UINT32_MAX;
constexpr short both_events = POLLIN | POLLOUT;

struct Slot {
    uint64_t token;
    int descriptor;
    uint32_t reserved;
};

struct Poll {
    pollfd* polled;
    Slot* slots;
    uint32_t* index;      // open addressing: entry of polled and slots, or not_there
    uint32_t index_size;  // a power of two, at least twice streams_max
    uint32_t streams_max;
    uint32_t streams_count;
    uint32_t begin;  // where the next scan starts, so that no stream starves
};
static_assert(sizeof(Poll) % alignof(Slot) == 0);

uint32_t index_size_for(uint32_t streams_max) {
    uint32_t size = 2;
    while (size / 2 < streams_max && size < (UINT32_C(1) << 31)) size *= 2;
    return size;
}

size_t poll_state_bytes(uint32_t streams_max) {
    return sizeof(Poll) + streams_max * (sizeof(Slot) + sizeof(pollfd)) +
           index_size_for(streams_max) * sizeof(uint32_t);
}

leat_status poll_open(void* state, uint32_t streams_max, void*) {
    Poll* const self = static_cast<Poll*>(state);
    self->slots = reinterpret_cast<Slot*>(self + 1);
    self->polled = reinterpret_cast<pollfd*>(self->slots + streams_max);
    self->index = reinterpret_cast<uint32_t*>(self->polled + streams_max);
    self->index_size = index_size_for(streams_max);
    self->streams_max = streams_max;
    self->streams_count = 0;
    self->begin = 0;
    for (uint32_t i = 0; i < self->index_size; ++i) self->index[i] = not_there;
    return LEAT_OK;
}

void poll_close(void* state) { static_cast<Poll*>(state)->streams_count = 0; }

uint32_t home_of(const Poll* self, int descriptor) {
    return (static_cast<uint32_t>(descriptor) * UINT32_C(2654435769)) & (self->index_size - 1);
}

// The cell that holds descriptor, or the free one where it belongs. Half of the cells are free.
uint32_t cell_of(const Poll* self, int descriptor) {
    uint32_t cell = home_of(self, descriptor);
    while (self->index[cell] != not_there &&
           self->slots[self->index[cell]].descriptor != descriptor) {
        cell = (cell + 1) & (self->index_size - 1);
    }
    return cell;
}

uint32_t entry_of(const Poll* self, int64_t descriptor) {
    if (!is_descriptor(descriptor)) return not_there;
    return self->index[cell_of(self, static_cast<int>(descriptor))];
}

// Frees a cell and moves up those behind it that would no longer be found.
void free_cell(Poll* self, uint32_t cell) {
    const uint32_t mask = self->index_size - 1;
    uint32_t hole = cell;
    for (uint32_t at = (cell + 1) & mask; self->index[at] != not_there; at = (at + 1) & mask) {
        const uint32_t home = home_of(self, self->slots[self->index[at]].descriptor);
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            self->index[hole] = self->index[at];
            hole = at;
        }
    }
    self->index[hole] = not_there;
}

void arm(Poll* self, uint32_t entry, short events) {
    pollfd* const polled = &self->polled[entry];
    polled->events = events;
    polled->revents = 0;
    const int descriptor = self->slots[entry].descriptor;
    polled->fd = events == 0 ? ~descriptor : descriptor;
}

leat_status poll_add(void* state, int64_t descriptor, uint64_t token) {
    Poll* const self = static_cast<Poll*>(state);
    if (!is_descriptor(descriptor)) return LEAT_E_PORT;
    if (self->streams_count >= self->streams_max) return LEAT_E_TOO_MANY;
    const uint32_t cell = cell_of(self, static_cast<int>(descriptor));
    if (self->index[cell] != not_there) return LEAT_E_PORT;
    const uint32_t entry = self->streams_count++;
    self->index[cell] = entry;
    self->slots[entry] = Slot{token, static_cast<int>(descriptor), 0};
    arm(self, entry, both_events);
    return LEAT_OK;
}

void poll_remove(void* state, int64_t descriptor) {
    Poll* const self = static_cast<Poll*>(state);
    const uint32_t entry = entry_of(self, descriptor);
    if (entry == not_there) return;
    free_cell(self, cell_of(self, static_cast<int>(descriptor)));
    const uint32_t last = --self->streams_count;
    if (entry == last) return;
    // The last entry moves into the gap.
    self->index[cell_of(self, self->slots[last].descriptor)] = entry;
    self->slots[entry] = self->slots[last];
    self->polled[entry] = self->polled[last];
}

void poll_rearm(void* state, int64_t descriptor, uint32_t events) {
    Poll* const self = static_cast<Poll*>(state);
    const uint32_t entry = entry_of(self, descriptor);
    if (entry == not_there) return;
    int wanted = self->polled[entry].events;
    if ((events & LEAT_READY_READ) != 0) wanted |= POLLIN;
    if ((events & LEAT_READY_WRITE) != 0) wanted |= POLLOUT;
    arm(self, entry, static_cast<short>(wanted));
}

uint32_t ready_of(short events) {
    uint32_t ready = 0;
    if ((events & POLLIN) != 0) ready |= LEAT_READY_READ;
    if ((events & POLLOUT) != 0) ready |= LEAT_READY_WRITE;
    if ((events & (POLLERR | POLLHUP | POLLNVAL)) != 0) {
        ready |= LEAT_READY_READ | LEAT_READY_WRITE | LEAT_READY_ERROR;
    }
    return ready;
}

int32_t poll_wait(void* state, int64_t timeout_ns, leat_ready* ready, uint32_t ready_max) {
    Poll* const self = static_cast<Poll*>(state);
    if (ready_max == 0) return LEAT_E_ARGUMENT;
    int left = poll(self->polled, self->streams_count, milliseconds_of(timeout_ns));
    if (left < 0) return errno == EINTR ? 0 : LEAT_E_PORT;
    const uint32_t streams_count = self->streams_count;
    uint32_t entry = self->begin < streams_count ? self->begin : 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < streams_count && left > 0 && count < ready_max; ++i) {
        const pollfd seen = self->polled[entry];
        if (seen.fd >= 0 && seen.revents != 0) {
            ready[count].token = self->slots[entry].token;
            ready[count].events = ready_of(seen.revents);
            ready[count].reserved = 0;
            ++count;
            --left;
            // A failure is reported once, whatever was armed: poll cannot mask it.
            const bool failed = (seen.revents & ~both_events) != 0;
            arm(self, entry, failed ? short{0} : static_cast<short>(seen.events & ~seen.revents));
        }
        entry = entry + 1 < streams_count ? entry + 1 : 0;
    }
    self->begin = entry;
    return static_cast<int32_t>(count);
}

int32_t poll_pollable(void*) { return -1; }

}  // namespace
}  // namespace leat_posix

const leat_poller_ops leat_posix_poll = {
    sizeof(leat_poller_ops),
    0,
    "poll",
    leat_posix::poll_state_bytes,
    leat_posix::poll_open,
    leat_posix::poll_close,
    leat_posix::poll_add,
    leat_posix::poll_remove,
    leat_posix::poll_wait,
    leat_posix::poll_pollable,
    leat_posix::poll_rearm,
};
