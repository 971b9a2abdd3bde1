// wire/url.cc: the URL reader. See the header. It takes a URL apart from its ends inward and
// checks each part as it comes off; nothing is repaired silently.
#include "wire/url.h"

#include "base/check.h"
#include "base/narrow.h"
#include "wire/ip.h"

namespace leat {
namespace {

constexpr size_t label_bytes_max = 63;

bool is_plain_url_text(Text t) {
    for (size_t i = 0; i < t.size; ++i) {
        const char c = t.data[i];
        // Bytes from 0x80 on are negative or large: neither is in the range.
        const bool visible = c > ' ' && c < 0x7f;
        if (!visible || c == '\\' || c == '"' || c == '<' || c == '>') return false;
    }
    return true;
}

bool is_name_byte(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

bool is_dns_label(Text label) {
    if (label.size == 0 || label.size > label_bytes_max) return false;
    if (label.data[0] == '-' || label.data[label.size - 1] == '-') return false;
    for (size_t i = 0; i < label.size; ++i) {
        if (!is_name_byte(label.data[i])) return false;
    }
    return true;
}

bool is_all_digits(Text t) {
    for (size_t i = 0; i < t.size; ++i) {
        if (!is_digit(t.data[i])) return false;
    }
    return true;
}

bool is_hex_number(Text t) { return starts_with(t, text("0x")); }

// A name whose last label is a number would be taken for an address by some resolvers.
bool is_dns_name(Text host) {
    Text rest = host;
    Text label;
    size_t labels = 0;
    do {
        label = take_until(&rest, '.');
        if (!is_dns_label(label)) return false;
        ++labels;
    } while (rest.size > 0);
    LEAT_CHECK(labels > 0);
    if (host.data[host.size - 1] == '.') return false;
    return !is_all_digits(label) && !is_hex_number(label);
}

bool take_scheme(Text* rest, UrlUse use, bool* is_tls) {
    const auto take = [rest](Text prefix) {
        if (!equal_ignoring_case(head(*rest, prefix.size), prefix)) return false;
        *rest = tail(*rest, prefix.size);
        return true;
    };
    *is_tls = take(text("https://"));
    if (*is_tls || take(text("http://"))) return true;
    return use == UrlUse::proxy && find_byte(*rest, '/') == not_found;
}

size_t find_last_byte(Text t, char byte) {
    for (size_t i = t.size; i > 0; --i) {
        if (t.data[i - 1] == byte) return i - 1;
    }
    return not_found;
}

bool take_user(Text* authority, UrlUse use, Url* out) {
    const size_t at = find_last_byte(*authority, '@');
    if (at == not_found) return true;
    if (use != UrlUse::proxy) return false;
    Text user = head(*authority, at);
    *authority = tail(*authority, at + 1);
    out->user = take_until(&user, ':');
    out->password = user;
    return out->user.size > 0;
}

bool read_port(Text digits, uint16_t* out) {
    uint64_t port = 0;
    if (digits.size > 5 || !parse_u64(digits, &port)) return false;
    if (port == 0 || port > 65535) return false;
    *out = narrow<uint16_t>(port);
    return true;
}

// Writes the lower case of `name` into the caller's buffer.
bool copy_host(Text name, char (&host)[host_bytes_max], Url* out) {
    if (name.size == 0 || name.size > host_bytes_max) return false;
    for (size_t i = 0; i < name.size; ++i) host[i] = to_lower(name.data[i]);
    out->host = text(host, name.size);
    return true;
}

// "[v6]" or "[v6]:port".
bool read_bracketed(Text authority, char (&host)[host_bytes_max], Url* out) {
    const size_t end = find_byte(authority, ']');
    if (end == not_found) return false;
    const Text inside = tail(head(authority, end), 1);
    const Text rest = tail(authority, end + 1);
    IpLiteral ip;
    if (!parse_ip(inside, &ip) || ip.family != 6) return false;
    out->ip_family = 6;
    if (rest.size > 0 && (rest.data[0] != ':' || !read_port(tail(rest, 1), &out->port))) {
        return false;
    }
    return copy_host(inside, host, out);
}

bool read_host(Text authority, char (&host)[host_bytes_max], Url* out) {
    if (authority.size > 0 && authority.data[0] == '[') {
        return read_bracketed(authority, host, out);
    }
    const size_t colon = find_byte(authority, ':');
    Text name = head(authority, colon);
    if (colon != not_found && !read_port(tail(authority, colon + 1), &out->port)) return false;
    if (ends_with(name, text("."))) --name.size;
    if (!copy_host(name, host, out)) return false;
    IpLiteral ip;
    if (parse_ip(out->host, &ip)) out->ip_family = ip.family;
    return out->ip_family != 0 || is_dns_name(out->host);
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

leat_status parse_url(Text source, UrlUse use, char (&host)[host_bytes_max], Url* out) {
    LEAT_CHECK(out != nullptr);
    *out = Url();
    Text rest = source;
    if (!is_plain_url_text(source) || !take_scheme(&rest, use, &out->is_tls)) return LEAT_E_URL;
    if (find_byte(rest, '#') != not_found) return LEAT_E_URL;
    const size_t mark = find_byte(rest, '?');
    if (mark != not_found && use == UrlUse::proxy) return LEAT_E_URL;
    if (mark != not_found) out->query = tail(rest, mark + 1);
    rest = head(rest, mark);
    const size_t slash = find_byte(rest, '/');
    Text authority = head(rest, slash);
    Text path = tail(rest, slash);
    while (ends_with(path, text("/"))) --path.size;
    if (path.size > 0 && use == UrlUse::proxy) return LEAT_E_URL;
    out->path = path;
    out->port = default_port(out->is_tls);
    if (!take_user(&authority, use, out)) return LEAT_E_URL;
    return read_host(authority, host, out) ? LEAT_OK : LEAT_E_URL;
}

Text scheme_of(const Url& url) { return url.is_tls ? text("https") : text("http"); }

uint16_t default_port(bool is_tls) { return is_tls ? 443 : 80; }

bool is_loopback_host(Text host) {
    if (equal(host, text("localhost")) || ends_with(host, text(".localhost"))) return true;
    IpLiteral ip;
    return parse_ip(host, &ip) && is_loopback_ip(ip);
}

leat_status join_path(Text base, Text path, char* out, size_t out_bytes, Text* joined) {
    LEAT_CHECK(joined != nullptr && (out != nullptr || out_bytes == 0));
    *joined = Text{nullptr, 0};
    while (ends_with(base, text("/"))) --base.size;
    const bool leading = base.size > 0 && base.data[0] != '/';
    const bool query = path.size > 0 && path.data[0] == '?';
    const bool between = !query && path.size > 0 && path.data[0] != '/';
    // Something must stand before a query, and a path must begin with a slash.
    const bool alone = base.size == 0 && (path.size == 0 || query);
    const Text parts[] = {leading ? text("/") : Text{}, base,
                          between || alone ? text("/") : Text{}, path};
    size_t size = 0;
    for (const Text part : parts) {
        if (part.size > out_bytes - size) return LEAT_E_TOO_LARGE;
        if (part.size > 0) memcpy(out + size, part.data, part.size);
        size += part.size;
    }
    *joined = text(out, size);
    return LEAT_OK;
}

leat_status percent_decode(Text t, char* out, size_t out_bytes, Text* decoded) {
    LEAT_CHECK(decoded != nullptr && (out != nullptr || out_bytes == 0));
    size_t size = 0;
    for (size_t i = 0; i < t.size; ++i) {
        int byte = static_cast<unsigned char>(t.data[i]);
        if (byte == '%') {
            if (t.size - i < 3) return LEAT_E_URL;
            const int high = hex_value(t.data[i + 1]);
            const int low = hex_value(t.data[i + 2]);
            if (high < 0 || low < 0) return LEAT_E_URL;
            byte = high * 16 + low;
            i += 2;
        }
        if (byte < 0x20 || byte == 0x7f) return LEAT_E_URL;
        if (size == out_bytes) return LEAT_E_TOO_LARGE;
        out[size++] = static_cast<char>(byte);
    }
    *decoded = text(out, size);
    return LEAT_OK;
}

}  // namespace leat
