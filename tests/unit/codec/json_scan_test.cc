// The JSON scanner: what it accepts and refuses, where it says a fault is, how a cursor walks.
#include "codec/json_scan.h"

#include <gtest/gtest.h>

#include "codec_test_help.h"
#include "json_reference.h"

namespace leat {
namespace {

leat_status validate(const std::string& s, size_t* offset = nullptr, uint32_t depth = 64) {
    const Exact copy(s);
    return json_validate(copy.text(), depth, offset);
}

TEST(JsonScan, accepts_every_accept_vector) {
    const auto lines = read_vectors("json_accept.txt");
    ASSERT_GT(lines.size(), 40u);
    for (const std::string& line : lines) {
        const std::string document = unescape_vector(line);
        EXPECT_EQ(validate(document), LEAT_OK) << line;
        EXPECT_TRUE(JsonReference(document).valid(64)) << line;
    }
}

TEST(JsonScan, refuses_every_reject_vector_at_its_offset) {
    const auto lines = read_vectors("json_reject.txt");
    ASSERT_GT(lines.size(), 70u);
    for (const std::string& line : lines) {
        const size_t blank = line.find(' ');
        const std::string document = unescape_vector(line.substr(blank + 1));
        size_t offset = 9999;
        EXPECT_EQ(validate(document, &offset), LEAT_E_JSON) << line;
        EXPECT_EQ(offset, std::stoul(line.substr(0, blank))) << line;
        EXPECT_FALSE(JsonReference(document).valid(64)) << line;
    }
}

TEST(JsonScan, refuses_every_cut_of_a_container) {
    for (const std::string& line : read_vectors("json_accept.txt")) {
        const std::string document = unescape_vector(line);
        for (size_t size = 0; size < document.size(); ++size) {
            const std::string cut = document.substr(0, size);
            EXPECT_EQ(validate(cut) == LEAT_OK, JsonReference(cut).valid(64)) << line << size;
        }
    }
}

TEST(JsonScan, empty_and_blank_documents_are_refused) {
    size_t offset = 7;
    EXPECT_EQ(json_validate(Text{nullptr, 0}, 64, &offset), LEAT_E_JSON);
    EXPECT_EQ(offset, 0u);
    EXPECT_EQ(validate(" \n\t\r ", &offset), LEAT_E_JSON);
    EXPECT_EQ(offset, 5u);
}

TEST(JsonScan, depth_limit_is_exact) {
    for (uint32_t depth : {1u, 2u, 7u, 63u, 64u}) {
        const std::string fits = std::string(depth, '[') + std::string(depth, ']');
        std::string over = "[" + fits + "]";
        size_t offset = 0;
        EXPECT_EQ(validate(fits, nullptr, depth), LEAT_OK);
        EXPECT_EQ(validate(over, &offset, depth), LEAT_E_TOO_LARGE);
        EXPECT_EQ(offset, depth);
    }
    EXPECT_EQ(validate(std::string(100000, '['), nullptr, 64), LEAT_E_TOO_LARGE);
}

// Every text of up to five bytes over the alphabet, against the second validator.
void compare_all(const std::string& alphabet, size_t length_max) {
    std::string s;
    std::vector<size_t> digits(length_max, 0);
    size_t compared = 0;
    for (size_t length = 0; length <= length_max; ++length) {
        size_t total = 1;
        for (size_t i = 0; i < length; ++i) total *= alphabet.size();
        for (size_t n = 0; n < total; ++n) {
            s.clear();
            for (size_t i = 0, rest = n; i < length; ++i, rest /= alphabet.size()) {
                s += alphabet[rest % alphabet.size()];
            }
            const bool good = json_validate(view(s), 3, nullptr) == LEAT_OK;
            ASSERT_EQ(good, JsonReference(s).valid(3)) << s;
            ++compared;
        }
    }
    EXPECT_GT(compared, 1000u);
}

TEST(JsonScan, agrees_with_the_reference_on_all_short_structures) {
    compare_all("{}[]\":,1 ", 6);
}
TEST(JsonScan, agrees_with_the_reference_on_all_short_numbers) { compare_all("01-+.eE,[]", 5); }
TEST(JsonScan, agrees_with_the_reference_on_all_short_strings) {
    compare_all(std::string("\"\\un0dD\n\x80\xc3\xa9", 11), 5);
}

TEST(JsonScan, agrees_with_the_reference_on_damaged_documents) {
    const std::string good =
        "{\"id\":\"chatcmpl-1\",\"n\":[1,2.5e3,-0,true,null,{\"k\":\"v\\n\\u00e9\\ud83d\\ude00\"}],"
        "\"text\":\"some longer text, beyond one block of thirty-two bytes: \xc3\xa9\xe6\xb0\xb4\"}";
    TestRandom random(1);
    for (int round = 0; round < 60000; ++round) {
        std::string s = good;
        const size_t edits = 1 + random.below(3);
        for (size_t i = 0; i < edits; ++i) {
            const size_t place = random.below(s.size());
            const char byte = good[random.below(good.size())];
            switch (random.below(4)) {
                case 0: s[place] = byte; break;
                case 1: s.insert(place, 1, byte); break;
                case 2: s.erase(place, 1 + random.below(4)); break;
                default: s[place] = static_cast<char>(random.below(256)); break;
            }
        }
        ASSERT_EQ(validate(s) == LEAT_OK, JsonReference(s).valid(64)) << s;
    }
}

TEST(JsonScan, a_fault_is_found_wherever_it_stands_in_a_long_string) {
    for (size_t size = 0; size < 140; ++size) {
        for (size_t place = 0; place < size; ++place) {
            std::string s = "\"" + std::string(size, 'x') + "\"";
            EXPECT_EQ(validate(s), LEAT_OK);
            size_t offset = 0;
            s[1 + place] = '\x1f';
            EXPECT_EQ(validate(s, &offset), LEAT_E_JSON);
            EXPECT_EQ(offset, 1 + place);
            s[1 + place] = '\xff';
            EXPECT_EQ(validate(s, &offset), LEAT_E_JSON);
            EXPECT_EQ(offset, 1 + place);
        }
    }
}

// One look at 64 bytes serves several strings: what is beyond ASCII in one of them must be checked
// there, and must not disturb its neighbours.
TEST(JsonScan, a_byte_beyond_ascii_counts_for_the_string_it_is_in) {
    const std::vector<std::string> inners = {"\xc3\xa9", "\xff", "\xc3", "\xed\xa0\x80"};
    for (size_t before = 0; before < 70; ++before) {
        for (const std::string& inner : inners) {
            const std::string s = "[\"" + std::string(before, 'x') + "\",\"" + inner + "\",\"y\"]";
            const bool good = inner == "\xc3\xa9";
            size_t offset = 0;
            ASSERT_EQ(validate(s, &offset), good ? LEAT_OK : LEAT_E_JSON) << s;
            if (!good) {
                EXPECT_EQ(offset, before + 5) << s;
            }
            const Exact copy(s);
            JsonCursor at(copy.text());
            JsonValue first, second;
            ASSERT_TRUE(at.enter_array() && at.element() && at.take(&first) && at.element());
            EXPECT_EQ(first.raw.size, before);
            EXPECT_EQ(at.take(&second), good);
            EXPECT_EQ(at.finish(), good ? LEAT_OK : LEAT_E_JSON);
        }
    }
}

TEST(JsonScan, take_count_takes_what_json_to_count_accepts_and_passes_over_the_rest) {
    const std::vector<std::string> values = {
        "0", "7", "160", "-0", "-1", "007", "12.0", "1.2e1", "1.5", "\"12\"", "\"x\"", "null", "true",
        "[1]", "{\"a\":2}", "999999999999999999", "1000000000000000000", "9223372036854775807",
        "9223372036854775808", "00", "1x", "+1", ""};
    for (const std::string& value : values) {
        for (const std::string& end : std::vector<std::string>{"", "]", ",2]", " ]", "}", "\n,3]"}) {
            const std::string document = "[" + value + end;
            const Exact copy(document);
            JsonCursor by_value(copy.text()), by_count(copy.text());
            JsonValue taken;
            int64_t expected = -7, count = -7;
            ASSERT_TRUE(by_value.enter_array() && by_count.enter_array());
            ASSERT_EQ(by_value.element(), by_count.element()) << document;
            if (by_value.take(&taken)) (void)json_to_count(taken, &expected);
            by_count.take_count(&count);
            EXPECT_EQ(count, expected) << document;
            EXPECT_EQ(by_count.offset(), by_value.offset()) << document;
            EXPECT_EQ(by_count.finish(), by_value.finish()) << document;
            EXPECT_EQ(by_count.finish() == LEAT_OK, JsonReference(document).valid(64)) << document;
        }
    }
}

const char answer[] = R"({"id":"c-1","model":"m","choices":[{"index":0,"message":{"role":
"assistant","content":"Hi \"you\"","tool_calls":[{"id":"t","function":{"name":"f","arguments":
"{\"a\":1}"}}]},"finish_reason":"stop"},{"index":1}],"usage":{"prompt_tokens":3,"total_tokens":9}})";

