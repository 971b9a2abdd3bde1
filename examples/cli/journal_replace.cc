// cli/journal_replace.cc: an output in which some ids have two records becomes one in which each has
// its later one. The file is written anew beside the old one, synced, and renamed onto it: a kill at any
// moment leaves the one or the other, whole. Depends on line_heads.h.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "cli/journal.h"
#include "cli/line_heads.h"

namespace cli {

namespace {

constexpr size_t copy_bytes = 128 * 1024;
constexpr uint64_t repeats_usual = 4096;

bool copy_range(int from, int to, off_t begin, off_t end, char* buffer) {
    while (begin < end) {
        const off_t left = end - begin;
        const size_t want =
            left < static_cast<off_t>(copy_bytes) ? static_cast<size_t>(left) : copy_bytes;
        const ssize_t got = pread(from, buffer, want, begin);
        if (got <= 0) {
            errno = got == 0 ? EIO : errno;
            return false;
        }
        for (ssize_t at = 0; at < got;) {
            const ssize_t put = write(to, buffer + at, static_cast<size_t>(got - at));
            if (put < 0 && errno != EINTR) {
                return false;
            }
            at += put > 0 ? put : 0;
        }
        begin += got;
    }
    return true;
}

// The rename is not on disk before the folder is.
void sync_folder_of(char* path) {
    char* const slash = strrchr(path, '/');
    if (slash == nullptr) {
        return;
    }
    slash[slash == path ? 1 : 0] = 0;
    const int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        (void)fsync(folder);
        close(folder);
    }
}

}  // namespace

bool Journal::find_repeats(Ids* twice) {
    uint64_t count = 0;
    Ids all;
    if (!count_records(&count) || !all.open(count) || !twice->open(repeats_usual)) {
        return false;
    }
    const char* head = nullptr;
    size_t size = 0;
    repeats_ = 0;
    LineHeads lines(fd_, buffer_);
    while (lines.next(&head, &size)) {
        char room[head_bytes];
        leat_str id{nullptr, 0};
        if (id_of_head(leat_str{head, size}, room, &id) && !all.note_done(id)) {
            ++repeats_;
            (void)twice->note_done(id);
        }
    }
    return !lines.failed();
}

// Neighbours that stay are copied at once.
bool Journal::copy_kept(int to, Ids* twice) {
    static_assert(head_bytes + chunk_bytes + copy_bytes <= 300 * 1024);
    LEAT_CHECK(used_ == 0 && capacity_ >= head_bytes + chunk_bytes + copy_bytes);
    char* const copies = buffer_ + head_bytes + chunk_bytes;
    const char* head = nullptr;
    size_t size = 0;
    off_t from = 0;
    LineHeads lines(fd_, buffer_);
    while (lines.next(&head, &size)) {
        char room[head_bytes];
        leat_str id{nullptr, 0};
        const bool is_record = id_of_head(leat_str{head, size}, room, &id);
        // Met the first time: the other one comes later.
        if (is_record && twice->has(id) && twice->meet(id) == Ids::Answer::done) {
            if (!copy_range(fd_, to, from, lines.begin(), copies)) {
                return false;
            }
            from = lines.end();
        }
    }
    return !lines.failed() && copy_range(fd_, to, from, whole_bytes_, copies);
}

// From here on the made file is this journal's.
bool Journal::take_place(int made, const char* made_path, const char* path) {
    struct stat facts;
    if (fstat(fd_, &facts) != 0 || fchmod(made, facts.st_mode & 07777) != 0 || fsync(made) != 0 ||
        fstat(made, &facts) != 0 || rename(made_path, path) != 0) {
        return false;
    }
    close(fd_);
    fd_ = made;
    whole_bytes_ = facts.st_size;
    repeats_ = 0;
    return true;
}

bool Journal::drop_replaced() {
    Ids twice;
    char path[PATH_MAX];
    char made_path[PATH_MAX + 16];
    if (!regular_ || !find_repeats(&twice) || realpath(path_, path) == nullptr) {
        return false;
    }
    if (repeats_ == 0) {
        return true;
    }
    snprintf(made_path, sizeof made_path, "%s.leat-new", path);
    (void)unlink(made_path);  // of a run that was killed here: this one has the lock
    const int made = ::open(made_path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    if (made < 0) {
        return false;
    }
    // Locked before it has the name, so that there is never a moment without a lock.
    if (flock(made, LOCK_EX | LOCK_NB) == 0 && copy_kept(made, &twice) &&
        take_place(made, made_path, path)) {
        sync_folder_of(path);
        return true;
    }
    const int reason = errno;
    close(made);
    (void)unlink(made_path);
    errno = reason;
    return false;
}

}  // namespace cli
