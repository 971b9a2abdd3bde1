// wire/url.h: reads http:// and https:// URLs of endpoints and proxies, and joins paths.
// Depends on base only. Pure: parts are views of the source, save the host, which is written in
// lower case into the caller's buffer. Invariant: a host that parse_url lets through is a DNS
// name, an IPv4 address in its one strict spelling, or an IPv6 address; none has a dot at its end.
#pragma once

#include <leat/status.h>

#include "base/bytes.h"

namespace leat {

constexpr size_t host_bytes_max = 253;

struct Url {
    bool is_tls = false;
    uint8_t ip_family = 0; // 4 or 6 when the host is an address, else 0
    uint16_t port = 0;
    Text host{};             // lower case, no brackets, no dot at the end
    Text path{};             // of the source; empty, or begins with "/" and ends in no "/"
    Text query{};            // of the source, without its "?" (endpoints only)
    Text user{};             // of the source, still percent-encoded
    Text password{};
};

enum class UrlUse : uint8_t { endpoint, proxy };

// Text that is no such URL answers LEAT_E_URL: another scheme, no host, a bad port, user
// information (endpoints only), a fragment, a space or a control byte.
// A proxy may come without scheme (http:// is meant) and may have neither path nor query.
leat_status parse_url(Text source, UrlUse use, char (&host)[host_bytes_max], Url* out);

// "http" or "https".
Text scheme_of(const Url& url);
// 80 or 443.
uint16_t default_port(bool is_tls);

// localhost, *.localhost, 127.0.0.0/8 and ::1. `host` is as parse_url writes it.
bool is_loopback_host(Text host);

// base + path with exactly one slash between them; "/" when both are empty. A path that begins
// with "?" follows the base as it is. LEAT_E_TOO_LARGE when out is too small.
leat_status join_path(Text base, Text path, char* out, size_t out_bytes, Text* joined);

// Undoes %XX. LEAT_E_URL when it is broken or makes a control byte, LEAT_E_TOO_LARGE.
leat_status percent_decode(Text t, char* out, size_t out_bytes, Text* decoded);

}  // namespace leat
