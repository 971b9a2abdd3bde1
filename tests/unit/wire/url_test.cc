// tests: URLs and address literals: what is read, what is refused, how paths join.
#include "wire/url.h"

#include <gtest/gtest.h>

#include <string>

#include "wire/ip.h"

namespace leat {
namespace {

std::string of(Text t) { return t.size == 0 ? "" : std::string(t.data, t.size); }

// "scheme host port path [user:password]", or "refused".
std::string read(const std::string& source, UrlUse use = UrlUse::endpoint) {
    char host[host_bytes_max];
    Url url;
    if (parse_url(text(source.data(), source.size()), use, host, &url) != LEAT_OK) {
        return "refused";
    }
    std::string result = of(scheme_of(url)) + ' ' + of(url.host) + ' ' + std::to_string(url.port);
    if (url.ip_family != 0) result += " v" + std::to_string(url.ip_family);
    if (url.path.size > 0) result += ' ' + of(url.path);
    if (url.query.size > 0) result += " ?" + of(url.query);
    if (url.user.size > 0) result += ' ' + of(url.user) + '|' + of(url.password);
    return result;
}

TEST(Url, reads_endpoints) {
    EXPECT_EQ(read("https://api.example.com"), "https api.example.com 443");
    EXPECT_EQ(read("https://api.example.com/"), "https api.example.com 443");
    EXPECT_EQ(read("https://api.example.com/v1"), "https api.example.com 443 /v1");
    EXPECT_EQ(read("https://api.example.com/v1//"), "https api.example.com 443 /v1");
    EXPECT_EQ(read("https://a/b/?api-version=2024-10-21"), "https a 443 /b ?api-version=2024-10-21");
    EXPECT_EQ(read("https://a?x=1/2"), "https a 443 ?x=1/2");
    EXPECT_EQ(read("HTTPS://API.Example.COM:8443/V1"), "https api.example.com 8443 /V1");
    EXPECT_EQ(read("http://localhost:11434"), "http localhost 11434");
    EXPECT_EQ(read("http://a:1"), "http a 1");
    EXPECT_EQ(read("http://a:65535"), "http a 65535");
    EXPECT_EQ(read("http://a_b.c-d"), "http a_b.c-d 80");
    EXPECT_EQ(read("https://example.com."), "https example.com 443");
    EXPECT_EQ(read("https://example.com.:444"), "https example.com 444");
    EXPECT_EQ(read("http://127.0.0.1:80"), "http 127.0.0.1 80 v4");
    EXPECT_EQ(read("http://[::1]"), "http ::1 80 v6");
    EXPECT_EQ(read("https://[2001:DB8::1]:8443/x"), "https 2001:db8::1 8443 v6 /x");
    EXPECT_EQ(read("https://a/b%20c:d@e"), "https a 443 /b%20c:d@e");
}

TEST(Url, refuses_everything_else) {
    for (const char* source :
         {"", "https://", "https:///v1", "https:/a", "ftp://a", "//a", "a", "a.com/v1",
          "https://u@a", "https://u:p@a", "https://@a", "https://a/#f",
          "https://a?x=1#f", "https://a b", "https://a/b c", "https://a\\b", "https://a/\\b",
          "https://a:", "https://a:0", "https://a:65536", "https://a:99999999", "https://a:-1",
          "https://a:+1", "https://a:1x", "https://a:1:2", "https://.", "https://a..",
          "https://a..b", "https://.a", "https://-a", "https://a-", "https://a.-b.c",
          "https://[::1", "https://::1", "https://[::1]x", "https://[::1]:", "https://[1.2.3.4]",
          "https://[fe80::1%25eth0]", "https://[]", "https://1.2.3", "https://1.2.3.4.5",
          "https://256.1.1.1", "https://01.2.3.4", "https://2130706433", "https://0x7f000001",
          "https://a.0x1", "https://a.123", "https://a%2eb", "https://\xc3\xa9.com",
          "https://a/\xc3\xa9", "https://a\tb", "https://a\r\nX: y", "https://a/\x7f",
          "https://*"}) {
        EXPECT_EQ(read(source), "refused") << source;
    }
    EXPECT_EQ(read(std::string("https://a\0b", 11)), "refused");
}

TEST(Url, hosts_have_exact_limits) {
    for (size_t size = 62; size <= 64; ++size) {
        EXPECT_EQ(read("http://" + std::string(size, 'a')) == "refused", size > 63);
    }
    std::string host;
    for (int i = 0; i < 3; ++i) host += std::string(63, 'a') + '.';
    for (size_t last = 60; last <= 62; ++last) {
        EXPECT_EQ(read("http://" + host + std::string(last, 'b')) == "refused",
                  host.size() + last > host_bytes_max);
    }
}

TEST(Url, proxies_may_have_credentials_and_no_scheme_but_no_path) {
    const auto proxy = [](const char* source) { return read(source, UrlUse::proxy); };
    EXPECT_EQ(proxy("proxy:3128"), "http proxy 3128");
    EXPECT_EQ(proxy("http://proxy"), "http proxy 80");
    EXPECT_EQ(proxy("https://proxy/"), "https proxy 443");
    EXPECT_EQ(proxy("http://u:p%40@proxy:3128"), "http proxy 3128 u|p%40");
    EXPECT_EQ(proxy("u:p@q@proxy"), "http proxy 80 u|p@q");
    EXPECT_EQ(proxy("u@proxy"), "http proxy 80 u|");
    EXPECT_EQ(proxy("http://@proxy"), "refused");
    EXPECT_EQ(proxy("http://proxy/x"), "refused");
    EXPECT_EQ(proxy("socks5://proxy:1080"), "refused");
}

TEST(Url, loopback_hosts) {
    for (const char* host : {"localhost", "a.localhost", "127.0.0.1", "127.255.1.2", "::1",
                             "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"}) {
        EXPECT_TRUE(is_loopback_host(text(host, strlen(host)))) << host;
    }
    for (const char* host : {"localhost.com", "xlocalhost", "128.0.0.1", "0.0.0.0", "::", "::2",
                             "127.0.0.1.com", ""}) {
        EXPECT_FALSE(is_loopback_host(text(host, strlen(host)))) << host;
    }
}

std::string join(const std::string& base, const std::string& path, size_t room = 64) {
    std::string out(room, '.');
    Text joined;
    const leat_status status = join_path(text(base.data(), base.size()),
                                         text(path.data(), path.size()), out.data(), room, &joined);
    return status == LEAT_OK ? of(joined) : "too large";
}

TEST(Url, joins_with_one_slash) {
    for (const char* base : {"/v1", "/v1/", "v1", "/v1//"}) {
        EXPECT_EQ(join(base, "chat"), "/v1/chat");
        EXPECT_EQ(join(base, "/chat"), "/v1/chat");
        EXPECT_EQ(join(base, ""), "/v1");
        EXPECT_EQ(join(base, "?a=b"), "/v1?a=b");
    }
    for (const char* base : {"", "/"}) {
        EXPECT_EQ(join(base, "chat"), "/chat");
        EXPECT_EQ(join(base, "/chat/"), "/chat/");
        EXPECT_EQ(join(base, ""), "/");
        EXPECT_EQ(join(base, "?a=b"), "/?a=b");
    }
    EXPECT_EQ(join("/v1", "chat", 8), "/v1/chat");
    EXPECT_EQ(join("/v1", "chat", 7), "too large");
}

std::string decode(const std::string& s, size_t room = 16) {
    std::string out(room, '.');
    Text decoded;
    const leat_status status =
        percent_decode(text(s.data(), s.size()), out.data(), room, &decoded);
    return status == LEAT_OK ? of(decoded) : status == LEAT_E_URL ? "bad" : "too large";
}

TEST(Url, decodes_percents) {
    EXPECT_EQ(decode("a%20b%2F%2f"), "a b//");
    EXPECT_EQ(decode(""), "");
    for (const char* s : {"%", "%2", "a%2", "%zz", "%0a", "%00", "%7f", "\n"}) {
        EXPECT_EQ(decode(s), "bad") << s;
    }
    EXPECT_EQ(decode("%61%62", 2), "ab");
    EXPECT_EQ(decode("%61%62", 1), "too large");
}

bool ip(const std::string& s, IpLiteral* out) { return parse_ip(text(s.data(), s.size()), out); }

TEST(Ip, reads_literals_and_nothing_else) {
    IpLiteral a, b;
    for (const char* s : {"0.0.0.0", "255.255.255.255", "::", "::1", "1::", "1:2:3:4:5:6:7:8",
                          "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1::2:3", "fe80::1"}) {
        EXPECT_TRUE(ip(s, &a)) << s;
    }
    for (const char* s :
         {"", ".", "1", "1.2.3", "1.2.3.4.", ".1.2.3.4", "1.2.3.256", "1.2.3.04", "1.2.3.1000",
          "1..2.3", "a.b.c.d", ":", ":::", "1:", ":1", "1:2", "1:2:3:4:5:6:7", "::1::",
          "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "12345::", "g::", "::1.2.3", "1.2.3.4::",
          "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5", "1::2::3", "::1%1", "[::1]"}) {
        EXPECT_FALSE(ip(s, &a)) << s;
    }
    EXPECT_TRUE(ip("2001:db8::1", &a) && ip("2001:0DB8:0:0:0:0:0:1", &b));
    EXPECT_EQ(memcmp(a.bytes, b.bytes, 16), 0);
}

TEST(Ip, compares_prefixes_bit_by_bit) {
    IpLiteral a, b;
    EXPECT_TRUE(ip("10.1.2.3", &a) && ip("10.1.2.2", &b));
    for (uint32_t bits = 0; bits <= 32; ++bits) EXPECT_EQ(same_prefix(a, b, bits), bits <= 31);
    EXPECT_TRUE(ip("2001:db8::", &a) && ip("2001:db8:8000::", &b));
    for (uint32_t bits = 0; bits <= 128; ++bits) EXPECT_EQ(same_prefix(a, b, bits), bits <= 32);
    EXPECT_TRUE(ip("::ffff:10.1.2.3", &a));
    EXPECT_EQ(unmapped(a).family, 4);
    EXPECT_FALSE(same_prefix(a, unmapped(a), 0));
}

}  // namespace
}  // namespace leat
