// wire/proxy.h: which proxy, if any, a target is reached through. Pure rules over text that the
// caller hands in; no environment is read here (so HTTP_PROXY in a CGI is the reader's worry).
// Depends on base and wire/url. Invariant: loopback targets go direct unless the proxy was named
// explicitly, and an explicit proxy is never overruled by NO_PROXY.
#pragma once

#include "wire/url.h"

namespace leat {

struct ProxyRules {
    Text explicit_proxy{}; // an option of the caller; empty: not given
    Text https_proxy{};    // values as found in the environment
    Text http_proxy{};
    Text no_proxy{};
};

// The proxy's URL, or empty for a direct connection.
Text choose_proxy(const ProxyRules& rules, const Url& target);

// An entry of the list (commas or blanks between them) covers the target: "*", a name (it and all
// below it, with or without a dot or "*." in front), an address, a CIDR range; each but "*" and
// the range may end in ":port".
bool no_proxy_covers(Text list, const Url& target);

}  // namespace leat
