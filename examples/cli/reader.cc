// cli/reader.cc: the buffer holds one longest line and one read's worth more; what is left of it
// moves to the front before a read. Pages beyond the longest line met are never touched.
#include "cli/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cli {

namespace {

constexpr size_t read_bytes = 256 * 1024;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

}  // namespace

bool is_blank_line(const char* data, size_t size) {
    for (size_t i = 0; i < size; ++i) {
        if (!is_blank(data[i])) {
            return false;
        }
    }
    return true;
}

LineReader::~LineReader() {
    if (buffer_ != nullptr) {
        munmap(buffer_, capacity_);
    }
    if (fd_ > STDIN_FILENO) {
        close(fd_);
    }
}

bool LineReader::open(const char* path, size_t line_bytes_max) {
    fd_ = strcmp(path, "-") == 0 ? STDIN_FILENO : ::open(path, O_RDONLY | O_CLOEXEC);
    struct stat facts;
    if (fd_ < 0 || fstat(fd_, &facts) != 0) {
        return false;
    }
    if (S_ISDIR(facts.st_mode)) {
        errno = EISDIR;
        return false;
    }
    regular_ = S_ISREG(facts.st_mode);
    line_max_ = line_bytes_max;
    capacity_ = line_bytes_max + read_bytes;
    void* block = mmap(nullptr, capacity_, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED) {
        return false;
    }
    buffer_ = static_cast<char*>(block);
    return true;
}

bool LineReader::count_lines(uint64_t* count) {
    *count = 0;
    const off_t start = lseek(fd_, 0, SEEK_CUR);
    bool text_seen = false;
    ssize_t got = 0;
    while ((got = read(fd_, buffer_, read_bytes)) > 0) {
        const char* at = buffer_;
        const char* const end = buffer_ + got;
        while (at < end) {
            const void* hit = memchr(at, '\n', static_cast<size_t>(end - at));
            const char* const stop = hit != nullptr ? static_cast<const char*>(hit) : end;
            text_seen = text_seen || !is_blank_line(at, static_cast<size_t>(stop - at));
            if (hit != nullptr) {
                *count += text_seen ? 1 : 0;
                text_seen = false;
            }
            at = stop + 1;
        }
    }
    *count += text_seen ? 1 : 0;
    return got == 0 && start >= 0 && lseek(fd_, start, SEEK_SET) == start;
}

LineReader::Answer LineReader::fill() {
    if (begin_ > 0) {
        memmove(buffer_, buffer_ + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (!regular_) {
        struct pollfd ready = {fd_, POLLIN, 0};
        if (poll(&ready, 1, 0) == 0) {
            return Answer::wait;
        }
    }
    const size_t room = capacity_ - end_;
    const ssize_t got = read(fd_, buffer_ + end_, room < read_bytes ? room : read_bytes);
    if (got < 0) {
        return errno == EINTR || errno == EAGAIN ? Answer::wait : Answer::error;
    }
    ended_ = got == 0;
    end_ += static_cast<size_t>(got);
    return Answer::line;
}

LineReader::Answer LineReader::await(Line* line) {
    for (;;) {
        const Answer answer = next(line);
        if (answer != Answer::wait) {
            return answer;
        }
        struct pollfd input = {fd_, POLLIN, 0};
        (void)poll(&input, 1, -1);
    }
}

LineReader::Answer LineReader::take(size_t size, size_t skip, Line* line) {
    const bool dropped = dropping_ || size > line_max_;
    line->data = buffer_ + begin_;
    line->size = size;
    line->number = ++number_;
    begin_ += size + skip;
    scanned_ = 0;
    dropping_ = false;
    if (dropped) {
        return Answer::too_long;
    }
    if (number_ == 1 && size >= 3 && memcmp(line->data, "\xEF\xBB\xBF", 3) == 0) {
        line->data += 3;
        line->size -= 3;
    }
    if (line->size > 0 && line->data[line->size - 1] == '\r') {
        --line->size;
    }
    return Answer::line;
}

LineReader::Answer LineReader::next(Line* line) {
    for (;;) {
        const size_t have = end_ - begin_;
        const char* const from = buffer_ + begin_ + scanned_;
        const void* hit = have > scanned_ ? memchr(from, '\n', have - scanned_) : nullptr;
        if (hit != nullptr) {
            const char* const stop = static_cast<const char*>(hit);
            return take(static_cast<size_t>(stop - (buffer_ + begin_)), 1, line);
        }
        scanned_ = have;
        if (have > line_max_ + 1) {  // one more for the CR of its end
            dropping_ = true;
            begin_ = end_;
            scanned_ = 0;
        }
        if (ended_) {
            return have > 0 || dropping_ ? take(end_ - begin_, 0, line) : Answer::end;
        }
        const Answer answer = fill();
        if (answer != Answer::line) {
            return answer;
        }
    }
}

}  // namespace cli
