// port/mbedtls/peer.cc: turns the host of a URL into what certificates are compared with.
// Depends on context.h. A host whose last label is a number must be an IPv4 address: anything else
// of that form is read differently by different programs, and is refused.
#include <string.h>

#include "context.h"

namespace leat::tls {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

// Four decimal numbers without leading zeros.
bool parse_ipv4(const char* text, size_t size, uint8_t out[4]) {
    size_t at = 0;
    for (unsigned part = 0; part < 4; ++part) {
        if (part > 0 && (at >= size || text[at++] != '.')) return false;
        const size_t begin = at;
        unsigned value = 0;
        while (at < size && is_digit(text[at]) && at - begin < 3) {
            value = value * 10 + static_cast<unsigned>(text[at++] - '0');
        }
        if (at == begin || value > 255 || (text[begin] == '0' && at - begin > 1)) return false;
        out[part] = static_cast<uint8_t>(value);
    }
    return at == size;
}

// One group of up to four hexadecimal digits; 0 digits read is a failure.
bool parse_group(const char* text, size_t size, size_t* at, uint8_t out[2]) {
    const size_t begin = *at;
    unsigned value = 0;
    while (*at < size && *at - begin < 4 && hex_value(text[*at]) >= 0) {
        value = value << 4 | static_cast<unsigned>(hex_value(text[(*at)++]));
    }
    out[0] = static_cast<uint8_t>(value >> 8);
    out[1] = static_cast<uint8_t>(value & 0xff);
    return *at > begin;
}

// Groups, at most one "::", maybe an IPv4 address at the end.
bool parse_ipv6(const char* text, size_t size, uint8_t out[16]) {
    size_t at = 0;
    size_t filled = 0;
    size_t gap = SIZE_MAX;
    memset(out, 0, 16);
    if (size >= 2 && text[0] == ':' && text[1] == ':') {
        gap = 0;
        at = 2;
    }
    while (at < size && filled < 16) {
        if (filled <= 12 && parse_ipv4(text + at, size - at, out + filled)) {
            filled += 4;
            at = size;
            break;
        }
        if (!parse_group(text, size, &at, out + filled)) return false;
        filled += 2;
        if (at == size) break;
        if (text[at++] != ':') return false;
        if (at == size) return false;
        if (text[at] == ':') {
            if (gap != SIZE_MAX) return false;
            gap = filled;
            ++at;
        }
    }
    if (at != size) return false;
    if (gap == SIZE_MAX) return filled == 16;
    if (filled >= 16) return false;
    const size_t moved = filled - gap;
    memmove(out + 16 - moved, out + gap, moved);
    memset(out + gap, 0, 16 - filled);
    return true;
}

bool is_name_byte(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

// Labels of 1 to 63 bytes; the last one is no number.
bool is_dns_name(const char* text, size_t size) {
    size_t label = 0;
    bool has_letter = false;
    for (size_t i = 0; i < size; ++i) {
        if (!is_name_byte(text[i])) return false;
        if (text[i] == '.') {
            if (label == 0) return false;
            label = 0;
            has_letter = false;
            continue;
        }
        if (++label > 63) return false;
        has_letter = has_letter || !is_digit(text[i]);
    }
    return label > 0 && has_letter;
}

}  // namespace

bool peer_set(Peer* peer, leat_str host) {
    memset(peer, 0, sizeof *peer);
    size_t size = host.size;
    if (host.data != nullptr && size > 1 && host.data[size - 1] == '.') --size;
    if (host.data == nullptr || size == 0 || size > host_max) return false;
    for (size_t i = 0; i < size; ++i) {
        const char c = host.data[i];
        peer->name[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    peer->name_size = static_cast<uint32_t>(size);
    if (memchr(peer->name, ':', size) != nullptr) {
        // A zone ("%eth0") says which link to use, not who answers there.
        const char* const zone = static_cast<const char*>(memchr(peer->name, '%', size));
        if (zone != nullptr) size = static_cast<size_t>(zone - peer->name);
        peer->ip_size = 16;
        return parse_ipv6(peer->name, size, peer->ip);
    }
    if (parse_ipv4(peer->name, size, peer->ip)) {
        peer->ip_size = 4;
        return true;
    }
    memset(peer->ip, 0, sizeof peer->ip);
    return is_dns_name(peer->name, size);
}

bool peer_equal(const Peer& a, const Peer& b) {
    return a.name_size == b.name_size && memcmp(a.name, b.name, a.name_size) == 0;
}

}  // namespace leat::tls
