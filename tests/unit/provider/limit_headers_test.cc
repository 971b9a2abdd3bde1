// Rate limits out of headers: every family of names and every syntax of a reset. Names and values were
// seen on the wire (providers.md 9 and the recorded exchanges) unless the row says otherwise.
// Row of features.md: B34 and the table of rate-limit headers in its section 8.
#include "provider/limit_headers.h"

#include <gtest/gtest.h>
#include <leat/leat.h>

#include <string>
#include <vector>

#include "base/bytes.h"

namespace leat {
namespace {

constexpr int64_t unknown = LEAT_LIMIT_UNKNOWN;
constexpr int64_t wall_ms = 1787150052000;  // Wed, 19 Aug 2026 14:34:12 GMT
constexpr int64_t minute_ms = 60000;

struct Header {
    std::string name;
    std::string value;
};

leat_rate_limits read(const std::vector<Header>& headers, int64_t now_ms = wall_ms) {
    std::vector<leat_header> views;
    for (const Header& h : headers) {
        views.push_back({text(h.name.data(), h.name.size()), text(h.value.data(), h.value.size())});
    }
    leat_reply reply{};
    reply.headers = views.data();
    reply.headers_count = static_cast<uint32_t>(views.size());
    leat_rate_limits limits;
    memset(&limits, 0x5A, sizeof limits);
    leat_reply_limits(&reply, now_ms, &limits);
    return limits;
}

void expect(const leat_limit& seen, const leat_limit& expected, const std::string& where) {
    EXPECT_EQ(seen.limit, expected.limit) << where;
    EXPECT_EQ(seen.remaining, expected.remaining) << where;
    EXPECT_EQ(seen.reset_ms, expected.reset_ms) << where;
    EXPECT_EQ(seen.window_ms, expected.window_ms) << where;
}

constexpr leat_limit none{unknown, unknown, unknown, unknown};

// A service's headers, and what they say; limits that a row leaves out are unknown.
struct Row {
    const char* source;
    std::vector<Header> headers;
    leat_limit requests = none;
    leat_limit tokens = none;
    leat_limit input_tokens = none;
    leat_limit output_tokens = none;
    leat_limit requests_short = none;
    leat_limit tokens_short = none;
    leat_limit requests_long = none;
    leat_limit tokens_long = none;
};

std::vector<Row> rows() {
    std::vector<Row> all;
    Row row{"api.openai.com",
            {{"x-ratelimit-limit-requests", "10000"},
             {"x-ratelimit-limit-tokens", "2000000"},
             {"x-ratelimit-remaining-requests", "9985"},
             {"x-ratelimit-remaining-tokens", "1999961"},
             {"x-ratelimit-reset-requests", "1m51.595s"},
             {"x-ratelimit-reset-tokens", "1ms"},
             {"x-ratelimit-limit-input-images", "50000"},
             {"x-ratelimit-reset-input-images", "1ms"},
             {"x-ratelimit-limit-tokens-usage-based", "90000"}}};
    row.requests = {10000, 9985, 111595, unknown};
    row.tokens = {2000000, 1999961, 1, unknown};
    all.push_back(row);

    row = Row{"api.openai.com, two headers made one",
              {{"x-ratelimit-reset-tokens", "2ms, req_fcbf1d5389cb4a908ff622465164f997"},
               {"x-ratelimit-reset-requests", "0s, req_b176c7aa266e48aa8eff647b6b309bb8"}}};
    row.tokens = {unknown, unknown, 2, unknown};
    row.requests = {unknown, unknown, 0, unknown};
    all.push_back(row);

    row = Row{"api.groq.com",
              {{"x-ratelimit-remaining-tokens", "5863"},
               {"x-ratelimit-reset-tokens", "130ms"},
               {"x-ratelimit-reset-requests", "17.399999999s"}}};
    row.tokens = {unknown, 5863, 130, unknown};
    row.requests = {unknown, unknown, 17400, unknown};
    all.push_back(row);

    row = Row{"api.anthropic.com, its own clock five seconds ahead",
              {{"date", "Wed, 19 Aug 2026 14:34:17 GMT"},
               {"anthropic-ratelimit-requests-limit", "4000"},
               {"anthropic-ratelimit-requests-remaining", "3999"},
               {"anthropic-ratelimit-requests-reset", "2026-08-19T14:34:12Z"},
               {"anthropic-ratelimit-tokens-limit", "480000"},
               {"anthropic-ratelimit-tokens-remaining", "479000"},
               {"anthropic-ratelimit-tokens-reset", "2026-08-19T14:34:18Z"},
               {"anthropic-ratelimit-input-tokens-limit", "400000"},
               {"anthropic-ratelimit-input-tokens-remaining", "400000"},
               {"anthropic-ratelimit-input-tokens-reset", "2026-08-19T14:34:27+00:00"},
               {"anthropic-ratelimit-output-tokens-limit", "80000"},
               {"anthropic-ratelimit-output-tokens-remaining", "79000"},
               {"anthropic-ratelimit-output-tokens-reset", "2026-08-19T16:34:17.25+02:00"},
               {"anthropic-priority-input-tokens-limit", "1"}}};
    row.requests = {4000, 3999, 0, unknown};
    row.tokens = {480000, 479000, 1000, unknown};
    row.input_tokens = {400000, 400000, 10000, unknown};
    row.output_tokens = {80000, 79000, 250, unknown};
    all.push_back(row);

    row = Row{"*.openai.azure.com",
              {{"x-ratelimit-abusepenalty-active", "False"},
               {"x-ratelimit-limit-requests", "120"},
               {"x-ratelimit-remaining-requests", "117"},
               {"x-ratelimit-renewalperiod-requests", "60"},
               {"x-ratelimit-reset-requests", "500"},
               {"x-ratelimit-limit-tokens", "120000"},
               {"x-ratelimit-remaining-tokens", "6780"},
               {"x-ratelimit-renewalperiod-tokens", "60"},
               {"x-ratelimit-reset-tokens", "7"}}};
    row.requests = {120, 117, 500000, minute_ms};
    row.tokens = {120000, 6780, 7000, minute_ms};
    all.push_back(row);

    row = Row{"*.openai.azure.com, the window alone", {{"x-ratelimit-renewalperiod-tokens", "60"}}};
    row.tokens = {unknown, unknown, unknown, minute_ms};
    all.push_back(row);

    row = Row{"api.mistral.ai",
              {{"x-ratelimit-limit-req-minute", "360"},
               {"x-ratelimit-remaining-req-minute", "353"},
               {"x-ratelimit-limit-req-10-second", "60"},
               {"x-ratelimit-remaining-req-10-second", "48"},
               {"x-ratelimit-limit-tokens-minute", "2000000"},
               {"x-ratelimit-remaining-tokens-minute", "1499781"},
               {"x-ratelimit-limit-tokens-month", "200000000000"},
               {"x-ratelimit-remaining-tokens-month", "199999999403"},
               {"x-ratelimit-tokens-query-cost", "106"},
               {"x-ratelimit-limit-audio-seconds-minute", "2000"},
               {"x-ratelimit-limit-ocr-pages-minute", "1250"},
               {"ratelimitbysize-limit", "500000"},
               {"ratelimitbysize-reset", "19"}}};
    row.requests = {360, 353, unknown, minute_ms};
    row.requests_short = {60, 48, unknown, 10000};
    row.tokens = {2000000, 1499781, unknown, minute_ms};
    row.tokens_long = {200000000000, 199999999403, unknown, int64_t{30} * 24 * 3600 * 1000};
    all.push_back(row);

    row = Row{"api.mistral.ai, older",
              {{"ratelimitbysize-limit", "500000"},
               {"ratelimitbysize-query-cost", "32003"},
               {"ratelimitbysize-remaining", "467979"},
               {"ratelimitbysize-reset", "59"},
               {"x-ratelimitbysize-limit-minute", "500000"},
               {"x-ratelimitbysize-remaining-minute", "467979"},
               {"x-ratelimitbysize-limit-month", "1000000000"},
               {"x-ratelimitbysize-remaining-month", "997278920"}}};
    row.tokens = {500000, 467979, 59000, minute_ms};
    row.tokens_long = {1000000000, 997278920, unknown, int64_t{30} * 24 * 3600 * 1000};
    all.push_back(row);

    row = Row{"api.x.ai",
              {{"x-ratelimit-limit-requests", "1800"},
               {"x-ratelimit-remaining-requests", "1779"},
               {"x-ratelimit-limit-tokens", "10000000"},
               {"x-ratelimit-remaining-tokens", "9982512"}}};
    row.requests = {1800, 1779, unknown, unknown};
    row.tokens = {10000000, 9982512, unknown, unknown};
    all.push_back(row);

    row = Row{"api.together.xyz",
              {{"x-ratelimit-limit", "2"}, {"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1"}}};
    row.requests = {2, 0, 1000, unknown};
    all.push_back(row);

    row = Row{"api.replicate.com", {{"ratelimit-remaining", "2999"}, {"ratelimit-reset", "1"}}};
    row.requests = {unknown, 2999, 1000, unknown};
    all.push_back(row);

    row = Row{"gateway.pydantic.dev",
              {{"x-ratelimit-remaining-tokens", "40000000"}, {"x-ratelimit-reset-tokens", "0s"}}};
    row.tokens = {unknown, 40000000, 0, unknown};
    all.push_back(row);

    row = Row{"names of a day, the order that Cerebras has (not recorded)",
              {{"x-ratelimit-limit-requests-day", "14400"},
               {"x-ratelimit-remaining-requests-day", "14399"},
               {"x-ratelimit-reset-requests-day", "33011.382867"},
               {"x-ratelimit-limit-tokens-minute", "60000"},
               {"x-ratelimit-reset-tokens-minute", "11.382867"}}};
    row.requests_long = {14400, 14399, 33011383, int64_t{24} * 3600 * 1000};
    row.tokens = {60000, unknown, 11383, minute_ms};
    all.push_back(row);

    row = Row{"reset as milliseconds since 1970 (not recorded)",
              {{"x-ratelimit-limit", "20"}, {"x-ratelimit-reset", "1787150062500"}}};
    row.requests = {20, unknown, 10500, unknown};
    all.push_back(row);

    row = Row{"reset as seconds since 1970, with a Date (not recorded)",
              {{"Date", "unread: names come in lower case"},
               {"date", "Wed, 19 Aug 2026 14:34:10 GMT"},
               {"x-ratelimit-reset-requests", "1787150060"},
               {"x-ratelimit-reset-tokens", "1787150040"}}};
    row.requests = {unknown, unknown, 10000, unknown};
    row.tokens = {unknown, unknown, 0, unknown};
    all.push_back(row);

    row = Row{"the drafts' list with a window (not recorded)",
              {{"ratelimit-limit", "100, 100;w=60"}, {"ratelimit-remaining", " 7 "}}};
    row.requests = {100, 7, unknown, unknown};
    all.push_back(row);

    row = Row{"router.huggingface.co: nothing but a retry-after", {{"retry-after", "13"}}};
    all.push_back(row);
    all.push_back(Row{"no header at all", {}});
    return all;
}

void expect_all(const leat_rate_limits& seen, const Row& row) {
    const std::string where = row.source;
    expect(seen.requests, row.requests, where + ": requests");
    expect(seen.tokens, row.tokens, where + ": tokens");
    expect(seen.input_tokens, row.input_tokens, where + ": input_tokens");
    expect(seen.output_tokens, row.output_tokens, where + ": output_tokens");
    expect(seen.requests_short, row.requests_short, where + ": requests_short");
    expect(seen.tokens_short, row.tokens_short, where + ": tokens_short");
    expect(seen.requests_long, row.requests_long, where + ": requests_long");
    expect(seen.tokens_long, row.tokens_long, where + ": tokens_long");
}

TEST(LimitHeadersTest, each_service_is_read_in_its_own_syntax_B34) {
    for (const Row& row : rows()) {
        expect_all(read(row.headers), row);
        // Their order changes nothing.
        expect_all(read({row.headers.rbegin(), row.headers.rend()}), row);
    }
}

TEST(LimitHeadersTest, each_form_of_a_reset) {
    const struct {
        const char* value;
        int64_t ms;
    } cases[] = {
        // Go durations
        {"0s", 0},
        {"6m0s", 360000},
        {"1m30.5s", 90500},
        {"20ms", 20},
        {"8.64s", 8640},
        {"17.399999999s", 17400},
        {"11.354999999s", 11355},
        {"1h2m3s", 3723000},
        {"999us", 1},
        {"1ns", 1},
        {"1h2m3s, other", 3723000},
        // plain seconds
        {"0", 0},
        {"7", 7000},
        {"0.8", 800},
        {"0.0001", 1},
        {" 60 ", 60000},
        {"999999999", 999999999000},
        // points in time; now is wall_ms
        {"1000000000", 0},
        {"1787150053", 1000},
        {"1787150052", 0},
        {"1787150051", 0},
        {"1787150052.25", 250},
        {"99999999999", 99999999999000 - wall_ms},
        {"100000000000", 0},
        {"1787150052001", 1},
        {"1787150051999", 0},
        {"253402300799999", 253402300799999 - wall_ms},
        {"2026-08-19T14:34:12Z", 0},
        {"2026-08-19T14:34:13.5Z", 1500},
        {"2026-08-19t16:34:13+02:00", 1000},
        {"2020-01-01T00:00:00Z", 0},
        {"Wed, 19 Aug 2026 14:35:12 GMT", 60000},
        // none of these
        {"", unknown},
        {" ", unknown},
        {",", unknown},
        {"soon", unknown},
        {"-1", unknown},
        {"-1s", unknown},
        {"+5", unknown},
        {"1 s", unknown},
        {"1e3", unknown},
        {"0x10", unknown},
        {"NaN", unknown},
        {"inf", unknown},
        {"False", unknown},
        {"null", unknown},
        {"1s2", unknown},
        {"253402300800000", unknown},
        {"9223372036854775807", unknown},
        {"18446744073709551615", unknown},
        {"99999999999999999999999999", unknown},
        {"9999999999h", unknown},
        {"2026-13-01T00:00:00Z", unknown},
        {"2026-08-19", unknown},
        {"Wed, 32 Aug 2026 14:35:12 GMT", unknown},
        {"\xFF\xFE", unknown},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(limit_reset_ms(text_of(c.value), wall_ms), c.ms) << c.value;
    }
}

TEST(LimitHeadersTest, a_point_in_time_needs_a_clock_a_span_needs_none) {
    for (const char* value : {"1787150060", "1787150060000", "2026-08-19T14:34:12Z",
                              "Wed, 19 Aug 2026 14:35:12 GMT", "1787150052.25"}) {
        EXPECT_EQ(limit_reset_ms(text_of(value), 0), unknown) << value;
        EXPECT_EQ(limit_reset_ms(text_of(value), -5), unknown) << value;
    }
    EXPECT_EQ(limit_reset_ms(text("6m0s"), 0), 360000);
    EXPECT_EQ(limit_reset_ms(text("12"), 0), 12000);
    // The answer's Date serves, whatever the caller's clock says.
    for (const int64_t now_ms : {int64_t{0}, int64_t{1}, wall_ms + 86400000, INT64_MAX}) {
        const leat_rate_limits limits =
            read({{"anthropic-ratelimit-requests-reset", "2026-08-19T14:34:12Z"},
                  {"date", "Wed, 19 Aug 2026 14:34:02 GMT"}},
                 now_ms);
        EXPECT_EQ(limits.requests.reset_ms, 10000) << now_ms;
    }
    const std::vector<Header> broken = {{"date", "yesterday"}, {"x-ratelimit-reset", "1787150053"}};
    EXPECT_EQ(read(broken).requests.reset_ms, 1000);
    EXPECT_EQ(read(broken, 0).requests.reset_ms, unknown);
}

TEST(LimitHeadersTest, a_broken_count_is_unknown_and_the_next_good_one_counts) {
    for (const char* value : {"", "-1", "1.5", "1e3", "many", "9223372036854775808", "0x1", "+1", ";",
                              "18446744073709551616", "1 2"}) {
        const leat_rate_limits limits = read(
            {{"x-ratelimit-limit-tokens", value}, {"x-ratelimit-remaining-tokens", value}});
        expect(limits.tokens, none, value);
        EXPECT_EQ(read({{"x-ratelimit-limit-tokens", value}, {"x-ratelimit-limit-tokens", "5"}})
                      .tokens.limit,
                  5)
            << value;
    }
    EXPECT_EQ(read({{"x-ratelimit-limit", "9223372036854775807"}}).requests.limit, INT64_MAX);
    EXPECT_EQ(read({{"x-ratelimit-limit", "0"}}).requests.limit, 0);
    EXPECT_EQ(read({{"x-ratelimit-limit", "1"}, {"x-ratelimit-limit", "2"}}).requests.limit, 1);
}

TEST(LimitHeadersTest, names_are_ours_whole_or_not_at_all) {
    const struct {
        const char* name;
        LimitField field;
        LimitResource resource;
        int64_t window_ms;
    } cases[] = {
        {"x-ratelimit-limit-requests", LimitField::limit, LimitResource::requests, unknown},
        {"x-ratelimit-limit-req-10-second", LimitField::limit, LimitResource::requests, 10000},
        {"x-ratelimit-limit-second", LimitField::limit, LimitResource::requests, 1000},
        {"x-ratelimit-remaining-5-minute", LimitField::remaining, LimitResource::requests, 300000},
        {"x-ratelimit-remaining-tokens-hour", LimitField::remaining, LimitResource::tokens, 3600000},
        {"x-ratelimit-reset-tokens-week", LimitField::reset, LimitResource::tokens, 604800000},
        {"x-ratelimit-limit-input-tokens", LimitField::limit, LimitResource::input_tokens, unknown},
        {"x-ratelimit-limit-output-tokens-minute", LimitField::limit, LimitResource::output_tokens,
         minute_ms},
        {"anthropic-ratelimit-output-tokens-reset", LimitField::reset, LimitResource::output_tokens,
         unknown},
        {"x-ratelimit-limit-req-1000-second", LimitField::limit, LimitResource::requests, 1000000},
    };
    for (const auto& c : cases) {
        const LimitName name = limit_name(text_of(c.name));
        EXPECT_EQ(name.field, c.field) << c.name;
        EXPECT_EQ(name.resource, c.resource) << c.name;
        EXPECT_EQ(name.window_ms, c.window_ms) << c.name;
    }
    for (const char* name :
         {"", "-", "x-ratelimit-", "x-ratelimit", "ratelimit", "x-ratelimit-limits", "x-ratelimit-key",
          "x-ratelimit-limit-input-images", "x-ratelimit-limit-tokens-usage-based",
          "x-ratelimit-limit-project-tokens", "x-ratelimit-tokens-query-cost", "x-ratelimit-limit-req-0-second",
          "x-ratelimit-limit-req-1001-second", "x-ratelimit-limit-req-x-second",
          "x-ratelimit-limit-audio-seconds-minute", "anthropic-ratelimit-limit",
          "anthropic-ratelimit-images-limit", "anthropic-ratelimit-requests", "anthropic-ratelimit--limit",
          "xx-ratelimit-limit", "x-ratelimit-abusepenalty-active", "ratelimitbysize-query-cost",
          "retry-after", "x-max-retry-attempts-reached", "X-RateLimit-Limit"}) {
        EXPECT_EQ(limit_name(text_of(name)).field, LimitField::none) << name;
    }
}

TEST(LimitHeadersTest, every_cut_of_every_name_and_value_leaves_a_sane_struct) {
    for (const Row& row : rows()) {
        for (const Header& header : row.headers) {
            for (size_t size = 0; size < header.name.size(); ++size) {
                (void)read({{header.name.substr(0, size), header.value}});
            }
            for (size_t size = 0; size < header.value.size(); ++size) {
                const leat_rate_limits limits = read({{header.name, header.value.substr(0, size)}});
                for (const leat_limit* one :
                     {&limits.requests, &limits.tokens, &limits.input_tokens, &limits.output_tokens,
                      &limits.requests_short, &limits.tokens_short, &limits.requests_long,
                      &limits.tokens_long}) {
                    EXPECT_GE(one->limit, unknown);
                    EXPECT_GE(one->remaining, unknown);
                    EXPECT_GE(one->reset_ms, unknown);
                    EXPECT_GE(one->window_ms, unknown);
                }
            }
        }
    }
}

}  // namespace
}  // namespace leat
