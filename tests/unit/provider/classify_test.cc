// What an error means: status x code x shape of the body, and what the headers ask to wait.
#include "provider/classify.h"

#include <gtest/gtest.h>

#include "answer_help.h"

namespace leat {
namespace {

enum Fate { fails, again, pauses };  // not retried; retried; pauses the endpoint

Fate fate_of(const leat_fault& fault) {
    if (fault.rate_limit != 0) return pauses;
    return fault.retryable != 0 ? again : fails;
}

TEST(ClassifyTest, each_HTTP_status_has_its_meaning_G28_B32_B33) {
    const struct {
        int32_t http;
        leat_status status;
        Fate fate;
    } rows[] = {
        {400, LEAT_E_INVALID_REQUEST, fails}, {401, LEAT_E_AUTHENTICATION, fails},
        {402, LEAT_E_QUOTA, fails},           {403, LEAT_E_PERMISSION, fails},
        {404, LEAT_E_MODEL, fails},           {405, LEAT_E_INVALID_REQUEST, fails},
        {408, LEAT_E_SERVER, again},          {409, LEAT_E_SERVER, again},
        {410, LEAT_E_HTTP, fails},            {413, LEAT_E_INVALID_REQUEST, fails},
        {415, LEAT_E_INVALID_REQUEST, fails}, {422, LEAT_E_INVALID_REQUEST, fails},
        {425, LEAT_E_SERVER, again},          {429, LEAT_E_RATE_LIMIT, pauses},
        {498, LEAT_E_RATE_LIMIT, pauses},     {500, LEAT_E_SERVER, again},
        {501, LEAT_E_SERVER, again},          {502, LEAT_E_SERVER, again},
        {503, LEAT_E_OVERLOADED, again},      {504, LEAT_E_SERVER, again},
        {520, LEAT_E_SERVER, again},          {529, LEAT_E_OVERLOADED, again},
        {599, LEAT_E_SERVER, again},          {300, LEAT_E_REDIRECT, fails},
        {301, LEAT_E_REDIRECT, fails},        {302, LEAT_E_REDIRECT, fails},
        {307, LEAT_E_REDIRECT, fails},        {308, LEAT_E_REDIRECT, fails},
        {418, LEAT_E_HTTP, fails},            {499, LEAT_E_HTTP, fails},
    };
    for (const auto& row : rows) {
        for (const char* body : {"", "{}", R"({"error":{"message":"x","type":"y","code":null}})"}) {
            Answered a(body, row.http);
            const leat_fault& fault = a.classify();
            EXPECT_EQ(leat_status_name(fault.status), std::string(leat_status_name(row.status)))
                << row.http << " " << body;
            EXPECT_EQ(fate_of(fault), row.fate) << row.http << " " << body;
            EXPECT_EQ(fault.wait_ms, -1);
        }
    }
}

TEST(ClassifyTest, the_providers_code_decides_over_the_HTTP_status) {
    const struct {
        int32_t http;
        const char* body;
        leat_status status;
        Fate fate;
    } rows[] = {
        // 429 that never helps (providers.md 8)
        {429, R"({"error":{"code":"insufficient_quota","type":"insufficient_quota"}})", LEAT_E_QUOTA, fails},
        {429, R"({"error":{"code":null,"type":"insufficient_quota"}})", LEAT_E_QUOTA, fails},
        {429, R"({"error":{"code":"credit_balance_exhausted"}})", LEAT_E_QUOTA, fails},
        {429, R"({"error":{"code":"organization_spend_limit_exceeded"}})", LEAT_E_QUOTA, fails},
        {429, R"({"error":{"code":"project_spend_limit_exceeded"}})", LEAT_E_QUOTA, fails},
        {429, R"({"error":{"code":"organization_usage_limit_exceeded"}})", LEAT_E_QUOTA, fails},
        {429, R"({"error":{"code":"billing_hard_limit_reached"}})", LEAT_E_QUOTA, fails},
        {429, R"({"error":{"code":"billing_not_active"}})", LEAT_E_QUOTA, fails},
        // 429 that helps
        {429, R"({"error":{"code":"rate_limit_exceeded","type":"tokens"}})", LEAT_E_RATE_LIMIT, pauses},
        {429, R"({"error":{"code":"slow_down","type":"rate_limit_error"}})", LEAT_E_RATE_LIMIT, pauses},
        {503, R"({"error":{"code":"slow_down"}})", LEAT_E_RATE_LIMIT, pauses},
        {429, R"({"error":{"code":"RateLimitReached","message":"m"}})", LEAT_E_RATE_LIMIT, pauses},
        {503, R"({"error":{"code":"server_is_overloaded","type":"service_unavailable_error"}})",
         LEAT_E_OVERLOADED, again},
        // contexts that are too long
        {400, R"({"error":{"code":"context_length_exceeded"}})", LEAT_E_CONTEXT_LENGTH, fails},
        {400, R"({"error":{"code":400,"type":"exceed_context_size_error"}})", LEAT_E_CONTEXT_LENGTH, fails},
        {400, R"({"error":{"message":"This model's maximum context length is 5 tokens"}})",
         LEAT_E_CONTEXT_LENGTH, fails},
        {400, R"({"error":{"message":"Your input exceeds the context window of this model"}})",
         LEAT_E_CONTEXT_LENGTH, fails},
        {413, R"({"error":{"message":"prompt is too long: 9 tokens > 5 maximum"}})",
         LEAT_E_CONTEXT_LENGTH, fails},
        {400, R"({"error":"the prompt exceeded max context length by 5"})", LEAT_E_CONTEXT_LENGTH, fails},
        // but only where the request is what is wrong
        {500, R"({"error":{"message":"maximum context length"}})", LEAT_E_SERVER, again},
        {429, R"({"error":{"message":"maximum context length"}})", LEAT_E_RATE_LIMIT, pauses},
        // others
        {400, R"({"error":{"code":"content_filter","message":"m"}})", LEAT_E_CONTENT_FILTER, fails},
        {404, R"({"error":{"code":"DeploymentNotFound"}})", LEAT_E_MODEL, fails},
        {400, R"({"error":{"code":"model_not_found"}})", LEAT_E_MODEL, fails},
        {400, R"({"error":{"code":"invalid_api_key"}})", LEAT_E_AUTHENTICATION, fails},
        {401, R"({"error":{"code":"401","message":"Access denied"}})", LEAT_E_AUTHENTICATION, fails},
        {400, R"({"error":{"code":"unsupported_value","type":"invalid_request_error"}})",
         LEAT_E_INVALID_REQUEST, fails},
        {500, R"({"error":{"type":"overloaded_error"}})", LEAT_E_OVERLOADED, again},
        {503, R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})",
         LEAT_E_OVERLOADED, again},
        {402, R"({"error":{"message":"Insufficient Balance"}})", LEAT_E_QUOTA, fails},
        {400, R"({"error":{"code":"tool_use_failed","failed_generation":"x"}})",
         LEAT_E_INVALID_REQUEST, fails},
    };
    for (const auto& row : rows) {
        Answered a(row.body, row.http);
        const leat_fault& fault = a.classify();
        EXPECT_EQ(leat_status_name(fault.status), std::string(leat_status_name(row.status)))
            << row.http << " " << row.body;
        EXPECT_EQ(fate_of(fault), row.fate) << row.http << " " << row.body;
    }
}

