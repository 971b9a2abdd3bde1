// codec/http_lines.cc: two byte-at-a-time state machines; the second jumps from line feed to line
// feed. See the header.
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
    while (at < bytes.size) {
        const char c = bytes.data[at];
        if (line_ == Line::begin && (c == ' ' || c == '\t')) {
            bad_ = true;
            return at;
        }
        size_t feed = find_byte(bytes, '\n', at);
        const bool found = feed != not_found;
        if (!found) feed = bytes.size;
        // What stands before the line feed: [at, feed), behind what line_ remembers.
        if (feed > at) {
            const bool returns = bytes.data[feed - 1] == '\r';
            const bool only = line_ == Line::begin && feed - at == 1;
            line_ = !returns ? Line::inside : only ? Line::only_return : Line::inside_return;
        }
        if (!found) return bytes.size;
        if (line_ == Line::begin || line_ == Line::inside) {
            bad_ = true;
            return feed;
        }
        done_ = line_ == Line::only_return;
        line_ = Line::begin;
        at = feed + 1;
        if (done_) return at;
    }
    return at;
}

}  // namespace leat