TEST(JsonScan, a_cursor_takes_what_it_knows_and_skips_the_rest) {
    JsonCursor at(text(answer));
    JsonValue key, content, finish, calls;
    int64_t total = -1;
    ASSERT_TRUE(at.enter_object());
    while (at.member(&key)) {
        if (json_is(key, text("choices")) && at.enter_array()) {
            ASSERT_TRUE(at.element());
            ASSERT_TRUE(at.enter_object());
            while (at.member(&key)) {
                if (json_is(key, text("finish_reason"))) at.take(&finish);
                if (json_is(key, text("message")) && at.enter_object()) {
                    while (at.member(&key)) {
                        if (json_is(key, text("content"))) at.take(&content);
                        if (json_is(key, text("tool_calls"))) at.take(&calls);
                    }
                }
            }
            at.leave();
        } else if (json_is(key, text("usage")) && at.enter_object()) {
            JsonValue count;
            while (at.member(&key)) {
                if (json_is(key, text("total_tokens")) && at.take(&count)) {
                    EXPECT_TRUE(json_to_count(count, &total));
                }
            }
        }
    }
    EXPECT_EQ(at.finish(), LEAT_OK);
    EXPECT_EQ(str(content.raw), "Hi \\\"you\\\"");
    EXPECT_TRUE(content.escaped);
    EXPECT_EQ(str(finish.raw), "stop");
    EXPECT_FALSE(finish.escaped);
    EXPECT_EQ(calls.type, JsonType::array);
    EXPECT_EQ(calls.raw.data[0], '[');
    EXPECT_EQ(calls.raw.data[calls.raw.size - 1], ']');
    EXPECT_EQ(total, 9);
}

