// cli/line_heads.h: the start of each line of an output, which holds its id, whatever the line's
// length. Depends on the JSON scanner and pread.
// Invariant: only whole lines are told.
#pragma once

#include <leat/types.h>
#include <sys/types.h>

#include "cli/item.h"

namespace cli {

constexpr size_t chunk_bytes = 128 * 1024;
// {"id":"...": each byte of an id takes six when it is escaped.
constexpr size_t head_bytes = id_bytes_max * 6 + 64;

// The start of each line of a file, one after the other.
class LineHeads {
public:
    LineHeads(int fd, char* buffer) : fd_(fd), buffer_(buffer) {}

    // False at the end or on an error (errno, else 0).
    bool next(const char** head, size_t* size);
    bool failed() const { return failed_; }
    // Where the line that was told last begins, and the one behind it.
    off_t begin() const { return begin_; }
    off_t end() const { return offset_ - static_cast<off_t>(end_ - at_); }

private:
    int fd_;
    char* buffer_;
    off_t offset_ = 0;
    off_t begin_ = 0;
    size_t at_ = head_bytes;
    size_t end_ = head_bytes;
    bool failed_ = false;
};

// The id of the record that begins so. room: for an id with escapes. False: it is no record.
bool id_of_head(leat_str head, char (&room)[head_bytes], leat_str* id);

}  // namespace cli
