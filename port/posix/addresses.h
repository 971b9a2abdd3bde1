// port/posix/addresses.h: the part of the resolver that asks nobody: IP literals, host names that
// look like numbers, and the order in which addresses are tried. Depends on the public headers and
// <netdb.h>. Apart from resolver.cc so that tests can hand it any list of answers.
// Invariant: nothing here allocates or does input or output (save reading an interface's number).
#pragma once

#include <leat/port.h>
#include <netdb.h>
#include <stddef.h>
#include <stdint.h>

namespace leat_posix {

// Where addresses are gathered: at most addresses_max, none twice.
struct Answer {
    leat_address* addresses;
    uint32_t addresses_max;
    uint32_t count;
};

// False when it is there already or there is no room.
bool append_new(Answer* answer, const leat_address& address);

// An IPv4 or IPv6 literal, the latter with its %zone if it has one. host ends in NUL; it is
// written to and restored.
bool parse_literal(char* host, uint16_t port, leat_address* out);

// "127.1", "0x7f000001" and the like: libc takes them for addresses, but they are no DNS names
// (the last label of one never is a number) and other programs read them otherwise.
bool ends_in_number(const char* host, size_t size);

// Takes the addresses of list so that the families alternate, beginning with the first one's
// (RFC 8305, section 4), each family in the order it has.
void append_interleaved(Answer* answer, const addrinfo* list, uint16_t port);

}  // namespace leat_posix
