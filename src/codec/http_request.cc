// codec/http_request.cc: checks, then writes request heads in one go. See the header.
// Sizes are summed first: the head is taken from the arena whole, or not at all.
#include "codec/http_request.h"

#include "base/check.h"
#include "base/narrow.h"
#include "codec/base64.h"
#include "codec/http_fields.h"

namespace leat {
namespace {

// Measures when it has no room to write to, writes when it has: both passes run the same code.
class Writer {
public:
    explicit Writer(char* to) : to_(to) {}
    void put(Text t) {
        if (to_ != nullptr && t.size > 0) memcpy(to_ + size_, t.data, t.size);
        size_ += t.size;
    }
    void put_number(uint64_t value) {
        char digits[20];
        put(text(digits, print_u64(digits, value)));
    }
    void put_base64(Text t);
    size_t size() const { return size_; }

private:
    char* to_;
    size_t size_ = 0;
};

void Writer::put_base64(Text t) {
    const size_t size = base64_size(t.size);
    if (to_ != nullptr) (void)base64_write(t, 0, to_ + size_, size);
    size_ += size;
}

// Basic credentials are "user:password" as one text, so they are joined in a bounded buffer.
constexpr size_t credentials_bytes_max = 512;

struct Credentials {
    char bytes[credentials_bytes_max];
    size_t size = 0;

    ~Credentials() {
        volatile char* const at = bytes;
        for (size_t i = 0; i < size; ++i) at[i] = 0;
    }
    leat_status join(const HttpCredentials& from);
};

leat_status Credentials::join(const HttpCredentials& from) {
    if (from.user.size == 0) return LEAT_OK;
    if (!is_header_value(from.user) || !is_header_value(from.password)) return LEAT_E_TEXT;
    if (find_byte(from.user, ':') != not_found) return LEAT_E_TEXT;
    if (from.user.size >= sizeof bytes) return LEAT_E_TOO_LARGE;
    if (from.password.size >= sizeof bytes - from.user.size) return LEAT_E_TOO_LARGE;
    memcpy(bytes, from.user.data, from.user.size);
    bytes[from.user.size] = ':';
    size = from.user.size + 1;
    if (from.password.size > 0) memcpy(bytes + size, from.password.data, from.password.size);
    size += from.password.size;
    return LEAT_OK;
}

// What a client of one request at a time writes itself, or never means.
bool is_reserved_header(Text name) {
    constexpr Text reserved[] = {
        text("host"), text("content-length"), text("transfer-encoding"), text("connection"),
        text("accept-encoding"), text("expect"), text("keep-alive"), text("proxy-connection"),
        text("te"), text("trailer"), text("upgrade"),
    };
    for (const Text one : reserved) {
        if (equal_ignoring_case(name, one)) return true;
    }
    return false;
}

leat_status check_headers(const leat_header* headers, size_t count) {
    LEAT_CHECK(headers != nullptr || count == 0);
    for (size_t i = 0; i < count; ++i) {
        if (!is_header_name(headers[i].name)) return LEAT_E_TEXT;
        if (!is_header_value(headers[i].value)) return LEAT_E_TEXT;
        if (is_reserved_header(headers[i].name)) return LEAT_E_ARGUMENT;
    }
    return LEAT_OK;
}

// Visible ASCII: no control byte, no space, nothing that should have been percent-encoded.
bool is_visible(Text t) {
    for (size_t i = 0; i < t.size; ++i) {
        // Where char has a sign, bytes from 0x80 on are negative: neither way in the range.
        const bool visible = t.data[i] > ' ' && t.data[i] < 0x7f;
        if (!visible) return false;
    }
    return true;
}

leat_status check_path(Text path) {
    if (!is_visible(path) || find_byte(path, '#') != not_found) return LEAT_E_TEXT;
    return path.size > 0 && path.data[0] == '/' ? LEAT_OK : LEAT_E_ARGUMENT;
}

leat_status check_authority(const HttpAuthority& authority) {
    const bool known = equal(authority.scheme, text("http")) ||
                       equal(authority.scheme, text("https"));
    if (!known || authority.host.size == 0 || authority.port == 0) return LEAT_E_ARGUMENT;
    if (!is_visible(authority.host)) return LEAT_E_TEXT;
    constexpr Text others = text("/?#@[]\\");
    for (size_t i = 0; i < others.size; ++i) {
        if (find_byte(authority.host, others.data[i]) != not_found) return LEAT_E_TEXT;
    }
    return LEAT_OK;
}

void put_authority(Writer* to, const HttpAuthority& authority, bool with_default_port) {
    const bool ipv6 = find_byte(authority.host, ':') != not_found;
    if (ipv6) to->put(text("["));
    to->put(authority.host);
    if (ipv6) to->put(text("]"));
    const uint16_t usual = equal(authority.scheme, text("https")) ? 443 : 80;
    if (authority.port == usual && !with_default_port) return;
    to->put(text(":"));
    to->put_number(authority.port);
}

void put_credentials(Writer* to, const Credentials& credentials) {
    if (credentials.size == 0) return;
    to->put(text("Proxy-Authorization: Basic "));
    to->put_base64(text(credentials.bytes, credentials.size));
    to->put(text("\r\n"));
}

void put_headers(Writer* to, const leat_header* headers, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        to->put(headers[i].name);
        to->put(text(": "));
        to->put(headers[i].value);
        to->put(text("\r\n"));
    }
}

// What stands before the path in the request line.
void put_origin(Writer* to, const HttpRequestHead& head) {
    if (!head.to_plain_proxy) return;
    to->put(head.authority.scheme);
    to->put(text("://"));
    put_authority(to, head.authority, false);
}

// The lines that every request to this peer has.
void put_lines(Writer* to, const HttpRequestHead& head, const Credentials& credentials) {
    to->put(text("Host: "));
    put_authority(to, head.authority, false);
    to->put(text("\r\n"));
    if (head.to_plain_proxy) put_credentials(to, credentials);
    put_headers(to, head.headers, head.header_count);
    to->put(text("Accept-Encoding: identity\r\n"));
}

void put_length(Writer* to, uint64_t content_length) {
    to->put(text("Content-Length: "));
    to->put_number(content_length);
    to->put(text("\r\n"));
}

void put_request(Writer* to, const HttpRequestHead& head, const Credentials& credentials) {
    to->put(head.method);
    to->put(text(" "));
    put_origin(to, head);
    to->put(head.path);
    to->put(text(" HTTP/1.1\r\n"));
    put_lines(to, head, credentials);
    if (head.has_body) put_length(to, head.content_length);
    to->put(text("\r\n"));
}

void put_shared(Writer* to, const HttpSharedHead& shared, const HttpOwnHead& own) {
    to->put(own.method);
    to->put(text(" "));
    to->put(shared.origin);
    to->put(own.path);
    to->put(text(" HTTP/1.1\r\n"));
    to->put(shared.lines);
    put_headers(to, own.headers, own.header_count);
    if (own.has_body) put_length(to, own.content_length);
    to->put(text("\r\n"));
}

void put_connect(Writer* to, const HttpAuthority& target, const Credentials& credentials) {
    to->put(text("CONNECT "));
    put_authority(to, target, true);
    to->put(text(" HTTP/1.1\r\nHost: "));
    put_authority(to, target, true);
    to->put(text("\r\n"));
    put_credentials(to, credentials);
    to->put(text("\r\n"));
}

template <typename Put>
leat_status write_twice(Arena* store, Text* out, Put put) {
    Writer measure(nullptr);
    put(&measure);
    char* const at = store->extend(measure.size());
    if (at == nullptr) return LEAT_E_ITEM_MEMORY;
    Writer writer(at);
    put(&writer);
    LEAT_CHECK(writer.size() == measure.size());
    *out = text(at, writer.size());
    return LEAT_OK;
}

}  // namespace

