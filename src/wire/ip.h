// wire/ip.h: IPv4 and IPv6 literals as text. Depends on base only; pure functions.
// Strict: four decimal parts without leading zeros for IPv4, no zone for IPv6. Forms that other
// software reads as an address (octal, hexadecimal, fewer parts) are not addresses here.
#pragma once

#include "base/bytes.h"

namespace leat {

struct IpLiteral {
    uint8_t family = 0;    // 4, 6, or 0 when it is none
    uint8_t bytes[16] = {}; // network order; IPv4 uses the first four
};

// "192.0.2.1", or "2001:db8::1" without brackets. False when it is neither.
bool parse_ip(Text t, IpLiteral* out);

// IPv4 addresses written as IPv6 (::ffff:a.b.c.d) become IPv4.
IpLiteral unmapped(IpLiteral ip);

// 127.0.0.0/8 and ::1.
bool is_loopback_ip(const IpLiteral& ip);

// The first `bits` bits are equal, and the families are.
bool same_prefix(const IpLiteral& a, const IpLiteral& b, uint32_t bits);

}  // namespace leat
