// Escaping into windows of any size, and the fixed-buffer writer.
#include "codec/json_write.h"

#include <gtest/gtest.h>

#include <cmath>

#include "codec/json_scan.h"
#include "codec_test_help.h"

namespace leat {
namespace {

std::string escape_by_rule(const std::string& s) {
    std::string out;
    for (const char c : s) {
        const unsigned char byte = static_cast<unsigned char>(c);
        const size_t shorter = std::string("\"\\\b\f\n\r\t").find(c);
        if (shorter != std::string::npos) {
            out += '\\';
            out += std::string("\"\\bfnrt")[shorter];
        } else if (byte < 0x20) {
            char hex[8];
            std::snprintf(hex, sizeof hex, "\\u%04x", byte);
            out += hex;
        } else {
            out += c;
        }
    }
    return out;
}

std::string mixed_text(TestRandom* random, size_t size) {
    std::string s;
    const size_t rarity = 1 + random->below(50);
    while (s.size() < size) {
        s += random->below(rarity) == 0 ? static_cast<char>(random->below(256))
                                        : static_cast<char>(' ' + random->below(90));
    }
    return s;
}

TEST(JsonEscape, escapes_each_byte_by_its_rule) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string s(1, static_cast<char>(byte));
        const std::string expected = escape_by_rule(s);
        char out[8];
        JsonEscape escape(view(s));
        EXPECT_EQ(json_escaped_size(view(s)), expected.size()) << byte;
        EXPECT_EQ(std::string(out, escape.write(out, sizeof out)), expected) << byte;
        EXPECT_TRUE(escape.done());
    }
}

TEST(JsonEscape, size_and_text_agree_with_the_rule_for_random_text) {
    TestRandom random(3);
    for (int round = 0; round < 4000; ++round) {
        const std::string s = mixed_text(&random, random.below(400));
        const std::string expected = escape_by_rule(s);
        const Exact source(s);
        ASSERT_EQ(json_escaped_size(source.text()), expected.size());
        std::unique_ptr<char[]> out(new char[expected.size()]);
        JsonEscape escape(source.text());
        ASSERT_EQ(escape.write(out.get(), expected.size()), expected.size());
        ASSERT_TRUE(escape.done());
        ASSERT_EQ(std::string(out.get(), expected.size()), expected);
    }
}

TEST(JsonEscape, any_window_size_gives_the_same_bytes) {
    const std::string s =
        "He said \"so\",\n\x01\x02 then\ttext that is longer than a block of bytes\\";
    const std::string expected = escape_by_rule(s);
    for (size_t window = 1; window <= expected.size() + 1; ++window) {
        JsonEscape escape(view(s));
        std::string got;
        while (!escape.done()) {
            std::unique_ptr<char[]> out(new char[window]);
            const size_t size = escape.write(out.get(), window);
            ASSERT_GT(size, 0u);
            got.append(out.get(), size);
        }
        EXPECT_EQ(got, expected) << window;
    }
}

TEST(JsonEscape, resumes_at_every_output_byte) {
    const std::string s = "\x01 \"a\"\n and some more plain text \x1f\\";
    const std::string expected = escape_by_rule(s);
    for (size_t split = 0; split <= expected.size() + 3; ++split) {
        JsonEscape escape(view(s));
        escape.seek(split);
        std::string rest(expected.size(), '?');
        rest.resize(escape.write(rest.data(), rest.size()));
        EXPECT_EQ(rest, split < expected.size() ? expected.substr(split) : "") << split;
        escape.rewind();
        EXPECT_EQ(escape.source_offset(), 0u);
        EXPECT_EQ(escape.done(), s.empty());
    }
}

