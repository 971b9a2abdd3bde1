// cli/journal.cc: opening, appending, closing. What concerns --resume is in journal_resume.cc.
// The file is locked while it is open (flock), so that two runs never mix their records.
#include "cli/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"

namespace cli {

namespace {

constexpr size_t flush_bytes = 256 * 1024;

// Whoever had the lock before may have put another file in its place.
bool still_there(const char* path, const struct stat& opened) {
    struct stat now;
    return stat(path, &now) == 0 && now.st_dev == opened.st_dev && now.st_ino == opened.st_ino;
}

}  // namespace

Journal::~Journal() {
    flush();
    if (buffer_ != nullptr) {
        munmap(buffer_, capacity_);
    }
    if (fd_ >= 0 && !to_stdout_) {
        close(fd_);
    }
}

Journal::Opened Journal::open(const char* path, bool resume, size_t record_bytes) {
    to_stdout_ = strcmp(path, "-") == 0;
    fd_ = to_stdout_ ? STDOUT_FILENO : ::open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    struct stat facts;
    if (fd_ < 0 || fstat(fd_, &facts) != 0) {
        return Opened::failed;
    }
    regular_ = S_ISREG(facts.st_mode) && !to_stdout_;
    path_ = path;
    if (regular_ && (flock(fd_, LOCK_EX | LOCK_NB) != 0 || !still_there(path, facts))) {
        return Opened::busy;
    }
    if (regular_ && facts.st_size > 0 && !resume) {
        return Opened::not_empty;
    }
    whole_bytes_ = regular_ ? facts.st_size : 0;
    record_bytes_ = record_bytes;
    capacity_ = record_bytes + flush_bytes;
    void* block = mmap(nullptr, capacity_, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED) {
        return Opened::no_memory;
    }
    buffer_ = static_cast<char*>(block);
    if (regular_ && whole_bytes_ > 0 && !repair()) {
        return Opened::failed;
    }
    had_records_ = whole_bytes_ > 0;
    return Opened::good;
}

bool Journal::commit(size_t bytes) {
    LEAT_CHECK(bytes > 0 && bytes <= record_bytes_ && buffer_[used_ + bytes - 1] == '\n');
    used_ += bytes;
    return used_ < flush_bytes || flush();
}

bool Journal::flush() {
    if (used_ == 0 || failure_ != 0) {
        return failure_ == 0;
    }
    size_t written = 0;
    while (written < used_) {
        const ssize_t put = write(fd_, buffer_ + written, used_ - written);
        ++writes_;
        if (put >= 0) {
            written += static_cast<size_t>(put);
        } else if (errno == EAGAIN) {  // a stdout that somebody made non-blocking
            struct pollfd ready = {fd_, POLLOUT, 0};
            poll(&ready, 1, 1000);
        } else if (errno != EINTR) {
            failure_ = errno;
            break;
        }
    }
    if (failure_ != 0 && regular_ && ftruncate(fd_, whole_bytes_) != 0) {
        return false;
    }
    whole_bytes_ += failure_ == 0 ? static_cast<int64_t>(used_) : 0;
    used_ = 0;
    return failure_ == 0;
}

}  // namespace cli
