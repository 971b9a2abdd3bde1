// codec/http_lines.h: the strict outer shape of a response head: its status line, and the lines
// of its header or trailer section. llhttp reads the same bytes afterwards, save plain lines; what
// these two let through is narrower than what any version of llhttp does, and they say where a
// head ends. Depends on base and scan_http.
// Invariant: the verdict depends on the bytes, never on how they were cut.
#pragma once

#include <leat/status.h>

#include "base/bytes.h"

namespace leat {

// "HTTP/1." ("0" | "1") SP 3DIGIT [SP reason] CRLF, the status in 100-599.
class HttpStatusLine {
public:
    void open() { *this = HttpStatusLine(); }
    // How many bytes belong to the line. Fewer than given: done(), or the next one is bad().
    size_t scan(Text bytes);

    bool done() const { return at_ == at_end; }
    bool bad() const { return bad_; }
    bool has_code() const { return at_ > 11; }
    int code() const { return code_; }
    int minor_version() const { return minor_; }

private:
    static constexpr uint8_t at_reason = 13;
    static constexpr uint8_t at_line_feed = 14;
    static constexpr uint8_t at_end = 15;
    bool step(char c);
    size_t usual_begin(Text bytes);

    uint8_t at_ = 0;
    uint8_t minor_ = 0;
    uint16_t code_ = 0;
    bool bad_ = false;
};

// Lines that end in CRLF, up to and with the first empty one.
class HttpLines {
public:
    void open(uint32_t lines_max) {
        *this = HttpLines();
        lines_max_ = lines_max;
    }
    // The next bytes that belong to the section. *plain: a run of whole lines that are beyond doubt
    // and say nothing about the message, so that the parser is not needed. Else it has to see
    // them: lines of another kind, and one more, since it judges a value when it sees what
    // follows. Fewer than given, and not plain: done(), or the verdict is bad, or the parser has
    // seen enough for now.
    size_t scan(Text bytes, bool* plain);

    bool done() const { return done_; }
    bool more() const { return !done_ && verdict_ == LEAT_OK; }
    // LEAT_ALERT_HEADER: the next byte begins a line with a blank (a fold) or a colon (no name), or
    // is one of CR and LF without the other. LEAT_E_HEADERS_TOO_LARGE: lines_max was exceeded.
    leat_status verdict() const { return verdict_; }
    // Whole lines so far, the empty one not among them.
    uint32_t count() const { return count_; }

private:
    enum class Line : uint8_t { begin, only_return, inside, inside_return };
    size_t skip_plain_lines(Text bytes);
    size_t skip_plain_line(Text bytes);
    size_t step(Text bytes, size_t at);
    size_t begin_line(Text bytes, size_t at);
    size_t scan_line(Text bytes, size_t at);

    uint32_t lines_max_ = 0;
    uint32_t count_ = 0;
    leat_status verdict_ = LEAT_OK;
    Line line_ = Line::begin;
    bool owed_ = false;
    bool done_ = false;
};

}  // namespace leat
