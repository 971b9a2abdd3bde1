// Escapes read: their meaning, broken ones, decoding into any buffer and in place.
#include "codec/json_escape.h"

#include <gtest/gtest.h>

#include "codec/json_scan.h"
#include "codec/json_write.h"
#include "codec_test_help.h"

namespace leat {
namespace {

// Decodes into a buffer of exactly `capacity` bytes.
leat_status decode(const std::string& raw, size_t capacity, std::string* out) {
    const Exact source(raw);
    std::unique_ptr<char[]> buffer(new char[capacity]);
    size_t size = 0;
    const leat_status status = json_string_decode(source.text(), buffer.get(), capacity, &size);
    if (status == LEAT_OK) out->assign(buffer.get(), size);
    return status;
}

std::string decode_in_place(const std::string& raw) {
    std::unique_ptr<char[]> buffer(new char[raw.size()]);
    raw.copy(buffer.get(), raw.size());
    size_t size = 0;
    EXPECT_EQ(json_string_decode(text(buffer.get(), raw.size()), buffer.get(), raw.size(), &size),
              LEAT_OK);
    return std::string(buffer.get(), size);
}

TEST(JsonEscapeRead, resolves_every_escape) {
    struct Case {
        const char* raw;
        std::string meaning;
    };
    const Case cases[] = {
        {R"(\"\\\/)", "\"\\/"},
        {R"(\b\f\n\r\t)", "\b\f\n\r\t"},
        {R"(\u0041\u00e9\u00E9)", "A\xc3\xa9\xc3\xa9"},
        {R"(\u0000)", std::string(1, '\0')},
        {R"(\u6c34\uFFFF)", "\xe6\xb0\xb4\xef\xbf\xbf"},
        {R"(\ud83d\ude00\uDBFF\uDFFF\ud800\udc00)",
         "\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\xf0\x90\x80\x80"},
        {"", ""},
        {"plain", "plain"},
    };
    for (const Case& c : cases) {
        std::string out;
        EXPECT_EQ(decode(c.raw, strlen(c.raw), &out), LEAT_OK) << c.raw;
        EXPECT_EQ(out, c.meaning) << c.raw;
        EXPECT_EQ(decode_in_place(c.raw), c.meaning) << c.raw;
    }
}

TEST(JsonEscapeRead, refuses_broken_escapes_and_lone_surrogates) {
    for (const char* raw :
         {"\\", "\\x", "\\u", "\\u12", "\\u12g4", "\\ud800", "\\ud800a", "\\udc00",
          "\\ud800\\ud800", "\\ud800\\u0041", "\\ud800\\", "\\ud800\\udc0"}) {
        std::string out;
        for (size_t before : {0u, 5u, 31u, 64u, 100u}) {
            EXPECT_EQ(decode(std::string(before, 'a') + raw, 200, &out), LEAT_E_JSON) << raw;
        }
    }
}

TEST(JsonEscapeRead, capacity_is_exact) {
    const std::string raw =
        "0123456789\\n0123456789\\u00e90123456789012345678901234567890123456789"
        "\\ud83d\\ude00 and so on and on and on and on";
    std::string whole;
    ASSERT_EQ(decode(raw, raw.size(), &whole), LEAT_OK);
    for (size_t capacity = 0; capacity <= raw.size(); ++capacity) {
        std::string out;
        const bool fits = capacity >= whole.size();
        EXPECT_EQ(decode(raw, capacity, &out), fits ? LEAT_OK : LEAT_E_TOO_LARGE) << capacity;
        if (fits) {
            EXPECT_EQ(out, whole);
        }
    }
}

TEST(JsonEscapeRead, a_string_takes_its_text_in_the_place_of_its_escapes) {
    char document[] = R"(["plain","a\u0062c\n","",12])";
    JsonCursor at(text(document, sizeof document - 1));
    const struct {
        leat_status status;
        Text text;
    } cases[] = {
        {LEAT_OK, text("plain")},
        {LEAT_OK, text("abc\n")},
        {LEAT_OK, text("")},
        {LEAT_E_JSON, text("")},
    };
    ASSERT_TRUE(at.enter_array());
    for (const auto& one : cases) {
        JsonValue value;
        Text seen = text("");
        ASSERT_TRUE(at.element() && at.take(&value));
        EXPECT_EQ(json_string_in_place(value, &seen), one.status);
        EXPECT_TRUE(equal(seen, one.text)) << std::string(seen.data, seen.size);
    }
    char broken[] = "\\ud800";
    Text seen{nullptr, 0};
    const JsonValue lone = {text(broken, sizeof broken - 1), JsonType::string, true};
    EXPECT_EQ(json_string_in_place(lone, &seen), LEAT_E_JSON);
}

TEST(JsonEscapeRead, undoes_the_writer_for_random_text) {
    TestRandom random(2);
    for (int round = 0; round < 3000; ++round) {
        std::string source;
        const size_t size = random.below(300);
        const size_t rarity = 1 + random.below(40);
        while (source.size() < size) {
            source += random.below(rarity) == 0 ? static_cast<char>(random.below(0x80))
                                                : static_cast<char>('a' + random.below(26));
            if (random.below(20) == 0) source += "\xe6\xb0\xb4";
        }
        std::string escaped(json_escaped_size(view(source)), '?');
        JsonEscape escape(view(source));
        ASSERT_EQ(escape.write(escaped.data(), escaped.size()), escaped.size());
        std::string out;
        ASSERT_EQ(decode(escaped, escaped.size(), &out), LEAT_OK);
        ASSERT_EQ(out, source);
        ASSERT_EQ(decode(escaped, source.size(), &out), LEAT_OK);
        ASSERT_EQ(out, source);
        ASSERT_EQ(decode_in_place(escaped), source);
        ASSERT_TRUE(json_is(JsonValue{view(escaped), JsonType::string, true}, view(source)));
        ASSERT_EQ(json_validate(view("\"" + escaped + "\""), 1, nullptr), LEAT_OK);
    }
}

TEST(JsonEscapeRead, is_compares_resolved_text) {
    const JsonValue value{text("a\\u0062\\n"), JsonType::string, true};
    EXPECT_TRUE(json_is(value, text("ab\n")));
    EXPECT_FALSE(json_is(value, text("ab")));
    EXPECT_FALSE(json_is(value, text("ab\nc")));
    EXPECT_FALSE(json_is(value, text("ac\n")));
    EXPECT_FALSE(json_is(JsonValue{text("ab"), JsonType::number, false}, text("ab")));
    EXPECT_TRUE(json_is(JsonValue{Text{nullptr, 0}, JsonType::string, false}, text("")));
}

}  // namespace
}  // namespace leat
