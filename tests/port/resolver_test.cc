// tests/port/resolver_test.cc: host names to addresses: literals, localhost, names that must fail,
// and the order of the answers. No question leaves this machine: the names that fail are ones that
// no resolver sends. Depends on port/posix/addresses.h and <leat/posix.h>.
// Invariant: a failed resolve answers LEAT_E_RESOLVE and a count of 0.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <leat/posix.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <list>
#include <string>
#include <vector>

#include "port/posix/addresses.h"

namespace port_test {
namespace {

std::string print(const leat_address& address) {
    char text[INET6_ADDRSTRLEN] = "";
    const int family = address.family == 4 ? AF_INET : AF_INET6;
    return inet_ntop(family, address.bytes, text, sizeof(text)) == nullptr ? "?" : text;
}

struct Resolved {
    leat_status status;
    std::vector<leat_address> addresses;
};

Resolved resolve(const std::string& host, uint32_t addresses_max = 8) {
    std::vector<leat_address> addresses(addresses_max);
    uint32_t count = 77;
    const leat_status status = leat_posix_resolver.resolve(
        nullptr, leat_str{host.data(), host.size()}, 8443, addresses.data(), addresses_max, &count);
    EXPECT_LE(count, addresses_max);
    EXPECT_EQ(status == LEAT_OK, count > 0);
    addresses.resize(count);
    return Resolved{status, addresses};
}

TEST(posix_resolver, takes_literals_as_they_are) {
    for (const char* literal : {"127.0.0.1", "192.0.2.255", "::1", "::", "2001:db8::7:0:1",
                                "::ffff:192.0.2.1", "FE80::1"}) {
        const Resolved resolved = resolve(literal);
        ASSERT_EQ(resolved.status, LEAT_OK) << literal;
        ASSERT_EQ(resolved.addresses.size(), 1u);
        const leat_address& address = resolved.addresses[0];
        EXPECT_EQ(address.family, strchr(literal, ':') != nullptr ? 6 : 4);
        EXPECT_EQ(address.port, 8443);
        EXPECT_EQ(address.reserved, 0);
        EXPECT_EQ(address.scope_id, 0u);
        EXPECT_EQ(strcasecmp(print(address).c_str(), literal), 0) << print(address);
    }
}

TEST(posix_resolver, keeps_the_scope_of_a_link_local_literal) {
    char name[IF_NAMESIZE] = "";
    ASSERT_NE(if_indextoname(1, name), nullptr);
    EXPECT_EQ(resolve(std::string("fe80::1%") + name).addresses.at(0).scope_id, 1u);
    EXPECT_EQ(resolve("fe80::1%7").addresses.at(0).scope_id, 7u);
    for (const char* host : {"fe80::1%", "fe80::1%0", "fe80::1%no-such-link", "127.0.0.1%1",
                             "fe80::1%4294967296", "fe80::1%99999999999999999999999"}) {
        EXPECT_EQ(resolve(host).status, LEAT_E_RESOLVE) << host;
    }
}

TEST(posix_resolver, knows_localhost) {
    for (const char* host : {"localhost", "LocalHost"}) {
        const Resolved resolved = resolve(host);
        ASSERT_EQ(resolved.status, LEAT_OK) << host;
        for (const leat_address& address : resolved.addresses) {
            const std::string text = print(address);
            EXPECT_TRUE(text == "127.0.0.1" || text == "::1") << text;
            EXPECT_EQ(address.port, 8443);
        }
        EXPECT_EQ(resolve(host, 1).addresses.size(), 1u);
        EXPECT_EQ(print(resolve(host, 1).addresses[0]), print(resolved.addresses[0]));
    }
}

TEST(posix_resolver, fails_for_nonsense) {
    const std::string label(64, 'a');
    for (const std::string& host :
         {std::string(), std::string("a..b"), label, label + ".example", std::string(255, 'a'),
          std::string("nul\0.example", 12), std::string("[::1]"), std::string("::1::"),
          std::string("1.2.3.4:80"), std::string(":"), std::string("."), std::string("%")}) {
        EXPECT_EQ(resolve(host).status, LEAT_E_RESOLVE) << host;
    }
    uint32_t count = 1;
    EXPECT_EQ(leat_posix_resolver.resolve(nullptr, LEAT_STR("::1"), 1, nullptr, 0, &count),
              LEAT_E_RESOLVE);
    EXPECT_EQ(count, 0u);
}

// libc reads each of these as some IPv4 address; nobody who writes a host name means one.
TEST(posix_resolver, takes_no_number_for_a_name) {
    for (const char* host :
         {"127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "1.2.3", "256.1.1.1",
          "127.0.0.1.", "example.0x", "api.example.8", "0X7F.0x1"}) {
        EXPECT_EQ(resolve(host).status, LEAT_E_RESOLVE) << host;
    }
    EXPECT_FALSE(leat_posix::ends_in_number("1.2.3.x4", 8));
    EXPECT_FALSE(leat_posix::ends_in_number("a0", 2));
    EXPECT_FALSE(leat_posix::ends_in_number("0xyz", 4));
    EXPECT_FALSE(leat_posix::ends_in_number("1.example.", 10));
}

// A list as getaddrinfo gives it; '4' and '6' are the families, a letter says which address.
class Answers {
public:
    explicit Answers(const std::vector<std::string>& texts) {
        addrinfo* last = nullptr;
        for (const std::string& text : texts) {
            storage_.emplace_back();
            entries_.emplace_back();
            addrinfo* const entry = &entries_.back();
            memset(entry, 0, sizeof(*entry));
            memset(&storage_.back(), 0, sizeof(storage_.back()));
            entry->ai_addr = reinterpret_cast<sockaddr*>(&storage_.back());
            fill(entry, text);
            if (last != nullptr) last->ai_next = entry;
            last = entry;
        }
    }
    const addrinfo* list() const { return entries_.empty() ? nullptr : &entries_.front(); }

private:
    static void fill(addrinfo* entry, const std::string& text) {
        if (text[0] == '4') {
            entry->ai_family = AF_INET;
            entry->ai_addrlen = sizeof(sockaddr_in);
            sockaddr_in* const v4 = reinterpret_cast<sockaddr_in*>(entry->ai_addr);
            memcpy(&v4->sin_addr, &text[1], 1);
        } else if (text[0] == '6') {
            entry->ai_family = AF_INET6;
            entry->ai_addrlen = sizeof(sockaddr_in6);
            sockaddr_in6* const v6 = reinterpret_cast<sockaddr_in6*>(entry->ai_addr);
            memcpy(&v6->sin6_addr, &text[1], 1);
        } else {
            entry->ai_family = AF_UNIX;
        }
    }
    std::list<addrinfo> entries_;
    std::list<sockaddr_storage> storage_;
};

std::string ordered(const std::vector<std::string>& texts, uint32_t addresses_max = 16) {
    const Answers answers(texts);
    std::vector<leat_address> addresses(addresses_max);
    leat_posix::Answer answer = {addresses.data(), addresses_max, 0};
    leat_posix::append_interleaved(&answer, answers.list(), 443);
    std::string order;
    for (uint32_t i = 0; i < answer.count; ++i) {
        order += addresses[i].family == 4 ? "4" : "6";
        order += static_cast<char>(addresses[i].bytes[0]);
        if (i + 1 < answer.count) order += " ";
    }
    return order;
}

TEST(posix_resolver, alternates_families_from_the_first) {
    EXPECT_EQ(ordered({}), "");
    EXPECT_EQ(ordered({"4a"}), "4a");
    EXPECT_EQ(ordered({"6a", "6b", "6c", "4a", "4b"}), "6a 4a 6b 4b 6c");
    EXPECT_EQ(ordered({"4a", "4b", "6a", "6b", "6c", "6d"}), "4a 6a 4b 6b 6c 6d");
    EXPECT_EQ(ordered({"6a", "4a", "6b", "4b"}), "6a 4a 6b 4b");
    EXPECT_EQ(ordered({"4a", "4b", "4c"}), "4a 4b 4c");
}

TEST(posix_resolver, gives_no_address_twice) {
    EXPECT_EQ(ordered({"4a", "4a", "4a"}), "4a");
    EXPECT_EQ(ordered({"4a", "4a", "4b", "6a", "6a", "6b"}), "4a 6a 4b 6b");
    EXPECT_EQ(ordered({"4a", "u", "6a", "4b"}), "4a 6a 4b");
}

TEST(posix_resolver, stops_at_addresses_max) {
    EXPECT_EQ(ordered({"6a", "6b", "6c", "4a", "4b"}, 3), "6a 4a 6b");
    EXPECT_EQ(ordered({"6a", "6b", "4a"}, 1), "6a");
}

}  // namespace
}  // namespace port_test
