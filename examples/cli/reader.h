// cli/reader.h: the input as a stream of lines, through one buffer of fixed size.
// A regular file is counted once beforehand (for the total and the id table); a pipe is read only
// when it has something, so that requests under way never wait for a slow producer.
// Invariant: a line's text stays where it is until the next call of next().
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace cli {

struct Line {
    char* data;       // without its end; may be written to
    size_t size;
    uint64_t number;  // from 1, blank lines included
};

class LineReader {
public:
    enum class Answer : uint8_t {
        line,
        too_long,  // line->number is set; its text was dropped
        wait,      // a pipe with nothing in it now
        end,
        error,     // errno says why
    };

    LineReader() = default;
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;
    ~LineReader();

    // `path` "-" is stdin. False (errno says why) when it cannot be opened or memory is short.
    bool open(const char* path, size_t line_bytes_max);
    // Counts lines that are not blank, if this is a regular file, and goes back to the start.
    bool count_lines(uint64_t* count);
    Answer next(Line* line);
    // The same for who has nothing else to do: never `wait`.
    Answer await(Line* line);

    bool is_regular() const { return regular_; }
    int descriptor() const { return fd_; }
    size_t buffer_bytes() const { return capacity_; }

private:
    Answer fill();
    Answer take(size_t size, size_t skip, Line* line);

    int fd_ = -1;
    bool regular_ = false;
    bool ended_ = false;
    bool dropping_ = false;  // inside a line that is too long
    char* buffer_ = nullptr;
    size_t capacity_ = 0;
    size_t line_max_ = 0;
    size_t begin_ = 0;    // unread text is [begin_, end_)
    size_t end_ = 0;
    size_t scanned_ = 0;  // no line end in [begin_, begin_ + scanned_)
    uint64_t number_ = 0;
};

// Whether a line has nothing but blanks and tabs (and the CR of a Windows line end).
bool is_blank_line(const char* data, size_t size);

}  // namespace cli
