// cli/journal_resume.cc: what --resume does with an output that is there already: cut off a line
// that was left unfinished, compare the settings, take over the ids.
// Lines may be of any length; only the start of each, which holds the id, is looked at.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "cli/journal.h"
#include "cli/line_heads.h"
#include "codec/json_scan.h"

namespace cli {

// Cuts the file after its last line end.
bool Journal::repair() {
    int64_t end = whole_bytes_;
    const int64_t size = whole_bytes_;
    while (end > 0) {
        const size_t want = end < static_cast<int64_t>(chunk_bytes) ? static_cast<size_t>(end)
                                                                    : chunk_bytes;
        const ssize_t got = pread(fd_, buffer_, want, end - static_cast<int64_t>(want));
        if (got != static_cast<ssize_t>(want)) {
            return false;
        }
        size_t at = want;
        while (at > 0 && buffer_[at - 1] != '\n') {
            --at;
        }
        end -= static_cast<int64_t>(want - at);
        if (at > 0) {
            break;
        }
    }
    cut_bytes_ = static_cast<uint64_t>(size - end);
    whole_bytes_ = end;
    return end == size || ftruncate(fd_, end) == 0;
}

bool Journal::count_records(uint64_t* count) {
    *count = 0;
    const char* head = nullptr;
    size_t size = 0;
    LineHeads lines(fd_, buffer_);
    while (lines.next(&head, &size)) {
        ++*count;
    }
    return !lines.failed();
}

bool Journal::note_record(const char* line, size_t size, Ids* ids) {
    char room[head_bytes];
    leat_str id{nullptr, 0};
    if (!id_of_head(leat_str{line, size}, room, &id)) {
        return false;
    }
    const bool fresh = ids->note_done(id);
    ++(fresh ? done_before_ : repeats_);
    return true;
}

Journal::Opened Journal::read_back(leat_str identity, bool forced, Ids* ids) {
    const char* head = nullptr;
    size_t size = 0;
    LineHeads lines(fd_, buffer_);
    if (!lines.next(&head, &size)) {
        return lines.failed() ? Opened::failed : Opened::good;
    }
    leat::JsonCursor at(leat_str{head, size});
    leat::JsonValue key;
    leat::JsonValue found;
    const bool ours = at.enter_object() && at.member(&key) &&
                      leat::json_is(key, leat::text("leat_journal")) && at.member(&key) &&
                      leat::json_is(key, leat::text("identity")) && at.take(&found);
    if (!ours) {
        return Opened::not_ours;
    }
    if (!leat::json_is(found, identity) && !forced) {
        return Opened::other;
    }
    while (lines.next(&head, &size)) {
        if (!note_record(head, size, ids)) {
            return Opened::not_ours;
        }
    }
    return lines.failed() ? Opened::failed : Opened::good;
}

}  // namespace cli
