// tests/unit/provider/limit_headers_rows.h: the rate-limit headers of each service, as they were seen on
// the wire (providers.md 9 and the recorded exchanges) unless the source says otherwise, and what they
// mean. Included by limit_headers_test.cc alone.
#pragma once

#include <leat/limits.h>

#include <string>
#include <vector>

namespace leat {

constexpr int64_t unknown = LEAT_LIMIT_UNKNOWN;
constexpr int64_t wall_ms = 1787150052000;  // Wed, 19 Aug 2026 14:34:12 GMT
constexpr int64_t minute_ms = 60000;

struct Header {
    std::string name;
    std::string value;
};

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

const Row service_rows[] = {
    {.source = "api.openai.com",
     .headers = {{"x-ratelimit-limit-requests", "10000"},
                 {"x-ratelimit-limit-tokens", "2000000"},
                 {"x-ratelimit-remaining-requests", "9985"},
                 {"x-ratelimit-remaining-tokens", "1999961"},
                 {"x-ratelimit-reset-requests", "1m51.595s"},
                 {"x-ratelimit-reset-tokens", "1ms"},
                 {"x-ratelimit-limit-input-images", "50000"},
                 {"x-ratelimit-reset-input-images", "1ms"},
                 {"x-ratelimit-limit-tokens-usage-based", "90000"}},
     .requests = {10000, 9985, 111595, unknown},
     .tokens = {2000000, 1999961, 1, unknown}},
    {.source = "api.openai.com, two headers made one",
     .headers = {{"x-ratelimit-reset-tokens", "2ms, req_fcbf1d5389cb4a908ff622465164f997"},
                 {"x-ratelimit-reset-requests", "0s, req_b176c7aa266e48aa8eff647b6b309bb8"}},
     .requests = {unknown, unknown, 0, unknown},
     .tokens = {unknown, unknown, 2, unknown}},
    {.source = "api.groq.com",
     .headers = {{"x-ratelimit-remaining-tokens", "5863"},
                 {"x-ratelimit-reset-tokens", "130ms"},
                 {"x-ratelimit-reset-requests", "17.399999999s"}},
     .requests = {unknown, unknown, 17400, unknown},
     .tokens = {unknown, 5863, 130, unknown}},
    {.source = "api.anthropic.com, its own clock five seconds ahead",
     .headers = {{"date", "Wed, 19 Aug 2026 14:34:17 GMT"},
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
                 {"anthropic-priority-input-tokens-limit", "1"}},
     .requests = {4000, 3999, 0, unknown},
     .tokens = {480000, 479000, 1000, unknown},
     .input_tokens = {400000, 400000, 10000, unknown},
     .output_tokens = {80000, 79000, 250, unknown}},
    {.source = "*.openai.azure.com",
     .headers = {{"x-ratelimit-abusepenalty-active", "False"},
                 {"x-ratelimit-limit-requests", "120"},
                 {"x-ratelimit-remaining-requests", "117"},
                 {"x-ratelimit-renewalperiod-requests", "60"},
                 {"x-ratelimit-reset-requests", "500"},
                 {"x-ratelimit-limit-tokens", "120000"},
                 {"x-ratelimit-remaining-tokens", "6780"},
                 {"x-ratelimit-renewalperiod-tokens", "60"},
                 {"x-ratelimit-reset-tokens", "7"}},
     .requests = {120, 117, 500000, minute_ms},
     .tokens = {120000, 6780, 7000, minute_ms}},
    {.source = "*.openai.azure.com, the window alone",
     .headers = {{"x-ratelimit-renewalperiod-tokens", "60"}},
     .tokens = {unknown, unknown, unknown, minute_ms}},
    {.source = "api.mistral.ai",
     .headers = {{"x-ratelimit-limit-req-minute", "360"},
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
                 {"ratelimitbysize-reset", "19"}},
     .requests = {360, 353, unknown, minute_ms},
     .tokens = {2000000, 1499781, unknown, minute_ms},
     .requests_short = {60, 48, unknown, 10000},
     .tokens_long = {200000000000, 199999999403, unknown, int64_t{30} * 24 * 3600 * 1000}},
    {.source = "api.mistral.ai, older",
     .headers = {{"ratelimitbysize-limit", "500000"},
                 {"ratelimitbysize-query-cost", "32003"},
                 {"ratelimitbysize-remaining", "467979"},
                 {"ratelimitbysize-reset", "59"},
                 {"x-ratelimitbysize-limit-minute", "500000"},
                 {"x-ratelimitbysize-remaining-minute", "467979"},
                 {"x-ratelimitbysize-limit-month", "1000000000"},
                 {"x-ratelimitbysize-remaining-month", "997278920"}},
     .tokens = {500000, 467979, 59000, minute_ms},
     .tokens_long = {1000000000, 997278920, unknown, int64_t{30} * 24 * 3600 * 1000}},
    {.source = "api.x.ai",
     .headers = {{"x-ratelimit-limit-requests", "1800"},
                 {"x-ratelimit-remaining-requests", "1779"},
                 {"x-ratelimit-limit-tokens", "10000000"},
                 {"x-ratelimit-remaining-tokens", "9982512"}},
     .requests = {1800, 1779, unknown, unknown},
     .tokens = {10000000, 9982512, unknown, unknown}},
    {.source = "api.together.xyz",
     .headers = {{"x-ratelimit-limit", "2"},
                 {"x-ratelimit-remaining", "0"},
                 {"x-ratelimit-reset", "1"}},
     .requests = {2, 0, 1000, unknown}},
    {.source = "api.replicate.com",
     .headers = {{"ratelimit-remaining", "2999"}, {"ratelimit-reset", "1"}},
     .requests = {unknown, 2999, 1000, unknown}},
    {.source = "gateway.pydantic.dev",
     .headers = {{"x-ratelimit-remaining-tokens", "40000000"}, {"x-ratelimit-reset-tokens", "0s"}},
     .tokens = {unknown, 40000000, 0, unknown}},
    {.source = "names of a day, the order that Cerebras has (not recorded)",
     .headers = {{"x-ratelimit-limit-requests-day", "14400"},
                 {"x-ratelimit-remaining-requests-day", "14399"},
                 {"x-ratelimit-reset-requests-day", "33011.382867"},
                 {"x-ratelimit-limit-tokens-minute", "60000"},
                 {"x-ratelimit-reset-tokens-minute", "11.382867"}},
     .tokens = {60000, unknown, 11383, minute_ms},
     .requests_long = {14400, 14399, 33011383, int64_t{24} * 3600 * 1000}},
    {.source = "reset as milliseconds since 1970 (not recorded)",
     .headers = {{"x-ratelimit-limit", "20"}, {"x-ratelimit-reset", "1787150062500"}},
     .requests = {20, unknown, 10500, unknown}},
    {.source = "reset as seconds since 1970, with a Date (not recorded)",
     .headers = {{"Date", "unread: names come in lower case"},
                 {"date", "Wed, 19 Aug 2026 14:34:10 GMT"},
                 {"x-ratelimit-reset-requests", "1787150060"},
                 {"x-ratelimit-reset-tokens", "1787150040"}},
     .requests = {unknown, unknown, 10000, unknown},
     .tokens = {unknown, unknown, 0, unknown}},
    {.source = "the drafts' list with a window (not recorded)",
     .headers = {{"ratelimit-limit", "100, 100;w=60"}, {"ratelimit-remaining", " 7 "}},
     .requests = {100, 7, unknown, unknown}},
    {.source = "router.huggingface.co: nothing but a retry-after",
     .headers = {{"retry-after", "13"}}},
    {.source = "no header at all", .headers = {}},
};

}  // namespace leat
