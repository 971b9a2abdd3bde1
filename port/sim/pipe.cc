// port/sim/pipe.cc: one direction of a connection: a ring of bytes and the times of their arrival.
// Depends on world.h. Order is kept: nothing arrives before what was written earlier, an end and
// a reset arrive behind all bytes. When the table of segments is full the last one grows and takes
// the later time. Invariant: arrived <= filled <= capacity; segments sum up to filled - arrived.
#include "world.h"

namespace leat_simulator {
namespace {

Segment* segment_at(Pipe* pipe, uint32_t position) {
    return &pipe->segments[(pipe->segments_first + position) % segments_max];
}

void add_segment(Pipe* pipe, uint64_t bytes, uint64_t at_ns) {
    if (pipe->segments_count > 0) {
        Segment* const last = segment_at(pipe, pipe->segments_count - 1);
        if (last->at_ns == at_ns || pipe->segments_count == segments_max) {
            last->bytes += bytes;
            last->at_ns = at_ns;
            return;
        }
    }
    *segment_at(pipe, pipe->segments_count) = Segment{at_ns, bytes};
    ++pipe->segments_count;
}

uint64_t ordered(Pipe* pipe, uint64_t at_ns) {
    pipe->last_at_ns = max_of(pipe->last_at_ns, at_ns);
    return pipe->last_at_ns;
}

}  // namespace

void pipe_open(Pipe* pipe, char* ring, uint64_t capacity) {
    *pipe = Pipe{};
    pipe->ring = ring;
    pipe->capacity = capacity;
    pipe->finish_at_ns = never;
    pipe->reset_at_ns = never;
}

uint64_t pipe_write(Pipe* pipe, const char* bytes, uint64_t size, uint64_t at_ns) {
    const uint64_t taken = min_of(size, pipe->capacity - pipe->filled);
    if (taken == 0) return 0;
    const uint64_t end = (pipe->begin + pipe->filled) % pipe->capacity;
    const uint64_t first = min_of(taken, pipe->capacity - end);
    memcpy(pipe->ring + end, bytes, first);
    if (taken > first) memcpy(pipe->ring, bytes + first, taken - first);
    pipe->filled += taken;
    add_segment(pipe, taken, ordered(pipe, at_ns));
    return taken;
}

leat_str pipe_front(const Pipe* pipe) {
    const uint64_t size = min_of(pipe->arrived, pipe->capacity - pipe->begin);
    return leat_str{pipe->ring + pipe->begin, static_cast<size_t>(size)};
}

void pipe_consume(Pipe* pipe, uint64_t size) {
    size = min_of(size, pipe->arrived);
    pipe->begin = (pipe->begin + size) % pipe->capacity;
    pipe->arrived -= size;
    pipe->filled -= size;
}

uint64_t pipe_due(const Pipe* pipe) {
    if (pipe->segments_count > 0) return pipe->segments[pipe->segments_first].at_ns;
    uint64_t due = never;
    if (pipe->finish_sent && !pipe->finish_arrived) due = pipe->finish_at_ns;
    if (pipe->reset_sent && !pipe->reset_arrived) due = min_of(due, pipe->reset_at_ns);
    return due;
}

bool pipe_arrive(Pipe* pipe, uint64_t now_ns) {
    bool changed = false;
    while (pipe->segments_count > 0) {
        const Segment* const first = segment_at(pipe, 0);
        if (first->at_ns > now_ns) return changed;
        pipe->arrived += first->bytes;
        pipe->segments_first = (pipe->segments_first + 1) % segments_max;
        --pipe->segments_count;
        changed = true;
    }
    if (pipe->finish_sent && !pipe->finish_arrived && pipe->finish_at_ns <= now_ns) {
        pipe->finish_arrived = true;
        changed = true;
    }
    if (pipe->reset_sent && !pipe->reset_arrived && pipe->reset_at_ns <= now_ns) {
        pipe->reset_arrived = true;
        changed = true;
    }
    return changed;
}

void pipe_finish(Pipe* pipe, uint64_t at_ns) {
    if (pipe->finish_sent || pipe->reset_sent) return;
    pipe->finish_sent = true;
    pipe->finish_at_ns = ordered(pipe, at_ns);
}

void pipe_reset(Pipe* pipe, uint64_t at_ns) {
    if (pipe->reset_sent) return;
    pipe->reset_sent = true;
    pipe->reset_at_ns = ordered(pipe, at_ns);
}

void pipe_drop_all(Pipe* pipe) {
    pipe->segments_count = 0;
    pipe->arrived = 0;
    pipe->filled = 0;
}

}  // namespace leat_simulator
