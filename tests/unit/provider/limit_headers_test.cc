// Rate limits out of headers: every family of names and every syntax of a reset.
// Features.md: the row on rate-limit headers of its last section; providers.md 9.
#include "provider/limit_headers.h"

#include <gtest/gtest.h>
#include <leat/leat.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "limit_headers_rows.h"

namespace leat {
namespace {

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

TEST(LimitHeadersTest, each_service_is_read_in_its_own_syntax) {
    for (const Row& row : service_rows) {
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
    for (const char* value : {"", "-1", "1.5", "1e3", "many", "9223372036854775808", "0x1", "+1",
                              ";", "18446744073709551616", "1 2"}) {
        const leat_rate_limits limits =
            read({{"x-ratelimit-limit-tokens", value}, {"x-ratelimit-remaining-tokens", value}});
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
        {"x-ratelimit-remaining-tokens-hour", LimitField::remaining, LimitResource::tokens,
         3600000},
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
    for (const char* name : {"",
                             "-",
                             "x-ratelimit-",
                             "x-ratelimit",
                             "ratelimit",
                             "x-ratelimit-limits",
                             "x-ratelimit-key",
                             "x-ratelimit-limit-input-images",
                             "x-ratelimit-limit-tokens-usage-based",
                             "x-ratelimit-limit-project-tokens",
                             "x-ratelimit-tokens-query-cost",
                             "x-ratelimit-limit-req-0-second",
                             "x-ratelimit-limit-req-1001-second",
                             "x-ratelimit-limit-req-x-second",
                             "x-ratelimit-limit-audio-seconds-minute",
                             "anthropic-ratelimit-limit",
                             "anthropic-ratelimit-images-limit",
                             "anthropic-ratelimit-requests",
                             "anthropic-ratelimit--limit",
                             "xx-ratelimit-limit",
                             "x-ratelimit-abusepenalty-active",
                             "ratelimitbysize-query-cost",
                             "retry-after",
                             "x-max-retry-attempts-reached",
                             "X-RateLimit-Limit"}) {
        EXPECT_EQ(limit_name(text_of(name)).field, LimitField::none) << name;
    }
}

TEST(LimitHeadersTest, the_usual_names_mean_what_their_parts_say) {
    std::vector<std::string> names;
    for (const char* field : {"limit", "remaining", "reset"}) {
        for (const char* resource : {"requests", "tokens", "input-tokens", "output-tokens"}) {
            names.push_back(std::string("x-ratelimit-") + field + "-" + resource);
            names.push_back(std::string("anthropic-ratelimit-") + resource + "-" + field);
        }
    }
    for (const std::string& name : names) {
        const LimitName quick = limit_name(text_of(name.c_str()));
        const LimitName slow = limit_name_by_parts(text_of(name.c_str()));
        EXPECT_NE(quick.field, LimitField::none) << name;
        EXPECT_EQ(quick.field, slow.field) << name;
        EXPECT_EQ(quick.resource, slow.resource) << name;
        EXPECT_EQ(quick.window_ms, slow.window_ms) << name;
        EXPECT_EQ(quick.by_size, slow.by_size) << name;
    }
}

TEST(LimitHeadersTest, every_cut_of_every_name_and_value_leaves_a_sane_struct) {
    for (const Row& row : service_rows) {
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
