// port/posix/resolver.cc: host names to addresses by the system's resolver; IP literals without
// asking it. Depends on addresses.h and system.h. Called only while an endpoint is added, so it may
// block and libc may allocate. Invariant: LEAT_OK comes with at least one address, and host names
// that the system would read in more than one way never reach it.
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "addresses.h"
#include "system.h"

namespace leat_posix {
namespace {

constexpr size_t host_bytes_max = 254;  // 253 and the dot that a full name may end in

bool is_localhost(const char* host, size_t size) {
    constexpr char name[] = "localhost";
    constexpr size_t name_size = sizeof(name) - 1;
    if (size > 0 && host[size - 1] == '.') --size;
    if (size < name_size || strncasecmp(host + (size - name_size), name, name_size) != 0) {
        return false;
    }
    return size == name_size || host[size - name_size - 1] == '.';
}

// Localhost is loopback by RFC 6761 section 6.3, also on a machine without a hosts file.
leat_status answer_localhost(uint16_t port, Answer* answer) {
    char addresses[2][10] = {"127.0.0.1", "::1"};
    for (char* loopback : addresses) {
        leat_address literal;
        if (parse_literal(loopback, port, &literal)) (void)append_new(answer, literal);
    }
    return answer->count > 0 ? LEAT_OK : LEAT_E_RESOLVE;
}

leat_status ask_system(const char* host, size_t size, uint16_t port, Answer* answer) {
    addrinfo hints = {};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    // Loopback does not count as a configured address, so "localhost" must do without.
    hints.ai_flags = is_localhost(host, size) ? 0 : AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    if (getaddrinfo(host, nullptr, &hints, &list) != 0) {
        return is_localhost(host, size) ? answer_localhost(port, answer) : LEAT_E_RESOLVE;
    }
    append_interleaved(answer, list, port);
    freeaddrinfo(list);
    return answer->count > 0 ? LEAT_OK : LEAT_E_RESOLVE;
}

leat_status resolver_resolve(void*, leat_str host, uint16_t port, leat_address* addresses,
                             uint32_t addresses_max, uint32_t* count) {
    *count = 0;
    if (host.size == 0 || host.size > host_bytes_max || addresses_max == 0) return LEAT_E_RESOLVE;
    if (memchr(host.data, '\0', host.size) != nullptr) return LEAT_E_RESOLVE;
    char name[host_bytes_max + 1];
    memcpy(name, host.data, host.size);
    name[host.size] = '\0';

    Answer answer = {addresses, addresses_max, 0};
    leat_status status = LEAT_OK;
    leat_address literal;
    if (parse_literal(name, port, &literal)) {
        (void)append_new(&answer, literal);
    } else if (ends_in_number(name, host.size) || strpbrk(name, ":%") != nullptr) {
        status = LEAT_E_RESOLVE;
    } else {
        status = ask_system(name, host.size, port, &answer);
    }
    *count = answer.count;
    return status;
}

}  // namespace
}  // namespace leat_posix

const leat_resolver_ops leat_posix_resolver = {
    sizeof(leat_resolver_ops),
    0,
    "getaddrinfo",
    leat_posix::resolver_resolve,
};
