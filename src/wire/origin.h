// wire/origin.h: where connections go: one peer by name, its addresses, and which of these
// answered last. Filled in when an endpoint is added; afterwards only the wire changes it.
// Invariant: handshakes counts the connections that are not yet past TLS.
#pragma once

#include <leat/port.h>

#include "base/bytes.h"
#include "base/list.h"

namespace leat {

constexpr uint32_t addresses_max = 16;

enum class ProxyUse : uint8_t {
    none,
    forward,  // plain target: absolute-form requests to the proxy
    tunnel    // TLS target: CONNECT first
};

struct Origin {
    Text host;             // of the target; what TLS must prove
    uint16_t port = 0;
    bool is_tls = false;
    ProxyUse proxy = ProxyUse::none;
    uint32_t ticket_index = 0;
    uint32_t address_count = 0;
    leat_address addresses[addresses_max];  // of the proxy when there is one
    uint32_t preferred_address = 0;         // the one that answered last
    uint64_t keepalive_ns = 0;

    // One TLS handshake leads and the others resume from its ticket.
    uint32_t handshakes = 0;       // under way
    bool gives_no_ticket = false;  // a whole handshake left no ticket: nothing to wait for

};

}  // namespace leat
