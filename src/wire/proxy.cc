// wire/proxy.cc: the rules of NO_PROXY, one entry at a time. See the header. An entry that makes no
// sense covers nothing, and does not spoil those after it.
#include "wire/proxy.h"

#include "base/check.h"
#include "base/narrow.h"
#include "wire/ip.h"

namespace leat {
namespace {

bool is_separator(char c) { return c == ',' || c == ' ' || c == '\t'; }

Text take_entry(Text* list) {
    size_t begin = 0;
    while (begin < list->size && is_separator(list->data[begin])) ++begin;
    size_t end = begin;
    while (end < list->size && !is_separator(list->data[end])) ++end;
    const Text entry = tail(head(*list, end), begin);
    *list = tail(*list, end);
    return entry;
}

bool range_covers(Text entry, size_t slash, const IpLiteral& target) {
    IpLiteral network;
    uint64_t bits = 0;
    if (!parse_ip(head(entry, slash), &network)) return false;
    if (!parse_u64(tail(entry, slash + 1), &bits)) return false;
    if (bits > (network.family == 4 ? 32u : 128u)) return false;
    return same_prefix(network, target, narrow<uint32_t>(bits));
}

bool address_covers(Text entry, const IpLiteral& target) {
    IpLiteral ip;
    if (!parse_ip(entry, &ip)) return false;
    const IpLiteral plain = unmapped(ip);
    return same_prefix(plain, target, plain.family == 4 ? 32 : 128);
}

// The name itself and every name below it.
bool name_covers(Text entry, Text host) {
    if (starts_with(entry, text("*."))) entry = tail(entry, 2);
    if (starts_with(entry, text("."))) entry = tail(entry, 1);
    if (ends_with(entry, text("."))) --entry.size;
    if (entry.size == 0 || entry.size > host.size) return false;
    const Text end = tail(host, host.size - entry.size);
    if (!equal_ignoring_case(end, entry)) return false;
    return end.size == host.size || host.data[host.size - end.size - 1] == '.';
}

// Takes ":port" off the entry, and brackets; false when there is a port and it is another.
bool take_port(Text* entry, uint16_t port) {
    const bool bracketed = starts_with(*entry, text("["));
    const size_t close = bracketed ? find_byte(*entry, ']') : not_found;
    size_t colon = find_byte(*entry, ':', bracketed && close != not_found ? close : 0);
    // More than one colon and no brackets: an IPv6 address without port.
    if (!bracketed && colon != not_found && find_byte(*entry, ':', colon + 1) != not_found) {
        colon = not_found;
    }
    bool same = true;
    if (colon != not_found) {
        uint64_t number = 0;
        same = parse_u64(tail(*entry, colon + 1), &number) && number == port;
        *entry = head(*entry, colon);
    }
    if (bracketed && close != not_found) *entry = tail(head(*entry, close), 1);
    return same;
}

bool entry_covers(Text entry, const Url& target) {
    if (equal(entry, text("*"))) return true;
    IpLiteral ip;
    const bool is_address = parse_ip(target.host, &ip);
    ip = unmapped(ip);
    const size_t slash = find_byte(entry, '/');
    if (slash != not_found) return is_address && range_covers(entry, slash, ip);
    if (!take_port(&entry, target.port)) return false;
    return is_address ? address_covers(entry, ip) : name_covers(entry, target.host);
}

}  // namespace

bool no_proxy_covers(Text list, const Url& target) {
    LEAT_CHECK(target.host.size > 0);
    LEAT_CHECK(target.port != 0);
    for (Text entry = take_entry(&list); entry.size > 0; entry = take_entry(&list)) {
        if (entry_covers(entry, target)) return true;
    }
    return false;
}

Text choose_proxy(const ProxyRules& rules, const Url& target) {
    LEAT_CHECK(target.host.size > 0);
    if (rules.explicit_proxy.size > 0) return rules.explicit_proxy;
    const Text found = target.is_tls ? rules.https_proxy : rules.http_proxy;
    if (found.size == 0 || is_loopback_host(target.host)) return Text{nullptr, 0};
    return no_proxy_covers(rules.no_proxy, target) ? Text{nullptr, 0} : found;
}

}  // namespace leat
