// codec/http_lines.cc: two byte-at-a-time state machines; the second jumps from line end to line
// end. See the header.
#include "codec/http_lines.h"

#include "base/check.h"

namespace leat {

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

size_t HttpStatusLine::scan(Text bytes) {
    LEAT_CHECK(!bad_);
    size_t used = 0;
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
        const char c = bytes.data[at];
        if (line_ == Line::begin && c == '\r') {
            line_ = Line::only_return;
        } else if (line_ == Line::only_return || line_ == Line::inside_return) {
            bad_ = c != '\n';
            done_ = !bad_ && line_ == Line::only_return;
            line_ = Line::begin;
        } else if (line_ == Line::begin && (c == ' ' || c == '\t')) {
            bad_ = true;
        } else {
            at = scan_line(bytes, at);
            continue;
        }
        if (!bad_) ++at;
    }
    return at;
}

// From a line's first byte or from inside it to behind its carriage return, or to the end of the
// bytes.
size_t HttpLines::scan_line(Text bytes, size_t at) {
    LEAT_CHECK(at < bytes.size);
    const size_t found = find_byte(bytes, '\r', at);
    const size_t end = found == not_found ? bytes.size : found;
    const size_t feed = find_byte(head(bytes, end), '\n', at);
    bad_ = feed != not_found;
    if (bad_) return feed;
    line_ = found == not_found ? Line::inside : Line::inside_return;
    return found == not_found ? end : end + 1;
}

}  // namespace leat
