// tests: HttpFields: packing, lookup, limits.
#include "codec/http_fields.h"

#include <gtest/gtest.h>

#include <string>

#include "base/check.h"
#include "base/poison.h"

namespace leat {
namespace {

class HttpFieldsTest : public testing::Test {
protected:
    void SetUp() override { arena.open(memory, sizeof memory); }
    void TearDown() override { unpoison(memory, sizeof memory); }
    static Text view(const std::string& s) { return text(s.data(), s.size()); }
    leat_status add(const std::string& name, const std::string& value) {
        LEAT_TRY(fields.begin());
        LEAT_TRY(fields.add_name(view(name)));
        LEAT_TRY(fields.add_value(view(value)));
        last = fields.end();
        return LEAT_OK;
    }
    static std::string of(Text t) { return t.size == 0 ? "" : std::string(t.data, t.size); }

    char memory[512] = {};
    Arena arena;
    HttpFields fields;
    leat_header last{};
};

TEST_F(HttpFieldsTest, names_are_lower_case_and_values_trimmed) {
    fields.open(&arena, 4);
    ASSERT_EQ(add("Content-TYPE", "text/plain \t "), LEAT_OK);
    ASSERT_EQ(add("X", ""), LEAT_OK);
    ASSERT_EQ(add("Y", " \t "), LEAT_OK);
    Text value;
    EXPECT_TRUE(fields.find(text("content-type"), &value));
    EXPECT_EQ(of(value), "text/plain");
    EXPECT_EQ(of(last.name), "y");
    EXPECT_EQ(last.value.size, 0u);
    EXPECT_FALSE(fields.find(text("z"), &value));
    EXPECT_EQ(value.data, nullptr);
}

TEST_F(HttpFieldsTest, every_letter_is_lowered_at_every_place) {
    const std::string upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789!#$%&'*+.^_`|~";
    const std::string lower = "abcdefghijklmnopqrstuvwxyz-0123456789!#$%&'*+.^_`|~";
    for (size_t begin = 0; begin < upper.size(); ++begin) {
        for (size_t size = 1; begin + size <= upper.size(); ++size) {
            arena.reset();
            fields.open(&arena, 1);
            ASSERT_EQ(add(upper.substr(begin, size), "v"), LEAT_OK);
            ASSERT_EQ(of(last.name), lower.substr(begin, size));
        }
    }
}

TEST_F(HttpFieldsTest, a_space_in_a_name_is_refused_at_every_place) {
    for (size_t size = 1; size < 20; ++size) {
        for (size_t at = 0; at < size; ++at) {
            arena.reset();
            fields.open(&arena, 1);
            std::string name(size, 'n');
            name[at] = ' ';
            EXPECT_EQ(add(name, "v"), LEAT_ALERT_HEADER) << size << ' ' << at;
        }
    }
}

TEST_F(HttpFieldsTest, finds_the_first_and_counts_all) {
    fields.open(&arena, 8);
    ASSERT_EQ(add("A", "1"), LEAT_OK);
    ASSERT_EQ(add("B", "2"), LEAT_OK);
    ASSERT_EQ(add("a", "3"), LEAT_OK);
    fields.freeze();
    Text value;
    EXPECT_TRUE(fields.find(text("a"), &value));
    EXPECT_EQ(of(value), "1");
    EXPECT_EQ(fields.count(text("a")), 2u);
    EXPECT_EQ(fields.count(text("c")), 0u);
    EXPECT_EQ(fields.count(), 3u);
    std::string all;
    size_t at = 0;
    for (leat_header field{}; fields.next(&at, &field);) all += of(field.name) + of(field.value);
    EXPECT_EQ(all, "a1b2a3");
}

TEST_F(HttpFieldsTest, grows_piece_by_piece) {
    fields.open(&arena, 8);
    ASSERT_EQ(fields.begin(), LEAT_OK);
    for (const char* part : {"Con", "", "TENT"}) {
        ASSERT_EQ(fields.add_name(view(part)), LEAT_OK);
    }
    size_t at = 0;
    leat_header field{};
    EXPECT_FALSE(fields.next(&at, &field)) << "an open field does not show";
    for (const char* part : {"a ", "", "b "}) ASSERT_EQ(fields.add_value(view(part)), LEAT_OK);
    field = fields.end();
    EXPECT_EQ(of(field.name), "content");
    EXPECT_EQ(of(field.value), "a b");
}

TEST_F(HttpFieldsTest, count_and_memory_are_bounded) {
    fields.open(&arena, 2);
    EXPECT_EQ(add("a", ""), LEAT_OK);
    EXPECT_EQ(add("b", ""), LEAT_OK);
    EXPECT_EQ(add("c", ""), LEAT_E_HEADERS_TOO_LARGE);
    arena.open(memory, 10);
    fields.open(&arena, 2);
    EXPECT_EQ(add("a", "b"), LEAT_OK);
    EXPECT_EQ(add("a", "b"), LEAT_E_ITEM_MEMORY);
}

TEST_F(HttpFieldsTest, clear_gives_the_memory_back) {
    ASSERT_TRUE(arena.append(text("before")));
    const size_t mark = arena.mark();
    fields.open(&arena, 2);
    ASSERT_EQ(add("a", "b"), LEAT_OK);
    fields.clear();
    EXPECT_EQ(arena.mark(), mark);
    EXPECT_EQ(fields.count(), 0u);
    ASSERT_EQ(add("c", "d"), LEAT_OK);
    Text value;
    EXPECT_FALSE(fields.find(text("a"), &value));
    EXPECT_TRUE(fields.find(text("c"), &value));
}

TEST(HttpHeaderText, names_are_tokens_and_values_have_no_controls) {
    for (int byte = 0; byte < 256; ++byte) {
        for (size_t size = 1; size < 20; size += 3) {
            for (size_t at = 0; at < size; ++at) {
                std::string s(size, 'x');
                s[at] = static_cast<char>(byte);
                const bool token = isalnum(byte) ||
                                   (byte != 0 && strchr("!#$%&'*+-.^_`|~", byte) != nullptr);
                EXPECT_EQ(is_header_name(text(s.data(), s.size())), token) << byte;
                const bool plain = byte == '\t' || (byte >= 0x20 && byte != 0x7f);
                EXPECT_EQ(is_header_value(text(s.data(), s.size())), plain) << byte;
            }
        }
    }
    EXPECT_FALSE(is_header_name(Text{}));
    EXPECT_TRUE(is_header_value(Text{}));
}

}  // namespace
}  // namespace leat
