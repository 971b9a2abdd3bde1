// Errors of the Responses API: by HTTP status and code, in a response that failed, in a stream.
#include "adapter_help.h"

namespace leat {
namespace {

constexpr char openai[] = "openai-responses";

TEST(ResponsesErrorsTest, a_code_of_an_http_error_decides) {
    const struct {
        int32_t http_status;
        const char* error;  // members of the error object
        const char* verdict;
    } rows[] = {
        {401, R"("type":"invalid_request_error","code":"invalid_api_key")", "authentication no"},
        {400, R"("type":"invalid_request_error","code":"model_not_found")", "model no"},
        {404, R"("type":"invalid_request_error","code":"model_not_found")", "model no"},
        {400, R"("param":"input","code":"context_length_exceeded")", "context_length no"},
        {400, R"("param":"input","message":"Your input exceeds the context window of it")",
         "context_length no"},
        {400, R"("type":"invalid_request_error","code":"unsupported_value")",
         "invalid_request no"},
        {400, R"("type":"invalid_request_error","code":"unknown_parameter")",
         "invalid_request no"},
        {400, R"("type":"invalid_request_error","code":"invalid_value")", "invalid_request no"},
        {400, R"("type":"invalid_request_error","code":"invalid_image_url")",
         "invalid_request no"},
        {400, R"("type":"invalid_request_error","code":"invalid_prompt")", "invalid_request no"},
        {403, R"("code":"unsupported_country_region_territory")", "permission no"},
        {429, R"("type":"insufficient_quota","code":"insufficient_quota")", "quota no"},
        {429, R"("type":"insufficient_quota","code":"credit_balance_exhausted")", "quota no"},
        {429, R"("type":"x","code":"organization_spend_limit_exceeded")", "quota no"},
        {429, R"("type":"x","code":"project_spend_limit_exceeded")", "quota no"},
        {429, R"("type":"x","code":"organization_usage_limit_exceeded")", "quota no"},
        {429, R"("type":"tokens","code":"rate_limit_exceeded")", "rate_limit retry pause"},
        {429, R"("type":"rate_limit_error","code":"slow_down")", "rate_limit retry pause"},
        {429, R"("message":"Request too large for m: TPM","code":"rate_limit_exceeded")",
         "invalid_request no"},
        {413, R"("message":"Request too large for m: TPM","code":"rate_limit_exceeded")",
         "invalid_request no"},
        {503, R"("message":"Request too large","code":"server_is_overloaded")",
         "overloaded retry"},
        {500, R"("type":"server_error","code":null)", "server retry"},
        {503, R"("type":"service_unavailable_error","code":"server_is_overloaded")",
         "overloaded retry"},
        {502, "", "server retry"},
        {422, "", "invalid_request no"},
    };
    for (const auto& row : rows) {
        const AdapterAnswer a(openai, std::string(R"({"error":{)") + row.error + "}}",
                              row.http_status);
        EXPECT_EQ(a.verdict(), row.verdict) << row.http_status << " " << row.error;
    }
}

TEST(ResponsesErrorsTest, a_response_that_failed_is_an_error_of_its_code) {
    const struct {
        const char* error;
        const char* verdict;
    } rows[] = {
        {R"({"code":"server_error","message":"sorry"})", "server retry"},
        {R"({"code":"vector_store_timeout","message":"sorry"})", "server retry"},
        {R"({"code":"rate_limit_exceeded","message":"sorry"})", "rate_limit retry pause"},
        {R"({"code":"insufficient_quota","message":"sorry"})", "quota no"},
        {R"({"code":"invalid_prompt","message":"sorry"})", "invalid_request no"},
        {R"({"code":"invalid_image","message":"sorry"})", "invalid_request no"},
        {R"({"code":"image_parse_error","message":"sorry"})", "invalid_request no"},
        {R"({"code":"failed_to_download_image","message":"sorry"})", "invalid_request no"},
        {R"({"code":"image_content_policy_violation","message":"sorry"})", "content_filter no"},
        {R"({"code":"bio_policy","message":"sorry"})", "content_filter no"},
        {R"({"code":"context_length_exceeded","message":"sorry"})", "context_length no"},
        {R"({"code":"a_new_one","message":"sorry"})", "invalid_request no"},
        {R"({"code":null,"message":"sorry"})", "server retry"},
        {R"({"message":"sorry"})", "server retry"},
        {R"("sorry")", "server retry"},
    };
    for (const auto& row : rows) {
        const std::string failed =
            std::string(R"({"id":"r","status":"failed","output":[],"error":)") + row.error + "}";
        const AdapterAnswer a(openai, failed);
        EXPECT_EQ(a.status, LEAT_E_HTTP) << row.error;
        EXPECT_EQ(a.verdict(), row.verdict) << row.error;
        EXPECT_EQ(a.message, "sorry") << row.error;
        const AdapterStream s(openai, "event: response.failed\ndata: {\"type\":\"response.failed\","
                                      "\"response\":" + failed + "}\n\n");
        EXPECT_EQ(s.status, LEAT_E_HTTP) << row.error;
        EXPECT_EQ(s.fault.status, a.fault.status) << row.error;
        EXPECT_EQ(s.fault.retryable, a.fault.retryable) << row.error;
        EXPECT_EQ(s.fault.rate_limit, a.fault.rate_limit) << row.error;
        EXPECT_EQ(s.message, "sorry");
    }
    // An error is one whatever the status beside it says.
    for (const char* status : {"", R"("status":"completed",)", R"("status":null,)"}) {
        const AdapterAnswer a(openai, std::string("{") + status +
                                          R"("output":[],"error":{"code":"server_error"}})");
        EXPECT_EQ(a.status, LEAT_E_HTTP) << status;
        EXPECT_EQ(a.verdict(), "server retry") << status;
    }
    EXPECT_EQ(AdapterAnswer(openai, R"({"status":"failed","error":null,"output":[]})").verdict(),
              "server retry");
}

TEST(ResponsesErrorsTest, a_response_that_is_not_done_is_not_asked_for_again) {
    for (const char* status : {"queued", "in_progress", "cancelled"}) {
        const AdapterAnswer a(openai, std::string(R"({"background":true,"error":null,"output":[],)") +
                                          R"("status":")" + status + "\"}");
        EXPECT_EQ(a.status, LEAT_E_HTTP);
        EXPECT_EQ(a.verdict(), "unsupported no");
        EXPECT_EQ(a.code, status);
        EXPECT_NE(a.message.find("background"), std::string::npos);
    }
}

TEST(ResponsesErrorsTest, an_error_event_comes_flat_or_in_an_object) {
    const struct {
        const char* data;
        leat_status status;
        int retryable;
    } rows[] = {
        {R"({"type":"error","code":"server_error","message":"sorry","param":null})",
         LEAT_E_SERVER, 1},
        {R"({"type":"error","code":null,"message":"sorry","sequence_number":1})", LEAT_E_SERVER, 1},
        {R"({"type":"error","code":"rate_limit_exceeded","message":"sorry"})",
         LEAT_E_RATE_LIMIT, 1},
        {R"({"type":"error","error":{"type":"invalid_request_error","code":"invalid_value",
            "message":"sorry"}})",
         LEAT_E_INVALID_REQUEST, 0},
        {R"({"type":"error","error":{"type":"server_error","code":null,"message":"sorry"}})",
         LEAT_E_SERVER, 1},
        {R"({"error":{"type":"overloaded_error","message":"sorry"}})", LEAT_E_OVERLOADED, 1},
        {R"({"type":"error","error":{"type":"api_error","message":"sorry"}})", LEAT_E_SERVER, 1},
    };
    for (const auto& row : rows) {
        std::string data = row.data;
        for (size_t at = data.find('\n'); at != std::string::npos; at = data.find('\n')) {
            data.erase(at, 1);
        }
        const AdapterStream s(openai, "event: error\ndata: " + data + "\n\n");
        EXPECT_EQ(s.status, LEAT_E_HTTP) << data;
        EXPECT_EQ(s.fault.status, row.status) << data;
        EXPECT_EQ(s.fault.retryable, row.retryable) << data;
        EXPECT_EQ(s.message, "sorry") << data;
    }
}

TEST(ResponsesErrorsTest, a_page_that_is_no_json_is_its_own_message) {
    const AdapterAnswer a(openai, "<html>Bad Gateway</html>", 502);
    EXPECT_EQ(a.verdict(), "server retry");
    EXPECT_EQ(a.message, "<html>Bad Gateway</html>");
    const AdapterAnswer waits(openai, "{}", 429, {{"retry-after", "7"}});
    EXPECT_EQ(waits.fault.wait_ms, 7000);
    EXPECT_EQ(waits.verdict(), "rate_limit retry pause");
    EXPECT_EQ(AdapterAnswer(openai, "{}", 503, {{"x-should-retry", "false"}}).verdict(),
              "overloaded no");
}

}  // namespace
}  // namespace leat