TEST(ClassifyTest, an_error_in_a_success_goes_by_its_inner_code_B33) {
    const struct {
        const char* body;
        leat_status status;
        Fate fate;
    } rows[] = {
        {R"({"error":{"code":429,"message":"m"}})", LEAT_E_RATE_LIMIT, pauses},
        {R"({"error":{"code":402,"message":"m"}})", LEAT_E_QUOTA, fails},
        {R"({"error":{"code":403,"message":"m"}})", LEAT_E_PERMISSION, fails},
        {R"({"error":{"code":408,"message":"m"}})", LEAT_E_SERVER, again},
        {R"({"error":{"code":502,"message":"m"}})", LEAT_E_SERVER, again},
        {R"({"error":{"code":503,"message":"m"}})", LEAT_E_OVERLOADED, again},
        {R"({"choices":[{"error":{"code":502,"message":"m"},"message":{"content":""}}]})",
         LEAT_E_SERVER, again},
        {R"({"error":{"code":"rate_limit_exceeded"}})", LEAT_E_RATE_LIMIT, pauses},
        {R"({"error":{"code":"429","message":"m"}})", LEAT_E_RATE_LIMIT, pauses},
        {R"({"error":{"type":"rate_limit_error","message":"m"}})", LEAT_E_RATE_LIMIT, pauses},
        {R"({"error":{"type":"server_error","message":"m"}})", LEAT_E_SERVER, again},
        {R"({"error":{"type":"api_error","message":"m"}})", LEAT_E_SERVER, again},
        {R"({"error":{"message":"maximum context length"}})", LEAT_E_CONTEXT_LENGTH, fails},
    };
    for (const auto& row : rows) {
        Answered a(row.body, 200);
        const leat_fault& fault = a.classify();
        EXPECT_EQ(leat_status_name(fault.status), std::string(leat_status_name(row.status)))
            << row.body;
        EXPECT_EQ(fate_of(fault), row.fate) << row.body;
    }
    for (const char* body : {R"({"error":{"code":200}})", R"({"error":{"code":399}})",
                             R"({"error":{"code":600}})", R"({"error":{"code":99999999999}})",
                             R"({"error":{"code":-429}})"}) {
        Answered a(body, 200);
        EXPECT_EQ(a.classify().status, LEAT_E_HTTP) << body;
    }
}

