// Text views: edges of every operation, and decimal numbers.
#include "base/bytes.h"

#include <gtest/gtest.h>

#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

constexpr Text nothing{nullptr, 0};

TEST(BytesTest, equality_is_of_bytes) {
    EXPECT_TRUE(equal(nothing, text("")));
    EXPECT_TRUE(equal(text("a\0b"), text("a\0b")));
    EXPECT_FALSE(equal(text("a\0b"), text("a\0c")));
    EXPECT_FALSE(equal(text("ab"), text("abc")));
    EXPECT_TRUE(equal_ignoring_case(text("Retry-After"), text("rETRY-aFTER")));
    EXPECT_FALSE(equal_ignoring_case(text("[x"), text("{x"))) << "only letters have case";
    EXPECT_FALSE(equal_ignoring_case(text("a"), text("ab")));
}

TEST(BytesTest, beginnings_and_ends) {
    EXPECT_TRUE(starts_with(text("abc"), nothing));
    EXPECT_TRUE(starts_with(text("abc"), text("abc")));
    EXPECT_FALSE(starts_with(text("ab"), text("abc")));
    EXPECT_TRUE(ends_with(text("abc"), text("bc")));
    EXPECT_FALSE(ends_with(text("c"), text("bc")));
    EXPECT_TRUE(ends_with(text("c"), nothing));
}

TEST(BytesTest, head_and_tail_tile_a_text) {
    const std::string whole = "0123456789";
    for (size_t cut = 0; cut <= whole.size() + 2; ++cut) {
        EXPECT_EQ(str(head(view(whole), cut)) + str(tail(view(whole), cut)), whole);
    }
}

TEST(BytesTest, finds_bytes_from_any_place) {
    EXPECT_EQ(find_byte(text("a,b,c"), ','), 1u);
    EXPECT_EQ(find_byte(text("a,b,c"), ',', 2), 3u);
    EXPECT_EQ(find_byte(text("a,b,c"), ',', 4), not_found);
    EXPECT_EQ(find_byte(text("a"), ',', 100), not_found);
    EXPECT_EQ(find_byte(nothing, ','), not_found);
}

TEST(BytesTest, finds_words_whatever_their_case) {
    EXPECT_EQ(find_ignoring_case(text("The Maximum Context"), text("maximum context")), 4u);
    EXPECT_EQ(find_ignoring_case(text("abc"), nothing), 0u);
    EXPECT_EQ(find_ignoring_case(text("ab"), text("abc")), not_found);
    EXPECT_EQ(find_ignoring_case(text("aab"), text("ab")), 1u);
    EXPECT_EQ(find_ignoring_case(nothing, text("a")), not_found);
}

TEST(BytesTest, trims_blanks_and_tabs_only) {
    EXPECT_EQ(str(trim(text(" \t a b \t"))), "a b");
    EXPECT_EQ(str(trim(text("\n a \r"))), "\n a \r");
    EXPECT_EQ(trim(text(" \t ")).size, 0u);
    EXPECT_EQ(trim(nothing).size, 0u);
}

TEST(BytesTest, takes_a_text_apart) {
    Text rest = text("a,,b");
    EXPECT_EQ(str(take_until(&rest, ',')), "a");
    EXPECT_EQ(str(take_until(&rest, ',')), "");
    EXPECT_EQ(str(take_until(&rest, ',')), "b");
    EXPECT_EQ(rest.size, 0u);
    EXPECT_EQ(take_until(&rest, ',').size, 0u);
}

TEST(BytesTest, reads_decimal_numbers_up_to_the_last_one) {
    uint64_t value = 7;
    EXPECT_TRUE(parse_u64(text("0"), &value));
    EXPECT_EQ(value, 0u);
    EXPECT_TRUE(parse_u64(text("18446744073709551615"), &value));
    EXPECT_EQ(value, UINT64_MAX);
    EXPECT_TRUE(parse_u64(text("00000000000000000012"), &value));
    EXPECT_EQ(value, 12u);
    for (const char* bad : {"", "18446744073709551616", "99999999999999999999",
                            "000000000000000000001", "-1", "+1", " 1", "1 ", "1a", "0x1"}) {
        value = 7;
        EXPECT_FALSE(parse_u64(text(bad, strlen(bad)), &value)) << bad;
        EXPECT_EQ(value, 7u) << bad;
    }
}

TEST(BytesTest, prints_what_it_reads) {
    const uint64_t numbers[] = {0, 1, 9, 10, 99, 100, UINT32_MAX, UINT64_MAX - 1, UINT64_MAX};
    for (const uint64_t number : numbers) {
        char out[20];
        const size_t size = print_u64(out, number);
        EXPECT_EQ(std::string(out, size), std::to_string(number));
        uint64_t back = 0;
        EXPECT_TRUE(parse_u64(text(out, size), &back));
        EXPECT_EQ(back, number);
    }
}

}  // namespace
}  // namespace leat
