// codec/http_lines.cc: two byte-at-a-time state machines; the first has a short way for the usual
// status line, the second jumps over plain lines, and from line end to line end. See the header.
#include "codec/http_lines.h"

#include "base/check.h"
#include "codec/scan_http.h"

namespace leat {
namespace {

// None, or one that the parser gives a meaning to; a few others are taken for those.
bool is_special_name(const char* name, size_t size) {
    char first = 0;
    switch (size) {
        case 0: return true;
        case 7: first = 'u'; break;   // Upgrade
        case 10:                      // Connection
        case 14: first = 'c'; break;  // Content-Length
        case 16: first = 'p'; break;  // Proxy-Connection
        case 17: first = 't'; break;  // Transfer-Encoding
        default: return false;
    }
    return (name[0] | 0x20) == first;
}

// The size of the line at the start of data with its end, 0 unless it lies there whole, is made of
// usual bytes and means nothing to the parser: before and behind it the parser is in one state.
size_t plain_line(const char* data, size_t size) {
    const size_t name = name_run(data, size);
    if (name == size || data[name] != ':' || is_special_name(data, name)) return 0;
    const size_t value = name + 1;
    const size_t end = value + value_run(data + value, size - value);
    if (size - end < 2 || data[end] != '\r' || data[end + 1] != '\n') return 0;
    return end + 2;
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

size_t HttpLines::scan(Text bytes, bool* plain) {
    LEAT_CHECK(more() && bytes.size > 0);
    bool is_shown = owed_ || line_ != Line::begin;
    size_t at = is_shown ? 0 : skip_plain_lines(bytes);
    *plain = at > 0;
    if (at > 0) return at;
    while (at < bytes.size && more()) {
        const size_t line = is_shown && line_ == Line::begin ? skip_plain_line(tail(bytes, at)) : 0;
        owed_ = line == 0;
        if (line > 0) return at + line;
        at = step(bytes, at);
        is_shown = true;
    }
    return at;
}

size_t HttpLines::skip_plain_lines(Text bytes) {
    size_t at = 0;
    while (const size_t line = skip_plain_line(text(bytes.data + at, bytes.size - at))) at += line;
    return at;
}

size_t HttpLines::skip_plain_line(Text bytes) {
    if (count_ > lines_max_) return 0;
    const size_t size = plain_line(bytes.data, bytes.size);
    if (size > 0) ++count_;
    return size;
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
    const bool is_fold = c == ' ' || c == '\t' || c == '\n';
    // A fold would have been part of the line before, so it is judged before the number of lines.
    const bool is_over = !is_fold && count_ > lines_max_;
    if (is_over) {
        verdict_ = LEAT_E_HEADERS_TOO_LARGE;
    } else if (is_fold || c == ':') {
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
