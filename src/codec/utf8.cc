// codec/utf8.cc: the UTF-8 check. ASCII goes in blocks; a character beyond ASCII is decided by its
// first byte and the range of its second (RFC 3629, section 4), so no code point is computed.
// Invariant: the answer of utf8_valid_prefix is always the end of a whole character.
#include "codec/utf8.h"

#include "base/check.h"
#include "codec/scan_simd.h"

namespace leat {
namespace {

bool is_continuation(unsigned char c) { return (c & 0xC0) == 0x80; }

// The size of the valid character beyond ASCII at p, 0 when there is none.
inline size_t character_size(const unsigned char* p, size_t size) {
    const unsigned char lead = p[0];
    if (lead < 0xC2 || lead > 0xF4 || size < 2) return 0;
    const unsigned char second = p[1];
    if (lead < 0xE0) return is_continuation(second) ? 2 : 0;
    if (lead < 0xF0) {
        const unsigned char low = lead == 0xE0 ? 0xA0 : 0x80;   // overlong below
        const unsigned char high = lead == 0xED ? 0x9F : 0xBF;  // surrogates above
        if (second < low || second > high) return 0;
        return size >= 3 && is_continuation(p[2]) ? 3 : 0;
    }
    const unsigned char low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xF4 ? 0x8F : 0xBF;  // U+10FFFF is the last
    if (second < low || second > high) return 0;
    return size >= 4 && is_continuation(p[2]) && is_continuation(p[3]) ? 4 : 0;
}

}  // namespace

size_t utf8_valid_prefix(Text t) {
    LEAT_CHECK(t.data != nullptr || t.size == 0);
    const unsigned char* const p = reinterpret_cast<const unsigned char*>(t.data);
    size_t at = 0;
    while (at < t.size) {
        if (p[at] < 0x80) {
            // One blank between two words of another script is common: look twice before the
            // block scan is worth its call.
            ++at;
            if (at < t.size && p[at] < 0x80) at += ascii_run(t.data + at, t.size - at);
            continue;
        }
        const size_t size = character_size(p + at, t.size - at);
        if (size == 0) break;
        at += size;
    }
    LEAT_DCHECK(at <= t.size);
    return at;
}

bool utf8_valid(Text t) { return utf8_valid_prefix(t) == t.size; }

size_t utf8_write(char* out, uint32_t code_point) {
    LEAT_DCHECK(code_point <= 0x10FFFF);
    LEAT_DCHECK(code_point < 0xD800 || code_point > 0xDFFF);
    if (code_point < 0x80) {
        out[0] = static_cast<char>(code_point);
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = static_cast<char>(0xC0 | (code_point >> 6));
        out[1] = static_cast<char>(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = static_cast<char>(0xE0 | (code_point >> 12));
        out[1] = static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
        out[2] = static_cast<char>(0x80 | (code_point & 0x3F));
        return 3;
    }
    out[0] = static_cast<char>(0xF0 | (code_point >> 18));
    out[1] = static_cast<char>(0x80 | ((code_point >> 12) & 0x3F));
    out[2] = static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    out[3] = static_cast<char>(0x80 | (code_point & 0x3F));
    return 4;
}

}  // namespace leat
