// codec/jsonl.h: splits a stream into lines, in a buffer of the caller's. The caller writes input
// where room() says, and takes lines until none is left. Depends on base only; owns no memory.
// Lines end in LF or CRLF; a byte order mark at the very start is dropped; a line that is longer
// than line_max is passed over, but counted. Every byte of input belongs to exactly one line.
// Invariant: start <= scanned <= filled <= capacity; no LF in [start, scanned).
#pragma once

#include <leat/types.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

namespace leat {

enum class LineKind : uint8_t {
    none,      // give more input; or, after finish(), the end
    text,      // a line with something in it
    blank,     // nothing but blanks and tabs
    too_long,  // over line_max; its text is gone
};

struct Line {
    Text text{nullptr, 0};    // without its end; dies at the next room(). Empty when too long
    uint64_t number = 0;      // from 1
    uint64_t offset = 0;      // of its first byte in the input
    uint64_t size_bytes = 0;  // with its end; the next line's offset is offset + size_bytes
    bool ended = false;       // false: the input stopped before a line end
};

class LineSplitter {
public:
    // Bytes of buffer that lines of line_max need: the line, CR and LF, and room for the mark.
    static constexpr size_t bytes_for(size_t line_max) { return line_max + 5; }

    // capacity >= bytes_for(line_max).
    void open(char* buffer, size_t capacity, size_t line_max);

    // Where input can be written, and how much: at least 1 byte once next() has answered none.
    // Moves what is left of a line to the front.
    char* room(size_t* size);
    // So many bytes were written there.
    void filled(size_t size);
    // No input follows: what is left is the last line.
    void finish() { finished_ = true; }

    // The next line; none when more input is needed, or at the end.
    [[nodiscard]] LineKind next(Line* line);

private:
    void drop_mark();
    LineKind emit(size_t content_end, size_t line_end, bool ended, Line* line);
    LineKind discard();

    char* buffer_ = nullptr;
    size_t capacity_ = 0;
    size_t line_max_ = 0;
    size_t start_ = 0;    // of the line at hand
    size_t scanned_ = 0;  // no LF before this
    size_t filled_ = 0;
    uint64_t number_ = 0;       // lines answered
    uint64_t offset_ = 0;       // input offset of the line at hand
    uint64_t discarded_ = 0;    // bytes of it that are gone already
    bool at_beginning_ = true;  // the mark is still to be looked for
    bool too_long_ = false;     // the line at hand is being passed over
    bool finished_ = false;
};

}  // namespace leat
