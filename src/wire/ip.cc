// wire/ip.cc: address literals, read strictly. See the header. What is not wholly an address is
// none at all: no prefix of a text is ever taken for one.
#include "wire/ip.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {
namespace {

bool parse_ipv4(Text t, uint8_t* out) {
    size_t at = 0;
    for (size_t part = 0; part < 4; ++part) {
        if (part > 0 && (at == t.size || t.data[at++] != '.')) return false;
        const size_t begin = at;
        uint32_t value = 0;
        while (at < t.size && at - begin < 3 && is_digit(t.data[at])) {
            value = value * 10 + static_cast<uint32_t>(t.data[at++] - '0');
        }
        const bool leading_zero = at - begin > 1 && t.data[begin] == '0';
        if (at == begin || leading_zero || value > 255) return false;
        out[part] = static_cast<uint8_t>(value);
    }
    return at == t.size;
}

int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// One group of one to four hexadecimal digits at *at.
bool read_group(Text t, size_t* at, uint8_t* out) {
    uint32_t value = 0;
    const size_t begin = *at;
    while (*at < t.size && *at - begin < 4 && hex_digit(t.data[*at]) >= 0) {
        value = value * 16 + static_cast<uint32_t>(hex_digit(t.data[(*at)++]));
    }
    out[0] = static_cast<uint8_t>(value >> 8);
    out[1] = static_cast<uint8_t>(value & 255);
    return *at > begin;
}

// Groups between colons into out (16 bytes at most); an IPv4 tail may end them.
bool read_groups(Text t, uint8_t* out, size_t* size) {
    size_t at = 0;
    *size = 0;
    while (at < t.size) {
        if (*size > 0 && t.data[at++] != ':') return false;
        const Text rest = tail(t, at);
        if (find_byte(rest, ':') == not_found && find_byte(rest, '.') != not_found) {
            if (*size > 12 || !parse_ipv4(rest, out + *size)) return false;
            *size += 4;
            return true;
        }
        if (*size > 14 || !read_group(t, &at, out + *size)) return false;
        *size += 2;
    }
    return true;
}

bool parse_ipv6(Text t, uint8_t* out) {
    size_t gap = not_found;
    for (size_t i = 0; i + 1 < t.size; ++i) {
        if (t.data[i] != ':' || t.data[i + 1] != ':') continue;
        gap = i;
        break;
    }
    uint8_t first[16] = {};
    uint8_t last[16] = {};
    size_t first_size = 0;
    size_t last_size = 0;
    if (!read_groups(gap == not_found ? t : head(t, gap), first, &first_size)) return false;
    if (gap == not_found) {
        memcpy(out, first, 16);
        return first_size == 16;
    }
    // An IPv4 part may stand at the very end only.
    if (find_byte(head(t, gap), '.') != not_found) return false;
    if (!read_groups(tail(t, gap + 2), last, &last_size)) return false;
    if (first_size + last_size > 14) return false;
    memset(out, 0, 16);
    memcpy(out, first, first_size);
    memcpy(out + 16 - last_size, last, last_size);
    return true;
}

}  // namespace

bool parse_ip(Text t, IpLiteral* out) {
    LEAT_CHECK(out != nullptr);
    *out = IpLiteral();
    if (find_byte(t, ':') == not_found) {
        if (parse_ipv4(t, out->bytes)) out->family = 4;
    } else if (t.size <= 45 && parse_ipv6(t, out->bytes)) {
        out->family = 6;
    }
    return out->family != 0;
}

IpLiteral unmapped(IpLiteral ip) {
    constexpr uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (ip.family != 6 || memcmp(ip.bytes, prefix, sizeof prefix) != 0) return ip;
    IpLiteral v4;
    v4.family = 4;
    memcpy(v4.bytes, ip.bytes + sizeof prefix, 4);
    return v4;
}

bool is_loopback_ip(const IpLiteral& ip) {
    const IpLiteral plain = unmapped(ip);
    if (plain.family == 4) return plain.bytes[0] == 127;
    constexpr uint8_t one[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    return plain.family == 6 && memcmp(plain.bytes, one, sizeof one) == 0;
}

bool same_prefix(const IpLiteral& a, const IpLiteral& b, uint32_t bits) {
    if (a.family == 0 || a.family != b.family) return false;
    LEAT_CHECK(bits <= (a.family == 4 ? 32u : 128u));
    const size_t whole = bits / 8;
    if (memcmp(a.bytes, b.bytes, whole) != 0) return false;
    if (bits % 8 == 0) return true;
    const uint32_t mask = 0xff00u >> (bits % 8) & 0xff;
    return ((a.bytes[whole] ^ b.bytes[whole]) & mask) == 0;
}

}  // namespace leat
