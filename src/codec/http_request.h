// codec/http_request.h: the head of an HTTP/1.1 request, and of a proxy's CONNECT.
// Every name, value and path is checked before a byte of it is written: what a caller or a model
// name may smuggle in (CR, LF, NUL, other control bytes) answers LEAT_E_TEXT. Depends on base.
// Invariant: on any status other than LEAT_OK the arena is as it was.
#pragma once

#include <leat/status.h>

#include "base/arena.h"

namespace leat {

struct HttpAuthority {
    Text scheme{}; // "http" or "https"
    Text host{};   // without brackets; a colon in it means an IPv6 literal
    uint16_t port = 0;
};

// Credentials as they are meant, that is percent-decoded. An empty user means none.
struct HttpCredentials {
    Text user{};
    Text password{};
};

struct HttpRequestHead {
    Text method{};
    HttpAuthority authority;
    Text path{};                            // begins with "/", may hold a query
    const leat_header* headers = nullptr; // may not name what leat itself writes
    size_t header_count = 0;
    uint64_t content_length = 0;
    bool has_body = false;                // writes Content-Length, also when it is 0
    bool to_plain_proxy = false;          // absolute-form, with proxy_credentials
    HttpCredentials proxy_credentials;
};

// Writes request line, Host, headers, Accept-Encoding: identity, Content-Length and the empty
// line. LEAT_E_TEXT, LEAT_E_ARGUMENT (a header that leat writes itself, or no path),
// LEAT_E_TOO_LARGE (credentials over 512 bytes), LEAT_E_ITEM_MEMORY. The text may hold
// credentials: wipe it when it is sent.
leat_status write_request_head(const HttpRequestHead& head, Arena* store, Text* out);

// The part of a request head that all requests to one peer share: checked and written once.
struct HttpSharedHead {
    Text origin;  // before the path: empty, or http://host:port to a plain proxy
    Text lines;   // Host, headers and Accept-Encoding: identity, each with its line end
};

// The part that is a request's own.
struct HttpOwnHead {
    Text method = text("POST");
    Text path;
    const leat_header* headers = nullptr;
    size_t header_count = 0;
    uint64_t content_length = 0;
    bool has_body = true;  // writes Content-Length, also when it is 0
};

// Of head, its authority, headers and proxy count here. Statuses as write_request_head. The lines
// may hold credentials: they live as long as the peer, in memory that is wiped.
leat_status share_request_head(const HttpRequestHead& head, Arena* store, HttpSharedHead* out);

// The head of one request. Statuses and care as write_request_head.
leat_status write_own_head(const HttpSharedHead& shared, const HttpOwnHead& own, Arena* store,
                           Text* out);

// Writes CONNECT host:port with Host and, when there are credentials, Proxy-Authorization.
leat_status write_connect_head(const HttpAuthority& target, const HttpCredentials& credentials,
                               Arena* store, Text* out);

}  // namespace leat
