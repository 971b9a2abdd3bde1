// fuzz: what parse_url lets through is a clean host and path, and reading it again changes
// nothing; NO_PROXY lists and the redactor take any text. The first bytes split the input in two.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/redact.h"
#include "wire/ip.h"
#include "wire/proxy.h"
#include "wire/url.h"

namespace {

using namespace leat;

void require(bool condition) {
    if (!condition) abort();
}

bool contains(Text t, Text needle) {
    for (size_t i = 0; i + needle.size <= t.size; ++i) {
        if (equal(text(t.data + i, needle.size), needle)) return true;
    }
    return false;
}

void check_host(const Url& url) {
    require(url.host.size > 0 && url.host.size <= host_bytes_max && url.port != 0);
    for (size_t i = 0; i < url.host.size; ++i) {
        const char c = url.host.data[i];
        const bool good = is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
                          c == '.' || (c == ':' && url.ip_family == 6);
        require(good);
    }
    require(url.host.data[url.host.size - 1] != '.');
    IpLiteral ip;
    (void)parse_ip(url.host, &ip);
    require(ip.family == url.ip_family);
}

void check_join(Text base, Text path) {
    char out[512];
    Text joined;
    if (join_path(base, path, out, sizeof out, &joined) != LEAT_OK) return;
    require(joined.size > 0 && joined.data[0] == '/');
}

void check_redact(Text in, Text secret) {
    if (secret.size < 4) return;
    char out[256];
    const Text shown = redact(in, &secret, 1, out, sizeof out);
    require(shown.size <= sizeof out);
    // The mark itself may complete a secret that looks like it.
    if (find_byte(secret, '[') != not_found || find_byte(secret, ']') != not_found) return;
    if (contains(text("redacted"), secret)) return;
    require(!contains(shown, secret));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 2) return 0;
    const char* const begin = static_cast<const char*>(static_cast<const void*>(data)) + 2;
    const size_t left = size - 2;
    const size_t first = data[0] < left ? data[0] : left;
    const Text one = text(begin, first);
    const Text two = text(begin + first, left - first);
    const UrlUse use = (data[1] & 1) != 0 ? UrlUse::proxy : UrlUse::endpoint;
    char host[host_bytes_max];
    Url url;
    if (parse_url(one, use, host, &url) == LEAT_OK) {
        check_host(url);
        (void)no_proxy_covers(two, url);
        (void)is_loopback_host(url.host);
        check_join(url.path, two);
    }
    char decoded_bytes[64];
    Text decoded;
    (void)percent_decode(one, decoded_bytes, sizeof decoded_bytes, &decoded);
    check_redact(two, one);
    return 0;
}
