// UTF-8: exactly what RFC 3629 allows, and where it ends.
#include "codec/utf8.h"

#include <gtest/gtest.h>

#include "codec_test_help.h"

namespace leat {
namespace {

// Decodes by arithmetic, then judges the code point: a second way to the same answer.
size_t prefix_by_rule(const std::string& s) {
    size_t i = 0;
    while (i < s.size()) {
        const unsigned lead = static_cast<unsigned char>(s[i]);
        const size_t size = lead < 0x80 ? 1 : lead < 0xC0 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (size == 0 || lead > 0xF7 || i + size > s.size()) return i;
        uint32_t code = size == 1 ? lead : lead & (0xFFu >> (size + 1));
        for (size_t k = 1; k < size; ++k) {
            const unsigned c = static_cast<unsigned char>(s[i + k]);
            if (c < 0x80 || c > 0xBF) return i;
            code = code << 6 | (c & 63);
        }
        const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        if (code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return i;
        i += size;
    }
    return i;
}

TEST(Utf8, every_code_point_is_valid_and_every_cut_of_it_is_not) {
    for (uint32_t code = 0; code <= 0x10FFFF; ++code) {
        if (code >= 0xD800 && code <= 0xDFFF) continue;
        char out[4];
        const size_t size = utf8_write(out, code);
        ASSERT_TRUE(utf8_valid(text(out, size))) << code;
        for (size_t cut = 1; cut < size; ++cut) ASSERT_EQ(utf8_valid_prefix(text(out, cut)), 0u);
    }
}

TEST(Utf8, agrees_with_the_rule_on_all_leads_and_edges) {
    const std::string edges("\x00\x20\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc2\xe6\xff", 13);
    for (int lead = 0; lead < 256; ++lead) {
        for (const char b : edges) {
            for (const char c : edges) {
                for (const char d : edges) {
                    const std::string s = {static_cast<char>(lead), b, c, d};
                    ASSERT_EQ(utf8_valid_prefix(view(s)), prefix_by_rule(s));
                }
            }
        }
    }
}

TEST(Utf8, agrees_with_the_rule_on_random_mixtures) {
    TestRandom random(5);
    const char* const parts[] = {"plain ascii text over a block of 32 bytes ", "a", "\xc3\xa9",
                                 "\xe6\xb0\xb4", "\xf0\x9f\x98\x80", "\xed\xa0\x80", "\xff",
                                 "\xe6\xb0", "\xc0\x80"};
    for (int round = 0; round < 20000; ++round) {
        std::string s;
        const size_t count = random.below(30);
        const size_t kinds = random.below(8) == 0 ? 9 : 5;
        for (size_t i = 0; i < count; ++i) s += parts[random.below(kinds)];
        const Exact copy(s);
        ASSERT_EQ(utf8_valid_prefix(copy.text()), prefix_by_rule(s));
        ASSERT_EQ(utf8_valid(copy.text()), prefix_by_rule(s) == s.size());
    }
}

TEST(Utf8, empty_text_is_valid) {
    EXPECT_TRUE(utf8_valid(Text{nullptr, 0}));
    EXPECT_TRUE(utf8_valid(text("")));
}

}  // namespace
}  // namespace leat