TEST(ClassifyTest, message_and_code_are_found_in_every_shape) {
    const struct {
        const char* body;
        const char* message;
        const char* code;
    } rows[] = {
        {R"({"error":{"message":"a\"b","type":"t","param":null,"code":"c"}})", "a\"b", "c"},
        {R"({"error":{"message":"m","type":"t","code":null}})", "m", "t"},
        {R"({"error":{"message":"m","code":404,"metadata":{"raw":"{}"}}})", "m", "404"},
        {R"({"code":"invalid-argument","error":"Incorrect API key"})", "Incorrect API key",
         "invalid-argument"},                                                        // xAI
        {R"({"detail":"Unauthorized"})", "Unauthorized", ""},                        // Mistral 401
        {R"({"object":"error","message":"m","type":"t","param":null,"code":"1"})", "m", "1"},
        {R"([{"error":{"message":"m","code":400}}])", "m", "400"},
        {R"({"error":"text only"})", "text only", ""},                               // Ollama
        {R"({"choices":[{"error":{"message":"inner","code":5}}]})", "inner", "5"},
    };
    for (const auto& row : rows) {
        Answered a(row.body, 400);
        const leat_fault& fault = a.classify();
        EXPECT_EQ(str(fault.message), row.message) << row.body;
        EXPECT_EQ(str(fault.code), row.code) << row.body;
    }
}

TEST(ClassifyTest, what_says_nothing_is_shown_as_it_is) {
    const std::string page = "<html><head><title>502 Bad Gateway</title></head>" +
                             std::string(500, 'x') + "</html>";
    Answered a(page, 502);
    EXPECT_EQ(str(a.classify().message), page.substr(0, 200));
    EXPECT_EQ(a.fault.status, LEAT_E_SERVER);
    const std::string list = R"({"detail":[{"loc":["body","model"],"msg":"field required"}]})";
    Answered b(list, 422);
    EXPECT_EQ(str(b.classify().message), list) << "Mistral's list of details";
    Answered c("", 500);
    EXPECT_EQ(c.classify().message.size, 0u);
    Answered d(R"({"error":{"message":null,"code":{"deep":1}}})", 500);
    EXPECT_EQ(str(d.classify().message), R"({"error":{"message":null,"code":{"deep":1}}})");
}

