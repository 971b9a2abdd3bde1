// cli/journal.h: the output file, which is the journal of the run as well.
// Records gather in a buffer that always has room for one more of the largest kind; flush hands
// them to the kernel in one write. Invariant: only whole lines are ever committed, and a write
// that fails is undone, so the file ends in a line end whatever happens, save a kill inside
// write(2), which the next --resume repairs.
#pragma once

#include <leat/types.h>

#include "cli/ids.h"

namespace cli {

class Journal {
public:
    enum class Opened : uint8_t {
        good,
        not_empty,   // there are records, and nobody said --resume
        not_ours,    // its first line is no journal line, or a later one is no record
        other,       // it was made with other settings
        busy,        // another process has it
        no_memory,
        failed,      // errno says why
    };

    Journal() = default;
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    ~Journal();

    // record_bytes: the largest record there can be.
    Opened open(const char* path, bool resume, size_t record_bytes);
    // After open with resume, if there was something: reads the identity and the ids.
    // forced: take ids over although the identity differs.
    Opened read_back(leat_str identity, bool forced, Ids* ids);
    // Lines of an output that is to be resumed, for the size of the id table. The cut line is gone.
    bool count_records(uint64_t* count);
    // Leaves of each id that stands there twice the later record, in a file that takes this one's
    // place. Nothing may wait in the buffer. False (errno) when that cannot be done; all is as it was.
    bool drop_replaced();

    char* room() { return buffer_ + used_; }
    size_t room_bytes() const { return record_bytes_; }
    // The record written to room() is whole, its line end included. False when writing failed.
    bool commit(size_t bytes);
    bool flush();

    bool is_stdout() const { return to_stdout_; }
    bool had_records() const { return had_records_; }
    uint64_t done_before() const { return done_before_; }
    uint64_t cut_bytes() const { return cut_bytes_; }
    uint64_t repeats() const { return repeats_; }  // records that read_back found a later one for
    uint64_t writes() const { return writes_; }
    int failure() const { return failure_; }  // errno of the write that failed, or 0
    size_t buffer_bytes() const { return capacity_; }

private:
    bool repair();
    bool note_record(const char* line, size_t size, Ids* ids);
    bool find_repeats(Ids* twice);
    bool copy_kept(int to, Ids* twice);
    bool take_place(int made, const char* made_path, const char* path);

    const char* path_ = nullptr;

    int fd_ = -1;
    bool to_stdout_ = false;
    bool regular_ = false;
    bool had_records_ = false;
    char* buffer_ = nullptr;
    size_t capacity_ = 0;
    size_t record_bytes_ = 0;
    size_t used_ = 0;
    int64_t whole_bytes_ = 0;  // size of the file up to its last whole line
    uint64_t cut_bytes_ = 0;
    uint64_t done_before_ = 0;
    uint64_t repeats_ = 0;
    uint64_t writes_ = 0;
    int failure_ = 0;
};

}  // namespace cli
