// Dates: the three HTTP forms, RFC 3339, and days that do not exist.
#include "codec/http_date.h"

#include <gtest/gtest.h>
#include <time.h>

#include "codec_test_help.h"

namespace leat {
namespace {

constexpr int64_t year_2026_ms = 1767225600000;

TEST(HttpDate, reads_the_three_forms_of_rfc_9110) {
    struct Case {
        const char* s;
        int64_t ms;  // -1: refused
    };
    const Case cases[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777000},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777000},
        {"Sun Nov  6 08:49:37 1994", 784111777000},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799000},
        {"Wed, 21 Oct 2015 07:28:00 GMT", 1445412480000},
        {"Thu, 29 Feb 2024 00:00:00 GMT", 1709164800000},
        {"Tue Nov 16 08:49:37 1999", 942742177000},
        {"Sat, 31 Dec 2016 23:59:60 GMT", 1483228799000},  // a leap second
        {"Wed, 29 Feb 2023 00:00:00 GMT", -1},
        {"Wed, 31 Apr 2024 00:00:00 GMT", -1},
        {"Wed, 00 Apr 2024 00:00:00 GMT", -1},
        {"Wed, 29 Feb 1900 00:00:00 GMT", -1},
        {"Wed, 01 Jan 1969 00:00:00 GMT", -1},
        {"Sun, 06 Nov 1994 24:00:00 GMT", -1},
        {"Sun, 06 Nov 1994 08:60:00 GMT", -1},
        {"Sun, 06 Nov 1994 08:49:61 GMT", -1},
        {"Sun, 06 Nov 1994 08:49:37 UTC", -1},
        {"Sun, 06 Nov 1994 08:49:37 +0000", -1},
        {"Sun, 06 Nov 1994 08:49:37", -1},
        {"Sun, 06 Nov 1994 08:49:37 GMT ", -1},
        {"Sun, 6 Nov 1994 08:49:37 GMT", -1},
        {"sun, 06 Nov 1994 08:49:37 GMT", -1},
        {"Sun, 06 Now 1994 08:49:37 GMT", -1},
        {"Sunday, 06 Nov 1994 08:49:37 GMT", -1},
        {"Sunday Nov  6 08:49:37 1994", -1},
        {"Sun Nov 06 08:49:37 94", -1},
        {"06 Nov 1994 08:49:37 GMT", -1},
        {"120", -1},
        {"", -1},
    };
    for (const Case& c : cases) {
        const Exact copy(c.s);
        int64_t ms = -1;
        EXPECT_EQ(parse_http_date_ms(copy.text(), year_2026_ms, &ms), c.ms >= 0) << c.s;
        EXPECT_EQ(ms, c.ms) << c.s;
    }
}

TEST(HttpDate, every_cut_is_refused) {
    for (const std::string s : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                                "Sun Nov  6 08:49:37 1994", "2025-03-15T09:38:23.5+02:00"}) {
        for (size_t size = 0; size < s.size(); ++size) {
            const Exact copy(s.substr(0, size));
            int64_t ms = 0;
            EXPECT_FALSE(parse_http_date_ms(copy.text(), year_2026_ms, &ms)) << size;
            EXPECT_FALSE(parse_rfc3339_ms(copy.text(), &ms)) << size;
        }
    }
}

TEST(HttpDate, two_digit_years_are_within_fifty_years_ahead) {
    int64_t ms = 0;
    ASSERT_TRUE(parse_http_date_ms(text("Friday, 01-Jan-76 00:00:00 GMT"), year_2026_ms, &ms));
    int64_t expected = 0;
    ASSERT_TRUE(day_to_unix_ms(2076, 1, 1, &expected));
    EXPECT_EQ(ms, expected);
    ASSERT_TRUE(parse_http_date_ms(text("Friday, 01-Jan-77 00:00:00 GMT"), year_2026_ms, &ms));
    ASSERT_TRUE(day_to_unix_ms(1977, 1, 1, &expected));
    EXPECT_EQ(ms, expected);
    EXPECT_FALSE(parse_http_date_ms(text("Friday, 01-Jan-69 00:00:00 GMT"), -5, &ms) && ms < 0);
}

TEST(HttpDate, every_day_follows_the_day_before) {
    int64_t expected = 0;
    for (int64_t year = 1970; year <= 2410; ++year) {
        for (int64_t month = 0; month <= 13; ++month) {
            for (int64_t day = 0; day <= 32; ++day) {
                int64_t ms = 0;
                if (!day_to_unix_ms(year, month, day, &ms)) continue;
                ASSERT_EQ(ms, expected) << year << '-' << month << '-' << day;
                expected += 86400000;
            }
        }
    }
    int64_t ms = 0;
    EXPECT_FALSE(day_to_unix_ms(INT64_MIN, 1, 1, &ms));
    EXPECT_FALSE(day_to_unix_ms(10000, 1, 1, &ms));
}

TEST(HttpDate, reads_rfc_3339) {
    struct Case {
        const char* s;
        int64_t ms;
    };
    const Case cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2025-03-15T09:38:23Z", 1742031503000},
        {"2025-03-15t09:38:23z", 1742031503000},
        {"2025-03-15T09:38:23.5Z", 1742031503500},
        {"2025-03-15T09:38:23.123456789Z", 1742031503123},
        {"2025-03-15T11:38:23+02:00", 1742031503000},
        {"2025-03-15T09:08:23-00:30", 1742031503000},
        {"2016-12-31T23:59:60Z", 1483228799000},
        {"2025-03-15 09:38:23Z", -1},
        {"2025-03-15T09:38:23", -1},
        {"2025-03-15T09:38:23.Z", -1},
        {"2025-13-15T09:38:23Z", -1},
        {"2025-02-29T09:38:23Z", -1},
        {"2025-03-15T09:38:23+24:00", -1},
        {"2025-03-15T09:38:23+0200", -1},
        {"1970-01-01T00:00:00+01:00", -1},
        {"25-03-15T09:38:23Z", -1},
        {"2025-03-15T09:38:23Zx", -1},
        {"", -1},
    };
    for (const Case& c : cases) {
        const Exact copy(c.s);
        int64_t ms = -1;
        EXPECT_EQ(parse_rfc3339_ms(copy.text(), &ms), c.ms >= 0) << c.s;
        EXPECT_EQ(ms, c.ms) << c.s;
    }
}

}  // namespace
}  // namespace leat
