// Numbers: grammar, whole numbers at the ends of int64, doubles both ways against the C library.
#include "codec/number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "codec/decimal_exact.h"
#include "codec_test_help.h"

namespace leat {
namespace {

Text c_text(const char* s) { return text(s, strlen(s)); }

TEST(Number, size_is_that_of_the_longest_number) {
    struct Case {
        const char* s;
        size_t size;
    };
    const Case cases[] = {{"0", 1},     {"-0", 2},   {"12,", 2},   {"1.5]", 3}, {"1e5 ", 3},
                          {"1E+05", 5}, {"01", 0},   {"-", 0},     {"+1", 0},   {".5", 0},
                          {"1.", 0},    {"1.e1", 0}, {"1e", 0},    {"1e+", 0},  {"", 0},
                          {"0x1", 1},   {"-01", 0},  {"1.2.3", 3}, {"abc", 0}};
    for (const Case& c : cases) EXPECT_EQ(number_size(c_text(c.s)), c.size) << c.s;
}

TEST(Number, whole_numbers_are_exact_and_overflow_is_told) {
    struct Case {
        const char* s;
        bool good;
        int64_t value;
        bool saturates;
        int64_t saturated;
    };
    const int64_t most = INT64_MAX;
    const int64_t least = INT64_MIN;
    const Case cases[] = {
        {"0", true, 0, true, 0},
        {"-0", true, 0, true, 0},
        {"0e999999999999999999999", true, 0, true, 0},
        {"12", true, 12, true, 12},
        {"12.0", true, 12, true, 12},
        {"1.2e1", true, 12, true, 12},
        {"120e-1", true, 12, true, 12},
        {"-7", true, -7, true, -7},
        {"1.5", false, 0, false, 0},
        {"1e-1", false, 0, false, 0},
        {"9223372036854775807", true, most, true, most},
        {"9223372036854775808", false, 0, true, most},
        {"-9223372036854775808", true, least, true, least},
        {"-9223372036854775809", false, 0, true, least},
        {"9223372036854775807.0", true, most, true, most},
        {"922337203685477580700e-2", true, most, true, most},
        {"9223372036854775807000e-3", true, most, true, most},
        {"9223372036854775807001e-3", false, 0, false, 0},
        {"9.223372036854775807e18", true, most, true, most},
        {"9.223372036854775808e18", false, 0, true, most},
        {"1e400", false, 0, true, most},
        {"-1e400", false, 0, true, least},
        {"1e99999999999999999999", false, 0, true, most},
        {"1e-99999999999999999999", false, 0, false, 0},
        {"1000000000000000000", true, 1000000000000000000, true, 1000000000000000000},
        {"10000000000000000000", false, 0, true, most},
        {"12345678901234567890123", false, 0, true, most},
        {"", false, 0, false, 0},
        {"1x", false, 0, false, 0},
        {"\"1\"", false, 0, false, 0},
    };
    for (const Case& c : cases) {
        int64_t value = 0;
        EXPECT_EQ(parse_int(c_text(c.s), &value), c.good) << c.s;
        EXPECT_EQ(value, c.value) << c.s;
        value = 0;
        EXPECT_EQ(parse_int_saturated(c_text(c.s), &value), c.saturates) << c.s;
        EXPECT_EQ(value, c.saturated) << c.s;
    }
}

TEST(Number, integers_round_trip) {
    TestRandom random(6);
    for (int round = 0; round < 20000; ++round) {
        const int64_t value = static_cast<int64_t>(random.next() >> random.below(64)) *
                              (random.below(2) == 0 ? 1 : -1);
        char out[number_bytes_max];
        const size_t size = print_int(out, value);
        ASSERT_EQ(std::string(out, size), std::to_string(value));
        int64_t again = 0;
        ASSERT_TRUE(parse_int(text(out, size), &again));
        ASSERT_EQ(again, value);
    }
}

void expect_as_libc(const std::string& s) {
    double value = 0;
    const double expected = std::strtod(s.c_str(), nullptr);
    const bool good = parse_double(view(s), &value);
    ASSERT_EQ(good, std::isfinite(expected)) << s;
    if (good) {
        ASSERT_EQ(memcmp(&value, &expected, sizeof value), 0) << s << " " << value;
    }
}

TEST(Number, doubles_are_rounded_as_the_c_library_rounds) {
    for (
        const char* s :
        {"0",
         "-0",
         "0.7",
         "1e22",
         "1e23",
         "9007199254740993",
         "9007199254740992.5",
         "9007199254740993.00000000000000000000000000000000000001",
         "1.7976931348623157e308",
         "1.7976931348623158e308",
         "1.7976931348623159e308",
         "1e308",
         "1e309",
         "1e400",
         "-1e999999",
         "5e-324",
         "4.9406564584124654e-324",
         "2.4703282292062327e-324",
         "2.4703282292062328e-324",
         "2.5e-324",
         "1e-400",
         "2.2250738585072014e-308",
         "2.2250738585072011e-308",
         "2.225073858507201136057409796709131975934819546351645648023426109724822222021076945516529"
         "5239081350879141491589130396211068700864386945946455276572074078206217433799881410632673"
         "2925355228688137214901298112245145188984905722230728525513315575501591439747639798341180"
         "1999323962548289017107081850690630666655994938275772572015763062690663332647565300009245"
         "88831643303777979186961204949739037782970490505108060994073026293712895895000358379996720"
         "7"
         "25430436028407889577179615094551674824347103070260914462157228988025818254518032570701886"
         "0"
         "87211312807951223342628836862232150377566662250398253433597456888442390026549819838548794"
         "8"
         "29220689472168983109969836584681402285424333066033985088644580400103493397042756718644338"
         "3"
         "770486037861622771738545623065874679014086723327636718751234567890123456789012345678901e-"
         "308",
         "123456789012345678901234567890",
         "0.000000000000000000000000000000000000001",
         "1E+2"}) {
        expect_as_libc(s);
    }
    expect_as_libc(std::string(2000, '9'));
    expect_as_libc("1" + std::string(2000, '0') + "e-2000");
    expect_as_libc("0." + std::string(2000, '0') + "1e2001");
    expect_as_libc("1." + std::string(900, '0') + "1");
}

TEST(Number, random_texts_are_rounded_as_the_c_library_rounds) {
    TestRandom random(7);
    for (int round = 0; round < 30000; ++round) {
        std::string s = random.below(2) == 0 ? "-" : "";
        s += static_cast<char>('1' + random.below(9));
        const size_t digits = random.below(25);
        const size_t point = random.below(30);
        for (size_t i = 0; i < digits; ++i) {
            if (i == point) s += '.';
            s += static_cast<char>('0' + random.below(10));
        }
        s += "e" + std::to_string(static_cast<int>(random.below(700)) - 350);
        expect_as_libc(s);
    }
}

TEST(Number, half_way_cases_go_to_even) {
    TestRandom random(8);
    for (int round = 0; round < 2000; ++round) {
        // The middle between two neighbours, written in full: long double holds it exactly.
        const uint64_t bits = random.next() & 0x7FEFFFFFFFFFFFFFu;
        double low = 0;
        memcpy(&low, &bits, sizeof low);
        if (low < 1e-30 || low > 1e30) continue;
        const double high = std::nextafter(low, HUGE_VAL);
        const long double middle = (static_cast<long double>(low) + high) / 2;
        char out[400];
        std::snprintf(out, sizeof out, "%.200Lf", middle);
        expect_as_libc(out);
        expect_as_libc(std::string(out) + "1");
    }
}

std::string printed(double value) {
    char out[number_bytes_max];
    return std::string(out, print_double(out, value));
}

TEST(Number, typical_doubles_print_short) {
    const std::pair<double, const char*> cases[] = {
        {0.0, "0"},
        {-0.0, "-0"},
        {1.0, "1"},
        {0.7, "0.7"},
        {-0.7, "-0.7"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {2.0, "2"},
        {1e15, "1000000000000000"},
        {1e16, "10000000000000000"},
        {1e17, "1e17"},
        {1e22, "1e22"},
        {1e23, "1e23"},
        {1.5e300, "1.5e300"},
        {0.001, "0.001"},
        {1e-5, "0.00001"},
        {1e-6, "0.000001"},
        {1e-7, "1e-7"},
        {123456.789, "123456.789"},
        {0.95, "0.95"},
        {1.0 / 3, "0.3333333333333333"},
        {5e-324, "4.94065645841247e-324"},
        {1.7976931348623157e308, "1.7976931348623157e308"},
        {3.141592653589793, "3.141592653589793"},
        {100.0, "100"},
        {0.000123, "0.000123"},
    };
    for (const auto& c : cases) EXPECT_EQ(printed(c.first), c.second);
}

TEST(Number, every_printed_double_reads_back) {
    TestRandom random(9);
    for (int round = 0; round < 30000; ++round) {
        uint64_t bits = random.next();
        if (round % 3 == 0) bits &= 0x801FFFFFFFFFFFFFu;  // subnormal and tiny ones
        double value = 0;
        memcpy(&value, &bits, sizeof value);
        if (round % 5 == 0) value = static_cast<double>(random.below(1000000)) / 1000;
        const std::string s = printed(value);
        if (!std::isfinite(value)) {
            ASSERT_EQ(s, "");
            continue;
        }
        ASSERT_LE(s.size(), number_bytes_max);
        double again = 1;
        ASSERT_TRUE(parse_double(view(s), &again)) << s;
        ASSERT_EQ(memcmp(&again, &value, sizeof value), 0) << s;
        ASSERT_EQ(number_size(view(s)), s.size());
    }
}

TEST(Number, exact_decimal_rounds_to_the_digits_asked_for) {
    EXPECT_EQ(exact_decimal(0.1, 17).digits, 10000000000000001u);
    EXPECT_EQ(exact_decimal(0.1, 17).exponent, -17);
    EXPECT_EQ(exact_decimal(9.9999, 2).digits, 10u);
    EXPECT_EQ(exact_decimal(9.9999, 2).exponent, 0);
    EXPECT_EQ(exact_decimal(2.5, 1).digits, 2u);  // tie to even
    EXPECT_EQ(exact_decimal(3.5, 1).digits, 4u);
    TestRandom random(10);
    for (int round = 0; round < 20000; ++round) {
        const uint64_t bits = random.next() & 0x7FEFFFFFFFFFFFFFu;
        double value = 0;
        memcpy(&value, &bits, sizeof value);
        const uint32_t count = 1 + static_cast<uint32_t>(random.below(17));
        const ExactDecimal got = exact_decimal(value, count);
        char expected[40];
        char shown[40];
        std::snprintf(expected, sizeof expected, "%.*e", static_cast<int>(count) - 1, value);
        std::string digits = std::to_string(got.digits);
        const int power = got.exponent + static_cast<int>(digits.size()) - 1;
        if (digits.size() > 1) digits.insert(1, ".");
        std::snprintf(shown, sizeof shown, "%se%+03d", digits.c_str(), power);
        ASSERT_STREQ(shown, expected);
    }
}

}  // namespace
}  // namespace leat
