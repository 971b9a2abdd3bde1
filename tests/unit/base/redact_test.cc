// tests: no secret gets out, wherever it stands and however the text is cut.
#include "base/redact.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace leat {
namespace {

std::string hide(const std::string& in, const std::vector<std::string>& secrets = {},
                 size_t room = 1000) {
    std::vector<Text> views;
    for (const std::string& s : secrets) views.push_back(text(s.data(), s.size()));
    std::vector<char> out(room);
    const Text result =
        redact(text(in.data(), in.size()), views.data(), views.size(), out.data(), room);
    return result.size == 0 ? "" : std::string(result.data, result.size);
}

TEST(Redact, leaves_other_text_alone) {
    for (const char* s : {"", "nothing here", "a monkey: banana", "authorization failed",
                          "the key is lost", "bearer", "cookies are fine", "\xc3\xa9\r\n\t"}) {
        EXPECT_EQ(hide(s, {"sk-secret"}), s);
    }
}

TEST(Redact, hides_given_secrets_anywhere) {
    EXPECT_EQ(hide("sk-secret", {"sk-secret"}), "[redacted]");
    EXPECT_EQ(hide("a sk-secret b sk-secretsk-secret c", {"sk-secret"}),
              "a [redacted] b [redacted] c");
    EXPECT_EQ(hide("xxabcdxx", {"ab", "abcd"}), "xx[redacted]xx");
    EXPECT_EQ(hide("xxabcdefxx", {"abcd", "cdef"}), "xx[redacted]xx");
    EXPECT_EQ(hide("anything", {""}), "anything");
}

TEST(Redact, hides_a_secret_cut_off_at_the_end) {
    const std::string secret = "sk-0123456789";
    for (size_t size = 1; size <= secret.size(); ++size) {
        const std::string shown = hide("key " + secret.substr(0, size), {secret});
        const bool hidden = size >= redact_prefix_min;
        EXPECT_EQ(shown, hidden ? "key [redacted]" : "key " + secret.substr(0, size));
    }
}

TEST(Redact, hides_bearer_tokens_and_query_keys) {
    EXPECT_EQ(hide("got Bearer abc.def-_~+/= end"), "got Bearer [redacted] end");
    EXPECT_EQ(hide("bearer   abc"), "bearer   [redacted]");
    EXPECT_EQ(hide("GET /v1?key=AIza&alt=sse HTTP"), "GET /v1?key=[redacted]&alt=sse HTTP");
    EXPECT_EQ(hide("?access_token=abc&x"), "?access_token=[redacted]&x");
    EXPECT_EQ(hide("key=\"abc\" x"), "key=\"[redacted]\" x");
    EXPECT_EQ(hide("key="), "key=");
}

TEST(Redact, hides_values_of_credential_headers) {
    for (const char* name : {"Authorization", "proxy-authorization", "X-API-Key", "api-key",
                             "x-goog-api-key", "Cookie", "Set-Cookie"}) {
        const std::string n = name;
        EXPECT_EQ(hide("A: b\r\n" + n + ": Basic abc def\r\nC: d"),
                  "A: b\r\n" + n + ": [redacted]\r\nC: d");
        EXPECT_EQ(hide(n + ":abc"), n + ":[redacted]");
        EXPECT_EQ(hide("{\"" + n + "\": \"a\\\"bc\", \"x\": 1}"),
                  "{\"" + n + "\": \"[redacted]\", \"x\": 1}");
        const std::string nested = hide("{\\\"" + n + "\\\":\\\"abc\\\"}");
        EXPECT_EQ(nested.find("abc"), std::string::npos);
        EXPECT_EQ(hide(n + ": \"open"), n + ": \"[redacted]");
    }
}

TEST(Redact, ranges_that_overlap_are_one) {
    EXPECT_EQ(hide("Authorization: Bearer sk-secret\nx", {"sk-secret"}),
              "Authorization: [redacted]\nx");
    EXPECT_EQ(hide("?key=sk-secret&x", {"sk-secret"}), "?key=[redacted]&x");
}

TEST(Redact, never_writes_past_the_room_or_half_a_mark_or_half_a_character) {
    const std::string secret = "sk-0123456789";
    const std::string in = "a\xe2\x82\xac" "b " + secret + " c\xf0\x9f\x98\x80" "d";
    const std::string all = hide(in, {secret});
    for (size_t room = 0; room <= all.size(); ++room) {
        const std::string shown = hide(in, {secret}, room);
        EXPECT_LE(shown.size(), room);
        EXPECT_EQ(shown, all.substr(0, shown.size()));
        EXPECT_EQ(shown.find("sk-"), std::string::npos);
        const size_t mark = shown.find('[');
        EXPECT_TRUE(mark == std::string::npos || shown.find(']') != std::string::npos);
        if (shown.size() < all.size()) {
            EXPECT_NE(static_cast<unsigned char>(all[shown.size()]) & 0xc0, 0x80) << room;
        }
    }
}

TEST(Redact, a_secret_never_survives_at_any_place) {
    const std::string secret = "q7Zk-";
    const std::string filler = "ab key= Bearer x-api-key: \"q7 {\\\"";
    for (size_t at = 0; at <= filler.size(); ++at) {
        const std::string shown = hide(filler.substr(0, at) + secret + filler.substr(at), {secret});
        EXPECT_EQ(shown.find(secret), std::string::npos) << at;
    }
}

}  // namespace
}  // namespace leat
