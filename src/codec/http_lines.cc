// codec/http_lines.cc: two byte-at-a-time state machines; the second jumps from line end to line
// end. See the header.
#include "codec/http_lines.h"

#include "base/check.h"
#include "codec/scan_simd.h"

namespace leat {
namespace {

// A fold of the line before, or a line without a name. Most bytes are told by the first comparison.
bool begins_no_field(char c) {
    if (static_cast<unsigned char>(c) > ':') return false;
    return c == ' ' || c == '\t' || c == ':';
}

// Bytes of a reason: no control byte save the tab.
size_t reason_run(Text t) {
    size_t size = 0;
    for (; size < t.size; ++size) {
        const unsigned char byte = static_cast<unsigned char>(t.data[size]);
        if (byte < ' ' ? byte != '\t' : byte == 0x7f) break;
    }
    return size;
}

}  // namespace

bool HttpStatusLine::step(char c) {
    LEAT_CHECK(at_ < at_end);
    constexpr char version[] = "HTTP/1.";
    if (at_ < 7) {
        if (c != version[at_]) return false;
    } else if (at_ == 7) {
        if (c != '0' && c != '1') return false;
        minor_ = static_cast<uint8_t>(c - '0');
    } else if (at_ == 8) {
        if (c != ' ') return false;
    } else if (at_ < 12) {
        if (!is_digit(c) || (at_ == 9 && (c < '1' || c > '5'))) return false;
        code_ = static_cast<uint16_t>(code_ * 10 + (c - '0'));
    } else if (at_ == 12) {
        if (c != ' ' && c != '\r') return false;
        if (c == '\r') at_ = at_reason;
    } else if (at_ == at_reason) {
        if (c != '\r') return false;
    } else if (c != '\n') {
        return false;
    }
    ++at_;
    return true;
}

// The usual beginning in one piece: how many bytes it has, 0 when it is not there.
size_t HttpStatusLine::usual_begin(Text bytes) {
    constexpr Text version = text("HTTP/1.1 ");
    if (at_ != 0 || bytes.size < at_reason || !starts_with(bytes, version)) return 0;
    const char* const code = bytes.data + version.size;
    const bool good = code[0] >= '1' && code[0] <= '5' && is_digit(code[1]) && is_digit(code[2]) &&
                      code[3] == ' ';
    if (!good) return 0;
    code_ = static_cast<uint16_t>((code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0'));
    minor_ = 1;
    at_ = at_reason;
    return at_reason;
}

size_t HttpStatusLine::scan(Text bytes) {
    LEAT_CHECK(!bad_);
    size_t used = usual_begin(bytes);
    while (used < bytes.size && !done()) {
        if (at_ == at_reason) used += reason_run(tail(bytes, used));
        if (used == bytes.size) break;
        if (!step(bytes.data[used])) {
            bad_ = true;
            break;
        }
        ++used;
    }
    return used;
}

size_t HttpLines::scan(Text bytes) {
    LEAT_CHECK(verdict_ == LEAT_OK && !done_);
    size_t at = 0;
    while (at < bytes.size && verdict_ == LEAT_OK && !done_) {
        if (line_ == Line::begin) at = skip_whole_lines(bytes, at);
        if (at < bytes.size) at = step(bytes, at);
    }
    return at;
}

// Past every line that is whole and not empty, from a line's first byte on.
size_t HttpLines::skip_whole_lines(Text bytes, size_t at) {
    while (at < bytes.size && count_ <= lines_max_) {
        const char* const line = bytes.data + at;
        if (*line == '\r' || begins_no_field(*line)) break;
        const size_t size = line_run(line, bytes.size - at);
        if (bytes.size - at - size < 2) break;
        if (line[size] != '\r' || line[size + 1] != '\n') break;
        at += size + 2;
        ++count_;
    }
    return at;
}

// One piece of a line: a single byte, or all up to its end.
size_t HttpLines::step(Text bytes, size_t at) {
    const bool is_feed = bytes.data[at] == '\n';
    switch (line_) {
        case Line::begin: return begin_line(bytes, at);
        case Line::inside: return scan_line(bytes, at);
        case Line::inside_return:
        case Line::only_return:
            if (!is_feed) {
                verdict_ = LEAT_ALERT_HEADER;
                return at;
            }
            done_ = line_ == Line::only_return;
            if (!done_) ++count_;
            line_ = Line::begin;
            return at + 1;
    }
    LEAT_CHECK(false);
    return at;
}

size_t HttpLines::begin_line(Text bytes, size_t at) {
    const char c = bytes.data[at];
    // A fold belongs to the line before, which then was not the one too many.
    const bool is_fold = c == ' ' || c == '\t';
    if (!is_fold && count_ > lines_max_) {
        verdict_ = LEAT_E_HEADERS_TOO_LARGE;
    } else if (begins_no_field(c)) {
        verdict_ = LEAT_ALERT_HEADER;
    } else if (c == '\r') {
        line_ = Line::only_return;
        return at + 1;
    } else {
        return scan_line(bytes, at);
    }
    return at;
}

// From a line's first byte or from inside it to behind its carriage return, or to the end of the
// bytes.
size_t HttpLines::scan_line(Text bytes, size_t at) {
    const size_t end = at + line_run(bytes.data + at, bytes.size - at);
    if (end == bytes.size) {
        line_ = Line::inside;
        return end;
    }
    if (bytes.data[end] != '\r') {
        verdict_ = LEAT_ALERT_HEADER;
        return end;
    }
    line_ = Line::inside_return;
    return end + 1;
}

}  // namespace leat
