// tests: which targets go through a proxy, and which of NO_PROXY's entries cover them.
#include "wire/proxy.h"

#include <gtest/gtest.h>

#include <string>

namespace leat {
namespace {

bool covers(const std::string& list, const std::string& target) {
    char host[host_bytes_max];
    Url url;
    EXPECT_EQ(parse_url(text(target.data(), target.size()), UrlUse::endpoint, host, &url), LEAT_OK);
    return no_proxy_covers(text(list.data(), list.size()), url);
}

TEST(Proxy, a_star_covers_everything) {
    EXPECT_TRUE(covers("*", "https://a.com"));
    EXPECT_TRUE(covers("b.com, *", "https://a.com"));
    EXPECT_FALSE(covers("", "https://a.com"));
    EXPECT_FALSE(covers(" ,, ", "https://a.com"));
}

TEST(Proxy, a_name_covers_itself_and_what_is_below) {
    for (const char* list : {"a.com", ".a.com", "*.a.com", "A.COM", "a.com.", "x.org,a.com",
                             "x.org a.com", " a.com ", "a.com:443"}) {
        EXPECT_TRUE(covers(list, "https://a.com")) << list;
        EXPECT_TRUE(covers(list, "https://b.a.com")) << list;
        EXPECT_TRUE(covers(list, "https://c.b.a.com.")) << list;
        EXPECT_FALSE(covers(list, "https://ba.com")) << list;
        EXPECT_FALSE(covers(list, "https://a.com.org")) << list;
        EXPECT_FALSE(covers(list, "https://com")) << list;
    }
}

TEST(Proxy, a_port_has_to_be_the_same) {
    EXPECT_TRUE(covers("a.com:8443", "https://a.com:8443"));
    EXPECT_FALSE(covers("a.com:8443", "https://a.com"));
    EXPECT_TRUE(covers("[::2]:8443", "https://[::2]:8443"));
    EXPECT_FALSE(covers("[::2]:8443", "https://[::2]"));
    EXPECT_TRUE(covers("1.2.3.4:80", "http://1.2.3.4"));
    EXPECT_FALSE(covers("1.2.3.4:81", "http://1.2.3.4"));
    EXPECT_FALSE(covers("a.com:x", "https://a.com"));
    EXPECT_FALSE(covers("a.com:", "https://a.com"));
}

TEST(Proxy, addresses_and_ranges) {
    EXPECT_TRUE(covers("1.2.3.4", "https://1.2.3.4"));
    EXPECT_FALSE(covers("1.2.3.4", "https://1.2.3.5"));
    EXPECT_FALSE(covers("2.3.4", "https://1.2.3.4")) << "no suffixes of addresses";
    EXPECT_TRUE(covers("2001:db8:0::1", "https://[2001:db8::1]"));
    EXPECT_TRUE(covers("[2001:db8::1]", "https://[2001:db8::1]"));
    EXPECT_TRUE(covers("10.0.0.0/8", "https://10.9.8.7"));
    EXPECT_FALSE(covers("10.0.0.0/8", "https://11.9.8.7"));
    EXPECT_TRUE(covers("0.0.0.0/0", "https://11.9.8.7"));
    EXPECT_FALSE(covers("0.0.0.0/0", "https://[2001:db8::1]"));
    EXPECT_TRUE(covers("2001:db8::/32", "https://[2001:db8:1::1]"));
    EXPECT_TRUE(covers("10.0.0.0/8", "https://[::ffff:10.0.0.1]"));
    for (const char* list : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0/8", "/8", "::/129",
                             "10.0.0.0/-1", "10.0.0.0/8/8", "[", "]", ":", "[]", "[10.0.0.1"}) {
        EXPECT_FALSE(covers(list, "https://10.0.0.1")) << list;
    }
    EXPECT_FALSE(covers("10.0.0.0/8", "https://a.com"));
}

std::string choose(ProxyRules rules, const std::string& target) {
    char host[host_bytes_max];
    Url url;
    EXPECT_EQ(parse_url(text(target.data(), target.size()), UrlUse::endpoint, host, &url), LEAT_OK);
    const Text proxy = choose_proxy(rules, url);
    return proxy.size == 0 ? "direct" : std::string(proxy.data, proxy.size);
}

TEST(Proxy, the_scheme_chooses_the_variable) {
    ProxyRules rules;
    EXPECT_EQ(choose(rules, "https://a.com"), "direct");
    rules.https_proxy = text("s:1");
    EXPECT_EQ(choose(rules, "https://a.com"), "s:1");
    EXPECT_EQ(choose(rules, "http://a.com"), "direct");
    rules.http_proxy = text("p:1");
    EXPECT_EQ(choose(rules, "http://a.com"), "p:1");
    rules.no_proxy = text("a.com");
    EXPECT_EQ(choose(rules, "http://a.com"), "direct");
    EXPECT_EQ(choose(rules, "http://b.com"), "p:1");
}

TEST(Proxy, loopback_goes_direct_unless_the_proxy_is_explicit) {
    ProxyRules rules;
    rules.http_proxy = rules.https_proxy = text("p:1");
    for (const char* target : {"http://localhost", "http://127.0.0.1", "https://[::1]"}) {
        EXPECT_EQ(choose(rules, target), "direct");
    }
    rules.explicit_proxy = text("e:1");
    rules.no_proxy = text("*");
    for (const char* target : {"http://localhost", "http://127.0.0.1", "https://a.com"}) {
        EXPECT_EQ(choose(rules, target), "e:1");
    }
}

}  // namespace
}  // namespace leat
