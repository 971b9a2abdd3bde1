// port/posix/addresses.cc: IP literals and the order of addresses; see addresses.h.
// Depends on addresses.h and the system's headers. Unused bytes of an address are always 0, so two
// addresses are the same when their bytes are.
// Invariant: an answer never grows past its addresses_max.
#include "addresses.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

namespace leat_posix {
namespace {

leat_address new_address(uint8_t family, uint16_t port) {
    leat_address address;
    memset(&address, 0, sizeof(address));
    address.family = family;
    address.port = port;
    return address;
}

// The scope of a link-local address: an interface's name or number. 0: there is no such thing.
uint32_t scope_of(const char* zone) {
    const unsigned by_name = if_nametoindex(zone);
    if (by_name != 0) return by_name;
    uint64_t number = 0;
    for (const char* at = zone; *at != '\0'; ++at) {
        if (*at < '0' || *at > '9') return 0;
        number = number * 10 + static_cast<uint64_t>(*at - '0');
        if (number > UINT32_MAX) return 0;
    }
    return static_cast<uint32_t>(number);
}

bool convert(const addrinfo* entry, uint16_t port, leat_address* out) {
    if (entry->ai_family == AF_INET && entry->ai_addrlen >= sizeof(sockaddr_in)) {
        sockaddr_in v4;
        memcpy(&v4, entry->ai_addr, sizeof(v4));
        *out = new_address(4, port);
        memcpy(out->bytes, &v4.sin_addr, 4);
        return true;
    }
    if (entry->ai_family == AF_INET6 && entry->ai_addrlen >= sizeof(sockaddr_in6)) {
        sockaddr_in6 v6;
        memcpy(&v6, entry->ai_addr, sizeof(v6));
        *out = new_address(6, port);
        out->scope_id = v6.sin6_scope_id;
        memcpy(out->bytes, &v6.sin6_addr, 16);
        return true;
    }
    return false;
}

// The first entry from `entry` on whose family is (or is not) `family`.
const addrinfo* seek(const addrinfo* entry, int family, bool same) {
    while (entry != nullptr && (entry->ai_family == family) != same) entry = entry->ai_next;
    return entry;
}

}  // namespace

bool append_new(Answer* answer, const leat_address& address) {
    if (answer->count >= answer->addresses_max) return false;
    for (uint32_t i = 0; i < answer->count; ++i) {
        if (memcmp(&answer->addresses[i], &address, sizeof(address)) == 0) return false;
    }
    answer->addresses[answer->count++] = address;
    return true;
}

bool parse_literal(char* host, uint16_t port, leat_address* out) {
    *out = new_address(4, port);
    if (inet_pton(AF_INET, host, out->bytes) == 1) return true;
    *out = new_address(6, port);
    char* const zone = strchr(host, '%');
    if (zone != nullptr) *zone = '\0';
    const bool is_v6 = inet_pton(AF_INET6, host, out->bytes) == 1;
    if (zone == nullptr) return is_v6;
    *zone = '%';
    if (is_v6) out->scope_id = scope_of(zone + 1);
    return is_v6 && out->scope_id != 0;
}

bool ends_in_number(const char* host, size_t size) {
    if (size > 0 && host[size - 1] == '.') --size;
    size_t begin = size;
    while (begin > 0 && host[begin - 1] != '.') --begin;
    const char* const label = host + begin;
    const size_t label_size = size - begin;
    if (label_size >= 2 && label[0] == '0' && (label[1] == 'x' || label[1] == 'X')) {
        return strspn(label + 2, "0123456789abcdefABCDEF") >= label_size - 2;
    }
    return strspn(label, "0123456789") >= label_size;
}

void append_interleaved(Answer* answer, const addrinfo* list, uint16_t port) {
    if (list == nullptr) return;
    const int preferred = list->ai_family;
    const addrinfo* next[2] = {list, seek(list, preferred, false)};
    unsigned turn = 0;  // goes over once an address was taken, not on a repeated one
    while (next[0] != nullptr || next[1] != nullptr) {
        if (next[turn] == nullptr) turn ^= 1u;
        const addrinfo* const entry = next[turn];
        next[turn] = seek(entry->ai_next, preferred, turn == 0);
        leat_address address;
        if (convert(entry, port, &address) && append_new(answer, address)) turn ^= 1u;
    }
}

}  // namespace leat_posix
