// Durations as rate-limit headers carry them; the plain ones were seen on the wire.
#include "codec/duration.h"

#include <gtest/gtest.h>

#include "codec_test_help.h"

namespace leat {
namespace {

struct Case {
    const char* s;
    int64_t ns;  // -1: refused
};

constexpr int64_t s_ns = 1000000000;

TEST(Duration, reads_numbers_with_units) {
    const Case cases[] = {
        {"0s", 0},
        {"0", 0},
        {"6m0s", 360 * s_ns},
        {"1m30.5s", 90500000000},
        {"20ms", 20000000},
        {"2ms", 2000000},
        {"8.64s", 8640000000},
        {"17.399999999s", 17399999999},
        {"10.332999999s", 10332999999},
        {"1m51.595s", 111595000000},
        {"1h2m3s", 3723 * s_ns},
        {"1h", 3600 * s_ns},
        {"1us", 1000},
        {"1.5us", 1500},
        {"3\xC2\xB5s", 3000},
        {"3\xCE\xBCs", 3000},
        {"7ns", 7},
        {"7.9ns", 7},
        {".5s", 500000000},
        {"1.s", s_ns},
        {"0.000000001h", 3600},
        {"0.3333333333333333333333333333h", 1199999999999},
        {"0.99999999999999999999999999999999s", 999999999},
        {"9223372036.854775807s", INT64_MAX},
        {"9223372036.854775808s", -1},
        {"2562047h47m16.854775807s", INT64_MAX},
        {"2562048h", -1},
        {"99999999999999999999s", -1},
        {"9223372036s9223372036s", -1},
        {"-1s", -1},
        {"+1s", -1},
        {"1", -1},
        {"1x", -1},
        {"s", -1},
        {".s", -1},
        {"1s ", -1},
        {" 1s", -1},
        {"1 s", -1},
        {"1m30", -1},
        {"00", -1},
        {"1e3s", -1},
        {"0s, req_b176c7aa266e48aa8eff647b6b309bb8", -1},
        {"2ms, req_fcbf1d5389cb4a908ff622465164f997", -1},
        {"2025-03-15T09:38:23Z", -1},
        {"", -1},
    };
    for (const Case& c : cases) {
        const Exact copy(c.s);
        int64_t ns = -1;
        EXPECT_EQ(parse_duration_ns(copy.text(), &ns), c.ns >= 0) << c.s;
        EXPECT_EQ(ns, c.ns) << c.s;
    }
}

TEST(Duration, reads_plain_seconds) {
    const Case cases[] = {
        {"0", 0},
        {"2", 2 * s_ns},
        {"0.8", 800000000},
        {"60", 60 * s_ns},
        {"1.5", 1500000000},
        {"007", 7 * s_ns},
        {"9223372036", 9223372036 * s_ns},
        {"9223372037", -1},
        {"-1", -1},
        {"1s", -1},
        {"1e3", -1},
        {"", -1},
        {".", -1},
        {" 1", -1},
        {"1.2.3", -1},
        {"False", -1},
        {"inf", -1},
        {"99999999999999999999999", -1},
    };
    for (const Case& c : cases) {
        int64_t ns = -1;
        EXPECT_EQ(parse_seconds_ns(text(c.s, strlen(c.s)), &ns), c.ns >= 0) << c.s;
        EXPECT_EQ(ns, c.ns) << c.s;
    }
}

TEST(Duration, either_form_is_told_by_its_unit) {
    int64_t ns = 0;
    EXPECT_TRUE(parse_duration_or_seconds_ns(text("2"), &ns));
    EXPECT_EQ(ns, 2 * s_ns);
    EXPECT_TRUE(parse_duration_or_seconds_ns(text("2ms"), &ns));
    EXPECT_EQ(ns, 2000000);
    EXPECT_FALSE(parse_duration_or_seconds_ns(text("soon"), &ns));
    EXPECT_EQ(ns, 2000000);
}

}  // namespace
}  // namespace leat
