// tests/port/subjects.h: the sets of tables that the conformance suite is run over: every poller
// that this system has, over IPv4 and IPv6 loopback. A new port is added here.
// Depends on rig.h and the ports' public headers.
// Invariant: a subject's name is its poller's and its family's.
#pragma once

#include <leat/posix.h>

#include "rig.h"

namespace port_test {

inline std::unique_ptr<Peer> socket_peer(int family) {
    return std::make_unique<SocketPeer>(family);
}

inline std::vector<const leat_poller_ops*> posix_pollers() {
    return {
#if LEAT_POSIX_HAS_EPOLL
        &leat_posix_epoll,
#endif
#if LEAT_POSIX_HAS_KQUEUE
        &leat_posix_kqueue,
#endif
        &leat_posix_poll,
    };
}

inline std::vector<Subject> subjects() {
    std::vector<Subject> all;
    for (const leat_poller_ops* poller : posix_pollers()) {
        for (int family : {4, 6}) {
            Subject subject = {};
            leat_posix_ports(&subject.ports);
            subject.ports.poller = poller;
            subject.family = family;
            subject.new_peer = socket_peer;
            subject.name = std::string(poller->name) + (family == 4 ? "_ipv4" : "_ipv6");
            all.push_back(subject);
        }
    }
    return all;
}

}  // namespace port_test