leat_status write_request_head(const HttpRequestHead& head, Arena* store, Text* out) {
    LEAT_CHECK(store != nullptr && out != nullptr);
    if (!is_header_name(head.method)) return LEAT_E_TEXT;
    LEAT_TRY(check_authority(head.authority));
    LEAT_TRY(check_path(head.path));
    LEAT_TRY(check_headers(head.headers, head.header_count));
    Credentials credentials;
    LEAT_TRY(credentials.join(head.proxy_credentials));
    return write_twice(store, out, [&](Writer* to) { put_request(to, head, credentials); });
}

leat_status share_request_head(const HttpRequestHead& head, Arena* store, HttpSharedHead* out) {
    LEAT_CHECK(store != nullptr && out != nullptr);
    LEAT_TRY(check_authority(head.authority));
    LEAT_TRY(check_headers(head.headers, head.header_count));
    Credentials credentials;
    LEAT_TRY(credentials.join(head.proxy_credentials));
    LEAT_TRY(write_twice(store, &out->origin, [&](Writer* to) { put_origin(to, head); }));
    return write_twice(store, &out->lines,
                       [&](Writer* to) { put_lines(to, head, credentials); });
}

leat_status write_own_head(const HttpSharedHead& shared, const HttpOwnHead& own, Arena* store,
                           Text* out) {
    LEAT_CHECK(store != nullptr && out != nullptr);
    if (!is_header_name(own.method)) return LEAT_E_TEXT;
    LEAT_TRY(check_path(own.path));
    LEAT_TRY(check_headers(own.headers, own.header_count));
    return write_twice(store, out, [&](Writer* to) { put_shared(to, shared, own); });
}

leat_status write_connect_head(const HttpAuthority& target, const HttpCredentials& credentials,
                               Arena* store, Text* out) {
    LEAT_CHECK(store != nullptr && out != nullptr);
    LEAT_TRY(check_authority(target));
    Credentials joined;
    LEAT_TRY(joined.join(credentials));
    return write_twice(store, out, [&](Writer* to) { put_connect(to, target, joined); });
}

}  // namespace leat
