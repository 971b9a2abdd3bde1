// cli/ids.h: the table of ids, which finds repeats and knows what an earlier run has done.
// An id is kept as 127 bits of a keyed hash and one bit that says "seen in this input", so 16
// bytes a slot; the table is sized once, an eighth over the number of lines. Only when that number
// was not to be known (a pipe without --ids) it doubles by mapping a new table and moving over.
#pragma once

#include <leat/types.h>

#include "cli/siphash.h"

namespace cli {

class Ids {
public:
    enum class Answer : uint8_t {
        fresh,     // not there before; it is now, as seen
        done,      // an earlier run has recorded it; it counts as seen from now on
        repeated,  // seen before in this input
        full,      // no memory for a larger table
    };

    Ids() = default;
    Ids(const Ids&) = delete;
    Ids& operator=(const Ids&) = delete;
    ~Ids();

    // Maps a table for `count` ids. False when the system has not that much memory.
    bool open(uint64_t count);
    // Meets an id of the input.
    Answer meet(leat_str id);
    // Notes an id that the output already has. False when it is there twice, or on no memory.
    bool note_done(leat_str id);
    // Whether it was met or noted.
    bool has(leat_str id);

    bool is_open() const { return slots_ != nullptr; }
    size_t bytes() const { return capacity_ * sizeof(Hash128); }
    uint64_t capacity() const { return capacity_; }

private:
    Hash128 hash(leat_str id) const;
    // The slot that holds this id or is free for it.
    Hash128* find(const Hash128& hash);
    bool make_room();

    Hash128* slots_ = nullptr;
    size_t capacity_ = 0;
    size_t used_ = 0;
    SipKey key_{0, 0};
};

}  // namespace cli
