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
        const unsigned char byte = static_cast<unsigned char>(c);
        if (c != '\r' && c != '\t' && (byte < 0x20 || byte == 0x7f)) return false;
        if (c != '\r') return true;
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
        if (!step(bytes.data[used])) {
            bad_ = true;
            break;
        }
        ++used;
    }
    return used;
}

size_t HttpLines::scan(Text bytes) {
    LEAT_CHECK(!bad_ && !done_);
    size_t at = 0;
    while (at < bytes.size && !bad_ && !done_) {
        if (line_ == Line::begin) at = skip_whole_lines(bytes, at);
        if (at < bytes.size) at = step(bytes, at);
    }
    return at;
}

// Past every line that is whole and not empty, from a line's first byte on.
size_t HttpLines::skip_whole_lines(Text bytes, size_t at) {
    while (at < bytes.size) {
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
    const char c = bytes.data[at];
    switch (line_) {
        case Line::begin:
            if (c == '\r') {
                line_ = Line::only_return;
                return at + 1;
            }
            bad_ = begins_no_field(c);
            return bad_ ? at : scan_line(bytes, at);
        case Line::inside:
            return scan_line(bytes, at);
        case Line::only_return:
        case Line::inside_return:
            bad_ = c != '\n';
            done_ = !bad_ && line_ == Line::only_return;
            if (!bad_ && !done_) ++count_;
            line_ = Line::begin;
            return bad_ ? at : at + 1;
    }
    LEAT_CHECK(false);
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
    bad_ = bytes.data[end] != '\r';
    if (bad_) return end;
    line_ = Line::inside_return;
    return end + 1;
}

}  // namespace leat