TEST(JsonEscape, plain_runs_can_be_sent_from_the_source) {
    const std::string s = "plain run\nanother";
    JsonEscape escape(view(s));
    EXPECT_EQ(str(escape.plain()), "plain run");
    escape.skip_plain(6);
    EXPECT_EQ(str(escape.plain()), "run");
    escape.skip_plain(3);
    EXPECT_TRUE(empty(escape.plain()));
    char out[1];
    EXPECT_EQ(escape.write(out, 1), 1u);
    EXPECT_EQ(out[0], '\\');
    EXPECT_TRUE(empty(escape.plain()));  // inside an escape
    EXPECT_EQ(escape.write(out, 1), 1u);
    EXPECT_EQ(str(escape.plain()), "another");
    EXPECT_EQ(json_plain_size(view(s)), 9u);
}

TEST(JsonWriter, places_commas_and_colons) {
    char out[200];
    JsonWriter w(out, sizeof out);
    w.begin_object();
    w.key(text("a"));
    w.integer(INT64_MIN);
    w.key(text("b\""));
    w.begin_array();
    w.number(0.7);
    w.boolean(true);
    w.boolean(false);
    w.null();
    w.begin_object();
    w.end_object();
    w.begin_array();
    w.end_array();
    w.string(text("x\n"));
    w.end_array();
    EXPECT_FALSE(w.complete());
    w.key(text("c"));
    w.raw(text("{\"d\":1}"));
    w.end_object();
    EXPECT_TRUE(w.ok());
    EXPECT_TRUE(w.complete());
    EXPECT_EQ(str(w.written()),
              "{\"a\":-9223372036854775808,\"b\\\"\":[0.7,true,false,null,{},[],\"x\\n\"],"
              "\"c\":{\"d\":1}}");
    EXPECT_EQ(json_validate(w.written(), 64, nullptr), LEAT_OK);
}

TEST(JsonWriter, capacity_is_exact) {
    const std::string expected = "[\"a\\nb\",-12,\"\"]";
    for (size_t capacity = 0; capacity <= expected.size() + 1; ++capacity) {
        std::unique_ptr<char[]> out(new char[capacity]);
        JsonWriter w(out.get(), capacity);
        w.begin_array();
        w.string(text("a\nb"));
        w.integer(-12);
        w.string(Text{nullptr, 0});
        w.end_array();
        EXPECT_EQ(w.ok(), capacity >= expected.size()) << capacity;
        EXPECT_EQ(w.overflow(), !w.ok());
        EXPECT_TRUE(w.complete());
        if (w.ok()) {
            EXPECT_EQ(str(w.written()), expected);
        }
    }
}

TEST(JsonWriter, refuses_numbers_that_json_cannot_say) {
    for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
        char out[20];
        JsonWriter w(out, sizeof out);
        w.number(value);
        EXPECT_FALSE(w.ok());
        EXPECT_FALSE(w.overflow());
    }
}

TEST(JsonWriter, reaches_its_full_depth) {
    char out[200];
    JsonWriter w(out, sizeof out);
    for (uint32_t i = 0; i < json_writer_depth_max; ++i) w.begin_array();
    for (uint32_t i = 0; i < json_writer_depth_max; ++i) w.end_array();
    EXPECT_TRUE(w.ok() && w.complete());
    EXPECT_EQ(json_validate(w.written(), 64, nullptr), LEAT_OK);
}

TEST(JsonWriterDeathTest, calls_out_of_order_are_programming_errors) {
    char out[50];
    EXPECT_DEATH(
        {
            JsonWriter w(out, 50);
            w.begin_object();
            w.null();
        },
        "");
    EXPECT_DEATH(
        {
            JsonWriter w(out, 50);
            w.end_object();
        },
        "");
    EXPECT_DEATH(
        {
            JsonWriter w(out, 50);
            w.begin_array();
            w.end_object();
        },
        "");
    EXPECT_DEATH(
        {
            JsonWriter w(out, 50);
            w.begin_array();
            w.key(text("a"));
        },
        "");
    EXPECT_DEATH(
        {
            JsonWriter w(out, 50);
            w.null();
            w.null();
        },
        "");
}

}  // namespace
}  // namespace leat
