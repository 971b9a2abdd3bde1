// llhttp's callbacks: they copy what the server needs out of a request and nothing else.
//
// Invariant: every copy is bounded; what does not fit is refused with a status (414, 431, 413),
// never cut silently.
#include "conn.h"

namespace mock {
namespace {

constexpr uint32_t kHeaderBytesMax = 64 * 1024;

Conn& conn_of(llhttp_t* parser) { return *static_cast<Conn*>(parser->data); }

int refuse(Conn& conn, uint16_t status) {
    conn.refuse = status;
    return HPE_USER;
}

int count_header(Conn& conn, size_t size) {
    if (size > kHeaderBytesMax - conn.header_bytes) return refuse(conn, 431);
    conn.header_bytes += static_cast<uint32_t>(size);
    return 0;
}

int on_url(llhttp_t* parser, const char* at, size_t size) {
    Conn& conn = conn_of(parser);
    if (size > sizeof conn.url - conn.url_bytes) return refuse(conn, 414);
    std::memcpy(conn.url + conn.url_bytes, at, size);
    conn.url_bytes = static_cast<uint16_t>(conn.url_bytes + size);
    return 0;
}

int on_header_field(llhttp_t* parser, const char* at, size_t size) {
    Conn& conn = conn_of(parser);
    for (size_t i = 0; i < size && conn.name_bytes < sizeof conn.name; ++i) {
        const char c = at[i];
        conn.name[conn.name_bytes++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return count_header(conn, size);
}

KeyHeader key_header(std::string_view name) {
    if (name == "x-api-key") return KeyHeader::Anthropic;
    if (name == "api-key") return KeyHeader::Azure;
    return name == "x-goog-api-key" ? KeyHeader::Google : KeyHeader::None;
}

int on_header_field_complete(llhttp_t* parser) {
    Conn& conn = conn_of(parser);
    const std::string_view name{conn.name, conn.name_bytes};
    conn.name_bytes = 0;
    conn.header = HeaderName::Other;
    if (name == "authorization") {
        conn.header = HeaderName::Authorization;
        conn.authorization_bytes = 0;
    } else if (name == "expect") {
        conn.header = HeaderName::Expect;
        conn.expects = true;
    } else if (name == "anthropic-version") {
        conn.has_version = true;
    } else if (const KeyHeader key = key_header(name); key != KeyHeader::None) {
        conn.header = HeaderName::ApiKey;
        conn.key_header = key;
        conn.key_bytes = 0;
    }
    return 0;
}

int on_header_value(llhttp_t* parser, const char* at, size_t size) {
    Conn& conn = conn_of(parser);
    if (conn.header == HeaderName::Authorization) {
        if (size > sizeof conn.authorization - conn.authorization_bytes) return refuse(conn, 431);
        std::memcpy(conn.authorization + conn.authorization_bytes, at, size);
        conn.authorization_bytes = static_cast<uint16_t>(conn.authorization_bytes + size);
    } else if (conn.header == HeaderName::ApiKey) {
        if (size > sizeof conn.key - conn.key_bytes) return refuse(conn, 431);
        std::memcpy(conn.key + conn.key_bytes, at, size);
        conn.key_bytes = static_cast<uint16_t>(conn.key_bytes + size);
    }
    return count_header(conn, size);
}

int on_headers_complete(llhttp_t* parser) {
    Conn& conn = conn_of(parser);
    conn.interim_due = conn.expects;
    return 0;
}

int on_body(llhttp_t* parser, const char* at, size_t size) {
    Conn& conn = conn_of(parser);
    conn.body.append(at, size);
    return 0;
}

int on_message_complete(llhttp_t* parser) {
    Conn& conn = conn_of(parser);
    conn.keep_alive = llhttp_should_keep_alive(parser) != 0 && parser->upgrade == 0;
    conn.complete = true;
    return HPE_PAUSED;
}

const llhttp_settings_t* settings() {
    static llhttp_settings_t table;
    table.on_url = on_url;
    table.on_header_field = on_header_field;
    table.on_header_field_complete = on_header_field_complete;
    table.on_header_value = on_header_value;
    table.on_headers_complete = on_headers_complete;
    table.on_body = on_body;
    table.on_message_complete = on_message_complete;
    return &table;
}

}  // namespace

void parser_begin(Conn& conn) {
    llhttp_init(&conn.parser, HTTP_REQUEST, settings());
    conn.parser.data = &conn;
    conn.complete = false;
    conn.keep_alive = false;
    conn.expects = false;
    conn.interim_due = false;
    conn.refuse = 0;
    conn.header = HeaderName::Other;
    conn.name_bytes = 0;
    conn.url_bytes = 0;
    conn.authorization_bytes = 0;
    conn.key_header = KeyHeader::None;
    conn.key_bytes = 0;
    conn.has_version = false;
    conn.header_bytes = 0;
}

ParseStatus parser_feed(Conn& conn, const char* bytes, size_t size, uint64_t body_bytes_max,
                        size_t* used) {
    const llhttp_errno_t status = llhttp_execute(&conn.parser, bytes, size);
    *used = size;
    if (conn.body.size() > body_bytes_max) {
        conn.refuse = 413;
        return ParseStatus::Refused;
    }
    if (conn.complete) {
        if (status != HPE_OK)
            *used = static_cast<size_t>(llhttp_get_error_pos(&conn.parser) - bytes);
        return ParseStatus::Complete;
    }
    if (status == HPE_OK) return ParseStatus::More;
    if (conn.refuse == 0) conn.refuse = 400;
    return ParseStatus::Refused;
}

}  // namespace mock