TEST(JsonScan, a_value_of_another_type_stays_before_the_cursor) {
    JsonCursor at(text("[1,\"a\",{},null]"));
    JsonValue value;
    ASSERT_TRUE(at.enter_array());
    ASSERT_TRUE(at.element());
    EXPECT_FALSE(at.enter_object());
    EXPECT_FALSE(at.take_if(JsonType::string, &value));
    EXPECT_TRUE(at.take_if(JsonType::number, &value));
    EXPECT_FALSE(at.take(&value));  // taken once
    ASSERT_TRUE(at.element());
    EXPECT_EQ(at.peek(), JsonType::string);
    ASSERT_TRUE(at.element());
    EXPECT_FALSE(at.enter_array());
    ASSERT_TRUE(at.element());
    EXPECT_EQ(at.peek(), JsonType::null);
    at.skip();
    EXPECT_FALSE(at.element());
    EXPECT_EQ(at.depth(), 0u);
    EXPECT_EQ(at.finish(), LEAT_OK);
}

TEST(JsonScan, a_fault_in_a_skipped_value_is_found) {
    JsonCursor at(text("{\"a\":[1,2,}],\"b\":1}"));
    JsonValue key;
    ASSERT_TRUE(at.enter_object());
    ASSERT_TRUE(at.member(&key));
    EXPECT_FALSE(at.member(&key));
    EXPECT_EQ(at.status(), LEAT_E_JSON);
    EXPECT_EQ(at.offset(), 10u);
    EXPECT_FALSE(at.member(&key));
    EXPECT_FALSE(at.element());
    EXPECT_FALSE(at.enter_array());
    at.leave();
    EXPECT_EQ(at.peek(), JsonType::none);
    EXPECT_EQ(at.finish(), LEAT_E_JSON);
}

