// The line splitter: every split of the input gives the same lines.
#include "codec/jsonl.h"

#include <gtest/gtest.h>

#include "codec_test_help.h"

namespace leat {
namespace {

// One line as text: number, kind, offset, size, whether ended, content.
std::string show(LineKind kind, const Line& line) {
    const char* const kinds[] = {"none", "text", "blank", "long"};
    return std::to_string(line.number) + " " + kinds[static_cast<int>(kind)] + " @" +
           std::to_string(line.offset) + "+" + std::to_string(line.size_bytes) +
           (line.ended ? " [" : " cut [") + str(line.text) + "]";
}

// Feeds the input in pieces of the sizes given (the last one repeats).
std::vector<std::string> split(const std::string& input, size_t line_max,
                               const std::vector<size_t>& pieces, size_t spare = 0) {
    const size_t capacity = LineSplitter::bytes_for(line_max) + spare;
    std::unique_ptr<char[]> buffer(new char[capacity]);
    LineSplitter splitter;
    splitter.open(buffer.get(), capacity, line_max);
    std::vector<std::string> lines;
    Line line;
    size_t at = 0;
    for (size_t turn = 0; at < input.size(); ++turn) {
        const size_t piece = pieces[turn < pieces.size() ? turn : pieces.size() - 1];
        size_t room = 0;
        char* const to = splitter.room(&room);
        EXPECT_GT(room, 0u);
        const size_t size = std::min(std::min(room, piece), input.size() - at);
        input.copy(to, size, at);
        splitter.filled(size);
        at += size;
        for (LineKind kind; (kind = splitter.next(&line)) != LineKind::none;) {
            lines.push_back(show(kind, line));
        }
    }
    splitter.finish();
    for (LineKind kind; (kind = splitter.next(&line)) != LineKind::none;) {
        lines.push_back(show(kind, line));
    }
    EXPECT_EQ(splitter.next(&line), LineKind::none);
    return lines;
}

using Lines = std::vector<std::string>;

TEST(Jsonl, lines_end_in_lf_or_crlf) {
    EXPECT_EQ(split("a\nb\r\nc\r\r\n", 10, {100}),
              (Lines{"1 text @0+2 [a]", "2 text @2+3 [b]", "3 text @5+4 [c\r]"}));
}

TEST(Jsonl, the_last_line_may_lack_its_end) {
    EXPECT_EQ(split("a\nb", 10, {100}), (Lines{"1 text @0+2 [a]", "2 text @2+1 cut [b]"}));
    EXPECT_EQ(split("a\nb\r", 10, {100}), (Lines{"1 text @0+2 [a]", "2 text @2+2 cut [b]"}));
}

TEST(Jsonl, blank_lines_are_told_apart_and_counted) {
    EXPECT_EQ(split("\n \t\r\na\n  ", 10, {100}),
              (Lines{"1 blank @0+1 []", "2 blank @1+4 [ \t]", "3 text @5+2 [a]",
                     "4 blank @7+2 cut [  ]"}));
}

TEST(Jsonl, a_mark_is_dropped_at_the_start_only) {
    EXPECT_EQ(split("\xEF\xBB\xBF{}\n\xEF\xBB\xBF\n", 10, {100}),
              (Lines{"1 text @3+3 [{}]", "2 text @6+4 [\xEF\xBB\xBF]"}));
    EXPECT_EQ(split("\xEF\xBB\xBF", 10, {1}), Lines{});
    EXPECT_EQ(split("\xEF\xBB", 10, {1}), (Lines{"1 text @0+2 cut [\xEF\xBB]"}));
    EXPECT_EQ(split("", 10, {1}), Lines{});
}

TEST(Jsonl, the_length_limit_is_exact) {
    EXPECT_EQ(split("12345\n123456\n12345\r\n123456\r\nx\n", 5, {100}),
              (Lines{"1 text @0+6 [12345]", "2 long @6+7 []", "3 text @13+7 [12345]",
                     "4 long @20+8 []", "5 text @28+2 [x]"}));
    EXPECT_EQ(split("123456", 5, {100}), (Lines{"1 long @0+6 cut []"}));
    EXPECT_EQ(split(std::string(1000, 'x') + "\ny", 5, {7}),
              (Lines{"1 long @0+1001 []", "2 text @1001+1 cut [y]"}));
}

TEST(Jsonl, every_split_gives_the_same_lines) {
    const std::string input =
        "\xEF\xBB\xBF{\"a\":1}\r\n\n{\"a\":22222222222222}\r\n  "
        "\r\n12345678\r\n123456789\n\r\nlast";
    for (size_t line_max : {1u, 7u, 8u, 20u}) {
        const Lines whole = split(input, line_max, {input.size()}, input.size());
        for (size_t piece = 1; piece <= input.size(); ++piece) {
            EXPECT_EQ(split(input, line_max, {piece}), whole) << piece;
            EXPECT_EQ(split(input, line_max, {piece, input.size()}, 50), whole) << piece;
        }
    }
}

TEST(Jsonl, random_input_keeps_every_byte_in_one_line) {
    TestRandom random(11);
    for (int round = 0; round < 5000; ++round) {
        std::string input;
        const size_t size = random.below(60);
        for (size_t i = 0; i < size; ++i) input += "ab \r\n\n\xEF\xBB\xBF"[random.below(9)];
        const size_t line_max = 1 + random.below(12);
        const Lines whole = split(input, line_max, {size + 1}, size);
        ASSERT_EQ(split(input, line_max, {1 + random.below(9), 1 + random.below(5)}), whole);
        ASSERT_EQ(split(input, line_max, {1}), whole);
    }
}

TEST(Jsonl, a_large_file_streams_through_a_small_buffer) {
    std::string input;
    for (int i = 0; i < 5000; ++i) input += "{\"id\":" + std::to_string(i) + "}\n";
    const Lines lines = split(input, 20, {13});
    ASSERT_EQ(lines.size(), 5000u);
    EXPECT_NE(lines[4999].find("{\"id\":4999}"), std::string::npos);
}

}  // namespace
}  // namespace leat
