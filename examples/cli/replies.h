// cli/replies.h: where the records of an earlier run lie in OUT, by id, so that a chain that is resumed
// can be told what was said. Depends on mapped memory and SipHash.
// Invariant: a reply is handed out only when its record has that very id.
#pragma once

#include <leat/types.h>
#include <stdint.h>

#include "cli/mapped_block.h"
#include "cli/siphash.h"

namespace cli {

class Replies {
public:
    // Room for so many records of at most record_bytes. False on no memory.
    bool open(uint64_t count, size_t record_bytes);
    bool is_open() const { return capacity_ > 0; }

    // A record of that id begins at that byte of OUT.
    void note(leat_str id, int64_t offset);

    // The reply to an item that succeeded, which lives until the next call. False: it has none.
    bool find(int fd, leat_str id, leat_str* reply);

private:
    struct Place {
        uint64_t key;
        int64_t next_offset;  // 0: free; else one more than the offset
    };
    bool read(int fd, int64_t offset, leat_str id, leat_str* reply);
    uint64_t key_of(leat_str id) const;
    Place* places() const { return static_cast<Place*>(places_.data()); }

    MappedBlock places_;
    MappedBlock record_;
    size_t capacity_ = 0;
};

}  // namespace cli