TEST(JsonScan, finish_skips_what_is_left_and_sees_garbage_behind) {
    JsonCursor whole(text("{\"a\":{\"b\":[1]}} "));
    EXPECT_TRUE(whole.enter_object());
    EXPECT_EQ(whole.finish(), LEAT_OK);
    JsonCursor more(text("{\"a\":1} x"));
    EXPECT_TRUE(more.enter_object());
    EXPECT_EQ(more.finish(), LEAT_E_JSON);
    EXPECT_EQ(more.offset(), 8u);
}

TEST(JsonScan, find_answers_the_last_of_equal_names) {
    JsonValue value;
    const Text object = text("{\"a\":1,\"b\":{\"a\":5},\"\\u0061\":3,\"c\":null}");
    EXPECT_TRUE(json_find(object, text("a"), &value));
    EXPECT_EQ(str(value.raw), "3");
    EXPECT_TRUE(json_find(object, text("b"), &value));
    EXPECT_EQ(str(value.raw), "{\"a\":5}");
    EXPECT_FALSE(json_find(object, text("d"), &value));
    EXPECT_FALSE(json_find(text("[1]"), text("a"), &value));
    EXPECT_FALSE(json_find(text("{\"a\":1,}"), text("a"), &value));
    EXPECT_FALSE(json_find(Text{nullptr, 0}, text("a"), &value));
}

TEST(JsonScan, counts_survive_whatever_a_peer_sends) {
    struct Case {
        const char* json;
        int64_t count;  // -1: refused
    };
    const Case cases[] = {
        {"0", 0},          {"12", 12},          {"12.0", 12},        {"1.2e1", 12},
        {"\"12\"", 12},    {"\"0\"", 0},        {"-0", 0},           {"-1", -1},
        {"\"-1\"", -1},    {"1.5", -1},         {"1e400", -1},       {"1e-400", -1},
        {"\"\"", -1},      {"\"12 \"", -1},     {"\"1\\u0032\"", -1}, {"\"012\"", -1},
        {"null", -1},      {"true", -1},        {"[1]", -1},         {"{}", -1},
        {"9223372036854775807", INT64_MAX},     {"9223372036854775808", -1},
        {"999999999999999999", 999999999999999999}, {"1e18", 1000000000000000000},
    };
    for (const Case& c : cases) {
        JsonCursor at(text(c.json, strlen(c.json)));
        JsonValue value;
        ASSERT_TRUE(at.take(&value)) << c.json;
        int64_t count = -1;
        EXPECT_EQ(json_to_count(value, &count), c.count >= 0) << c.json;
        EXPECT_EQ(count, c.count) << c.json;
    }
}

TEST(JsonScan, trimming_takes_the_blanks_of_JSON_from_both_ends_and_no_others) {
    const struct {
        Text from;
        Text to;
    } cases[] = {
        {text(" \t\r\n{ } \n"), text("{ }")},
        {text("x"), text("x")},
        {text("\v1\f"), text("\v1\f")},
        {text(" \n "), text("")},
        {text(""), text("")},
    };
    for (const auto& one : cases) EXPECT_TRUE(equal(json_trim(one.from), one.to)) << one.from.data;
}

TEST(JsonScan, booleans_are_only_booleans) {
    bool out = false;
    EXPECT_TRUE(json_to_bool(JsonValue{text("true"), JsonType::boolean, false}, &out));
    EXPECT_TRUE(out);
    EXPECT_TRUE(json_to_bool(JsonValue{text("false"), JsonType::boolean, false}, &out));
    EXPECT_FALSE(out);
    EXPECT_FALSE(json_to_bool(JsonValue{text("true"), JsonType::string, false}, &out));
}

}  // namespace
}  // namespace leat
