// tests: HttpFields: the list made of whole lines, in any cut, and its limits.
#include "codec/http_fields.h"

#include <gtest/gtest.h>

#include <string>

#include "base/narrow.h"
#include "base/poison.h"

namespace leat {
namespace {

class HttpFieldsTest : public testing::Test {
protected:
    void SetUp() override { arena.open(memory, sizeof memory); }
    void TearDown() override { unpoison(memory, sizeof memory); }
    static std::string of(Text t) { return t.size == 0 ? "" : std::string(t.data, t.size); }

    // The lines go in as two pieces; the empty line is added.
    leat_status make(const std::string& lines, uint32_t count, size_t cut = 0) {
        const std::string block = lines + "\r\n";
        arena.reset();
        fields.open(&arena);
        fields.add(text(block.data(), cut));
        fields.add(text(block.data() + cut, block.size() - cut));
        return fields.make_list(count);
    }
    std::string all() const {
        std::string out;
        for (uint32_t i = 0; i < fields.count(); ++i) {
            out += of(fields.list()[i].name) + "=" + of(fields.list()[i].value) + ";";
        }
        return out;
    }

    alignas(8) char memory[512] = {};
    Arena arena;
    HttpFields fields;
};

TEST_F(HttpFieldsTest, names_are_lower_case_and_values_trimmed_in_every_cut) {
    const std::string lines = "Content-TYPE: Text/Plain \t \r\nX:\r\nY: \t \r\nz:a  B:c\r\nz:\t1\r\n";
    for (size_t cut = 0; cut <= lines.size(); ++cut) {
        ASSERT_EQ(make(lines, 5, cut), LEAT_OK);
        EXPECT_EQ(all(), "content-type=Text/Plain;x=;y=;z=a  B:c;z=1;") << cut;
    }
}

TEST_F(HttpFieldsTest, every_letter_is_lowered_at_every_place) {
    const std::string upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789!#$%&'*+.^_`|~";
    const std::string lower = "abcdefghijklmnopqrstuvwxyz-0123456789!#$%&'*+.^_`|~";
    for (size_t begin = 0; begin < upper.size(); ++begin) {
        for (size_t size = 1; begin + size <= upper.size(); ++size) {
            for (const char* value : {"", "V", "A LONGER VALUE THAT STAYS AS IT IS"}) {
                ASSERT_EQ(make(upper.substr(begin, size) + ":" + value + "\r\n", 1), LEAT_OK);
                ASSERT_EQ(all(), lower.substr(begin, size) + "=" + value + ";");
            }
        }
    }
}

TEST_F(HttpFieldsTest, a_value_keeps_every_byte_of_every_length) {
    for (size_t size = 1; size < 100; ++size) {
        std::string value(size, 'V');
        for (int byte = 0x21; byte < 256; byte += 37) {
            value[size / 2] = static_cast<char>(byte);
            ASSERT_EQ(make("N: " + value + "\r\nM: 2\r\n", 2), LEAT_OK);
            ASSERT_EQ(all(), "n=" + value + ";m=2;");
        }
    }
}

TEST_F(HttpFieldsTest, a_space_in_a_name_is_refused_at_every_place) {
    for (size_t size = 1; size < 40; ++size) {
        for (size_t at = 0; at < size; ++at) {
            std::string name(size, 'n');
            name[at] = ' ';
            EXPECT_EQ(make(name + ": v\r\n", 1), LEAT_ALERT_HEADER) << size << ' ' << at;
            EXPECT_EQ(fields.count(), 0u);
        }
    }
}

// What the parser lets through has none of these; the list never leads out of the block.
TEST_F(HttpFieldsTest, lines_that_are_no_fields_are_refused) {
    for (const char* lines : {"", ":v\r\n", "n\r\n", "n", "n:", "n:v", "n:v\n", " n:v\r\n", "n\n:v\r\n"}) {
        EXPECT_EQ(make(lines, 3), LEAT_ALERT_HEADER) << lines;
    }
    fields.clear();
    fields.add(text("n:v"));
    EXPECT_EQ(fields.make_list(1), LEAT_ALERT_HEADER);
    EXPECT_EQ(make("", 0), LEAT_OK);
}

TEST_F(HttpFieldsTest, memory_is_lines_and_list) {
    const std::string block = "a:b\r\nc:d\r\n\r\n";
    const size_t needed = 16 + 2 * sizeof(leat_header);
    static_assert(sizeof(leat_header) % 8 == 0);
    for (size_t room = 0; room <= needed; ++room) {
        arena.open(memory, room);
        fields.open(&arena);
        for (size_t i = 0; i < block.size(); i += 3) {
            fields.add(text(block.data() + i, min_of<size_t>(3, block.size() - i)));
        }
        EXPECT_EQ(fields.make_list(2), room == needed ? LEAT_OK : LEAT_E_ITEM_MEMORY) << room;
    }
    EXPECT_EQ(all(), "a=b;c=d;");
}

TEST_F(HttpFieldsTest, clear_gives_the_memory_back) {
    ASSERT_TRUE(arena.append(text("before")));
    const size_t mark = arena.mark();
    fields.open(&arena);
    fields.add(text("a:b\r\n\r\n"));
    ASSERT_EQ(fields.make_list(1), LEAT_OK);
    fields.clear();
    EXPECT_EQ(arena.mark(), mark);
    EXPECT_EQ(fields.count(), 0u);
    fields.add(text("c:d\r\n\r\n"));
    ASSERT_EQ(fields.make_list(1), LEAT_OK);
    EXPECT_EQ(all(), "c=d;");
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
