// tests: request heads byte for byte, and everything that must not get into one.
#include "codec/http_request.h"

#include <gtest/gtest.h>

#include <string>

#include "base/poison.h"

namespace leat {
namespace {

class HttpRequestTest : public testing::Test {
protected:
    void SetUp() override {
        arena.open(memory, sizeof memory);
        request.method = text("POST");
        request.authority = {text("https"), text("api.example.com"), 443};
        request.path = text("/v1/chat");
    }
    void TearDown() override { unpoison(memory, sizeof memory); }
    leat_status write() {
        const size_t mark = arena.mark();
        const leat_status status = write_request_head(request, &arena, &out);
        if (status != LEAT_OK) {
            EXPECT_EQ(arena.mark(), mark);
        }
        return status;
    }
    std::string written() {
        EXPECT_EQ(write(), LEAT_OK);
        return std::string(out.data, out.size);
    }
    leat_status with_header(const std::string& name, const std::string& value) {
        const leat_header header{text(name.data(), name.size()), text(value.data(), value.size())};
        request.headers = &header;
        request.header_count = 1;
        const leat_status status = write();
        request.headers = nullptr;
        request.header_count = 0;
        return status;
    }

    char memory[4096] = {};
    Arena arena;
    HttpRequestHead request;
    Text out{};
};

TEST_F(HttpRequestTest, writes_line_host_headers_and_length) {
    const leat_header headers[] = {{text("Authorization"), text("Bearer k")},
                                   {text("Content-Type"), text("application/json")}};
    request.headers = headers;
    request.header_count = 2;
    request.has_body = true;
    request.content_length = 42;
    EXPECT_EQ(written(),
              "POST /v1/chat HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer k\r\n"
              "Content-Type: application/json\r\nAccept-Encoding: identity\r\n"
              "Content-Length: 42\r\n\r\n");
}

TEST_F(HttpRequestTest, no_length_without_a_body_but_a_zero_for_an_empty_one) {
    request.method = text("GET");
    EXPECT_EQ(written().find("Content-Length"), std::string::npos);
    request.has_body = true;
    EXPECT_NE(written().find("Content-Length: 0\r\n\r\n"), std::string::npos);
}

TEST_F(HttpRequestTest, host_has_its_port_unless_it_is_the_usual_one) {
    const auto host = [this](Text scheme, Text name, uint16_t port) {
        request.authority = {scheme, name, port};
        const std::string all = written();
        const size_t at = all.find("Host: ") + 6;
        return all.substr(at, all.find('\r', at) - at);
    };
    EXPECT_EQ(host(text("https"), text("a"), 443), "a");
    EXPECT_EQ(host(text("https"), text("a"), 80), "a:80");
    EXPECT_EQ(host(text("http"), text("a"), 80), "a");
    EXPECT_EQ(host(text("http"), text("a"), 443), "a:443");
    EXPECT_EQ(host(text("https"), text("::1"), 443), "[::1]");
    EXPECT_EQ(host(text("https"), text("::1"), 8443), "[::1]:8443");
}

TEST_F(HttpRequestTest, a_plain_proxy_gets_the_absolute_form) {
    request.authority = {text("http"), text("example.com"), 8080};
    request.to_plain_proxy = true;
    request.proxy_credentials = {text("Aladdin"), text("open sesame")};
    EXPECT_EQ(written(),
              "POST http://example.com:8080/v1/chat HTTP/1.1\r\nHost: example.com:8080\r\n"
              "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"
              "Accept-Encoding: identity\r\n\r\n");
}

TEST_F(HttpRequestTest, credentials_go_to_no_server) {
    request.proxy_credentials = {text("u"), text("p")};
    EXPECT_EQ(written().find("Proxy-"), std::string::npos);
}

TEST_F(HttpRequestTest, connect_names_the_port_always) {
    const HttpAuthority target{text("https"), text("api.example.com"), 443};
    ASSERT_EQ(write_connect_head(target, {}, &arena, &out), LEAT_OK);
    EXPECT_EQ(std::string(out.data, out.size),
              "CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n");
    ASSERT_EQ(write_connect_head(target, {text("u"), Text{}}, &arena, &out), LEAT_OK);
    EXPECT_EQ(std::string(out.data, out.size),
              "CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n"
              "Proxy-Authorization: Basic dTo=\r\n\r\n");
}

TEST_F(HttpRequestTest, refuses_control_bytes_everywhere) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string s = std::string("a") + static_cast<char>(byte) + "b";
        const bool control = byte < 0x20 || byte == 0x7f;
        const leat_status value = with_header("X", s);
        EXPECT_EQ(value, control && byte != '\t' ? LEAT_E_TEXT : LEAT_OK) << byte;
        if (control || byte >= 0x80 || byte == ' ' || byte == ':') {
            EXPECT_EQ(with_header(s, "v"), LEAT_E_TEXT) << byte;
        }
        const std::string path = "/" + s;
        request.path = text(path.data(), path.size());
        const bool good_path = byte > 0x20 && byte < 0x7f && byte != '#';
        EXPECT_EQ(write(), good_path ? LEAT_OK : LEAT_E_TEXT) << byte;
        request.path = text("/");
        request.authority.host = text(s.data(), s.size());
        const bool bad_host = !(byte > 0x20 && byte < 0x7f) ||
                              strchr("/?#@[]\\", byte) != nullptr;
        EXPECT_EQ(write(), bad_host ? LEAT_E_TEXT : LEAT_OK) << byte;
        request.authority.host = text("h");
        request.method = text(s.data(), s.size());
        if (control || byte == ' ') {
            EXPECT_EQ(write(), LEAT_E_TEXT) << byte;
        }
        request.method = text("POST");
        arena.reset();
    }
}

TEST_F(HttpRequestTest, refuses_headers_that_decide_framing) {
    for (const char* name : {"Host", "content-length", "TRANSFER-ENCODING", "Connection", "Expect",
                             "Accept-Encoding", "Upgrade", "TE", "Trailer", "Keep-Alive",
                             "Proxy-Connection"}) {
        EXPECT_EQ(with_header(name, "x"), LEAT_E_ARGUMENT) << name;
    }
    EXPECT_EQ(with_header("", "x"), LEAT_E_TEXT);
}

TEST_F(HttpRequestTest, refuses_a_path_that_is_none) {
    request.path = text("v1");
    EXPECT_EQ(write(), LEAT_E_ARGUMENT);
    request.path = Text{};
    EXPECT_EQ(write(), LEAT_E_ARGUMENT);
}

TEST_F(HttpRequestTest, refuses_bad_credentials) {
    request.to_plain_proxy = true;
    request.proxy_credentials = {text("a:b"), text("p")};
    EXPECT_EQ(write(), LEAT_E_TEXT);
    request.proxy_credentials = {text("a"), text("p\r\nX: y")};
    EXPECT_EQ(write(), LEAT_E_TEXT);
    for (size_t size = 510; size <= 511; ++size) {
        const std::string password(size, 'p');
        request.proxy_credentials = {text("a"), text(password.data(), size)};
        EXPECT_EQ(write(), size == 510 ? LEAT_OK : LEAT_E_TOO_LARGE);
    }
}

TEST_F(HttpRequestTest, fits_exactly_or_not_at_all) {
    const size_t size = written().size();
    arena.open(memory, size);
    EXPECT_EQ(write(), LEAT_OK);
    arena.open(memory, size - 1);
    EXPECT_EQ(write(), LEAT_E_ITEM_MEMORY);
}

}  // namespace
}  // namespace leat
