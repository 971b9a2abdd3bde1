// cli/journal_resume.cc: what --resume does with an output that is there already: cut off a line
// that was left unfinished, compare the settings, take over the ids.
// Lines may be of any length; only the start of each, which holds the id, is looked at.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "cli/item.h"
#include "cli/journal.h"
#include "codec/json_scan.h"

namespace cli {

namespace {

constexpr size_t chunk_bytes = 128 * 1024;
// {"id":"...": each byte of an id takes six when it is escaped.
constexpr size_t head_bytes = id_bytes_max * 6 + 64;

// The start of each line of a file, one after the other.
class LineHeads {
public:
    LineHeads(int fd, char* buffer) : fd_(fd), buffer_(buffer) {}

    // False at the end or on an error (errno, else 0).
    bool next(const char** head, size_t* size) {
        size_t kept = 0;
        begin_ = next_;
        for (;;) {
            if (at_ == end_) {
                const ssize_t got = pread(fd_, buffer_ + head_bytes, chunk_bytes, offset_);
                failed_ = got < 0;
                if (got <= 0) {
                    return false;
                }
                offset_ += got;
                at_ = head_bytes;
                end_ = head_bytes + static_cast<size_t>(got);
            }
            const char* const from = buffer_ + at_;
            const void* hit = memchr(from, '\n', end_ - at_);
            const size_t have =
                hit != nullptr ? static_cast<size_t>(static_cast<const char*>(hit) - from)
                               : end_ - at_;
            const size_t take = have < head_bytes - kept ? have : head_bytes - kept;
            memmove(buffer_ + kept, from, take);
            kept += take;
            at_ += have + (hit != nullptr ? 1 : 0);
            next_ += static_cast<int64_t>(have + (hit != nullptr ? 1 : 0));
            if (hit != nullptr) {
                *head = buffer_;
                *size = kept;
                return true;
            }
        }
    }
    bool failed() const { return failed_; }
    // Where in the file the line begins.
    int64_t begin() const { return begin_; }

private:
    int fd_;
    char* buffer_;
    int64_t begin_ = 0;
    int64_t next_ = 0;
    off_t offset_ = 0;
    size_t at_ = head_bytes;
    size_t end_ = head_bytes;
    bool failed_ = false;
};

// The value of the member `name`, if it is the first of this (perhaps cut) object.
bool first_member(leat_str head, leat_str name, leat::JsonValue* value) {
    leat::JsonCursor at(head);
    leat::JsonValue key;
    return at.enter_object() && at.member(&key) && leat::json_is(key, name) && at.take(value);
}

}  // namespace

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

bool Journal::note_record(const char* line, size_t size, int64_t offset, Ids* ids,
                          Replies* replies) {
    leat::JsonValue value;
    if (!first_member(leat_str{line, size}, leat::text("id"), &value) ||
        value.type != leat::JsonType::string) {
        return false;
    }
    char id[head_bytes];
    size_t id_size = 0;
    if (leat::json_string_decode(value.raw, id, sizeof id, &id_size) != LEAT_OK) {
        return false;
    }
    done_before_ += ids->note_done(leat_str{id, id_size}) ? 1u : 0u;
    if (replies != nullptr) {
        replies->note(leat_str{id, id_size}, offset);
    }
    return true;
}

Journal::Opened Journal::read_back(leat_str identity, bool forced, Ids* ids,
                                   Replies* replies) {
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
        if (!note_record(head, size, lines.begin(), ids, replies)) {
            return Opened::not_ours;
        }
    }
    return lines.failed() ? Opened::failed : Opened::good;
}

}  // namespace cli