TEST(ClassifyTest, x_should_retry_overrules_the_status) {
    Answered yes("", 400, {{"x-should-retry", "true"}});
    EXPECT_EQ(fate_of(yes.classify()), again);
    Answered no("", 500, {{"x-should-retry", "false"}});
    EXPECT_EQ(fate_of(no.classify()), fails);
    Answered limited("", 429, {{"x-should-retry", "false"}});
    EXPECT_EQ(fate_of(limited.classify()), fails);
    Answered odd("", 500, {{"x-should-retry", "maybe"}});
    EXPECT_EQ(fate_of(odd.classify()), again);
}

TEST(ClassifyTest, x_should_retry_overrules_the_code_as_well) {
    Answered limited(R"({"error":{"code":"rate_limit_exceeded"}})", 429,
                     {{"x-should-retry", "false"}});
    EXPECT_EQ(fate_of(limited.classify()), fails);
    EXPECT_EQ(limited.fault.status, LEAT_E_RATE_LIMIT);
}

// ---- waits ------------------------------------------------------------------------------------

constexpr int64_t wall = 784111777000;  // Sun, 06 Nov 1994 08:49:37 GMT

int64_t wait_for(HeaderList headers, int64_t wall_ms = wall) {
    Answered a("", 429, std::move(headers));
    return wait_from_headers(a.reply(), wall_ms);
}

TEST(WaitTest, retry_after_in_seconds_and_as_a_date_B37) {
    const struct {
        const char* value;
        int64_t expected;
    } rows[] = {
        {"0", 0},
        {"1", 1000},
        {" 20 ", 20000},
        {"0.5", 500},
        {"0.0001", 1},
        {"86400", 86400000},
        {"Sun, 06 Nov 1994 08:49:47 GMT", 10000},
        {"Sunday, 06-Nov-94 08:49:47 GMT", 10000},
        {"Sun Nov  6 08:49:47 1994", 10000},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 0},
        {"Sun, 06 Nov 1994 08:49:36 GMT", 0},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"", -1},
        {"soon", -1},
        {"-5", -1},
        {"+5", -1},
        {"5s", -1},
        {"1e3", -1},
        {"NaN", -1},
        {"0x10", -1},
        {"999999999", 999999999000},
        {"1000000000", 1000000000000},  // centuries: cut by whoever waits
        {"1000000000000", 1000000000000},
        {"99999999999999999999999999", 1000000000000},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(wait_for({{"retry-after", row.value}}), row.expected) << row.value;
    }
    EXPECT_EQ(wait_for({}), -1);
}

TEST(WaitTest, a_date_needs_a_clock) {
    EXPECT_EQ(wait_for({{"retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"}}, 0), -1);
    EXPECT_EQ(wait_for({{"retry-after", "7"}}, 0), 7000);
}

TEST(WaitTest, retry_after_ms_comes_first_unless_it_says_nothing) {
    EXPECT_EQ(wait_for({{"retry-after", "9"}, {"retry-after-ms", "250"}}), 250);
    EXPECT_EQ(wait_for({{"retry-after-ms", "0.5"}}), 1) << "rounded up";
    EXPECT_EQ(wait_for({{"retry-after-ms", "1500.25"}}), 1501);
    EXPECT_EQ(wait_for({{"retry-after-ms", "0"}, {"retry-after", "1"}}), 1000) << "Azure";
    EXPECT_EQ(wait_for({{"retry-after-ms", "0"}}), -1);
    EXPECT_EQ(wait_for({{"retry-after-ms", "x"}, {"retry-after", "2"}}), 2000);
    EXPECT_EQ(wait_for({{"retry-after-ms", "-1"}, {"retry-after", "2"}}), 2000);
}

TEST(WaitTest, an_answer_that_is_no_rate_limit_may_ask_for_a_wait_too) {
    Answered a("", 503, {{"retry-after", "3"}});
    EXPECT_EQ(a.classify().wait_ms, 3000);
    EXPECT_EQ(a.fault.status, LEAT_E_OVERLOADED);
}

}  // namespace
}  // namespace leat
