// Regular expressions of schemas: what matches, what is refused, the bounds, and that time is linear.
// The expected matches follow ECMA 262 with its u flag. Row of features.md: P21.
#include "codec/json_pattern.h"

#include <gtest/gtest.h>

#include "codec_test_help.h"

namespace leat {
namespace {

constexpr uint64_t plenty = 1000000000;

PatternFault compile(const std::string& raw, JsonPattern* pattern) {
    JsonWork work(plenty);
    const Exact copy(raw);
    return json_pattern_compile(copy.text(), &work, pattern);
}

bool matches(const JsonPattern& pattern, const std::string& raw) {
    JsonWork work(plenty);
    const Exact copy(raw);
    const bool yes = json_pattern_matches(pattern, copy.text(), &work);
    EXPECT_FALSE(work.out());
    return yes;
}

// Pattern and texts are contents of JSON strings: a backslash of the pattern is written twice.
struct Case {
    const char* pattern;
    std::vector<std::string> yes;
    std::vector<std::string> no;
};

const Case matching[] = {
    {"", {"", "a"}, {}},
    {"a", {"a", "bab"}, {"", "b", "A"}},
    {"abc", {"xabcx"}, {"ab", "acb", "abxc"}},
    {"^a", {"a", "ab"}, {"ba", ""}},
    {"a$", {"a", "ba"}, {"ab", "", "a\\n"}},
    {"^$", {""}, {"a", " "}},
    {"^abc$", {"abc"}, {"abcd", "zabc"}},
    {"a.c",
     {"abc", "a.c",
      "a\xC3\xA9"
      "c"},
     {"ac", "a\\nc", "a\\rc", "a\\u2028c", "a\\u2029c"}},
    {"^.$", {"\xF0\x9F\x98\x80", "\\ud83d\\ude00", "\\t"}, {"ab", "", "\\n"}},
    {"[abc]", {"a", "xc"}, {"d", ""}},
    {"^[a-c0-2]+$", {"abc012"}, {"d", "3", "-"}},
    {"^[^a-c]$", {"d", "-", "\\n"}, {"a", "b", ""}},
    {"^[-a]$", {"-", "a"}, {"b"}},
    {"^[a-]$", {"-", "a"}, {"b"}},
    {"^[a\\\\-z]$", {"-", "a", "z"}, {"b"}},
    {"^[\\\\w-.]$", {"-", ".", "x"}, {"!"}},
    {"^[\\\\]\\\\[^]$", {"]", "[", "^"}, {"\\\\"}},
    {"[]", {}, {"", "a"}},
    {"^[^]$", {"a", "\\n"}, {""}},
    {"^[\\\\d\\\\s]$", {"5", " ", "\\t", "\\u00a0", "\\ufeff", "\\u3000"}, {"a", "\\u200b"}},
    {"^[^\\\\d]$", {"a"}, {"5"}},
    {"^[\\\\D5]$", {"a", "5"}, {"6"}},
    {"^[\\\\W_]$", {"_", "-", "\xC3\xA9"}, {"a", "9"}},
    {"^[\\\\S]$", {"a"}, {" ", "\\n", "\\u2003"}},
    {"^\\\\d\\\\D\\\\w\\\\W\\\\s\\\\S$", {"1a_- x"}, {"aa_- x", "11_- x", "1a-- x", "1a__ x"}},
    {"^\\\\d$", {"0", "9"}, {"\xD9\xA3", "a"}},
    {"^\\\\w+$", {"aZ_09"}, {"\xC3\xA9", "a-b"}},
    {"^a*$", {"", "a", "aaaa"}, {"b", "ab"}},
    {"^a+$", {"a", "aaaa"}, {"", "ab"}},
    {"^a?$", {"", "a"}, {"aa"}},
    {"^a*?b+?c??$", {"b", "aab", "aabbc"}, {"a", "cc"}},
    {"^a{3}$", {"aaa"}, {"aa", "aaaa"}},
    {"^a{2,}$", {"aa", "aaaaa"}, {"a", ""}},
    {"^a{2,4}$", {"aa", "aaa", "aaaa"}, {"a", "aaaaa"}},
    {"^a{0,2}$", {"", "a", "aa"}, {"aaa"}},
    {"^a{0}b$", {"b"}, {"ab"}},
    {"^a{0,0}$", {""}, {"a"}},
    {"^a{1,1}$", {"a"}, {"", "aa"}},
    {"^a{0,}$", {"", "aaa"}, {"b"}},
    {"^(ab)+$", {"ab", "abab"}, {"", "aba"}},
    {"^(ab){2,3}$", {"abab", "ababab"}, {"ab", "abababab", "ababa"}},
    {"^(ab){0,2}c$", {"c", "abc", "ababc"}, {"abababc", "ac"}},
    {"^(?:ab|cd)*$", {"", "ab", "cdab"}, {"abc"}},
    {"^(?<year>\\\\d{4})-(?<month>\\\\d\\\\d)$", {"2026-11"}, {"2026-1"}},
    {"^(a|b|cd)$", {"a", "b", "cd"}, {"c", "ab"}},
    {"^a|b$", {"ax", "xb"}, {"xa", "bx"}},
    {"^(a|)$", {"a", ""}, {"b"}},
    {"^(|a)+b$", {"b", "aab"}, {"c"}},
    {"^((a|b)c|d(e|f){2})+$", {"ac", "bcdef", "deeac"}, {"a", "de", "acd"}},
    {"^(a*)*$", {"", "aaaa"}, {"b"}},
    {"^(a*)+b$", {"b", "aaab"}, {"a"}},
    {"^((a?){3}){2}$", {"", "aaaaaa"}, {"aaaaaaa"}},
    {"^((a|b){1,2}c){2,}$", {"acbc", "abcbac"}, {"ac", "aabcac"}},
    {"^()*a(){5}$", {"a"}, {""}},
    {"(^a|b)c", {"ac", "xbc"}, {"xac"}},
    {"(^a)?b", {"ab", "xab", "b"}, {"a"}},
    {"a(b$|c)", {"ab", "acd"}, {"abd"}},
    {"\\\\bcat\\\\b", {"cat", "a cat.", "cat-x"}, {"cats", "xcat", "_cat"}},
    {"\\\\Bat", {"cat"}, {"at", " at"}},
    {"^\\\\B$", {""}, {"a"}},
    {"^\\\\t\\\\n\\\\v\\\\f\\\\r\\\\0$", {"\\t\\n\\u000b\\f\\r\\u0000"}, {"tnvfr0"}},
    {"^\\\\x41\\\\u0042\\\\u{43}\\\\u{1F600}$", {"ABC\xF0\x9F\x98\x80"}, {"ABC"}},
    {"^\\\\ud83d\\\\ude00$", {"\xF0\x9F\x98\x80"}, {"\xF0\x9F\x98\x81"}},
    {"^[\\\\u{1F600}-\\\\u{1F602}]$", {"\xF0\x9F\x98\x81"}, {"\xF0\x9F\x98\x83", "a"}},
    {"^\\\\cJ$", {"\\n"}, {"J"}},
    {"^[\\\\b]$", {"\\b"}, {"b"}},
    {"^\\\\^\\\\$\\\\.\\\\*\\\\+\\\\?\\\\(\\\\)\\\\[\\\\]\\\\{\\\\}\\\\|\\\\/\\\\-\\\\@\\\\\\\\$",
     {"^$.*+?()[]{}|/-@\\\\"},
     {""}},
    {"^\\\"\\u0061$", {"\\\"a"}, {"a"}},
    {"^\xC3\xA9$", {"\xC3\xA9", "\\u00e9"}, {"e"}},
    {"^[\xC3\xA0-\xC3\xBC]$", {"\xC3\xA9"}, {"e", "\xC3\xBD"}},
    {"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\\\\.[a-zA-Z]{2,}$", {"x.y+z@a-b.test"}, {"x@y", "@a.bc"}},
    {"^\\\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\\\d|3[01])$",
     {"2026-11-22"},
     {"2026-13-01", "26-1-1"}},
    {"^([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12})$",
     {"01234567-89ab-cdef-0123-456789abcdef"},
     {"01234567-89ab-cdef-0123-456789abcde"}},
    {"^(25[0-5]|2[0-4]\\\\d|1?\\\\d?\\\\d)(\\\\.(25[0-5]|2[0-4]\\\\d|1?\\\\d?\\\\d)){3}$",
     {"127.0.0.1", "255.255.255.255"},
     {"256.1.1.1", "1.2.3"}},
};

TEST(JsonPattern, matches_what_ecma_262_says) {
    size_t count = 0;
    for (const Case& c : matching) {
        JsonPattern pattern;
        const PatternFault fault = compile(c.pattern, &pattern);
        ASSERT_EQ(fault, PatternFault::none) << c.pattern;
        for (const std::string& s : c.yes)
            EXPECT_TRUE(matches(pattern, s)) << c.pattern << " " << s;
        for (const std::string& s : c.no)
            EXPECT_FALSE(matches(pattern, s)) << c.pattern << " " << s;
        count += c.yes.size() + c.no.size();
    }
    EXPECT_GT(count, 180u);
}

struct Refused {
    const char* pattern;
    PatternFault fault;
};

const Refused refused[] = {
    {"(", PatternFault::broken},
    {")", PatternFault::broken},
    {"(a", PatternFault::broken},
    {"a)", PatternFault::broken},
    {"(a))", PatternFault::broken},
    {"*", PatternFault::broken},
    {"+a", PatternFault::broken},
    {"?", PatternFault::broken},
    {"a**", PatternFault::broken},
    {"a+*", PatternFault::broken},
    {"a???", PatternFault::broken},
    {"^*", PatternFault::broken},
    {"$+", PatternFault::broken},
    {"\\\\b+", PatternFault::broken},
    {"a|*", PatternFault::broken},
    {"(*a)", PatternFault::broken},
    {"a{2}{3}", PatternFault::broken},
    {"{", PatternFault::broken},
    {"}", PatternFault::broken},
    {"]", PatternFault::broken},
    {"a{", PatternFault::broken},
    {"a{}", PatternFault::broken},
    {"a{,3}", PatternFault::broken},
    {"a{1", PatternFault::broken},
    {"a{1,", PatternFault::broken},
    {"a{1,2", PatternFault::broken},
    {"a{x}", PatternFault::broken},
    {"a{3,2}", PatternFault::broken},
    {"[", PatternFault::broken},
    {"[a", PatternFault::broken},
    {"[a-", PatternFault::broken},
    {"[z-a]", PatternFault::broken},
    {"[\\\\", PatternFault::broken},
    {"[\\\\B]", PatternFault::broken},
    {"\\\\", PatternFault::broken},
    {"\\\\a", PatternFault::broken},
    {"\\\\_x\\\\e", PatternFault::broken},
    {"\\\\ ", PatternFault::broken},
    {"\\\\x4", PatternFault::broken},
    {"\\\\xzz", PatternFault::broken},
    {"\\\\u12", PatternFault::broken},
    {"\\\\u{}", PatternFault::broken},
    {"\\\\u{110000}", PatternFault::broken},
    {"\\\\u{12", PatternFault::broken},
    {"\\\\c1", PatternFault::broken},
    {"\\\\01", PatternFault::broken},
    {"(?<>a)", PatternFault::broken},
    {"(?<n", PatternFault::broken},
    {"(?=a)", PatternFault::unsupported},
    {"(?!a)", PatternFault::unsupported},
    {"(?<=a)", PatternFault::unsupported},
    {"(?<!a)", PatternFault::unsupported},
    {"(?i)a", PatternFault::unsupported},
    {"(?", PatternFault::unsupported},
    {"(a)\\\\1", PatternFault::unsupported},
    {"\\\\k<n>", PatternFault::unsupported},
    {"\\\\p{L}", PatternFault::unsupported},
    {"[\\\\P{L}]", PatternFault::unsupported},
    {"\\\\ud83d", PatternFault::unsupported},
    {"\\\\ude00", PatternFault::unsupported},
    {"\\\\ud83d\\\\u0041", PatternFault::unsupported},
    {"a{1000000}", PatternFault::too_large},
    {"a{99999999999999999999}", PatternFault::too_large},
    {"((a{30}){30}){30}", PatternFault::too_large},
};

TEST(JsonPattern, refuses_what_is_broken_and_names_what_is_not_supported) {
    for (const Refused& c : refused) {
        JsonPattern pattern;
        EXPECT_EQ(compile(c.pattern, &pattern), c.fault) << c.pattern;
    }
}

// Every cut of a pattern is compiled, and none of it reads or writes beyond its end.
TEST(JsonPattern, every_cut_of_a_pattern_ends_in_an_answer) {
    const std::string whole =
        "^((?:a|[^b-d\\\\w\\\\]]){2,5}|(?<n>\\\\u{1F600}\\\\x41)*?|\\\\bx+){1,3}(|y)$";
    size_t good = 0;
    for (size_t size = 0; size <= whole.size(); ++size) {
        JsonPattern pattern;
        const PatternFault fault = compile(whole.substr(0, size), &pattern);
        if (fault != PatternFault::none) continue;
        ++good;
        (void)matches(pattern, "aaax A y");
    }
    EXPECT_GE(good, 3u);
    EXPECT_LE(good, 12u);
}

std::string repeat(const std::string& part, size_t count) {
    std::string all;
    for (size_t i = 0; i < count; ++i) all += part;
    return all;
}

TEST(JsonPattern, bounds_are_exact) {
    JsonPattern pattern;
    // One word for each character, one for the match.
    EXPECT_EQ(compile(std::string(json_pattern_words_max - 2, 'a'), &pattern), PatternFault::none);
    EXPECT_EQ(compile(std::string(json_pattern_words_max - 1, 'a'), &pattern), PatternFault::none);
    EXPECT_EQ(pattern.words_count, json_pattern_words_max);
    EXPECT_TRUE(matches(pattern, std::string(json_pattern_words_max - 1, 'a')));
    EXPECT_EQ(compile(std::string(json_pattern_words_max, 'a'), &pattern), PatternFault::too_large);
    EXPECT_EQ(compile("a{0,1022}", &pattern), PatternFault::none);
    EXPECT_EQ(compile("a{0,1023}", &pattern), PatternFault::none);
    EXPECT_EQ(compile("a{0,1024}", &pattern), PatternFault::too_large);
    const size_t depth = json_pattern_depth_max;
    EXPECT_EQ(compile(std::string(depth - 1, '(') + std::string(depth - 1, ')'), &pattern),
              PatternFault::none);
    EXPECT_EQ(compile(std::string(depth, '(') + std::string(depth, ')'), &pattern),
              PatternFault::none);
    EXPECT_EQ(compile(std::string(depth + 1, '(') + std::string(depth + 1, ')'), &pattern),
              PatternFault::too_large);
    EXPECT_EQ(compile(repeat("[a]", json_pattern_classes_max), &pattern), PatternFault::none);
    EXPECT_EQ(compile(repeat("[a]", json_pattern_classes_max + 1), &pattern),
              PatternFault::too_large);
    const std::string full = "[" + std::string(json_pattern_ranges_max, 'a');
    EXPECT_EQ(compile(full + "]", &pattern), PatternFault::none);
    EXPECT_EQ(compile(full + "a]", &pattern), PatternFault::too_large);
    const std::string long_one = "[" + repeat("\\u0061", (json_pattern_bytes_max - 2) / 6);
    EXPECT_EQ(compile(long_one.substr(0, 601) + "]", &pattern), PatternFault::none);
    EXPECT_EQ(compile(std::string(json_pattern_bytes_max + 1, 'a'), &pattern),
              PatternFault::too_large);
}

// Patterns that take exponential or quadratic time elsewhere: the bill grows with the text alone.
TEST(JsonPattern, time_is_linear_in_the_text) {
    const char* const evil[] = {
        "^(a+)+$",
        "^(a|a)*$",
        "^(a|aa)+$",
        "(a*)*b",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(x+x+)+y",
        "^(a?){30}a{30}$",
        "(.*)(.*)(.*)(.*)z",
        "^(.|a|[a-z])*!$",
        "(a{0,20}){0,20}b",
    };
    for (const char* one : evil) {
        JsonPattern pattern;
        ASSERT_EQ(compile(one, &pattern), PatternFault::none) << one;
        uint64_t cost[2];
        for (int i = 0; i < 2; ++i) {
            const std::string text_of_it(i == 0 ? 2000 : 4000, 'a');
            JsonWork work(plenty);
            (void)json_pattern_matches(pattern, view(text_of_it), &work);
            cost[i] = plenty - work.left();
            EXPECT_LE(cost[i], text_of_it.size() * (1 + 2 * pattern.words_count)) << one;
        }
        EXPECT_LE(cost[1], cost[0] * 2 + 10000) << one;
    }
}

TEST(JsonPattern, work_is_taken_before_it_is_done) {
    JsonPattern pattern;
    JsonWork little(3);
    EXPECT_EQ(json_pattern_compile(text("abcd"), &little, &pattern), PatternFault::too_large);
    EXPECT_TRUE(little.out());
    ASSERT_EQ(compile("b$", &pattern), PatternFault::none);
    uint64_t enough = 1;
    for (; enough < 1000; ++enough) {
        JsonWork work(enough);
        if (json_pattern_matches(pattern, text("aaaaab"), &work)) break;
        EXPECT_TRUE(work.out()) << enough;
    }
    EXPECT_GT(enough, 6u);
    EXPECT_LT(enough, 40u);
}

}  // namespace
}  // namespace leat
